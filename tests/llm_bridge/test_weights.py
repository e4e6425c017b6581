"""Weights of tokens by hand: whole answers against others, tokens against a critic, the shortest right."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from learners import SETTINGS
from torch import tensor

from llm_bridge.block import Block
from llm_bridge.config import ReinforceConfig
from llm_bridge.evaluation import Judged
from llm_bridge.learning import Texts
from llm_bridge.search import Samples
from llm_bridge.tasks import Verdict
from llm_bridge.weights import shortest_right, standardised, weigh

LENGTHS = [2, 3, 1, 3]
LOG_PROB = tensor([[-0.1, -0.2, 0.0], [-0.3, -0.4, -0.5], [-0.6, 0.0, 0.0], [-0.7, -0.8, -0.9]])
MASK = tensor([[1, 1, 0], [1, 1, 1], [1, 0, 0], [1, 1, 1]]).bool()


def block(rewards: list[list[float]], lengths: list[int] = LENGTHS) -> Block:
    """Two problems, two answers each; right is who has reward 1."""
    correct = [reward == 1.0 for row in rewards for reward in row]
    count = len(correct)
    samples = Samples(
        ["?"] * count,
        np.zeros((count, 3), np.int64),
        np.array(lengths),
        LOG_PROB.numpy(),
        np.ones(count, bool),
    )
    verdicts = [Verdict(True, True, right, False) for right in correct]
    return Block(Judged(samples, verdicts), tensor(rewards), Texts(np.zeros((4, 4), np.int64), MASK.numpy()))


REWARDS = [[1.0, 0.0], [0.5, 1.0]]


@pytest.mark.parametrize(
    ("settings", "by_answer"),
    [
        ({"algorithm": "reinforce"}, [0.375, -0.625, -0.125, 0.375]),
        ({"algorithm": "rloo"}, [1.0, -1.0, -0.5, 0.5]),
        ({"algorithm": "grpo"}, [0.5, -0.5, -0.25, 0.25]),
        ({"algorithm": "own-right"}, [2.0, 0.0, 0.0, 2.0]),
        ({"algorithm": "expert-iteration"}, [1.0, 0.0, 0.0, 1.0]),
    ],
)
def test_answers_are_weighed_whole(settings: dict[str, str], by_answer: list[float]) -> None:
    found = weigh(block(REWARDS), replace(SETTINGS, **settings))  # type: ignore[arg-type]
    torch.testing.assert_close(found, tensor(by_answer)[:, None] * MASK)


def test_grpo_standardised() -> None:
    """Deviation of (1, 0): .7071; of (.5, 1): .35355."""
    found = weigh(block(REWARDS), replace(SETTINGS, algorithm="grpo", standardise=True))
    deviation = tensor([0.5**0.5, 0.5**0.5, 0.125**0.5, 0.125**0.5]) + 1e-4
    torch.testing.assert_close(found[:, 0], tensor([0.5, -0.5, -0.25, 0.25]) / deviation)


def test_ppo_weighs_tokens_against_the_critic() -> None:
    """Answer 1, two tokens, reward 1 at the end, values .5 .6: A_1 = .4, A_0 = .1 + .95 * .4 = .48.

    Answer 3, one token, reward .5, value .2: .3.
    """
    values = tensor([[0.5, 0.6, 9.0], [0.0, 0.0, 0.0], [0.2, 9.0, 9.0], [1.0, 1.0, 1.0]])
    found = weigh(block(REWARDS), replace(SETTINGS, algorithm="ppo"), values=values)
    torch.testing.assert_close(found[0], tensor([0.48, 0.4, 0.0]))
    torch.testing.assert_close(found[1], torch.zeros(3))
    torch.testing.assert_close(found[2], tensor([0.3, 0.0, 0.0]))
    torch.testing.assert_close(found[3], torch.zeros(3))


REFERENCE = LOG_PROB - 0.1  # each token costs .1 nats


def test_a_divergence_taken_from_the_reward_of_answers() -> None:
    """2, 3, 1 and 3 tokens of .1 nats at weight 2: rewards .6 -.6 and .3 .4, so +-1.2 and -+.1."""
    settings = replace(SETTINGS, algorithm="rloo", kl_weight=2.0, kl_in_reward=True)
    found = weigh(block(REWARDS), settings, REFERENCE)
    torch.testing.assert_close(found, tensor([1.2, -1.2, -0.1, 0.1])[:, None] * MASK, atol=1e-6, rtol=0)


def test_a_divergence_taken_from_the_reward_of_tokens() -> None:
    """Two tokens cost .2 each, the reward 1 comes with the second: A_1 = .8, A_0 = -.2 + .95 * .8 = .56."""
    settings = replace(SETTINGS, algorithm="ppo", kl_weight=2.0, kl_in_reward=True)
    found = weigh(block(REWARDS), settings, REFERENCE, torch.zeros(4, 3))
    torch.testing.assert_close(found[0], tensor([0.56, 0.8, 0.0]), atol=1e-6, rtol=0)


def test_a_divergence_in_the_loss_leaves_the_reward() -> None:
    plain = replace(SETTINGS, algorithm="rloo")
    settings = replace(plain, kl_weight=2.0)
    torch.testing.assert_close(weigh(block(REWARDS), settings, REFERENCE), weigh(block(REWARDS), plain))


def test_standardised_over_the_tokens_that_are_there() -> None:
    found = standardised(tensor([[1.0, 2.0, 99.0], [3.0, 4.0, 5.0]]), tensor([[1, 1, 0], [1, 1, 1]]).bool())
    deviation = 2.5**0.5 + 1e-4
    expected = tensor([[-2.0, -1.0, 0.0], [0.0, 1.0, 2.0]]) / deviation
    torch.testing.assert_close(found, expected)


def test_the_shortest_right_answer_to_each_problem() -> None:
    assert shortest_right(block([[1.0, 1.0], [0.0, 0.0]], [3, 2, 1, 1])).tolist() == [1]
    assert shortest_right(block([[1.0, 1.0], [0.0, 1.0]], [2, 2, 1, 3])).tolist() == [0, 3], (
        "the first of equals"
    )
    assert shortest_right(block([[0.0, 0.0], [0.0, 0.0]])).tolist() == []


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (ReinforceConfig(algorithm="ppo"), "critic's values, and there are none"),
        (ReinforceConfig(kl_weight=0.1, kl_in_reward=True), "from a reference, and there is none"),
    ],
)
def test_what_is_missing_is_named(settings: ReinforceConfig, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        weigh(block(REWARDS), settings)
