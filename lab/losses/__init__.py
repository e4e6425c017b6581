"""Every objective as a pure function, a file per family, used by both wings."""

from lab.losses.bradley_terry import bradley_terry_loss
from lab.losses.imitation import imitation_loss, policy_target_loss
from lab.losses.policy_gradient import entropy, policy_gradient_loss
from lab.losses.value import value_loss

__all__ = [
    "bradley_terry_loss",
    "entropy",
    "imitation_loss",
    "policy_gradient_loss",
    "policy_target_loss",
    "value_loss",
]
