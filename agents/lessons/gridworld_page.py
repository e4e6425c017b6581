"""What the page of the first lesson is filled with: its pictures and its words, from the result alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from markupsafe import Markup

from agents.lessons.credit import RULES
from agents.lessons.grid_pictures import credit_svg, policy_film, policy_svg, standalone, values_svg
from agents.lessons.gridworld import BEST_RETURN, CREDIT_EPISODES, SHORTEST
from lab.durable import replace_file
from lab.lessons.estimate import estimate_of
from lab.lessons.figures import Look, Series, figures
from lab.report.palette import DARK, LIGHT, css

SLOTS = {"reinforce": 5, "actor-critic": 10, "q-learning": 3}  # colours
NAMES = {"reinforce": "REINFORCE", "actor-critic": "actor-critic", "q-learning": "Q-learning"}
STRIP = (0.0, 0.15, 0.3, 0.5, 1.0)  # moments of the film that stand beside each other


def headline(result: dict[str, Any]) -> str:
    """What came out, in a sentence."""
    solved = result["methods"]["reinforce"]["solved"]
    if not any(solved):
        return "On no seed did the policy find a shortest path"
    on = "On every seed" if all(solved) else f"On {sum(solved)} of {len(solved)} seeds"
    return f"{on} the policy finds a shortest path, without knowing the map"


def deck(result: dict[str, Any]) -> str:
    """The rest of what came out, in a few sentences."""
    methods = {name: estimate_of(row["env_steps"]) for name, row in result["methods"].items()}
    more = {name: "more than " if value.censored else "" for name, value in methods.items()}
    steps = ", ".join(f"{NAMES[name]} {more[name]}{value.mean:,.0f}" for name, value in methods.items())
    seconds = result["methods"]["reinforce"]["cpu_seconds"]["mean"]
    return (
        f"It starts as a random walk of {result['film'][0]['steps']:.0f} steps and ends at "
        f"{result['film'][-1]['steps']:.1f}; {SHORTEST} are the fewest. REINFORCE needs "
        f"{more['reinforce']}{seconds:.1g} seconds on one core. Steps in the world until the first choices "
        f"make a shortest path: {steps}."
    )


def told(result: dict[str, Any]) -> dict[str, Any]:
    """Everything that gridworld.html asks for beside the record."""
    return {
        "title": headline(result),
        "deck": deck(result),
        "film": Markup(policy_film(result["film"], result["truth"]["best"])),
        "strip": _strip(result),
        "reinforce": result["settings"]["reinforce"],
        "looks": _looks(result),
        "start": result["curves"]["reinforce"][0][0]["return"],
        "rows": [_row(name, row) for name, row in result["methods"].items()],
        "values": [(_discount_words(gamma), Markup(values_svg(values, f"Values with discount {gamma}")))
                   for gamma, values in result["truth"]["values"].items()],
        "credit": [_credit(rule, words, result) for rule, words in RULES.items()],
        "length": len(result["example"]["actions"]),
        "merit": _merit(len(result["example"]["actions"]), result["film"][0]["steps"]),
        "batch": CREDIT_EPISODES,
    }  # fmt: skip


def write_animation(path: Path, result: dict[str, Any]) -> None:
    """The moving policy as an SVG file of its own."""
    film = policy_film(result["film"], result["truth"]["best"])
    replace_file(path, standalone(film, css(LIGHT), css(DARK)).encode())


def table(result: dict[str, Any]) -> tuple[list[str], list[list[str]]]:
    """(columns, rows) for the terminal."""
    columns = ["learner", "seeds that find it", "steps until then", "return in the end"]
    rows = [_row(name, row) for name, row in result["methods"].items()]
    return columns, [[row["name"], row["solved"], row["steps"], row["end"]] for row in rows]


def _strip(result: dict[str, Any]) -> list[tuple[str, Markup]]:
    film, best = result["film"], result["truth"]["best"]
    moments = [film[round(share * (len(film) - 1))] for share in STRIP]
    return [
        (
            f"{moment['episodes']:,} episodes: {moment['steps']:.1f} steps",
            Markup(policy_svg(moment, best, f"The policy after {moment['episodes']} episodes")),
        )
        for moment in moments
    ]


def _looks(result: dict[str, Any]) -> list[tuple[str, dict[str, Markup]]]:
    """The curves over steps and over CPU time."""
    looks = []
    for axis, title, words in (
        ("env_steps", "Over steps in the world", "steps in the world"),
        ("cpu_seconds", "Over CPU time", "seconds of CPU time, learning alone"),
    ):
        series = [
            Series(NAMES[name], SLOTS[name], axis, "return", seeds)
            for name, seeds in result["curves"].items()
        ]
        look = Look(words, -206.0, -6.0, share=False, log=True, lines=((BEST_RETURN, "the truth"),))
        drawn = figures(series, look, f"grid-{axis}", f"Return of three learners over {words}")
        looks.append((title, {name: Markup(svg) for name, svg in drawn.items()}))
    return looks


def _row(name: str, row: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": NAMES[name],
        "slot": SLOTS[name],
        "solved": f"{sum(row['solved'])} of {len(row['solved'])}",
        "steps": estimate_of(row["env_steps"]).told("{:,.0f}".format),
        "cpu": estimate_of(row["cpu_seconds"]).told("{:.2f} s".format),
        "end": estimate_of(row["return"]).told("{:.2f}".format),
        "each": row["return"]["values"],
    }


def _merit(length: int, usual: float) -> str:
    """Why a baseline praises or blames the whole of an episode."""
    if length < usual:
        return (
            f"{length} steps beat the {usual:.0f} of an average walk: less the mean nearly all are praised."
        )
    return f"{length} steps are more than the {usual:.0f} of an average walk: less the mean many are blamed."


def _discount_words(gamma: str) -> Markup:
    apart = 2 * float(gamma) ** (SHORTEST - 1)
    return Markup("<b>γ = {}.</b> At the start one step nearer to the goal is worth {:.2g}.").format(
        gamma, apart
    )


def _credit(rule: str, words: str, result: dict[str, Any]) -> tuple[str, str, str, Markup]:
    shown = result["example"]
    cosine = estimate_of(result["credit"][rule]).told("{:.2f}".format)
    svg = credit_svg(shown["states"], shown["actions"], shown["credit"][rule], f"Credit by {rule}")
    return rule, words, f"Points uphill by {cosine}.", Markup(svg)
