"""Signal state of tasks (signal(7)): what is pending, and what is done about each."""

from immutables import Map

from nsh.machine.record import Record


class SigInfo(Record):
    """One generated signal (``siginfo_t``).  ``pid`` and ``status`` are already in the
    receiver's numbers: Linux translates when it sends, and so do we."""

    signo: int
    code: int = 0
    pid: int = 0
    uid: int = 0
    status: int = 0
    value: int = 0
    fd: int = 0
    band: int = 0
    charge: int = 0
    """Whom it counts for while it is queued (:mod:`nsh.machine.limits`); 0: nobody, for nothing is
    told of it, or its timer counts."""


class Action(Record):
    """A disposition.  ``handler`` is ``"ignore"``, the name of the program's own handler, which
    the kernel keeps but never reads, or ``"default"`` where the flags alone say something."""

    handler: str
    mask: int = 0
    flags: int = 0


class Actions(Record):
    """The dispositions of a thread group; an absent signal has its default, without flags."""

    by_signal: Map[int, Action] = Map()
    ignored: int = 0
    """Mask of the signals whose handler is "ignore"."""
    handled: int = 0
    """Mask of the signals that have a handler of the program's own."""


DEFAULT_ACTIONS = Actions()
