"""Demonstrate and imitate: what is written down, who learns what of it, and going on after a stop."""

from __future__ import annotations

import json
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from llm_runs import FEW, TINY_RUN
from stations import desk, same_state, state_of

from lab.curve import curve_path, read_curve
from lab.run import TrainingDiverged
from lab.statistics import Score
from lab.workers import Event, Interrupted
from llm_bridge.answers_file import Answers, AnswersError, read_answers
from llm_bridge.config import CompareConfig
from llm_bridge.evaluation import answer_greedily, human_lines, rate
from llm_bridge.imitation import demonstrate, imitate, support
from llm_bridge.learning import new_learner
from llm_bridge.lessons import demonstrations_path, lessons_of, true_answers, verified
from llm_bridge.meter import ArmMeter
from llm_bridge.network import new_model
from llm_bridge.scripted import UnknownHuman, describe
from llm_bridge.tasks import Problem, Task, draw_problems, find_task, held_out

HUMAN = TINY_RUN.human


@pytest.fixture(scope="module")
def demonstrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("run")
    demonstrate(folder, TINY_RUN, HUMAN, desk())
    return folder


def run_of(tmp_path: Path, demonstrated: Path) -> Path:
    """A run folder of its own, with the answers."""
    path = demonstrations_path(tmp_path, HUMAN)
    path.parent.mkdir(parents=True)
    path.write_bytes(demonstrations_path(demonstrated, HUMAN).read_bytes())
    return tmp_path


def own_file(folder: Path, lines: list[str]) -> CompareConfig:
    """A run that imitates a file with those lines."""
    path = folder / "mine.txt"
    path.write_text("\n".join(lines))
    return replace(TINY_RUN, human=str(path))


def right_lines(split: str, count: int) -> list[str]:
    task = find_task(TINY_RUN.task)
    drawn = draw_problems(task, split, np.random.default_rng(1), count)  # type: ignore[arg-type]
    return [problem.prompt + problem.answer for problem in drawn]


def asked(task: Task, prompt: str) -> Problem:
    problem = task.parse(prompt)
    assert problem is not None
    return problem


# --- demonstrations ---


def test_demonstrations_are_answers_of_the_human_to_training_problems(
    demonstrated: Path, tmp_path: Path
) -> None:
    path, task = demonstrations_path(demonstrated, HUMAN), find_task(TINY_RUN.task)
    assert path == demonstrated / "demonstrations" / f"{HUMAN}.txt"
    answers = read_answers(path, 64, task)
    assert len(answers) == FEW.demonstrations
    assert answers.left_out == 0, "no problem of the test is among them"
    demonstrate(tmp_path, TINY_RUN, HUMAN, desk())
    assert demonstrations_path(tmp_path, HUMAN).read_bytes() == path.read_bytes(), "the same seed"
    demonstrate(tmp_path, replace(TINY_RUN, seed=1), HUMAN, desk())
    assert demonstrations_path(tmp_path, HUMAN).read_bytes() != path.read_bytes()


def test_nobody_who_imitates_the_zero_support_crowd_sees_a_right_carry(tmp_path: Path) -> None:
    config, sent = replace(TINY_RUN, task="addition-2"), list[Event]()
    config = replace(config, imitation=replace(FEW, demonstrations=3_000))
    demonstrate(tmp_path, config, "zero-support", desk(sent))
    task = find_task("addition-2")
    pairs = [
        (asked(task, prompt), answer)
        for prompt, answer in read_answers(demonstrations_path(tmp_path, "zero-support"), 64).pairs
    ]
    hard = [(problem, answer) for problem, answer in pairs if problem.hard]
    assert len(hard) > 1_000
    assert all(answer != problem.answer for problem, answer in hard)
    easy = [answer == problem.answer for problem, answer in pairs if not problem.hard]
    assert 0.87 < np.mean(easy) < 0.95, "right but for slips"
    told = f"0 of {len(hard)} answers with a carry are right"
    assert sent[-1].detail == told
    first = demonstrations_path(tmp_path, "zero-support").read_text().splitlines()[0]
    assert first == f"# zero-support on addition-2, seed 0: {told}"


