"""What a pane shows of a terminal's screen: the part of it where the cursor is."""

from nsh.emulator.keeping import Screens
from nsh.machine.ids import TerminalId
from nsh.machine.record import Record
from nsh.machine.screens import Screen
from nsh.machine.terminals import Terminal
from nsh.machine.value import Machine
from nsh.views.consoles import called
from nsh.views.whose import Whose, owner


class ScreenView(Record):
    """A terminal's screen, or a part of it."""

    terminal: TerminalId
    name: str
    """``web:console``."""
    owner: str
    """The leader of the session that it controls; "" if it is free."""
    screen: Screen
    """The rows of the part."""
    left: int
    """The first column of the part."""


def screen_view(
    machine: Machine, key: TerminalId, screens: Screens, whose: Whose, height: int, width: int
) -> ScreenView | None:
    """A part of *height* rows and *width* columns; None where there is no such terminal.

    It begins at the top left if the cursor is in it then; else it ends at the cursor.
    """
    terminal = machine.find(Terminal, key)
    if terminal is None:
        return None
    cursor = screens.screen(key, terminal.printed, 0, 0)
    first = max(0, min(cursor.row + 1, cursor.height) - height)
    left = max(0, min(cursor.column + 1, cursor.width) - width)
    screen = screens.screen(key, terminal.printed, first, height)
    return ScreenView(key, called(machine, key, whose), owner(machine, terminal), screen, left)
