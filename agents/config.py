"""The settings of every job of the board half: frozen, plain, without torch or numba.

A preset is a count, never a clock: games, positions and updates. The minutes named beside a preset
are what they take on the reference machine (2 cores) and decide nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from lab.presets import Preset

QUICK_ARMS = ("zero", "imitator", "winners", "policy-gradient")
LADDER_ARMS = (
    *QUICK_ARMS,
    "own-wins",
    "alphago",
    "master",
    "more-imitation",
    "imitate-perfect",
    "imitate-zero",
)


@dataclass(frozen=True)
class NetworkConfig:
    """A residual network of `blocks` blocks of `channels` channels."""

    channels: int = 32
    blocks: int = 3


@dataclass(frozen=True)
class ImitationConfig:
    """Imitation of a demonstrator's games."""

    games: int = 60_000
    """Demonstration games, validation included."""
    updates: int = 2_400
    """Gradient steps; the learning rate falls to 0 over them (cosine)."""
    batch_size: int = 512
    learning_rate: float = 4e-3
    weight_decay: float = 1e-4
    value_weight: float = 0.5
    validation_games: int = 2_000
    """Held out: accuracy and cross-entropy are measured on them."""
    evaluations: int = 4
    """Points on the curve."""
    tested_on: tuple[str, ...] = ()
    """Of Go: further files of people's games whose moves are predicted, but for games learned from."""
    split: str = "test"
    """Of Go: the games held out whose moves are predicted: test, or validation to choose settings by."""


@dataclass(frozen=True)
class SelfPlayConfig:
    """Self-play reinforcement with tree search from scratch (AlphaZero's loop, a Gumbel root)."""

    iterations: int = 22
    games_per_iteration: int = 512
    batch: int = 128
    """Moves searched together, and the fixed batch of the network."""
    simulations: int = 16
    c_scale: float = 0.5
    """Weight of the search's values against the network's prior (lab.tree_search.SearchConfig)."""
    full_share: float = 1.0
    """That share of plies is searched in full, and teaches the policy; the others, with `fast_simulations`
    and no noise, bring the game to its result (playout-cap randomisation: Wu 2019, section 3.1)."""
    fast_simulations: int = 4
    """Simulations of a ply that is not searched in full."""
    decided_above: float = 1.0
    """A game is decided once three searches in a row give one side more than this value. Of its further
    plies a quarter, drawn, are searched in full and learned from; the others are fast, for the result alone
    (Wu 2019 does likewise instead of resigning). 1: no game is."""
    noise_plies: int = 12
    """Root noise for so many plies of a game; none later, so that results tell of the position."""
    opening_share: float = 0.7
    opening_plies: int = 8
    """That share of games starts after 1 to so many random plies, which teach nothing."""
    plies_a_game: int = 25
    """Plies of a game that are learned from, assumed for the schedule of the learning rate alone: it falls
    till the last update, and with longer games is low too early."""
    reuse: float = 4.0
    """Gradient samples per new position."""
    replay: int = 400_000
    """Positions in the replay window."""
    batch_size: int = 512
    learning_rate: float = 5e-3
    weight_decay: float = 1e-4
    value_weight: float = 1.0
    owner_weight: float = 0.5
    """Weight of the error in whose each cell will be, where area is counted: an auxiliary target of training
    alone (Wu 2019, section 4.2)."""
    score_weight: float = 0.0
    """Weight of the error in the balance of the whole board, as a share of it, likewise."""
    value_lambda: float = 0.8
    """Value target: the search's values from here on with weights falling by this factor a ply, then
    the game's result (TD(lambda)); 0 is the search's value alone, 1 the result alone. Where the search
    has proven the value, that."""
    evaluations: int = 6
    """Points on the curve, raw and searched."""


@dataclass(frozen=True)
class PolicyGradientConfig:
    """REINFORCE by self-play against a pool of earlier selves, from the imitator, without search (AlphaGo's
    second stage); with `own-wins` games played alike teach by imitation of the wins alone."""

    iterations: int = 64
    games_per_iteration: int = 512
    batch: int = 256
    """Games in flight."""
    moves_a_game: int = 9
    """The learner's own, assumed for the schedule of the learning rate alone."""
    pool_every: int = 10
    """Iterations after which the policy joins the pool of opponents."""
    opening_share: float = 0.7
    opening_plies: int = 4
    """That share of games starts after 1 to so many random plies, which teach nothing."""
    batch_size: int = 1_024
    learning_rate: float = 8e-4
    weight_decay: float = 1e-4
    value_weight: float = 0.5
    entropy_weight: float = 0.03
    """Weight of the policy's entropy, in nats, in what is maximised; AlphaGo has none (0). It is there for
    both arms alike."""
    evaluations: int = 4
    """Points on the curve, raw and searched."""


