"""Sampling: a row knows nothing of its mates, its log-probability is the model's, and votes are votes."""

from __future__ import annotations

import copy

import numpy as np
import pytest
import torch
from adders import PROMPTS, adder
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from lab.randomness import game_keys
from llm_bridge.block import play_block
from llm_bridge.config import TINY, ReinforceConfig
from llm_bridge.learning import new_learner
from llm_bridge.network import LanguageModel, new_model
from llm_bridge.policy_step import reinforce_step
from llm_bridge.search import ROWS, Samples, best_of, greedy, majority, sample
from llm_bridge.tasks import find_task
from llm_bridge.vocabulary import END, PAD, START, encode

TOKENS = 9  # of the longest answer here
LONG = [f"{prompt[:-1]}+0=" for prompt in PROMPTS[:40]]  # of another length
ASKED = PROMPTS + LONG
KEYS = game_keys(11, "test", 0, len(ASKED))
each_dtype = pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16], ids=str)


def ask(rows: NDArray[np.int64], dtype: torch.dtype | None = None) -> Samples:
    """Answers to those prompts, from their own streams."""
    return sample(adder(), [ASKED[row] for row in rows], KEYS[rows], TOKENS, dtype=dtype)


def log_probabilities(model: LanguageModel, samples: Samples) -> NDArray[np.float32]:
    """Of every sampled token by one fresh pass over its whole text, [N, L]; 0 in the padding."""
    found = np.zeros(samples.tokens.shape, np.float32)
    for n, prompt in enumerate(samples.prompts):
        answer = samples.tokens[n, : samples.lengths[n]]
        text = torch.tensor([[START, *encode(prompt), *answer]])
        with torch.inference_mode():
            log_pi = torch.log_softmax(model(text[:, :-1]).float(), -1)[0, -len(answer) :]
        found[n, : len(answer)] = log_pi.gather(1, torch.from_numpy(answer)[:, None])[:, 0].numpy()
    return found


# --- rows that know nothing of each other ---


@each_dtype
@given(st.lists(st.integers(0, len(ASKED) - 1), min_size=1, max_size=120))
@settings(max_examples=25)
def test_a_row_is_the_same_bits_among_any_mates(dtype: torch.dtype, rows: list[int]) -> None:
    alone, among = ask(np.array(rows), dtype), ask(np.arange(len(ASKED)), dtype)
    assert np.array_equal(alone.tokens, among.tokens[rows])
    assert np.array_equal(alone.log_prob, among.log_prob[rows])
    assert np.array_equal(alone.lengths, among.lengths[rows])


def test_a_row_is_the_same_bits_in_a_second_batch() -> None:
    keys = game_keys(3, "test", 0, 100 * 8)
    together = sample(adder(), PROMPTS, keys, TOKENS, each=8)  # 800 rows: more than a batch
    last = sample(adder(), PROMPTS[-1:], keys[-8:], TOKENS, each=8)
    assert np.array_equal(together.tokens[-8:], last.tokens)
    assert np.array_equal(together.log_prob[-8:], last.log_prob)


def test_the_answers_to_one_prompt_stand_together_and_differ() -> None:
    keys = game_keys(3, "test", 0, 3 * 50)
    samples = sample(new_model(TINY, 0), ["1+1=", "2+2+2=", "3+3="], keys, TOKENS, each=50)
    assert samples.prompts == ["1+1="] * 50 + ["2+2+2="] * 50 + ["3+3="] * 50
    assert len(set(samples.texts)) > 100


def test_neither_model_nor_global_generators_are_changed() -> None:
    model = new_model(TINY, 0)
    weights = copy.deepcopy(model.state_dict())
    torch_state, numpy_state = torch.get_rng_state(), np.random.get_state()[1].copy()  # type: ignore[index, union-attr]  # noqa: NPY002
    sample(model, PROMPTS, KEYS[:100], 4, dtype=torch.bfloat16)
    assert all(torch.equal(weights[name], value) for name, value in model.state_dict().items())
    assert torch.equal(torch.get_rng_state(), torch_state)
    assert np.array_equal(np.random.get_state()[1], numpy_state)  # type: ignore[index]  # noqa: NPY002


# --- what is drawn ---


def test_the_log_probability_is_that_of_a_fresh_pass() -> None:
    samples = ask(np.arange(len(ASKED)))
    fresh = log_probabilities(adder(), samples)
    assert np.abs(np.exp(fresh - samples.log_prob) - 1).max() < 1e-5
    assert samples.log_prob.min() < -1  # not merely certain ones


def test_the_log_probability_is_that_of_the_model_that_drew() -> None:
    """In bfloat16 it is the cast model's, not the learner's."""
    samples = ask(np.arange(len(ASKED)), torch.bfloat16)
    drew = log_probabilities(copy.deepcopy(adder()).to(torch.bfloat16), samples)
    learner = log_probabilities(adder(), samples)
    # their roundings differ with the order of the sums; the learner is further off
    assert np.abs(drew - samples.log_prob).mean() < np.abs(learner - samples.log_prob).mean()


@pytest.mark.parametrize("temperature", [1.0, 0.5, 2.0])
def test_tokens_are_drawn_in_proportion_to_the_softmax(temperature: float) -> None:
    """Pearson's chi-square of 20,000 first tokens at a fixed seed, rare tokens together."""
    model, count = new_model(TINY, 2).eval(), 20_000
    keys = game_keys(1, "chi-square", 0, count)
    drawn = sample(model, ["4+5="], keys, 1, each=count, temperature=temperature).tokens[:, 0]
    with torch.inference_mode():
        logits = model(torch.tensor([[START, *encode("4+5=")]]))[0, -1].double()
    expected = torch.softmax(logits / temperature, 0).numpy() * count
    seen, rare = np.bincount(drawn, minlength=32), expected < 10
    cells = [*zip(seen[~rare], expected[~rare], strict=True), (seen[rare].sum(), expected[rare].sum() + 1e-9)]
    statistic = sum((o - e) ** 2 / e for o, e in cells if e > 1)
    assert statistic < 61.1  # the 99.9 % point for the most degrees of freedom there can be, 31


