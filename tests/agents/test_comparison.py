"""The comparison as tasks, and the claims that its numbers bear: agents/experiment.py, agents/result.py."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from agents.claims import _wins, claims_of, passes, stays
from agents.commands import Compare, Imitate, with_preset
from agents.commands.play import usual_players
from agents.config import LADDER_ARMS, SWEEP, CompareConfig, TeacherConfig, preset
from agents.connect_four_scripted import DEFAULT_HUMAN, SLIP_PRONE_HUMAN
from agents.experiment import BadSetting, board_experiment, check_config
from agents.match_plan import Match, matches
from agents.player import UnknownPlayer
from agents.wing import experiment_of
from games.notation import NotationError
from lab.run import RunError, plain
from lab.runs import resolved
from lab.statistics import Score
from lab.workers import mark

CONFIG = CompareConfig()


def score(rate: float, width: float = 0.02) -> Score:
    return Score(rate, max(0.0, rate - width), min(1.0, rate + width), 100)


# --- tasks ---


@pytest.mark.parametrize("job", ["compare", "imitate", "reinforce"])
@pytest.mark.parametrize("counter", ["two-ply", "none"])
def test_every_task_can_start_and_leaves_its_own_mark(job: str, counter: str) -> None:
    tasks = experiment_of(replace(CONFIG, counter_human=counter), job).tasks
    names = {task.name for task in tasks}
    assert len(names) == len(tasks)
    assert len({mark(Path("run"), task.name) for task in tasks}) == len(tasks)
    for task in tasks:
        assert set(task.needs) <= names, task.name
        assert task.weight > 0


def test_arms_of_scripted_humans_wait_for_the_games() -> None:
    experiment = board_experiment(CONFIG)
    needs = {arm.name: arm.learn.needs for arm in experiment.arms}
    assert needs["zero"] == (), "zero sees no human games"
    assert needs["imitator"] == needs["winners"] == (f"demonstrate {CONFIG.human}",)
    assert needs["slips-imitator"] == (f"demonstrate {CONFIG.counter_human}",)


def test_a_file_of_games_needs_no_demonstration() -> None:
    experiment = board_experiment(replace(CONFIG, human="mine.txt", counter_human="none"))
    assert experiment.demonstrate == ()
    assert not any("demonstrate" in need for arm in experiment.arms for need in arm.learn.needs)
    assert not any(".txt" in task.name for task in experiment.tasks), "nobody plays against a file"


def test_perfect_answers_wait_for_games_that_somebody_writes() -> None:
    config = replace(CONFIG, teachers=TeacherConfig(("perfect", "alphabeta-1")), counter_human="none")
    for human, needs in (("two-ply", ("demonstrate two-ply",)), ("mine.txt", ())):
        tasks = {task.name: task for task in board_experiment(replace(config, human=human)).tasks}
        assert tasks["teach perfect"].needs == needs
        assert tasks["teach alphabeta-1"].needs == ()
        assert {need for task in tasks.values() for need in task.needs} <= set(tasks)


def test_the_ladder_waits_for_what_it_stands_on() -> None:
    experiment = board_experiment(replace(CONFIG, arms=LADDER_ARMS))
    needs = {task.name: set(task.needs) for task in experiment.tasks}
    assert {arm.name for arm in experiment.arms} >= set(LADDER_ARMS)
    assert needs["own-wins"] == needs["policy-gradient"] == needs["master"] == {"imitator"}
    assert needs["alphago"] == {"imitator", "policy-gradient"}
    assert needs["imitate-zero"] == {"demonstrate zero"}
    assert needs["demonstrate zero"] == {"zero"}
    assert needs["ratings"] >= set(LADDER_ARMS)


@pytest.mark.parametrize(
    ("arms", "words"),
    [
        (("zero", "nobody"), "no such arm"),
        (("zero", "zero"), "each arm once"),
        (("policy-gradient",), "starts from imitator"),
        (("imitator", "alphago"), "starts from policy-gradient"),
        (("imitator", "imitate-zero"), "starts from zero"),
    ],
)
def test_arms_that_cannot_stand_alone_are_refused(arms: tuple[str, ...], words: str) -> None:
    with pytest.raises(BadSetting, match=words):
        check_config(replace(CONFIG, arms=arms))


def test_matches_wait_for_their_arms() -> None:
    experiment = board_experiment(CONFIG)
    needs = {task.name: task.needs for task in experiment.evaluate}
    assert set(needs["match zero@ v imitator@"]) == {"zero", "imitator"}
    assert needs[f"match imitator.sampled v {CONFIG.human}.recorded"] == ("imitator",)
    assert needs["match zero v alphabeta-4"] == ("zero",)
    assert len({match.name for match in matches(CONFIG)}) == len(matches(CONFIG))
    assert Match("ceiling", "a", "b").name == "match a v b"


# --- settings ---


@pytest.mark.parametrize("name", ["tiny", "quick", "ladder", "standard", "long"])
def test_presets_are_good(name: Any) -> None:
    check_config(preset(name))
    assert preset(name).preset == name


def test_the_humans_are_those_that_were_chosen() -> None:
    assert (CONFIG.human, CONFIG.counter_human) == (DEFAULT_HUMAN, SLIP_PRONE_HUMAN)
    assert usual_players("connect_four").human == Imitate().human == DEFAULT_HUMAN


@pytest.mark.parametrize("name", ["tiny", "quick", "ladder", "standard", "long"])
def test_the_command_line_loses_nothing_of_a_preset(name: Any) -> None:
    config = with_preset(Compare, name).config()
    assert replace(config, device="cpu") == preset(name)
    saved = {"job": "compare", "seeds": 1, **json.loads(json.dumps(plain(config)))}
    assert resolved(saved, CompareConfig) == (config, "compare", 1)
    for other in ({"agent": "perfect"}, saved | {"of_another_version": 1}, saved | {"zero": {"games": 1}}):
        with pytest.raises(RunError, match="not that of a learning run"):
            resolved(other, CompareConfig)


@pytest.mark.parametrize(
    ("wrong", "error", "words"),
    [
        (replace(CONFIG, human="straight-linr"), UnknownPlayer, "straight-liner"),
        (replace(CONFIG, human="two-ply.best"), UnknownPlayer, "without a version: 'two-ply'"),
        (replace(CONFIG, human="nowhere.txt"), NotationError, "no such file"),
        (replace(CONFIG, counter_human="mine.txt"), BadSetting, "slips are known"),
        (replace(CONFIG, plateau=(0, 10)), BadSetting, "--plateau"),
        (replace(CONFIG, network=replace(CONFIG.network, channels=0)), BadSetting, "--network.channels is 0"),
        (replace(CONFIG, workers=0), BadSetting, "--workers is 0"),
        (replace(CONFIG, zero=replace(CONFIG.zero, batch=0)), BadSetting, "--zero.batch is 0"),
        (replace(CONFIG, zero=replace(CONFIG.zero, noise_plies=-1)), BadSetting, "--zero.noise-plies is -1"),
        (
            replace(CONFIG, imitation=replace(CONFIG.imitation, validation_games=0)),
            BadSetting,
            "--imitation.validation-games is 0",
        ),
    ],
)
def test_bad_settings_are_named(wrong: CompareConfig, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        check_config(wrong)


@pytest.mark.parametrize(
    ("games", "words"),
    [
        ("1212121\n", "1 games are too few"),
        ("1212121\n1111111\n", "line 2"),
        ("121\n", "the game is not over"),
        ("# nothing\n", "holds nothing"),
    ],
)
def test_a_file_of_games_is_read_before_a_run_begins(tmp_path: Path, games: str, words: str) -> None:
    path = tmp_path / "mine.txt"
    path.write_text(games)
    with pytest.raises(NotationError, match=words):
        check_config(replace(CONFIG, human=str(path)))
    path.write_text("1212121\n" * 5)
    check_config(replace(CONFIG, human=str(path)))


@pytest.mark.parametrize(
    ("group", "name", "value", "error", "words"),
    [
        (
            "value",
            "rollout_weight",
            1.5,
            BadSetting,
            r"--value.rollout-weight is 1.5; it must lie in \[0, 1\]",
        ),
        ("zero", "value_lambda", 3, BadSetting, "--zero.value-lambda is 3"),
        ("master", "value_lambda", float("nan"), BadSetting, "--master.value-lambda is nan"),
        (
            "zero",
            "full_share",
            0.0,
            BadSetting,
            "--zero.full-share is 0.0: only plies searched in full teach",
        ),
        ("policy_gradient", "opening_share", -0.1, BadSetting, "--policy-gradient.opening-share is -0.1"),
        ("zero", "opening_share", 7, BadSetting, "--zero.opening-share is 7"),
        ("surprise", "threshold", 2.0, BadSetting, "--surprise.threshold is 2.0"),
        ("teachers", "teachers", ("mcts-100",), BadSetting, "--teachers.teachers mcts-100: .*alphabeta-4"),
        ("teachers", "teachers", ("runs/x:zero",), BadSetting, "--teachers.teachers runs/x:zero: .*no slash"),
        (
            "teachers",
            "teachers",
            ("perfect", "nobody"),
            UnknownPlayer,
            "--teachers.teachers nobody: nobody is",
        ),
        (
            "teachers",
            "teachers",
            ("alphabeta-0",),
            UnknownPlayer,
            "--teachers.teachers alphabeta-0: .*1 to 42",
        ),
        ("zero", "decided_above", 1.5, ValueError, r"--zero.decided-above is 1.5; it must lie in \[0, 1\]"),
        ("ratings", "others", ("nobody",), UnknownPlayer, "--ratings.others nobody: nobody is called"),
        ("ratings", "others", ("master@",), UnknownPlayer, "--ratings.others master@: "),
    ],
)
def test_shares_and_names_are_checked_before_a_run_begins(
    group: str, name: str, value: Any, error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words):
        check_config(replace(CONFIG, **{group: replace(getattr(CONFIG, group), **{name: value})}))


def test_zero_plies_are_good() -> None:
    check_config(replace(CONFIG, zero=replace(CONFIG.zero, noise_plies=0, opening_plies=0)))


def test_the_ends_of_shares_and_arms_among_the_rated_are_good() -> None:
    zero = replace(CONFIG.zero, opening_share=0.0, value_lambda=1)
    others = ("mcts-10", "two-ply.careful", "zero", "zero@", "imitator.sampled")
    ratings, teachers = replace(CONFIG.ratings, others=others), TeacherConfig(SWEEP)
    check_config(replace(CONFIG, zero=zero, ratings=ratings, teachers=teachers))


# --- claims ---


@pytest.mark.parametrize(
    ("mine", "theirs", "verdict"),
    [(0.8, 0.7, "shown"), (0.7, 0.8, "contradicted"), (0.71, 0.7, "not shown"), (0.7, 0.71, "not shown")],
)
def test_passing_needs_intervals_apart(mine: float, theirs: float, verdict: str) -> None:
    claim = passes("a passes b", score(mine), score(theirs))
    assert claim["verdict"] == verdict
    assert "against" in claim["evidence"]


@pytest.mark.parametrize(
    ("mine", "ceiling", "verdict"),
    [(0.8, 0.7, "contradicted"), (0.7, 0.7, "shown"), (0.6, 0.7, "shown"), (0.74, 0.7, "not shown")],
)
def test_staying_below_means_within_the_margin(mine: float, ceiling: float, verdict: str) -> None:
    """The interval, of half-width .02, lies beyond the margin of .05, below it, or across it."""
    assert stays("the greedy imitator", score(mine), score(ceiling))["verdict"] == verdict


@pytest.mark.parametrize(
    ("rate", "verdict"), [(0.6, "shown"), (0.4, "contradicted"), (0.51, "not shown"), (0.49, "not shown")]
)
def test_winning_is_more_than_half(rate: float, verdict: str) -> None:
    match = {
        "first": "zero",
        "second": "imitator",
        "first_simulations": 64,
        "second_simulations": 0,
        "score": score(rate).to_json(),
        "games": 40,
        "distinct_games": 39,
    }
    claim = _wins(match, {"zero": 300.4, "imitator": 120.0})
    assert claim["verdict"] == verdict
    assert claim["claim"] == "zero with 64 simulations beats imitator"
    assert claim["evidence"].endswith("of 40 games, 39 distinct; CPU 300 s against 120 s")
    assert "CPU" not in _wins(match | {"second": "forgetful.best"}, {"zero": 300.4})["evidence"]


def test_claims_of_a_panel() -> None:
    """Zero above both lines, its imitator below the best one: every claim is borne out."""

    def styles(rate: float) -> Any:
        return {style: {"hard": score(rate).to_json()} for style in ("greedy", "searched")}

    lines = {"recorded": score(0.6, 0.0), "best": score(0.7, 0.0)}
    scores = {"zero": styles(0.9), "imitator": styles(0.65), "winners": styles(0.66)}
    claims = claims_of("ceiling", lines, scores, [], {})
    controls = [c for c in claims if c["claim"].startswith(("the imitator,", "the winners' imitator,"))]
    assert [claim["verdict"] for claim in controls] == ["contradicted", "contradicted"]
    assert {claim["verdict"] for claim in claims if claim not in controls} == {"shown"}
    text = json.dumps(claims)
    assert "the greedy imitator does not pass the human at best by 5 points" in text
    reversed_ = claims_of("ceiling", lines, {"zero": styles(0.5), "imitator": styles(0.9)}, [], {})
    assert [c["claim"] for c in reversed_ if c["verdict"] != "contradicted"] == [
        "the imitator, with search, passes the human at best"
    ]
    assert claims_of("ceiling", None, {"imitator": styles(0.9)}, [], {}) == [], "no line, no claim"
