"""What there is to say of a run folder without opening its report: whose, how far, how strong."""

from __future__ import annotations

import datetime
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from lab.run import Run, RunError, open_run
from lab.run_lock import is_held
from lab.statistics import Score
from lab.task_clock import read_spent
from lab.wing import Wings, open_wing
from lab.workers import mark

State = Literal["finished", "running", "stopped"]
PARTS = ("", "*/", "*/*/")  # a run holds those of its worlds, and those of their seeds
OTHER_JOBS = {  # their results
    **{"duel": "duel.json", "evaluate": "evaluation.json", "lesson": "lesson.json", "match": "match.json"},
    "rate": "taught.json",
}
PREFERENCES = "preferences.txt"  # the comparisons in the folder of a `rate`


@dataclass(frozen=True)
class RunOverview:
    """A run folder at a glance. `share` is that of its work done, by the tasks' weights (None where its
    settings are of another version); `player` and `score` are the strongest raw arm of the main panel."""

    folder: Path
    job: str
    world: str
    preset: str
    seeds: tuple[int, ...]
    state: State
    share: float | None
    player: str | None
    score: Score | None
    date: str

    def to_json(self) -> dict[str, Any]:
        """The overview as JSON (docs/result.md)."""
        return {
            **vars(self),
            "folder": str(self.folder),
            "seeds": list(self.seeds),
            "score": self.score.to_json() if self.score else None,
        }

    @property
    def state_words(self) -> str:
        """ "finished", "running, 40 %", "stopped at 40 %"."""
        if self.state == "finished":
            return "finished"
        share = "?" if self.share is None else f"{100 * self.share:.0f}"
        return f"running, {share} %" if self.state == "running" else f"stopped at {share} %"


def find_runs(base: Path, wings: Wings) -> list[RunOverview]:
    """The runs directly below a folder, oldest first; folders that hold none are passed over."""
    found = []
    for path in sorted(base.iterdir()) if base.is_dir() else []:
        try:
            found.append(overview(path, wings))
        except (RunError, OSError):
            continue
    return sorted(found, key=lambda run: (run.date, str(run.folder)))


def overview(folder: Path, wings: Wings) -> RunOverview:
    """A run folder at a glance; raises RunError where there is none."""
    run = open_run(folder)
    settings, result = run.config, _result(run)
    job = str(settings.get("job") or _job_of(run.command))
    first, count = int(settings.get("seed", 0)), int(settings.get("seeds", 1))
    share = 1.0 if result is not None else _share(run, wings)
    running = any(is_held(path.parent) for depth in PARTS for path in folder.glob(f"{depth}config.json"))
    state: State = "running" if running else "finished" if result is not None else "stopped"
    row = _strongest(result)
    return RunOverview(
        folder=folder,
        job=job,
        world=" + ".join(settings.get("worlds", [str(settings.get("world", "?"))])),
        preset=str(settings.get("preset", "")),
        seeds=tuple(range(first, first + count)),
        state=state,
        share=share,
        player=row["player"] if row else None,
        score=Score.from_json(row["raw"]) if row else None,
        date=_date(run, result),
    )


def details(folder: Path, wings: Wings) -> dict[str, Any]:
    """All that `runs show` tells of a run, as JSON: its overview, `command`, `config`, `tables` of texts
    (settings, scores, times, files) and `go_on`, the commands to go on with. Raises RunError."""
    run = open_run(folder)
    seen, result = overview(folder, wings), _result(run)
    return {
        **seen.to_json(),
        "schema": "move37-run-details/1",
        "state_words": seen.state_words,
        "command": run.command,
        "config": run.config,
        "tables": {
            "Settings": _flat(run.config),
            "Scores": _scores(result),
            "Times": _times(folder, result),
            "Files": _files(folder),
        },
        "go_on": _go_on(seen, run, wings),
    }


def _flat(settings: dict[str, Any], prefix: str = "") -> list[list[str]]:
    rows = []
    for name, value in settings.items():
        if isinstance(value, dict) and value:
            rows += _flat(value, f"{prefix}{name}.")
        else:
            rows.append([f"{prefix}{name}", value if isinstance(value, str) else json.dumps(value)])
    return rows


def _scores(result: dict[str, Any] | None) -> list[list[str]]:
    """Every headline row: panel, player, raw and searched score."""

    def words(score: dict[str, Any] | None) -> str:
        return "" if score is None else str(Score.from_json(score))

    try:
        return [
            [panel["title"], row["player"], words(row["raw"]), words(row["searched"])]
            for world in (result or {})["worlds"]
            for panel in world["panels"]
            for row in panel["headline"]
        ]
    except (KeyError, IndexError, TypeError):
        return []


def _times(folder: Path, result: dict[str, Any] | None) -> list[list[str]]:
    """Wall and CPU seconds of all sittings, and the tasks that took longest."""
    spent = {path.stem: read_spent(path) for path in sorted(folder.rglob("spent/*.json"))}
    longest = sorted(spent.items(), key=lambda item: -item[1][1])[:8]
    rows = [["all tasks", f"{sum(cpu for _, cpu in spent.values()):.0f} s CPU"]] if spent else []
    if result and isinstance(result.get("times"), dict):
        rows.append(["all sittings", f"{result['times']['wall_seconds']:.0f} s"])
    return rows + [[name, f"{cpu:.0f} s CPU"] for name, (_, cpu) in longest]


