"""The transformer: nothing sees what comes later, the cache changes nothing, the seed decides all."""

from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from llm_bridge import vocabulary
from llm_bridge.config import MEDIUM, SMALL, TINY, ModelConfig
from llm_bridge.network import LanguageModel, RMSNorm, new_model


@pytest.fixture(scope="module")
def model() -> LanguageModel:
    return new_model(TINY, seed=1).eval()


def texts(batch: int, length: int, seed: int = 0) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.randint(vocabulary.SIZE, (batch, length), generator=generator)


@torch.inference_mode()
def test_a_later_token_changes_no_earlier_logits(model: LanguageModel) -> None:
    tokens = texts(4, 24)
    for place in (1, 11, 23):
        others = tokens.clone()
        others[:, place:] = (others[:, place:] + 1) % vocabulary.SIZE
        before, after = model(tokens), model(others)
        assert torch.allclose(before[:, :place], after[:, :place], atol=1e-6)
        assert (before[:, place] - after[:, place]).abs().amax(1).min() > 1e-3


@given(st.lists(st.integers(1, 9), min_size=1, max_size=6), st.integers(0, 1000))
@settings(max_examples=25)
@torch.inference_mode()
def test_reading_in_pieces_with_a_cache_gives_the_same_logits(pieces: list[int], seed: int) -> None:
    model, tokens = new_model(TINY, seed=1).eval(), texts(3, sum(pieces), seed)
    cache = model.new_cache(3, sum(pieces))
    parts = [model(part, cache) for part in tokens.split(pieces, 1)]
    assert cache.length == sum(pieces)
    assert torch.allclose(torch.cat(parts, 1), model(tokens), atol=1e-5)


@torch.inference_mode()
def test_a_cache_goes_on_with_the_rows_that_are_kept(model: LanguageModel) -> None:
    tokens, rows = texts(5, 12), [4, 1, 1]
    cache = model.new_cache(5, 12)
    model(tokens[:, :8], cache)
    cache.keep(rows)
    assert torch.allclose(model(tokens[rows, 8:], cache), model(tokens[rows])[:, 8:], atol=1e-5)


def test_texts_that_are_too_long_are_refused_with_and_without_cache(model: LanguageModel) -> None:
    with pytest.raises(ValueError, match="97 tokens; the model reads 96"):
        model(texts(1, 97))
    cache = model.new_cache(1, 100)
    with torch.inference_mode():
        model(texts(1, 90), cache)
    with pytest.raises(ValueError, match="97 tokens; the model reads 96"):
        model(texts(1, 7), cache)


def test_the_first_weights_are_a_pure_function_of_the_seed() -> None:
    first, again, other = (new_model(TINY, seed).state_dict() for seed in (3, 3, 4))
    assert all(torch.equal(first[name], again[name]) for name in first)
    assert not torch.equal(first["lm_head.weight"], other["lm_head.weight"])


def test_a_new_model_leaves_the_global_generator_alone() -> None:
    before = torch.get_rng_state()
    new_model(TINY, seed=3)
    assert torch.equal(torch.get_rng_state(), before)


@pytest.mark.parametrize(("config", "count"), [(TINY, 104_768), (SMALL, 812_160), (MEDIUM, 4_836_608)])
def test_the_parameters_are_as_many_as_worked_by_hand(config: ModelConfig, count: int) -> None:
    """Two embeddings of 32 x width; a layer has 4 x width^2 + 3 x width x hidden + 2 x width; a last norm."""
    assert sum(parameter.numel() for parameter in new_model(config, 0).parameters()) == count


def test_the_first_weights_have_the_deviation_that_is_promised() -> None:
    weights = new_model(SMALL, seed=0).state_dict()
    assert float(weights["lm_head.weight"].std()) == pytest.approx(128**-0.5, rel=0.05)
    feeds = weights["model.layers.3.mlp.down_proj.weight"]
    assert float(feeds.std()) == pytest.approx((128 * 8) ** -0.5, rel=0.05)
    assert torch.equal(weights["model.norm.weight"], torch.ones(128))


def test_the_loss_reaches_every_parameter() -> None:
    model = new_model(TINY, seed=1)
    log_pi = torch.log_softmax(model(texts(64, 20)), -1)
    (-log_pi[..., 7].mean()).backward()  # type: ignore[no-untyped-call]
    for name, parameter in model.named_parameters():
        assert parameter.grad is not None, name
        assert float(parameter.grad.abs().sum()) > 0, name


def test_the_norm_is_that_of_the_root_mean_square() -> None:
    norm = RMSNorm(2)
    with torch.no_grad():
        norm.weight.copy_(torch.tensor([1.0, 10.0]))
    root = math.sqrt(12.5 + 1e-5)  # of (9 + 16) / 2
    assert norm(torch.tensor([3.0, 4.0])).tolist() == pytest.approx([3 / root, 40 / root])


@torch.inference_mode()
def test_positions_count_from_each_other_only(model: LanguageModel) -> None:
    """With rotary positions alone, a text of one token repeated has the same logits everywhere."""
    logits = model(torch.full((1, 30), 9))
    assert torch.allclose(logits, logits[:, :1].expand_as(logits), atol=1e-5)
    assert not torch.allclose(model(texts(1, 30))[:, -1], model(texts(1, 30).flip(1))[:, -1], atol=1e-2)