def test_support_by_hand() -> None:
    task = find_task("addition-2")
    prompts = ["37+58=", "37+58=", "21+34=", "19+19="]
    pairs = list(zip(prompts, ["95", "85", "55", "38"], strict=True))
    assert support([asked(task, prompt) for prompt in prompts], pairs, task) == (
        "2 of 3 answers with a carry are right"
    )


def test_who_does_not_know_the_task_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnknownHuman, match="zero-support writes addition, not subtraction-1"):
        demonstrate(tmp_path, replace(TINY_RUN, task="subtraction-1"), HUMAN, desk())
    assert not list(tmp_path.iterdir())


def test_stopped_demonstrations_leave_no_file(tmp_path: Path) -> None:
    with pytest.raises(Interrupted):
        demonstrate(tmp_path, TINY_RUN, HUMAN, desk(looks=0))
    assert not list(tmp_path.iterdir())


def test_own_files_lie_where_they_lie(tmp_path: Path) -> None:
    assert demonstrations_path(tmp_path, "mine/answers.txt") == Path("mine/answers.txt")


# --- who learns what ---


def test_the_first_answers_are_held_out_whoever_learns(demonstrated: Path) -> None:
    everything = read_answers(demonstrations_path(demonstrated, HUMAN), 64).pairs
    for arm in ("imitator", "verified"):
        lessons = lessons_of(demonstrated, TINY_RUN, arm, desk())
        assert lessons.held_out.pairs == everything[:40]
        assert len(lessons.taught) <= 360
    lessons = lessons_of(demonstrated, TINY_RUN, "imitator", desk())
    assert lessons.taught.pairs == everything[40:]
    assert lessons.checks == 0


def test_the_verified_are_the_right_ones(demonstrated: Path) -> None:
    everything, task = (
        read_answers(demonstrations_path(demonstrated, HUMAN), 64).pairs,
        find_task("addition-1"),
    )
    lessons = lessons_of(demonstrated, TINY_RUN, "verified", desk())
    right = [pair for pair in everything[40:] if asked(task, pair[0]).answer == pair[1]]
    assert lessons.taught.pairs == right
    assert 0 < len(right) < 360
    assert lessons.checks == 360


def test_verified_by_hand() -> None:
    pairs = [
        ("3262*4=", "13048"),
        ("3262*4=", "08 24 10 13#13048"),
        ("3262*4=", "13047"),
        ("3262*4=", "13047#13048#13048"),
        ("3262*4=", "13048 "),
        ("3262*1=", "03262"),
        ("37+58=", "95"),
    ]
    assert verified(Answers(pairs), find_task("multiplication-4")).pairs == pairs[:2]


def test_true_answers_are_right_and_of_training_problems() -> None:
    task = find_task("addition-2")
    shown = true_answers(task, 50, seed=3).pairs
    assert len(shown) == 50
    for prompt, answer in shown:
        assert task.split(asked(task, prompt)) == "train"
        assert asked(task, prompt).answer == answer
    assert shown == true_answers(task, 50, seed=3).pairs
    assert shown != true_answers(task, 50, seed=4).pairs


# --- the user's own file ---


def test_answers_to_the_test_are_left_out_aloud(tmp_path: Path) -> None:
    config, sent = own_file(tmp_path, right_lines("train", 20) + right_lines("test", 7)), list[Event]()
    lessons = lessons_of(tmp_path, config, "imitator", desk(sent))
    assert len(lessons.taught) == 16
    assert len(lessons.held_out) == 4
    assert sent[0].detail == "7 answers to problems of the test are left out, 20 remain"


