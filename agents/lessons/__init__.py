"""The first lessons: small worlds with one player, whose truth is known exactly. Nothing heavy here."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Lesson:
    """What a lesson claims, its number of seeds, how long it takes (CPU, measured), its modules.

    world: of games/one_player.py; animation: the file in a run's folder.
    """

    title: str
    claim: str
    seeds: int
    cpu_seconds: float
    module: str
    page: str
    world: str
    animation: str


LESSONS = {
    "gridworld": Lesson(
        "The shortest way",
        "REINFORCE finds a shortest path (8 steps) on most seeds within 30 seconds; why credit matters",
        8,
        20.0,
        "agents.lessons.gridworld",
        "agents.lessons.gridworld_page",
        "gridworld",
        "policy.svg",
    ),
    "reward-hacking": Lesson(
        "The robot that cheats",
        "paid by a camera, the pay rises and the true reward falls; a fine only moves the exploit",
        5,
        40.0,
        "agents.lessons.reward_hacking",
        "agents.lessons.reward_hacking_page",
        "cleaning_robot",
        "robot.gif",
    ),
}
