"""Hugging Face's layout: transformers computes what we compute, and damage is named.

The only tests that import transformers, which takes seconds.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from adders import PROMPTS, adder
from transformers import AutoTokenizer, LlamaConfig, LlamaForCausalLM

from lab.checkpoint import CheckpointError
from llm_bridge import hugging_face, vocabulary
from llm_bridge.config import SMALL, TINY, ModelConfig
from llm_bridge.hugging_face import PretrainedError, load_pretrained, save_pretrained
from llm_bridge.network import LanguageModel, new_model
from llm_bridge.search import greedy
from llm_bridge.vocabulary import START, decode, encode

SHAPES = pytest.mark.parametrize("config", [TINY, SMALL], ids=["tiny", "small"])


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a model that knows one-digit sums."""
    folder = tmp_path_factory.mktemp("models") / "adder"
    save_pretrained(folder, adder())
    return folder


def tokens(batch: int, length: int) -> torch.Tensor:
    generator = torch.Generator().manual_seed(0)
    return torch.randint(vocabulary.SIZE, (batch, length), generator=generator)


@torch.inference_mode()
def furthest(one: Any, other: Any, config: ModelConfig = TINY) -> float:
    """The greatest difference of two models' logits on random texts of the greatest length."""
    asked = tokens(4, config.positions)
    first, second = (getattr(found := model(asked), "logits", found) for model in (one, other))
    return float((first - second).abs().max())


# --- transformers opens ours ---


@SHAPES
def test_transformers_gives_the_same_logits(config: ModelConfig, tmp_path: Path) -> None:
    model = new_model(config, seed=1).eval()
    save_pretrained(tmp_path / "model", model)
    theirs = LlamaForCausalLM.from_pretrained(tmp_path / "model")
    assert furthest(model, theirs, config) < 1e-4
    assert theirs.dtype == torch.float32
    ids = (theirs.config.pad_token_id, theirs.config.bos_token_id, theirs.config.eos_token_id)
    assert ids == (0, 1, 2)


def test_transformers_writes_our_greedy_answers(saved: Path) -> None:
    theirs, tokenizer = LlamaForCausalLM.from_pretrained(saved), AutoTokenizer.from_pretrained(saved)
    prompts = [*PROMPTS, "12+3=", "7+8+9="]  # the shorter ones padded on the left
    asked = tokenizer(prompts, padding=True, return_tensors="pt")
    answers = theirs.generate(**asked, max_new_tokens=9, do_sample=False)[:, asked.input_ids.shape[1] :]
    ours = greedy(adder(), prompts, 9)
    assert tokenizer.batch_decode(answers, skip_special_tokens=True) == ours.texts
    right = [text.endswith(f"{sum_of(prompt):02}") for prompt, text in zip(PROMPTS, ours.texts, strict=False)]
    assert sum(right) > 50  # the same, and not the same nonsense


def sum_of(prompt: str) -> int:
    """What a one-digit sum is."""
    return int(prompt[0]) + int(prompt[2])


def test_the_tokenizer_has_our_numbers_and_start_mark(saved: Path) -> None:
    tokenizer = AutoTokenizer.from_pretrained(saved)
    for text in ("37+58=", vocabulary.CHARACTERS, "  # ", "", "9:.,?mh!dscr"):
        assert tokenizer(text).input_ids == [START, *encode(text)]
        assert tokenizer(text, add_special_tokens=False).input_ids == encode(text)
        ids = [START, *encode(text), vocabulary.END, vocabulary.PAD]
        assert tokenizer.decode(ids, skip_special_tokens=True) == decode(ids) == text
    assert len(tokenizer) == vocabulary.SIZE
    assert (tokenizer.pad_token_id, tokenizer.bos_token_id, tokenizer.eos_token_id) == (0, 1, 2)
    assert sorted(tokenizer("1+1=")) == ["attention_mask", "input_ids"]  # what generate takes


