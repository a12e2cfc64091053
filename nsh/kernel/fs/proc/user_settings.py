"""``/proc/sys/user``: limits of the reader's user namespace; overflow ids (namespaces(7)), and of
how many groups one may be."""

from typing import ClassVar, Final

from msgspec.structs import replace

from nsh.abi.capabilities import Cap
from nsh.abi.credentials import NGROUPS_MAX
from nsh.kernel import capabilities, ucounts
from nsh.kernel.fs.proc import sysctl
from nsh.machine.ids import TaskId
from nsh.machine.tasks import Task
from nsh.machine.users import UserSpace, overflow
from nsh.machine.value import Transaction

_INT_MAX: Final = (1 << 31) - 1
_OLD_UID_MAX: Final = 65535


class _Limit(sysctl.Number):
    """How many namespaces of a kind a user may have."""

    signed: ClassVar[bool] = False

    def __init__(self, name: str, kind: str) -> None:
        def get(tx: Transaction, caller: TaskId) -> int:
            return ucounts.limit(tx, tx.get(Task, caller).creds.userns, kind)

        def store(tx: Transaction, caller: TaskId, value: int) -> None:
            key = tx.get(Task, caller).creds.userns
            space = tx.get(UserSpace, key)
            tx.put(key, replace(space, limits=space.limits.set(kind, value)))

        super().__init__(f"user/{name}", 0o644, get, store, lambda _tx, _caller: (0, _INT_MAX))

    def permits(self, tx: Transaction, caller: TaskId, wanted: int) -> bool:
        """As the owner, for who has CAP_SYS_RESOURCE in the namespace; as anybody, for others."""
        own = tx.get(Task, caller).creds.userns
        able = capabilities.capable(tx, caller, own, Cap.CAP_SYS_RESOURCE)
        return not wanted & ~(self.mode >> 6 if able else self.mode)


for _kind, _name in sorted(ucounts.SETTINGS.items()):
    sysctl.register(_Limit(_name, _kind))


class _Overflow(sysctl.Number):
    """Who is shown where nobody is mapped: one for the whole machine."""

    def __init__(self, path: str, field: str) -> None:
        def get(tx: Transaction, caller: TaskId) -> int:
            del caller
            found: int = getattr(overflow(tx), field)
            return found

        def store(tx: Transaction, caller: TaskId, value: int) -> None:
            del caller
            tx.put(0, replace(overflow(tx), **{field: value}))

        bounds = (0, _OLD_UID_MAX)
        super().__init__(path, 0o644, get, store, lambda _tx, _caller: bounds)


for _id in ("uid", "gid"):
    sysctl.register(_Overflow(f"kernel/overflow{_id}", _id))
    sysctl.register(_Overflow(f"fs/overflow{_id}", f"fs_{_id}"))
sysctl.register(sysctl.Count("kernel/ngroups_max", lambda _tx, _caller: str(NGROUPS_MAX)))
