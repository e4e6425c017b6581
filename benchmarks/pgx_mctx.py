"""Games of pgx, Connect Four searched by mctx: what the benchmarks put beside ours. JAX on one CPU core."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

try:
    import jax
    import jax.numpy as jnp
    import mctx
    import pgx
    from pgx.experimental.wrappers import auto_reset
except ImportError:
    pgx = None  # the extra [bench] is not installed: ours alone is measured

INSTALLED = pgx is not None
Network = Callable[[Any], tuple[Any, Any]]  # observation [B, 6, 7, 2] -> logits [B, 7], value [B]


def constant_network(observation: Any) -> tuple[Any, Any]:
    """Uniform prior, value 0."""
    batch = observation.shape[0]
    return jnp.zeros((batch, 7)), jnp.zeros(batch)


def residual_network(channels: int, blocks: int) -> Network:
    """A network of our shape and size in float32, norms folded as for inference; random weights."""
    keys = iter(jax.random.split(jax.random.PRNGKey(0), 100))

    def weight(*shape: int) -> Any:
        return jax.random.normal(next(keys), shape) * 0.05

    stem, bias = weight(3, 3, 2, channels), weight(channels)
    body = [weight(3, 3, channels, channels) for _ in range(2 * blocks)]
    heads, policy_out = weight(1, 1, channels, 16), weight(42 * 8, 7)
    hidden_out, value_out = weight(42 * 8, 64), weight(64, 1)

    def convolution(x: Any, kernel: Any) -> Any:
        return jax.lax.conv_general_dilated(
            x, kernel, (1, 1), "SAME", dimension_numbers=("NHWC", "HWIO", "NHWC")
        )

    def apply(observation: Any) -> tuple[Any, Any]:
        x = jax.nn.relu(convolution(observation.astype(jnp.float32), stem) + bias)
        for first, second in zip(body[::2], body[1::2], strict=True):
            x = jax.nn.relu(x + convolution(jax.nn.relu(convolution(x, first) + bias), second) + bias)
        both = jax.nn.relu(convolution(x, heads))
        policy, value = (part.reshape(len(x), -1) for part in jnp.split(both, 2, axis=3))
        return policy @ policy_out, jnp.tanh(jax.nn.relu(value @ hidden_out) @ value_out)[:, 0]

    return apply


def random_steps(batch: int, steps: int, world: str = "connect_four") -> Callable[[], int]:
    """`steps` random moves in each of `batch` games, finished ones begun anew; observation and mask of
    every state are made."""
    env = pgx.make(world)
    step = jax.vmap(auto_reset(env.step, env.init))

    def body(state: Any, key: Any) -> tuple[Any, Any]:
        logits = jnp.where(state.legal_action_mask, 0.0, -jnp.inf)
        choose, fresh = jax.random.split(key)
        actions = jax.random.categorical(choose, logits, axis=-1)
        after = step(state, actions, jax.random.split(fresh, batch))
        return after, (after.observation.sum(dtype=jnp.int32), after.legal_action_mask.sum(dtype=jnp.int32))

    run = jax.jit(lambda state, key: jax.lax.scan(body, state, jax.random.split(key, steps)))
    start = jax.jit(jax.vmap(env.init))(jax.random.split(jax.random.PRNGKey(0), batch))

    def work() -> int:
        jax.block_until_ready(run(start, jax.random.PRNGKey(1)))
        return batch * steps

    return work


def searches(batch: int, simulations: int, method: str, network: Network = constant_network) -> Any:
    """A jitted `(state, key) -> (mctx's output, state)` that searches `batch` games."""
    env = pgx.make("connect_four")

    def expand(_: Any, __: Any, action: Any, state: Any) -> tuple[Any, Any]:
        mover = state.current_player
        state = jax.vmap(env.step)(state, action)
        logits, value = network(state.observation)
        logits = jnp.where(state.legal_action_mask, logits, jnp.finfo(logits.dtype).min)
        output = mctx.RecurrentFnOutput(
            reward=state.rewards[jnp.arange(batch), mover],
            discount=jnp.where(state.terminated, 0.0, -1.0),
            prior_logits=logits,
            value=jnp.where(state.terminated, 0.0, value),
        )
        return output, state

    def search(state: Any, key: Any) -> Any:
        logits, value = network(state.observation)
        root = mctx.RootFnOutput(prior_logits=logits, value=value, embedding=state)
        invalid = ~state.legal_action_mask
        if method == "gumbel":
            return mctx.gumbel_muzero_policy(
                None, key, root, expand, simulations, invalid_actions=invalid, max_num_considered_actions=7
            )
        return mctx.muzero_policy(
            None, key, root, expand, simulations, invalid_actions=invalid, dirichlet_fraction=0.0
        )

    return jax.jit(search)


def search_work(batch: int, simulations: int, method: str) -> Callable[[], int]:
    """A search of `batch` empty boards with the constant network."""
    search = searches(batch, simulations, method)
    state = jax.jit(jax.vmap(pgx.make("connect_four").init))(jax.random.split(jax.random.PRNGKey(0), batch))

    def work() -> int:
        jax.block_until_ready(search(state, jax.random.PRNGKey(1)).action)
        return batch * simulations

    return work


def self_play_work(batch: int, simulations: int, channels: int, blocks: int, plies: int) -> Any:
    """`plies` moves of self-play in each of `batch` games, a Gumbel search each."""
    env = pgx.make("connect_four")
    search = searches(batch, simulations, "gumbel", residual_network(channels, blocks))
    step = jax.jit(jax.vmap(auto_reset(env.step, env.init)))
    start = jax.jit(jax.vmap(env.init))(jax.random.split(jax.random.PRNGKey(0), batch))

    def work() -> int:
        state = start
        for key in jax.random.split(jax.random.PRNGKey(1), plies):
            state = step(state, search(state, key).action, jax.random.split(key, batch))
        jax.block_until_ready(state)
        return batch * plies

    return work
