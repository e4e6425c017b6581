"""What can be done in a game: each with a key and, most, with a button in the bar. One list for both."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pygame

from agents.play import paint
from agents.play.dialogs import HelpSheet, LadderSheet, OpenSheet
from agents.play.folder import SGF, TEXT, fresh_path
from agents.play.own_rating import NO_LADDER
from agents.play.seats import PERSON, full_name
from agents.play.settings import SPEEDS
from agents.play.table import Table
from agents.play.widgets import Button
from games.core import POINTS

if TYPE_CHECKING:
    from agents.play.game import GameScene

Do = Callable[["GameScene", Table], object]  # what comes back is nobody's affair
Is = Callable[["GameScene", Table], bool]


@dataclass(frozen=True)
class Control:
    """Something that can be done. `keys`: pygame's numbers; `control`: with Ctrl; `sign`: what is typed, for
    keys that lie elsewhere on other keyboards. A control without a glyph has no button. `rank`: the higher,
    the longer its words stay in a narrow bar. `here`: whether this game has it at all; its keys are another
    control's where it has not."""

    words: str
    tip: str
    do: Do
    glyph: str = ""
    keys: tuple[int, ...] = ()
    sign: str = ""
    control: bool = False
    rank: int = 0
    shown: Is = lambda scene, table: True
    enabled: Is = lambda scene, table: True
    on: Is = lambda scene, table: False
    here: Is = lambda scene, table: True


# --- what they do ---


def _menu(scene: GameScene, table: Table) -> None:
    scene.leave()


def _again(scene: GameScene, table: Table) -> None:
    scene.again()


def _undo(scene: GameScene, table: Table) -> None:
    if table.offer is not None:
        table.take_back()
    elif not table.undo():
        scene.house.tell("This is the start of the game")


def _redo(scene: GameScene, table: Table) -> None:
    if not table.redo():
        scene.house.tell("This is the last move")


def _hint(scene: GameScene, table: Table) -> None:
    if not table.ask_hint():
        scene.house.tell("A hint is for your own turn")


def _mistake(scene: GameScene, table: Table) -> None:
    if not table.analysing and not table.teaching:
        table.analyse(True)
    if not table.seek_mistake():
        waiting = any(verdict is None for verdict in table.verdicts())
        scene.house.tell("No mistake found so far" if waiting else "No mistakes in this game")


def _teaching(scene: GameScene, table: Table) -> None:
    table.teaching = scene.house.settings.teaching = not table.teaching
    table.assisted = table.assisted or bool(table.record.actions)  # verdicts were seen, or will be
    table.keep()
    scene.house.tell("Teaching: mistakes can be taken back" if table.teaching else "Teaching is off")


def _heat(scene: GameScene, table: Table) -> None:
    thoughts = table.shown()
    if thoughts is None:
        scene.house.tell("Policies are shown in analysis (A)")
        return
    scene.heat = (scene.heat + 1) % (len(thoughts.opinions) + 1)
    name = thoughts.opinions[scene.heat - 1].name if scene.heat else ""
    scene.house.tell(f"Warm: what the {name} would play" if name else "The board is plain again")


def _point(step: int) -> Do:
    def do(scene: GameScene, table: Table) -> None:
        thoughts = table.shown()
        if thoughts is None:
            scene.house.tell("Candidates are shown in analysis (A)")
            return
        actions = [candidate.action for candidate in thoughts.candidates if candidate.visits]
        at = actions.index(scene.pointed) + step if scene.pointed in actions else min(step, 0)
        scene.pointed = (
            actions[at]
            if 0 <= at < len(actions)
            else (actions[-1] if at == -1 and step < 0 and scene.pointed is None else None)
        )

    return do


def _speed(step: int) -> Do:
    def do(scene: GameScene, table: Table) -> None:
        index = SPEEDS.index(table.speed) if table.speed in SPEEDS else 2
        table.speed = SPEEDS[min(max(index + step, 0), len(SPEEDS) - 1)]
        scene.house.settings.speed = table.speed
        scene.house.tell(f"{table.speed:g} moves a second, agent against agent")

    return do


def _pass(scene: GameScene, table: Table) -> None:
    action = table.record.game.pass_action
    if action is None or not table.play(action, scene.house.now):
        scene.house.tell("Passing is for your own turn")


def _area(scene: GameScene, table: Table) -> None:
    scene.area = not scene.area
    expected = table.analysing and not table.record.is_over
    words = "Area: whose each point is expected to be" if expected else "Area: what would be counted now"
    scene.house.tell(words if scene.area else "Area is hidden")


def _sound(scene: GameScene, table: Table) -> None:
    scene.house.sounds.on = scene.house.settings.sound = not scene.house.sounds.on
    if scene.house.sounds.on and not scene.house.sounds.open():
        scene.house.tell("There is no audio device here")


def _coordinates(scene: GameScene, table: Table) -> None:
    scene.house.settings.coordinates = not scene.house.settings.coordinates


