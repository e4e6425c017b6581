"""The first lessons: small worlds with one player, whose truth is known exactly. Nothing heavy here."""

from __future__ import annotations

from lab.lessons import Lesson

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
