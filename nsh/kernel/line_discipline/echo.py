"""Echoes: what is typed shows, at its time, between what programs write.

They wait in a buffer of their own, with orders in between that are carried out when it is known in
which column they come out (echo_char, __process_echoes in drivers/tty/n_tty.c).
"""

from typing import Final

from nsh.kernel.line_discipline.line import Line
from nsh.kernel.line_discipline.modes import TAB, is_control
from nsh.kernel.line_discipline.output import character_out

_ORDER: Final = 0xFF
"""Begins an order; the character itself is doubled."""
_MOVE_BACK: Final = 0x80
_SET_COLUMN: Final = 0x81
_ERASE_TAB: Final = 0x82
_AFTER_TAB: Final = 0x80
_TAB_STOP: Final = 8
_BLOCK: Final = 256
_DISCARD: Final = 4096 - (_BLOCK + 32)
"""So much that waits is too much: the oldest go."""


def raw(line: Line, character: int) -> None:
    """Echo a character as it is."""
    if character == _ORDER:
        line.echoes.append(_ORDER)
    line.echoes.append(character)


def shown(line: Line, character: int) -> None:
    """Echo a character; with ECHOCTL a control character shows as ``^X``, but for a tab."""
    caret = line.modes.echoctl and character != TAB and is_control(character)
    if caret or character == _ORDER:
        line.echoes.append(_ORDER)
    line.echoes.append(character)


def set_column(line: Line) -> None:
    """The line that is typed begins here."""
    line.echoes += bytes((_ORDER, _SET_COLUMN))


def move_back(line: Line) -> None:
    """The column does not advance for what was just echoed."""
    line.echoes += bytes((_ORDER, _MOVE_BACK))


def erase_tab(line: Line, columns: int, *, after_tab: bool) -> None:
    """Go back over a tab, before which *columns* stand since the line began or another tab."""
    line.echoes += bytes((_ORDER, _ERASE_TAB, columns & 7 | (_AFTER_TAB if after_tab else 0)))


def finish_erasing(line: Line) -> None:
    """With ECHOPRT: what was erased ends with a slash."""
    if line.erasing:
        raw(line, ord("/"))
        line.erasing = False


def commit(line: Line) -> None:
    """What was echoed so far may be shown; in blocks, for it costs less (commit_echoes)."""
    waiting, old = len(line.echoes), line.committed
    if waiting >= _BLOCK and waiting % _BLOCK <= old % _BLOCK:
        line.committed = waiting
        process(line)


def flush(line: Line) -> None:
    """All that was echoed may be shown (flush_echoes)."""
    if line.modes.echo or line.modes.echonl:
        process_all(line)


def process_all(line: Line) -> None:
    """Whatever waits may be shown (process_echoes)."""
    if line.echoes:
        line.committed = len(line.echoes)
        process(line)


def process(line: Line) -> None:
    """Show what may be shown, as far as there is room."""
    echoes, end = line.echoes, line.committed
    space = line.room()
    tail = 0
    while tail < end:
        character = echoes[tail]
        if character == _ORDER:
            if tail + 1 >= end:
                break
            took, length = _order(line, echoes, tail, space)
        elif line.modes.opost:
            took, length = character_out(line, character, space), 1
        else:
            took, length = (1 if space else -1), 1
            if space:
                line.give(bytes((character,)))
        if took < 0:
            break
        space -= took
        tail += length
    while end - tail >= _DISCARD:
        ordered = echoes[tail] == _ORDER
        tail += (3 if echoes[tail + 1] == _ERASE_TAB else 2) if ordered else 1
    del echoes[:tail]
    line.committed = max(0, end - tail)


def _order(line: Line, echoes: bytearray, tail: int, space: int) -> tuple[int, int]:
    """Carry out the order at *tail*: the room that it took (-1: there was not enough), and its
    length."""
    order = echoes[tail + 1]
    match order:
        case _ if order == _ERASE_TAB:
            columns = echoes[tail + 2]
            if not columns & _AFTER_TAB:
                columns += line.canon_column
            back = _TAB_STOP - columns % _TAB_STOP
            if back > space:
                return -1, 0
            for _ in range(back):
                line.give(b"\b")
            line.column = max(0, line.column - back)
            return back, 3
        case _ if order == _SET_COLUMN:
            line.canon_column = line.column
            return 0, 2
        case _ if order == _MOVE_BACK:
            line.column = max(0, line.column - 1)
            return 0, 2
        case _ if order == _ORDER:
            if not space:
                return -1, 0
            line.give(bytes((_ORDER,)))
            line.column += 1
            return 1, 2
        case _:
            if space < 2:
                return -1, 0
            line.give(b"^")
            line.give(bytes((order ^ 0x40,)))
            line.column += 2
            return 2, 2
