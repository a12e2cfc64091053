"""How stty(1) shows the settings of a terminal."""

from nsh.machine.terminals import NCCS, Termios, Winsize
from nsh.userland.stty_table import (
    BAUD_MASK,
    ICANON,
    INDEX,
    MODES,
    NUMBERS,
    SANE_CC,
    SPEEDS,
    Mode,
    Sane,
    Word,
)

_GLIBC_NCCS = 32
"""Control characters that the C library's struct has."""


class _Page:
    """Words on lines of a width."""

    def __init__(self, width: int) -> None:
        self._width = width
        self.lines: list[str] = []
        self._line = ""

    def add(self, text: str) -> None:
        """A word, on the next line if there is no room for it (the blank before it not counted)."""
        if self._line and len(self._line) + len(text) > self._width:
            self.end()
        self._line += f" {text}" if self._line else text

    def end(self) -> None:
        """The end of a line."""
        self.lines.append(self._line)
        self._line = ""

    def end_if_any(self) -> None:
        """The end of a line with something on it."""
        if self._line:
            self.end()


def everything(settings: Termios, size: Winsize, width: int) -> list[str]:
    """``stty -a``."""
    page = _Page(width)
    _speed(page, settings)
    page.add(f"rows {size.rows}; columns {size.columns};")
    page.add(f"line = {settings.line};")
    page.end()
    for name, index in INDEX.items():
        if name not in NUMBERS:
            page.add(f"{name} = {visible(settings.cc[index])};")
    _numbers(page, settings)
    page.end()
    for word in Word:
        for mode in _shown(word):
            if is_on(settings, mode):
                page.add(mode.name)
            elif mode.reversible:
                page.add(f"-{mode.name}")
        page.end()
    return page.lines


def changed(settings: Termios, width: int) -> list[str]:
    """``stty``: what differs from ``stty sane``."""
    page = _Page(width)
    _speed(page, settings)
    page.add(f"line = {settings.line};")
    page.end()
    for name, index in INDEX.items():
        if name not in NUMBERS and settings.cc[index] != SANE_CC[index]:
            page.add(f"{name} = {visible(settings.cc[index])};")
    if not settings.lflag & ICANON:
        _numbers(page, settings)
    page.end_if_any()
    for word in Word:
        for mode in _shown(word):
            if is_on(settings, mode):
                if mode.sane is Sane.OFF:
                    page.add(mode.name)
            elif mode.reversible and mode.sane is Sane.ON:
                page.add(f"-{mode.name}")
        page.end_if_any()
    return page.lines


def recoverable(settings: Termios) -> str:
    """``stty -g``: all of it, for another stty to read."""
    words = (settings.iflag, settings.oflag, settings.cflag, settings.lflag)
    characters = settings.cc + bytes(_GLIBC_NCCS - NCCS)
    return ":".join(f"{number:x}" for number in (*words, *characters))


def recovered(text: str, settings: Termios) -> Termios | None:
    """*settings* as ``stty -g`` has told them; None where *text* is something else."""
    parts = text.split(":")
    if len(parts) != 4 + _GLIBC_NCCS or not all(0 < len(part) <= 8 for part in parts):
        return None
    try:
        numbers = [int(part, 16) for part in parts]
    except ValueError:
        return None
    iflag, oflag, cflag, lflag, *characters = numbers
    if max(characters) > 255 or min(numbers) < 0:
        return None
    speed, cc = _bauds(cflag), bytes(characters[:NCCS])
    return Termios(iflag, oflag, cflag, lflag, settings.line, cc, speed, speed)


def is_on(settings: Termios, mode: Mode) -> bool:
    """Whether a mode is set."""
    word: int = getattr(settings, mode.word.value)
    return word & mode.mask == mode.bits


def visible(character: int) -> str:
    """A control character as one types it to stty: ``^C``, ``M-a``."""
    if character == 0:
        return "<undef>"
    if character >= 0x80:
        return f"M-{visible(character - 0x80) if character > 0x80 else '^@'}"
    if character < 0x20 or character == 0x7F:
        return f"^{chr(character ^ 0x40)}"
    return chr(character)


def bauds(settings: Termios) -> int:
    """The speed of the line."""
    return _bauds(settings.cflag)


def _bauds(cflag: int) -> int:
    wanted = cflag & BAUD_MASK
    return next((number for number, bits in SPEEDS.items() if bits == wanted), 0)


def _speed(page: _Page, settings: Termios) -> None:
    page.add(f"speed {bauds(settings)} baud;")


def _numbers(page: _Page, settings: Termios) -> None:
    for name in NUMBERS:
        page.add(f"{name} = {settings.cc[INDEX[name]]};")


def _shown(word: Word) -> list[Mode]:
    return [mode for mode in MODES if mode.word is word and not mode.alias]
