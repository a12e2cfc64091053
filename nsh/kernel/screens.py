"""What a person sees on a terminal.  No kernel tells that; whoever sits in front of it knows.

A terminal is found as its users find it: by opening a path, as the caller or as the first task of
a container.  Opening is done in a transaction that is thrown away, so nothing comes of it.
"""

import re
from typing import Final

from nsh.abi.errno import Errno
from nsh.abi.files import OpenFlag
from nsh.abi.screens import Seen, ShowScreen
from nsh.emulator.keeping import screen
from nsh.kernel import pids, refs
from nsh.kernel.dispatch import handles
from nsh.kernel.fs.opening import open_path
from nsh.machine.files import File
from nsh.machine.ids import TaskId
from nsh.machine.pids import PidSpace
from nsh.machine.ptys import OpenTerminal
from nsh.machine.tasks import Task
from nsh.machine.terminals import Terminal
from nsh.machine.value import Transaction, begin

_FLAGS: Final = int(OpenFlag.O_RDONLY | OpenFlag.O_NOCTTY | OpenFlag.O_NONBLOCK)
_KIND_FIRST: Final = re.compile(r"(pts|tty):([^:/]*)/([0-9]+)")
"""``pts:web/0``, ``tty:web/1``."""


@handles(ShowScreen)
def show_screen(tx: Transaction, caller: TaskId, request: ShowScreen) -> Seen:
    """The screen of the terminal that a reference names."""
    whom, path = _whose(tx, caller, request.ref)
    scratch = begin(tx.base)
    opened = scratch.get(File, open_path(scratch, whom, path, _FLAGS)).opened
    if not isinstance(opened, OpenTerminal):
        raise Errno.ENOTTY(f"{path} is no terminal")
    terminal = scratch.get(Terminal, opened.terminal)
    return Seen(terminal.name, screen(terminal.printed))


def _whose(tx: Transaction, caller: TaskId, ref: str) -> tuple[TaskId, str]:
    """Who would open it, and by what path.  EINVAL, ESRCH."""
    if ref.startswith("/"):
        return caller, ref
    if kind_first := _KIND_FIRST.fullmatch(ref):
        kind, cid, index = kind_first.groups()
        name = f"{kind}/{index}" if kind == "pts" else f"{kind}{index}"
    else:
        cid, colon, name = ref.partition(":")
        if not colon:
            cid, name = "", ref
    if not all(part.strip(".") for part in name.split("/")):
        raise Errno.EINVAL(f"no terminal is called {name!r}")
    whom = _first_task(tx, caller, cid) if cid else caller
    return whom, f"/dev/{name}"


def _first_task(tx: Transaction, caller: TaskId, cid: str) -> TaskId:
    space = refs.container(tx, cid)
    mine = tx.get(Task, caller).space
    if space is None or mine not in tx.get(PidSpace, space).path:
        raise Errno.ESRCH(f"there is no container {cid} in {refs.cid_of(tx, mine)}")
    first = pids.lookup(tx, space, 1)
    if first is None or tx.find(Task, first) is None:
        raise Errno.ESRCH(f"{cid} has no first task")
    return first
