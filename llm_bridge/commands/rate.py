"""The subcommand in which the user is the rater: pairs, a reward model, a tuned model, what you taught it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from lab.commands.common import UsageError, check_seed, command_line, write_json

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from llm_bridge.network import LanguageModel
    from llm_bridge.preference.comparisons import Ranking

FEWEST = 5  # comparisons of which anything is learned


@dataclass(frozen=True)
class Rate:
    """Be the rater: compare a few dozen pairs of answers, and see what you taught a language model."""

    pairs: int = 24
    """How many pairs you are asked about; q ends it early."""
    answers: Path | None = None
    """A file of comparisons (preferences.txt of another time, or yours) in the place of asking."""
    seed: int = 0
    """Everything random follows from it."""
    out: Path | None = None
    """A new folder for what comes of it, never overwritten; by default the next free one in runs/."""
    json: Path | None = None
    """Write the result there too."""


def rate(command: Rate) -> None:
    """Ask, learn, tune, tell. Raises UsageError, RunExists, RunError, AnswersError, OSError."""
    check_seed(command)
    if command.pairs < FEWEST:
        raise UsageError(f"--pairs is a number of pairs, at least {FEWEST}, not {command.pairs}")
    from lab.run import create_run, next_run_folder
    from lab.run_overview import PREFERENCES
    from llm_bridge.preference.comparisons import pairs_of, read_rankings, write_rankings
    from llm_bridge.preference.imitator import imitator
    from llm_bridge.preference.taught import TeachingConfig, teach

    console, settings = Console(highlight=False), TeachingConfig()
    rankings = pairs_of(read_rankings(command.answers)) if command.answers else []
    if command.answers:
        _check_enough(rankings, command.answers)
    folder = command.out or next_run_folder(Path("runs"), "rate", "arithmetic")
    config = {"job": "rate", "world": "arithmetic", "seed": command.seed, "settings": settings}
    run = create_run(folder, config, command_line())
    asked = "" if rankings else f" Then you choose, at least {FEWEST} times."
    console.print(f"A model learns to add from a crowd; about two minutes.{asked}", style="dim")
    start, kept = imitator(settings.sft, command.seed), run.folder / PREFERENCES

    def keep(some: list[Ranking]) -> None:
        write_rankings(kept, some, f"{command_line()}: the better answer first")

    if rankings:
        keep(rankings)
    else:
        rankings = ask(start, command.pairs, command.seed, console, keep)
        _check_enough(rankings, kept)
    console.print("A reward model learns what you like, a policy is tuned by it.", style="dim")
    try:
        _, taught = teach(start, rankings, settings, command.seed)
    except KeyboardInterrupt:
        again = f"stopped; your comparisons are kept: python train.py rate --answers {kept}"
        console.print(again, soft_wrap=True)
        raise SystemExit(130) from None
    write_json(run.folder / "taught.json", {"schema": "move37-taught/1", **taught})
    if command.json:
        write_json(command.json, {"schema": "move37-taught/1", **taught})
    show(taught, console)
    console.print(f"your comparisons  {kept}", soft_wrap=True)


def _check_enough(rankings: Sequence[Ranking], path: Path) -> None:
    """Raise UsageError for fewer comparisons than teach anything."""
    if len(rankings) < FEWEST:
        held = f"; {path} holds them" if rankings else ""
        raise UsageError(f"{len(rankings)} comparisons teach nothing{held}: give at least {FEWEST}")


def ask(
    start: LanguageModel, count: int, seed: int, console: Console, keep: Callable[[list[Ranking]], None]
) -> list[Ranking]:
    """The user's choice between pairs of the model's answers; ends at q, at Ctrl-C, and where the input does.
    All choices up to then go to `keep` after each of them."""
    from llm_bridge.preference.comparisons import Ranking, sampled_groups

    console.print(f"\nWhich answer do you like better? 1 or 2, s to skip, q to stop. {count} pairs.\n")
    rankings: list[Ranking] = []
    groups = sampled_groups(start, seed, count)
    for number, (problem, answers, ended) in enumerate(groups, 1):
        console.print(Text(f"{number:3}.  {problem.prompt}    1  {answers[0]:16}    2  {answers[1]}"))
        choice = _choice()
        if choice == "q":
            break
        if choice == "s":
            continue
        order = (0, 1) if choice == "1" else (1, 0)
        chosen, ends = tuple(answers[i] for i in order), tuple(ended[i] for i in order)
        rankings.append(Ranking(problem.prompt, chosen, ends))
        keep(rankings)
    return rankings


def _choice() -> str:
    while True:
        try:
            given = input("      > ").strip().lower()
        except (EOFError, KeyboardInterrupt):
            print()
            return "q"
        if given in ("1", "2", "s", "q"):
            return given
        print("      1, 2, s or q")


def show(taught: dict[str, Any], console: Console) -> None:
    """What you taught it."""
    from llm_bridge.preference.taught import lesson_of

    told: Sequence[str] = lesson_of(taught)
    console.print(Text("\nWhat you taught it: " + "; ".join(told) + ".\n", style="bold"))
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for column in ("asked", "before", "after"):
        table.add_column(column)
    for one in taught["samples"]:
        table.add_row(*(Text(one[name]) for name in ("prompt", "before", "after")))
    console.print(table)
    agrees = f"{100 * taught['agrees']:.0f} % of your {taught['comparisons']} comparisons"
    console.print(f"\nThe reward model agrees with {agrees}; the policy went {taught['kl']:.1f} nats away.")
