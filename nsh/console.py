"""The person's own terminal and files: the only place where text leaves nsh.

What tasks write is data.  On a terminal its control characters are shown, not sent: a task
must not be able to move the cursor, or worse, of whoever watches it.
"""

import errno
import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final, NoReturn, Self, TextIO

_SHOWN: Final = {code: f"^{chr(code + 64)}" for code in range(32)}
_SHOWN.update({code: f"\\x{code:02x}" for code in range(0x80, 0xA0)})
_SHOWN[0x7F] = "^?"
for _plain in (0x0A, 0x09):
    del _SHOWN[_plain]
_DIRECTING: Final = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
"""What turns the text around it, so that a person reads another one than is there."""
_UNSEEN: Final = (0x2028, 0x2029, *range(0xFFF9, 0xFFFC), *range(0xE0000, 0xE0080))
"""Other ends of lines, annotations, tags: no terminal shows them."""
_ODD: Final = (*map(ord, _DIRECTING), *_UNSEEN)
_SHOWN.update({code: f"\\u{code:04x}" for code in _ODD})


def visible(text: str) -> str:
    """*text* with its control characters, but newline and tab, made visible: ``^[[2J``; so are
    those that change the direction of text, or are there unseen."""
    return text.replace("\r\n", "\n").translate(_SHOWN)


def write(
    text: str, stream: TextIO | None = None, *, dye: Callable[[str], str] | None = None
) -> None:
    """Print what a task wrote, or named; made visible where a person's terminal would obey it.

    No sequence passes to a terminal, colours neither: they could hide text from who reads it.
    What a screen would look like is shown by ``screen``, and in the interface.  *dye* gives the
    text colours of our own.
    """
    out = stream or sys.stdout
    if out.isatty():
        text = visible(text)
    if dye is not None:
        text = dye(text)
    encoding = out.encoding or "utf-8"
    _put(out, text.encode(encoding, "backslashreplace").decode(encoding))


def _put(stream: TextIO, text: str) -> None:
    """Print *text*, before that what waits on standard output if it is for another stream."""
    for out in dict.fromkeys((sys.stdout, stream)):
        try:
            if out is stream:
                out.write(text)
            else:
                out.flush()
        except BrokenPipeError:
            if not _KEPT_ON:
                raise
            silence(out)


def keep_on() -> None:
    """From now on what nobody reads any more is dropped: for what finds something out and says it
    by its exit status."""
    _KEPT_ON.append(True)


_KEPT_ON: Final[list[bool]] = []


def write_json(line: str) -> None:
    """Print a line of JSON, of which a terminal gets the same in other escapes."""
    write((escaped(line) if sys.stdout.isatty() else line) + "\n")


def escaped(line: str) -> str:
    """A *line* of JSON, with escapes for what JSON itself leaves as it is and a terminal obeys."""
    return line.translate({code: _escape(code) for code in (*range(0x7F, 0xA0), *_ODD)})


def _escape(code: int) -> str:
    units = memoryview(chr(code).encode("utf-16-le")).cast("H")
    return "".join(f"\\u{unit:04x}" for unit in units)


def complain(text: str) -> None:
    """Say something on standard error, as ``nsh: text``."""
    _put(sys.stderr, f"nsh: {visible(text)}\n")


def tell(text: str) -> None:
    """Say something longer on standard error, as it stands."""
    _put(sys.stderr, visible(text) + "\n")


def end_echo() -> None:
    """A terminal has echoed ^C: what is said next is to begin on a line of its own."""
    if sys.stderr.isatty():
        _put(sys.stderr, "\n")


def tell_problem(text: str) -> None:
    """Tell what is wrong with a script, as :func:`nsh.lang.diagnostics.render` draws it."""
    if coloured(sys.stderr):
        from nsh import hues  # noqa: PLC0415  # most have no mistakes

        _put(sys.stderr, hues.diagnostic(visible(text)) + "\n")
    else:
        tell(text)


def coloured(stream: TextIO) -> bool:
    """Whether what goes to *stream* has colours: it is a terminal that has some, unless NO_COLOR
    (no-color.org) or CLICOLOR_FORCE (bixense.com/clicolors) says otherwise."""
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("CLICOLOR_FORCE", "0") not in ("", "0"):
        return True
    return stream.isatty() and os.environ.get("TERM", "dumb") != "dumb"


def choose_colour(when: str) -> None:
    """``--color``: *when* is always, never, or auto, which leaves it to the environment."""
    if when == "never":
        os.environ["NO_COLOR"] = "1"
    elif when == "always":
        os.environ.pop("NO_COLOR", None)
        os.environ["CLICOLOR_FORCE"] = "1"


def has_screen() -> bool:
    """Whether a person sits at a terminal that can be drawn on."""
    return sys.stdin.isatty() and sys.stdout.isatty() and os.environ.get("TERM") != "dumb"


def only_ascii() -> bool:
    """Whether the terminal cannot show more than ASCII: another encoding, or the Linux console,
    whose fonts have few signs and no round corners.

    Python itself writes UTF-8 where LC_ALL is C, so the locale is asked, too; where none is set
    Python has taken C.UTF-8.
    """
    import locale  # noqa: PLC0415  # a script does without

    asked = [sys.stdout.encoding or "ascii"]
    if hasattr(locale, "nl_langinfo"):
        asked.append(locale.nl_langinfo(locale.CODESET))
    told = all(one.lower().replace("-", "").startswith("utf") for one in asked)
    return not told or os.environ.get("TERM") == "linux"


def unwritten(problem: OSError) -> bool:
    """Whether it says that what was printed went nowhere: no reader, no room, no quota, closed."""
    full = (errno.EPIPE, errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EBADF)
    return problem.filename is None and problem.errno in full