def _files(folder: Path) -> list[list[str]]:
    """What lies in the folder, with its size."""
    rows = []
    for path in sorted(folder.iterdir()):
        inside = [file for file in path.rglob("*") if file.is_file()] if path.is_dir() else [path]
        size = sum(file.stat().st_size for file in inside)
        count = f"{len(inside)} files" if path.is_dir() else ""
        rows.append([path.name, f"{size / 1e6:.1f} MB" if size > 1e5 else f"{size / 1e3:.1f} kB", count])
    return rows


def instead_of_resume(run: Run) -> str | None:
    """What to do with a run folder of a job that `resume` has no part in; None for all others: learning, and
    lessons."""
    job = _job_of(run.command)
    if job not in OTHER_JOBS or job == "lesson":
        return None
    if job == "match":
        return f"go on with: python train.py match --resume {run.folder}"
    if job == "rate" and (run.folder / PREFERENCES).exists():
        return f"your comparisons are kept: python train.py rate --answers {run.folder / PREFERENCES}"
    return f"do it anew: {run.command}"


def _go_on(seen: RunOverview, run: Run, wings: Wings) -> list[str]:
    config = run.config
    if seen.state == "running":
        return ["a process is working on it now"]
    if seen.state == "stopped":
        return [instead_of_resume(run) or f"go on with: python train.py resume {seen.folder}"]
    if seen.job in OTHER_JOBS:
        return []
    worlds = config.get("worlds")
    parts = [seen.folder / world for world in worlds] if worlds else [seen.folder]
    parts = [part / f"seed-{seen.seeds[0]}" if len(seen.seeds) > 1 else part for part in parts]
    told = [
        open_wing(wings, world).then(part)
        for world, part in zip(worlds or [seen.world], parts, strict=True)
        if world in wings
    ]
    return [f"look at: {seen.folder / 'report.html'}", *told]


def _result(run: Run) -> dict[str, Any] | None:
    """The run's result, None where there is none yet or none that can be read."""
    path = run.result_path
    other = OTHER_JOBS.get(_job_of(run.command))
    path = run.folder / other if other else path
    try:
        value = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None
    return value if isinstance(value, dict) else None


def _job_of(command: str) -> str:
    """The subcommand of a command line, as config.json holds it."""
    words = command.partition("train.py ")[2].split()
    return words[0] if words else "?"


def _share(run: Run, wings: Wings) -> float | None:
    """How much of a run's work is done, by the weights of its tasks; None for one of another version."""
    try:
        done, whole = _work(run, wings)
    except (RunError, KeyError, ValueError):
        return None
    return done / whole if whole else 0.0


def _work(run: Run, wings: Wings) -> tuple[float, float]:
    """The weights of what is done, and of everything, over all worlds and seeds. Raises RunError."""
    from lab.runs import of_seed, resolved, wing_of

    if run.config.get("job") == "lesson":  # a task a seed
        first, count = int(run.config["seed"]), int(run.config["seeds"])
        seeds_done = [mark(run.folder, f"seed {seed}").exists() for seed in range(first, first + count)]
        return float(sum(seeds_done)), float(count)
    if "worlds" in run.config:
        shared = {name: run.config[name] for name in ("job", "seeds")}
        parts = [
            Run(run.folder / world, run.command, {**shared, **run.config["settings"][world]})
            for world in run.config["worlds"]
        ]
        works = [_work(part, wings) for part in parts]
        return sum(done for done, _ in works), sum(whole for _, whole in works)
    wing = wing_of(run, wings)
    config, job, seeds = resolved(run.config, wing.config)
    done = whole = 0.0
    for seed in range(config.seed, config.seed + seeds):
        folder = run.folder / f"seed-{seed}" if seeds > 1 else run.folder
        tasks = wing.experiment(of_seed(config, seed) if seeds > 1 else config, job).tasks
        whole += sum(task.weight for task in tasks)
        done += sum(task.weight for task in tasks if mark(folder, task.name).exists())
    return done, whole


def _strongest(result: dict[str, Any] | None) -> dict[str, Any] | None:
    """The headline row of the main panel with the highest raw score: of a learner, without any of whoever
    is not the human."""
    from lab.report.arms import is_learner  # with all of the report, which costs a moment

    try:
        rows = [row for row in (result or {})["worlds"][0]["panels"][0]["headline"] if row["raw"]]
        agents = [row for row in rows if row["arm"] != "human"]
        rows = [row for row in agents if is_learner(row["arm"])] or agents
        return max(rows, key=lambda row: row["raw"]["rate"]) if rows else None
    except (KeyError, IndexError, TypeError):
        return None


def _date(run: Run, result: dict[str, Any] | None) -> str:
    """When it was finished first, else when it was begun: 2026-11-20 14:03."""
    created = (result or {}).get("created")
    if isinstance(created, str):
        return created[:16].replace("T", " ")
    begun = (run.folder / "config.json").stat().st_mtime
    return datetime.datetime.fromtimestamp(begun).strftime("%Y-%m-%d %H:%M")
