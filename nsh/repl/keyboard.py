"""The keyboard while something is performed: keys that send signals, lines for who reads them.

Between two prompts the terminal is as the person left it: it echoes, edits lines, and sends
signals for ^C, ^Z and the like. Those are caught here, and typed at the machine's own terminal.
"""

import os
import re
import select
import signal
import sys
import termios
from contextlib import suppress
from threading import Thread, Timer
from time import sleep
from types import FrameType
from typing import Any, Final, Protocol, Self

from nsh.session import keyboard

_KEYS: Final = {
    signal.SIGINT: keyboard.INTERRUPT,
    signal.SIGTSTP: keyboard.SUSPEND,
    signal.SIGQUIT: keyboard.QUIT,
}
_ENDS: Final = (signal.SIGTERM, signal.SIGHUP)
_SPECIAL: Final = re.compile(rb"[\n\x03\x04\x1a\x1c]")
_AT_ONCE: Final = 65_536
_PATIENCE: Final = 2.0
"""Seconds in which the prompt may end in its own way."""
_IMPORTING: Final = "<frozen importlib"
_SOON: Final = 0.02


class Ahead(Protocol):
    """What was typed at the prompt behind the Enter, before anybody asked for it."""

    def take(self) -> bytes:
        """All of it, as a terminal would have had it."""
        ...

    def put_back(self, data: bytes) -> None:
        """Leave *data* for the prompt."""
        ...


class Keyboard:
    """Keys and lines from the person, while entered: also at the prompt, for ^C may be pressed in
    the moment before that looks at the keys itself, and must not end nsh."""

    def __init__(self) -> None:
        self.ahead: Ahead | None = None
        self._keys: list[bytes] = []
        self._before: dict[int, Any] = {}
        self._wakes: tuple[int, int] = (-1, -1)
        """A pipe that a pressed key writes to: so waiting for a line ends, and loses none."""
        self._settings: list[Any] | None = None
        """The terminal's, as the person left it."""
        self._rest = b""
        self._over = False
        """Standard input has ended."""
        self.unseen = False
        """Nobody has echoed the last line."""

    def __enter__(self) -> Self:
        self._wakes = os.pipe()
        os.set_blocking(self._wakes[1], False)
        for signo in _KEYS:  # whatever whoever started nsh does about them: they are the person's
            self._before[signo] = signal.signal(signo, self._hear)
        for signo in _ENDS:
            if signal.getsignal(signo) is not signal.SIG_IGN:  # nohup(1)
                self._before[signo] = signal.signal(signo, self._end)
        with suppress(termios.error, OSError, TypeError, ValueError):  # it is no terminal
            self._settings = termios.tcgetattr(sys.stdin)
        return self

    def __exit__(self, *_: object) -> None:
        for signo, handler in self._before.items():
            signal.signal(signo, handler)
        self._before = {}
        for end in self._wakes:
            os.close(end)

    def forget(self) -> None:
        """From now on the prompt looks at the keys itself: what was pressed before was for nobody.
        What comes behind the Enter is for what has been entered, however early."""
        self._keys = []

    def end(self) -> None:
        """It is done: what nobody has read is left for the prompt."""
        self._keys = []
        if self.ahead is not None and self._rest:
            self.ahead.put_back(self._rest)
            self._rest = b""

    def _hear(self, signo: int, _frame: object) -> None:
        self._keys.append(_KEYS[signal.Signals(signo)])
        with suppress(BlockingIOError):  # then it has long been woken
            os.write(self._wakes[1], b"\0")

    def _end(self, signo: int, frame: FrameType | None) -> None:
        """Somebody ends nsh: what has changed the terminal's settings puts them back.

        The prompt's event loop may wait for ever for what is left to do at a terminal that is gone.
        """
        if frame is not None and frame.f_code.co_filename.startswith(_IMPORTING):
            # perhaps in a callback of the import system, where what is raised is told and lost
            again = Timer(_SOON, os.kill, (os.getpid(), signo))
            again.daemon = True
            again.start()
            return
        Thread(target=self._insist, args=(128 + signo,), daemon=True).start()
        raise SystemExit(128 + signo)

    def _insist(self, status: int) -> None:
        sleep(_PATIENCE)
        if self._settings is not None:
            with suppress(termios.error):
                termios.tcsetattr(sys.stdin, termios.TCSANOW, self._settings)
        os._exit(status)

    def pressed(self) -> list[bytes]:
        """The keys that have been pressed since this was last asked."""
        keys, self._keys = self._keys, []
        return keys

    def line(self) -> bytes | None:
        """The next line of standard input with its newline; what there is at its end, and then
        b"".  None if a key was pressed instead."""
        sys.stdout.flush()
        self.unseen = False
        terminal = sys.stdin.isatty()
        if self.ahead is not None:
            self._rest += self.ahead.take()
        if self._keys:
            return None
        early = terminal and _SPECIAL.search(self._rest)
        while not (early or self._over or b"\n" in self._rest):
            if not self._waited():
                return None
            got = os.read(sys.stdin.fileno(), _AT_ONCE)
            if terminal and not got.endswith(b"\n"):
                raw = got.replace(b"\r", b"\n")  # it came before the terminal looked at its keys
                early = _SPECIAL.search(raw)
                self._rest += raw
                break  # else it is ^D: what there is, or an end for now
            self._rest += got
            self._over = not got
        if early:
            return self._typed_ahead()
        found, newline, self._rest = self._rest.partition(b"\n")
        return found + newline

    def _waited(self) -> bool:
        """Wait until there is something to read; False if a key was pressed first."""
        woken, stdin = self._wakes[0], sys.stdin.fileno()
        while True:
            ready, _, _ = select.select([stdin, woken], [], [])
            if woken in ready:
                os.read(woken, _AT_ONCE)
                if self._keys:
                    return False  # else it was one of long ago
            elif stdin in ready:
                return True

    def _typed_ahead(self) -> bytes | None:
        """A line of what was typed early, when no terminal looked at its keys nor echoed them."""
        found = _SPECIAL.search(self._rest)
        if found is None:
            return None
        self.unseen = True
        before, key, self._rest = self._rest[: found.start()], found[0], self._rest[found.end() :]
        if key == b"\n":
            return before + key
        if key == keyboard.END:
            return before
        self._keys.append(key)  # and what was typed before it is gone, as a terminal has it
        return None