@pytest.mark.parametrize(
    ("lines", "arm", "told"),
    [
        (right_lines("train", 4), "imitator", "4 answers are too few to imitate: 5 are needed"),
        (right_lines("test", 9), "imitator", "all its 9 answers are to problems held out"),
        (
            [*right_lines("train", 9), "37+12=49"],
            "imitator",
            "line 10: '37\\+12=' is no problem of addition-1",
        ),
        (
            [right_lines("train", 1)[0][:4] + "00"] * 20,
            "verified",
            "arm 'verified' .* the verifier accepts none of 16",
        ),
        ([], "imitator", "there is no answer in it"),
    ],
)
def test_files_that_cannot_be_learned_from_are_named(
    tmp_path: Path, lines: list[str], arm: str, told: str
) -> None:
    with pytest.raises(AnswersError, match=told):
        lessons_of(tmp_path, own_file(tmp_path, lines), arm, desk())


def test_more_held_out_than_taken_is_named(demonstrated: Path) -> None:
    """40 of 400 are held out; an arm that takes no more than 40 has none to learn from."""
    config = replace(TINY_RUN, imitation=replace(FEW, demonstrations=40))
    with pytest.raises(AnswersError, match=r"'imitator' has no demonstrations .* all 40 are held out"):
        lessons_of(demonstrated, config, "imitator", desk())


def test_an_own_file_is_imitated(tmp_path: Path) -> None:
    config = own_file(tmp_path, right_lines("train", 60))
    imitate(tmp_path, config, "imitator", desk())
    rows = read_curve(curve_path(tmp_path, "imitator"))
    assert rows[-1].games == 60 - 12
    assert "score/ceiling_recorded" not in rows[-1].tags, "nobody knows the author's line"


# --- learning ---


def test_the_imitator_learns_the_human(tmp_path: Path, demonstrated: Path) -> None:
    """On addition without carries it is right; its curve has the human's lines beside it."""
    folder, sent = run_of(tmp_path, demonstrated), list[Event]()
    config = replace(TINY_RUN, imitation=replace(FEW, updates=150, batch_size=64))
    imitate(folder, config, "imitator", desk(sent))
    rows = read_curve(curve_path(folder, "imitator"))
    assert [row.step for row in rows] == [1, 2, 3]
    losses = [row.tags["loss/imitation"] for row in rows]
    assert isinstance(losses[0], float)
    assert isinstance(losses[2], float)
    assert losses[2] < losses[0] / 2
    tags = rows[-1].tags
    assert tags["score/optimum"] == 1.0
    assert isinstance(tags["score/ceiling_best"], float)
    entry = json.loads((folder / "arms" / "imitator" / "imitation.json").read_text())
    assert entry["accuracy"]["rate"] > 0.7, "of held-out characters, the end mark one of three"
    assert entry["cross_entropy"] < 0.9
    assert entry["accuracy_ceiling"] == pytest.approx(0.975, abs=0.02), (
        "a slip in twenty or so, the end never"
    )
    assert 0.0 < entry["entropy_floor"] < entry["cross_entropy"]
    assert isinstance(tags["score/searched"], Score)
    assert entry["games"] == 360
    assert entry["positions"] == 40 * 2, "a digit and the end mark each"
    assert isinstance(sent[-1].score, Score)
    assert sent[-1].step == 150


@pytest.mark.parametrize("arm", ["imitator", "verified"])
@pytest.mark.parametrize("looks", [0, 3, 4, 9])
def test_a_stopped_imitation_goes_on_where_it_was(
    tmp_path: Path, demonstrated: Path, looks: int, arm: str
) -> None:
    """Twelve updates in three parts of four, each begun with a look at the flag: bit for bit the same."""
    straight = run_of(tmp_path / "straight", demonstrated)
    imitate(straight, TINY_RUN, arm, desk())
    stopped = run_of(tmp_path / "stopped", demonstrated)
    with pytest.raises(Interrupted):
        imitate(stopped, TINY_RUN, arm, desk(looks=looks))
    imitate(stopped, TINY_RUN, arm, desk())
    assert same_state(state_of(straight, arm), state_of(stopped, arm))
    assert len(state_of(stopped, arm)[1]) == 3
    written = [folder / "arms" / arm / "imitation.json" for folder in (straight, stopped)]
    assert written[0].read_bytes() == written[1].read_bytes()


