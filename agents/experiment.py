"""The board half as an Experiment: who demonstrates, the ladder of arms, and what is measured."""

from __future__ import annotations

from pathlib import Path

from agents.config import CompareConfig
from agents.go_config import JUDGED
from agents.ladder import RUNGS, arms_of, demonstrators_of, teachers_of
from agents.match_plan import match_tasks
from agents.player import Player, UnknownPlayer
from games.core import load_game
from lab.experiment import Arm, Experiment
from lab.measured import write_measured
from lab.own_files import is_games_file, is_sgf
from lab.settings import BadSetting, check_numbers
from lab.workers import Desk, Task

SCORE_NAME = "hard positions whose move keeps the exact value"
JUDGED_NAME = "hard positions whose move a long search judges right"  # where nobody knows the value
SHARES = (  # settings in [0, 1]
    "opening_share",
    "full_share",
    "decided_above",
    "value_lambda",
    "rollout_weight",
    "threshold",
)


def board_experiment(config: CompareConfig) -> Experiment:
    """The comparison that `config` describes, as tasks."""
    arms = arms_of(config)
    return Experiment(
        world=config.world,
        title=load_game(config.world).title,
        score_name=score_name(config.world),
        demonstrate=(
            *(
                Task(f"demonstrate {human}", "agents.imitation:demonstrate", human, weight=8.0)
                for human in demonstrators_of(config)
                if not is_games_file(human)
            ),
            *teachers_of(config),
        ),
        arms=tuple(arms),
        evaluate=(
            *(_score(arm, config) for arm in arms),
            *match_tasks(config),
            *(_studies(config) if config.studies else ()),
        ),
    )


def score_name(world: str) -> str:
    """What the share of right answers is a share of."""
    return JUDGED_NAME if world in JUDGED else SCORE_NAME


def judge_of(world: str) -> str | None:
    """Who says which moves are right where nobody knows it; None where the values are exact."""
    return "a long search" if world in JUDGED else None


def _score(arm: Arm, config: CompareConfig) -> Task:
    weight = 0.1 * config.evaluation.simulations
    return Task(f"score {arm.name}", "agents.experiment:score_arm", arm.name, (arm.name,), weight)


def _studies(config: CompareConfig) -> list[Task]:
    """What is measured beyond scores and matches, as far as the arms are there for it."""
    arms = set(config.arms)
    everyone = tuple(name for name in RUNGS if name in arms)
    scored = tuple(f"score {name}" for name in everyone)
    studies = [
        Task("boards", "agents.gallery:pick_boards", "", ("zero", "imitator"), 5.0),
        Task(
            "policy-gradient study",
            "agents.policy_gradient_report:measure_policy_gradient",
            "",
            ("imitator", "policy-gradient", *(("own-wins",) if "own-wins" in arms else ())),
            20.0,
        ),
        Task("value-lesson", "agents.value_network:value_lesson", "", ("alphago", "policy-gradient"), 60.0),
        Task("priors", "agents.alphago:compare_priors", "", ("alphago", "policy-gradient", "imitator"), 60.0),
    ]
    ready = [study for study in studies if set(study.needs) <= arms]
    ready += _surprise(config, everyone)
    ready.append(Task("ratings", "agents.ratings:rate_players", "", (*everyone, *scored), 80.0))
    sweep = [
        Task(f"teach {teacher}", "agents.teachers:teach", teacher, _games_of(teacher, config), 80.0)
        for teacher in config.teachers.teachers
    ]
    return ready + sweep


def _surprise(config: CompareConfig, everyone: tuple[str, ...]) -> list[Task]:
    """Moves that the human would not make: people by what an imitator of them expects, a scripted human,
    where every move is scored exactly, by its exact distribution."""
    arms = set(everyone)
    if is_sgf(config.human):
        find = "agents.people_surprise:find_people_surprises"
        return [Task("surprise", find, "", everyone, 30.0)] if "imitator" in arms else []
    if config.world in JUDGED or not {"zero", "imitator"} <= arms:
        return []
    slipping = () if config.counter_human == "none" else ("slips-imitator",)
    return [Task("surprise", "agents.surprise:find_surprises", "", everyone + slipping, 30.0)]


def _games_of(teacher: str, config: CompareConfig) -> tuple[str, ...]:
    """The perfect player answers in positions of the human's games, which are there already where the
    human is a file; the others play their own."""
    written = teacher == "perfect" and not is_games_file(config.human)
    return (f"demonstrate {config.human}",) if written else ()


