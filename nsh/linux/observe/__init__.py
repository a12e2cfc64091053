"""The running machine as a :class:`~nsh.machine.Machine`: /proc read, placed, and told.

* :mod:`reading` reads /proc into facts (:mod:`facts`), with few system calls a process;
* :mod:`nsfs`, :mod:`holders` and :mod:`mountinfo` ask about namespaces, and who keeps them;
* :mod:`placing` finds each process's pid space at every level;
* :mod:`building` makes the machine, with the evidence of each value beside it.

Nothing here writes, signals, or enters anything.
"""

from nsh.linux.observe.facts import Process, Snapshot
from nsh.linux.observe.reading import read
from nsh.linux.observe.wanted import EVERYTHING, USUAL, Wanted

__all__ = ["EVERYTHING", "USUAL", "Process", "Snapshot", "Wanted", "read"]
