"""The words and pictures of the over-optimisation lesson."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from markupsafe import Markup

from lab.lessons.estimate import Estimate, estimate
from lab.lessons.figures import SMALL, Look, Series, figure, figures
from lab.lessons.words import in_percent
from llm_bridge.preference import over_optimisation_tables as tables
from llm_bridge.preference.curves import Points, at_update, nats, signed
from llm_bridge.preference.over_optimisation import ARMS
from llm_bridge.preference.over_optimisation_claims import REMEDIES

CURVES = {"proxy": ("reward model", 1), "gold": ("raters", 2), "goal": ("right answers", 3)}
FAULTS = ("rlhf", "few", "gold")
SENTENCE = (
    "Run reinforcement against a reward model for a few hundred updates and stop: longer, it finds answers "
    "that the model loves and nobody else does, “the the the the”."
)
DISTANCE = "square root of the divergence, in nats an answer"
GAINED = "Reward model, raters and right answers, gained, in nats"
Result = dict[str, Any]


def headline(result: Result) -> str:
    """What came out, in a sentence that follows the verdicts."""
    told = verdicts(result)
    if told["the raters' own utility ends below its peak"] == "shown":
        return "The reward model's score goes on rising, and the raters are served ever worse"
    proxy, gold = (_gains(result, name) for name in ("proxy", "gold"))
    seeds = len(result["curves"]["rlhf"])
    some = "one seed" if seeds == 1 else f"{seeds} seeds"
    return (
        f"On {some} the reward model's score moves by {signed(proxy.mean)} nats and the raters' own utility "
        f"by {signed(gold.mean)}"
    )


def deck(result: Result) -> str:
    """The three numbers."""
    proxy, gold = (_gains(result, name) for name in ("proxy", "gold"))
    curves = result["curves"]["rlhf"]
    begin, end = (in_percent(estimate([points[n]["right"] for points in curves]).mean) for n in (0, -1))
    model, best = (
        in_percent(estimate([one[name] for one in result["models"]["many"]]).mean)
        for name in ("likely", "best")
    )
    return (
        f"Raters who {result['raters']['title']} compared answers; a model of them agrees with "
        f"{model} of what they say of others (the best possible: {best}). "
        f"Optimised, its score moves by {signed(proxy.mean)} nats, the raters' own utility by "
        f"{signed(gold.mean)}, and right answers go from {begin} to {end}."
    )


def verdicts(result: Result) -> dict[str, str]:
    """claim -> verdict."""
    return {claim["claim"]: claim["verdict"] for claim in result["claims"]}


def told(result: Result) -> dict[str, Any]:
    """Everything that over_optimisation.html asks for beside the record."""
    rows = tables.policies(result)
    return {
        "title": headline(result),
        "deck": deck(result),
        "sentence": SENTENCE,
        "looks": _looks(result),
        "arms": [(ARMS[arm], Markup(_small(result, arm)), _arm_words(result, arm)) for arm in FAULTS],
        "faults": [row for row in rows if row["arm"] in FAULTS],
        "remedies": [row for row in rows if row["arm"] == "rlhf" or row["arm"] in REMEDIES],
        "stops": tables.stops(result),
        "cap_figure": _cap(result),
        "cap": tables.cap(result),
        "exactly": _exactly(result),
        "chosen": tables.chosen(result["best_of_n"]),
        "fits": tables.fits(result["fits"]),
        "models": tables.models(result["models"], result["settings"]),
        "calibration": tables.calibration(result["models"]),
        "sweep": _sweep(result),
        "collapse": tables.collapse(result),
        "nearest": tables.nearest_collapse(result),
        "cap_places": tables.cap_places(result),
        "samples": tables.samples(result),
        "exercise": [(name, in_percent(chance)) for name, chance in result["exercise"].items()],
        "bias": tables.bias(result["bias"]),
    }


def table(result: Result) -> tuple[list[str], list[list[str]]]:
    """(columns, rows) for the terminal: means over seeds, at equal budget."""
    columns = ["rewarded", "its score", "raters", "right", "greedy", "nats away"]
    rows = []
    for arm, name in ARMS.items():
        mean = {key: estimate(values).mean for key, values in tables.at_budget(result, arm).items()}
        scores = [
            signed(mean["gain"]),
            nats(mean["gold"]),
            in_percent(mean["right"]),
            in_percent(mean["greedy"]),
        ]
        rows.append([name, *scores, f"{mean['kl']:.1f}"])
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


def _gains(result: Result, name: str) -> Estimate:
    return estimate([gained(points)[-1][name] for points in result["curves"]["rlhf"]])


def _series(seeds: Sequence[Points], axis: str, mean: bool) -> list[Series]:
    drawn = [gained(points) for points in seeds]
    return [Series(words, slot, axis, name, drawn, mean=mean) for name, (words, slot) in CURVES.items()]


def _range(values: Sequence[float]) -> tuple[float, float]:
    room = 0.08 * (max(values) - min(values) + 0.1)
    return min(values) - room, max(values) + room


def _heights(result: Result, arms: Sequence[str], names: Sequence[str] = tuple(CURVES)) -> list[float]:
    return [
        point[name]
        for arm in arms
        for points in result["curves"][arm]
        for point in gained(points)
        for name in names
    ]


def _both(series: Sequence[Series], look: Look, key: str, description: str) -> dict[str, Markup]:
    return {name: Markup(svg) for name, svg in figures(series, look, key, description).items()}


def _looks(result: Result) -> list[tuple[str, dict[str, Markup]]]:
    """The three curves over the distance from the imitator, and over updates."""
    bottom, top = _range(_heights(result, ["rlhf"]))
    looks = []
    views = (
        ("Over the distance from the imitator", "distance", DISTANCE),
        ("Over learning", "update", "updates"),
    )
    for title, axis, words in views:
        look = Look(words, bottom, top, share=False, digits=1)
        series = _series(result["curves"]["rlhf"], axis, mean=axis == "update")
        looks.append((title, _both(series, look, f"three-{axis}", GAINED)))
    return looks


def _small(result: Result, arm: str) -> str:
    budget = result["settings"]["policy"]["updates"]
    bottom, top = _range(_heights(result, FAULTS))
    look = Look("distance", bottom, top, share=False, digits=1)
    seeds = [[point for point in points if point["update"] <= budget] for points in result["curves"][arm]]
    series = _series(seeds, "distance", mean=False)
    if arm == "gold":  # what it is rewarded with is the raters' utility itself
        series = series[1:]
    return figure(series, look, SMALL, f"arm-{arm}", f"The three curves {ARMS[arm]}")


def _cap(result: Result) -> dict[str, Markup]:
    """The raters' utility over updates at two sizes of step."""
    names = {"rlhf": ("as above", 2), "slow": ("a quarter of the step", 4)}
    series = [
        Series(words, slot, "update", "gold", [gained(points) for points in result["curves"][arm]])
        for arm, (words, slot) in names.items()
    ]
    bottom, top = _range(_heights(result, list(names), ["gold"]))
    return _both(
        series, Look("updates", bottom, top, share=False, digits=2), "cap", "Raters' utility, gained"
    )


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
    bottom, top = _range([point[one.y] for one in series for points in one.seeds for point in points])
    look = Look(DISTANCE, bottom, top, share=False, digits=1)
    return _both(series, look, "exact", "Best of n and the best policy, computed from all answers")


