"""What a program asks of the puppeteer instead of the kernel.

Every action but :class:`Finished` and :class:`PureBudget` is answered through
:func:`nsh.lang.stepper.resume`, like a system call.
"""

from typing import Final

from nsh.abi.process import Clone
from nsh.abi.request import Failure
from nsh.lang.source import Span
from nsh.machine.ids import NOBODY, TaskId
from nsh.machine.program import Program, Scope, Site
from nsh.machine.record import Record


class Action(Record):
    """Common head of the actions."""


class Finished(Action):
    """The program has ended.  ``failed``: by a command that failed where nothing tested it."""

    status: int
    failed: bool
    errno: int = 0
    """Of the last request that failed, 0 if none did."""
    trail: tuple[Site, ...] = ()
    """Where it failed, and from where that was called, the innermost first."""


class Returned(Record):
    """The answer to :class:`Delegate` once the other task's program has ended.

    ``scope`` is what it was lent, as it left it; None if the task died.
    """

    status: int
    failed: bool
    scope: Scope | None
    errno: int = 0
    trail: tuple[Site, ...] = ()
    """As in :class:`Finished`."""


class Yourself(Record):
    """The answer to :class:`Delegate` where the task that was named is who asks: it is to perform
    the program as part of its own."""


class SpawnChild(Action):
    """``spawn``: perform the request; the child becomes a puppet with that program, or idle.

    Answered with the child's pid, or a :class:`Failure`.
    """

    request: Clone
    program: Program | None


class Delegate(Action):
    """``as REF …``: have that task perform the program.  Answered with :class:`Returned`, with
    :class:`Yourself`, or a :class:`Failure` (ESRCH: nobody is called so)."""

    ref: str
    program: Program
    implicit: bool = False
    """Without ``as``: a first word that is no command's name."""
    tested: bool = False
    """A failure over there is none here."""
    performer: TaskId = NOBODY
    """The task that *ref* named, once it has been asked to."""


class Await(Action):
    """A handler has run while another task performs what this one asked it to: go on waiting for
    the end of that, which is the answer to ``delegate``."""

    delegate: Delegate


class Switch(Action):
    """``as REF`` alone: what is typed next is performed by that task.  Answered with 0 or a
    :class:`Failure`."""

    ref: str


class SetPolicy(Action):
    """``policy NAME VALUE``.  Answered with 0 or a :class:`Failure`."""

    name: str
    value: str


class SetProfile(Action):
    """``profile NAME``.  Answered with 0 or a :class:`Failure`."""

    name: str


class ShowPolicies(Action):
    """``policy`` and ``policy NAME``.  Answered with what is to be printed about all of them ("")
    or that one, or a :class:`Failure`."""

    name: str


class ShowProfile(Action):
    """``profile``.  Answered with its name."""


class ExportProc(Action):
    """``export proc``: write the /proc that *ref* sees to a directory of the machine that nsh
    runs on.  Answered with 0 or a :class:`Failure`."""

    ref: str
    directory: str


class Expected(Action):
    """``expect``: whether it held, its source ``text``, and in ``detail`` what was got instead
    ("" if it held)."""

    ok: bool
    text: str
    detail: str
    span: Span
    site: Site


class Report(Action):
    """A message of nsh itself, to be written on the acting task's descriptor 2.

    ``text`` ends in a newline.  ``failure`` is the refused request behind it, if one is.
    """

    text: str
    failure: Failure | None = None
    instead: tuple[tuple[str, str], ...] = ()
    """References, and what to write instead where one names a task that is alive: the first."""


class PureBudget(Action):
    """The program ran ``instructions`` without asking anything, and is not done; step it again."""

    instructions: int


KINDS: Final = frozenset(Action.__subclasses__())
"""To tell an action from a request: a look here is faster than isinstance()."""
