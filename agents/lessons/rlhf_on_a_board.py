"""AlphaGo, trained with RLHF: scripted humans say which move they like, a reward model learns their taste,
and a policy is reinforced on it from their imitator, not knowing who wins. The control knows nothing else."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from agents.config import NetworkConfig
from agents.evaluation import exact_policy, hard_part
from agents.imitation import mirror_symmetric
from agents.lessons.rlhf_claims import ARMS, FEW, HURRIED, MANY, RESULT, UTILITY, result_of
from agents.matches import play_match
from agents.network import PolicyValueNetwork
from agents.player import policy_player
from agents.pool_play import OWN_BATCH, Policy, sampling_policy
from agents.positions import PositionSet, load_positions, score_policy
from agents.preference.finds import draw_lovely, lovely_and_lost, rank_moves_37
from agents.preference.gap import GapConfig, gap
from agents.preference.imitator import ImitatorConfig, imitator_of
from agents.preference.measure import Measure, first_alarm
from agents.preference.preferences import (
    HELD_OUT,
    Preferences,
    agreement,
    collect,
    draw_pairs,
    judge,
    seen_positions,
)
from agents.preference.rater import CONSIDERED, GLANCE, Rater
from agents.preference.reward_model import Reward, RewardModelConfig, train_reward_model
from agents.preference.rlhf import RlhfConfig, Snapshot, reinforce
from agents.scripted import human_player
from games.connect_four import GAME
from games.core import States
from lab.lessons import Tell, over_seeds

POWERS = (0.0, 0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 32.0)  # 1 / beta of the line that nobody can beat
TOLD = ("matches", "alarms", "moves_37", "gap", "posterior")  # a list of each in the result, one a seed


@dataclass(frozen=True)
class Settings:
    """Who rates, how many labels there are, how large the networks are, how long everything learns."""

    human: str = "forgetful"
    noise: float = 1.0
    """Of a judgement, in nats of utility; at 1 the raters prefer as they choose."""
    few: int = 300
    many: int = 20_000
    labels: tuple[int, ...] = (300, 2_000, 20_000)
    """Of the reward models of the first seed's table, each size with each."""
    channels: tuple[int, ...] = (8, 32)
    """Their sizes; the largest is the one that pays."""
    held_out: int = 2_000
    """Positions on which agreement, proxy and gold are measured."""
    pairs: int = 60
    """Of games against the human at the end, as recorded and at best."""
    procedural: str = "two-ply"
    """The human whose procedure rules moves out: whose moves 37 are ranked."""
    imitator: ImitatorConfig = field(default_factory=ImitatorConfig)
    reward_model: RewardModelConfig = field(default_factory=RewardModelConfig)
    rlhf: RlhfConfig = field(default_factory=RlhfConfig)
    gap: GapConfig = field(default_factory=GapConfig)


SETTINGS = Settings()


@dataclass(frozen=True)
class Payer:
    """What an arm is paid: a reward of moves (None: the games' results), and whose judgements it is of."""

    reward: Reward | None
    rater: Rater


def study(seed: int, is_first: bool, tell: Tell) -> dict[str, Any]:
    """Everything on one seed; of the first seed boards, table and the human's own lines, too. All of it but
    the seconds follows from the seed."""
    settings, positions = SETTINGS, hard_part(load_positions(GAME.name, "test"))
    tell(f"the imitator, {settings.many:,} judgements, reward models")
    world = _world(settings, positions, seed)
    payers, models = _payers(settings, world, seed)
    ends, curves = {}, {}
    for arm in ARMS:
        tell(f"the policy paid by {arm}")
        ends[arm], curves[arm] = _train(settings, world, payers[arm], arm, seed)
    players = {"imitator": world.start, **ends}
    tell("games against the human")
    matches = {arm: _matches(settings, policy, seed) for arm, policy in players.items()}
    tell("moves 37, and the gap")
    told: dict[str, Any] = {
        "settings": asdict(settings),
        "curves": curves,
        "models": models,
        "matches": matches,
        "alarms": {arm: first_alarm(curves[arm]) for arm in ARMS if arm != RESULT},
        "moves_37": _moves_37(settings, positions, seed),
        "gap": _gap(settings, positions, seed),
        "posterior": world.measure.posterior(POWERS),
    }
    if is_first:
        tell("boards, and reward models of every size")
        told["boards"] = _boards(ends, payers, positions)
        told["table"] = _table(settings, world, seed)
        told["lines"] = _lines(settings, positions)
    return told


