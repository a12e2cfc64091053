"""What the puppeteer may ask about terminals: what a person in front of one sees."""

from nsh.abi.request import Request
from nsh.machine.record import Record
from nsh.machine.screens import Screen


class ShowScreen(Request, frozen=True, gc=False):
    """The screen of a terminal.  Replies a :class:`Seen`.

    ``ref`` is a path, which the caller must be allowed to open; or a name below ``/dev``, the
    caller's own (``pts/0``, ``console``) or with a container or a task in front that the caller
    sees: as that one, or the container's first task, knows it (``web:console``, ``web:tty1``,
    ``pts:web/0``), the notation of :class:`~nsh.abi.puppets.TypeKeys`.  EINVAL
    where that is no name, ENOTTY where it is no terminal, ESRCH where there is no such container
    in sight, and what open(2) says.
    """

    ref: str


class Seen(Record):
    """A screen and whose it is."""

    name: str
    """The terminal's own name, below /dev."""
    screen: Screen
