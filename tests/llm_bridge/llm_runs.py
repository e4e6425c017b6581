"""What the tests of learning arms share: a run of few counts, a desk, states to compare."""

from __future__ import annotations

from llm_bridge.config import CompareConfig, ImitationConfig, ModelConfig, ReinforceConfig

NETWORK = ModelConfig(1, 32, 2, 64, 64)
FEW = ImitationConfig(
    demonstrations=400, updates=12, batch_size=32, learning_rate=1e-2, validation=40, evaluations=3
)
TINY_RUN = CompareConfig(
    task="addition-1",
    arms=("imitator", "verified"),
    model=NETWORK,
    imitation=FEW,
    verified=FEW,
    more_imitation=FEW,
    fine_tuning=FEW,
    counter_imitation=FEW,
    policy_gradient=ReinforceConfig(updates=4, prompts=8, answers=4, evaluations=2),
)