def test_temperature_zero_takes_the_likeliest_token() -> None:
    model = adder()
    samples = greedy(model, PROMPTS, TOKENS)
    for n in range(0, 100, 7):
        text = [START, *encode(PROMPTS[n])]
        for place in range(samples.lengths[n]):
            with torch.inference_mode():
                likeliest = int(model(torch.tensor([text]))[0, -1].argmax())
            assert samples.tokens[n, place] == likeliest
            text.append(likeliest)
    assert np.array_equal(samples.tokens, greedy(model, PROMPTS, TOKENS).tokens)


# --- rows that finish ---


def test_finished_rows_leave_the_batch() -> None:
    model, sizes = copy.deepcopy(adder()), []
    model.register_forward_pre_hook(lambda _, arguments: sizes.append(len(arguments[0])))
    keys = game_keys(4, "test", 0, 400)
    samples = sample(model, PROMPTS, keys, TOKENS, each=4)
    prefill, *steps = sizes
    assert prefill == 112  # 100 prompts, each read once, padded to a multiple of 16
    alive = [int((samples.lengths > step + 1).sum()) for step in range(len(steps))]
    assert steps == [-(-rows // ROWS) * ROWS for rows in alive]
    assert 0 < steps[-1] < steps[0] == 400


def test_a_row_ends_with_its_end_mark_and_then_padding() -> None:
    samples = ask(np.arange(len(ASKED)))
    for row, length, log_prob, ended in zip(
        samples.tokens, samples.lengths, samples.log_prob, samples.ended, strict=True
    ):
        assert END not in row[: length - 1]
        assert (row[length:] == PAD).all()
        assert (log_prob[length:] == 0).all()
        assert ended == (row[length - 1] == END)
    assert samples.ended.mean() > 0.9


def test_what_is_cut_off_is_marked() -> None:
    """Two digits and no room for the end mark."""
    samples = greedy(adder(), PROMPTS, 2)
    assert not samples.ended.any()
    assert (samples.lengths == 2).all()
    whole = greedy(adder(), PROMPTS, TOKENS)
    assert [text[:2] for text in whole.texts] == samples.texts


def test_no_prompts_have_no_answers() -> None:
    assert sample(adder(), [], KEYS[:0], TOKENS).texts == []


def test_a_stream_is_needed_for_every_answer() -> None:
    with pytest.raises(ValueError, match="2 prompts, 3 answers each, need as many keys, not 5"):
        sample(adder(), PROMPTS[:2], KEYS[:5], TOKENS, each=3)


# --- the sampler and the learner ---


@pytest.mark.parametrize("sampling", ["float32", "bfloat16"])
def test_the_sampler_is_the_learner_or_very_near(sampling: str) -> None:
    """On the first step, on what it drew itself: the ratio is 1 to 1e-5, in bfloat16 the divergence is
    under .01."""
    settings = ReinforceConfig(algorithm="rloo", prompts=32, answers=8, sampling=sampling)  # type: ignore[arg-type]
    learner = new_learner(copy.deepcopy(adder()), settings.learning_rate, 0.0, 2)
    block = play_block(learner.model, find_task("addition-2"), settings, seed=0, iteration=0)
    told = reinforce_step(learner, block, settings)
    if sampling == "float32":
        assert told["policy/ratio_error"] < 1e-5
        assert abs(told["kl/sampler"]) < 1e-7
    else:
        assert 1e-9 < told["kl/sampler"] < 0.01


def test_the_samplers_divergence_is_told_of_the_first_step_of_a_block() -> None:
    """Later ones would measure how far the learner has moved."""
    settings = ReinforceConfig(
        algorithm="rloo", prompts=16, answers=8, epochs=3, batch_size=0, learning_rate=1e-2
    )
    learner = new_learner(copy.deepcopy(adder()), settings.learning_rate, 0.0, 3)
    block = play_block(learner.model, find_task("addition-2"), settings, seed=0, iteration=0)
    told = reinforce_step(learner, block, settings)
    assert learner.updates == 3
    assert abs(told["kl/sampler"]) < 1e-7
    assert told["policy/clipped_share"] > 0.01  # of all three: they had moved far


# --- votes ---


@pytest.mark.parametrize(
    ("texts", "chosen"),
    [
        (["07", "08", "08"], "08"),
        (["08", "07", "07", "08"], "08"),  # the first of equals
        (["1+6#07", "08", "2+5#07"], "07"),  # working does not vote
        (["1#2#07"], "07"),
        ([""], ""),
    ],
)
def test_the_majority_is_of_last_words(texts: list[str], chosen: str) -> None:
    assert majority(texts) == chosen


def test_nobody_has_no_majority() -> None:
    with pytest.raises(ValueError, match="at least one answer"):
        majority([])


def test_best_of_is_the_first_of_the_greatest() -> None:
    assert best_of(["a", "b", "c"], np.array([0.0, 2.0, 2.0])) == "b"


@pytest.mark.parametrize(("texts", "scores"), [([], []), (["a"], []), (["a"], [1.0, 2.0])])
def test_best_of_needs_a_score_an_answer(texts: list[str], scores: list[float]) -> None:
    with pytest.raises(ValueError, match="as many scores as answers"):
        best_of(texts, np.array(scores))
