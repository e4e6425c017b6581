"""The counts of Go's presets: the board half's settings with what differs on each board."""

from __future__ import annotations

from dataclasses import replace

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
    ValueConfig,
    preset,
)
from lab.presets import Preset

GO_LADDER = (
    "zero",
    "imitator",
    "winners",
    "policy-gradient",
    "own-wins",
    "alphago",
    "master",
    "more-imitation",
)
JUDGED = ("go7", "go9")  # whose positions a search judges: nobody solves them (agents/judged_positions.py)
PLIES = {"go5": 32, "go7": 48}  # of a game in self-play; more on larger boards
NETWORKS = {"go5": NetworkConfig(32, 3), "go7": NetworkConfig(32, 4), "go9": NetworkConfig(32, 3)}


def go_preset(name: Preset, world: str) -> CompareConfig:
    """The counts of a preset on one board."""
    base = _quick(world)
    if name == "tiny":
        return _tiny(world)
    if name == "quick":
        return base
    ladder = replace(
        base,
        preset="ladder",
        arms=GO_LADDER,
        more_imitation=replace(base.imitation, games=30_000, updates=2 * base.imitation.updates),
        master=replace(base.zero, iterations=base.zero.iterations // 2),
    )
    if name == "ladder":
        return ladder
    zero = replace(base.zero, iterations=60 if name == "standard" else 600)
    return replace(ladder, preset=name, zero=zero, master=replace(zero, iterations=zero.iterations * 3 // 4))


def _quick(world: str) -> CompareConfig:
    imitation = ImitationConfig(games=20_000, updates=1_200, validation_games=1_000)
    # a value target that looks to the end: games are long, and what a search thinks early on says nothing
    plies = PLIES.get(world, 70)
    zero = SelfPlayConfig(
        iterations=24, noise_plies=24, plies_a_game=plies, reuse=3.0, replay=300_000, value_lambda=0.97
    )
    return CompareConfig(
        world=world,
        human="capturer",
        counter_human="tactician",
        arms=QUICK_ARMS,
        network=NETWORKS.get(world, NetworkConfig(48, 5)),
        imitation=imitation,
        more_imitation=imitation,
        counter_imitation=replace(imitation, updates=800, evaluations=2),
        zero=zero,
        master=replace(zero, iterations=zero.iterations // 2),
        policy_gradient=PolicyGradientConfig(opening_share=0.3, moves_a_game=plies // 2),
        value=ValueConfig(games=20_000, lesson_positions=20_000),
        ratings=RatingConfig(others=("random", "mcts-30", "mcts-200", "mcts-1000")),
        surprise=SurpriseConfig(positions=500, threshold=1e-3, draws=2),
        evaluation=EvaluationConfig(opening_plies=2, yardsticks=("mcts-200", "mcts-1000"), pairs=100),
    )


def _tiny(world: str) -> CompareConfig:
    tiny, quick = preset("tiny"), _quick(world)
    return replace(
        quick,
        preset="tiny",
        arms=GO_LADDER,
        network=tiny.network,
        imitation=replace(tiny.imitation, games=200),
        more_imitation=replace(tiny.more_imitation, games=200),
        counter_imitation=replace(tiny.counter_imitation, games=200),
        zero=replace(tiny.zero, value_lambda=0.97, plies_a_game=quick.zero.plies_a_game),
        master=replace(tiny.master, value_lambda=0.97, plies_a_game=quick.zero.plies_a_game),
        policy_gradient=replace(tiny.policy_gradient, moves_a_game=quick.policy_gradient.moves_a_game),
        value=tiny.value,
        surprise=replace(quick.surprise, positions=20, draws=1),
        ratings=replace(tiny.ratings, others=("random", "mcts-30")),
        evaluation=replace(tiny.evaluation, opening_plies=2, yardsticks=("mcts-30", "mcts-60")),
    )


# --- imitating people's games alone ---

PEOPLE: dict[Preset, tuple[NetworkConfig, ImitationConfig]] = {
    "tiny": (
        NetworkConfig(16, 1),
        ImitationConfig(updates=30, batch_size=128, evaluations=2),
    ),
    "quick": (NetworkConfig(32, 3), ImitationConfig(updates=3_000, batch_size=256, evaluations=4)),
    "standard": (NetworkConfig(32, 3), ImitationConfig(updates=9_000, batch_size=256, evaluations=6)),
}
NEAREST: dict[Preset, Preset] = {"ladder": "quick", "long": "standard"}


def imitation_preset(name: Preset, world: str) -> CompareConfig:
    """The counts of a preset for imitating people's games on one board, and nothing else."""
    network, imitation = PEOPLE[NEAREST.get(name, name)]
    alone = replace(preset(name), world=world, human="", arms=("imitator",), counter_human="none")
    return replace(alone, network=network, imitation=imitation)
