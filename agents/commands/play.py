"""The subcommands for games and agents that are there: demonstrate, evaluate, duel."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from rich.console import Console

from agents.commands.world import GO_WORLDS
from lab.commands.common import Common, UsageError, command_line, new_folder, write_json

if TYPE_CHECKING:
    from lab.sequential_test import SequentialTest


@dataclass(frozen=True)
class Demonstrate(Common):
    """Write a player's games against itself as a readable file, which `imitate --human FILE` takes back.

    Text, or, of Go, SGF with --out NAME.sgf."""

    human: str = ""
    """A scripted human, or any other player, a file of your own (my_player.py) among them. By default
    forgetful, in Go capturer."""
    games: int = 1_000


@dataclass(frozen=True)
class Evaluate(Common):
    """Measure an agent on exactly scored positions: mistakes, by category."""

    agent: str = ""
    """random, a human (.recorded, .best, .careful), alphabeta-4, mcts-1000, perfect, zero, zero@400, RUN:ARM,
    RUN:ARM@400, or a file of your own, my_player.py. By default alphabeta-4, in Go mcts-200."""
    simulations: int = 0
    """Simulations of a searching agent; 0: its raw network."""
    positions: tuple[Path, ...] = ()
    """Files of `moves score` or `moves score s1 .. s7` lines; default: our frozen test set."""
    card: str = ""
    """Measure the figures on a ready-made agent's card again (imitator, policy-gradient, master, zero)."""


@dataclass(frozen=True)
class Duel(Common):
    """A match of pairs of games: the same random opening twice, colours swapped."""

    first: str = ""
    """Whoever `evaluate --agent` takes, and by default the same; --world is any game, or a file of your own
    (my_game.py)."""
    second: str = ""
    """Likewise; by default wins-and-blocks, in Go capturer."""
    pairs: int = 200
    opening_plies: int = 4
    simulations: int = 0
    """Simulations of RUN:ARM agents whose names give none."""
    sprt: bool = False
    """Play until it is decided whether the first beats the second (Wald's sequential test)."""
    elo0: float = 0.0
    """"Not better" means so much better, at most."""
    elo1: float = 35.0
    """"Better" means so much better, at least."""
    alpha: float = 0.05
    """The chance to call a player better that is not."""
    beta: float = 0.05
    """The chance to call a player not better that is."""
    most_pairs: int = 2_000
    """With --sprt, undecided after so many pairs; --pairs is for matches without."""


class Usual(NamedTuple):
    """Who plays a game where nobody is named: the human, the agent that is measured, its opponent."""

    human: str
    agent: str
    opponent: str


def usual_players(world: str) -> Usual:
    """Those of the presets of a world; a game without an experiment has nobody but random for certain."""
    from agents.commands.learn import counts_of

    if world not in ("connect_four", *GO_WORLDS):
        return Usual("random", "random", "random")
    counts = counts_of("quick", world)
    opponent = counts.human if world in GO_WORLDS else "wins-and-blocks"
    return Usual(counts.human, counts.evaluation.yardsticks[0], opponent)


def demonstrate(command: Demonstrate) -> None:
    """Write a player's games to a file. Raises UnknownPlayer, UnknownGame, OwnFileError and UsageError."""
    from agents.games_file import write_games
    from agents.names import find_player
    from agents.scripted import games_alone
    from games.core import load_game
    from games.notation import in_columns

    game = load_game(command.world)
    human = command.human or usual_players(command.world).human
    player = find_player(human, game)
    if command.games < 1:
        raise UsageError(f"--games is at least 1, not {command.games}")
    if not in_columns(game) and any(re.search(r"[\s,#]", name) for name in game.action_names):
        raise UsageError(f"{game.title}: files of games need action_names without blanks, ',' and '#'")
    name = re.sub(r"[^\w.@-]+", "-", human.removesuffix(".py")).strip("-")
    path = command.out or Path(f"{name}-{command.games}.txt")
    if path.exists():
        raise UsageError(f"{path} exists already and is never overwritten: name another file by --out")
    games = games_alone(player, game, command.games, command.seed)
    path.parent.mkdir(parents=True, exist_ok=True)
    header = f"{human} against itself\nseed {command.seed}, {command_line()}"
    write_games(path, games, header, game)
    Console().print(f"{len(games)} games, {games.distinct} of them distinct: {path}", highlight=False)
    if command.json:
        write_json(command.json, {"file": str(path), "games": len(games), "distinct_games": games.distinct})


