"""Pictures of Go positions."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest

from games.go import go_game, score
from games.go_drawing import INK, PAPER, colors_of, go_picture, go_svg, go_text, star_points, wood

GAME = go_game(5)
SVG = "{http://www.w3.org/2000/svg}"


def played(moves: str, size: int = 5) -> np.void:
    game = go_game(size)
    state = game.new(1)
    for move in moves.split():
        state = game.step(state, np.array([game.action_names.index(move)]))
    return state[0]


def circles(svg: str) -> list[ElementTree.Element]:
    return [node for node in ElementTree.fromstring(svg).iter(f"{SVG}circle") if node.get("fill") != "none"]


def hexed(colour: tuple[int, int, int]) -> str:
    return "#" + "".join(f"{part:02x}" for part in colour)


def test_stones_lie_where_they_were_put_and_taken_ones_nowhere() -> None:
    stones = circles(go_svg(played("A4 A5 pass B4 B5")))  # B5 takes A5
    found = {(node.get("fill"), float(node.get("cx", "")), float(node.get("cy", ""))) for node in stones}
    black, white = hexed(INK), hexed(PAPER)
    assert found == {(black, 40.0, 80.0), (white, 80.0, 80.0), (black, 80.0, 40.0)}


def test_the_last_stone_is_ringed_and_a_pass_is_not() -> None:
    rings = [
        sum(node.get("fill") == "none" for node in ElementTree.fromstring(go_svg(played(moves))).iter())
        for moves in ("", "C3", "C3 pass")
    ]
    assert rings == [0, 1, 0]


def test_words_numbers_and_territory() -> None:
    state = played("C3 C4")
    owner = [1.0] * 10 + [0.0] * 5 + [-0.5] * 10
    svg = go_svg(state, {6: "zero <b>", 25: "human"}, 'a "title"', {12: "1"}, owner)
    root = ElementTree.fromstring(svg)
    assert root.get("aria-label") == 'a "title"'
    texts = [node.text for node in root.iter(f"{SVG}text")]
    assert "a: zero <b>" in texts
    assert "pass: human" in texts
    assert texts.count("1") == 3, "twice the row's name, once the stone's"
    squares = [node for node in root.iter(f"{SVG}rect") if node.get("stroke-width") == "1"]
    assert len(squares) == 20, "White's stone C4 among Black's points counts as a dead one"
    sides = [float(node.get("width", "")) for node in squares]
    assert sides[0] == 15.0
    assert sides[-1] == pytest.approx(15 * 0.5**0.5, abs=0.001)


def test_pixels_show_stones_from_the_top_row_on() -> None:
    picture = go_picture(played("A5 E1"), 280, 280).astype(int)
    assert picture.shape == (280, 280, 3)
    assert picture[40, 40].max() < 110, "Black's A5, top left"
    assert picture[240, 240].min() > 200, "White's E1"
    assert picture[240, 251].max() < 110, "its ring"
    empty = go_picture(played(""), 280, 280)
    assert not np.array_equal(empty, picture)
    assert np.array_equal(go_picture(played(""), 280, 280), empty), "what is kept is not painted over"
    wide = go_picture(played("C3"), 400, 280)
    assert wide[140, 200].max() < 110, "in the middle"


def test_wood_is_calm() -> None:
    grain = wood(300, 200).astype(float)
    assert grain.std(axis=(0, 1)).max() < 12


def test_text_names_the_lines_and_brackets_the_last_stone() -> None:
    assert go_text(played("A5 E5 C3")).splitlines() == [
        "   A B C D E",
        " 5 X . . . O 5",
        " 4 . . . . . 4",
        " 3 . .(X). . 3",
        " 2 . . . . . 2",
        " 1 . . . . . 1",
        "   A B C D E",
        "White to move, komi 24.5",
    ]
    assert go_text(played("A5 E5")).splitlines()[1] == " 5 X . . .(O)5"
    assert "after a pass" in go_text(played("pass"))


def test_star_points() -> None:
    assert star_points(5) == (12,)
    assert len(star_points(7)) == len(star_points(9)) == len(star_points(13)) == 5
    assert len(star_points(19)) == 9
    assert star_points(9)[0] == 20
    assert star_points(4) == ()


def test_colors_are_the_rules_own() -> None:
    state = played("A4 A5 pass B4 B5")
    assert colors_of(state).tolist().count(0) == 2
    _, owner = score(state[None])
    assert owner.shape == (1, 25)
