"""A language model as a folder in Hugging Face's layout, to and fro.

    save_pretrained(folder, model)
    transformers.LlamaForCausalLM.from_pretrained(folder)       the same logits
    load_pretrained(folder)                                     also of a folder that transformers saved

Written are the weights (safetensors), config.json and generation_config.json of a LlamaForCausalLM, and the
characters as a fast tokenizer that sets the start mark and refuses what is no token. transformers itself
is not needed.
"""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors import torch as safetensors
from torch import Tensor

from lab.checkpoint import CheckpointError
from lab.durable import replace_file
from llm_bridge import vocabulary
from llm_bridge.config import ModelConfig
from llm_bridge.network import EPSILON, ROTARY_BASE, LanguageModel
from llm_bridge.vocabulary import END, PAD, SPECIAL, START, TOKENS

WEIGHTS, CONFIG, TOKENIZER = "model.safetensors", "config.json", "tokenizer.json"
MARKS = {"pad_token": SPECIAL[PAD], "bos_token": SPECIAL[START], "eos_token": SPECIAL[END]}
IDS = {"pad_token_id": PAD, "bos_token_id": START, "eos_token_id": END}


class PretrainedError(CheckpointError):
    """A folder in Hugging Face's layout that cannot be read or written. Attributes: `path`, `reason`."""


def save_pretrained(folder: Path | str, model: LanguageModel) -> None:
    """Write the model into a new or empty folder, whole or not at all (a killed writer leaves a hidden
    folder beside it, which the next one replaces).

    Raises PretrainedError for a folder that holds something, and where the disk refuses.
    """
    folder = Path(folder)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise PretrainedError(folder, "is there and not empty: name a new folder")
    staged = folder.with_name(f".{folder.name}.unfinished")
    try:
        shutil.rmtree(staged, ignore_errors=True)
        staged.mkdir(parents=True)
        for name, data in _files(model).items():
            replace_file(staged / name, data)
        if folder.exists():
            folder.rmdir()  # Windows renames onto no folder, not even an empty one
        os.replace(staged, folder)
    except OSError as error:
        raise PretrainedError(folder, f"cannot be written ({error}); nothing is left of it") from error
    finally:
        shutil.rmtree(staged, ignore_errors=True)


def load_pretrained(folder: Path | str, device: str = "cpu") -> LanguageModel:
    """The model in a folder, float32, whether save_pretrained or transformers (model and tokenizer) wrote it.

    Raises PretrainedError for a folder or file that is missing or damaged, another architecture or another
    vocabulary.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise PretrainedError(folder, "there is no such folder")
    config = _model_config(folder / CONFIG)
    _check_vocabulary(folder / TOKENIZER)
    weights = _weights(folder / WEIGHTS)
    with torch.device("meta"):  # shapes alone: nothing is drawn or filled that the file then replaces
        model = LanguageModel(config)
    _check_shapes(folder / WEIGHTS, weights, model.state_dict())
    model.load_state_dict({name: value.float() for name, value in weights.items()}, assign=True)
    return model.requires_grad_().to(device)


# --- what is written ---


def _files(model: LanguageModel) -> dict[str, bytes]:
    """Every file of the folder by name."""
    weights = {name: value.detach().cpu().contiguous() for name, value in model.state_dict().items()}
    written = {
        CONFIG: _llama_config(model.config),
        "generation_config.json": IDS,
        TOKENIZER: _tokenizer(),
        "tokenizer_config.json": _tokenizer_config(model.config),
        "special_tokens_map.json": MARKS,
    }
    files = {name: (json.dumps(value, indent=2) + "\n").encode() for name, value in written.items()}
    return {WEIGHTS: safetensors.save(weights, {"format": "pt"}), **files}


def _llama_config(config: ModelConfig) -> dict[str, Any]:
    """config.json; what is in _required must be so for our decoder to be theirs."""
    sizes = {
        "vocab_size": vocabulary.SIZE,
        "hidden_size": config.width,
        "intermediate_size": config.hidden,
        "num_hidden_layers": config.layers,
        "num_attention_heads": config.heads,
        "max_position_embeddings": config.positions,
    }
    return {
        "architectures": ["LlamaForCausalLM"],
        "dtype": "float32",
        **sizes,
        **_required(config),
        "rope_parameters": {"rope_theta": ROTARY_BASE, "rope_type": "default"},
        "rope_theta": ROTARY_BASE,  # as transformers before version 5 calls it
        "use_cache": True,
    }


def _required(config: ModelConfig) -> dict[str, Any]:
    """What must stand in config.json, beside the rotation's base, for the model to be ours."""
    return {
        "model_type": "llama",
        "vocab_size": vocabulary.SIZE,
        "num_key_value_heads": config.heads,
        "head_dim": config.width // config.heads,
        "hidden_act": "silu",
        "rms_norm_eps": EPSILON,
        "attention_bias": False,
        "mlp_bias": False,
        "tie_word_embeddings": False,
        **IDS,
    }


