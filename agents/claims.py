"""What a run's numbers bear: claims with a verdict and the figures behind it, controls among them."""

from __future__ import annotations

from typing import Any

from agents.config import TEACHERS
from agents.ladder import IMITATE, RUNGS, searched_only
from lab.claims import LINES, passes, stays
from lab.statistics import Score

Hard = dict[tuple[str, str], Score]  # (arm, style) -> the share of hard positions answered rightly
Costs = dict[str, float]  # arm -> CPU seconds of its learning, with all that it starts from
STYLES = {"greedy": "raw", "searched": "searched"}
CONTROLS = (  # what goes past the human too, and so is no merit of self-play
    ("winners", "greedy", "the winners' imitator, raw,"),
    ("imitator", "searched", "the imitator, with search,"),
    ("imitate-zero", "greedy", "the imitator of Zero, raw,"),
    ("imitate-perfect", "greedy", "the imitator of the perfect player, raw,"),
)
MEASURE = ("policy-gradient.sampled", "imitator.sampled")  # AlphaGo's, of its second stage
MEASURED = 0.8  # "won more than 80 % of games against the SL policy network" (Silver et al. 2016)


def claims_of(
    panel: str,
    lines: dict[str, Score] | None,
    scores: dict[str, Any],
    played: list[dict[str, Any]],
    costs: Costs,
) -> list[dict[str, Any]]:
    """The claims of a panel: `lines` of its human, `scores` by arm, style and category, matches `played`,
    `costs` of its arms, which stand beside whatever is claimed of one arm against another. What was not
    measured or played is not claimed."""
    hard = {
        (arm, style): Score.from_json(s[style]["hard"])
        for arm, s in scores.items()
        for style in s
        if style == "searched" or not searched_only(arm)
    }
    if panel == "slips":
        return _of_slips(hard, lines, played, costs)
    claims = _against_lines(hard, lines) if lines else []
    claims += _between_arms(hard, costs)
    for match in played:
        if (match["first"], match["second"]) == MEASURE:
            claims.append(_takes_most(match, costs))
        elif _is_a_learners(match):
            claims.append(_wins(match, costs))
    return claims


def _of_slips(
    hard: Hard, lines: dict[str, Score] | None, played: list[dict[str, Any]], costs: Costs
) -> list[dict[str, Any]]:
    text = "the greedy imitator passes the slipping human as recorded"
    claims = [passes(text, hard["slips-imitator", "greedy"], lines["recorded"])] if lines else []
    return claims + [_wins(match, costs) for match in played if match["first"] == "slips-imitator"]


def _is_a_learners(match: dict[str, Any]) -> bool:
    """Whether a match is that of an arm that learned from its own games, and not of what it began with."""
    first = match["first"]
    if first not in RUNGS or RUNGS[first].function == IMITATE:
        return False
    return match["first_simulations"] > 0 or not searched_only(first)


def _against_lines(hard: Hard, lines: dict[str, Score]) -> list[dict[str, Any]]:
    """Who passes the human, and who must not if imitation is to stop at its teacher."""
    claims = []
    for arm in ("zero", "master", "policy-gradient", "own-wins"):
        for style, words in STYLES.items():
            searching = arm in ("zero", "master")
            if (arm, style) in hard and (searching or style == "greedy"):
                claims += [
                    passes(
                        f"{RUNGS[arm].title}, {words}, passes the human {LINES[line]}",
                        hard[arm, style],
                        lines[line],
                    )
                    for line in LINES
                ]
    if ("imitator", "greedy") in hard:
        claims.append(stays("the greedy imitator", hard["imitator", "greedy"], lines["best"]))
    if ("more-imitation", "greedy") in hard:
        claims.append(
            stays("the greedy imitator of more games", hard["more-imitation", "greedy"], lines["best"])
        )
    return claims + [
        passes(f"{words} passes the human at best", hard[arm, style], lines["best"])
        for arm, style, words in CONTROLS
        if (arm, style) in hard
    ]


CONTESTS = (  # (arm, arm, styles): the first is claimed to pass the second
    ("zero", "imitator", ("greedy", "searched")),
    ("zero", "winners", ("greedy", "searched")),
    ("zero", "more-imitation", ("greedy", "searched")),
    ("zero", "alphago", ("searched",)),
    ("zero", "master", ("greedy", "searched")),
    ("policy-gradient", "own-wins", ("greedy",)),
    ("imitate-zero", "imitator", ("greedy",)),
    ("imitate-perfect", "imitator", ("greedy",)),
)


def _between_arms(hard: Hard, costs: Costs) -> list[dict[str, Any]]:
    return [
        passes(
            f"{RUNGS[first].title} passes {RUNGS[second].title}, both {STYLES[style]}",
            hard[first, style],
            hard[second, style],
            _costs(first, second, costs),
        )
        for first, second, styles in CONTESTS
        for style in styles
        if {(first, style), (second, style)} <= set(hard)
    ]


def _costs(first: str, second: str, costs: Costs) -> str:
    """What two arms cost, in words for the evidence; nothing where one of them is no arm."""
    arms = [name.partition(".")[0] for name in (first, second)]
    if not set(arms) <= set(costs):
        return ""
    words = f"; CPU {costs[arms[0]]:.0f} s against {costs[arms[1]]:.0f} s"
    words += ", the teacher's own not counted" if set(arms) & set(TEACHERS) else ""
    # such a rung is met with search alone, and its simulations cost more than the other's
    return words + ("; equal simulations, not equal CPU" if any(map(searched_only, arms)) else "")


def _wins(match: dict[str, Any], costs: Costs) -> dict[str, Any]:
    words = [
        f"{match[side]}{f' with {n} simulations' if (n := match[f'{side}_simulations']) else ''}"
        for side in ("first", "second")
    ]
    return _more_than(0.5, f"{words[0]} beats {words[1]}", match, costs)


def _takes_most(match: dict[str, Any], costs: Costs) -> dict[str, Any]:
    """AlphaGo's measure of its second stage, named before the ladder's first run."""
    claim = "the policy gradient, moves sampled, beats the sampled imitator in more than "
    return _more_than(MEASURED, f"{claim}{100 * MEASURED:.0f} % of games", match, costs)


def _more_than(share: float, claim: str, match: dict[str, Any], costs: Costs) -> dict[str, Any]:
    score = Score.from_json(match["score"])
    verdict = "shown" if score.low > share else "contradicted" if score.high < share else "not shown"
    played = f"{score} of {match['games']} games, {match['distinct_games']} distinct"
    words = _costs(match["first"], match["second"], costs)
    return {"claim": claim, "verdict": verdict, "evidence": f"{played}{words}"}
