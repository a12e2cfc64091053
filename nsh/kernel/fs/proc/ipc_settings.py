"""``/proc/sys/kernel/{shm,sem,msg}*`` and ``/proc/sys/fs/mqueue``: each ipc namespace's own
(proc_sys_kernel(5), mq_overview(7); ipc/ipc_sysctl.c, ipc/mq_sysctl.c)."""

from typing import Final

from msgspec.structs import replace

from nsh.abi.capabilities import Cap
from nsh.abi.errno import Errno, KernelError
from nsh.abi.request import Failure
from nsh.kernel import capabilities, ipc
from nsh.kernel.fs.proc import sysctl
from nsh.machine.ids import NamespaceId, TaskId
from nsh.machine.ipc import IPCMNI, Ids
from nsh.machine.value import Transaction

_INT: Final = (1 << 31) - 1
_LONG: Final = (1 << 64) - 1
_SEM: Final = ("semmsl", "semmns", "semopm", "semmni")


class _Own(sysctl.Setting):
    """Of each ipc namespace, so that the root of the user namespace that owns it may set it
    (ipc_permissions, mq_permissions)."""

    def space(self, tx: Transaction, caller: TaskId) -> NamespaceId:
        """The owner of the caller's ipc namespace."""
        return ipc.of(tx, caller).owner


class _Limit(_Own, sysctl.Number):
    """A field of the reader's namespace, within fixed bounds."""

    def __init__(self, path: str, low: int, high: int, field: str = "") -> None:
        field = field or path.rpartition("/")[2]

        def get(tx: Transaction, caller: TaskId) -> int:
            value: int = getattr(ipc.of(tx, caller), field)
            return value

        def put(tx: Transaction, caller: TaskId, value: int) -> None:
            ipc.change(tx, ipc.key_of(tx, caller), **{field: value})

        def bounds(tx: Transaction, caller: TaskId) -> tuple[int, int]:
            del tx, caller
            return low, high

        super().__init__(path, 0o644, get, put, bounds)


class _Long(_Limit):
    """An unsigned long (proc_doulongvec_minmax)."""

    def __init__(self, path: str) -> None:
        super().__init__(path, 0, _LONG)

    def write(self, tx: Transaction, caller: TaskId, data: bytes, offset: int) -> int:
        """Negative numbers are none."""
        if not data or offset:
            return len(data)
        number, taken = sysctl.parse_number(data, low=0, high=_LONG, signed=False)
        self._set(tx, caller, number)
        return taken


class _Sem(_Own):
    """Four limits of semaphores in one file."""

    def read(self, tx: Transaction, caller: TaskId) -> str:
        """The numbers, and tabs between them."""
        record = ipc.of(tx, caller)
        return "\t".join(str(getattr(record, field)) for field in _SEM) + "\n"

    def write(self, tx: Transaction, caller: TaskId, data: bytes, offset: int) -> int | Failure:
        """As many as are given, from the first on, to the first that is no number (EINVAL): any at
        all, but that the last, if it is out of range (ERANGE), is what it was."""
        taken = len(data) if offset else 0
        found: list[int] = []
        failed: Failure | None = None
        while taken < len(data) and len(found) < len(_SEM):
            try:
                number, size = sysctl.parse_number(data[taken:])
            except KernelError as error:
                failed = Failure(error.errno, error.reason)
                break
            found.append(number)
            taken += size
        new = dict(zip(_SEM, found, strict=False))
        if not 0 <= new.get("semmni", 0) <= IPCMNI:
            del new["semmni"]
            failed = Failure(Errno.ERANGE, f"there can be {IPCMNI} semaphore sets at most")
        if new:
            ipc.change(tx, ipc.key_of(tx, caller), **new)
        return taken if failed is None else failed


class _NextId(_Own, sysctl.Number):
    """``*_next_id``: the id that the next object is to have, if it can (S4).

    Nobody may write it, by its mode, but who has CAP_CHECKPOINT_RESTORE.
    """

    def __init__(self, name: str) -> None:
        def get(tx: Transaction, caller: TaskId) -> int:
            ids: Ids = getattr(ipc.of(tx, caller), name)
            return ids.next_id

        def put(tx: Transaction, caller: TaskId, value: int) -> None:
            ids: Ids = getattr(ipc.of(tx, caller), name)
            ipc.change(tx, ipc.key_of(tx, caller), **{name: replace(ids, next_id=value)})

        def bounds(tx: Transaction, caller: TaskId) -> tuple[int, int]:
            del tx, caller
            return 0, _INT

        super().__init__(f"kernel/{name}_next_id", 0o444, get, put, bounds)

    def may_write(self, tx: Transaction, caller: TaskId) -> bool:
        """Whatever the mode says."""
        owner = ipc.of(tx, caller).owner
        return any(
            capabilities.capable(tx, caller, owner, cap)
            for cap in (Cap.CAP_CHECKPOINT_RESTORE, Cap.CAP_SYS_ADMIN)
        )

    def permits(self, tx: Transaction, caller: TaskId, wanted: int) -> bool:
        """Who may write it may do all (ipc_permissions)."""
        return self.may_write(tx, caller) or super().permits(tx, caller, wanted)


class _Switch(_Own, sysctl.Number):
    """Something to turn on and off."""

    def __init__(self, name: str, get: sysctl.Get, set_: sysctl.Set) -> None:
        super().__init__(f"kernel/{name}", 0o644, get, set_, _switch)


def _forced(tx: Transaction, caller: TaskId) -> int:
    return ipc.of(tx, caller).shm_rmid_forced


def _force(tx: Transaction, caller: TaskId, value: int) -> None:

    from nsh.kernel.sysv import shm

    shm.force_rmid(tx, ipc.key_of(tx, caller), value)


def _nothing(tx: Transaction, caller: TaskId) -> int:
    del tx, caller
    return 0


def _ignore(tx: Transaction, caller: TaskId, value: int) -> None:
    """It is there for old programs: 1 asked the kernel to adapt ``msgmni`` to the memory."""
    del tx, caller, value


def _switch(tx: Transaction, caller: TaskId) -> tuple[int, int]:
    del tx, caller
    return 0, 1


for _name in ("shm", "sem", "msg"):
    sysctl.register(_NextId(_name))
sysctl.register(_Long("kernel/shmmax"))
sysctl.register(_Long("kernel/shmall"))
sysctl.register(_Limit("kernel/shmmni", 0, IPCMNI))
sysctl.register(_Switch("shm_rmid_forced", _forced, _force))
sysctl.register(_Sem("kernel/sem", 0o644))
sysctl.register(_Limit("kernel/msgmax", 0, _INT))
sysctl.register(_Limit("kernel/msgmnb", 0, _INT))
sysctl.register(_Limit("kernel/msgmni", 0, IPCMNI))
sysctl.register(_Switch("auto_msgmni", _nothing, _ignore))
sysctl.register(_Limit("fs/mqueue/queues_max", -_INT - 1, _INT))
for _name in ("msg_max", "msg_default"):
    sysctl.register(_Limit(f"fs/mqueue/{_name}", 1, 65536))
for _name in ("msgsize_max", "msgsize_default"):
    sysctl.register(_Limit(f"fs/mqueue/{_name}", 128, 16 << 20))
