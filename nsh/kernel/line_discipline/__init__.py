"""What a terminal makes of the characters that pass through it (termios(3), drivers/tty/n_tty.c).

What is written to a terminal's master, or typed at a console, *arrives*; *input* takes it in,
*editing* changes the line that is being typed, *echo* shows it among what programs *output*, and
*reading* hands it out.  A `Line` is the terminal while this goes on.
"""

from nsh.kernel import hooks, signals
from nsh.kernel.line_discipline import halves
from nsh.kernel.line_discipline.line import Line
from nsh.kernel.line_discipline.modes import modes_of
from nsh.kernel.line_discipline.writing import show, write
from nsh.machine.ids import NOBODY, TerminalId
from nsh.machine.value import Transaction

__all__ = ["Line", "halves", "modes_of", "show", "type_input", "write"]


def type_input(tx: Transaction, key: TerminalId, data: bytes) -> None:
    """Somebody types *data*; what there is no room for is lost.  Who watches the terminal from
    elsewhere sees the echo."""
    from nsh.kernel.line_discipline import input  # noqa: PLC0415  # few scripts type

    line = Line(tx, key)
    line.arriving.put(data)
    input.take_in(line)
    line.put()
    signals.settle(tx, NOBODY)
    for hook in hooks.echo:
        hook(tx, key)
