"""The imitator that reinforcement starts from, of the raters' own games: ready-made or learned in seconds."""

from __future__ import annotations

from dataclasses import dataclass, field

from agents.cards import weights_path
from agents.config import NetworkConfig
from agents.connect_four_scripted import DEFAULT_HUMAN as READY_MADE
from agents.imitation import examples_of, mirror_symmetric
from agents.learning import draw, new_learner, train_step
from agents.network import PolicyValueNetwork, load_network, new_network
from agents.scripted import demonstrate
from games.connect_four import GAME


@dataclass(frozen=True)
class ImitatorConfig:
    """How many games are imitated, and how long, where no ready-made imitator is to be had, or wanted."""

    ready_made: bool = True
    """Whether the ready-made imitator of the default human is taken for it."""

    network: NetworkConfig = field(default_factory=lambda: NetworkConfig(32, 2))
    games: int = 5_000
    updates: int = 250
    batch_size: int = 512
    learning_rate: float = 5e-3


def imitator_of(human: str, config: ImitatorConfig, seed: int) -> PolicyValueNetwork:
    """The ready-made imitator where it imitates that human, the same on every seed; else one learned now.

    Raises CheckpointError, UnknownPlayer, TrainingDiverged.
    """
    if human == READY_MADE and config.ready_made:
        return load_network(weights_path(GAME.name, "imitator"), GAME)
    return learn_imitator(human, config, seed)


def learn_imitator(human: str, config: ImitatorConfig, seed: int) -> PolicyValueNetwork:
    """A network that says what the human would do. Raises UnknownPlayer, TrainingDiverged."""
    examples = examples_of(demonstrate(human, config.games, seed), GAME)
    network = new_network(config.network, GAME, seed)
    learner = new_learner(GAME, network, config.learning_rate, 1e-4, 0.5, config.updates)
    augment = mirror_symmetric(human)
    for update in range(config.updates):
        train_step(learner, draw(examples, config.batch_size, seed, update, GAME, augment))
    return network