def _resign(scene: GameScene, table: Table) -> None:
    if not table.resign():
        scene.house.tell("There is nothing to give up")


def save_table(table: Table, path: Path) -> str:
    """Save a table's game with what was thought of it; returns what went wrong, or nothing."""
    from agents.play.files import SavedGame, save_game

    sides = zip(table.seats, table.simulations, table.names, strict=True)
    names = [name if name and seat == PERSON else full_name(seat, n) for seat, n, name in sides]
    try:
        save_game(path, SavedGame(table.record, (names[0], names[1]), table.thoughts))
    except (OSError, UnicodeEncodeError) as error:  # a game of one's own may name its moves as it likes
        return f"The game is not saved: {error}"
    return ""


def ending_of(table: Table) -> str:
    """How the files of a table's games end."""
    return SGF if table.record.game.board == POINTS else TEXT


def _save(scene: GameScene, table: Table) -> None:
    path = fresh_path(table.record.game.name, datetime.now(), ending_of(table))
    scene.house.tell(save_table(table, path) or _saved_words(path))


def _saved_words(path: Path) -> str:
    folder = path.parent
    shown = Path("~") / folder.relative_to(Path.home()) if folder.is_relative_to(Path.home()) else folder
    return f"Saved as {path.name} in {shown}; Ctrl O opens it"


def _open(scene: GameScene, table: Table) -> None:
    close = _closer(scene)
    scene.open_dialog(OpenSheet(scene.house, close, lambda path: scene.on_file(str(path))))


def _ladder(scene: GameScene, table: Table) -> None:
    if not scene.house.ladder(scene.world):
        scene.house.tell(NO_LADDER)
        return
    scene.open_dialog(LadderSheet(scene.house, _closer(scene), scene.world))


def _help(scene: GameScene, table: Table) -> None:
    scene.open_dialog(HelpSheet(scene.house, _closer(scene), scene.world, scene.board))


def _closer(scene: GameScene) -> Callable[[], None]:
    return lambda: scene.open_dialog(None)


def _go(ply: int) -> Do:
    """To a ply; at either end one stays where one is, and nothing is said."""
    return lambda scene, table: table.go(ply)


def _by(step: int) -> Do:
    return lambda scene, table: table.go(table.record.cursor + step)


# --- when they can be done ---


def _person(scene: GameScene, table: Table) -> bool:
    return bool(table.people)


def _passes(scene: GameScene, table: Table) -> bool:
    return table.record.game.pass_action is not None


def _counts(scene: GameScene, table: Table) -> bool:
    return table.record.game.score is not None


def _engines(scene: GameScene, table: Table) -> bool:
    return not table.people


def _back(scene: GameScene, table: Table) -> bool:
    return table.record.cursor > 0


def _forth(scene: GameScene, table: Table) -> bool:
    return not table.record.at_end


def _analysing(scene: GameScene, table: Table) -> bool:
    return table.analysing


