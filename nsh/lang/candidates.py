"""What could be typed next, and who knows what there is of that around the acting task."""

from collections.abc import Iterable
from typing import Protocol

from nsh.machine.record import Record


class Candidate(Record):
    """One thing that could stand there."""

    text: str
    """The whole word, without quotes."""
    help: str = ""
    """What it is, in half a line."""
    whole: bool = True
    """The word ends there; a directory or ``--option=`` goes on."""


class Surroundings(Protocol):
    """What the acting task has around it.  Each tells only of what begins with *prefix*."""

    def tasks(self, prefix: str) -> Iterable[Candidate]:
        """References to living tasks that it sees: labels, ``cid:pid``, pids."""
        ...

    def containers(self, prefix: str) -> Iterable[Candidate]:
        """Names, or else numbers, of containers."""
        ...

    def paths(self, prefix: str) -> Iterable[Candidate]:
        """Names of files; those of directories end with a slash."""
        ...

    def variables(self) -> Iterable[Candidate]:
        """Every variable."""
        ...

    def value(self, name: str) -> str | None:
        """What a variable of the script holds; None if nothing."""
        ...

    def functions(self) -> Iterable[str]:
        """The names of functions."""
        ...

    def descriptors(self) -> Iterable[Candidate]:
        """Its open file descriptors."""
        ...

    def policies(self) -> Iterable[Candidate]:
        """The names of the debates."""
        ...

    def positions(self, policy: str) -> Iterable[Candidate]:
        """The values of one of them."""
        ...

    def profiles(self) -> Iterable[Candidate]:
        """The documents."""
        ...

    def users(self) -> Iterable[Candidate]:
        """Users, as its /etc/passwd has them."""
        ...

    def programs(self) -> Iterable[Candidate]:
        """What the tasks that it sees call themselves."""
        ...

    def terminals(self) -> Iterable[Candidate]:
        """Names of terminals below its /dev."""
        ...

    def file_systems(self) -> Iterable[Candidate]:
        """Types of file systems."""
        ...

    def others(self, kind: str, prefix: str) -> Iterable[Candidate]:
        """What only a certain prompt knows of."""
        ...
