"""What a terminal keeps: modes, window, what was typed and not read, what it has shown (N8, N9)."""

from collections.abc import Iterator

import msgspec
from immutables import Map
from msgspec.structs import asdict

from nsh.abi.errno import Errno
from nsh.kernel.checkpoint import parts
from nsh.kernel.checkpoint.image import Object
from nsh.kernel.checkpoint.state import Restart
from nsh.machine import terminals
from nsh.machine.ids import NOBODY
from nsh.machine.printed import Printed
from nsh.machine.terminals import (
    UNLOCKED,
    Arriving,
    Chunk,
    Input,
    Shown,
    Terminal,
    Termios,
    Winsize,
)

Sizes = tuple[tuple[int, int, int], ...]


class Part(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Some of it."""


class Modes(Part, frozen=True):
    """``struct termios``."""

    iflag: int
    oflag: int
    cflag: int
    lflag: int
    line: int
    cc: bytes
    ispeed: int
    ospeed: int


_NONE = Modes(**asdict(UNLOCKED))


class Window(Part, frozen=True):
    """``struct winsize``."""

    rows: int = 0
    columns: int = 0
    xpixel: int = 0
    ypixel: int = 0


class Piece(Part, frozen=True):
    """``struct tty_buffer``."""

    size: int
    used: int
    data: bytes = b""


class Way(Part, frozen=True):
    """What has been written to one side and not yet taken in by the other."""

    pieces: tuple[Piece, ...] = ()
    spare: int = 0


class Typed(Part, frozen=True):
    """What was taken in, and not read."""

    ready: bytes = b""
    canon: int = 0
    ends: tuple[int, ...] = ()
    erasing: bool = False
    literal: bool = False
    ahead: int = 0


class Showing(Part, frozen=True):
    """How far it is with what is to be shown."""

    column: int = 0
    canon_column: int = 0
    echoes: bytes = b""
    committed: int = 0
    stopped: bool = False
    held: bool = False


class Screen(Part, frozen=True):
    """What it was given to show, as far as that is remembered."""

    text: bytes = b""
    written: int = 0
    sizes: Sizes = ((0, 24, 80),)


class TerminalOf(Object, frozen=True, tag="terminal"):
    """A terminal that is there by now."""

    number: int
    termios: Modes
    locked: Modes = _NONE
    winsize: Window = Window()
    arriving: Way = Way()
    input: Typed = Typed()
    shown: Showing = Showing()
    screen: Screen = Screen()
    hangups: int = 0
    failed: bool = False
    exclusive: bool = False


def way(arriving: Arriving) -> Way:
    """For an image."""
    pieces = tuple(Piece(chunk.size, chunk.used, chunk.data) for chunk in arriving.chunks)
    return Way(pieces, arriving.spare)


def arriving(saved: Way) -> Arriving:
    """From an image."""
    chunks = tuple(Chunk(piece.size, piece.used, piece.data) for piece in saved.pieces)
    return Arriving(chunks, saved.spare)


def told(number: int, terminal: Terminal) -> TerminalOf:
    """The object for *terminal*, which an image calls *number*."""
    typed, shown, printed = terminal.input, terminal.shown, terminal.printed
    text = b"".join(printed.chunks[key] for key in sorted(printed.chunks))
    return TerminalOf(
        number=number,
        termios=Modes(**asdict(terminal.termios)),
        locked=_NONE if terminal.locked == UNLOCKED else Modes(**asdict(terminal.locked)),
        winsize=Window(**asdict(terminal.winsize)),
        arriving=way(terminal.arriving),
        input=Typed(
            *(typed.ready, typed.canon, typed.ends, typed.erasing, typed.literal, typed.ahead)
        ),
        shown=Showing(
            *(shown.column, shown.canon_column, shown.echoes, shown.committed),
            *(shown.stopped, shown.held),
        ),
        screen=Screen(text, printed.written, printed.sizes),
        hangups=terminal.hangups,
        failed=terminal.failed,
        exclusive=terminal.exclusive,
    )


@parts.makes(TerminalOf, "number")
def _make(restart: Restart, saved: TerminalOf) -> None:
    key = restart.terminal(saved.number)
    restart.tx.put(key, untold(saved, restart.tx.get(Terminal, key)))


def untold(saved: TerminalOf, terminal: Terminal) -> Terminal:
    """*terminal*, as it was saved; nobody is in the middle of a call on it.  EINVAL: it cannot
    have been so."""
    text = saved.screen.text
    made = msgspec.structs.replace(
        terminal,
        termios=Termios(**asdict(saved.termios)),
        locked=Termios(**asdict(saved.locked)),
        winsize=Winsize(**asdict(saved.winsize)),
        arriving=arriving(saved.arriving),
        input=Input(**asdict(saved.input), reader=NOBODY),
        shown=Shown(**asdict(saved.shown), writer=NOBODY),
        printed=Printed(
            *((Map({0: text}), 0, 0) if text else (Map(), 0, -1)),
            *(len(text), saved.screen.written, saved.screen.sizes),
        ),
        hangups=saved.hangups,
        failed=saved.failed,
        exclusive=saved.exclusive,
    )
    check(f"terminal {saved.number}", terminals.mistakes(made))
    return made


def check(what: str, mistakes: Iterator[str]) -> None:
    """EINVAL, with the first of *mistakes* in *what*."""
    for mistake in mistakes:
        raise Errno.EINVAL(f"{what}: {mistake}")