def silence(stream: TextIO | None = None) -> None:
    """Nobody reads it any more: let the interpreter close without a complaint of its own."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), (stream or sys.stdout).fileno())


def reopen() -> None:
    """Have something be there for each of the three descriptors that was closed from the start:
    input at its end, output of which each write fails, and nobody who hears a complaint."""
    for name, ways in _STANDARD:
        if getattr(sys, name) is None:
            number = os.open(os.devnull, os.O_WRONLY if name == "stderr" else os.O_RDONLY)
            os.set_inheritable(number, True)
            setattr(sys, name, open(number, ways, closefd=False))  # noqa: SIM115


_STANDARD: Final = (("stdin", "r"), ("stdout", "w"), ("stderr", "w"))


def leave(status: int) -> NoReturn:
    """End the process; at once if nothing else runs in it, for to take the interpreter down piece
    by piece takes longer than many a script."""
    try:
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
    except BrokenPipeError:
        silence()
    except OSError as problem:
        silence()
        complain(f"write error: {problem.strerror}")
        status = status or 1
    if "threading" in sys.modules:
        sys.exit(status)
    os._exit(status)


class Ended(BaseException):
    """The process is to end by the signal of this number, once whoever has something to close has
    done so."""

    def __init__(self, signo: int) -> None:
        super().__init__(signo)
        self.signo = signo


def end_by(signo: int) -> NoReturn:
    """End the process by a signal, as whoever sent it expects."""
    with suppress(OSError):
        sys.stdout.flush()
    signal.signal(signo, signal.SIG_DFL)
    os.kill(os.getpid(), signo)
    leave(128 + signo)  # it is blocked


def read_stdin() -> str | None:
    """All of standard input, as text; None, after a complaint, if it is none."""
    return _text(sys.stdin.buffer.read(), "<stdin>")


def read_file(path: str) -> str | None:
    """The text of a script, ``-`` for standard input; None, after a complaint, if it cannot be."""
    if path == "-":
        return read_stdin()
    try:
        with open(_place(path), "rb") as file:
            data = file.read()
    except OSError as error:
        near = _demo_like(path) if error.errno == errno.ENOENT else ""
        complain(f"{path}: {error.strerror}{near}")
        return None
    return _text(data, path)


def _demo_like(path: str) -> str:
    """``; did you mean 'demos/s0/threads.nsh'?``, if one that comes with nsh is called so."""
    from nsh._resources import folder  # noqa: PLC0415  # who errs needs them
    from nsh.spelling import nearest  # noqa: PLC0415

    root = folder("demos")
    demos = {demo.stem: demo.relative_to(root).as_posix() for demo in sorted(root.rglob("*.nsh"))}
    near = nearest(os.path.basename(path).removesuffix(".nsh"), demos)
    return f"; did you mean 'demos/{demos[near]}'?" if near else ""


def _place(path: str) -> str:
    """Where *path* is: ``demos/…`` are among what comes with nsh, if nothing here is called so."""
    if path.startswith("demos/") and not os.path.exists(path):
        from nsh._resources import folder  # noqa: PLC0415  # few are far from a checkout

        there = folder("demos") / path.removeprefix("demos/")
        if there.is_file():
            return str(there)
    return path


def _text(data: bytes, name: str) -> str | None:
    """*data* decoded.  Odd bytes are told rather than replaced: the script would say another
    thing, and what is no script at all would be shown as a mistake in one."""
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        complain(
            f"{name}:{line}: byte {data[error.start]:#04x} is not UTF-8, as a script has to be"
        )
        return None


def write_bytes(path: str, data: bytes) -> bool:
    """Write *data* to *path*, ``-`` for standard output; False, after a complaint, if it fails.
    That nobody reads it all is no failure."""
    try:
        if path == "-":
            sys.stdout.buffer.write(data)
            sys.stdout.buffer.flush()
        else:
            with open(path, "wb") as file:
                file.write(data)
    except BrokenPipeError:
        silence()
    except OSError as error:
        complain(f"{path}: {error.strerror}")
        return False
    return True


def has_place(path: str) -> bool:
    """Whether there is a directory for the file *path*; False, after a complaint, if none is: to be
    asked before long work whose result goes there."""
    folder = os.path.dirname(path) or "."
    if path == "-" or os.path.isdir(folder):
        return True
    error = errno.ENOTDIR if os.path.exists(folder) else errno.ENOENT
    complain(f"{path}: {os.strerror(error)}")
    return False


_MOST: Final = 4000
"""Bytes of a line that are typed at once: a terminal drops what is behind 4095."""


class Interrupts:
    """SIGINT as a fact to ask for between two steps, while entered; ignored if it was before.

    One that comes before the last was asked for, or while a line is read, raises
    ``KeyboardInterrupt`` as ever.
    """

    def __init__(self) -> None:
        self._heard = False
        self._reads = False
        self._before: Any = None

    def __enter__(self) -> Self:
        if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
            self._before = signal.signal(signal.SIGINT, self._hear)
        return self

    def __exit__(self, *_: object) -> None:
        if self._before is not None:
            signal.signal(signal.SIGINT, self._before)

    def _hear(self, *_: object) -> None:
        if self._heard or self._reads:
            raise KeyboardInterrupt
        self._heard = True

    def heard(self) -> bool:
        """Whether SIGINT has come since this was last asked."""
        heard, self._heard = self._heard, False
        return heard

    def read_line(self) -> bytes:
        """The next line of standard input, or as much of it as a terminal takes at a time; empty at
        the end.  KeyboardInterrupt."""
        sys.stdout.flush()
        self._reads = True
        try:
            if self._heard:
                raise KeyboardInterrupt
            return sys.stdin.buffer.readline(_MOST)
        finally:
            self._reads = self._heard = False