def _tokenizer() -> dict[str, Any]:
    """tokenizer.json: each character a word. There is no unknown word: encoding one is an error, as here."""
    start = {"id": SPECIAL[START], "type_id": 0}
    added = [
        {"id": number, "content": mark, "special": True}
        | dict.fromkeys(("single_word", "lstrip", "rstrip", "normalized"), False)
        for number, mark in enumerate(SPECIAL)
    ]
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": added,
        "normalizer": None,
        "pre_tokenizer": {
            "type": "Split",
            "pattern": {"Regex": r"[\s\S]"},
            "behavior": "Isolated",
            "invert": False,
        },
        "post_processor": {
            "type": "TemplateProcessing",
            "single": [{"SpecialToken": start}, {"Sequence": {"id": "A", "type_id": 0}}],
            "pair": [
                {"SpecialToken": start},
                {"Sequence": {"id": "A", "type_id": 0}},
                {"Sequence": {"id": "B", "type_id": 0}},
            ],
            "special_tokens": {
                SPECIAL[START]: {"id": SPECIAL[START], "ids": [START], "tokens": [SPECIAL[START]]}
            },
        },
        "decoder": {"type": "Fuse"},
        "model": {"type": "WordLevel", "vocab": _numbers(), "unk_token": "<unknown>"},
    }


def _tokenizer_config(config: ModelConfig) -> dict[str, Any]:
    return {
        "tokenizer_class": "PreTrainedTokenizerFast",
        **MARKS,
        "padding_side": "left",  # prompts of a batch end together, where the answers begin
        "model_max_length": config.positions,
        "model_input_names": ["input_ids", "attention_mask"],
        "clean_up_tokenization_spaces": False,
    }


def _numbers() -> dict[str, int]:
    return {token: number for number, token in enumerate(TOKENS)}


# --- what is read ---


SIZES = ("num_hidden_layers", "hidden_size", "num_attention_heads", "intermediate_size")  # as ModelConfig has


def _model_config(path: Path) -> ModelConfig:
    """The sizes in config.json. Raises PretrainedError where they are not those of a decoder of ours."""
    said = _read_json(path)
    if said.get("architectures") != ["LlamaForCausalLM"]:
        raise PretrainedError(path, f"is of {said.get('architectures')}; only LlamaForCausalLM can be read")
    sizes = {name: said.get(name) for name in (*SIZES, "max_position_embeddings")}
    whole = [size for size in sizes.values() if type(size) is int and size > 0]
    if len(whole) < len(sizes):
        raise PretrainedError(path, f"does not say how large the model is: {sizes}")
    config = ModelConfig(*whole)
    if config.width % (2 * config.heads):
        raise PretrainedError(path, f"{config.heads} heads cannot share {config.width} channels in pairs")
    for name, needed in _required(config).items():
        if said.get(name) != needed:
            raise PretrainedError(path, f"{name} is {said.get(name)!r}; only {needed!r} can be read")
    _check_rotation(path, said)
    return config


def _check_rotation(path: Path, said: dict[str, Any]) -> None:
    """Raise PretrainedError for angles other than ours; before version 5 they were told in two places."""
    scaling = said.get("rope_scaling") or {}
    rope = said.get("rope_parameters") or {"rope_theta": said.get("rope_theta"), **scaling}
    if rope not in ({"rope_theta": ROTARY_BASE}, {"rope_theta": ROTARY_BASE, "rope_type": "default"}):
        raise PretrainedError(path, f"rotates by {rope}; only base {ROTARY_BASE:g}, unscaled, can be read")


def _check_vocabulary(path: Path) -> None:
    """Raise PretrainedError where the tokenizer's words have not our numbers."""
    said = _read_json(path)
    try:
        numbers = dict(said["model"]["vocab"])
        numbers |= {mark["content"]: mark["id"] for mark in said["added_tokens"]}
    except (KeyError, TypeError, ValueError) as error:
        raise PretrainedError(path, f"is no tokenizer of characters ({error!r})") from None
    if numbers != _numbers():
        other = sorted(set(numbers.items()) ^ set(_numbers().items()), key=str)[:3]
        raise PretrainedError(path, f"holds another vocabulary than {TOKENS}: {other} differ, to begin with")


def _read_json(path: Path) -> dict[str, Any]:
    try:
        said = json.loads(_read(path))
    except ValueError as error:
        raise PretrainedError(path, f"is damaged, or no JSON ({error})") from None
    if not isinstance(said, dict):
        raise PretrainedError(path, "holds no JSON object")
    return said


def _weights(path: Path) -> dict[str, Tensor]:
    try:
        weights: dict[str, Tensor] = safetensors.load(_read(path))
        return weights
    except SafetensorError as error:
        raise PretrainedError(path, f"is cut short or damaged ({error})") from None


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise PretrainedError(path, "is missing: save model and tokenizer into one folder") from None
    except OSError as error:
        raise PretrainedError(path, f"cannot be read ({error})") from error


def _check_shapes(path: Path, weights: dict[str, Tensor], wanted: dict[str, Tensor]) -> None:
    """Raise PretrainedError where tensors are missing, too many, of other shapes or not floating."""
    for name in sorted(weights.keys() | wanted.keys()):
        if name not in weights or name not in wanted:
            raise PretrainedError(path, f"{name} is {'too many' if name in weights else 'missing'}")
        if weights[name].shape != wanted[name].shape or not weights[name].is_floating_point():
            there, here = (f"{part.dtype} {list(part.shape)}" for part in (weights[name], wanted[name]))
            raise PretrainedError(path, f"{name} is {there}; config.json makes it {here}")
