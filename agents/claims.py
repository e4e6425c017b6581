"""What a run's numbers bear: claims with a verdict and the figures behind it, controls among them."""

from __future__ import annotations

from typing import Any

from agents.ladder import IMITATE, RUNGS
from lab.statistics import Score, above

Hard = dict[tuple[str, str], Score]  # (arm, style) -> the share of hard positions answered rightly
LINES = {"recorded": "as recorded", "best": "at best"}
STYLES = {"greedy": "raw", "searched": "searched"}
CONTROLS = (  # what goes past the human too, and so is no merit of self-play
    ("winners", "greedy", "the winners' imitator, raw,"),
    ("imitator", "searched", "the imitator, with search,"),
    ("imitate-zero", "greedy", "the imitator of Zero, raw,"),
    ("imitate-perfect", "greedy", "the imitator of the perfect player, raw,"),
)
MARGIN = 0.05  # "stops at its teacher" means: within so much of the teacher's best


def claims_of(
    panel: str, lines: dict[str, Score] | None, scores: dict[str, Any], played: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """The claims of a panel: `lines` of its human, `scores` by arm, style and category, matches `played`."""
    hard = {(arm, style): Score.from_json(s[style]["hard"]) for arm, s in scores.items() for style in s}
    if panel == "slips":
        return _of_slips(hard, lines, played)
    claims = _against_lines(hard, lines) if lines else []
    learners = [name for name, rung in RUNGS.items() if rung.function != IMITATE]
    return claims + _between_arms(hard) + [_wins(match) for match in played if match["first"] in learners]


def _of_slips(
    hard: Hard, lines: dict[str, Score] | None, played: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    text = "the greedy imitator passes the slipping human as recorded"
    claims = [_passes(text, hard["slips-imitator", "greedy"], lines["recorded"])] if lines else []
    return claims + [_wins(match) for match in played if match["first"] == "slips-imitator"]


def _against_lines(hard: Hard, lines: dict[str, Score]) -> list[dict[str, Any]]:
    """Who passes the human, and who must not if imitation is to stop at its teacher."""
    claims = []
    for arm in ("zero", "master", "policy-gradient", "own-wins"):
        for style, words in STYLES.items():
            searching = arm in ("zero", "master")
            if (arm, style) in hard and (searching or style == "greedy"):
                claims += [
                    _passes(
                        f"{RUNGS[arm].title}, {words}, passes the human {LINES[line]}",
                        hard[arm, style],
                        lines[line],
                    )
                    for line in LINES
                ]
    if ("imitator", "greedy") in hard:
        claims.append(_stays("the greedy imitator", hard["imitator", "greedy"], lines["best"]))
    if ("more-imitation", "greedy") in hard:
        claims.append(
            _stays("the greedy imitator of more games", hard["more-imitation", "greedy"], lines["best"])
        )
    return claims + [
        _passes(f"{words} passes the human at best", hard[arm, style], lines["best"])
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


def _between_arms(hard: Hard) -> list[dict[str, Any]]:
    return [
        _passes(
            f"{RUNGS[first].title} passes {RUNGS[second].title}, both {STYLES[style]}",
            hard[first, style],
            hard[second, style],
        )
        for first, second, styles in CONTESTS
        for style in styles
        if {(first, style), (second, style)} <= set(hard)
    ]


def _passes(claim: str, score: Score, other: Score) -> dict[str, Any]:
    verdict = "shown" if above(score, other) else "contradicted" if above(other, score) else "not shown"
    return {"claim": claim, "verdict": verdict, "evidence": f"{score} against {other}"}


def _stays(who: str, score: Score, ceiling: Score) -> dict[str, Any]:
    """One-sided equivalence: that the imitator passes its ceiling by so much can be shut out, or not.

    The ceiling is exact on these positions, so the imitator's own interval decides.
    """
    limit = ceiling.rate + MARGIN
    verdict = "shown" if score.high < limit else "contradicted" if score.low > limit else "not shown"
    claim = f"{who} does not pass the human at best by {100 * MARGIN:.0f} points or more"
    return {"claim": claim, "verdict": verdict, "evidence": f"{score} against {ceiling.rate:.3f}"}


def _wins(match: dict[str, Any]) -> dict[str, Any]:
    score = Score.from_json(match["score"])
    words = [
        f"{match[side]}{f' with {n} simulations' if (n := match[f'{side}_simulations']) else ''}"
        for side in ("first", "second")
    ]
    verdict = "shown" if score.low > 0.5 else "contradicted" if score.high < 0.5 else "not shown"
    return {
        "claim": f"{words[0]} beats {words[1]}",
        "verdict": verdict,
        "evidence": f"{score} of {match['games']} games, {match['distinct_games']} distinct",
    }
