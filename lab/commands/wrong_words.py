"""A command line that could not be parsed, in one line, where it is one of the usual slips: a subcommand or
an option that there is not, or something to name that is missing."""

from __future__ import annotations

import dataclasses
import difflib
from collections.abc import Iterator, Mapping
from typing import get_type_hints

ALIKE = ({"--games", "--pairs", "--answers"}, {"--agent", "--first", "--human"}, {"--out", "--name"})
OF_A_WORLD = ("compare", "imitate", "reinforce", "demonstrate", "evaluate", "export")
NEEDED = {
    "lesson": "name a lesson: {lessons}",
    "runs": "say what: runs list, runs show RUN, runs delete RUN",
    "runs show": "name a run folder; `runs list` lists them: runs show RUN",
    "runs delete": "name a run folder; `runs list` lists them: runs delete RUN",
    "resume": "name a run folder; `runs list` lists them: resume RUN",
    "export": "name a run folder and its arm; `runs show RUN` lists them: export RUN ARM",
    "games": "name a file of games, an archive or a folder: games PATH",
}


def options_of(kind: type) -> list[str]:
    """The options of a subcommand's dataclass, those of its groups of settings as --group.name."""
    return [*_options(kind, "--"), "--help"]


def _options(kind: type, prefix: str) -> Iterator[str]:
    hints = get_type_hints(kind, include_extras=True)
    for setting in dataclasses.fields(kind):
        hint, name = hints[setting.name], f"{prefix}{setting.name.replace('_', '-')}"
        if dataclasses.is_dataclass(hint):
            yield from _options(hint, f"{name}.")  # type: ignore[arg-type]
        elif not getattr(hint, "__metadata__", ()):  # positional ones and subcommands
            yield name
            if hint is bool:
                yield f"{prefix}no-{setting.name.replace('_', '-')}"


def explained(arguments: list[str], kinds: Mapping[str, type], said: str, lessons: str = "") -> str | None:
    """One line about what is wrong with the arguments; None where it is something else.

    `kinds` are the subcommands by name ("runs show" as one), `said` is what the parser says of it, `lessons`
    are the names of those that there are.
    """
    words = [word for word in arguments if not word.startswith("-")]
    name = next((n for n in (" ".join(words[:2]), words[0] if words else "") if n in kinds), None)
    if name is None:
        return _no_subcommand(words, kinds) if words and "Available subcommands" in said else None
    if name == "runs" and len(words) > 1:
        return f"{words[1]!r} is nothing to do with runs: list, show or delete"
    given = [word.partition("=")[0].replace("_", "-") for word in arguments if word.startswith("--")]
    known = options_of(kinds[name])
    wrong = next((option for option in given if option not in known), None)
    if wrong is not None:
        return _no_option(name, wrong, known, kinds, "--world" in given)
    if name in NEEDED and ("Missing from" in said or "Missing subcommand" in said):
        return f"{name}: {NEEDED[name].format(lessons=lessons)}"
    return None


def _no_subcommand(words: list[str], kinds: Mapping[str, type]) -> str:
    names = list(dict.fromkeys(name.split()[0] for name in kinds))
    near = difflib.get_close_matches(words[0], names, n=1)
    hint = f" (did you mean {near[0]!r}?)" if near else ""
    return f"there is no subcommand {words[0]!r}{hint}: {', '.join(names)}"


def _no_option(name: str, wrong: str, known: list[str], kinds: Mapping[str, type], with_world: bool) -> str:
    """That a subcommand has no such option, its nearest, and who has it."""
    alike = [option for group in ALIKE if wrong in group for option in known if option in group]
    near = [*alike, *difflib.get_close_matches(wrong, known, n=3, cutoff=0.6)]
    words = f"{name} has no option {wrong}"
    if near:
        words += f"; the nearest: {', '.join(dict.fromkeys(near))}"
    else:
        others = [other for other, kind in kinds.items() if wrong in options_of(kind)]
        words += f" (as {', '.join(others)} has)" if others else ""
        words += "; each --world has its own" if name in OF_A_WORLD and not with_world else ""
    return f"{words}; all of them: python train.py {name} --help"
