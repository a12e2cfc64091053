"""What runs off the screen, shown by the person's pager, as git(1) does."""

import os
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final

from nsh import console

_DEFAULTS: Final = {"LESS": "FRX", "LV": "-c"}
"""What pagers are told by whoever has not told them anything."""
_NONE: Final = ("", "cat")
_NOT_RUN: Final = (2, 126, 127)
"""What a shell says of a command that it could not perform, or not understand."""


def chosen(environ: Mapping[str, str]) -> str:
    """The command of the pager: ``$NSH_PAGER``, ``$PAGER``, or what there is; "" for none."""
    for name in ("NSH_PAGER", "PAGER"):
        if name in environ:
            command = environ[name].strip()
            return "" if command in _NONE else command
    return next((name for name in ("less", "more") if shutil.which(name)), "")


def runs_off(text: str, columns: int, lines: int) -> bool:
    """Whether it takes more than a screen that a prompt still has its line on."""
    return sum(max(1, -(-len(line) // columns)) for line in text.splitlines()) >= lines


def page(text: str) -> None:
    """Print *text*, which ends with a newline; by the pager where that is a person's terminal that
    it would run off."""
    if not console.has_screen() or not runs_off(text, *shutil.get_terminal_size()):
        console.write(text)
        return
    command = chosen(os.environ)
    if not command or not _paged(command, text):
        console.write(text)


def _paged(command: str, text: str) -> bool:
    """Whether the pager could be had."""
    sys.stdout.flush()
    words = command if any(sign in command for sign in "|&;<>()$`\"'\\") else shlex.split(command)
    environ = {**_DEFAULTS, **os.environ}
    shown = console.visible(text).encode(sys.stdout.encoding or "utf-8", "replace")
    with _its_keys():
        try:
            ran = subprocess.run(
                words, shell=isinstance(words, str), input=shown, env=environ, check=False
            )
        except OSError:
            return False
    return ran.returncode not in _NOT_RUN


@contextmanager
def _its_keys() -> Iterator[None]:
    """Its interrupts are for the pager, and ^Z stops us with it.  A handler that does nothing, for
    what is ignored here would be ignored there."""
    before = {
        signal.SIGINT: signal.signal(signal.SIGINT, _pass),
        signal.SIGQUIT: signal.signal(signal.SIGQUIT, _pass),
        signal.SIGTSTP: signal.signal(signal.SIGTSTP, signal.SIG_DFL),
    }
    try:
        yield
    finally:
        for signo, handler in before.items():
            signal.signal(signo, handler)


def _pass(_signo: int, _frame: object) -> None:
    """It is for somebody else."""
