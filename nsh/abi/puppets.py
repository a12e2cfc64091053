"""What the puppeteer may ask that no program of a real system could: references and moves.

A reference names a task: a label (``httpd.2``), ``cid:pid`` (``web:1``, ``0:1203``), ``:pid``
or a bare pid.  Labels are the puppeteer's handles; pids obey visibility.
"""

from typing import ClassVar

from nsh.abi.request import Request


class Resolve(Request, frozen=True, gc=False):
    """The pid by which the caller sees the task that ``ref`` names.  ESRCH where it sees none."""

    ref: str


class TypeKeys(Request, frozen=True, gc=False):
    """Somebody presses keys at a terminal: ``data`` goes where what is typed there goes.

    ``terminal`` is a path, a name below /dev (``tty1``), or one as another task finds it there:
    ``web:console``, ``tty:web/1``, ``pts:web/0``.  Replies 0; EIO, ENOENT, ENOTTY, ENXIO, ESRCH.
    """

    terminal: str
    data: bytes
    shows: ClassVar[bool] = True


class Describe(Request, frozen=True, gc=False):
    """The ``cid:pid`` and comm of the caller, for prompts.  Replies an :class:`Identity`."""


class Identity(Request, frozen=True, gc=False):
    """How a prompt names a task."""

    cid: str
    pid: int
    comm: str