def pooled(studies: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """What came out over all seeds, and what may be claimed."""
    first = studies[0]
    told = {name: [one[name] for one in studies] for name in TOLD}
    models = [one["models"] for one in studies]
    return result_of(first["settings"], first["lines"], over_seeds(studies, "curves"), told, models) | {
        "boards": first["boards"],
        "table": first["table"],
    }


@dataclass(frozen=True)
class World:
    """What a seed starts from: the imitator, as a network and as a policy, its measure, held-out pairs."""

    imitator: PolicyValueNetwork
    start: Policy
    measure: Measure
    first: Any
    second: Any


def _world(settings: Settings, positions: PositionSet, seed: int) -> World:
    imitator = imitator_of(settings.human, settings.imitator, seed)
    start = sampling_policy(imitator, GAME, OWN_BATCH)
    held_out = seen_positions(settings.human, settings.held_out, seed, HELD_OUT)
    considered = Rater(settings.human, CONSIDERED, settings.noise)
    measure = Measure(held_out, start(held_out), positions, considered)
    return World(imitator, start, measure, *draw_pairs(held_out, start, seed))


def _payers(settings: Settings, world: World, seed: int) -> tuple[dict[str, Payer], dict[str, Any]]:
    """What each arm is paid, and how well the two reward models agree with the raters on held-out pairs."""
    considered = world.measure.considered
    glance = Rater(settings.human, GLANCE, settings.noise)
    judged = collect(considered, world.start, settings.many, seed)
    mirrored = mirror_symmetric(settings.human)
    learned = {
        arm: train_reward_model(judged.first(count), settings.reward_model, seed, mirrored)
        for arm, count in ((FEW, settings.few), (MANY, settings.many))
    }
    payers = {arm: Payer(reward, considered) for arm, reward in learned.items()}
    payers |= {UTILITY: Payer(_in_nats(considered), considered), HURRIED: Payer(_in_nats(glance), glance)}
    payers[RESULT] = Payer(None, considered)
    return payers, {arm: _agrees(world, reward) for arm, reward in learned.items()}


def _in_nats(rater: Rater) -> Reward:
    """The rater's exact utility, in the units of a reward model that has learned it without error."""
    return lambda states: rater.utility(states) / rater.noise


def _agrees(world: World, reward: Reward) -> dict[str, float]:
    measure = world.measure
    found = agreement(
        reward(measure.held_out), measure.considered, measure.held_out, world.first, world.second
    )
    return asdict(found)


def _train(
    settings: Settings, world: World, payer: Payer, arm: str, seed: int
) -> tuple[Policy, list[dict[str, float]]]:
    """Reinforce from the imitator: the last policy, and the curve."""
    points, policy = [], world.start
    for snapshot in reinforce(world.imitator, payer.reward, settings.rlhf, seed):
        policy = snapshot.policy
        points.append(_cost(snapshot) | world.measure.point(policy, payer.reward, payer.rater, seed))
    return policy, points


def _cost(snapshot: Snapshot) -> dict[str, float]:
    return {
        "update": snapshot.games,
        "env_steps": snapshot.env_steps,
        "cpu_seconds": snapshot.cpu_seconds,
    }


def _matches(settings: Settings, policy: Policy, seed: int) -> dict[str, float]:
    """The score of the policy's sampled games against the human, as recorded and at best."""
    player = policy_player("learner", policy)
    return {
        version: play_match(
            GAME, player, human_player(f"{settings.human}.{version}"), settings.pairs, 4, seed
        ).score.rate
        for version in ("recorded", "best")
    }


def _moves_37(settings: Settings, positions: PositionSet, seed: int) -> dict[str, dict[str, float] | None]:
    """How a reward model of the raters with a procedure ranks moves 37, by which moves were judged: their
    own, so that a slip alone had ever shown one, or any two."""
    rater = Rater(settings.procedural, CONSIDERED, settings.noise)
    states = seen_positions(rater.human, settings.many, seed)
    sources: dict[str, Callable[[States], Any]] = {
        "own": lambda some: exact_policy(f"{rater.human}.recorded", some),
        "any": lambda some: GAME.legal_action_mask(some).astype(np.float64),
    }
    told: dict[str, dict[str, float] | None] = {}
    for name, policy in sources.items():
        judged: Preferences = judge(rater, states, *draw_pairs(states, policy, seed), seed)
        reward = train_reward_model(judged, settings.reward_model, seed, mirror_symmetric(rater.human))
        found = rank_moves_37(reward, rater, positions)
        told[name] = None if found is None else asdict(found)
    return told


def _gap(settings: Settings, positions: PositionSet, seed: int) -> dict[str, dict[str, float]]:
    return gap(load_positions(GAME.name, "train"), positions, settings.gap, seed)


def _boards(
    ends: dict[str, Policy], payers: dict[str, Payer], positions: PositionSet
) -> list[dict[str, Any]]:
    """The boards of the arm with many labels."""
    reward, rater = payers[MANY].reward, payers[MANY].rater
    assert reward is not None
    found = lovely_and_lost(ends[MANY], reward, rater, positions)
    return [draw_lovely(one, positions) for one in found]


def _table(settings: Settings, world: World, seed: int) -> list[dict[str, Any]]:
    """The agreement of reward models of every size and number of labels, of one seed."""
    rows = []
    judged = collect(world.measure.considered, world.start, max(settings.labels), seed)
    for channels in settings.channels:
        blocks = settings.reward_model.network.blocks if channels == max(settings.channels) else 1
        config = RewardModelConfig(
            **{**vars(settings.reward_model), "network": NetworkConfig(channels, blocks)}
        )
        for count in settings.labels:
            reward = train_reward_model(judged.first(count), config, seed, mirror_symmetric(settings.human))
            rows.append({"channels": channels, "blocks": blocks, "labels": count} | _agrees(world, reward))
    return rows


def _lines(settings: Settings, positions: PositionSet) -> dict[str, float]:
    """The share of hard positions that the human answers rightly, as recorded and at best, exactly."""
    versions = {v: exact_policy(f"{settings.human}.{v}", positions.states) for v in ("recorded", "best")}
    return {v: float(score_policy(positions, policy)["hard"].mean()) for v, policy in versions.items()}
