"""The machine of the model that is most like the namespaces in which real processes start."""

import os
from typing import Final

from immutables import Map
from msgspec.structs import replace

from nsh.kernel import boot, namespaces, spaces
from nsh.kernel.boot import INIT
from nsh.machine.ids import NOBODY, SpaceId
from nsh.machine.namespaces import kept_above
from nsh.machine.pids import Containers, PidSpace
from nsh.machine.settings import Settings
from nsh.machine.tasks import ALL_CAPABILITIES, Group, Session, Task
from nsh.machine.terminals import Terminal
from nsh.machine.value import Machine, Transaction, begin

_OUTSIDE: Final = 2
"""Levels around a stage's init: the machine's own, and the warden's."""
_CALLED: Final = 2
"""What init is called there, where nobody else is seen."""


def like_a_stage() -> Machine:
    """A machine just booted, some levels further in.

    A stage's init is not the machine's own: it leaves groups a parent that can continue them
    (credentials(7)), its namespace's numbers go further (since Linux 6.14), and fewer levels can
    be nested in it.  What root cannot have here, it has not got there either; and it is as nice as
    nsh is.
    """
    tx = begin(boot.boot("mainline"))
    path = tuple(tx.new(SpaceId) for _ in range(_OUTSIDE))
    for level in range(_OUTSIDE):
        _surround(tx, path[: level + 1])
    inner = tx.get(PidSpace, spaces.ROOT)
    tx.put(
        spaces.ROOT,
        replace(inner, path=(*path, *inner.path), pid_max=spaces.PID_MAX_LIMIT),
    )
    settings = tx.find(Settings, 0) or Settings()
    tx.put(0, replace(settings, nice=os.getpriority(os.PRIO_PROCESS, 0)))
    called = (_CALLED,) * _OUTSIDE
    mine = _capabilities()
    creds = tx.get(Task, INIT).creds
    allowed = {name: getattr(creds, name) & mine for name in ("permitted", "effective", "bounding")}
    tx.put(INIT, replace(tx.get(Task, INIT), creds=replace(creds, **allowed)))
    task, group, session = tx.get(Task, INIT), tx.get(Group, INIT), tx.get(Session, INIT)
    tx.put(INIT, replace(task, pids=called + task.pids))
    tx.put(INIT, replace(group, pids=called + group.pids))
    tx.put(INIT, replace(session, pids=called + session.pids))
    for key, terminal in list(tx.items(Terminal)):
        front = terminal.foreground
        if front is not None:
            front = replace(front, path=path + front.path, pids=called + front.pids)
            tx.put(key, replace(terminal, foreground=front))
    return tx.commit()


def _capabilities() -> int:
    """Those that a stage's init has: root's own, less what this machine keeps from it; all in a
    user namespace of its own."""
    if os.geteuid():
        return ALL_CAPABILITIES
    with open("/proc/self/status", encoding="ascii", errors="replace") as file:
        found = next((line for line in file if line.startswith("CapBnd:")), "")
    return int(found.partition(":")[2] or "0", 16) or ALL_CAPABILITIES


def _surround(tx: Transaction, path: tuple[SpaceId, ...]) -> None:
    """The last space of *path*: it holds init, and the next space further in."""
    number = -len(path)
    names = tx.get(Containers, 0)
    tx.put(0, replace(names, by_number=names.by_number.set(number, path[-1])))
    tx.put(
        path[-1],
        replace(
            tx.get(PidSpace, spaces.ROOT),
            users=1 + len(kept_above((*path, path[-1]))),
            inum=namespaces.fresh_inums(tx),
            path=path,
            number=number,
            task_of=Map({_CALLED: INIT}),
            last_pid=_CALLED,
            init=NOBODY,
        ),
    )
