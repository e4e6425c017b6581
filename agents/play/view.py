"""From a table to what is seen on its board, and to what is said of it. No drawing here."""

from __future__ import annotations

from agents.play.board import EMPTY, Board, Label, View
from agents.play.boards import stones_of, winning_cells
from agents.play.counting import color_of, counted_words, last_pass, lead_words, margin, owners
from agents.play.record import GameRecord
from agents.play.seats import PERSON, Seat
from agents.play.sequels import sequel_of
from agents.play.table import Table
from agents.play.theme import ACCENT, FAINT, GOLD, GRADE_COLOURS, OPINION_COLOURS, Colour
from agents.play.thoughts import Thoughts
from agents.play.verdicts import Verdict, judge, settled

MOST_LABELS = 5


def stones_at(record: GameRecord, ply: int) -> tuple[int, ...]:
    """Whose stone lies where after so many moves."""
    return stones_of(record.game, record.state_at(ply))


def last_cell(record: GameRecord) -> int | None:
    """The cell of the last stone on the board."""
    if not record.cursor:
        return None
    before, after = stones_at(record, record.cursor - 1), stones_at(record, record.cursor)
    fresh = [cell for cell, side in enumerate(after) if side != EMPTY and before[cell] == EMPTY]
    return fresh[0] if fresh else None


def view_of(
    table: Table,
    board: Board,
    ghost: int | None,
    pointed: int | None,
    heat: int,
    coordinates: bool,
    area: bool = False,
) -> View:
    """What is seen: the stones, and in analysis the thoughts; after a mistake that may be taken back what
    could have been played instead, as in the cards. `pointed`: the candidate whose line is shown;
    `heat`: whose opinion warms the board, 0 nobody's; `area`: whether it is shown whose point is whose."""
    record, thoughts = table.record, table.lesson()
    stones = stones_at(record, record.cursor)
    view = View(
        stones,
        mover=table.mover,
        last=last_cell(record),
        ghost=ghost if ghost in record.legal() else None,
        coordinates=coordinates,
        names=record.game.action_names,
        mark=_mark(table.verdicts(), record.cursor),
    )
    view.owner = owners(record, table.shown(), area)
    if record.is_over:
        view.winning = winning_cells(table.world, board, stones)
    elif pointed is not None and thoughts is not None and table.offer is None:
        view.line = _line(record, thoughts, pointed)
    elif table.hint is not None:
        view.labels = {table.hint: Label("hint", ACCENT, strong=True)}
    elif thoughts is not None:
        view.labels = _labels(thoughts, table)
    if thoughts is not None and 0 < heat <= len(thoughts.opinions):
        view.heat = thoughts.opinions[heat - 1].policy
        view.heat_colour = OPINION_COLOURS[(heat - 1 + 3 - len(thoughts.opinions)) % 3]
    return view


def _mark(verdicts: list[Verdict | None], cursor: int) -> tuple[str, Colour] | None:
    verdict = verdicts[cursor - 1] if 0 < cursor <= len(verdicts) else None
    return None if verdict is None else _sign(verdict)


def _sign(verdict: Verdict) -> tuple[str, Colour] | None:
    """The sign of a move's class; none for a plain good one."""
    if verdict.surprise:
        return "37", GOLD
    return (verdict.grade.mark, GRADE_COLOURS[verdict.grade.name]) if verdict.grade.mark else None


def _labels(thoughts: Thoughts, table: Table) -> dict[int, Label]:
    """The moves that were looked at most, the best one strong; a move 37 always, and with its sign what was
    played here. Grey: hardly looked at, so that nobody knows yet how good it is."""
    record = table.record
    ply = table.lesson_ply
    played = record.actions[ply] if ply < len(record.actions) else None
    shown = [c for c in thoughts.candidates if c.visits][:MOST_LABELS]
    wanted = {thoughts.best, played, *thoughts.surprises} - {c.action for c in shown}
    shown += [c for c in thoughts.candidates if c.action in wanted]
    labels = {}
    for candidate in shown:
        action = candidate.action
        sequel = sequel_of(record, ply, table.thoughts) if action == played else None
        certain = settled(thoughts, action, sequel)
        verdict = judge(thoughts, action, record.game.action_names, sequel)
        best = action == thoughts.best
        words = f"{50 + 50 * candidate.value:.0f}" if candidate.visits else "·"
        colour = ACCENT if best else GRADE_COLOURS[verdict.grade.name] if certain else FAINT
        mark = _sign(verdict) if (action == played and certain) or verdict.surprise else None
        note = _short(candidate.visits) if candidate.visits else ""
        labels[action] = Label(words, colour, best, mark, note)
    if table.offer is not None and played is not None:
        labels.pop(played, None)  # its stone lies there, with its sign
    return labels


def _short(number: int) -> str:
    return f"{number / 1000:.1f}k" if number >= 1000 else str(number)


