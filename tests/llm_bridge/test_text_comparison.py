"""The comparison of the language half: its settings, its arms and studies, what it claims, a run of it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from lab.curve import ArmLog
from lab.measured import write_measured
from lab.report import render_report
from lab.report.result import validate
from lab.run import RunError, create_run, plain
from lab.runs import complete, put_together, resolved
from lab.statistics import Score
from lab.workers import mark
from llm_bridge.agents import task_asked
from llm_bridge.analogy import analogy
from llm_bridge.answers_file import AnswersError
from llm_bridge.claims import claims_of
from llm_bridge.commands import Compare, Imitate, with_preset
from llm_bridge.config import (
    LADDER_ARMS,
    OTHER_ALGORITHMS,
    TEXT_PRESETS,
    CompareConfig,
    arms_of_panels,
    human_of,
    imitation_of,
    preset,
    recipe_of,
)
from llm_bridge.exhibits import reason
from llm_bridge.experiment import BadSetting, arithmetic_experiment, check_config
from llm_bridge.ladder import RUNGS, ancestors, arms_of, demonstrations_of, start_of
from llm_bridge.ladder_result import worth_of_shown, worth_over_seeds
from llm_bridge.reinforcement import settings_of
from llm_bridge.result import _teacher_slips
from llm_bridge.scripted import DEFAULT_HUMAN, SLIP_PRONE_HUMAN, UnknownHuman, describe
from llm_bridge.studies import studies_of, study_folder, study_tasks
from llm_bridge.surprise import _row
from llm_bridge.tasks import UnknownTask, find_task, held_out
from llm_bridge.wing import experiment_of
from train import WINGS

CONFIG = CompareConfig()
TINY = replace(
    preset("tiny"), arms=("imitator", "verified", "policy-gradient"), slips=(), rare_human="none", workers=1
)


# --- settings ---


@pytest.mark.parametrize("name", TEXT_PRESETS)
def test_presets_are_good(name: Any) -> None:
    check_config(preset(name))
    assert preset(name).preset == name
    for study in studies_of(preset(name)).values():
        check_config(study)


@pytest.mark.parametrize("name", TEXT_PRESETS)
def test_the_command_line_loses_nothing_of_a_preset(name: Any) -> None:
    config = with_preset(Compare, name).config()
    assert replace(config, device="cpu") == preset(name)
    saved = {"job": "compare", "seeds": 1, **json.loads(json.dumps(plain(config)))}
    assert resolved(saved, CompareConfig) == (config, "compare", 1)


def test_the_humans_are_those_that_were_chosen() -> None:
    assert (CONFIG.human, CONFIG.counter_human) == (DEFAULT_HUMAN, SLIP_PRONE_HUMAN)
    assert Imitate().human == DEFAULT_HUMAN


def test_verified_answers_and_reinforcement_are_compared_at_equal_checks() -> None:
    """Where a few know, the filter may look at as many answers as reinforcement does."""
    quick = preset("quick")
    trials = quick.rare_policy_gradient
    checked = quick.verified.demonstrations
    assert checked == pytest.approx(trials.updates * trials.prompts * trials.answers, rel=0.1)


def test_standard_has_every_rung() -> None:
    arms = {recipe_of(arm) for arm in preset("standard").arms}
    arms |= {recipe_of(arm) for study in studies_of(preset("standard")).values() for arm in study.arms}
    assert arms == set(RUNGS)
    assert set(LADDER_ARMS) | set(OTHER_ALGORITHMS) == set(preset("standard").arms)


@pytest.mark.parametrize(
    ("wrong", "error", "words"),
    [
        (replace(CONFIG, task="adition-2"), UnknownTask, "did you mean addition"),
        (replace(CONFIG, task="addition-99"), UnknownTask, "addition-1 to"),
        (replace(CONFIG, human="never-carriers"), UnknownHuman, "never-carries"),
        (replace(CONFIG, human="careless.best"), UnknownHuman, "without a version"),
        (replace(CONFIG, human="guesses"), UnknownHuman, "not addition-2"),
        (replace(CONFIG, rare_human="mine.txt"), BadSetting, "--rare-human"),
        (replace(CONFIG, arms=("policy-gradient",)), BadSetting, "starts from imitator"),
        (replace(CONFIG, arms=("imitator", "imitate-rl")), BadSetting, "policy-gradient"),
        (replace(CONFIG, arms=("zero",)), BadSetting, "no such arm"),
        (replace(CONFIG, arms=("imitator", "base")), BadSetting, "--arms base"),
        (replace(CONFIG, arms=("imitator", "imitator")), BadSetting, "each arm once"),
        (replace(CONFIG, workers=0), BadSetting, "--workers"),
        (replace(CONFIG, imitation=replace(CONFIG.imitation, updates=0)), BadSetting, "--imitation.updates"),
        (replace(CONFIG, model=replace(CONFIG.model, width=65)), BadSetting, "--model.width"),
        (replace(CONFIG, model=replace(CONFIG.model, positions=4)), BadSetting, "--model.positions"),
        (
            replace(
                CONFIG,
                task="addition-12",
                counter_human="carries",
                model=replace(CONFIG.model, positions=39),
            ),
            BadSetting,
            "needs 40",
        ),
        (
            replace(CONFIG, policy_gradient=replace(CONFIG.policy_gradient, learning_rate=float("nan"))),
            BadSetting,
            "--policy-gradient.learning-rate",
        ),
        (
            replace(CONFIG, policy_gradient=replace(CONFIG.policy_gradient, gae_lambda=1.5)),
            BadSetting,
            "[0, 1]",
        ),
    ],
)
def test_bad_settings_are_named(wrong: CompareConfig, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words.replace("[", r"\[").replace("]", r"\]")):
        check_config(wrong)


# --- arms, tasks, studies ---


def test_every_panel_has_its_human() -> None:
    panels = arms_of_panels(preset("quick"))
    assert list(panels) == ["ceiling", "rare", "slips"]
    assert human_of(CONFIG, "rare-verified") == CONFIG.rare_human
    assert human_of(CONFIG, "slips-imitator") == CONFIG.counter_human
    assert start_of("rare-policy-gradient", CONFIG) == "rare-imitator"
    assert start_of("imitator", replace(CONFIG, base_human="textbook")) == "base"
    assert ancestors("r1", CONFIG) == {"cold-start", "base"}


def test_needs_are_met_by_tasks_of_the_same_run() -> None:
    for name in TEXT_PRESETS:
        tasks = arithmetic_experiment(preset(name)).tasks
        names = [task.name for task in tasks]
        assert len(set(names)) == len(names)
        assert {need for task in tasks for need in task.needs} <= set(names)


def test_a_demonstrator_writes_what_its_hungriest_imitator_takes() -> None:
    counts = demonstrations_of(preset("ladder"))
    assert counts[CONFIG.human] == max(
        imitation_of(preset("ladder"), arm).demonstrations
        for arm in ("imitator", "verified", "more-imitation")
    )
    assert counts[CONFIG.counter_human] == preset("ladder").counter_imitation.demonstrations


def test_algorithms_differ_in_their_weights_and_sample_alike() -> None:
    config = preset("standard")
    samples = set()
    for arm in ("policy-gradient", "own-right", "grpo", "expert-iteration"):
        settings = settings_of(config, arm)
        samples.add(settings.prompts * settings.answers * settings.updates)
    assert len(samples) == 1, "equal verifier calls"


def test_what_measures_an_arm_waits_for_it() -> None:
    tasks = {task.name: task for task in arithmetic_experiment(preset("ladder")).tasks}
    for name in ("pass-at-k", "surprise"):
        assert {"imitator", "policy-gradient", "verified", "own-right", "thinking, imitator"} <= set(
            tasks[name].needs
        )


def test_one_arm_alone_has_no_studies_and_a_task_without_hard_problems_none_about_them() -> None:
    alone = [task.name for task in experiment_of(preset("ladder"), "imitate").tasks]
    assert alone == ["demonstrate zero-support", "imitator", "score imitator"]
    names = {task.name for task in arithmetic_experiment(replace(preset("quick"), task="addition-1")).tasks}
    assert "samples" in names
    assert not names & {"pass-at-k", "surprise"}


def test_the_dial_turns_the_slips_of_the_main_panels_human(tmp_path: Path) -> None:
    ladder = preset("ladder")
    assert "slips-30" not in studies_of(replace(ladder, human="carries"))
    without = replace(ladder, studies=False)
    assert _teacher_slips(tmp_path, without, ladder.arms) is None, "as on all seeds but the first"


def test_a_file_of_another_task_is_named_before_a_run_begins(tmp_path: Path) -> None:
    own = tmp_path / "mine.txt"
    own.write_text("52-36=16\n" * 20)
    with pytest.raises(AnswersError, match="line 1"):
        check_config(replace(CONFIG, human=str(own)))


def test_that_length_does_not_pay_is_said_only_where_it_does_not_grow() -> None:
    short = {"update": 1, "correct": 0.9, "worked": 0.1, "length": 3.0}
    told = reason([short, {**short, "correct": 0.98, "worked": 0.02, "length": 2.9}])
    assert told == "There 98 % are answered without working, and 98 % rightly: length pays nothing."
    assert reason([short, {**short, "length": 4.0}]) is None


def test_surprises_of_expressions_have_no_base_rate() -> None:
    """Of all digits so many are right; of all expressions nobody has counted them."""
    for task, human, counted in (("countdown-3", "never-multiplies", 0), ("addition-2", "never-carries", 1)):
        problems = [problem for problem in held_out(find_task(task), "test") if problem.hard]
        row = _row("policy-gradient, greedy", describe(human), problems, [p.answer for p in problems])
        assert row["surprises"]["rate"] == row["right"]["rate"] == 1.0
        assert (row["equally_rare"] is not None) == counted
        entry = {"panels": [{"imitation": []}], "surprise": {"certificates": [row]}}
        told = analogy(entry)["surprise"]
        assert ("of all that there are" in told) == counted


def test_studies_are_comparisons_of_their_own() -> None:
    studies = studies_of(preset("ladder"))
    assert set(studies) == {"slips-0", "slips-30", "thinking", "direct"}
    assert studies["thinking"].base_human != "none"
    assert all(not study.studies for study in studies.values())
    names = {task.name for task in study_tasks(preset("ladder"))}
    assert {"thinking, base", "thinking, r1-zero", "slips-30, policy-gradient"} <= names
    assert [arm.name for arm in arms_of(studies["slips-0"])]


# --- claims ---


def a_score(rate: float) -> dict[str, Any]:
    return Score(rate, max(0.0, rate - 0.03), min(1.0, rate + 0.03), 1000).to_json()


def styles(rate: float) -> dict[str, Any]:
    return {
        style: {"all": a_score(rate), "hard": a_score(rate / 2)}
        for style in ("greedy", "sampled", "searched")
    }


def test_claims_follow_from_intervals() -> None:
    lines = {
        name: {"all": Score(0.6, 0.57, 0.63, 1000), "hard": Score(0.0, 0.0, 0.004, 700)}
        for name in ("recorded", "best")
    }
    scores = {"imitator": styles(0.6), "policy-gradient": styles(0.9), "verified": styles(0.88)}
    costs, checks = dict.fromkeys(scores, 10.0), dict.fromkeys(scores, 1000)
    told = {c["claim"]: c for c in claims_of("ceiling", lines, scores, costs, checks)}
    assert told["policy-gradient passes imitator, both greedy"]["verdict"] == "shown"
    assert told["policy-gradient passes verified, both greedy"]["verdict"] == "not shown"
    assert "1,000 answers checked" in told["policy-gradient passes verified, both greedy"]["evidence"]
    assert told["policy-gradient, greedy, passes the human at best"]["verdict"] == "shown"
    assert (
        told["the greedy imitator does not pass the human at best by 5 points or more"]["verdict"] == "shown"
    )
    answered = [claim for claim in told if "no demonstration holds an answer" in claim]
    assert {told[claim]["verdict"] for claim in answered} == {"shown"}
    assert claims_of("slips", None, {}, {}, {}) == []


# --- a run ---


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("text") / "run"
    run = create_run(folder, {"job": "compare", "seeds": 1, **vars(TINY)}, "python train.py compare")
    result = complete(run, WINGS, Console(quiet=True))
    run.result_path.write_text(json.dumps(result))
    return run, result


def test_a_run_from_end_to_end(finished: Any) -> None:
    run, result = finished
    validate(result)
    (world,) = result["worlds"]
    assert [panel["panel"] for panel in world["panels"]] == ["ceiling", "slips"]
    assert [rung["arm"] for rung in world["ladder"]] == ["imitator", "verified", "policy-gradient"]
    assert world["thinking"]["points"]
    stages = [stage["arm"] for stage in world["thinking"]["stages"]]
    assert stages == ["base", "imitator", "policy-gradient", "r1-zero", "cold-start", "r1"]
    assert {entry["arm"] for entry in world["pass_at_k"]} >= {"base", "imitator", "policy-gradient"}
    assert len(world["samples"]) == 8
    assert world["surprise"]["certificates"][0]["player"] == "random digits"
    assert len(world["surprise"]["birth"]) == 6
    assert world["words"]["lessons"] == "answers"
    page = render_report(result)
    assert "answers" in page
    assert not (run.folder / "errors.log").exists()
    assert (study_folder(run.folder, "thinking") / "arms" / "r1-zero" / "checkpoint.safetensors").exists()


def test_a_result_put_together_anew_is_the_same(finished: Any) -> None:
    run, result = finished
    again, missing = put_together(run, WINGS)
    assert again == json.loads(json.dumps(result))
    assert missing == []


def test_an_arm_is_asked_what_it_has_learned(finished: Any) -> None:
    run, _ = finished
    thinking = study_folder(run.folder, "thinking")
    assert task_asked(f"{run.folder}:imitator") == TINY.task
    assert task_asked(f"{thinking}:policy-gradient") == TINY.thinking.task
    assert task_asked("careless") == "addition-2"
    with pytest.raises(RunError, match="holds no arm 'ppo'"):
        task_asked(f"{thinking}:ppo")


def test_what_a_shown_answer_is_worth_is_read_off_the_learners_curve(tmp_path: Path) -> None:
    log = ArmLog(tmp_path, "policy-gradient")
    for step, rate in enumerate((0.5, 0.6, 0.7)):
        log.log("reinforce", step, 1.0, 1_024 * step, {"score/rate": Score(rate, rate, rate, 100)})
    log.close()
    for count, rate in ((512, 0.6), (4096, 0.9)):
        write_measured(tmp_path, f"score-shown-{count}", {"greedy": {"all": a_score(rate)}})
    rungs = ["imitator", "policy-gradient", "shown-512", "shown-4096"]
    few, many = worth_of_shown(tmp_path, rungs) or []
    assert (few["answers"], few["checks"], few["all_checks"]) == (512, [1_024], 2_048)
    assert (many["answers"], many["checks"]) == (4_096, [None])
    assert worth_of_shown(tmp_path, ["imitator", "policy-gradient"]) is None
    worlds = [{"shown_worth": [few, many]}, {"shown_worth": [many | {"answers": 512}, many]}]
    assert [row["checks"] for row in worth_over_seeds(worlds) or []] == [[1_024, None], [None, None]]


def test_r1_is_a_comparison_of_its_own(tmp_path: Path) -> None:
    few = preset("tiny")
    config = replace(
        preset("r1"),
        model=few.model,
        base=few.imitation,
        imitation=few.imitation,
        workers=1,
        fine_tuning=few.fine_tuning,
        policy_gradient=few.policy_gradient,
        evaluation=few.evaluation,
    )
    settings = {"job": "compare", "seeds": 1, **vars(config)}
    run = create_run(tmp_path / "r1", settings, "python train.py compare")
    (world,) = complete(run, WINGS, Console(quiet=True))["worlds"]
    assert world["thinking"]["arm"] == "r1"
    assert len(world["thinking"]["points"]) == config.policy_gradient.evaluations
    assert [stage["arm"] for stage in world["thinking"]["stages"]] == ["base", "imitator", "cold-start", "r1"]


def test_a_run_of_several_seeds_says_how_its_arms_are_named(tmp_path: Path) -> None:
    (tmp_path / "three" / "seed-7" / "arms").mkdir(parents=True)
    with pytest.raises(RunError, match=r"several seeds: write .*three/seed-7:imitator"):
        task_asked(f"{tmp_path / 'three'}:imitator")


def test_every_task_is_marked(finished: Any) -> None:
    run, _ = finished
    assert all(mark(run.folder, task.name).exists() for task in experiment_of(TINY, "compare").tasks)


def test_seeds_are_pooled_and_discovery_is_counted(tmp_path: Path) -> None:
    config = replace(TINY, studies=False, counter_human="none")
    run = create_run(
        tmp_path / "two", {"job": "compare", "seeds": 2, **vars(config)}, "python train.py compare"
    )
    result = complete(run, WINGS, Console(quiet=True))
    validate(result)
    found = result["worlds"][0]["discovery"]
    assert [row["seed"] for row in found["seeds"]] == [0, 1]
    assert found["successes"] == sum(row["hard"]["rate"] >= found["threshold"] for row in found["seeds"])
    assert found["low"] <= found["successes"] / 2 <= found["high"]
