"""What stands where in a page's figures, and whether it can be read."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from html import unescape


def figures(page: str) -> list[str]:
    """Every figure of ours on the page: those with a box of their own and a description."""
    return re.findall(r'<svg viewBox="0 0 \d[^>]*role="img" aria-label=.*?</svg>', page, re.S)


def texts(svg: str) -> list[tuple[str, float, float, float]]:
    """Every upright text of a figure with its left end, right end and height, by a letter's mean width."""
    found = []
    for element in ET.fromstring(svg.replace("<svg", '<svg xmlns="x"', 1)).iter("{x}text"):
        style = element.attrib["style"]
        size = float(re.search(r"([\d.]+)px", style)[1])  # type: ignore[index]
        moved = re.search(r"translate\(([\d.-]+) ([\d.-]+)\)( rotate\(-90\))?", element.get("transform", ""))
        if "rotate(-90" in element.get("transform", ""):
            continue
        x, y = float(element.get("x", "0")), float(element.get("y", "0"))
        if moved:
            x, y = float(moved[1]), float(moved[2])
        width = 0.53 * size * len(element.text or "")
        anchor = re.search(r"text-anchor: (\w+)", style)
        left = x - {"middle": width / 2, "end": width}.get(anchor[1] if anchor else "start", 0.0)
        found.append((element.text or "", left, left + width, y))
    return found


def assert_nothing_lies_outside(page: str) -> None:
    """Every figure has numbers, none of them impossible, and its texts lie within it."""
    for svg in figures(page):
        width, height = map(float, re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', svg).groups())  # type: ignore[union-attr]
        name = unescape(re.search(r'aria-label="([^"]*)"', svg)[1])  # type: ignore[index]
        assert not re.search(r"\b(nan|inf)\b", svg, re.I), name
        assert re.search(r"\d", name), name
        for text, left, right, y in texts(svg):
            assert left >= -6, (name[:40], text, left)
            assert right <= width + 6, (name[:40], text, right, width)
            assert -2 <= y <= height + 2, (name[:40], text)


def assert_no_text_covers_another(page: str) -> None:
    """Of every two texts of a figure either the heights or the ends differ."""
    for svg in figures(page):
        placed = texts(svg)
        for number, (text, left, right, y) in enumerate(placed):
            for other, start, end, height in placed[number + 1 :]:
                apart = abs(y - height) > 7 or right <= start + 5 or end <= left + 5
                assert apart, (svg[:120], text, other)
