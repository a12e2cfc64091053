"""Files about the whole system: version, uptime, stat, loadavg, filesystems, cgroups (proc(5))."""

from typing import Final

from nsh.abi.process import CLOCK_BOOTTIME
from nsh.kernel import clock, timens, uts
from nsh.kernel.fs.proc import hardware
from nsh.kernel.fs.proc.registry import system_file
from nsh.kernel.fs.types import find_type, type_names
from nsh.kernel.spaces import ROOT
from nsh.machine.cgroups import CONTROLLERS, UNIFIED, Cgroup, Hierarchy
from nsh.machine.ids import TaskId
from nsh.machine.pids import PidSpace
from nsh.machine.tasks import Task
from nsh.machine.value import Transaction
from nsh.machine.waiting import RunQueue

_NS: Final = 10**9
_USED: Final = (
    *("Buffers", "Cached", "SwapCached", "Active", "Inactive", "Unevictable", "Mlocked"),
    *("SwapTotal", "SwapFree", "Dirty", "Writeback", "AnonPages", "Mapped", "Shmem"),
)


@system_file("version")
def version(tx: Transaction, caller: TaskId) -> str:
    """What uname(2) says and who compiled it."""
    release = uts.release_of(tx, caller)
    return f"Linux version {release} (nsh@nsh) (a model, not a compiler) {uts.VERSION}\n"


def _seconds(nanoseconds: int) -> str:
    """Seconds and hundredths."""
    return f"{nanoseconds // _NS}.{nanoseconds % _NS // hardware.TICK:02d}"


@system_file("uptime")
def uptime(tx: Transaction, caller: TaskId) -> str:
    """Seconds since boot, and the idle time of all processors together: no time is ever used."""
    shown = tx.clock + timens.offset(tx, caller, CLOCK_BOOTTIME)
    return f"{_seconds(shown)} {_seconds(tx.clock * hardware.CPUS)}\n"


@system_file("loadavg")
def loadavg(tx: Transaction, caller: TaskId) -> str:
    """Three averages of a machine that computes in no time; running and existing tasks; the
    last pid of the reader's own pid space (not of the mount's)."""
    existing = tx.get(PidSpace, ROOT).live
    last = tx.get(PidSpace, tx.get(Task, caller).space).last_pid
    return f"0.00 0.00 0.00 {_running(tx)}/{existing} {last}\n"


@system_file("meminfo")
def meminfo(tx: Transaction, caller: TaskId) -> str:
    """Memory and swap, in KiB."""
    del tx, caller
    free = hardware.MEMORY
    fields = dict.fromkeys(("MemTotal", "MemFree", "MemAvailable"), free)
    fields |= dict.fromkeys(_USED, 0)
    return "".join(f"{name + ':':<15}{value:>9} kB\n" for name, value in fields.items())


@system_file("cpuinfo")
def cpuinfo(tx: Transaction, caller: TaskId) -> str:
    """The processors, as x86 tells of them; no more than all programs count on."""
    del tx, caller
    return "".join(
        f"processor\t: {cpu}\nvendor_id\t: nsh\nmodel name\t: modelled processor\n"
        f"physical id\t: 0\nsiblings\t: {hardware.CPUS}\n"
        f"core id\t\t: {cpu}\ncpu cores\t: {hardware.CPUS}\n\n"
        for cpu in range(hardware.CPUS)
    )


def _running(tx: Transaction) -> int:
    """The reader, and whoever may take a step."""
    queue = tx.find(RunQueue, 0)
    return 1 + (0 if queue is None else len(queue.entries))


@system_file("stat")
def stat(tx: Transaction, caller: TaskId) -> str:
    """Processors (idle in ticks, otherwise 0), time of boot, forks, runnable and blocked tasks."""
    booted = clock.EPOCH - timens.offset(tx, caller, CLOCK_BOOTTIME)
    idle = tx.clock // hardware.TICK
    lines = [f"cpu  0 0 0 {idle * hardware.CPUS} 0 0 0 0 0 0"]
    lines += [f"cpu{cpu} 0 0 0 {idle} 0 0 0 0 0 0" for cpu in range(hardware.CPUS)]
    lines += [
        "intr 0",
        "ctxt 0",
        f"btime {booted // _NS}",
        f"processes {tx.get(PidSpace, ROOT).last_pid}",
        f"procs_running {_running(tx)}",
        "procs_blocked 0",
        "softirq 0 0 0 0 0 0 0 0 0 0 0",
    ]
    return "\n".join(lines) + "\n"


@system_file("filesystems")
def filesystems(tx: Transaction, caller: TaskId) -> str:
    """The types that mount(2) knows, by name; none of them is on a block device."""
    del caller
    types = [kind for kind in map(find_type, type_names()) if kind and kind.registered]
    return "".join(f"nodev\t{kind.name}\n" for kind in types if kind.present(tx))


@system_file("cgroups")
def cgroups(tx: Transaction, caller: TaskId) -> str:
    """Each controller, the hierarchy that has it, and how many cgroups that has."""
    del caller
    lines = ["#subsys_name\thierarchy\tnum_cgroups\tenabled\n"]
    for name in CONTROLLERS:
        found = (key for key, record in tx.items(Hierarchy) if name in record.controllers)
        number = next(found, UNIFIED)
        many = sum(1 for _key, cgroup in tx.items(Cgroup) if cgroup.hierarchy == number)
        lines.append(f"{name}\t{number}\t{max(1, many)}\t1\n")
    return "".join(lines)
