"""Pictures of positions."""

import xml.etree.ElementTree as ElementTree

import numpy as np

from games.connect_four import GAME
from games.drawing import DARK, FIRST, HOLE, PALE, SECOND, connect_four_svg
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


def test_a_number_stands_on_the_stone_it_names_in_an_ink_that_is_seen_there() -> None:
    state = parse_game(GAME, "77")[1][-1]
    root = ElementTree.fromstring(connect_four_svg(state, numbers={(6, 0): "1", (6, 1): "2"}))
    texts = {node.text: node for node in root.iter("{http://www.w3.org/2000/svg}text")}
    assert {text: (node.get("x"), node.get("y")) for text, node in texts.items()} == {
        "1": ("260.0", "225.0"),
        "2": ("260.0", "185.0"),
    }
    assert (texts["1"].get("fill"), texts["2"].get("fill")) == (DARK, PALE)