def test_the_tokenizer_refuses_what_is_no_token(saved: Path) -> None:
    with pytest.raises(Exception, match=r"Missing .* token"):  # a bare Exception is what it raises
        AutoTokenizer.from_pretrained(saved)("12x")


# --- and back ---


def test_a_model_comes_back_bit_for_bit(saved: Path) -> None:
    model = load_pretrained(saved)
    assert model.config == adder().config
    ours = adder().state_dict()
    assert all(torch.equal(value, ours[name]) for name, value in model.state_dict().items())
    assert all(parameter.requires_grad for parameter in model.parameters())


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16], ids=str)
def test_a_folder_that_transformers_saved_is_read(saved: Path, tmp_path: Path, dtype: torch.dtype) -> None:
    LlamaForCausalLM.from_pretrained(saved, dtype=dtype).save_pretrained(tmp_path)
    AutoTokenizer.from_pretrained(saved).save_pretrained(tmp_path)
    model = load_pretrained(tmp_path)
    assert {parameter.dtype for parameter in model.parameters()} == {torch.float32}
    assert furthest(model.eval(), adder()) < (1e-6 if dtype == torch.float32 else 0.5)


def test_a_llama_that_was_born_there_gives_the_same_logits_here(saved: Path, tmp_path: Path) -> None:
    config = json.loads((saved / "config.json").read_text())
    theirs = LlamaForCausalLM(LlamaConfig(**config | {"num_hidden_layers": 3, "intermediate_size": 100}))
    theirs.save_pretrained(tmp_path)
    AutoTokenizer.from_pretrained(saved).save_pretrained(tmp_path)
    assert furthest(load_pretrained(tmp_path), theirs.eval()) < 1e-4


def test_the_configuration_of_older_versions_is_read(saved: Path, tmp_path: Path) -> None:
    """Version 4 tells the rotation's base and its scaling at the top."""
    said = json.loads((saved / "config.json").read_text())
    del said["rope_parameters"]
    copy_of(saved, tmp_path)
    write(tmp_path / "config.json", said | {"rope_scaling": None})
    assert furthest(load_pretrained(tmp_path), adder()) == 0
    write(tmp_path / "config.json", said | {"rope_scaling": {"rope_type": "linear", "factor": 2.0}})
    with pytest.raises(PretrainedError, match="rotates by"):
        load_pretrained(tmp_path)


# --- what cannot be read ---


def copy_of(saved: Path, folder: Path) -> None:
    for path in saved.iterdir():
        (folder / path.name).write_bytes(path.read_bytes())


def write(path: Path, value: Any) -> None:
    path.write_text(json.dumps(value))


def said(**changes: Any) -> Callable[[Path], None]:
    """Change what config.json says."""

    def change(folder: Path) -> None:
        path = folder / "config.json"
        write(path, json.loads(path.read_text()) | changes)

    return change


