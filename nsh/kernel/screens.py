"""What a person sees on a terminal.  No kernel tells that; whoever sits in front of it knows.

A terminal is found as its users find it: by opening a path, as the caller or as the first task of
a container.  Opening is done in a transaction that is thrown away, so nothing comes of it.
"""

from typing import Final

from nsh.abi.errno import Errno
from nsh.abi.files import OpenFlag
from nsh.abi.screens import Seen, ShowScreen
from nsh.emulator.keeping import screen
from nsh.kernel import keys, pids, refs
from nsh.kernel.dispatch import handles
from nsh.kernel.fs.opening import open_path
from nsh.machine.files import File
from nsh.machine.ids import TaskId
from nsh.machine.ptys import OpenTerminal
from nsh.machine.tasks import Task
from nsh.machine.terminals import Terminal
from nsh.machine.value import Transaction, begin

_FLAGS: Final = int(OpenFlag.O_RDONLY | OpenFlag.O_NOCTTY | OpenFlag.O_NONBLOCK)


@handles(ShowScreen)
def show_screen(tx: Transaction, caller: TaskId, request: ShowScreen) -> Seen:
    """The screen of the terminal that a reference names."""
    whom, path = _visible(tx, caller, request.ref)
    scratch = begin(tx.base)
    opened = scratch.get(File, open_path(scratch, whom, path, _FLAGS)).opened
    if not isinstance(opened, OpenTerminal):
        raise Errno.ENOTTY(f"{path} is no terminal")
    terminal = scratch.get(Terminal, opened.terminal)
    return Seen(terminal.name, screen(terminal.printed))


def _visible(tx: Transaction, caller: TaskId, ref: str) -> tuple[TaskId, str]:
    """Who would open it, one whom the caller sees, and by what path.  EINVAL, ESRCH."""
    name = ref.rpartition(":")[2]
    parts = name.removeprefix("/").split("/")
    if not ref.startswith("/") and not all(part.strip(".") for part in parts):
        raise Errno.EINVAL(f"no terminal is called {name!r}")
    whom, path = keys.whose(tx, caller, ref)
    mine = tx.get(Task, caller).space
    if not pids.number(tx, tx.get(Task, whom), mine):
        raise Errno.ESRCH(
            f"{ref} is a terminal of a task that {refs.cid_of(tx, mine)} does not see"
        )
    return whom, path
