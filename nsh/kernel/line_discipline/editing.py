"""Editing the line that is being typed: erase, word erase, kill, reprint (eraser() in n_tty.c)."""

from nsh.kernel.line_discipline import echo
from nsh.kernel.line_discipline.line import Line
from nsh.kernel.line_discipline.modes import TAB, in_word, is_control
from nsh.machine.terminals import INPUT_KEPT


def reprint(line: Line, character: int) -> None:
    """Show the line anew."""
    echo.finish_erasing(line)
    echo.shown(line, character)
    echo.raw(line, ord("\n"))
    if len(line.ready) - line.canon < INPUT_KEPT:
        for each in line.ready[line.canon :]:
            echo.shown(line, each)


def erase(line: Line, character: int) -> None:
    """One of the characters ERASE, WERASE and KILL was typed."""
    modes = line.modes
    if len(line.ready) == line.canon:
        return
    whole = character not in (modes.erase, modes.werase)
    if whole and not _in_steps(line):
        return
    word = character != modes.erase and not whole
    seen = False
    while len(line.ready) not in (line.canon, line.canon + INPUT_KEPT):
        start = _last(line)
        first = line.ready[start]
        if modes.continues(first):
            break  # only the end of a character is there, which is never erased
        if word:
            if in_word(first):
                seen = True
            elif seen:
                break
        gone = bytes(line.ready[start:])
        del line.ready[start:]
        _cut_ends(line)
        if modes.echo:
            _show(line, gone, single=character == modes.erase)
        if character == modes.erase:
            break
    if len(line.ready) == line.canon and modes.echo:
        echo.finish_erasing(line)


def _in_steps(line: Line) -> bool:
    """KILL: whether the line is erased character by character; else it is gone already."""
    modes = line.modes
    if modes.echo and modes.echok and modes.echoke and modes.echoe:
        return True
    del line.ready[line.canon :]
    _cut_ends(line)
    if modes.echo:
        echo.finish_erasing(line)
        echo.shown(line, modes.kill)
        if modes.echok:
            echo.raw(line, ord("\n"))
    return False


def _cut_ends(line: Line) -> None:
    while line.ends and line.ends[-1] >= len(line.ready):
        line.ends.pop()


def _last(line: Line) -> int:
    """Where the last character of the line begins, which may be of several bytes."""
    start = len(line.ready) - 1
    while start > line.canon and line.modes.continues(line.ready[start]):
        start -= 1
    return start


def _show(line: Line, gone: bytes, *, single: bool) -> None:
    """Show that the character *gone* was erased."""
    modes = line.modes
    first = gone[0]
    if modes.echoprt:
        if not line.erasing:
            echo.raw(line, ord("\\"))
            line.erasing = True
        echo.shown(line, first)
        for each in gone[1:]:
            echo.raw(line, each)
            echo.move_back(line)
    elif single and not modes.echoe:
        echo.shown(line, modes.erase)
    elif first == TAB:
        _erase_tab(line)
    else:
        cells = (not is_control(first)) + (2 if is_control(first) and modes.echoctl else 0)
        for each in b"\b \b" * cells:
            echo.raw(line, each)


def _erase_tab(line: Line) -> None:
    """Count the columns since the line began, or since a tab before."""
    columns, after_tab = 0, False
    for each in reversed(line.ready[line.canon :]):
        if each == TAB:
            after_tab = True
            break
        if is_control(each):
            columns += 2 if line.modes.echoctl else 0
        elif not line.modes.continues(each):
            columns += 1
    echo.erase_tab(line, columns, after_tab=after_tab)