def cut(name: str) -> Callable[[Path], None]:
    """Cut a file in the middle."""

    def change(folder: Path) -> None:
        data = (folder / name).read_bytes()
        (folder / name).write_bytes(data[: len(data) // 2])

    return change


def without(name: str) -> Callable[[Path], None]:
    return lambda folder: (folder / name).unlink()


def other_vocabulary(folder: Path) -> None:
    path = folder / "tokenizer.json"
    path.write_text(path.read_text().replace('"9": 12', '"x": 12'))


def other_weights(folder: Path) -> None:
    weights = hugging_face.safetensors.load((folder / "model.safetensors").read_bytes())
    weights["model.layers.0.self_attn.q_proj.bias"] = weights.pop("model.norm.weight")
    (folder / "model.safetensors").write_bytes(hugging_face.safetensors.save(weights))


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (said(architectures=["GPT2LMHeadModel"]), r"GPT2LMHeadModel.*; only LlamaForCausalLM can be read"),
        (said(model_type="mistral"), "model_type is 'mistral'; only 'llama'"),
        (said(num_key_value_heads=2), "num_key_value_heads is 2; only 4"),
        (said(head_dim=32), "head_dim is 32; only 16"),
        (said(hidden_act="gelu"), "hidden_act"),
        (said(rms_norm_eps=1e-6), "rms_norm_eps"),
        (said(tie_word_embeddings=True), "tie_word_embeddings"),
        (said(vocab_size=32000), "vocab_size is 32000; only 32"),
        (said(rope_parameters={"rope_theta": 500_000.0, "rope_type": "default"}), "rotates by"),
        (said(rope_parameters=7), "rotates by 7"),
        (said(hidden_size="64"), "does not say how large"),
        (said(num_attention_heads=0), "does not say how large"),
        (said(num_attention_heads=5), "5 heads cannot share 64 channels"),
        (said(num_hidden_layers=3), r"model.layers.2.* is missing"),
        (said(num_hidden_layers=1), r"model.layers.1.* is too many"),
        (said(intermediate_size=100), r"\[64, 176\]; config.json makes it .*\[64, 100\]"),
        (cut("config.json"), "damaged, or no JSON"),
        (cut("tokenizer.json"), "damaged, or no JSON"),
        (cut("model.safetensors"), "cut short or damaged"),
        (without("config.json"), "is missing: save model and tokenizer"),
        (without("tokenizer.json"), "is missing: save model and tokenizer"),
        (without("model.safetensors"), "is missing: save model and tokenizer"),
        (lambda folder: write(folder / "config.json", []), "holds no JSON object"),
        (lambda folder: write(folder / "tokenizer.json", {"model": 3}), "is no tokenizer of characters"),
        (other_vocabulary, r"another vocabulary.*'x', 12"),
        (other_weights, "is (missing|too many)"),
    ],
)
def test_what_cannot_be_read_is_named(
    saved: Path, tmp_path: Path, damage: Callable[[Path], None], reason: str
) -> None:
    copy_of(saved, tmp_path)
    load_pretrained(tmp_path)
    damage(tmp_path)
    with pytest.raises(PretrainedError, match=reason) as caught:
        load_pretrained(tmp_path)
    assert str(tmp_path) in str(caught.value)


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(PretrainedError, match="there is no such folder"):
        load_pretrained(tmp_path / "nowhere")


# --- whole or not at all ---


def test_only_a_new_or_empty_folder_is_written(saved: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    save_pretrained(tmp_path / "empty", adder())
    save_pretrained(tmp_path / "a" / "new" / "one", adder())
    names = {"model.safetensors", "config.json", "generation_config.json"}
    names |= {"tokenizer.json", "tokenizer_config.json", "special_tokens_map.json"}
    assert {path.name for path in (tmp_path / "empty").iterdir()} == names
    (tmp_path / "file").write_text("mine")
    before = (saved / "model.safetensors").read_bytes()
    for taken in (saved, tmp_path / "file"):
        with pytest.raises(CheckpointError, match="not empty: name a new folder"):
            save_pretrained(taken, new_model(TINY, 0))
    assert (saved / "model.safetensors").read_bytes() == before
    assert (tmp_path / "file").read_text() == "mine"


@pytest.mark.parametrize("written", range(6))
def test_a_full_disk_leaves_nothing(written: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls, write_file = [], hugging_face.replace_file

    def full_disk(path: Path, data: bytes) -> None:
        calls.append(path)
        if len(calls) > written:
            raise OSError(28, "No space left on device")
        write_file(path, data)

    monkeypatch.setattr(hugging_face, "replace_file", full_disk)
    with pytest.raises(PretrainedError, match=r"No space left on device.*; nothing is left of it"):
        save_pretrained(tmp_path / "model", adder())
    assert len(calls) == written + 1
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_writer_left_is_no_obstacle(tmp_path: Path) -> None:
    (tmp_path / ".model.unfinished").mkdir()
    (tmp_path / ".model.unfinished" / "config.json").write_text("{")
    save_pretrained(tmp_path / "model", adder())
    assert [path.name for path in tmp_path.iterdir()] == ["model"]
    assert isinstance(load_pretrained(tmp_path / "model"), LanguageModel)