def evaluate(command: Evaluate) -> None:
    """Measure an agent on positions. Raises UnknownPlayer, NotationError, UsageError, RunExists."""
    from agents.evaluate_files import evaluate_agent, mistakes_table
    from agents.ready_made import in_full

    if command.card:
        from agents.commands.ready import check_card

        checked = check_card(command.world, command.card, command.positions)
        if command.json:
            write_json(command.json, checked)
        return
    agent = in_full(command.agent or usual_players(command.world).agent, command.world)
    command = replace(command, agent=agent)
    _check_simulations(command.simulations, agent)
    folder = new_folder(command)
    result = evaluate_agent(command.world, agent, command.simulations, command.positions, command.seed)
    Console().print(mistakes_table(result))
    for path in (command.json, folder and folder / "evaluation.json"):
        if path:
            write_json(path, result)


def duel(command: Duel) -> None:
    """Play a match. Raises UnknownPlayer, UsageError, RunExists."""
    from agents.duel import play_until_decided
    from agents.matches import play_match
    from agents.names import find_player
    from agents.ready_made import in_full
    from games.core import load_game

    if command.pairs < 1 or command.opening_plies < 0:
        raise UsageError("--pairs is at least 1 and --opening-plies at least 0")
    usual = usual_players(command.world)
    named = (command.first or usual.agent, command.second or usual.opponent)
    names = [in_full(name, command.world) for name in named]
    command = replace(command, first=names[0], second=names[1])
    _check_simulations(command.simulations, *names)
    test = _sequential_test(command) if command.sprt else None
    folder = new_folder(command)
    game = load_game(command.world)
    first, second = (find_player(name, game, command.simulations) for name in names)
    decided = None
    if test is None:
        match = play_match(game, first, second, command.pairs, command.opening_plies, command.seed)
    else:
        decided = play_until_decided(
            game, first, second, test, command.most_pairs, command.opening_plies, command.seed
        )
        match = decided.match
        Console().print(str(decided), highlight=False)
    # a match that its own result has ended has no interval of this kind
    share = match.score if decided is None else f"{match.score.rate:.3f}"
    Console().print(
        f"{match.first} against {match.second}: {share} of {match.games} games "
        f"({match.wins} won, {match.draws} drawn, {match.losses} lost; "
        f"{match.openings} openings, {match.distinct_games} distinct games)",
        highlight=False,
    )
    told = (decided or match).to_json()
    result = {"schema": "move37-duel/1", **told, "simulations": command.simulations}
    for path in (command.json, folder and folder / "duel.json"):
        if path:
            write_json(path, result)


def _sequential_test(command: Duel) -> SequentialTest:
    """The test that --sprt asks for. Raises UsageError."""
    from lab.sequential_test import SequentialTest

    if command.most_pairs < 1 or command.opening_plies < 1:
        raise UsageError(
            "--sprt needs --most-pairs and --opening-plies of at least 1: from the empty board players "
            "without chance would play the same pair again, which is no new evidence"
        )
    try:
        return SequentialTest(command.elo0, command.elo1, command.alpha, command.beta)
    except ValueError as error:
        raise UsageError(f"--sprt: {error}") from None


def _check_simulations(simulations: int, *names: str) -> None:
    """Raise UsageError for simulations that nobody of those names would make."""
    if simulations < 0:
        raise UsageError(f"--simulations is {simulations}; it must be 0 (the raw network) or more")
    open_ones = [
        name for name in names if ":" in name and "@" not in name and not name.endswith((".sampled", ".py"))
    ]
    if simulations and not open_ones:
        raise UsageError(
            f"--simulations {simulations} is for arms of runs, RUN:ARM without .sampled or @N, "
            f"and does nothing for {' and '.join(names)}: leave it out"
        )
