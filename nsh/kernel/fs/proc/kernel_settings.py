"""``/proc/sys/kernel``: names of the machine, and the numbering of pids (proc_sys_kernel(5))."""

from typing import Final

from msgspec.structs import replace

from nsh.abi.capabilities import Cap
from nsh.abi.poll import PollEvent
from nsh.kernel import capabilities, idmaps, uts
from nsh.kernel.fs.operations import Ready
from nsh.kernel.fs.proc import sysctl
from nsh.kernel.pids import RESERVED_PIDS
from nsh.machine.files import File
from nsh.machine.ids import FileId, NamespaceId, TaskId
from nsh.machine.pids import PidSpace
from nsh.machine.tasks import Task
from nsh.machine.uts import NameFile
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


class _Name(sysctl.Line):
    """A name of the caller's uts namespace; poll(2) tells when any is set (proc_sys_poll)."""

    def __init__(self, path: str, field: str) -> None:
        def get(tx: Transaction, caller: TaskId) -> str:
            name: str = getattr(uts.of(tx, caller), field)
            return name

        def put(tx: Transaction, caller: TaskId, text: str) -> None:
            uts.rename(tx, caller, field, text)

        super().__init__(path, 0o644, get, put, uts.NAME_LEN)
        self._field = field

    def open(self, tx: Transaction) -> NameFile:
        """What is told from now on."""
        return NameFile(uts.name_events(tx, self._field))

    def poll(self, tx: Transaction, key: FileId, file: File) -> Ready:
        """Once of what was set since it was opened or polled."""
        assert isinstance(file.opened, NameFile)
        events = PollEvent.POLLIN | PollEvent.POLLOUT
        event = uts.name_events(tx, self._field)
        if event != file.opened.event:
            events = PollEvent.POLLIN | PollEvent.POLLERR | PollEvent.POLLPRI
            tx.put(key, replace(file, opened=NameFile(event)))
        return Ready(events, (uts.name_channel(self._field),))


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
        """As its owner for that one, and for who has CAP_SYS_ADMIN over the namespace; as anybody
        for others (pid_table_root_permissions)."""
        creds = tx.get(Task, caller).creds
        owner = _space(tx, caller).owner
        if capabilities.has(tx, creds, owner, Cap.CAP_SYS_ADMIN):
            return not wanted & ~(self.mode >> 6)
        if creds.euid == idmaps.root_of(tx, owner):
            return not wanted & ~(self.mode >> 6)
        return not wanted & ~self.mode


sysctl.register(_PidMax("kernel/pid_max", 0o644, _pid_max, _set_pid_max, _pid_max_bounds))
sysctl.register(
    sysctl.Number("kernel/ns_last_pid", 0o666, _last_pid, _set_last_pid, _last_pid_bounds)
)
sysctl.register(_Name("kernel/hostname", "nodename"))
sysctl.register(_Name("kernel/domainname", "domainname"))
sysctl.register(sysctl.Fact("kernel/ostype", lambda _tx, _caller: "Linux"))
sysctl.register(_Release("kernel/osrelease", 0o444, uts.release_of, uts.set_release, uts.NAME_LEN))
sysctl.register(sysctl.Fact("kernel/version", lambda _tx, _caller: uts.VERSION))
sysctl.register(sysctl.Fact("kernel/arch", lambda _tx, _caller: "x86_64"))
sysctl.register(sysctl.Count("kernel/cap_last_cap", lambda _tx, _caller: str(max(Cap).value)))
