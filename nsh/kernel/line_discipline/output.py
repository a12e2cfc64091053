"""Output: what OPOST makes of what is written (do_output_char in drivers/tty/n_tty.c)."""

from typing import Final

from nsh.kernel.line_discipline.line import Line
from nsh.kernel.line_discipline.modes import (
    BACKSPACE,
    NEWLINE,
    RETURN,
    TAB,
    Modes,
    is_control,
    upper,
)

_TAB_STOP: Final = 8


def character_out(line: Line, character: int, space: int) -> int:
    """Show one character where there is *space*; how much of that it took, -1 if too little."""
    if not space:
        return -1
    modes = line.modes
    if character == NEWLINE:
        if modes.onlret:
            line.column = 0
        if modes.onlcr:
            if space < 2:
                return -1
            line.canon_column = line.column = 0
            line.give(b"\r\n")
            return 2
        line.canon_column = line.column
    elif character == RETURN:
        if modes.onocr and not line.column:
            return 0
        if modes.ocrnl:
            character = NEWLINE
            if modes.onlret:
                line.canon_column = line.column = 0
        else:
            line.canon_column = line.column = 0
    elif character == TAB:
        spaces = _TAB_STOP - line.column % _TAB_STOP
        if modes.xtabs:
            if space < spaces:
                return -1
            line.column += spaces
            line.give(b" " * spaces)
            return spaces
        line.column += spaces
    elif character == BACKSPACE:
        line.column = max(0, line.column - 1)
    elif not is_control(character):
        if modes.olcuc:
            character = upper(character)
        line.column += not modes.continues(character)
    line.give(bytes((character,)))
    return 1


def block_out(line: Line, data: bytes) -> int:
    """Show the beginning of *data* that needs no change; how much that was."""
    modes = line.modes
    data = data[: line.room()]
    end = len(data)
    for index, character in enumerate(data):
        if character == NEWLINE:
            if modes.onlret:
                line.column = 0
            if modes.onlcr:
                end = index
                break
            line.canon_column = line.column
        elif character == RETURN:
            if modes.ocrnl or (modes.onocr and not line.column):
                end = index
                break
            line.canon_column = line.column = 0
        elif character == TAB:
            end = index
            break
        elif character == BACKSPACE:
            line.column = max(0, line.column - 1)
        elif not is_control(character):
            if modes.olcuc:
                end = index
                break
            line.column += not modes.continues(character)
    return line.give(data[:end])


def plain(modes: Modes, data: bytes, column: int) -> tuple[bytes, int]:
    """What is shown of *data* with OPOST and ONLCR alone, where there is always room; and the
    column that is reached from *column*."""
    start = max(data.rfind(b"\n"), data.rfind(b"\r")) + 1
    tail = data[start:]
    if start:
        column = 0
    if tail.isascii() and tail.decode("ascii").isprintable():
        column += len(tail)
    else:
        column = _column(modes, tail, column)
    return data.replace(b"\n", b"\r\n"), column


def _column(modes: Modes, data: bytes, column: int) -> int:
    for character in data:
        if character == TAB:
            column += _TAB_STOP - column % _TAB_STOP
        elif character == BACKSPACE:
            column = max(0, column - 1)
        elif not is_control(character):
            column += not modes.continues(character)
    return column
