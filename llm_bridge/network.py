"""The transformer: a decoder of the Llama shape, small enough for one core.

RMSNorm (Zhang and Sennrich 2019), rotary positions (Su et al. 2021), SwiGLU (Shazeer 2020), no biases,
pre-norm residuals (Touvron et al. 2023). The parameters bear the names that Hugging Face's
LlamaForCausalLM gives them, so that one opens the other's files (llm_bridge/hugging_face.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import silu

from llm_bridge import vocabulary
from llm_bridge.config import ModelConfig

ROTARY_BASE = 10_000.0
EPSILON = 1e-5


class RMSNorm(nn.Module):
    """x / sqrt(mean(x^2) + epsilon) * weight."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))

    def forward(self, x: Tensor) -> Tensor:
        """x [..., width] -> the same shape."""
        return torch.rms_norm(x, (x.shape[-1],), self.weight, EPSILON)


@dataclass
class Cache:
    """Keys and values of the tokens read so far, a pair a layer, each [B, H, room, D]; of which
    `length` are filled."""

    keys: list[Tensor]
    values: list[Tensor]
    length: int = 0

    def keep(self, rows: Any) -> None:
        """Only those rows go on, in that order."""
        self.keys = [part[rows] for part in self.keys]
        self.values = [part[rows] for part in self.values]