def _from_start(rows: Points, chosen: Points, name: str) -> Points:
    return [{"distance": row["distance"], name: row[name] - chosen[0][name]} for row in rows]


def _sweep(result: Result) -> dict[str, Markup]:
    """Agreement over labels, a line a size, below the best possible."""
    sizes = sorted({row["weights"] for row in result["sweep"][0]})
    series = []
    for slot, size in enumerate(sizes, 1):
        lines = [[row for row in rows if row["weights"] == size] for rows in result["sweep"]]
        series.append(Series(f"{size / 1000:.0f} k weights", slot, "labels", "likely", lines))
    best = estimate([rows[0]["best"] for rows in result["sweep"]]).mean
    bottom, _ = _range([row["likely"] for rows in result["sweep"] for row in rows])
    look = Look("comparisons", min(0.5, bottom), best + 0.02, log=True, lines=((best, "best possible"),))
    return _both(series, look, "sweep", "Agreement of reward models with raters, by labels and size")


def _arm_words(result: Result, arm: str) -> str:
    budget = result["settings"]["policy"]["updates"]
    seeds = result["curves"][arm]
    begin, end = ([at_update(points, place) for points in seeds] for place in (0, budget))
    right = [in_percent(estimate([point["right"] for point in some]).mean) for some in (begin, end)]
    shouts = estimate([point["shouts"] for point in end]).mean
    return f"Right answers from {right[0]} to {right[1]}, {shouts:.1f} “!” an answer at the end."