@dataclass(frozen=True)
class ValueConfig:
    """The value network of AlphaGo: the outcome of the RL policy's games, one position a game."""

    games: int = 40_000
    """Self-play games of the RL policy, of each of which one position is learned."""
    updates: int = 600
    batch_size: int = 512
    learning_rate: float = 2e-3
    weight_decay: float = 1e-4
    test_games: int = 4_000
    """Held out: the error on unseen games is measured on one position of each."""
    evaluations: int = 6
    """Points on the curves of training and test error."""
    rollout_weight: float = 0.5
    """AlphaGo's lambda, and its choice: the share of rollouts in a leaf's value in the alphago arm."""
    lesson_positions: int = 40_000
    """Positions of each network of the lesson: out of few whole games, or one of each of so many."""
    lesson_updates: int = 150


@dataclass(frozen=True)
class TeacherConfig:
    """The sweep over teachers: alpha-beta of growing depth and the perfect player, each imitated."""

    teachers: tuple[str, ...] = ()
    """Names of players (alphabeta-1, ..., perfect); empty: no sweep."""
    games: int = 10_000
    updates: int = 600


@dataclass(frozen=True)
class SurpriseConfig:
    """Move 37: which moves count as surprises, and on how much they are counted."""

    positions: int = 800
    """Hard test positions on which moves are counted, at most."""
    first_ply: int = 14
    """Stones on the board where a line of three own moves begins, at least: from here the solver takes
    milliseconds."""
    threshold: float = 1e-4
    """A line counts whose three moves the human would have made with less than this chance."""
    draws: int = 4
    """Moves of the random player in every position, lines of it from every position."""
    neighbours: int = 4
    """Each line of a player is set against so many of the random player's, the nearest in rarity."""


@dataclass(frozen=True)
class RatingConfig:
    """The matches behind the ratings: neighbours meet, round after round."""

    rounds: int = 6
    """After a first one, in which everybody meets the next in a rough order."""
    pairs: int = 24
    """Pairs of games in each match: the same opening, colours swapped."""
    others: tuple[str, ...] = ("random", "wins-and-blocks", *(f"alphabeta-{depth}" for depth in (2, 4, 6, 8)))
    """Who is rated beside the humans and the arms of the run."""


@dataclass(frozen=True)
class EvaluationConfig:
    """How every arm is measured."""

    simulations: int = 64
    """Simulations of every "searched" cell."""
    batch: int = 256
    pairs: int = 200
    """Pairs of games in a match: the same opening, colours swapped."""
    opening_plies: int = 4
    curve_positions: int = 10_000
    """Hard test positions for the points of a searched curve, at most (raw ones use all)."""
    yardsticks: tuple[str, str] = ("alphabeta-4", "alphabeta-8")
    """Fixed opponents: of what plays alone, and of what searches."""


@dataclass(frozen=True)
class CompareConfig:
    """The main job: a human, the ladder of arms that learn from or past it, and a counter-example."""

    world: str = "connect_four"
    human: str = "forgetful"
    """The demonstrator of the main panel: a scripted human, or a file of games."""
    counter_human: str = "two-ply"
    """The demonstrator of the second panel; "none" leaves the panel out."""
    preset: Preset = "quick"
    arms: tuple[str, ...] = QUICK_ARMS
    """The rungs of the ladder to run (agents/ladder.py)."""
    studies: bool = True
    """Ratings, move 37 and the other exhibits beyond scores and matches; of several seeds, the first's."""
    seed: int = 0
    workers: int = 2
    device: str = "cpu"
    """"cpu" or "cuda", as resolved when the run began."""
    network: NetworkConfig = field(default_factory=NetworkConfig)
    imitation: ImitationConfig = field(default_factory=ImitationConfig)
    more_imitation: ImitationConfig = field(default_factory=ImitationConfig)
    """The control at the others' cost: more of the same games, longer."""
    counter_imitation: ImitationConfig = field(default_factory=ImitationConfig)
    plateau: tuple[int, ...] = ()
    """Further imitators of so many games each, to show where more of the same ends."""
    zero: SelfPlayConfig = field(default_factory=SelfPlayConfig)
    master: SelfPlayConfig = field(default_factory=SelfPlayConfig)
    """As zero, but started from the imitator."""
    policy_gradient: PolicyGradientConfig = field(default_factory=PolicyGradientConfig)
    value: ValueConfig = field(default_factory=ValueConfig)
    teachers: TeacherConfig = field(default_factory=TeacherConfig)
    surprise: SurpriseConfig = field(default_factory=SurpriseConfig)
    ratings: RatingConfig = field(default_factory=RatingConfig)
    evaluation: EvaluationConfig = field(default_factory=EvaluationConfig)


