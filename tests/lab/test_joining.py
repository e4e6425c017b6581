"""Results of several worlds as one."""

from __future__ import annotations

from typing import Any

from lab.joining import join_worlds


def result_of(world: str, seeds: tuple[int, ...]) -> dict[str, Any]:
    phases = [{"arm": "imitator", "phase": "imitator", "wall_seconds": 1.0, "cpu_seconds": 2.0}]
    times = {"wall_seconds": 1.0, "cpu_seconds": 2.0, "phases": phases}
    one = {"worlds": [{"world": world, "title": world}], "times": times, "seed": 0}
    return {**one, "seeds": [{**one, "seed": seed} for seed in seeds] or None}


def test_times_are_summed_and_tasks_of_one_name_told_apart() -> None:
    joined = join_worlds([result_of("a", ()), result_of("b", ())], {"x": 1}, [lambda entry: {}] * 2)
    assert [world["world"] for world in joined["worlds"]] == ["a", "b"]
    assert joined["times"]["cpu_seconds"] == 4.0
    assert [phase["arm"] for phase in joined["times"]["phases"]] == ["imitator (a)", "imitator (b)"]
    assert joined["seeds"] is None
    assert joined["config"] == {"x": 1}


def test_seeds_are_joined_by_number_and_those_that_one_world_lacks_are_left_out() -> None:
    joined = join_worlds([result_of("a", (0, 1, 2)), result_of("b", (0, 2))], {}, [lambda entry: {}] * 2)
    assert [seed["seed"] for seed in joined["seeds"]] == [0, 2]
    assert [world["world"] for world in joined["seeds"][1]["worlds"]] == ["a", "b"]
