"""What a finished run of the language half shows in each row of the analogy between the halves."""

from __future__ import annotations

from typing import Any

from llm_bridge.ladder import RL_TEACHER


def analogy(entry: dict[str, Any]) -> dict[str, str]:
    """What this half's run shows in each row of the analogy (lab/analogy.py)."""
    panel = entry["panels"][0]
    rungs = {rung["arm"]: rung for rung in entry.get("ladder") or []}
    told = {"symmetry": "37+58 and 58+37 are never in different splits"}
    copy = next((row for row in panel["imitation"] if row["arm"] == "imitator"), None)
    if copy:
        told["demonstrations"] = f"{copy['games']:,} answers by {panel['demonstrator']['title']}"
    if "imitator" in rungs:
        told["imitation"] = f"{_percent(rungs['imitator']['raw'])} right"
    if RL_TEACHER in rungs:
        rung = rungs[RL_TEACHER]
        told["outcome"] = f"{rung['games']:,} answers checked"
        told["reinforcement"] = f"{rung['title']}: {_percent(rung['raw'])} right"
        told["search"] = f"{_percent(rung['searched'])} with {rung['simulations']} votes"
        told["measure"] = f"{_percent(rung['raw'])} of held-out problems"
    if "ppo" in rungs:
        told["critic"] = f"PPO: {_percent(rungs['ppo']['raw'])} right"
    for row in (entry.get("surprise") or {}).get("certificates", []):
        if row["player"] == "policy-gradient, greedy" and row["right"]:
            among = f", {_percent(row['equally_rare'])} of all that there are" if row["equally_rare"] else ""
            told["surprise"] = f"{_percent(row['right'])} of answers no teacher could write are right{among}"
    return told


def _percent(score: dict[str, Any]) -> str:
    return f"{100 * score['rate']:.1f} %"
