"""Who plays whom in a comparison, and the task that plays one match."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from agents.config import CompareConfig
from agents.ladder import RUNGS, searched_only
from lab.measured import write_measured
from lab.own_files import is_games_file
from lab.workers import Desk, Task


@dataclass(frozen=True)
class Match:
    """One match of the comparison: arms are named as `zero`, `imitator.sampled`, `zero@`, the last
    meaning with the comparison's simulations; everybody else by their own names."""

    panel: str
    first: str
    second: str

    @property
    def name(self) -> str:
        """The task's name."""
        return f"match {self.first} v {self.second}"

    @property
    def arms(self) -> set[str]:
        """Whose networks play, humans and baselines among them."""
        return {name.rstrip("@").partition(".")[0] for name in (self.first, self.second)}


def matches(config: CompareConfig) -> list[Match]:
    """Every match of the comparison, panel by panel; each arm of the ladder meets the same opponents."""
    main = [Match("ceiling", first, second) for first, second in _main(config) if first != second]
    if config.counter_human == "none":
        return main
    human = f"{config.counter_human}.recorded"
    return main + [Match("slips", first, human) for first in ("slips-imitator", "slips-imitator.sampled")]


def match_tasks(config: CompareConfig) -> list[Task]:
    """The matches as tasks that wait for their arms."""
    arms = {*config.arms, "slips-imitator"}
    return [
        Task(
            match.name,
            "agents.match_plan:play",
            json.dumps(vars(match)),
            tuple(sorted(match.arms & arms)),
            _weight(match, config),
        )
        for match in matches(config)
    ]


def _main(config: CompareConfig) -> list[tuple[str, str]]:
    """The main panel's matches, of those arms that the comparison has."""
    human, (weak, strong) = config.human, config.evaluation.yardsticks
    humans = [] if is_games_file(human) else [f"{human}.recorded", f"{human}.best"]
    learners = [name for name, rung in RUNGS.items() if not rung.control and name in config.arms]
    controls = [name for name, rung in RUNGS.items() if rung.control and name in config.arms]
    raw = [arm for arm in (*learners, *controls) if not searched_only(arm)]
    drawn = [f"{arm}.sampled" for arm in ("imitator", "winners") if arm in learners]
    pairs = [(arm, opponent) for arm in (*drawn, *raw) for opponent in (*humans, weak)]
    if "imitator" in learners:
        pairs += [(arm, "imitator") for arm in raw]
        sampled = [arm for arm in ("own-wins", "policy-gradient") if arm in learners]
        pairs += [(f"{arm}.sampled", "imitator.sampled") for arm in sampled]  # AlphaGo's measure
    searching = [arm for arm in ("imitator", "alphago", "master", "zero") if arm in learners]
    best = humans[1:]
    pairs += [(f"{arm}@", opponent) for arm in searching for opponent in (*best, strong)]
    pairs += [(f"{arm}@", "imitator@") for arm in searching if "imitator" in searching]
    if "zero" in learners:
        pairs += [("zero", arm) for arm in ("winners", "master") if arm in learners]
        others = [arm for arm in ("winners", "master", "more-imitation") if arm in config.arms]
        pairs += [("zero@", f"{arm}@") for arm in others]
    return pairs


def _weight(match: Match, config: CompareConfig) -> float:
    searching = (match.first + match.second).count("@")
    return 1.0 + config.evaluation.pairs * (0.01 + 0.0005 * searching * config.evaluation.simulations)


def play(folder: Path, config: CompareConfig, argument: str, desk: Desk) -> None:
    """The task that plays one match, as `results/match-<first>-<second>.json`."""
    from agents.matches import play_match
    from agents.names import find_player
    from games.core import load_game

    match = Match(**json.loads(argument))
    game, settings = load_game(config.world), config.evaluation
    desk.tell("match", 0, 1)
    first, second = (
        find_player(
            _full_name(name, folder, settings.simulations), game, batch=settings.batch, device=config.device
        )
        for name in (match.first, match.second)
    )
    # a yardstick is no claim's subject: half the games will do
    pairs = (settings.pairs + 1) // 2 if match.second in settings.yardsticks else settings.pairs
    outcome = play_match(game, first, second, pairs, settings.opening_plies, config.seed)
    simulations = [settings.simulations if name.endswith("@") else 0 for name in (match.first, match.second)]
    entry = outcome.to_json() | {
        "panel": match.panel,
        "first": match.first.rstrip("@"),
        "second": match.second.rstrip("@"),
        "first_simulations": simulations[0],
        "second_simulations": simulations[1],
    }
    write_measured(folder, match.name, entry)
    desk.tell("match", 1, 1, outcome.score, detail=f"{match.first} v {match.second}")


def _full_name(name: str, folder: Path, simulations: int) -> str:
    """A player's name for find_player: this run's arms get the run folder and the simulations."""
    arm = name.rstrip("@").partition(".")[0]
    if not (folder / "arms" / arm).is_dir():
        return name
    return f"{folder}:{name}{simulations if name.endswith('@') else ''}"
