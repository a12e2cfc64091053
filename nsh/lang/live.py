"""Commands at work: live generators, kept while they can be of use.

Only a cache.  A command's state is its argv and the replies it has had; whoever is resumed from
there and finds no generator of its own is run again with those replies (:func:`replay`).
"""

import atexit
from collections.abc import Callable, Generator
from typing import Any, Final, TypeAlias

from nsh.abi.errno import KernelError
from nsh.abi.process import ExitGroup
from nsh.abi.request import Failure
from nsh.machine.program import Command

AtWork: TypeAlias = Generator[Any, Any, Any]
"""A command or routine: yields requests and actions, returns a status or a value."""

_MOST: Final = 1024


class ReplayError(RuntimeError):
    """A command asked something else the second time: it kept something beside its replies."""


class Live:
    """Generators by the exact state they are in, each good for one continuation."""

    __slots__ = ("_kept",)

    def __init__(self) -> None:
        self._kept: dict[int, tuple[Command, AtWork]] = {}

    def keep(self, command: Command, generator: AtWork) -> None:
        """Remember that *generator* is where *command* is."""
        kept = self._kept
        if len(kept) >= _MOST:
            close(kept.pop(next(iter(kept)))[1])
        kept[id(command)] = (command, generator)  # holding it keeps its id its own

    def take(self, command: Command) -> AtWork | None:
        """The generator that is where *command* is, which is the caller's now."""
        found = self._kept.pop(id(command), None)
        return None if found is None else found[1]

    def clear(self) -> None:
        """Let go of them all."""
        while self._kept:
            close(self._kept.popitem()[1][1])


LIVE: Final = Live()
"""One for the process: what it holds is found by identity, so sessions cannot mix."""
atexit.register(LIVE.clear)  # their ``except`` clauses still need their modules


def send(generator: AtWork, reply: object) -> Any:
    """Let *generator* go on with *reply*; what it asks next.  StopIteration at its end."""
    if type(reply) is Failure:
        return generator.throw(KernelError(reply.errno, reply.reason))
    return generator.send(reply)


def replay(start: Callable[[], AtWork], command: Command, asked: object) -> AtWork:
    """A generator that is where *command* is, having asked *asked*.  Raises ReplayError."""
    generator = start()
    name = command.name or "a routine"
    count = 0
    try:
        request = generator.send(None)
        for reply in command.replies:
            request = send(generator, reply)
            count += 1
    except (StopIteration, KernelError) as error:
        last = getattr(error, "value", None)
        if type(last) is ExitGroup and last == asked and count == len(command.replies):
            return _lingering(last.status)
        raise ReplayError(
            f"{name} ended after {count} of {len(command.replies)} replies"
        ) from error
    if request != asked:
        raise ReplayError(f"{name} asks {request!r}, not {asked!r}")
    return generator


def _lingering(status: int) -> AtWork:
    """What is left of a command whose last word has been answered after all: it is a namespace's
    init, which lingers."""

    def rest() -> AtWork:
        yield
        return status

    generator = rest()
    generator.send(None)
    return generator


def close(generator: AtWork) -> None:
    """Be done with *generator*, wherever it is."""
    try:
        generator.close()
    except RuntimeError:  # it asked for something in a `finally`; nobody is there to answer
        return
