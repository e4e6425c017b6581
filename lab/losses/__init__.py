"""Every objective as a pure function, a file per family, used by both wings."""

from lab.losses.advantages import (
    batch_advantage,
    generalized_advantage,
    group_advantage,
    leave_one_out_advantage,
    relative_advantage,
)
from lab.losses.bradley_terry import bradley_terry_loss
from lab.losses.clipped import clipped_share, clipped_surrogate_loss, clipped_value_loss, kl_estimate
from lab.losses.imitation import imitation_loss, policy_target_loss
from lab.losses.lengths import answer_mean, constant_length_mean, overlong_penalty, token_mean
from lab.losses.policy_gradient import entropy, policy_gradient_loss
from lab.losses.preference import (
    dpo_imitation_loss,
    dpo_loss,
    ipo_loss,
    length_normalised_loss,
    ranked_dpo_loss,
)
from lab.losses.ranking import ranking_loss
from lab.losses.value import value_loss

__all__ = [
    "answer_mean",
    "batch_advantage",
    "bradley_terry_loss",
    "clipped_share",
    "clipped_surrogate_loss",
    "clipped_value_loss",
    "constant_length_mean",
    "dpo_imitation_loss",
    "dpo_loss",
    "entropy",
    "generalized_advantage",
    "group_advantage",
    "imitation_loss",
    "ipo_loss",
    "kl_estimate",
    "leave_one_out_advantage",
    "length_normalised_loss",
    "overlong_penalty",
    "policy_gradient_loss",
    "policy_target_loss",
    "ranked_dpo_loss",
    "ranking_loss",
    "relative_advantage",
    "token_mean",
    "value_loss",
]
