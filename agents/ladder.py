"""The ladder of arms, one ingredient at a time: where each starts, what it adds, which task learns it."""

from __future__ import annotations

from agents.config import TEACHERS, CompareConfig, SelfPlayConfig, demonstrator_of
from lab.experiment import Arm, Rung
from lab.own_files import is_games_file
from lab.workers import Task

IMITATE = "agents.imitation:imitate"
REINFORCE = "agents.reinforcement:reinforce"
REINFORCE_POLICY = "agents.policy_gradient:reinforce_policy"
LEARN_VALUE = "agents.value_network:learn_value"


RUNGS = {
    rung.name: rung
    for rung in (
        Rung("imitator", "imitator", "scratch", "imitate all moves", IMITATE),
        Rung("winners", "winners' imitator", "scratch", "imitate the winners' moves only", IMITATE),
        Rung(
            "own-wins",
            "own wins",
            "imitator",
            "imitate the moves of one's own won games, without search",
            REINFORCE_POLICY,
            ("imitator",),
        ),
        Rung(
            "policy-gradient",
            "policy gradient",
            "imitator",
            "games played alike, lost moves pushed down as well (REINFORCE, AlphaGo's second stage)",
            REINFORCE_POLICY,
            ("imitator",),
        ),
        Rung(
            "alphago",
            "AlphaGo",
            "imitator",
            "search in play: the imitator as prior, leaves judged by rollouts and by a value network of the "
            "policy gradient's games",
            LEARN_VALUE,
            ("imitator", "policy-gradient"),
            searched_only=True,
            note="AlphaGo has no policy of its own: alone it is the imitator, so only with search it is "
            "scored. At every leaf it asks two networks and plays rollouts, so a simulation costs more CPU "
            "time than the others': with search, equal simulations, not equal CPU.",
        ),
        Rung(
            "master",
            "Master",
            "imitator",
            "search inside learning: self-play with tree search (AlphaGo Master's recipe)",
            REINFORCE,
            ("imitator",),
        ),
        Rung("zero", "Zero", "scratch", "self-play with tree search, no human games", REINFORCE),
        Rung(
            "more-imitation",
            "more imitation",
            "scratch",
            "control: more of the same games, at about the others' cost",
            IMITATE,
            control=True,
        ),
        Rung(
            "imitate-perfect",
            "imitator of the perfect player",
            "scratch",
            "control: another teacher, the perfect player: its answers in at most 60,000 positions of the "
            "human's games from ply 16 on, no games",
            IMITATE,
            control=True,
            no_games=True,
        ),
        Rung(
            "imitate-zero",
            "imitator of Zero",
            "scratch",
            "control: another teacher, this run's Zero, of whose games 70 % begin after random plies (the "
            "human's all begin on the empty board)",
            IMITATE,
            control=True,
        ),
    )
}


def searched_only(arm: str) -> bool:
    """Whether an arm is nothing of its own without search, so that it is never scored or played alone."""
    return arm in RUNGS and RUNGS[arm].searched_only


def arms_of(config: CompareConfig) -> list[Arm]:
    """The arms of a comparison, those that take longest first; the plateau's and the slipping human's
    imitators after the ladder's."""
    order = ("zero", "imitator", *(name for name in RUNGS if name not in ("zero", "imitator")))
    arms = [_arm(RUNGS[name], config) for name in order if name in config.arms]
    further = [] if config.counter_human == "none" else ["slips-imitator"]
    further += [f"imitator-{games}" for games in config.plateau]
    words = {"slips-imitator": "imitate a human who slips at random"}
    return arms + [
        _arm(Rung(name, name, "scratch", words.get(name, "imitate fewer games"), IMITATE), config)
        for name in further
    ]


def demonstrators_of(config: CompareConfig) -> list[str]:
    """The humans of a comparison: the main panel's, then the counter-example's."""
    humans = [config.human] + ([] if config.counter_human == "none" else [config.counter_human])
    return list(dict.fromkeys(humans))


def teachers_of(config: CompareConfig) -> list[Task]:
    """The tasks that write down the games of teachers other than the humans."""
    function = "agents.teachers:demonstrate_teacher"
    needs = {"zero": ("zero",), "perfect": tuple(_games(config.human))}
    return [
        Task(f"demonstrate {teacher}", function, teacher, needs[teacher], 60.0)
        for arm, teacher in TEACHERS.items()
        if arm in config.arms
    ]


def _arm(rung: Rung, config: CompareConfig) -> Arm:
    needs = rung.needs
    if rung.function == IMITATE:
        needs += tuple(_games(demonstrator_of(config, rung.name)[0]))
    task = Task(rung.name, rung.function, rung.name, needs, _weight(rung, config))
    return Arm(rung.name, rung.starts, rung.ingredient, task)


def _games(demonstrator: str) -> list[str]:
    return [] if is_games_file(demonstrator) else [f"demonstrate {demonstrator}"]


def _weight(rung: Rung, config: CompareConfig) -> float:
    """About how many CPU seconds a rung takes, for the display alone."""
    if rung.function == IMITATE:
        settings = demonstrator_of(config, rung.name)[1]
        return settings.updates * settings.batch_size / 10_000
    if rung.function == REINFORCE:
        return _self_play_weight(config.zero if rung.name == "zero" else config.master)
    if rung.function == LEARN_VALUE:
        return config.value.updates * config.value.batch_size / 10_000 + config.value.games / 2_000
    games = config.policy_gradient.iterations * config.policy_gradient.games_per_iteration
    return games / 700


def _self_play_weight(settings: SelfPlayConfig) -> float:
    positions = settings.iterations * settings.games_per_iteration * 20
    return positions * (settings.simulations / 40_000 + settings.reuse / 10_000)
