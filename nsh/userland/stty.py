"""stty: look at a terminal's settings, and change them (termios(3))."""

from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from nsh.abi import KernelError
from nsh.abi.files import Close, Open, OpenFlag
from nsh.abi.invocation import Invocation, Running
from nsh.abi.terminals import GetWinsize, SetWinsize, Tcgetattr, Tcsetattr, When
from nsh.machine.terminals import Termios, Winsize
from nsh.userland import stty_show
from nsh.userland.options import Given, Kind, UsageError, option, optional
from nsh.userland.registry import Topic, command
from nsh.userland.streams import Asking, joined, say, write
from nsh.userland.stty_table import (
    BAUD_MASK,
    BY_NAME,
    COMBINATIONS,
    INDEX,
    MODES,
    NUMBERS,
    SPEEDS,
    Mode,
)

_WIDTH = 80
_MOST = (1 << 31) - 1
_OPENING = int(OpenFlag.O_RDONLY | OpenFlag.O_NONBLOCK | OpenFlag.O_CLOEXEC)


_SETTINGS = (
    *(mode.name for mode in MODES),
    *(f"-{mode.name}" for mode in MODES if mode.reversible),
    *COMBINATIONS,
    *INDEX,
    *("size", "speed", "rows", "cols", "columns", "ispeed", "ospeed", "line", "drain", "-drain"),
)


def _options_first(argv: Sequence[str]) -> Sequence[str]:
    """The options before ``--``, the settings, many of which begin with ``-``, behind it."""
    options: list[str] = []
    settings: list[str] = []
    words = iter(argv)
    for word in words:
        if word in ("-F", "--file"):
            options += [word, *[value for value in [next(words, None)] if value is not None]]
        elif word in ("-a", "-g") or word.startswith(("--", "-F")):
            options.append(word)
        else:
            settings.append(word)
    return [*(word for word in options if word != "--"), "--", *settings]


@command(
    "stty",
    "show or change the settings of a terminal",
    Topic.SYSTEM,
    options=(
        option("-a, --all", "show all of them"),
        option("-g, --save", "show all of them so that stty takes them again"),
        option("-F, --file=DEVICE", "of DEVICE, not of descriptor 0", Kind.PATH),
    ),
    operands=(optional("SETTING", Kind.TEXT, many=True, choices=_SETTINGS),),
    man="stty(1)",
    gap="one speed for both directions",
    examples=("stty -a", "stty -echo; stty; stty echo", "stty rows 40 cols 100; stty size"),
    see=("tty", "screen", "script"),
    rows=("N8", "N9"),
    prepare=_options_first,
)
def stty(call: Invocation, given: Given) -> Running:
    """Without arguments what differs from ``stty sane``; settings take effect after output."""
    if given.has("all") and given.has("save"):
        raise UsageError("the options for verbose and stty-readable output styles are exclusive")
    if given.operands and (given.has("all") or given.has("save")):
        raise UsageError("when specifying an output style, modes may not be set")
    fd = (yield Open(given.get("file"), _OPENING)) if given.has("file") else 0
    try:
        settings: Termios = yield Tcgetattr(fd)
        if all(word in ("drain", "-drain") for word in given.operands):
            yield from _show(given, fd, settings)
            return 0
        return (yield from _change(call, fd, settings, given.operands))
    finally:
        if fd:
            yield Close(fd)


def _show(given: Given, fd: int, settings: Termios) -> Asking[None]:
    if given.has("save"):
        lines = [stty_show.recoverable(settings)]
    elif given.has("all"):
        size: Winsize = yield GetWinsize(fd)
        lines = stty_show.everything(settings, size, (yield from _width()))
    else:
        lines = stty_show.changed(settings, (yield from _width()))
    yield from write(1, joined(lines))


def _width() -> Asking[int]:
    """Columns of the terminal that the answer goes to."""
    try:
        size: Winsize = yield GetWinsize(1)
    except KernelError:
        return _WIDTH
    return size.columns or _WIDTH


def _change(call: Invocation, fd: int, settings: Termios, words: Sequence[str]) -> Running:
    """Nothing is changed if a word is no setting; 1 if the terminal does not do as it is told."""
    wish = _Wish(settings)
    wish.take(words)
    for rows, columns in wish.sizes:
        size: Winsize = yield GetWinsize(fd)
        size = replace(size, rows=size.rows if rows is None else rows & 0xFFFF)
        size = replace(size, columns=size.columns if columns is None else columns & 0xFFFF)
        yield SetWinsize(fd, size)
    for word in wish.questions:
        if word == "size":
            size = yield GetWinsize(fd)
            yield from write(1, f"{size.rows} {size.columns}\n")
        else:
            yield from write(1, f"{stty_show.bauds(settings)}\n")
    if not wish.changes:
        return 0
    yield Tcsetattr(fd, wish.settings, When.TCSADRAIN if wish.drain else When.TCSANOW)
    if (yield Tcgetattr(fd)) != wish.settings:
        yield from say(call, "unable to perform all requested operations")
        return 1
    return 0


