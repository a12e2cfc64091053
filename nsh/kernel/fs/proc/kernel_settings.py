"""``/proc/sys/kernel``: names of the machine, and the numbering of pids (proc_sys_kernel(5))."""

from typing import Final

from msgspec.structs import replace

from nsh.abi.capabilities import Cap
from nsh.kernel import capabilities, contexts, idmaps, uts
from nsh.kernel.fs.proc import sysctl
from nsh.kernel.pids import RESERVED_PIDS
from nsh.machine.ids import FIRST_USER, NamespaceId, TaskId
from nsh.machine.pids import PidSpace
from nsh.machine.tasks import Task
from nsh.machine.value import Transaction

PID_MAX_LIMIT: Final = 4 * 1024 * 1024
PID_MAX_MIN: Final = RESERVED_PIDS + 1


def _space(tx: Transaction, caller: TaskId) -> PidSpace:
    return tx.get(PidSpace, tx.get(Task, caller).space)


def _pid_max(tx: Transaction, caller: TaskId) -> int:
    """One for each pid namespace, since Linux 6.14."""
    return _space(tx, caller).pid_max


def _set_pid_max(tx: Transaction, caller: TaskId, value: int) -> None:
    tx.put(tx.get(Task, caller).space, replace(_space(tx, caller), pid_max=value))


def _pid_max_bounds(tx: Transaction, caller: TaskId) -> tuple[int, int]:
    del tx, caller
    return PID_MAX_MIN, PID_MAX_LIMIT


def _last_pid(tx: Transaction, caller: TaskId) -> int:
    return _space(tx, caller).last_pid


def _set_last_pid(tx: Transaction, caller: TaskId, value: int) -> None:
    """The next pid will be the first free one after *value* (S4's "next id", for pids)."""
    tx.put(tx.get(Task, caller).space, replace(_space(tx, caller), last_pid=value))


def _last_pid_bounds(tx: Transaction, caller: TaskId) -> tuple[int, int]:
    """Anybody may open it for writing; the right to write is a capability's (EPERM)."""
    space = _space(tx, caller)
    if not capabilities.capable(tx, caller, space.owner, Cap.CAP_SYS_ADMIN):
        cap = Cap.CAP_CHECKPOINT_RESTORE
        capabilities.need(tx, caller, space.owner, cap, "choosing the next pid")
    return 0, space.pid_max


def _set_nodename(tx: Transaction, caller: TaskId, text: str) -> None:
    tx.put(contexts.namespace(tx, caller, "uts"), replace(uts.of(tx, caller), nodename=text))


def _set_domainname(tx: Transaction, caller: TaskId, text: str) -> None:
    tx.put(contexts.namespace(tx, caller, "uts"), replace(uts.of(tx, caller), domainname=text))


def _nodename(tx: Transaction, caller: TaskId) -> str:
    return uts.of(tx, caller).nodename


def _domainname(tx: Transaction, caller: TaskId) -> str:
    return uts.of(tx, caller).domainname


class _Release(sysctl.Line):
    """A fact, but where a uts namespace may say otherwise."""

    def mode_on(self, tx: Transaction) -> int:
        """Only root of the namespace writes it, if anybody."""
        return 0o644 if uts.settable(tx) else 0o444


class _PidMax(sysctl.Number):
    """Of each pid namespace, so that the root of the user namespace that owns it may set it."""

    def space(self, tx: Transaction, caller: TaskId) -> NamespaceId:
        """The owner of the caller's pid namespace (pid_table_root_set_ownership)."""
        return _space(tx, caller).owner

    def permits(self, tx: Transaction, caller: TaskId, wanted: int) -> bool:
        """By the mode, whose owner that one is (pid_table_root_permissions)."""
        creds = tx.get(Task, caller).creds
        owner = _space(tx, caller).owner
        if capabilities.has(tx, creds, FIRST_USER, Cap.CAP_SYS_ADMIN):
            return not wanted & ~(self.mode >> 6)
        if creds.euid == idmaps.root_of(tx, owner):
            return not wanted & ~(self.mode >> 6)
        return not wanted & ~self.mode


sysctl.register(_PidMax("kernel/pid_max", 0o644, _pid_max, _set_pid_max, _pid_max_bounds))
sysctl.register(
    sysctl.Number("kernel/ns_last_pid", 0o666, _last_pid, _set_last_pid, _last_pid_bounds)
)
sysctl.register(sysctl.Line("kernel/hostname", 0o644, _nodename, _set_nodename, uts.NAME_LEN))
sysctl.register(sysctl.Line("kernel/domainname", 0o644, _domainname, _set_domainname, uts.NAME_LEN))
sysctl.register(sysctl.Fact("kernel/ostype", lambda _tx, _caller: "Linux"))
sysctl.register(_Release("kernel/osrelease", 0o444, uts.release_of, uts.set_release, uts.NAME_LEN))
sysctl.register(sysctl.Fact("kernel/version", lambda _tx, _caller: uts.VERSION))
sysctl.register(sysctl.Fact("kernel/arch", lambda _tx, _caller: "x86_64"))
sysctl.register(sysctl.Fact("kernel/cap_last_cap", lambda _tx, _caller: str(max(Cap).value)))
