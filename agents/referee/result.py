"""The result of a match: points with their intervals, how games ended, what went wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from agents.referee.game import FAULTS
from lab.statistics import Score, clustered

SCHEMA = "move37-match/1"
Record = dict[str, Any]


def match_json(config: Record, records: Sequence[Record]) -> Record:
    """The result of the games so far; a record is what agents.referee.match keeps of a game."""
    points = [record["points"] for record in records]
    as_black = [record for record in records if record["first_is_black"]]
    as_white = [record for record in records if not record["first_is_black"]]
    ends = {side: dict(Counter(r["how"] for r in records if r["lost_by"] == side)) for side in (0, 1)}
    return {
        "schema": SCHEMA,
        **{name: config[name] for name in ("first", "second", "world", "komi", "scoring", "dead_stones")},
        "programs": config["programs"],
        "settings": config,
        "games": len(records),
        "wins": points.count(1.0),
        "draws": points.count(0.5),
        "losses": points.count(0.0),
        "score": score_of(records).to_json(),
        "as_black": score_of(as_black).to_json(),
        "as_white": score_of(as_white).to_json(),
        "distinct_games": len({tuple(record["moves"]) for record in records}),
        "openings": len({tuple(record["moves"][: record["opening"]]) for record in records}),
        "first_lost_by": ends[0],
        "second_lost_by": ends[1],
        "faults": [
            {"game": r["game"], "by": ("first", "second")[r["lost_by"]], "how": r["how"], "words": r["words"]}
            for r in records
            if r["how"] in FAULTS
        ],
        "notes": [
            {"game": r["game"], "words": r["words"]} for r in records if r["words"] and r["how"] not in FAULTS
        ],
        "not_judged": sum(not record.get("judged", True) for record in records),
        "moves_mean": _mean([len(record["moves"]) for record in records]),
        "seconds_a_move": [_mean([record["seconds"][side] for record in records]) for side in (0, 1)],
    }


def score_of(records: Sequence[Record]) -> Score:
    """The first's share of the points. Games hang together that have their opening in common (where there is
    more than one opening), or are the same game move by move; those of a pair always do."""
    if not records:
        return Score(0.5, 0.0, 1.0, 0)
    openings = {tuple(r["moves"][: r["opening"]]) for r in records}
    groups = list(range(len(records)))

    def head(i: int) -> int:
        while groups[i] != i:
            i = groups[i]
        return i

    seen: dict[Any, int] = {}
    for i, record in enumerate(records):
        keys: list[Any] = [("pair", record["game"] // 2), ("game", tuple(record["moves"]))]
        if len(openings) > 1:
            keys.append(("opening", tuple(record["moves"][: record["opening"]])))
        for key in keys:
            groups[head(i)] = head(seen.setdefault(key, i))
    return clustered([r["points"] for r in records], [head(i) for i in range(len(records))])


def match_words(result: Record) -> str:
    """The result in a few lines."""
    score = Score.from_json(result["score"])
    black, white = (Score.from_json(result[side]) for side in ("as_black", "as_white"))
    lines = [
        f"{result['first']} against {result['second']}: {score} of {result['games']} games "
        f"({result['wins']} won, {result['draws']} drawn, {result['losses']} lost; as Black {black}, "
        f"as White {white}; {result['openings']} openings, {result['distinct_games']} distinct games)"
    ]
    for name, side in (("first", "first_lost_by"), ("second", "second_lost_by")):
        told = ", ".join(f"{count} by {how}" for how, count in result[side].items())
        if told:
            lines.append(f"the {name} lost {told}")
    if count := result["not_judged"]:
        lines.append(f"{count} counted as they stand, for {result['dead_stones']!r} did not say what is dead")
    for fault in result["faults"]:
        lines.append(f"game {fault['game'] + 1}, the {fault['by']}, {fault['how']}: {fault['words']}")
    return "\n".join(lines)


def _mean(values: list[float]) -> float:
    return round(sum(values) / len(values), 4) if values else 0.0
