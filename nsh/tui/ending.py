"""How an app ends when nsh itself is told to end: the terminal is given back first."""

import asyncio
import os
import signal
from threading import Thread
from time import sleep
from types import FrameType
from typing import Any, Final

from textual.app import App

from nsh.console import Ended

_ENDS: Final = (signal.SIGTERM, signal.SIGHUP)
_PATIENCE: Final = 2.0
"""Seconds in which the app may end in its own way, which waits for ever for a terminal that is
gone to take what is written."""


def run(app: App[Any]) -> None:
    """Run *app* until somebody leaves it.

    ``Ended`` if SIGTERM or SIGHUP has come meanwhile: the app then leaves, as if by its own key,
    and what is raised lets whoever called close what they have open.
    """
    came: list[int] = []

    def hear(signo: int, _frame: FrameType | None) -> None:
        if came:
            return
        came.append(signo)
        Thread(target=_insist, args=(128 + signo,), daemon=True).start()
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:  # it has not begun
            raise Ended(signo) from None
        loop.call_soon_threadsafe(app.exit)

    before = {signo: signal.getsignal(signo) for signo in _ENDS}
    heard = [signo for signo in _ENDS if before[signo] is not signal.SIG_IGN]  # nohup(1)
    for signo in heard:
        signal.signal(signo, hear)
    app.run()
    if came:  # and those to come are not heard any more
        raise Ended(came[0])
    for signo in heard:
        signal.signal(signo, before[signo])


def _insist(status: int) -> None:
    sleep(_PATIENCE)
    os._exit(status)
