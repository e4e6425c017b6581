"""A search of real positions, stopped at simulations, seconds, or when somebody says so."""

from __future__ import annotations

from itertools import count
from types import SimpleNamespace

import numpy as np
import pytest

from agents import live_search
from agents.go_rollouts import rollout_values
from agents.live_search import Limit, LiveSearch
from agents.search import search_states
from games.core import States
from games.go import go_game, place, with_komi
from games.tic_tac_toe import GAME as TIC_TAC_TOE
from lab.tree_search import SearchConfig

GO = go_game(5)


def evaluate(states: States) -> tuple[np.ndarray, np.ndarray]:
    """Every move alike, four playouts."""
    return np.zeros((len(states), GO.num_actions), np.float32), rollout_values(states, 4)


def test_one_leaf_at_a_time_is_the_usual_search() -> None:
    state = GO.step(GO.new(1), np.array([12], np.int32))
    config = SearchConfig(150, "puct", GO.num_actions)
    result, _ = search_states(GO, evaluate, state, config)
    live = LiveSearch(GO, evaluate, state, leaves=1)
    live.think(Limit(simulations=150))
    assert live.visits == 150
    assert live.best == result.actions[0]
    assert live.value == pytest.approx(float(result.value[0]), abs=1e-6)
    counts = np.zeros(GO.num_actions, np.int32)
    for candidate in live.candidates():
        counts[candidate.action] = candidate.visits
    np.testing.assert_array_equal(counts, result.visit_counts[0])


@pytest.mark.parametrize("leaves", [1, 8])
def test_simulations_are_counted_exactly(leaves: int) -> None:
    live = LiveSearch(GO, evaluate, GO.new(1), leaves)
    live.think(Limit(simulations=43))
    assert live.visits == 43
    assert sum(c.visits for c in live.candidates()) == 43


def test_seconds_and_a_stop_end_it_and_it_goes_on_where_it_was() -> None:
    live = LiveSearch(GO, evaluate, GO.new(1))
    live.think(Limit(seconds=0.05))
    first = live.visits
    assert first >= 1
    live.think(Limit(stop=lambda: True))
    assert first < live.visits <= first + 8


def test_it_tells_after_the_first_batch_and_then_at_intervals(monkeypatch: pytest.MonkeyPatch) -> None:
    """By a clock on which every batch takes a second."""
    ticks = count()
    monkeypatch.setattr(live_search, "time", SimpleNamespace(monotonic=lambda: next(ticks)))
    live, batches, told = LiveSearch(GO, evaluate, GO.new(1)), [0], []
    grow = live.grow

    def counted(up_to: int | None) -> bool:
        batches[0] += 1
        return grow(up_to)

    monkeypatch.setattr(live, "grow", counted)
    live.think(Limit(seconds=36), 10, lambda search: told.append((batches[0], search.visits)))
    assert [batch for batch, _ in told] == [1, 11, 21, 31, 36]
    assert told[0][1] == 1
    assert told[-1][1] == live.visits, "and of all there is at the end"
    assert len({visits for _, visits in told}) == len(told), "of nothing twice"


def test_a_search_that_ends_soon_is_told_to_its_end() -> None:
    live, told = LiveSearch(GO, evaluate, GO.new(1)), []
    live.think(Limit(simulations=60), 1e9, lambda search: told.append(search.visits))
    assert told == [1, 60]


def test_what_is_certain_needs_no_more_thought() -> None:
    state = TIC_TAC_TOE.from_text("XX.\nOO.\n...\n")

    def alike(states: States) -> tuple[np.ndarray, np.ndarray]:
        return np.zeros((len(states), 9), np.float32), np.zeros(len(states), np.float32)

    live = LiveSearch(TIC_TAC_TOE, alike, state)
    live.think(Limit(simulations=10_000))
    assert live.visits < 1_000
    assert live.best == 2
    assert live.value == 1.0
    assert live.candidates()[0].action == 2


def test_it_passes_when_that_wins() -> None:
    state = place(with_komi(GO.new(1), 20.5), [7, 11, 12, 13], [], 1)  # all is Black's
    state = GO.step(state, np.array([25], np.int32))
    live = LiveSearch(GO, evaluate, state)
    live.think(Limit(simulations=400))
    assert (live.best, live.value) == (25, 1.0)
    assert live.visits < 400, "a win that is proven needs no more thought"


def test_a_tree_is_full_at_its_largest_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("agents.live_search.MOST_BYTES", 500_000)
    live = LiveSearch(GO, evaluate, GO.new(1))
    live.think(Limit())
    assert 10 < live.visits < 500
