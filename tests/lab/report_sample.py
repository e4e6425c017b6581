"""A made-up result of the shape docs/result.md describes: the numbers are plausible, not measured."""

from __future__ import annotations

import copy
import math
from html.parser import HTMLParser
from typing import Any

import numpy as np

from lab.statistics import Score, pooled, wilson

PROBLEMS = 1500
Json = dict[str, Any]


class Elements(HTMLParser):
    """All elements and attributes of a page, and whether every one is closed."""

    VOID = frozenset({"meta", "br", "img", "link", "input", "hr"})

    def __init__(self, page: str) -> None:
        super().__init__()
        self.names: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.open: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.append(tag)
        self.attributes += attrs
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.append(tag)
        self.attributes += attrs

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def share(rate: float, n: int = PROBLEMS) -> Json:
    """A rate over n problems with Wilson's interval."""
    return wilson(round(rate * n, 3), n).to_json()


def rising(start: float, end: float, seconds: float, points: int, wobble: float, seed: int) -> list[Json]:
    """A learning curve that flattens out."""
    random = np.random.default_rng(seed)
    curve = []
    for step in range(1, points + 1):
        done = step / points
        rate = (
            end - (end - start) * math.exp(-3.2 * done) + wobble * float(random.normal()) * (1 - 0.6 * done)
        )
        rate = end if step == points else rate
        curve.append(
            {"step": step, "cpu_seconds": seconds * done, "games": 9216 * step, "score": share(rate)}
        )
    return curve


def curves(shift: float, seed: int) -> list[Json]:
    """Every series of the quick preset."""
    shapes = [
        ("imitator", "sampled", 0.46, 0.556 + shift, 150.0, 10),
        ("imitator", "greedy", 0.52, 0.672 + shift, 150.0, 10),
        ("imitator", "searched", 0.70, 0.846 + shift / 2, 150.0, 5),
        ("winners", "greedy", 0.50, 0.699 + shift, 150.0, 10),
        ("zero", "raw", 0.44, 0.786, 170.0, 14),
        ("zero", "searched", 0.62, 0.893, 170.0, 7),
    ]
    return [
        {"arm": arm, "series": series, "points": rising(start, end, seconds, points, 0.012, seed + i)}
        for i, (arm, series, start, end, seconds, points) in enumerate(shapes)
    ]


def headline(shift: float) -> list[Json]:
    """The headline table: every player, raw and searched."""

    def row(
        player: str, arm: str, raw: float, searched: float | None, seconds: float | None, games: int
    ) -> Json:
        return {
            "player": player,
            "arm": arm,
            "raw": share(raw),
            "searched": None if searched is None else share(searched),
            "simulations": None if searched is None else 100,
            "cpu_seconds": seconds,
            "games": games or None,
        }

    return [
        row("human, as recorded", "human", 0.579 + shift, None, None, 0),
        row("human, at best", "human", 0.691 + shift, None, None, 0),
        row("imitator, sampled", "imitator", 0.556 + shift, None, 150.2, 20_000),
        row("imitator, greedy", "imitator", 0.672 + shift, 0.846 + shift / 2, 150.2, 20_000),
        row("winners only, greedy", "winners", 0.699 + shift, 0.851 + shift / 2, 149.0, 20_000),
        row("zero", "zero", 0.786, 0.893, 171.4, 9_216),
    ]


def matches() -> list[Json]:
    """Paired matches: raw against raw, searched against searched."""
    rows = [
        ("zero", "human, as recorded", 0, 0, 331, 4, 65, 400),
        ("zero", "human, at best", 0, 0, 262, 11, 127, 391),
        ("zero", "imitator, greedy", 0, 0, 268, 9, 123, 377),
        ("zero", "imitator, greedy", 100, 100, 241, 42, 117, 400),
        ("zero", "alpha-beta 4", 100, 0, 338, 20, 42, 398),
        ("zero", "alpha-beta 8", 100, 0, 190, 46, 164, 395),
        ("imitator, sampled", "human, as recorded", 0, 0, 188, 5, 207, 400),
    ]
    return [
        {
            "first": first,
            "second": second,
            "first_simulations": mine,
            "second_simulations": theirs,
            "score": wilson(wins + draws / 2, 400).to_json(),
            "wins": wins,
            "draws": draws,
            "losses": losses,
            "games": 400,
            "distinct_games": distinct,
            "openings": 50,
        }
        for first, second, mine, theirs, wins, draws, losses, distinct in rows
    ]


