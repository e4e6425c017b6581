"""The board half as an Experiment: who demonstrates, the ladder of arms, and what is measured."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from pathlib import Path

from agents.config import CompareConfig, demonstrator_of
from agents.player import UnknownPlayer
from lab.durable import replace_file
from lab.experiment import Arm, Experiment
from lab.workers import Desk, Task

SCORE_NAME = "hard positions whose move keeps the exact value"
RAW = ("zero", "imitator", "imitator.sampled", "winners", "winners.sampled")  # a match takes a second
SEARCHED_OPPONENTS = ("alphabeta-4", "alphabeta-8")


class BadSetting(ValueError):  # noqa: N818
    """A setting with which no run can start."""


@dataclass(frozen=True)
class Match:
    """One match of the comparison: arms are named as `zero`, `imitator.sampled`, `zero@`, the last
    meaning with the comparison's simulations; everybody else by their own names."""

    panel: str
    first: str
    second: str

    @property
    def name(self) -> str:
        """The task's name."""
        return f"match {self.first} v {self.second}"


def connect_four_experiment(config: CompareConfig) -> Experiment:
    """The comparison that `config` describes, as tasks."""
    arms = list(_arms(config))
    return Experiment(
        world=config.world,
        title="Connect Four",
        score_name=SCORE_NAME,
        demonstrate=tuple(
            Task(f"demonstrate {human}", "agents.imitation:demonstrate", human, weight=8.0)
            for human in _demonstrators(config)
            if not human.endswith(".txt")
        ),
        arms=tuple(arms),
        evaluate=(
            *(
                Task(
                    f"score {arm.name}",
                    "agents.experiment:score_arm",
                    arm.name,
                    (arm.learn.name,),
                    0.1 * config.evaluation.simulations,
                )
                for arm in arms
            ),
            *(
                Task(
                    match.name,
                    "agents.experiment:play",
                    json.dumps(vars(match)),
                    _needs(match, arms),
                    _match_weight(match, config),
                )
                for match in matches(config)
            ),
            Task("boards", "agents.gallery:pick_boards", "", ("zero", "imitator"), 5.0),
        ),
    )


def check_config(config: CompareConfig) -> None:
    """Raise UnknownPlayer, NotationError or BadSetting for settings that no run can start with."""
    from agents.scripted import describe

    if config.counter_human.endswith(".txt"):
        raise BadSetting(
            f"--counter-human {config.counter_human}: the second panel needs a human whose slips are known; "
            'name a scripted one, or "none", and give the file to --human'
        )
    for human in _demonstrators(config):
        if human.endswith(".txt"):
            _check_file(Path(human), config.world)
            continue
        describe(human)
        if "." in human:
            raise UnknownPlayer(f"a demonstrator is named without a version: {human.partition('.')[0]!r}")
    if any(games < 1 for games in config.plateau) or len(set(config.plateau)) < len(config.plateau):
        raise BadSetting(f"--plateau {config.plateau}: numbers of games, each at least 1 and named once")
    counts = {"network": config.network, "imitation": config.imitation, "zero": config.zero}
    further = {"evaluation": config.evaluation, "counter-imitation": config.counter_imitation}
    for group, settings in {**counts, **further}.items():
        for name, value in vars(settings).items():
            option = f"--{group}.{name.replace('_', '-')}"
            if isinstance(value, int) and value < (0 if name.endswith("_plies") else 1):
                raise BadSetting(f"{option} is {value}; it must be at least 1")
            if isinstance(value, float) and not (math.isfinite(value) and value >= 0.0):
                raise BadSetting(f"{option} is {value}; it must be a number, 0 or more")
    if config.workers < 1:
        raise BadSetting(f"--workers is {config.workers}; it must be at least 1")


def _check_file(path: Path, world: str) -> None:
    """Read a user's file of games before a run begins. Raises NotationError."""
    from agents.games_file import read_games
    from games.core import load_game
    from games.notation import NotationError

    if (count := len(read_games(path, load_game(world)))) < 5:
        raise NotationError(f"{path}: {count} games are too few to imitate; at least 5 are needed")


def _demonstrators(config: CompareConfig) -> list[str]:
    humans = [config.human] + ([] if config.counter_human == "none" else [config.counter_human])
    return list(dict.fromkeys(humans))


def _arms(config: CompareConfig) -> list[Arm]:
    def imitation(name: str, human: str, ingredient: str) -> Arm:
        needs = () if human.endswith(".txt") else (f"demonstrate {human}",)
        settings = demonstrator_of(config, name)[1]
        weight = settings.updates * settings.batch_size / 10_000
        return Arm(name, "scratch", ingredient, Task(name, "agents.imitation:imitate", name, needs, weight))

    arms = [
        Arm(
            "zero",
            "scratch",
            "self-play with tree search, no human games",
            Task("zero", "agents.reinforcement:reinforce", "zero", weight=_zero_weight(config)),
        ),
        imitation("imitator", config.human, "imitate all moves"),
        imitation("winners", config.human, "imitate the winners' moves only"),
    ]
    if config.counter_human != "none":
        arms.append(imitation("slips-imitator", config.counter_human, "imitate a human who slips at random"))
    sizes = [f"imitator-{games}" for games in config.plateau]
    return arms + [imitation(name, config.human, "imitate fewer games") for name in sizes]


