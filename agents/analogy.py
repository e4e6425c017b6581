"""What a run on the board shows in each row of the analogy with text (lab/analogy.py)."""

from __future__ import annotations

from typing import Any

Entry = dict[str, Any]


def analogy(entry: Entry) -> dict[str, str]:
    """Row's name -> this run's figure in words, as far as the run has it; `entry` as in docs/result.md."""
    panel = entry["panels"][0]
    rungs = {rung["arm"]: rung for rung in entry.get("ladder") or []}
    told = {**_of_copy(panel), **_of_learners(rungs)}
    players = {row["player"]: row for row in (entry.get("ratings") or {}).get("players", [])}
    if best := max(players.values(), key=lambda row: float(row["rating"]), default=None):
        told["measure"] = f"{best['player']} {best['rating']:+.0f} Elo over the recorded human"
    if lesson := entry.get("value_lesson"):
        error = lesson["one_position"]["points"][-1]["test"]
        told["critic"] = f"mean squared error {error:.2f} on unseen games"
    for row in (entry.get("surprise") or {}).get("lines", []):
        if row["player"].lower().startswith("zero") and row["right"]:
            among = f", {_percent(row['equally_rare'])} of any as unlikely" if row["equally_rare"] else ""
            told["surprise"] = f"{_percent(row['right'])} of Zero’s unlikely lines are right{among}"
            break
    return told


def _of_copy(panel: Entry) -> dict[str, str]:
    copy = next((row for row in panel["imitation"] if row["arm"] == "imitator"), None)
    if copy is None:
        return {}
    return {
        "demonstrations": f"{copy['games']:,} games of {panel['demonstrator']['name']}",
        "imitation": f"predicts {_percent(copy['accuracy'])} of the human’s moves",
    }


def _of_learners(rungs: dict[str, Entry]) -> dict[str, str]:
    told = {}
    learner = next((rungs[name] for name in ("zero", "master", "policy-gradient") if name in rungs), None)
    if learner is not None:
        told["outcome"] = f"{learner['games']:,} games played out"
        told["reinforcement"] = f"{learner['title']}: {_percent(learner['raw'])} right"
        told["search"] = f"{_percent(learner['searched'])} with {learner['simulations']} simulations"
    return told


def _percent(score: Entry) -> str:
    return f"{100 * score['rate']:.1f} %"