def mistakes(shift: float) -> list[Json]:
    """Shares of right moves by category of position."""
    names = ("all", "hard", "win at hand", "forced block", "strict")
    rows = {
        "human, as recorded": (0.846, 0.579 + shift, 0.93, 0.91, 0.62),
        "human, at best": (0.90, 0.691 + shift, 0.999, 0.985, 0.721),
        "imitator, greedy": (0.893, 0.672 + shift, 0.995, 0.98, 0.71),
        "winners only, greedy": (0.901, 0.699 + shift, 0.996, 0.981, 0.725),
        "zero": (0.923, 0.786, 0.998, 0.99, 0.778),
    }
    return [
        {"player": player, "categories": {n: share(rate, 600) for n, rate in zip(names, rates, strict=True)}}
        for player, rates in rows.items()
    ]


def panel(name: str, title: str, claim: str, shift: float, seed: int) -> Json:
    """A panel whose human is by `shift` better than the default."""
    return {
        "panel": name,
        "title": title,
        "claim": claim,
        "demonstrator": {
            "name": "human.diagonal",
            "title": "Dora, who does not see diagonals",
            "procedure": "She takes a win she sees, blocks one she sees, avoids handing over the square "
            "above, and otherwise prefers the middle and the neighbourhood of her own stones.",
            "weaknesses": ["never sees a diagonal line", "never looks two moves ahead"],
            "slips": ["in one move of eight forgets the square above", "in one of twelve misreads a line"],
        },
        "lines": {
            "recorded": share(0.579 + shift),
            "best": share(0.691 + shift),
            "careful": share(0.66 + shift),
        },
        "headline": headline(shift),
        "curves": curves(shift, seed),
        "imitation": [
            {
                "arm": "imitator",
                "accuracy": share(0.461, 20_000),
                "accuracy_ceiling": 0.4672,
                "cross_entropy": 1.3521,
                "entropy_floor": 1.3190,
                "versus_human_sampled": share(0.476, 400),
                "versus_human_greedy": share(0.741, 400),
                "games": 20_000,
                "positions": 412_000,
            }
        ],
        "matches": matches(),
        "mistakes": mistakes(shift),
        "claims": [
            {
                "claim": "zero, raw, passes the human at best",
                "verdict": "shown",
                "evidence": "0.786 [0.765, 0.806] against 0.691 [0.667, 0.714]",
            },
            {
                "claim": "zero, searched, passes the imitator with the same search",
                "verdict": "shown",
                "evidence": "0.893 [0.876, 0.908] against 0.846 [0.827, 0.863]",
            },
            {
                "claim": "the winners' imitator passes the human at best",
                "verdict": "not shown",
                "evidence": "0.699 [0.675, 0.722] against 0.691 [0.667, 0.714]",
            },
            {
                "claim": "zero, searched, beats alpha-beta 8",
                "verdict": "contradicted" if shift else "not shown",
                "evidence": "0.532 [0.483, 0.581] against .5",
            },
        ],
    }


def sample_result() -> Json:
    """A single run of one world."""
    slips = "The same human, but most of her mistakes are slips: a greedy imitator averages them away."
    phases = [
        ("human", "demonstrate", 12.0, 11.6),
        ("imitator", "imitate", 152.0, 150.2),
        ("winners", "imitate", 150.0, 149.0),
        ("zero", "reinforce", 173.0, 171.4),
        ("zero", "evaluate", 24.0, 45.1),
    ]
    return {
        "schema": "move37-result/1",
        "command": "python train.py compare --preset quick --seed 0",
        "config": {
            "preset": "quick",
            "seed": 0,
            "imitation": {"games": 20_000, "network": {"kind": "resnet", "channels": 32, "blocks": 3}},
            "reinforcement": {"iterations": 14, "games": 9_216, "simulations": 16, "exact_leaves": False},
        },
        "preset": "quick",
        "seed": 0,
        "created": "2026-11-20T15:00:00",
        "versions": {"move37": "0.1.0", "torch": "2.13.0", "numpy": "2.4.6"},
        "machine": {"processor": "Some Processor 3 GHz", "cores": 2, "precision": "bf16", "device": "cpu"},
        "times": {
            "wall_seconds": 352.0,
            "cpu_seconds": 641.0,
            "phases": [
                {"arm": arm, "phase": phase, "wall_seconds": wall, "cpu_seconds": cpu}
                for arm, phase, wall, cpu in phases
            ],
        },
        "worlds": [
            {
                "world": "connect_four",
                "title": "Connect Four",
                "score_name": "hard positions whose move keeps the exact value",
                "optimum": 1.0,
                "chance": share(0.47),
                "panels": [
                    panel(
                        "ceiling", "A human with a ceiling", "What she cannot see she cannot teach.", 0.0, 1
                    ),
                    panel("slips", "The counter-example: a human who slips", slips, 0.10, 40),
                ],
            }
        ],
        "boards": [
            {
                "caption": "Move 37: the human gave this move less than one chance in a thousand.",
                "svg": '<svg viewBox="0 0 70 60"><rect width="70" height="60" fill="#27508f"/>'
                '<circle cx="35" cy="55" r="4" fill="#d8a52d"/>'
                '<circle cx="45" cy="55" r="4" fill="#c8442c"/></svg>',
            }
        ],
    }


