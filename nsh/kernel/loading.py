"""Which modules of the kernel a machine begins with, and when the others come.

Being a file in this package is all it takes to be part of the kernel.  Of what is named here a
run needs little or nothing, so it is loaded once somebody asks for it; nobody can tell when.
"""

import importlib
from functools import cache
from itertools import chain
from typing import Final

import nsh.kernel
from nsh._modules import modules

CALLS: Final = {
    "nsh.abi.attributes": (
        "nsh.kernel.fs.access",
        "nsh.kernel.fs.attributes",
        "nsh.kernel.fs.chown",
    ),
    "nsh.abi.capabilities": ("nsh.kernel.capability_calls",),
    "nsh.abi.consoles": ("nsh.kernel.console_calls", "nsh.kernel.serial_calls"),
    "nsh.abi.credentials": ("nsh.kernel.credentials",),
    "nsh.abi.files": (
        "nsh.kernel.fs.fown",
        "nsh.kernel.fs.mount_calls",
        "nsh.kernel.fs.paths",
        "nsh.kernel.fs.pivot",
        "nsh.kernel.fs.propagation",
        "nsh.kernel.fs.readlink",
    ),
    "nsh.abi.kthreads": ("nsh.kernel.kthread_calls",),
    "nsh.abi.limits": ("nsh.kernel.limit_calls",),
    "nsh.abi.names": ("nsh.kernel.fs.names", "nsh.kernel.fs.places"),
    "nsh.abi.namespaces": (
        "nsh.kernel.fs.nsfs_calls",
        "nsh.kernel.namespace_calls",
        "nsh.kernel.uts_calls",
    ),
    "nsh.abi.poll": ("nsh.kernel.poll",),
    "nsh.abi.prctl": ("nsh.kernel.prctl",),
    "nsh.abi.process": ("nsh.kernel.hijack", "nsh.kernel.process"),
    "nsh.abi.ptys": ("nsh.kernel.pty_calls",),
    "nsh.abi.puppets": ("nsh.kernel.keys",),
    "nsh.abi.screens": ("nsh.kernel.screens",),
    "nsh.abi.signals": ("nsh.kernel.kill", "nsh.kernel.signal_calls"),
    "nsh.abi.smack": ("nsh.kernel.smack_calls",),
    "nsh.abi.terminals": (
        "nsh.kernel.terminal_calls",
        "nsh.kernel.terminal_claims",
        "nsh.kernel.terminal_settings",
    ),
    "nsh.abi.xattrs": ("nsh.kernel.fs.xattrs",),
}
"""Modules that answer calls and take part in nothing else, by the module of the boundary whose
requests they answer: they are loaded for the first of these that no module so far answers."""

DEVICES: Final = (
    "nsh.kernel.fs.devpts_ptmx",
    "nsh.kernel.fs.kmsg",
    "nsh.kernel.fs.memory_devices",
    "nsh.kernel.masters",
    "nsh.kernel.pty_devices",
)
"""Modules that drive devices, and nothing else: they are loaded once somebody opens a device that
no module so far drives."""

FILES: Final = (
    "nsh.kernel.fs.proc.cgroup",
    "nsh.kernel.fs.proc.classes",
    "nsh.kernel.fs.proc.device_files",
    "nsh.kernel.fs.proc.id_maps",
    "nsh.kernel.fs.proc.ipc_settings",
    "nsh.kernel.fs.proc.mounts",
    "nsh.kernel.fs.proc.ns_container",
    "nsh.kernel.fs.proc.printk_settings",
    "nsh.kernel.fs.proc.pty_settings",
    "nsh.kernel.fs.proc.task_files",
    "nsh.kernel.fs.proc.timens_files",
    "nsh.kernel.fs.proc.timers",
    "nsh.kernel.fs.proc.tty_settings",
    "nsh.kernel.fs.proc.user_settings",
    "nsh.kernel.fs.proc.wchan",
)
"""Modules that have files below ``/proc/PID`` and ``/proc/sys``, and nothing else: they are loaded
once such a directory is listed, or somebody looks for a file that no module so far has."""