CONTROLS: tuple[Control, ...] = (
    Control("Menu", "Back to the menu (Esc)", _menu, "☰", (pygame.K_ESCAPE,), rank=3),
    Control("New", "A new game, the same players (N)", _again, "✦", (pygame.K_n,), rank=2),
    Control(
        "Undo",
        "Undo: your last move and the answer (Backspace)",
        _undo,
        "↶",
        (pygame.K_BACKSPACE, pygame.K_u),
        rank=5,
        enabled=_back,
    ),
    Control("", "Redo (Y)", _redo, "↷", (pygame.K_y,), enabled=_forth),
    Control("", "To the start (Home)", _go(0), "«", (pygame.K_HOME,), enabled=_back),
    Control("", "One move back (Page up)", _by(-1), "‹", (pygame.K_PAGEUP,), enabled=_back),
    Control("", "One move on (Page down)", _by(1), "›", (pygame.K_PAGEDOWN,), enabled=_forth),
    Control("", "To the end (End)", _go(10_000), "»", (pygame.K_END,), enabled=_forth),
    Control("", "Slower (−)", _speed(-1), "−", sign="-", shown=_engines),
    Control(
        "Pause",
        "Pause, go on (Space)",
        lambda scene, table: table.go_on(),
        "❚❚",
        (pygame.K_SPACE,),
        rank=6,
        shown=_engines,
        on=lambda scene, table: table.paused,
    ),
    Control("", "Faster (+)", _speed(1), "+", sign="+", shown=_engines),
    Control(
        "Pass",
        "Pass (P); two passes end the game",
        _pass,
        "⊘",
        (pygame.K_p, pygame.K_0, pygame.K_KP_0),
        rank=8,
        shown=lambda scene, table: _passes(scene, table) and _person(scene, table),
        enabled=lambda scene, table: table.waits_for_person(),
        here=_passes,
    ),
    Control(
        "Hint",
        "What would the analysis play? (H)",
        _hint,
        "☀",
        (pygame.K_h,),
        rank=6,
        shown=_person,
        enabled=lambda scene, table: table.waits_for_person(),
    ),
    Control(
        "Analysis",
        "Show what is thought, or hide it (A)",
        lambda scene, table: table.analyse(not table.analysing),
        "◉",
        (pygame.K_a,),
        rank=7,
        on=_analysing,
    ),
    Control("Mistake", "Go to the next mistake (E)", _mistake, "⚠", (pygame.K_e,), rank=4),
    Control(
        "Heat",
        "Whose policy warms the board (W)",
        _heat,
        "▲",
        (pygame.K_w, pygame.K_p),
        rank=1,
        enabled=_analysing,
        on=lambda scene, table: scene.heat > 0 and table.analysing,
    ),
    Control(
        "Area",
        "Whose point is whose (O)",
        _area,
        "▦",
        (pygame.K_o,),
        rank=5,
        shown=_counts,
        enabled=lambda scene, table: not table.record.is_over,  # after the end it is marked anyway
        on=lambda scene, table: scene.area and not table.record.is_over,
        here=_counts,
    ),
    Control("Swap", "Change places (X)", lambda scene, table: table.swap(), "⇄", (pygame.K_x,), rank=1),
    Control(
        "Give up",
        "Give up (G)",
        _resign,
        "⚐",
        (pygame.K_g,),
        rank=1,
        shown=lambda scene, table: len(table.people) == 1,
        enabled=lambda scene, table: not table.record.is_over,
    ),
    Control("", "Save the game (Ctrl S)", _save, "↓", (pygame.K_s,), control=True),
    Control("", "Open a game (Ctrl O)", _open, "↑", (pygame.K_o,), control=True),
    Control("", "Sound (M)", _sound, "♪", (pygame.K_m,), on=lambda scene, table: scene.house.sounds.on),
    Control("", "Keys (F1)", _help, "?", (pygame.K_F1,), sign="?"),
    Control("", "", _teaching, keys=(pygame.K_t,)),
    Control("", "", lambda scene, table: table.keep(), keys=(pygame.K_k,)),
    Control("", "", _point(-1), sign="["),
    Control("", "", _point(1), sign="]"),
    Control("", "", _ladder, keys=(pygame.K_l,)),
    Control("", "", _coordinates, keys=(pygame.K_c,)),
    Control("", "", lambda scene, table: table.go_on(), keys=(pygame.K_SPACE,)),
    Control("", "", _speed(1), keys=(pygame.K_KP_PLUS,)),
    Control("", "", _speed(-1), keys=(pygame.K_KP_MINUS,)),
)


def run_key(scene: GameScene, event: pygame.event.Event) -> bool:
    """Do what a key stands for; whether it stands for anything."""
    if scene.table is None:
        escape: bool = event.key == pygame.K_ESCAPE
        if escape:
            scene.leave()
        return escape
    control = bool(event.mod & (pygame.KMOD_CTRL | pygame.KMOD_META))
    for one in CONTROLS:
        typed = one.sign and event.unicode == one.sign
        pressed = (typed or event.key in one.keys) and one.control == control
        if pressed and one.here(scene, scene.table):
            one.do(scene, scene.table)
            scene.rebuild()
            return True
    return False


def build_bar(scene: GameScene, box: pygame.Rect) -> None:
    """The buttons of all that has a glyph; words as there is room, those of highest rank longest."""
    table, look = scene.table, scene.look
    if table is None:
        return
    shown = [one for one in CONTROLS if one.glyph and one.shown(scene, table)]
    gap = look.px(6)
    words = {one: one.words for one in shown}
    while _total(scene, shown, words, gap) > box.width and any(words.values()):
        least = min((one for one in shown if words[one]), key=lambda one: one.rank)
        words[least] = ""
    natural = [_width(scene, one, words[one]) for one in shown]
    squeeze = min(1.0, (box.width - gap * (len(shown) - 1)) / sum(natural))
    x = float(box.x)
    for one, wide in zip(shown, natural, strict=True):
        place = pygame.Rect(round(x), box.y, round(wide * squeeze), box.height)
        scene.widgets.append(_button(scene, table, one, place, words[one]))
        x += wide * squeeze + gap


def _button(scene: GameScene, table: Table, one: Control, place: pygame.Rect, words: str) -> Button:
    def press() -> None:
        one.do(scene, table)
        scene.rebuild()

    glyph = one.glyph
    if one.glyph == "❚❚" and table.paused:
        glyph, words = "▶", words and "Go on"
    return Button(
        place,
        scene.look,
        words,
        press,
        glyph,
        one.tip,
        one.on(scene, table),
        enabled=one.enabled(scene, table),
    )


def _width(scene: GameScene, one: Control, words: str) -> int:
    look = scene.look
    wide = paint.width_of(one.glyph, look.size(18)) + 2 * look.px(9)
    return wide + (look.px(8) + paint.width_of(words, look.size(15)) if words else 0)


def _total(scene: GameScene, shown: list[Control], words: dict[Control, str], gap: int) -> int:
    return sum(_width(scene, one, words[one]) for one in shown) + gap * (len(shown) - 1)