def _line(record: GameRecord, thoughts: Thoughts, action: int) -> list[tuple[int, int, int]]:
    """The cells, sides and numbers of the moves that the search expects after a move."""
    candidate = thoughts.candidate(action)
    if candidate is None:
        return []
    future = record.branch()
    found = []
    for number, move in enumerate(candidate.line, 1):
        if move not in future.legal():
            break
        side = future.player_at(future.cursor)
        future.play(move)
        cell = last_cell(future)
        if cell is not None:
            found.append((cell, side, number))
    return found


def win_rates(table: Table) -> tuple[list[float | None], list[int | None]]:
    """The first side's win rate at every position by the search, and who wins by the truth (+1, 0, -1), as
    far as they may be shown: [T + 1] each."""
    record = table.record
    rates: list[float | None] = []
    outcomes: list[int | None] = []
    for ply in range(len(record.actions) + 1):
        known = table.thoughts.get(tuple(record.actions[:ply])) if table.analysing else None
        mover = record.player_at(ply)
        rates.append(None if known is None else known.win_rate(mover))
        outcomes.append(None if known is None else known.outcome(mover))
    result = record.result()
    if table.analysing and result is not None and record.resigned is None:
        rates[-1], outcomes[-1] = (result[0] + 1.0) / 2.0, int(result[0])
    return rates, outcomes


def seat_title(table: Table, side: int) -> str:
    """A seat's name in the window; a person's as the saved game has it; who is who where two persons play."""
    seat = table.seats[side]
    if seat == PERSON and table.names[side]:
        return table.names[side]
    if seat == PERSON and len(table.people) == 2:
        return color_of(table.record, side) or ("First", "Second")[side] + " player"
    return seat.title


def seat_note(seat: Seat, simulations: int) -> str:
    """How a seat plays, in a few words."""
    if not seat.searches:
        return seat.words
    return f"{simulations} simulations a move" if simulations else "first sight, no search"


def headline(table: Table) -> tuple[str, str]:
    """What goes on: a short sentence, and a second one."""
    record = table.record
    if table.failed:
        return "Somebody cannot play", table.failed
    if table.offer is not None:
        return f"That was {table.offer.grade.words}", table.offer.words
    if (result := record.result()) is not None and record.at_end:
        return _ending(table, result), _after_the_end(table)
    if not record.at_end:
        return f"Move {record.cursor} of {len(record.actions)}", _browsing(table)
    if not all(table.ready):
        names = " and ".join(table.seats[n].title for n in (0, 1) if not table.ready[n])
        return f"{names}: getting ready", "You can begin." if table.waits_for_person() else ""
    if table.waits_for_person() and table.seats[table.mover] != PERSON:
        return f"{seat_title(table, table.mover)} to move: try one", _said(table)
    if table.waits_for_person():
        two = len(table.people) == 2
        return f"{seat_title(table, table.mover)} to move" if two else "Your move", _said(table)
    if table.paused:
        return "Paused", "Space goes on"
    return f"{seat_title(table, table.mover)} is thinking", _said(table)


def _ending(table: Table, result: tuple[float, ...]) -> str:
    if result[0] == result[1]:
        return "A draw"
    winner = 0 if result[0] > result[1] else 1
    how = " by resignation" if table.record.resigned is not None else margin(table.record)
    if table.seats[winner] == PERSON and len(table.people) == 1 and not table.names[winner]:
        return f"You win{how}"
    return f"{seat_title(table, winner)} wins{how}"


def _after_the_end(table: Table) -> str:
    counted = "" if table.record.resigned is not None else counted_words(table.record)
    if table.analysing:
        return _said(table) or counted
    return counted or "A shows what was thought. N begins a new game."


def _browsing(table: Table) -> str:
    said = _said(table)
    if said:
        return said
    return "A move here cuts off the rest" if table.waits_for_person() else "Space: play on from here"


def _said(table: Table) -> str:
    """The verdict on the last move, as far as it may be shown; else whether the game counts."""
    verdicts, cursor = table.verdicts(), table.record.cursor
    verdict = verdicts[cursor - 1] if 0 < cursor <= len(verdicts) else None
    if verdict is None and table.teaching and not table.analysing and cursor > 1:
        verdict = verdicts[cursor - 2]
    if table.hint is not None:
        return f"Hint: {table.record.game.action_names[table.hint]}"
    if verdict is not None and verdict.surprise:
        return f"Move 37! {verdict.words}. The club player's procedure rules it out."
    if verdict is not None:
        return f"{verdict.grade.words.capitalize()}: {verdict.words}"
    if passed_words := last_pass(table.record):
        return passed_words
    if expected := lead_words(table.shown()):
        return expected
    opponent = table.rated_opponent()
    return "This game counts for your rating" if opponent else ""
