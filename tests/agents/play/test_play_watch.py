"""Lessons watched in the window: their episodes replayed by the worlds' own rules, frame by frame."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pygame
import pytest

from agents.commands.window import Play, start_of
from agents.play import paint
from agents.play.engine import Engine
from agents.play.film import load_films
from agents.play.scene import House
from agents.play.settings import Settings
from agents.play.sound import Sounds
from agents.play.watch import WatchScene
from games.notation import NotationError

EAST, NORTH = 1, 0


def lesson(folder: Path, **changes: Any) -> Path:
    """A lesson with two stages: into the wall, and a shortest path."""
    stages = [
        {"label": "before: north", "actions": [NORTH] * 3},
        {"label": "after: east", "actions": [EAST] * 4 + [NORTH] * 4 + [EAST] * 3},
    ]
    told = {
        "schema": "move37-lesson/1",
        "lesson": "gridworld",
        "title": "The grid",
        "result": {"stages": stages},
    }
    folder.mkdir(exist_ok=True)
    (folder / "lesson.json").write_text(json.dumps(told | {"result": {"stages": stages}} | changes))
    return folder


def test_a_film_follows_the_rules_of_its_world(tmp_path: Path) -> None:
    title, (before, after) = load_films(lesson(tmp_path / "run"))
    assert title == "The grid"
    assert len(before.frames) == 4
    assert len(after.frames) == 9, "it ends at the goal, whatever was written behind it"
    assert [frame.paid for frame in after.frames[:3]] == [0.0, -2.0, -4.0]
    assert after.frames[-1].paid == after.frames[-1].earned == -16.0
    assert (after.frames[1].action, after.frames[5].action) == ("east", "north")
    assert (after.frames[0].picture != after.frames[1].picture).any()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"lesson": "chess"}, "chess"),
        ({"schema": "other/1"}, "schema"),
        ({"result": {"stages": []}}, "no episode"),
        ({"result": {"stages": [{"label": "x", "actions": [9]}]}}, "9"),
        ({"result": {"stages": [{"label": "x", "actions": ["no"]}]}}, "no"),
    ],
)
def test_what_cannot_be_watched_is_told_before_a_window_opens(
    tmp_path: Path, changes: dict[str, Any], words: str
) -> None:
    folder = lesson(tmp_path / "run", **changes)
    with pytest.raises(NotationError, match=rf"(?s)lesson\.json is no lesson.*{words}"):
        start_of(Play(load=folder))


@pytest.fixture
def scene(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")
    pygame.display.init()
    pygame.font.init()
    pygame.display.set_mode((1100, 740))
    house = House(Engine(lambda: None), Settings(), Sounds(False), [])
    shown = WatchScene(house, *load_films(lesson(tmp_path / "run")))
    shown.resize(1100, 740)
    yield shown
    house.engine.close()
    paint.forget()  # pictures of a display that is gone
    pygame.quit()


def press(scene: WatchScene, key: int, typed: str = "") -> None:
    scene.handle(pygame.event.Event(pygame.KEYDOWN, key=key, unicode=typed, mod=0))


def test_it_plays_by_itself_to_the_end(scene: WatchScene) -> None:
    seen = []
    for _ in range(10):
        seen.append(scene.at)
        scene.house.now += (scene.due_in() or 0.0) + 1e-6
        scene.tick()
    assert seen == [0, 1, 2, 3, 3, 3, 3, 3, 3, 3]
    assert not scene.playing
    assert scene.due_in() is None
    press(scene, pygame.K_SPACE, " ")
    assert (scene.at, scene.playing) == (0, True), "played again from the beginning"


def test_steps_stages_and_speed_by_key(scene: WatchScene) -> None:
    press(scene, pygame.K_DOWN)
    assert scene.film == 1
    press(scene, pygame.K_RIGHT)
    press(scene, pygame.K_RIGHT)
    press(scene, pygame.K_LEFT)
    assert (scene.at, scene.playing) == (1, False)
    before = scene.house.settings.speed
    press(scene, pygame.K_PLUS, "+")
    assert scene.house.settings.speed > before
    press(scene, pygame.K_UP)
    assert (scene.film, scene.at, scene.playing) == (0, 0, True)
    press(scene, pygame.K_ESCAPE)
    assert scene.house.next_scene is not None


@pytest.mark.parametrize("size", [(640, 480), (1100, 740), (700, 1000)])
def test_nothing_overlaps_and_the_picture_is_there(scene: WatchScene, size: tuple[int, int]) -> None:
    scene.resize(*size)
    target = pygame.Surface(size)
    scene.draw(target)
    boxes = [widget.box for widget in scene.widgets]
    window = target.get_rect()
    assert all(window.contains(box) for box in boxes)
    assert all(not a.colliderect(b) for i, a in enumerate(boxes) for b in boxes[:i])
    stage, panel, _ = scene._areas()
    assert not stage.colliderect(panel)
    assert len({tuple(target.get_at((x, stage.centery))) for x in range(stage.left, stage.right, 3)}) > 5