def with_words(settings: Termios, words: str) -> Termios:
    """*settings* after ``stty`` with these words, none of which is about the window."""
    wish = _Wish(settings)
    wish.take(words.split())
    return wish.settings


class _Wish:
    """What the settings on the command line ask for."""

    def __init__(self, settings: Termios) -> None:
        self.settings = settings
        self.changes = False
        """Whether the terminal's settings are set, rather than its size or nothing."""
        self.drain = True
        self.sizes: list[tuple[int | None, int | None]] = []
        self.questions: list[str] = []

    def take(self, words: Sequence[str]) -> None:
        """Every word.  UsageError."""
        rest = iter(words)
        for word in rest:
            if word in ("size", "speed"):
                self.questions.append(word)
            elif word in ("drain", "-drain"):
                self.drain = word == "drain"
            elif word in ("rows", "cols", "columns"):
                number = _number(_argument(rest, word), _MOST)
                self.sizes.append((number, None) if word == "rows" else (None, number))
            else:
                self.changes = True
                self._set(word, rest)

    def _set(self, word: str, rest: Iterator[str]) -> None:
        name = word.removeprefix("-")
        mode = BY_NAME.get(name)
        if word in COMBINATIONS:
            parts = iter(COMBINATIONS[word].split())
            for part in parts:
                self._set(part, parts)
        elif mode is not None and (name == word or mode.reversible):
            self._mode(mode, on=name == word)
        elif word in INDEX:
            self._character(word, _argument(rest, word))
        elif word in ("ispeed", "ospeed"):
            self._speed(_argument(rest, word), word)
        elif word == "line":
            line = _number(_argument(rest, word), 255)
            self.settings = replace(self.settings, line=line)
        elif word in map(str, SPEEDS):
            self._speed(word, "")
        elif (recovered := stty_show.recovered(word, self.settings)) is not None:
            self.settings = recovered
        else:
            raise UsageError(f"invalid argument '{word}'")

    def _mode(self, mode: Mode, *, on: bool) -> None:
        word: int = getattr(self.settings, mode.word.value)
        word = word & ~mode.mask | (mode.bits if on else 0)
        self.settings = replace(self.settings, **{mode.word.value: word})

    def _character(self, name: str, text: str) -> None:
        cc = bytearray(self.settings.cc)
        cc[INDEX[name]] = _number(text, 255) if name in NUMBERS else _typed(text)
        self.settings = replace(self.settings, cc=bytes(cc))

    def _speed(self, text: str, which: str) -> None:
        number = int(text) if text.isdecimal() and text.isascii() and len(text) < 10 else -1
        if number not in SPEEDS:
            raise UsageError(f"invalid {which} '{text}'")
        cflag = self.settings.cflag & ~BAUD_MASK | SPEEDS[number]
        new = replace(self.settings, cflag=cflag)
        if which != "ospeed":
            new = replace(new, ispeed=number)
        if which != "ispeed":
            new = replace(new, ospeed=number)
        self.settings = new


def _argument(rest: Iterator[str], word: str) -> str:
    value = next(rest, None)
    if value is None:
        raise UsageError(f"missing argument to '{word}'")
    return value


def _typed(text: str) -> int:
    """A control character as one writes it: ``^C``, ``^-``, ``undef``, ``a``, ``0177``."""
    if text in ("^-", "undef"):
        return 0
    data = text.encode("utf-8", "surrogateescape")
    if len(data) < 2:
        return data[0] if data else 0
    if text[0] == "^":
        return 127 if text[1] == "?" else data[1] & ~0o140
    return _number(text, 255)


def _number(text: str, most: int) -> int:
    """As C writes them: ``10``, ``012``, ``0xa``."""
    digits = text.removeprefix("0x").removeprefix("0X")
    base = 16 if digits != text else 8 if text.startswith("0") else 10
    try:
        if not digits.isalnum() or not digits.isascii() or len(digits) > 20:
            raise ValueError
        number = int(digits, base)
    except ValueError:
        raise UsageError(f"invalid integer argument: '{text}'") from None
    if number > most:
        raise UsageError(f"invalid integer argument: '{text}': Numerical result out of range")
    return number
