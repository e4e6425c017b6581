"""Test-time compute: sampling in batches, votes, best of n.

Every answer has its own stream of random numbers, so that its tokens depend neither on its batch-mates
nor on how many there are. Finished rows leave the batch.
"""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from lab.randomness import Keys, uniform_batch
from llm_bridge.network import LanguageModel
from llm_bridge.vocabulary import END, PAD, START, decode, encode

ROWS = 16  # batches are padded to multiples of this: a row's logits are then the same in all of them
BATCH = 512  # rows at once


@dataclass(frozen=True)
class Samples:
    """Answers drawn from a model.

    prompts: N; tokens int64 [N, L], the end mark included where there is one, then padding; lengths [N],
    the end mark counted; log_prob float32 [N, L] under the model that drew (temperature 1), 0 in
    the padding; ended bool [N]: the rest was cut off.
    """

    prompts: list[str]
    tokens: NDArray[np.int64]
    lengths: NDArray[np.int64]
    log_prob: NDArray[np.float32]
    ended: NDArray[np.bool_]

    @property
    def texts(self) -> list[str]:
        """The answers as text, without the end mark."""
        return [decode(row[:length].tolist()) for row, length in zip(self.tokens, self.lengths, strict=True)]


def sample(
    model: LanguageModel,
    prompts: Sequence[str],
    keys: Keys,
    max_tokens: int,
    each: int = 1,
    temperature: float = 1.0,
    dtype: torch.dtype | None = None,
) -> Samples:
    """`each` answers to every prompt, the first prompt's first; temperature 0 takes the likeliest token.

    keys [len(prompts) * each], one stream an answer. dtype: what the model is cast to for this call
    (bfloat16 is faster, and another model: log_prob is that one's); None: as it is. Raises ValueError
    for other numbers of keys.
    """
    if len(keys) != len(prompts) * each:
        raise ValueError(f"{len(prompts)} prompts, {each} answers each, need as many keys, not {len(keys)}")
    total = len(keys)
    tokens = np.full((total, max_tokens), PAD, np.int64)
    log_prob = np.zeros((total, max_tokens), np.float32)
    if dtype not in (None, model.lm_head.weight.dtype):
        model = copy.deepcopy(model).to(dtype)
    model.eval()
    with torch.inference_mode():
        for rows, batch in _batches(prompts, each):
            _sample_batch(model, batch, rows, keys, temperature, tokens, log_prob)
    ends = tokens == END
    ended = ends.any(1)
    lengths = np.where(ended, ends.argmax(1) + 1, max_tokens)
    return Samples([prompts[row // each] for row in range(total)], tokens, lengths, log_prob, ended)


def greedy(model: LanguageModel, prompts: Sequence[str], max_tokens: int) -> Samples:
    """The likeliest token after the likeliest token, for every prompt."""
    return sample(model, prompts, np.zeros(len(prompts), np.uint64), max_tokens, temperature=0.0)


def _batches(prompts: Sequence[str], each: int) -> Iterator[tuple[NDArray[np.int64], list[str]]]:
    """(rows of answers, their prompts) of prompts of one length at a time, about BATCH answers at once."""
    by_length: dict[int, list[int]] = {}
    for number, prompt in enumerate(prompts):
        by_length.setdefault(len(prompt), []).append(number)
    size = max(1, BATCH // each)
    for numbers in by_length.values():
        for first in range(0, len(numbers), size):
            some = numbers[first : first + size]
            rows = (np.array(some)[:, None] * each + np.arange(each)).ravel()
            yield rows, [prompts[number] for number in some]


def _sample_batch(
    model: LanguageModel,
    prompts: list[str],
    rows: NDArray[np.int64],
    keys: Keys,
    temperature: float,
    tokens: NDArray[np.int64],
    log_prob: NDArray[np.float32],
) -> None:
    """Fill the rows of tokens and log_prob: the prompts are read once, then all their answers written."""
    each, steps = len(rows) // len(prompts), tokens.shape[1]
    read = torch.tensor([[START, *encode(text)] for text in prompts], device=model.lm_head.weight.device)
    read = read[_padded(np.arange(len(prompts)))]
    cache = model.new_cache(len(read), read.shape[1] + steps)
    logits = model(read, cache)[:, -1]
    place = _padded(np.arange(len(rows)))
    alive = np.arange(len(place)) < len(rows)  # the others are padding, or have finished
    rows = rows[place]
    if each > 1:
        cache.keep(place // each)
        logits = logits[place // each]
    for step in range(steps):
        log_pi = torch.log_softmax(logits.float(), -1)
        chosen = _choose(log_pi, keys[rows], step, temperature)
        tokens[rows[alive], step] = chosen.cpu().numpy()[alive]
        log_prob[rows[alive], step] = log_pi.gather(1, chosen[:, None])[:, 0].cpu().numpy()[alive]
        alive &= (chosen != END).cpu().numpy()
        if not alive.any() or step == steps - 1:
            return
        if _round_up(int(alive.sum())) < len(rows):
            place = _padded(np.flatnonzero(alive))
            alive = np.arange(len(place)) < alive.sum()
            rows, chosen = rows[place], chosen[place]
            cache.keep(place)
        logits = model(chosen[:, None], cache)[:, -1]


def _choose(log_pi: Tensor, keys: Keys, step: int, temperature: float) -> Tensor:
    """A token a row of log_pi [R, V]: the likeliest, or one drawn from the row's own stream, int64 [R]."""
    if temperature == 0.0:
        return log_pi.argmax(1)
    pi = torch.softmax(log_pi.double() / temperature, 1).cumsum(1)
    drawn = torch.from_numpy(uniform_batch(keys, step)).to(pi.device)[:, None] * pi[:, -1:]
    return torch.searchsorted(pi, drawn, right=True)[:, 0].clamp(max=pi.shape[1] - 1)


def _round_up(count: int) -> int:
    return -(-count // ROWS) * ROWS


def _padded(index: NDArray[np.int64]) -> NDArray[np.int64]:
    """The index with its first entry repeated behind it, up to a multiple of ROWS."""
    return np.concatenate([index, np.repeat(index[:1], _round_up(len(index)) - len(index))])


# --- what is made of several answers ---


def majority(texts: Sequence[str]) -> str:
    """The last word that most of the answers agree on, the first of them where several do (Wang et al.
    2022, "Self-consistency"); raises ValueError for no answers."""
    if not texts:
        raise ValueError("a vote needs at least one answer")
    words = [text.rpartition("#")[2] for text in texts]
    return Counter(words).most_common(1)[0][0]


def best_of(texts: Sequence[str], scores: NDArray[np.float64]) -> str:
    """The answer of the greatest score, the first of equals; raises ValueError for no answers."""
    if len(texts) == 0 or len(texts) != len(scores):
        raise ValueError(f"best of n needs as many scores as answers, not {len(scores)} for {len(texts)}")
    return texts[int(np.argmax(scores))]
