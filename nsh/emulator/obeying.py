"""Which sequence does what to a display (console_codes(4), and xterm's for what it leaves out)."""

from collections.abc import Callable
from typing import Final

from nsh.emulator.display import Display

_CONTROLS: Final[dict[str, Callable[[Display], None]]] = {
    "\b": lambda on: on.cursor_back(),
    "\t": lambda on: on.tab(),
    "\n": lambda on: on.linefeed(),
    "\v": lambda on: on.linefeed(),
    "\f": lambda on: on.linefeed(),
    "\r": lambda on: on.carriage_return(),
    "\x0e": lambda on: on.shift_out(),
    "\x0f": lambda on: on.shift_in(),
    "\x84": lambda on: on.index(),
    "\x85": lambda on: on.next_line(),
    "\x88": lambda on: on.set_tab_stop(),
    "\x8d": lambda on: on.reverse_index(),
}
_ESCAPES: Final[dict[str, Callable[[Display], None]]] = {
    "7": lambda on: on.save_cursor(),
    "8": lambda on: on.restore_cursor(),
    "c": lambda on: on.reset(),
    "#8": lambda on: on.alignment_display(),
}
_SEQUENCES: Final[dict[str, Callable[[Display, int], None]]] = {
    "@": lambda on, n: on.insert_characters(n),
    "A": lambda on, n: on.cursor_up(n),
    "B": lambda on, n: on.cursor_down(n),
    "C": lambda on, n: on.cursor_forward(n),
    "D": lambda on, n: on.cursor_back(n),
    "E": lambda on, n: on.cursor_down1(n),
    "F": lambda on, n: on.cursor_up1(n),
    "G": lambda on, n: on.cursor_to_column(n),
    "I": lambda on, _n: on.tab(),
    "L": lambda on, n: on.insert_lines(n),
    "M": lambda on, n: on.delete_lines(n),
    "P": lambda on, n: on.delete_characters(n),
    "S": lambda on, n: on.scroll(on.region()[0], n or 1),
    "T": lambda on, n: on.scroll(on.region()[0], -(n or 1)),
    "X": lambda on, n: on.erase_characters(n),
    "Z": lambda on, _n: on.back_tab(),
    "`": lambda on, n: on.cursor_to_column(n),
    "a": lambda on, n: on.cursor_forward(n),
    "b": lambda on, n: on.repeat(n),
    "d": lambda on, n: on.cursor_to_line(n),
    "e": lambda on, n: on.cursor_down(n),
    "g": lambda on, n: on.clear_tab_stop(n),
    "s": lambda on, _n: on.save_cursor(),
    "u": lambda on, _n: on.restore_cursor(),
}


class Obedient:
    """A display's ear: what a :class:`~nsh.emulator.sequences.Parser` tells is done to it."""

    def __init__(self, display: Display) -> None:
        self._display = display

    def draw(self, data: str) -> None:
        """Show text without control characters."""
        self._display.draw(data)

    def set_title(self, title: str) -> None:
        """Of the window."""
        self._display.set_title(title)

    def control(self, character: str) -> None:
        """C0 and C1."""
        on = self._display
        action = _CONTROLS.get(character)
        if action is not None:
            action(on)

    def escape(self, intermediate: str, final: str) -> None:
        """``ESC`` and what follows."""
        on = self._display
        if intermediate in ("(", ")") and final in "0B":
            on.define_charset(final, intermediate)
        action = _ESCAPES.get(intermediate + final)
        if action is not None:
            action(on)

    def sequence(self, prefix: str, parameters: list[list[int]], final: str) -> None:
        """A control sequence; one that means nothing here does nothing."""
        on, first = self._display, parameters[0][0]
        if final in "hl" and prefix in ("", "?"):
            change = on.set_mode if final == "h" else on.reset_mode
            change(*(one[0] for one in parameters), private=prefix == "?")
        elif final in "JK" and prefix in ("", "?"):
            (on.erase_in_display if final == "J" else on.erase_in_line)(first)
        elif prefix == "!" and final == "p":
            on.soft_reset()
        elif prefix:
            return
        elif final == "m":
            on.look(parameters)
        elif final in "Hf":
            on.cursor_position(first, parameters[1][0] if len(parameters) > 1 else 1)
        elif final == "r":
            on.set_margins(first, parameters[1][0] if len(parameters) > 1 else 0)
        else:
            action = _SEQUENCES.get(final)
            if action is not None:
                action(on, first)
