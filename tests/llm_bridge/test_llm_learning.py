"""Learning from texts: what is taught and what is not, the step, the saved state."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from llm_runs import NETWORK

from lab.checkpoint import CheckpointError, save_checkpoint
from lab.optimization import learning_rate_at
from lab.run import TrainingDiverged
from llm_bridge.config import ModelConfig
from llm_bridge.learning import (
    CLIP,
    Learner,
    Texts,
    checkpoint_path,
    descend,
    imitation_step,
    load_model,
    new_learner,
    restore_learner,
    save_learner,
    taught_logits,
    texts_of,
)
from llm_bridge.network import new_model
from llm_bridge.search import greedy
from llm_bridge.vocabulary import END, PAD, START, encode

PAIRS = [("1+2=", "3"), ("12+13=", "25"), ("9*9=", "81#81")]


def learner_of(seed: int = 0, total: int = 20, rate: float = 3e-3) -> Learner:
    return new_learner(new_model(NETWORK, seed), rate, 1e-4, total)


def weights_of(learner: Learner) -> dict[str, torch.Tensor]:
    return {name: value.clone() for name, value in learner.model.state_dict().items()}


def same(one: dict[str, torch.Tensor], other: dict[str, torch.Tensor]) -> bool:
    return all(torch.equal(one[name].nan_to_num(7.0), other[name].nan_to_num(7.0)) for name in one)


# --- texts ---


def test_texts_by_hand() -> None:
    texts = texts_of([("1+2=", "3"), ("12=", "25")])
    one, plus, two, three, equals, five = encode("1+23=5")
    assert texts.tokens.tolist() == [
        [START, one, plus, two, equals, three, END],
        [START, one, two, equals, two, five, END],
    ]
    yes, no = True, False
    assert texts.taught.tolist() == [[no] * 5 + [yes] * 2, [no] * 4 + [yes] * 3]
    whole = texts_of([("1+2=", "3"), ("1=", "")], whole=True)
    assert whole.taught.tolist() == [[no] + [yes] * 6, [no] + [yes] * 3 + [no] * 3]
    assert whole.tokens[1].tolist() == [START, one, equals, END, PAD, PAD, PAD]
    assert len(texts_of([])) == 0


def test_rows_of_texts_lose_the_padding_that_all_have() -> None:
    texts = texts_of(PAIRS)
    assert texts.tokens.shape == (3, 11)
    short = texts[np.array([0, 0])]
    assert short.tokens.shape == (2, 7)
    assert (short.tokens != PAD).all()
    assert np.array_equal(texts[1:].tokens, texts.tokens[1:])
    assert len(texts[np.array([True, False, True])]) == 2


# --- what is taught ---


@pytest.mark.parametrize("whole", [False, True])
def test_logits_are_those_before_each_taught_token(whole: bool) -> None:
    model, texts = learner_of().model, texts_of(PAIRS, whole)
    logits, tokens = taught_logits(model, texts)
    prompts = [encode(prompt) if whole else [] for prompt, _ in PAIRS]
    rows = [[*prompt, *encode(answer), END] for prompt, (_, answer) in zip(prompts, PAIRS, strict=True)]
    assert tokens.tolist() == [token for row in rows for token in row]
    everything = model(torch.from_numpy(texts.tokens))
    number = 0
    for row, place in zip(*np.nonzero(texts.taught), strict=True):
        assert torch.allclose(logits[number], everything[row, place - 1], atol=1e-5)
        number += 1
    assert number == len(logits)


@pytest.mark.parametrize("whole", [False, True])
def test_only_taught_tokens_are_learned(whole: bool) -> None:
    """No gradient comes from what stands before a token that is not taught: prompts, and padding."""
    model, texts = learner_of().model, texts_of(PAIRS, whole)
    streams: list[torch.Tensor] = []

    def keep(module: object, arguments: object, stream: torch.Tensor) -> None:
        stream.retain_grad()
        streams.append(stream)

    with model.model.norm.register_forward_hook(keep):
        logits, tokens = taught_logits(model, texts)
    torch.nn.functional.cross_entropy(logits, tokens).backward()  # type: ignore[no-untyped-call]
    gradient = streams[0].grad
    assert gradient is not None
    learned = gradient.abs().sum(-1).numpy() > 0  # [N, T - 1]: from each token to the next
    assert np.array_equal(learned, texts.taught[:, 1:])


def test_padding_changes_nothing() -> None:
    model = learner_of().model
    alone, _ = taught_logits(model, texts_of(PAIRS[:1]))
    beside, _ = taught_logits(model, texts_of(PAIRS))
    assert torch.allclose(alone, beside[: len(alone)], atol=1e-5)


def test_texts_that_are_too_long_are_refused() -> None:
    long = texts_of([("1" * NETWORK.positions + "=", "1")])
    with pytest.raises(ValueError, match=f"the model reads {NETWORK.positions}"):
        taught_logits(learner_of().model, long)


# --- steps ---


def test_the_loss_falls_until_the_answers_are_known() -> None:
    learner, texts = learner_of(total=120, rate=1e-2), texts_of(PAIRS)
    losses = [imitation_step(learner, texts) for _ in range(120)]
    assert losses[0] == pytest.approx(np.log(32), abs=1.5), "knows nothing at first"
    assert losses[-1] < 0.02
    assert learner.updates == 120
    samples = greedy(learner.model, [prompt for prompt, _ in PAIRS], 8)
    assert samples.texts == [answer for _, answer in PAIRS]


def test_learning_rates_are_scheduled_for_imitation_alone() -> None:
    learner, texts = learner_of(total=200), texts_of(PAIRS)
    for update in range(4):
        imitation_step(learner, texts)
        rates = {group["lr"] for group in learner.optimizer.param_groups}
        assert rates == {learning_rate_at(update, 200, 3e-3)}
    logits, tokens = taught_logits(learner.model, texts)
    descend(learner, torch.nn.functional.cross_entropy(logits, tokens), warm=False)
    assert {group["lr"] for group in learner.optimizer.param_groups} == {3e-3}


def test_gradients_are_clipped() -> None:
    learner, texts = learner_of(), texts_of(PAIRS)
    logits, tokens = taught_logits(learner.model, texts)
    descend(learner, 1e6 * torch.nn.functional.cross_entropy(logits, tokens), warm=True)
    parts = [p.grad.norm() for p in learner.model.parameters() if p.grad is not None]
    assert float(torch.stack(parts).norm()) == pytest.approx(CLIP, rel=1e-4)


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_loss_that_is_no_number_stops_before_the_step(value: float) -> None:
    learner, texts = learner_of(), texts_of(PAIRS)
    imitation_step(learner, texts)
    with torch.no_grad():
        learner.model.lm_head.weight[END] = value
    before = weights_of(learner)
    with pytest.raises(TrainingDiverged):
        imitation_step(learner, texts)
    assert same(before, weights_of(learner))
    assert learner.updates == 1


def test_steps_are_a_pure_function_of_model_and_texts() -> None:
    one, other, texts = learner_of(), learner_of(), texts_of(PAIRS)
    assert [imitation_step(one, texts) for _ in range(5)] == [imitation_step(other, texts) for _ in range(5)]
    assert same(weights_of(one), weights_of(other))


# --- the saved state ---


def test_a_restored_learner_goes_on_as_if_it_had_not_stopped(tmp_path: Path) -> None:
    path, texts = checkpoint_path(tmp_path, "arm"), texts_of(PAIRS)
    path.parent.mkdir(parents=True)
    learner = learner_of()
    learner.samples, learner.iteration = 300, 2
    with learner.clock():
        for _ in range(5):
            imitation_step(learner, texts)
    save_learner(path, learner, told="something")
    restored = learner_of(seed=9)
    _, meta = restore_learner(path, restored)
    assert meta["told"] == "something"
    assert (restored.updates, restored.samples, restored.iteration) == (5, 300, 2)
    assert restored.cpu_seconds == learner.cpu_seconds > 0.0
    for _ in range(5):
        assert imitation_step(restored, texts) == imitation_step(learner, texts)
    assert same(weights_of(restored), weights_of(learner))


def test_a_saved_model_answers_as_it_did(tmp_path: Path) -> None:
    path, learner = tmp_path / "checkpoint.safetensors", learner_of(seed=3)
    save_learner(path, learner)
    tokens = torch.from_numpy(texts_of(PAIRS).tokens)
    assert torch.equal(load_model(path)(tokens), learner.model(tokens))


def test_other_checkpoints_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "checkpoint.safetensors"
    with pytest.raises(CheckpointError, match="there is no such checkpoint"):
        load_model(path)
    save_learner(path, learner_of())
    wider = new_learner(new_model(ModelConfig(1, 64, 2, 64, 64), 0), 1e-3, 0.0, 10)
    with pytest.raises(CheckpointError, match="something else than this model"):
        restore_learner(path, wider)
    save_checkpoint(path, {"network.a": np.zeros(3)}, {"network": {"channels": 32, "blocks": 3}})
    with pytest.raises(CheckpointError, match="something else than this model"):
        load_model(path)
    save_checkpoint(path, {}, {})
    with pytest.raises(CheckpointError, match="something else than this model"):
        load_model(path)


def test_indexing_keeps_what_is_taught() -> None:
    texts = texts_of(PAIRS)
    rows = np.array([2, 0])
    some = texts[rows]
    assert isinstance(some, Texts)
    assert np.array_equal(some.taught, texts.taught[rows][:, : some.tokens.shape[1]])
    assert some.taught.sum() == texts.taught[rows].sum()