def _zero_weight(config: CompareConfig) -> float:
    positions = config.zero.iterations * config.zero.games_per_iteration * 20
    return positions * (config.zero.simulations / 40_000 + config.zero.reuse / 10_000)


def _match_weight(match: Match, config: CompareConfig) -> float:
    searching = (match.first + match.second).count("@")
    return 1.0 + config.evaluation.pairs * (0.01 + 0.0005 * searching * config.evaluation.simulations)


def matches(config: CompareConfig) -> list[Match]:
    """Every match of the comparison, panel by panel."""
    humans = [] if config.human.endswith(".txt") else [f"{config.human}.recorded", f"{config.human}.best"]
    main = [
        *(Match("ceiling", first, human) for first in (*RAW, "zero@") for human in humans),
        *(Match("ceiling", "imitator@", human) for human in humans[1:]),
        Match("ceiling", "zero", "imitator"),
        Match("ceiling", "zero", "winners"),
        Match("ceiling", "imitator", "winners"),
        Match("ceiling", "zero@", "imitator@"),
        Match("ceiling", "zero@", "winners@"),
        *(
            Match("ceiling", first, opponent)
            for opponent in SEARCHED_OPPONENTS
            for first in (*RAW, "zero@", "imitator@")
        ),
    ]
    if config.counter_human == "none":
        return main
    human = config.counter_human
    return main + [
        Match("slips", first, f"{human}.recorded") for first in ("slips-imitator", "slips-imitator.sampled")
    ]


def _needs(match: Match, arms: list[Arm]) -> tuple[str, ...]:
    names = {name.rstrip("@").partition(".")[0] for name in (match.first, match.second)}
    return tuple(arm.learn.name for arm in arms if arm.name in names)


def score_arm(folder: Path, config: CompareConfig, arm: str, desk: Desk) -> None:
    """The task that measures a finished arm on the whole test set: greedy, sampled and searched, by
    category, as `results/score-<arm>.json`."""
    from agents.evaluation import greedy, rate, searched_policy
    from agents.learning import checkpoint_path
    from agents.network import load_network, network_evaluator, network_policy
    from agents.positions import load_positions
    from games.core import load_game

    game = load_game(config.world)
    positions = load_positions(config.world, "test")
    settings = config.evaluation
    evaluator = network_evaluator(
        load_network(checkpoint_path(folder, arm), game, config.device), game, settings.batch
    )
    policy = network_policy(evaluator, game)(positions.states)
    desk.tell("score", 1, 3, detail="raw")
    searched = searched_policy(game, evaluator, settings.simulations, positions.states)
    styles = {"greedy": greedy(policy), "sampled": policy, "searched": searched}
    result = {
        style: {name: score.to_json() for name, score in rate(positions, moves).items()}
        for style, moves in styles.items()
    }
    _write(folder, f"score-{arm}", result)


def play(folder: Path, config: CompareConfig, argument: str, desk: Desk) -> None:
    """The task that plays one match, as `results/match-<first>-<second>.json`."""
    from agents.matches import play_match
    from agents.names import find_player
    from games.core import load_game

    match = Match(**json.loads(argument))
    game, settings = load_game(config.world), config.evaluation
    desk.tell("match", 0, 1)
    first, second = (
        find_player(
            _full_name(name, folder, settings.simulations), game, batch=settings.batch, device=config.device
        )
        for name in (match.first, match.second)
    )
    # alpha-beta is a yardstick, not a claim's subject: half the games will do
    pairs = (settings.pairs + 1) // 2 if match.second.startswith("alphabeta") else settings.pairs
    outcome = play_match(game, first, second, pairs, settings.opening_plies, config.seed)
    simulations = [settings.simulations if name.endswith("@") else 0 for name in (match.first, match.second)]
    entry = outcome.to_json() | {
        "panel": match.panel,
        "first": match.first.rstrip("@"),
        "second": match.second.rstrip("@"),
        "first_simulations": simulations[0],
        "second_simulations": simulations[1],
    }
    _write(folder, match.name.replace(" ", "-"), entry)
    desk.tell("match", 1, 1, outcome.score, detail=f"{match.first} v {match.second}")


def _full_name(name: str, folder: Path, simulations: int) -> str:
    """A player's name for find_player: this run's arms get the run folder and the simulations."""
    arm = name.rstrip("@").partition(".")[0]
    if not (folder / "arms" / arm).is_dir():
        return name
    return f"{folder}:{name}{simulations if name.endswith('@') else ''}"


def _write(folder: Path, name: str, value: object) -> None:
    path = folder / "results" / f"{name}.json"
    path.parent.mkdir(exist_ok=True)
    replace_file(path, json.dumps(value, indent=1).encode())