class Attention(nn.Module):
    """Causal self-attention over rotated queries and keys."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.heads = config.heads
        self.q_proj = nn.Linear(config.width, config.width, bias=False)
        self.k_proj = nn.Linear(config.width, config.width, bias=False)
        self.v_proj = nn.Linear(config.width, config.width, bias=False)
        self.o_proj = nn.Linear(config.width, config.width, bias=False)

    def forward(self, x: Tensor, rotation: tuple[Tensor, Tensor], cache: Cache | None, layer: int) -> Tensor:
        """x [B, T, width] -> [B, T, width]."""
        q, k, v = (part(x).unflatten(-1, (self.heads, -1)).transpose(1, 2) for part in self._projections())
        q, k = _rotate(q, rotation), _rotate(k, rotation)  # [B, H, T, D]
        if cache is None:
            mixed = nn.functional.scaled_dot_product_attention(q, k, v, is_causal=True)
        else:
            mixed = _attend(q, k, v, cache, layer)
        return self.o_proj(mixed.transpose(1, 2).flatten(2))  # type: ignore[no-any-return]

    def _projections(self) -> tuple[nn.Linear, nn.Linear, nn.Linear]:
        return self.q_proj, self.k_proj, self.v_proj


def _rotate(x: Tensor, rotation: tuple[Tensor, Tensor]) -> Tensor:
    """Rotate the pairs (i, i + D/2) of x [B, H, T, D] by the angles of their positions."""
    cos, sin = rotation
    first, second = x.chunk(2, -1)
    return x * cos + torch.cat((-second, first), -1) * sin


def _attend(q: Tensor, k: Tensor, v: Tensor, cache: Cache, layer: int) -> Tensor:
    """Attention of T new tokens over what the cache holds and themselves, which are put into it."""
    start, stop = cache.length, cache.length + q.shape[2]
    cache.keys[layer][:, :, start:stop], cache.values[layer][:, :, start:stop] = k, v
    scores = q @ cache.keys[layer][:, :, :stop].transpose(2, 3) * q.shape[-1] ** -0.5  # [B, H, T, stop]
    if q.shape[2] > 1:
        later = torch.ones(q.shape[2], stop, dtype=torch.bool, device=q.device).triu(start + 1)
        scores = scores.masked_fill(later, -torch.inf)
    return torch.softmax(scores, -1) @ cache.values[layer][:, :, :stop]


class FeedForward(nn.Module):
    """SwiGLU: down(silu(gate(x)) * up(x))."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.gate_proj = nn.Linear(config.width, config.hidden, bias=False)
        self.up_proj = nn.Linear(config.width, config.hidden, bias=False)
        self.down_proj = nn.Linear(config.hidden, config.width, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        """x [..., width] -> the same shape."""
        return self.down_proj(silu(self.gate_proj(x)) * self.up_proj(x))  # type: ignore[no-any-return]


class Layer(nn.Module):
    """Attention, then the feed-forward network, each on the normed stream and added to it."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.self_attn = Attention(config)
        self.mlp = FeedForward(config)
        self.input_layernorm = RMSNorm(config.width)
        self.post_attention_layernorm = RMSNorm(config.width)


class Decoder(nn.Module):
    """Embedding, layers, last norm: tokens to the stream before the head."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.embed_tokens = nn.Embedding(vocabulary.SIZE, config.width)
        self.layers = nn.ModuleList(Layer(config) for _ in range(config.layers))
        self.norm = RMSNorm(config.width)


class LanguageModel(nn.Module):
    """Tokens [B, T] -> the logits of each next token [B, T, V]."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.config = config
        self.model = Decoder(config)
        self.lm_head = nn.Linear(config.width, vocabulary.SIZE, bias=False)

    def forward(self, tokens: Tensor, cache: Cache | None = None) -> Tensor:
        """tokens int64 [B, T]; with a cache, they come after those that it holds. Returns [B, T, V]."""
        return self.lm_head(self.stream(tokens, cache))  # type: ignore[no-any-return]

    def stream(self, tokens: Tensor, cache: Cache | None = None) -> Tensor:
        """What the head reads, [B, T, width]; raises ValueError for texts that are too long."""
        start = 0 if cache is None else cache.length
        if start + tokens.shape[1] > self.config.positions:
            raise ValueError(f"{start + tokens.shape[1]} tokens; the model reads {self.config.positions}")
        x = self.model.embed_tokens(tokens)
        rotation = self._rotation(start, tokens.shape[1], x)
        for number, layer in enumerate(self.model.layers):
            assert isinstance(layer, Layer)
            x = x + layer.self_attn(layer.input_layernorm(x), rotation, cache, number)
            x = x + layer.mlp(layer.post_attention_layernorm(x))
        if cache is not None:
            cache.length += tokens.shape[1]
        return self.model.norm(x)  # type: ignore[no-any-return]

    def new_cache(self, batch: int, room: int) -> Cache:
        """An empty cache for `batch` texts of at most `room` tokens."""
        weight, heads = self.lm_head.weight, self.config.heads
        shape = (batch, heads, room, self.config.width // heads)
        parts = [weight.new_empty(shape) for _ in range(2 * self.config.layers)]
        return Cache(parts[::2], parts[1::2])

    def _rotation(self, start: int, count: int, like: Tensor) -> tuple[Tensor, Tensor]:
        """cos and sin of the angles of positions start to start + count - 1, [count, D] each."""
        size = self.config.width // self.config.heads
        exponents = torch.arange(0, size, 2, device=like.device, dtype=torch.float32) / size
        places = torch.arange(start, start + count, device=like.device, dtype=torch.float32)
        angles = torch.outer(places, ROTARY_BASE**-exponents).repeat(1, 2)
        return angles.cos().to(like.dtype), angles.sin().to(like.dtype)


def new_model(config: ModelConfig, seed: int, device: str = "cpu") -> LanguageModel:
    """A fresh model, a pure function of config and seed: normal(0, 1 / sqrt(width)), what feeds the stream
    shrunk by 1 / sqrt(2 layers) (Radford et al. 2019).

    The usual .02 is for wide models: at width 64 it leaves sums on a plateau for 500 updates, this for 150.
    """
    generator = torch.Generator().manual_seed(seed)
    with torch.random.fork_rng(devices=[]):  # torch's own first weights come from the global generator
        model = LanguageModel(config)
    for name, parameter in model.named_parameters():
        if parameter.ndim > 1:
            feeds = name.endswith(("o_proj.weight", "down_proj.weight"))
            scale = (config.width * (2 * config.layers if feeds else 1)) ** -0.5
            with torch.no_grad():
                parameter.copy_(torch.randn(parameter.shape, generator=generator) * scale)
    return model.to(device)
