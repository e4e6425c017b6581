"""The discriminator-generator gap on the board: at equal size and on the same pairs, one network learns to
judge (which of two boards comes of the right move), another to play (the right move itself)."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from agents.config import NetworkConfig
from agents.learning import Batch, Examples, descend, draw, forward, new_learner, train_step
from agents.network import network_evaluator, new_network
from agents.positions import PositionSet
from agents.preference.preferences import Preferences
from agents.preference.rater import Rewards
from agents.preference.reward_model import BATCH, Reward
from games.connect_four import GAME
from games.core import States
from lab.losses import bradley_terry_loss
from lab.randomness import game_keys, sample_batch

SCALE = 4.0  # nats that the judge's value, in [-1, 1], stands for
DIFFICULTIES = {"8 to 15 stones": (8, 16), "16 to 23 stones": (16, 24), "24 stones or more": (24, 42)}


@dataclass(frozen=True)
class GapConfig:
    """Two networks of one size, with the same number of updates."""

    network: NetworkConfig = field(default_factory=lambda: NetworkConfig(16, 2))
    updates: int = 160
    batch_size: int = 256
    learning_rate: float = 4e-3


def learn_to_play(pairs: Preferences, config: GapConfig, seed: int) -> Reward:
    """A network that is told the right move of each pair; its logits."""
    right = np.eye(GAME.num_actions, dtype=np.float32)[pairs.chosen]
    examples = Examples(pairs.states, right, np.zeros(len(pairs), np.float32))
    network = new_network(config.network, GAME, seed)
    learner = new_learner(GAME, network, config.learning_rate, 1e-3, 0.0, config.updates)
    for update in range(config.updates):
        train_step(learner, draw(examples, config.batch_size, seed, update, GAME, augment=True))
    evaluator = network_evaluator(network, GAME, BATCH)
    return lambda states: evaluator(states)[0].astype(np.float64)


def learn_to_judge(pairs: Preferences, config: GapConfig, seed: int) -> Reward:
    """A network that is shown the two boards that come of each pair and told which comes of the right move;
    its score of the board after each legal move."""
    sides = [_after(pairs.states, moves) for moves in (pairs.chosen, pairs.rejected)]
    network = new_network(config.network, GAME, seed)
    learner = new_learner(GAME, network, config.learning_rate, 1e-3, 1.0, config.updates)
    for update in range(config.updates):
        halves = [draw(side, config.batch_size, seed, update, GAME, augment=True) for side in sides]
        logits, value = forward(learner, _together(halves))
        better, worse = (-SCALE * value).chunk(2)  # the value is the opponent's, who is to move
        descend(learner, logits.sum() * 0.0, bradley_terry_loss(better, worse).mean())
    evaluator = network_evaluator(network, GAME, BATCH)

    def score(states: States) -> Rewards:
        scores = np.zeros((len(states), GAME.num_actions))
        rows, moves = np.nonzero(GAME.legal_action_mask(states))
        scores[rows, moves] = -SCALE * evaluator(GAME.step(states[rows], moves.astype(np.int32)))[1]
        return scores

    return score


def _after(states: States, moves: NDArray[np.int32]) -> Examples:
    """The boards after the moves, with nothing taught."""
    after = GAME.step(states, moves)
    nothing = np.zeros((len(states), GAME.num_actions), np.float32)
    return Examples(after, nothing, np.zeros(len(states), np.float32))


def _together(halves: list[Batch]) -> Batch:
    first, second = halves
    return Batch(
        *(
            np.concatenate([getattr(first, name), getattr(second, name)])
            for name in ("planes", "legal_action_mask", "action_weights", "value_targets")
        )
    )


def right_and_wrong(positions: PositionSet, seed: int) -> Preferences:
    """One pair in each position that has both: a move that keeps the exact value before one that does not."""
    wrong = positions.legal & ~positions.keep
    rows = np.flatnonzero(wrong.any(axis=1))
    keys = game_keys(seed, "right and wrong", 0, len(rows))
    chosen = sample_batch(positions.keep[rows].astype(np.float64), keys, 0)
    return Preferences(positions.states[rows], chosen, sample_batch(wrong[rows].astype(np.float64), keys, 1))


def gap(
    learned: PositionSet, asked: PositionSet, config: GapConfig, seed: int
) -> dict[str, dict[str, float]]:
    """By difficulty: how often the judge and the player are right on the same new pairs (a half by chance),
    and how often the first of all legal moves by either is right; by chance, a random one."""
    pairs = right_and_wrong(learned, seed)
    judge, player = learn_to_judge(pairs, config, seed), learn_to_play(pairs, config, seed)
    questions = right_and_wrong(asked, seed + 1)
    at_stake = (asked.legal & ~asked.keep).any(axis=1)
    keep, legal = asked.keep[at_stake], asked.legal[at_stake]
    stones = np.bitwise_count(questions.states["occupied"])
    scores = {"judge": judge(questions.states), "player": player(questions.states)}
    rows, told = np.arange(len(questions)), {}
    for name, (low, high) in DIFFICULTIES.items():
        here = (stones >= low) & (stones < high)
        by_chance = keep[here].sum(axis=1) / legal[here].sum(axis=1)
        row = {"positions": float(here.sum()), "chance": float(by_chance.mean())}
        for who, score in scores.items():
            right = score[rows, questions.chosen] > score[rows, questions.rejected]
            first = np.where(legal, score, -np.inf).argmax(axis=1)
            row[f"{who}_pair"] = float(right[here].mean())
            row[f"{who}_move"] = float(keep[rows, first][here].mean())
        told[name] = row
    return told
