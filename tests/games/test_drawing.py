"""Pictures of positions."""

import xml.etree.ElementTree as ElementTree

import numpy as np

from games.connect_four import GAME
from games.drawing import FIRST, HOLE, SECOND, connect_four_svg
from games.notation import parse_game


def fills(svg: str) -> list[str]:
    root = ElementTree.fromstring(svg)
    return [node.get("fill", "") for node in root.iter("{http://www.w3.org/2000/svg}circle")]


def test_every_disc_is_drawn_in_its_players_colour() -> None:
    for text in ("", "4", "44", "443", "1234567"):
        states = parse_game(GAME, text)[1]
        drawn = fills(connect_four_svg(states[-1]))
        first, second = (len(text) + 1) // 2, len(text) // 2
        assert (drawn.count(FIRST), drawn.count(SECOND)) == (first, second)
        assert drawn.count(HOLE) == 42 - len(text)


def test_a_disc_lies_where_it_was_dropped() -> None:
    state = GAME.step(GAME.new(1), np.array([6]))[0]
    root = ElementTree.fromstring(connect_four_svg(state))
    disc = next(node for node in root.iter() if node.get("fill") == FIRST)
    assert (float(disc.get("cx", "")), float(disc.get("cy", ""))) == (260.0, 220.0)  # right, bottom


def test_words_are_escaped() -> None:
    svg = connect_four_svg(GAME.new(1)[0], {3: "<script>"}, 'a "title" & more')
    assert "<script>" not in svg
    assert ElementTree.fromstring(svg).get("aria-label") == 'a "title" & more'