def _shifted(value: Json, delta: float) -> Json:
    return share(min(0.99, value["rate"] + delta), value["n"])


def seeded_result(seeds: int = 3) -> Json:
    """Several seeds pooled: every curve has an entry a seed."""
    result = sample_result()
    result["seeds"] = [sample_result() for _ in range(seeds)]
    for view in result["worlds"][0]["panels"]:
        view["curves"] = [
            {**curve, "seed": seed}
            for seed in range(seeds)
            for curve in curves(0.1 * (view["panel"] == "slips"), 100 * seed + 1)
        ]
        for row in view["headline"]:
            for column in ("raw", "searched"):
                if row[column] is not None:
                    around = [_shifted(row[column], delta) for delta in np.linspace(-0.008, 0.008, seeds)]
                    row[column] = pooled([Score.from_json(score) for score in around]).to_json()
    return result


def two_worlds() -> Json:
    """Both halves side by side."""
    result = sample_result()
    other = copy.deepcopy(result["worlds"][0])
    other.update(world="arithmetic", title="Arithmetic", score_name="held-out sums answered rightly")
    result["worlds"].append(other)
    return result


def plateau_result(last: float = 0.672) -> Json:
    """Further imitators of 1,000 to 20,000 games; `last` is what the largest scores, greedy."""
    result = sample_result()
    panel = result["worlds"][0]["panels"][0]
    entry = panel["imitation"][0]
    entry.update(greedy=share(last), sampled=share(0.556), games=60_000)
    for games, greedy, sampled in ((30_000, 0.668, 0.553), (1_000, 0.52, 0.47), (10_000, 0.647, 0.545)):
        scores = {"greedy": share(greedy), "sampled": share(sampled)}
        unplayed = {"versus_human_sampled": None, "versus_human_greedy": None}
        panel["imitation"].append({**entry, **scores, **unplayed, "arm": f"imitator-{games}", "games": games})
    return result


def file_result() -> Json:
    """A comparison whose human is a file of games: no lines, no ceilings, no games against it."""
    result = plateau_result()
    world = result["worlds"][0]
    panel = world["panels"][0]
    world["panels"] = [panel]
    unknown = ("accuracy_ceiling", "entropy_floor", "versus_human_sampled", "versus_human_greedy")
    for entry in panel["imitation"]:
        entry.update(dict.fromkeys(unknown))
    panel.update(
        lines=None,
        headline=panel["headline"][2:],
        matches=[match for match in panel["matches"] if "human" not in match["first"] + match["second"]],
        mistakes=[row for row in panel["mistakes"] if "human" not in row["player"]],
        claims=panel["claims"][1:2],
    )
    someone = {"name": "my.txt", "title": "games from a file", "procedure": "unknown"}
    panel["demonstrator"] = {**someone, "weaknesses": [], "slips": []}
    return result


def one_arm(arm: str, result: Json | None = None) -> Json:
    """What is left where one arm alone has learned: `imitator` (train.py imitate) or `zero` (reinforce)."""
    result = result or sample_result()
    world = result["worlds"][0]
    panel = world["panels"][0]
    world["panels"] = [panel]
    for field in ("headline", "curves"):
        panel[field] = [entry for entry in panel[field] if entry["arm"] in ("human", arm)]
    panel["imitation"] = [entry for entry in panel["imitation"] if entry["arm"] == arm]
    panel.update(matches=[], mistakes=[], claims=[])
    result["boards"] = []
    return result