LATE: Final = (
    "nsh.kernel.cgroup",
    "nsh.kernel.checkpoint",
    "nsh.kernel.classes",
    "nsh.kernel.containers",
    "nsh.kernel.creds_commit",
    "nsh.kernel.file_caps",
    "nsh.kernel.fs.cgroup1",
    "nsh.kernel.fs.cgroup2",
    "nsh.kernel.fs.cgroup_options",
    "nsh.kernel.fs.cgroupfs",
    "nsh.kernel.fs.container",
    "nsh.kernel.fs.locking",
    "nsh.kernel.fs.mount_copies",
    "nsh.kernel.fs.mounters",
    "nsh.kernel.fs.mountinfo",
    "nsh.kernel.fs.mqueues",
    "nsh.kernel.fs.ns_containers",
    "nsh.kernel.fs.peers",
    "nsh.kernel.fs.rcfs",
    "nsh.kernel.fs.whole_trees",
    "nsh.kernel.lending",
    "nsh.kernel.line_discipline.editing",
    "nsh.kernel.line_discipline.input",
    "nsh.kernel.line_discipline.reading",
    "nsh.kernel.line_discipline.settings",
    "nsh.kernel.moves",
    "nsh.kernel.net",
    "nsh.kernel.ns_containers",
    "nsh.kernel.pidfds",
    "nsh.kernel.ptys",
    "nsh.kernel.sigio",
    "nsh.kernel.subsystems",
    "nsh.kernel.sysv",
    "nsh.kernel.timing",
    "nsh.kernel.umh",
    "nsh.kernel.vfork",
)
"""Modules and packages that most runs never touch: loaded by who needs one, and all once somebody
asks for what no module so far has.  Till then no machine here can hold a row of theirs, so that
whatever hooks they have would find nothing to do."""


AFTER: Final = (
    "nsh.kernel.audit",
    "nsh.kernel.clock",
    "nsh.kernel.death",
    "nsh.kernel.dispositions",
    "nsh.kernel.exec_creds",
    "nsh.kernel.families",
    "nsh.kernel.fs.descriptors",
    "nsh.kernel.fs.proc.consoles",
    "nsh.kernel.fs.proc.container",
    "nsh.kernel.fs.proc.descriptors",
    "nsh.kernel.fs.proc.hardware",
    "nsh.kernel.fs.proc.kernel_settings",
    "nsh.kernel.fs.proc.links",
    "nsh.kernel.fs.proc.locks",
    "nsh.kernel.fs.proc.net_files",
    "nsh.kernel.fs.proc.net_settings",
    "nsh.kernel.fs.proc.registry",
    "nsh.kernel.fs.proc.stat",
    "nsh.kernel.fs.proc.status",
    "nsh.kernel.fs.proc.sysctl",
    "nsh.kernel.fs.proc.system",
    "nsh.kernel.fs.proc.system_tree",
    "nsh.kernel.fs.proc.sysvipc",
    "nsh.kernel.fs.proc.task_tree",
    "nsh.kernel.fs.proc.tty_files",
    "nsh.kernel.fs.transfer",
    "nsh.kernel.identity",
    "nsh.kernel.limits",
    "nsh.kernel.line_discipline",
    "nsh.kernel.pending",
    "nsh.kernel.personality",
    "nsh.kernel.puppets",
    "nsh.kernel.refs",
    "nsh.kernel.sessions",
    "nsh.kernel.signals",
    "nsh.kernel.sigqueues",
    "nsh.kernel.stopping",
    "nsh.kernel.wait",
)
"""Modules and packages that take no part in a boot: the first call that a machine gets loads them,
whatever it is, for they take part in the life of every task.  Who looks at a machine that has just
been booted, as the interface does before its first frame, does without."""


def load_for_boot() -> None:
    """Import what takes part in a boot, once."""
    _load(_BOOT)


def load() -> None:
    """Import what every machine needs in which anything happens, once."""
    _load(_BOOT)
    _load(_AFTER)


@cache
def load_calls(boundary: str) -> None:
    """Import what answers the requests of that module of the boundary, if that comes late."""
    for name in CALLS.get(boundary, ()):
        importlib.import_module(name)


@cache
def load_devices() -> None:
    """Import what drives devices and comes late."""
    for name in DEVICES:
        importlib.import_module(name)


@cache
def load_files() -> None:
    """Import what has files of proc that come late."""
    for name in FILES:
        importlib.import_module(name)


def load_all() -> None:
    """Import every module of the kernel, once: also before a machine comes from elsewhere."""
    load()
    _load(_LATE)


_BOOT, _AFTER, _LATE = range(3)


@cache
def _load(wave: int) -> None:
    for name in _waves()[wave]:
        importlib.import_module(name)


@cache
def _waves() -> tuple[list[str], ...]:
    """The modules of each wave."""
    found: tuple[list[str], ...] = ([], [], [])
    told = dict.fromkeys(AFTER, _AFTER)
    told |= dict.fromkeys((*DEVICES, *FILES, *LATE, *chain(*CALLS.values())), _LATE)
    for name in modules(nsh.kernel):
        around = name.rpartition(".")[0]
        while around in told:  # of a package that is named, and so of one within it
            told[name] = max(told.get(name, _BOOT), told[around])
            around = around.rpartition(".")[0]
        found[told.get(name, _BOOT)].append(name)
    return found
