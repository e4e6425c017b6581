"""The loss of comparisons: who of two is better, for ratings of players and for reward models alike."""

from torch import Tensor
from torch.nn.functional import logsigmoid


def bradley_terry_loss(chosen_t: Tensor, rejected_t: Tensor, share_t: Tensor | None = None) -> Tensor:
    """-share log sigma(d) - (1 - share) log sigma(-d) with d = chosen - rejected, [T].

    chosen_t, rejected_t [T]: ratings of two players, or rewards of two answers, in nats; share_t [T] in
    [0, 1]: what the first took, .5 for a draw, 1 where it is None. Bradley and Terry 1952 (Biometrika
    39, p. 324); with share 1 the reward models of Ouyang et al. 2022, equation 1. Ratings on the Elo
    scale are 400 / ln 10 times these (lab.ratings).
    """
    if chosen_t.ndim != 1 or chosen_t.shape != rejected_t.shape:
        raise ValueError(
            f"chosen_t and rejected_t are [T], not {tuple(chosen_t.shape)} and {tuple(rejected_t.shape)}"
        )
    difference = chosen_t - rejected_t
    if share_t is None:
        return -logsigmoid(difference)
    if share_t.shape != chosen_t.shape:
        raise ValueError(f"share_t is [T] as chosen_t, {tuple(chosen_t.shape)}, not {tuple(share_t.shape)}")
    return -(share_t * logsigmoid(difference) + (1.0 - share_t) * logsigmoid(-difference))