SWEEP = (*(f"alphabeta-{depth}" for depth in (1, 2, 3, 4, 6, 8, 10)), "perfect")
TEACHERS = {"imitate-perfect": "perfect", "imitate-zero": "zero"}  # imitated instead of the human


def demonstrator_of(config: CompareConfig, arm: str) -> tuple[str, ImitationConfig]:
    """Whom an arm imitates, and how: "imitator-3000" sees 3,000 games and has fewer updates."""
    if arm == "slips-imitator":
        return config.counter_human, config.counter_imitation
    if arm == "more-imitation":
        return config.human, config.more_imitation
    if arm in TEACHERS:
        return TEACHERS[arm], config.imitation
    settings = config.imitation
    if arm.startswith("imitator-"):
        games = int(arm.removeprefix("imitator-"))
        # the fewer games, the fewer updates they bear before they are known by heart
        share = (games / settings.games) ** 0.5
        settings = replace(settings, games=games, updates=max(500, round(settings.updates * share)))
    return config.human, settings


def preset(name: Preset) -> CompareConfig:
    """The counts of a preset of Connect Four; those of Go: agents/go_config.py."""
    return {"tiny": _tiny, "quick": _quick, "ladder": _ladder, "standard": _standard, "long": _long}[name]()


def _tiny() -> CompareConfig:
    imitation = ImitationConfig(games=600, updates=40, batch_size=128, validation_games=100, evaluations=2)
    self_play = SelfPlayConfig(iterations=2, games_per_iteration=32, batch=32, simulations=8, evaluations=2)
    return CompareConfig(
        preset="tiny",
        arms=LADDER_ARMS,
        network=NetworkConfig(16, 1),
        imitation=imitation,
        more_imitation=replace(imitation, updates=60),
        counter_imitation=imitation,
        zero=self_play,
        master=self_play,
        policy_gradient=PolicyGradientConfig(
            iterations=2, games_per_iteration=32, batch=32, pool_every=1, evaluations=2
        ),
        value=ValueConfig(
            games=200,
            updates=20,
            batch_size=64,
            test_games=50,
            evaluations=2,
            lesson_positions=800,
            lesson_updates=12,
        ),
        teachers=TeacherConfig(("alphabeta-1", "alphabeta-2"), games=100, updates=10),
        ratings=RatingConfig(rounds=1, pairs=3),
        surprise=SurpriseConfig(positions=100, draws=1),
        evaluation=EvaluationConfig(simulations=8, batch=64, pairs=10, curve_positions=64),
    )


def _quick() -> CompareConfig:
    quick = CompareConfig()
    return replace(quick, counter_imitation=replace(quick.imitation, updates=1_200, evaluations=2))


def _ladder() -> CompareConfig:
    """Quick with the further rungs: what starts from the imitator gets about what Zero has left when the
    imitator is paid for."""
    quick = _quick()
    return replace(
        quick,
        preset="ladder",
        arms=LADDER_ARMS,
        more_imitation=replace(quick.imitation, games=100_000, updates=2 * quick.imitation.updates),
        master=replace(quick.zero, iterations=quick.zero.iterations // 2),
    )


def _standard() -> CompareConfig:
    """A larger network and more of everything. As in `ladder`, more-imitation costs about what Zero costs,
    and Master with its imitator, too."""
    quick = _quick()
    imitation = replace(quick.imitation, games=100_000, updates=4_000, evaluations=8)
    zero = replace(
        quick.zero,
        iterations=40,
        games_per_iteration=1_024,
        reuse=6.0,
        replay=600_000,
        learning_rate=4e-3,
        evaluations=8,
    )
    return replace(
        quick,
        preset="standard",
        arms=LADDER_ARMS,
        network=NetworkConfig(48, 4),
        imitation=imitation,
        more_imitation=replace(imitation, games=200_000, updates=3 * imitation.updates),
        counter_imitation=quick.counter_imitation,
        plateau=(1_000, 3_000, 10_000, 30_000),
        zero=zero,
        master=replace(zero, iterations=28),
        policy_gradient=replace(quick.policy_gradient, iterations=150, evaluations=8),
        teachers=TeacherConfig(SWEEP),
        evaluation=replace(quick.evaluation, simulations=200, pairs=300),
    )


def _long() -> CompareConfig:
    standard = _standard()
    imitation = replace(standard.imitation, updates=24_000)
    return replace(
        standard,
        preset="long",
        imitation=imitation,
        more_imitation=replace(standard.more_imitation, updates=6 * imitation.updates),
        zero=replace(standard.zero, iterations=480),
        master=replace(standard.master, iterations=410),
    )
