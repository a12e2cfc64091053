"""Whom a mount of proc shows, by its options ``hidepid``, ``gid`` and ``subset`` (proc(5);
proc_fs_parameters in fs/proc/root.c, has_pid_permissions in fs/proc/base.c)."""

from typing import Final

from msgspec.structs import replace

from nsh.abi.errno import Errno
from nsh.kernel import idmaps
from nsh.kernel.fs import parameters
from nsh.kernel.fs.permission import in_group
from nsh.kernel.fs.proc.view import may_inspect
from nsh.machine.files import Superblock, SuperblockId
from nsh.machine.ids import TaskId
from nsh.machine.proc import Mounter
from nsh.machine.tasks import Creds, Task
from nsh.machine.users import overflow
from nsh.machine.value import Transaction

_KIND: Final = "proc"
_NOBODYS: Final = -1
"""A group that has no number outside is taken, and nobody is in it (proc_apply_options)."""
NO_ACCESS: Final = 1
"""Of others' tasks one sees that they are there."""
INVISIBLE: Final = 2
"""One does not."""
NOT_PTRACEABLE: Final = 4
"""Not even who is in the group does, and nobody can so much as name them."""
_NAMES: Final = {
    0: "off",
    NO_ACCESS: "noaccess",
    INVISIBLE: "invisible",
    NOT_PTRACEABLE: "ptraceable",
}
_BY_NAME: Final = {name: number for number, name in _NAMES.items()}


def parse(tx: Transaction, creds: Creds, data: Mounter, options: str) -> Mounter:
    """*data* changed by mount options, whose group is in the numbers of *creds*.  EINVAL."""
    for option in filter(None, options.split(",")):
        name, _, value = option.partition("=")
        match name:
            case "hidepid":
                data = replace(data, hidepid=_level(value))
            case "gid":
                number = parameters.unsigned(_KIND, name, value)
                gid = idmaps.find_gid(tx, creds.userns, number)
                data = replace(data, gid=_NOBODYS if gid is None else gid)
            case "subset":
                if value != "pid":
                    raise Errno.EINVAL(f"proc has no subset {value!r}, but pid")
                data = replace(data, pids_only=True)
            case _:
                parameters.unknown(_KIND, name)
    return data


def _level(value: str) -> int:
    number = int(value) if value.isascii() and value.isdigit() else _BY_NAME.get(value)
    if number not in _NAMES:
        raise Errno.EINVAL(f"hidepid is one of {', '.join(_BY_NAME)}, and not {value!r}")
    return number


def told(tx: Transaction, data: Mounter) -> str:
    """What differs from the defaults, as mountinfo has it: the group by its number outside."""
    shown = overflow(tx).gid if data.gid == _NOBODYS else data.gid
    gid = f",gid={shown}" if data.gid else ""
    hidden = f",hidepid={_NAMES[data.hidepid]}" if data.hidepid else ""
    return gid + hidden + (",subset=pid" if data.pids_only else "")


def of(tx: Transaction, sb: SuperblockId) -> Mounter:
    """The data of a proc superblock."""
    data = tx.get(Superblock, sb).data
    assert isinstance(data, Mounter)
    return data


def hides(tx: Transaction, data: Mounter, caller: TaskId, task: TaskId, least: int) -> bool:
    """Whether what is hidden from *least* on is hidden of *task* from *caller*: from who may not
    look into it, and is not in the group."""
    spared = data.hidepid < least or in_group(tx, tx.get(Task, caller).creds, data.gid)
    if spared and data.hidepid != NOT_PTRACEABLE:
        return False
    return tx.find(Task, task) is not None and not may_inspect(tx, caller, task)


def check(tx: Transaction, sb: SuperblockId, caller: TaskId, task: TaskId) -> None:
    """To go into a task's directory, or to list it (proc_pid_permission).  EPERM, ENOENT."""
    data = of(tx, sb)
    if data.hidepid and hides(tx, data, caller, task, NO_ACCESS):
        if data.hidepid == INVISIBLE:
            raise Errno.ENOENT("this proc does not show tasks that one may not look into")
        raise Errno.EPERM("this proc lets nobody near tasks that they may not look into")