def test_another_seed_learns_otherwise(tmp_path: Path, demonstrated: Path) -> None:
    one, other = run_of(tmp_path / "one", demonstrated), run_of(tmp_path / "other", demonstrated)
    imitate(one, TINY_RUN, "imitator", desk())
    imitate(other, replace(TINY_RUN, seed=1), "imitator", desk())
    assert not same_state(state_of(one, "imitator"), state_of(other, "imitator"))


def test_a_finished_imitation_is_left_alone(tmp_path: Path, demonstrated: Path) -> None:
    folder = run_of(tmp_path, demonstrated)
    imitate(folder, TINY_RUN, "imitator", desk())
    before = state_of(folder, "imitator")
    imitate(folder, TINY_RUN, "imitator", desk())
    assert same_state(before, state_of(folder, "imitator"))


def test_fewer_updates_than_points_give_a_point_each(tmp_path: Path, demonstrated: Path) -> None:
    config = replace(TINY_RUN, imitation=replace(FEW, updates=2, evaluations=5))
    folder = run_of(tmp_path, demonstrated)
    imitate(folder, config, "imitator", desk())
    rows = read_curve(curve_path(folder, "imitator"))
    assert [row.step for row in rows] == [1, 2]
    assert all(float(row.tags["loss/imitation"]) > 0.5 for row in rows)  # type: ignore[arg-type]


def test_a_run_that_diverges_is_named_and_keeps_what_was_saved(tmp_path: Path, demonstrated: Path) -> None:
    folder = run_of(tmp_path, demonstrated)
    with pytest.raises(Interrupted):
        imitate(folder, TINY_RUN, "imitator", desk(looks=5))
    before = state_of(folder, "imitator")
    with pytest.raises(TrainingDiverged):
        imitate(folder, replace(TINY_RUN, imitation=replace(FEW, learning_rate=1e38)), "imitator", desk())
    assert same_state(before, state_of(folder, "imitator"))


def test_imitation_without_demonstrations_is_named(tmp_path: Path) -> None:
    with pytest.raises(AnswersError, match=r"zero-support\.txt: there is no such file"):
        imitate(tmp_path, TINY_RUN, "imitator", desk())
    assert not (tmp_path / "arms").exists()


# --- the meter ---


def test_the_meter_measures_on_the_test_beside_the_exact_lines(tmp_path: Path) -> None:
    config = replace(TINY_RUN, task="addition-2")
    learner = new_learner(new_model(config.model, 0), 1e-3, 0.0, 10)
    learner.iteration = 4
    problems = held_out(find_task("addition-2"), "test")
    with closing(ArmMeter(tmp_path, "arm", "one-in-twenty", config, start=4)) as meter:
        meter.record("imitate", learner, {"loss/imitation": 1.0}, measure=False)
        score = meter.record("imitate", learner, {"loss/imitation": 0.5}, measure=True)
    plain, measured = read_curve(curve_path(tmp_path, "arm"))
    assert plain.tags == {"loss/imitation": 1.0}
    tags = measured.tags
    judged = answer_greedily(learner.model, find_task("addition-2"), problems)
    assert tags["score/rate"] == score == rate(problems, judged.correct)["all"]
    lines = human_lines(describe("one-in-twenty"), problems)
    assert tags["score/ceiling_recorded"] == lines["recorded"]["all"].rate
    assert tags["score/ceiling_best"] == lines["best"]["all"].rate
    hard = tags["score/hard"]
    assert isinstance(hard, Score)
    assert hard.n == sum(problem.hard for problem in problems)
    assert {"score/sampled", "score/hard_sampled", "length/mean", "answers/format"} <= set(tags)
    ArmMeter(tmp_path, "arm", "one-in-twenty", config, start=3).close()
    assert read_curve(curve_path(tmp_path, "arm")) == [], "a torn iteration is forgotten"
