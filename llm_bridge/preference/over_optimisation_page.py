"""The words and pictures of the over-optimisation lesson."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from markupsafe import Markup

from lab.lessons.estimate import Estimate, estimate
from lab.lessons.figures import SMALL, Look, Series, figure, figures
from llm_bridge.preference.over_optimisation import ARMS, ends, nats, peak_of, percent

CURVES = {"proxy": ("reward model", 1), "gold": ("raters", 2), "goal": ("right answers", 3)}
SENTENCE = (
    "Run reinforcement against a reward model for a few hundred updates and stop: longer, it finds answers "
    "that the model loves and nobody else does, “the the the the”."
)
DISTANCE = "square root of the divergence, in nats an answer"
Result = dict[str, Any]
Points = list[dict[str, float]]


def headline(result: Result) -> str:
    """What came out, in a sentence that follows the verdicts."""
    told = verdicts(result)
    if told["the raters' own utility ends below its peak"] == "shown":
        return "The reward model's score goes on rising, and the raters are served ever worse"
    proxy, gold = (_gains(result, "rlhf", name) for name in ("proxy", "gold"))
    seeds = len(result["curves"]["rlhf"])
    some = "one seed" if seeds == 1 else f"{seeds} seeds"
    return (
        f"On {some} the reward model's score moves by {_signed(proxy.mean)} nats and the raters' own utility "
        f"by {_signed(gold.mean)}"
    )


def deck(result: Result) -> str:
    """The three numbers."""
    proxy, gold = (_gains(result, "rlhf", name) for name in ("proxy", "gold"))
    begin, end = (ends(result["curves"]["rlhf"], "right", place) for place in (0, -1))
    model = estimate([one["agreement"] for one in result["models"]["many"]])
    best = estimate([one["best"] for one in result["models"]["many"]])
    return (
        f"Raters who {result['raters']['title']} compared answers; a model of them agrees with "
        f"{percent(model.mean)} of what they say of others (the best possible: {percent(best.mean)}). "
        f"Optimised, its score moves by {_signed(proxy.mean)} nats, the raters' own utility by "
        f"{_signed(gold.mean)}, and right answers go from {percent(begin.mean)} to {percent(end.mean)}."
    )


def verdicts(result: Result) -> dict[str, str]:
    """claim -> verdict."""
    return {claim["claim"]: claim["verdict"] for claim in result["claims"]}


def told(result: Result) -> dict[str, Any]:
    """Everything that over_optimisation.html asks for beside the record."""
    return {
        "title": headline(result),
        "deck": deck(result),
        "sentence": SENTENCE,
        "looks": _looks(result),
        "arms": [(ARMS[arm], Markup(_small(result, arm)), _arm_words(result, arm)) for arm in ARMS],
        "exactly": _exactly(result),
        "rows": [_row(result, arm) for arm in ARMS],
        "models": [_model(kind, result["models"][kind]) for kind in ("many", "few")],
        "chosen": _chosen(result["best_of_n"]),
        "samples": _samples(result),
        "fits": _fits(result["fits"]),
        "exercise": [(name, percent(chance)) for name, chance in result["exercise"].items()],
    }


def table(result: Result) -> tuple[list[str], list[list[str]]]:
    """(columns, rows) for the terminal: means over seeds, at the end."""
    columns = ["rewarded", "its score", "raters", "right", "greedy", "nats away"]
    rows = []
    for arm, name in ARMS.items():
        seeds = result["curves"][arm]
        gold, right, greedy, kl = (ends(seeds, key).mean for key in ("gold", "right", "greedy", "kl"))
        score = _signed(_gains(result, arm, "proxy").mean)
        rows.append([name, score, nats(gold), percent(right), percent(greedy), f"{kl:.1f}"])
    return columns, rows


# --- curves ---


def gained(points: Points, unit: float = 3.0) -> Points:
    """A curve's scores less those of its beginning; `goal`: right answers at `unit` nats each, which is what
    these raters give for one."""
    first = points[0]
    return [
        point
        | {name: point[name] - first[name] for name in ("proxy", "gold")}
        | {"goal": unit * (point["right"] - first["right"])}
        for point in points
    ]


def _gains(result: Result, arm: str, name: str) -> Estimate:
    return estimate([gained(points)[-1][name] for points in result["curves"][arm]])


def _signed(value: float) -> str:
    return f"{value:+.2f}".replace("-", "−")


def _series(seeds: Sequence[Points], axis: str, mean: bool) -> list[Series]:
    drawn = [gained(points) for points in seeds]
    return [Series(words, slot, axis, name, drawn, mean=mean) for name, (words, slot) in CURVES.items()]


def _range(result: Result, arms: Sequence[str]) -> tuple[float, float]:
    values = [
        point[name]
        for arm in arms
        for points in result["curves"][arm]
        for point in gained(points)
        for name in CURVES
    ]
    room = 0.08 * (max(values) - min(values) + 0.1)
    return min(values) - room, max(values) + room


def _looks(result: Result) -> list[tuple[str, dict[str, Markup]]]:
    """The three curves over the distance from the imitator, and over updates."""
    bottom, top = _range(result, ["rlhf"])
    looks = []
    for title, axis, words in (
        (
            "Over the distance from the imitator",
            "distance",
            "square root of the divergence, in nats an answer",
        ),
        ("Over learning", "update", "updates"),
    ):
        look = Look(words, bottom, top, share=False, digits=1)
        series = _series(result["curves"]["rlhf"], axis, mean=axis == "update")
        pair = figures(
            series, look, f"three-{axis}", "Reward model, raters and right answers, gained, in nats"
        )
        looks.append((title, {name: Markup(svg) for name, svg in pair.items()}))
    return looks


def _small(result: Result, arm: str) -> str:
    bottom, top = _range(result, list(ARMS))
    look = Look("distance", bottom, top, share=False, digits=1)
    series = _series(result["curves"][arm], "distance", mean=False)
    if arm == "gold":  # what it is rewarded with is the raters' utility itself
        series = series[1:]
    return figure(series, look, SMALL, f"arm-{arm}", f"The three curves {ARMS[arm]}")


def _exactly(result: Result) -> dict[str, Markup]:
    """Best of n on the line of the best there is, by the model's score and by the raters' gold."""
    series = []
    for name, slot in (("proxy", 1), ("gold", 2)):
        for key, words, dashed in (("best_of_n", "best of n", False), ("posterior", "best policy", True)):
            drawn = [
                _from_start(rows, chosen, name)
                for rows, chosen in zip(result[key], result["best_of_n"], strict=True)
            ]
            series.append(
                Series(f"{CURVES[name][0]}, {words}", slot, "distance", name, drawn, dashed, mean=False)
            )
    values = [point[one.y] for one in series for points in one.seeds for point in points]
    room = 0.08 * (max(values) - min(values) + 0.1)
    look = Look(DISTANCE, min(values) - room, max(values) + room, share=False, digits=1)
    pair = figures(series, look, "exact", "Best of n and the best policy, computed from all answers")
    return {name: Markup(svg) for name, svg in pair.items()}


def _from_start(rows: Points, chosen: Points, name: str) -> Points:
    return [{"distance": row["distance"], name: row[name] - chosen[0][name]} for row in rows]


# --- tables ---


def short(known: Estimate, words: Callable[[float], str]) -> str:
    """A mean with its interval; of one seed the number alone."""
    return known.told(words) if known.low is not None else words(known.mean)


def _row(result: Result, arm: str) -> dict[str, str]:
    seeds = result["curves"][arm]
    peak = estimate([peak_of(points)["gold_second"] for points in seeds])
    collapsed = sum(one[arm]["repeating"] > 0.5 or one[arm]["same"] > 0.5 for one in result["collapse"])
    return {
        "name": ARMS[arm],
        "proxy": _signed(_gains(result, arm, "proxy").mean),
        "gold": short(ends(seeds, "gold"), nats),
        "peak": short(peak, nats),
        "right": short(ends(seeds, "right"), percent),
        "greedy": short(ends(seeds, "greedy"), percent),
        "kl": f"{ends(seeds, 'kl').mean:.1f}",
        "collapsed": f"{collapsed} of {len(seeds)}",
    }


def _arm_words(result: Result, arm: str) -> str:
    seeds = result["curves"][arm]
    right = [percent(ends(seeds, "right", place).mean) for place in (0, -1)]
    shouts = ends(seeds, "shouts").mean
    return f"Right answers from {right[0]} to {right[1]}, {shouts:.1f} “!” an answer at the end."


def _model(kind: str, models: Sequence[dict[str, Any]]) -> dict[str, str]:
    def mean(name: str) -> str:
        return short(estimate([one[name] for one in models]), percent)

    sure = [
        f"{percent(belief)}: {percent(share)} of {count}" for belief, share, count in models[0]["calibration"]
    ]
    knows = [one["right_above_wrong"] for one in models if one["right_above_wrong"] is not None]
    return {
        "name": f"{models[0]['comparisons']:,} comparisons",
        "agreement": mean("agreement"),
        "likely": mean("likely"),
        "best": mean("best"),
        "right": short(estimate(knows), percent) if knows else "–",
        "calibration": "; ".join(sure),
    }


def _chosen(seeds: Sequence[Points]) -> list[dict[str, str]]:
    rows = []
    for place, first in enumerate(seeds[0]):
        values = {
            name: estimate([points[place][name] for points in seeds]) for name in ("kl", "gold", "right")
        }
        rows.append(
            {
                "n": f"{first['n']:.0f}",
                "kl": short(values["kl"], nats),
                "bound": nats(first["bound"]),
                "gold": short(values["gold"], nats),
                "right": short(values["right"], percent),
            }
        )
    return rows


def _samples(result: Result) -> list[dict[str, Any]]:
    return [
        {"arm": ARMS[one["arm"]], "update": one["update"], "answers": one["answers"]}
        for one in result["samples"]
    ]


def _fits(told: dict[str, Any]) -> list[tuple[str, str, str, str]]:
    """(what, formula, error, error left out) of every fit."""

    def words(value: float | None) -> str:
        return "–" if value is None else f"{value:.3f}"

    return [
        (kind, formula, words(fit["error"]), words(fit["left_out_error"]))
        for kind, fits in told.items()
        for formula, fit in fits.items()
    ]
