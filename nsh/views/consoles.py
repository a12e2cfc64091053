"""The terminals that people could sit at: consoles, serial lines, slaves of pseudo terminals."""

from heapq import nsmallest
from typing import Final

from nsh.machine.consoles import KIND, Console
from nsh.machine.devpts import PtsFile
from nsh.machine.ids import SpaceId, TerminalId
from nsh.machine.mounts import Mount
from nsh.machine.ptys import Pty
from nsh.machine.terminals import Terminal
from nsh.machine.value import Machine
from nsh.views import ids, mounted
from nsh.views.whose import Whose

_USUAL: Final = "/dev/pts"


def sitting_at(machine: Machine, count: int) -> list[TerminalId]:
    """The first *count* terminals: the consoles by namespace and number, then the slaves of
    pseudo terminals by age.  O(terminals)."""
    consoles = machine.rows(Console)
    found = nsmallest(count, consoles, lambda key: (consoles[key].namespace, consoles[key].number))
    if len(found) < count:
        others = (key for key in machine.rows(Terminal) if key not in consoles)
        found += nsmallest(count - len(found), others)
    return [TerminalId(key) for key in found]


def neighbour(machine: Machine, key: TerminalId, step: int) -> TerminalId:
    """The terminal so many places after *key* in that order, round and round."""
    every = sitting_at(machine, machine.count(Terminal))
    if key not in every:
        return every[0] if every else key
    return every[(every.index(key) + step) % len(every)]


def called(machine: Machine, key: TerminalId, whose: Whose) -> str:
    """``web:console``, ``0:pts/1``, or ``0:/mnt/1`` of an instance that its container has not at
    /dev/pts: as the command ``screen`` takes it, where there is a cid."""
    terminal = machine.find(Terminal, key)
    if terminal is None:
        return "?"
    console = machine.find(Console, key)
    if console is not None:
        cid = whose.name(machine, KIND, console.namespace, terminal.session)
        return f"{cid or '?'}:{terminal.name}"
    pty = machine.find(Pty, terminal.pty)
    space = None if pty is None else _home(machine, pty.sb, whose)
    if pty is None or space is None:
        return terminal.name
    places = mounted.paths(machine, pty.sb, space)
    elsewhere = bool(places) and _USUAL not in places
    name = f"{places[0].rstrip('/')}/{pty.index}" if elsewhere else terminal.name
    return f"{ids.cid(machine, space)}:{name}"


def _home(machine: Machine, superblock: int, whose: Whose) -> SpaceId | None:
    """The pid space whose first task is in the mount namespace where an instance was first
    mounted."""
    for key in mounted.mounts(machine, superblock):
        mount = machine.get(Mount, key)
        if mount.space:
            return whose.space(machine, "mnt", mount.space)
    return None


def whose_instance(machine: Machine, superblock: int, whose: Whose) -> str:
    """The container in whose mount namespace an instance of devpts was first mounted; "" where
    it is mounted nowhere, or in a namespace that is no container's."""
    space = _home(machine, superblock, whose)
    return "" if space is None else ids.cid(machine, space)


def file_owner(machine: Machine, key: TerminalId) -> int | None:
    """The uid of a slave's file; None where it has none."""
    file = machine.find(PtsFile, key)
    return None if file is None else file.uid
