"""Go as the roof knows it: the board half's experiment, and people's games, imitated to predict them."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from agents.analogy import analogy
from agents.config import CompareConfig
from agents.go_config import go_preset
from agents.wing import board_entry, experiment_of, precision, then
from games.core import load_game
from lab.curve import curve_path, read_curve
from lab.experiment import Arm, Experiment
from lab.measured import read_imitation, read_measured
from lab.own_files import is_games_file, is_text
from lab.result_rows import curve_points, headline_row
from lab.settings import BadSetting, check_numbers
from lab.wing import Wing
from lab.workers import Task

if TYPE_CHECKING:
    from agents.human_games import HumanGames

ARM = "imitator"
SPLITS = ("test", "validation")
SETTINGS = (
    "world",
    "human",
    "preset",
    "seed",
    "workers",
    "device",
    "network",
    "imitation",
    "evaluation.batch",
)
SCORE_NAME = "people's moves predicted (games held out, passes apart)"


def prediction_experiment(config: CompareConfig) -> Experiment:
    """One imitator of a file of people's games, and how well it predicts them."""
    weight = config.imitation.updates * config.imitation.batch_size / 2_000
    learning = Task(ARM, "agents.prediction_run:learn", ARM, (), weight)
    measuring = Task("predict", "agents.prediction_run:measure", ARM, (ARM,), weight / 10 + 10)
    return Experiment(
        world=config.world,
        title=load_game(config.world).title,
        score_name=SCORE_NAME,
        demonstrate=(),
        arms=(Arm(ARM, "scratch", "imitate all moves", learning),),
        evaluate=(measuring,),
    )


def check_prediction(config: CompareConfig) -> HumanGames:
    """The games of a run that can begin. Raises NotationError and BadSetting."""
    from agents.human_games import check_splits, read_human_games

    if not is_games_file(config.human) or is_text(config.human):
        raise BadSetting(
            f"{config.world}: whom to imitate? Give --games: an SGF file, a zip archive of such or a folder"
        )
    if config.imitation.split not in SPLITS:
        raise BadSetting(f"--imitation.split is one of {', '.join(SPLITS)}, not {config.imitation.split!r}")
    check_numbers(config, (), may_be_zero=("-plies",))
    game = load_game(config.world)
    for other in config.imitation.tested_on:
        read_human_games(Path(other), game)
    human = read_human_games(Path(config.human), game)
    check_splits(config.human, human, ("train", "validation", config.imitation.split))
    return human


def _predicts(config: CompareConfig) -> bool:
    """Whether a run imitates people's games to see how well their moves are predicted."""
    return config.arms == (ARM,) and is_games_file(config.human) and not is_text(config.human)


def _experiment(config: CompareConfig, job: str) -> Experiment:
    return prediction_experiment(config) if _predicts(config) else experiment_of(config, job)


def _entry(folder: Path, config: CompareConfig, arms: tuple[str, ...]) -> dict[str, Any]:
    return _prediction_entry(folder, config) if _predicts(config) else board_entry(folder, config, arms)


def _prediction_entry(folder: Path, config: CompareConfig) -> dict[str, Any]:
    """The `worlds` entry of a finished run; `human_prediction` holds all tables."""
    tables = read_measured(folder, "prediction")
    rows = read_curve(curve_path(folder, ARM))
    imitated = read_imitation(folder, ARM) or {}
    name = Path(config.human).name
    return {
        "world": config.world,
        "title": load_game(config.world).title,
        "score_name": SCORE_NAME,
        "optimum": 1.0,
        "chance": None,
        "panels": [
            {
                "panel": "ceiling",
                "title": "People's games",
                "claim": "How many of their moves are the network's first choice.",
                "demonstrator": {
                    "name": name,
                    "title": "people's games from a file",
                    "procedure": "unknown",
                    "weaknesses": [],
                    "slips": [],
                },
                "lines": None,
                "headline": [
                    headline_row(
                        f"imitator on {where}", ARM, table["moves"]["top1"],
                        cpu_seconds=rows[-1].cpu_seconds, games=rows[-1].games,
                    )
                    for where, table in tables["on"].items() if table["moves"]
                ],
                "curves": [{"arm": ARM, "series": "greedy", "points": curve_points(rows, "score/rate")}],
                "imitation": [imitated],
                "matches": [],
                "mistakes": [],
                "claims": [],
            }
        ],
        "settings": list(SETTINGS),
        "human_prediction": tables,
    }  # fmt: skip


def _wing(world: str) -> Wing:
    counts = partial(go_preset, world=world)
    return Wing(world, CompareConfig, counts, _experiment, _entry, precision, then, analogy=analogy)


GO5, GO7, GO9, GO13, GO19 = (_wing(f"go{size}") for size in (5, 7, 9, 13, 19))
