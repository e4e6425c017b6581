"""Texts of models on the page: shown as they are, as far as they are letters."""

from __future__ import annotations

from typing import Any

LONGEST = 600  # characters of a text that are shown


def readable(text: str) -> str:
    """A model's text without what is no letter: controls, changes of direction and halves of characters
    become a mark, and what runs on for ever is cut."""
    kept = "".join(letter if letter.isprintable() or letter == "\n" else "\ufffd" for letter in text)
    return kept if len(kept) <= LONGEST else f"{kept[:LONGEST]}…"


def told_samples(samples: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Problems with their right answer and the answers before and after, all readable."""
    return [
        {
            "prompt": readable(sample["prompt"]),
            "answer": readable(sample["answer"]),
            "sides": [(name, _answers(sample[name])) for name in ("before", "after") if sample[name]],
        }
        for sample in samples
    ]


def _answers(answers: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{"text": readable(answer["text"]), "correct": answer["correct"]} for answer in answers]


def samples_words(samples: list[dict[str, Any]]) -> str:
    """How many of the printed answers are right: an illustration, no measurement."""
    told = []
    for name in ("before", "after"):
        answers = [answer for sample in samples for answer in sample[name]]
        if answers:
            told.append(f"{sum(answer['correct'] for answer in answers)} of {len(answers)} {name}")
    return f"Right among those printed: {', '.join(told)}. A few answers, not a measurement." if told else ""


def told_texts(texts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rare right answers, all readable."""
    return [{name: readable(text[name]) for name in ("caption", "prompt", "text")} for text in texts]
