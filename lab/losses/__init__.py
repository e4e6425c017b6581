"""Every objective as a pure function, a file per family, used by both wings."""

from lab.losses.advantages import (
    batch_advantage,
    generalized_advantage,
    group_advantage,
    leave_one_out_advantage,
)
from lab.losses.bradley_terry import bradley_terry_loss
from lab.losses.clipped import clipped_share, clipped_surrogate_loss, clipped_value_loss, kl_estimate
from lab.losses.imitation import imitation_loss, policy_target_loss
from lab.losses.policy_gradient import entropy, policy_gradient_loss
from lab.losses.value import value_loss

__all__ = [
    "batch_advantage",
    "bradley_terry_loss",
    "clipped_share",
    "clipped_surrogate_loss",
    "clipped_value_loss",
    "entropy",
    "generalized_advantage",
    "group_advantage",
    "imitation_loss",
    "kl_estimate",
    "leave_one_out_advantage",
    "policy_gradient_loss",
    "policy_target_loss",
    "value_loss",
]
