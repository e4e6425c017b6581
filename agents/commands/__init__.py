"""The subcommands of the board half: what they ask for, and what they do."""

from agents.commands.doctor import Doctor, doctor
from agents.commands.games import Games, games
from agents.commands.gtp import Gtp, gtp
from agents.commands.learn import Compare, Imitate, Reinforce, compare, imitate, reinforce, with_preset
from agents.commands.match import Match, match
from agents.commands.play import Demonstrate, Duel, Evaluate, demonstrate, duel, evaluate
from agents.commands.ready import Export, export
from agents.commands.window import Play, play
from agents.commands.world import check_game_named, check_imitated, check_world
from lab.commands.common import checked

ACTIONS = checked(
    {
        Compare: compare,
        Reinforce: reinforce,
        Evaluate: evaluate,
    },
    check_world,
)
ACTIONS |= checked({Demonstrate: demonstrate, Duel: duel}, check_game_named)
ACTIONS |= checked({Imitate: imitate}, check_imitated)
ACTIONS |= {Export: export, Doctor: doctor, Play: play}
ACTIONS |= {Games: games, Gtp: gtp, Match: match}

__all__ = [
    "ACTIONS",
    "Compare",
    "Demonstrate",
    "Doctor",
    "Duel",
    "Evaluate",
    "Export",
    "Games",
    "Gtp",
    "Imitate",
    "Match",
    "Play",
    "Reinforce",
    "with_preset",
]
