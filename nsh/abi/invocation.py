"""How the language calls a command, and what a command is to it: steps that ask and are answered.

The language and the userland never import each other; this is what both know.
"""

from collections.abc import Generator
from typing import Any, TypeAlias

import msgspec
from immutables import Map

from nsh.abi.process import ExitGroup
from nsh.abi.request import Request

Running: TypeAlias = Generator[Request, Any, int]
"""A command at work: yields requests, is sent their replies, returns its exit status (0-255).

A request that fails is raised inside as :class:`~nsh.abi.errno.KernelError`; one that the command
does not catch ends it with status 1 and a message on descriptor 2.  A command keeps nothing but
its :class:`Invocation` and its replies, for it is resumed, forked and stepped back by being run
again with the same replies: equal invocations and replies must lead to equal requests.

``Execve`` that succeeds does not return: the task then performs the new argv and exits with its
status.  ``Fork`` returns twice, as in C.
"""
Ending: TypeAlias = Generator[Request, Any, int | ExitGroup]
"""The same, but its last word may be to exit, which is hardly ever answered: to be returned costs
less than to be taken down in the middle of it.  If it is answered, that was its status."""
Started: TypeAlias = Ending | int | ExitGroup
"""A command that was called: at work, or its last word at once if it asks nothing before that."""


def steps(started: Started) -> Ending:
    """A command at work, whether or not it asks anything."""
    return _said(started) if isinstance(started, int | ExitGroup) else started


def _said(last: int | ExitGroup) -> Ending:
    yield from ()
    return last


class Invocation(msgspec.Struct, frozen=True, gc=False):
    """One call of a command.

    ``name`` is the name it was called by, ``argv`` the arguments behind it, and ``variables`` the
    caller's variables: nsh has no ``export``, every variable is environment.
    """

    name: str
    argv: tuple[str, ...]
    variables: Map[str, str] = Map()
    executed: bool = False
    """It is what its process has executed (execve(2)), and so may change that as it likes."""
