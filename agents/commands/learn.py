"""The subcommands that learn: compare, imitate, reinforce; each takes the groups of settings it uses."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from agents.commands.world import GO_WORLDS
from agents.config import (
    QUICK_ARMS,
    CompareConfig,
    EvaluationConfig,
    ImitationConfig,
    NetworkConfig,
    PolicyGradientConfig,
    RatingConfig,
    SelfPlayConfig,
    SurpriseConfig,
    TeacherConfig,
    ValueConfig,
    preset,
)
from agents.go_config import go_preset
from agents.scored_worlds import scored_worlds
from lab.commands.common import Common, UsageError
from lab.commands.learning import learn, settings_of, with_counts
from lab.device import Device
from lab.presets import PRESETS, Preset

GO = {world: f"agents.go_wing:{world.upper()}" for world in GO_WORLDS}
WINGS = {"connect_four": "agents.wing:CONNECT_FOUR", **GO}


def counts_of(name: Preset, world: str) -> CompareConfig:
    """The counts of a preset in a world."""
    return go_preset(name, world) if world in GO_WORLDS else preset(name)


@dataclass(frozen=True)
class Learning(Common):
    """What every subcommand takes that learns."""

    preset: Preset = "quick"
    """tiny (seconds, proves nothing), quick (11 minutes), ladder (20), standard (2 hours), long (a night)."""
    seeds: int = 1
    """So many runs, seeds SEED, SEED + 1, ...; intervals are pooled over them."""
    workers: int = 2
    """Processes, each with one thread."""
    device: Device = "auto"
    """Where networks run; auto: a graphics card when there is one."""
    human: str = "forgetful"
    """The demonstrator: a scripted human or crowd, or a file of games (.txt) of your own."""
    network: NetworkConfig = field(default_factory=NetworkConfig)
    evaluation: EvaluationConfig = field(default_factory=EvaluationConfig)

    def config(self, **changes: Any) -> CompareConfig:
        """The resolved settings of a run with this seed: the preset's, where this subcommand takes none."""
        config: CompareConfig = settings_of(self, counts_of(self.preset, self.world), **changes)
        return config


@dataclass(frozen=True)
class Compare(Learning):
    """The main job: a human's games, imitators, self-play reinforcement, measured against the human."""

    arms: tuple[str, ...] = QUICK_ARMS
    """The rungs of the ladder: imitator, winners, own-wins, policy-gradient, alphago, master, zero, and the
    controls more-imitation, imitate-perfect, imitate-zero."""
    studies: bool = True
    """Ratings, move 37 and the other exhibits beyond scores and matches; of several seeds, the first's."""
    imitation: ImitationConfig = field(default_factory=ImitationConfig)
    more_imitation: ImitationConfig = field(default_factory=ImitationConfig)
    zero: SelfPlayConfig = field(default_factory=SelfPlayConfig)
    master: SelfPlayConfig = field(default_factory=SelfPlayConfig)
    policy_gradient: PolicyGradientConfig = field(default_factory=PolicyGradientConfig)
    value: ValueConfig = field(default_factory=ValueConfig)
    teachers: TeacherConfig = field(default_factory=TeacherConfig)
    surprise: SurpriseConfig = field(default_factory=SurpriseConfig)
    ratings: RatingConfig = field(default_factory=RatingConfig)
    counter_human: str = "two-ply"
    """The demonstrator of the second panel, whose slips imitation denoises; "none" leaves it out."""
    counter_imitation: ImitationConfig = field(default_factory=ImitationConfig)
    plateau: tuple[int, ...] = ()
    """Further imitators of so many games each, to show where more of the same ends."""


@dataclass(frozen=True)
class Imitate(Learning):
    """Train the imitator alone: of a scripted human, or of your own file of games.

    --world go9 --games FILE.sgf: how many of people's moves it then predicts, by rank and by move number.
    """

    games: Path | None = None
    """Games to imitate: text (.txt), and for Go SGF, a zip archive of it or a folder; the same as --human."""
    also: tuple[Path, ...] = ()
    """Of Go: further collections whose moves are predicted, too, but for games that were learned from."""
    imitation: ImitationConfig = field(default_factory=ImitationConfig)


