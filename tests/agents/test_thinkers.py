"""Named players as engines: the same moves as under their names, and what a strength means to each."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from gtp_sessions import arm

from agents import ready_made
from agents.commands.gtp import HUMANS, USUAL_SIMULATIONS, default_agent, usual_simulations
from agents.go_estimate import playout_evaluator
from agents.gtp.thinkers import FIRST_ROLLOUTS, AsNamed, Rollouts, Searcher, find_thinker
from agents.live_search import Limit
from agents.names import find_player
from agents.player import UnknownPlayer
from agents.scripted import human_names
from games.go import go_game, place, with_komi
from lab.commands.common import UsageError

GO = go_game(5)
KEY = np.array([12345], np.uint64)


@pytest.mark.parametrize("name", ["random", "mcts-50", "capturer", "tactician.best", "go-club"])
def test_a_player_moves_as_under_its_name(name: str) -> None:
    thinker, player = find_thinker(name, GO, None), find_player(name, GO)
    state = GO.new(1)
    for ply in range(8):
        wanted = player.act(state, KEY, np.array([ply], np.int32))
        assert thinker.choose(state, 12345, ply, Limit()).action == wanted[0]
        state = GO.step(state, wanted)


def test_rollouts_are_fewer_where_time_is_short() -> None:
    thinker = Rollouts(GO, 1_000_000)
    thinker.choose(GO.new(1), 1, 0, Limit(seconds=0.01))  # compiles
    thought = thinker.choose(GO.new(1), 1, 0, Limit(seconds=0.2)).thought
    assert thought is not None
    assert 1 <= thought.visits < 1_000_000
    assert sum(c.visits for c in thought.candidates) == thought.visits
    few = Rollouts(GO, 40).choose(GO.new(1), 1, 0, Limit(seconds=10.0)).thought
    assert few is not None
    assert few.visits == 40


def test_rollouts_warm_up_with_few_of_them() -> None:
    thinker = Rollouts(GO, 1_000_000_000)
    thinker.warm_up(GO.new(1))
    thought = thinker.choose(GO.new(1), 1, 0, Limit(seconds=0.2)).thought
    assert thought is not None
    assert thought.visits > FIRST_ROLLOUTS, "the pace is that of what is compiled"


def test_an_analysis_by_rollouts_is_told_to_its_end() -> None:
    """They are doubled until the next ones would take too long, however seldom one is told."""
    thinker, told = Rollouts(GO, 1_000), []
    thinker.warm_up(GO.new(1))
    thinker.analyse(GO.new(1), Limit(), 1e9, told.append)
    assert len(told) == 2
    assert told[0].visits == FIRST_ROLLOUTS
    assert told[1].visits > FIRST_ROLLOUTS


def test_who_searches_and_who_does_not(tmp_path: Path) -> None:
    name = arm(tmp_path, 5)
    assert isinstance(find_thinker(name, GO, None), Searcher)
    assert isinstance(find_thinker(f"{name}@400", GO, 400), Searcher)
    assert isinstance(find_thinker("search", GO, 50), Searcher)
    assert isinstance(find_thinker(name, GO, 0), AsNamed)
    assert isinstance(find_thinker(f"{name}@400", GO, 0), AsNamed)
    assert isinstance(find_thinker(f"{name}.sampled", GO, 50), AsNamed)
    with pytest.raises(UnknownPlayer):
        find_thinker("nobody", GO, None)


def test_a_network_at_first_sight_is_still_searched_with_in_an_analysis(tmp_path: Path) -> None:
    thinker = find_thinker(arm(tmp_path, 5), GO, 0)
    told = []
    thinker.analyse(GO.new(1), Limit(simulations=20), 0.0, told.append)
    assert told[-1].visits == 20


def test_a_search_of_nothing_plays_at_first_sight() -> None:
    """`--simulations 0`: the move of the largest prior, the value that playouts say, and both are shown."""
    state, told = GO.new(1), []
    logits, values = playout_evaluator(GO)(state)
    chosen = find_thinker("search", GO, 0).choose(state, 0, 0, Limit(0), 0.0, told.append)
    assert chosen.action == logits[0].argmax()
    assert chosen.value == pytest.approx(float(values[0]))
    assert [(thought.visits, thought.candidates[0].action) for thought in told] == [(0, chosen.action)]


def test_a_search_plays_a_winning_pass() -> None:
    state = place(with_komi(GO.new(1), 20.5), [7, 11, 12, 13], [], 1)
    state = GO.step(state, np.array([25], np.int32))
    chosen = find_thinker("search", GO, None).choose(state, 0, 0, Limit(simulations=400))
    assert chosen.action == 25
    assert chosen.value == 1.0


def test_strengths_of_names_and_options() -> None:
    assert usual_simulations("RUN:zero", None, 0.0) == USUAL_SIMULATIONS
    assert usual_simulations("RUN:zero@400", None, 0.0) == 400
    assert usual_simulations("RUN:zero@400", 50, 0.0) == 50
    assert usual_simulations("RUN:zero", None, 2.0) is None
    assert usual_simulations("RUN:zero", 0, 2.0) == 0
    with pytest.raises(UsageError):
        usual_simulations("random", -1, 0.0)


def test_a_ready_made_agent_needs_no_prefix() -> None:
    assert isinstance(find_thinker("zero", GO, 4), Searcher)
    assert isinstance(find_thinker("zero@4", GO, 0), AsNamed)


def test_who_plays_where_nobody_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ready_made, "FOLDER", tmp_path)
    for name in ("go5/zero", "go5/master", "go9/zero", "go9/master", "go7/master"):
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / "weights.safetensors").touch()
    assert default_agent("go5") == "zero"
    assert default_agent("go9") == "master", "who wins the matches between them"
    assert default_agent("go7") == "master"
    assert default_agent("go13") == "mcts-1000"


def test_the_humans_known_at_a_glance_are_those_there_are() -> None:
    assert human_names(GO) == HUMANS
