"""Pictures handed to the report, rebuilt from what a drawing needs and nothing else.

A result file may come from anybody; an SVG may hold scripts and addresses. Only known elements and
attributes are kept.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from html import escape

from lab.report.result import ResultError

ELEMENTS = frozenset(
    """svg g defs rect circle ellipse line polyline polygon path text tspan title
    linearGradient radialGradient stop""".split()  # noqa: SIM905  (a list of forty strings reads worse)
)
ATTRIBUTES = frozenset(
    """id viewBox width height x y x1 y1 x2 y2 cx cy r rx ry fx fy dx dy d points transform opacity
    fill fill-opacity fill-rule stroke stroke-width stroke-opacity stroke-dasharray stroke-linecap
    stroke-linejoin offset stop-color stop-opacity gradientUnits gradientTransform text-anchor
    dominant-baseline font-size font-family font-weight role aria-label""".split()  # noqa: SIM905
)
HARMLESS = re.compile(r"url\(#[\w-]+\)|(?!.*(url|javascript|//|\\))[^<>]*", re.I | re.S)


def safe_svg(svg: str, prefix: str = "") -> str:
    """The drawing without anything that could run, load or style the page; raises ResultError.

    `prefix` goes before its ids, so that several drawings can stand on one page."""
    if "<!" in svg.replace("<!--", ""):
        raise ResultError("a board's svg declares a document type, which no drawing of ours does")
    try:
        root = ET.fromstring(svg)
    except ET.ParseError as error:
        raise ResultError(f"a board's svg cannot be read: {error}") from error
    if _name(root) != "svg":
        raise ResultError(f"a board's svg begins with <{_name(root)}>")
    return _rebuild(root, prefix)


def _rebuild(element: ET.Element, prefix: str) -> str:
    kept = "".join(
        f' {key}="{escape(_prefixed(key, value, prefix))}"'
        for key, value in element.attrib.items()
        if key in ATTRIBUTES and HARMLESS.fullmatch(value)
    )
    inside = escape(element.text or "")
    for child in element:
        inside += (_rebuild(child, prefix) if _name(child) in ELEMENTS else "") + escape(child.tail or "")
    return f"<{_name(element)}{kept}>{inside}</{_name(element)}>"


def _prefixed(key: str, value: str, prefix: str) -> str:
    if key == "id":
        return prefix + value
    return value.replace("url(#", f"url(#{prefix}")


def _name(element: ET.Element) -> str:
    return str(element.tag).rpartition("}")[2]