@dataclass(frozen=True)
class Reinforce(Learning):
    """Train Zero alone: self-play with tree search, no human games."""

    zero: SelfPlayConfig = field(default_factory=SelfPlayConfig)


def with_preset(command: type, name: str, world: str = "") -> Any:
    """A learning subcommand whose counts are those of the preset in that world, for the command line to
    change; of quick, where there is none of that name."""
    known: Preset = next((one for one in PRESETS if one == name), "quick")
    return with_counts(command, counts_of(known, world))


def compare(command: Compare) -> None:
    """Run a comparison. Raises UsageError, UnknownPlayer, NotationError, BadSetting, RunError, TaskFailed."""
    _learn(command, command.config(), "compare")


def imitate(command: Imitate) -> None:
    """Train the imitator alone; raises what compare raises."""
    if command.games is not None:
        command = replace(command, human=_games_named(command.games))
    if command.also:
        others = tuple(path.as_posix() for path in command.also)
        command = replace(command, imitation=replace(command.imitation, tested_on=others))
    if command.world in GO_WORLDS and imitates_people(command):
        _imitate_people(command, command.config(arms=("imitator",), counter_human="none"))
        return
    if command.world in GO_WORLDS:
        command = _as_compared(command)
    _learn(command, command.config(arms=("imitator",), counter_human="none"), "imitate")


def _games_named(path: Path) -> str:
    """The name of a file of games, as that of a human. Raises UsageError where it is not there, or no kind of
    file that holds games."""
    from lab.own_files import is_games_file, named

    if not path.exists():
        raise UsageError(f"--games {path}: there is no such file or folder")
    if not is_games_file(name := named(path)):
        raise UsageError(
            f"--games {path}: games are read from text (.txt), SGF (.sgf), archives (.zip), folders"
        )
    return name


def imitates_people(command: Imitate) -> bool:
    """Whether people's games of Go are imitated, or nobody is named; not a scripted human or a text."""
    from lab.own_files import is_games_file, is_text

    return not command.human or (is_games_file(command.human) and not is_text(command.human))


def _as_compared(command: Imitate) -> Imitate:
    """The subcommand with the counts that `compare` has for its imitator, in place of those for people's
    games that the command line has left as they were. Raises UsageError where nothing is compared."""
    from agents.go_config import imitation_preset

    if command.world not in (worlds := scored_worlds()):
        raise UsageError(
            f"{command.human}: in {command.world} there are no scored positions to measure an imitator on; "
            "give --games an SGF file, a zip archive of such or a folder, and people's moves are predicted "
            f"(a scripted human or a text file: {', '.join(worlds)})"
        )
    people, compared = (of(command.preset, command.world) for of in (imitation_preset, go_preset))
    groups = {}
    for name in ("network", "evaluation", "imitation"):
        usual, given = vars(getattr(people, name)), vars(getattr(command, name))
        changed = {key: value for key, value in given.items() if value != usual[key]}
        groups[name] = replace(getattr(compared, name), **changed)
    return replace(command, **groups)


def _imitate_people(command: Imitate, config: CompareConfig) -> None:
    """Imitate a collection of Go, and print what was read and how well it is predicted."""
    from rich.console import Console

    from agents.go_wing import check_prediction
    from agents.prediction_table import COMPARED, prediction_tables_of
    from lab.measured import read_measured

    console = Console(highlight=False)
    human = check_prediction(config)
    console.print("\n".join(human.collection.report()), soft_wrap=True, markup=False)
    folder = learn(command, config, "imitate", WINGS, check_prediction)
    if (tables := read_measured(folder, "prediction")) is not None:  # of several seeds each has its own
        for table in prediction_tables_of(tables):
            console.print(table)
        console.print(COMPARED, style="dim", soft_wrap=True)


def reinforce(command: Reinforce) -> None:
    """Train Zero alone; raises what compare raises."""
    _learn(command, command.config(arms=("zero",), counter_human="none"), "reinforce")


def _learn(command: Learning, config: CompareConfig, job: str) -> None:
    from agents.experiment import check_config

    learn(command, config, job, WINGS, check_config)
