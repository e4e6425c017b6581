"""The first lessons: small worlds with one player, whose truth is known exactly. Nothing heavy here."""

from __future__ import annotations

from lab.lessons import Lesson

LESSONS = {
    "gridworld": Lesson(
        "The shortest way",
        "whether REINFORCE finds a shortest path (8 steps) on most seeds within 30 seconds; what credit does",
        8,
        20.0,
        "agents.lessons.gridworld",
        "agents.lessons.gridworld_page",
        "gridworld",
        "policy.svg",
    ),
    "reward-hacking": Lesson(
        "The robot that cheats",
        "paid by a camera: whether the true reward follows, and whether a fine helps or moves the exploit",
        5,
        40.0,
        "agents.lessons.reward_hacking",
        "agents.lessons.reward_hacking_page",
        "cleaning_robot",
        "robot.gif",
    ),
    "rlhf-on-a-board": Lesson(
        "AlphaGo, trained with RLHF",
        "paid by a model of what raters like: whether play gets better with the vibe, and told who won",
        5,
        770.0,
        "agents.lessons.rlhf_on_a_board",
        "agents.lessons.rlhf_on_a_board_page",
        quick_seeds=1,
    ),
}