def check_config(config: CompareConfig) -> None:
    """Raise UnknownPlayer, NotationError or BadSetting for settings that no run can start with."""
    from agents.scripted import describe, human_names
    from games.core import is_own_file

    if is_games_file(config.counter_human):
        raise BadSetting(
            f"--counter-human {config.counter_human}: the second panel needs a human whose slips are known; "
            'name a scripted one, or "none", and give the file to --human'
        )
    for human in demonstrators_of(config):
        if is_games_file(human):
            _check_file(Path(human), config.world)
            continue
        if is_own_file(human):
            raise BadSetting(
                f"--human {human}: its exact distribution is not known; write its games to a file "
                f"(train.py demonstrate --human {human}) and name that"
            )
        describe(human)
        if human.partition(".")[0] not in (known := human_names(load_game(config.world))):
            raise UnknownPlayer(f"{human!r} does not play {config.world}; there are: {', '.join(known)}")
        if "." in human:
            raise UnknownPlayer(f"a demonstrator is named without a version: {human.partition('.')[0]!r}")
    if any(games < 1 for games in config.plateau) or len(set(config.plateau)) < len(config.plateau):
        raise BadSetting(f"--plateau {config.plateau}: numbers of games, each at least 1 and named once")
    if len(set(config.arms)) < len(config.arms):
        raise BadSetting(f"--arms {' '.join(config.arms)}: name each arm once")
    for arm in config.arms:
        if arm not in RUNGS:
            raise BadSetting(f"--arms {arm}: there is no such arm; there are: {', '.join(RUNGS)}")
        missing = [name for name in RUNGS[arm].needs if name not in config.arms]
        missing += ["zero"] if arm == "imitate-zero" and "zero" not in config.arms else []
        if missing:
            raise BadSetting(f"--arms {arm} starts from {' and '.join(missing)}: name that arm, too")
        if arm == "imitate-perfect" and config.world != "connect_four":
            raise BadSetting(f"--arms imitate-perfect: nobody plays {config.world} perfectly here")
        if arm == "imitate-perfect" and is_games_file(config.human):
            raise BadSetting("--arms imitate-perfect needs a scripted human's games: name one by --human")
    check_numbers(config, SHARES, may_be_zero=("-plies",))
    for arm, settings in (("zero", config.zero), ("master", config.master)):
        if settings.full_share == 0.0:
            raise BadSetting(f"--{arm}.full-share is 0.0: only plies searched in full teach a policy")
    _check_teachers(config)
    _check_rated(config)


def _check_teachers(config: CompareConfig) -> None:
    """Raise UnknownPlayer or BadSetting for teachers of the sweep who cannot teach."""
    for name in config.teachers.teachers:
        option = f"--teachers.teachers {name}"
        if "/" in name or "\\" in name:  # the task's mark and result are files of the teacher's name
            raise BadSetting(f"{option}: a teacher's name has no slash; of a run in runs/, write RUN:ARM")
        if _named(option, name, config).policy is None:
            raise BadSetting(
                f"{option}: the moves of {name} are known one by one alone, and a teacher is measured by its "
                "exact distribution: name a player that has one, alphabeta-4 for example"
            )


def _check_rated(config: CompareConfig) -> None:
    """Raise UnknownPlayer for others in the ratings whom nobody knows; the run's arms go by their names."""
    arms = {f"{arm}{style}" for arm in config.arms for style in ("", ".greedy", ".sampled", "@")}
    for name in config.ratings.others:
        if name not in arms:
            _named(f"--ratings.others {name}", name, config)


def _named(option: str, name: str, config: CompareConfig) -> Player:
    """The player of that name. Raises UnknownPlayer, which tells the option."""
    from agents.names import find_player

    try:
        return find_player(name, load_game(config.world), device=config.device)
    except UnknownPlayer as error:
        raise UnknownPlayer(f"{option}: {error}") from None


def _check_file(path: Path, world: str) -> None:
    """Read a user's file of games before a run begins. Raises NotationError, BadSetting."""
    from agents.games_file import read_games
    from agents.human_games import check_splits, read_human_games
    from games.notation import NotationError

    if is_sgf(path):
        check_splits(path, read_human_games(path, load_game(world)), ("train", "validation"))
        return
    if (count := len(read_games(path, load_game(world)))) < 5:
        raise NotationError(f"{path}: {count} games are too few to imitate; at least 5 are needed")


def score_arm(folder: Path, config: CompareConfig, arm: str, desk: Desk) -> None:
    """The task that measures a finished arm on the whole test set: greedy, sampled and searched, by
    category, as `results/score-<arm>.json`."""
    from agents.arms import arm_evaluator
    from agents.evaluation import greedy, rate, searched_policy
    from agents.network import network_policy
    from agents.positions import load_positions

    game = load_game(config.world)
    positions = load_positions(config.world, "test")
    settings = config.evaluation
    evaluator = arm_evaluator(folder, arm, game, config.device, settings.batch)
    policy = network_policy(evaluator, game)(positions.states)
    desk.tell("score", 1, 3, detail="raw")
    searched = searched_policy(game, evaluator, settings.simulations, positions.states)
    styles = {"greedy": greedy(policy), "sampled": policy, "searched": searched}
    result = {
        style: {name: score.to_json() for name, score in rate(positions, moves).items()}
        for style, moves in styles.items()
    }
    write_measured(folder, f"score-{arm}", result)
