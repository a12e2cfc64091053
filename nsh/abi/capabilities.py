"""Capabilities by number (capabilities(7), include/uapi/linux/capability.h)."""

from enum import IntEnum, IntFlag
from typing import Final

from nsh.abi.request import Request


class Cap(IntEnum):
    """One capability; bit ``1 << cap`` of a set."""

    CAP_CHOWN = 0
    CAP_DAC_OVERRIDE = 1
    CAP_DAC_READ_SEARCH = 2
    CAP_FOWNER = 3
    CAP_FSETID = 4
    CAP_KILL = 5
    CAP_SETGID = 6
    CAP_SETUID = 7
    CAP_SETPCAP = 8
    CAP_LINUX_IMMUTABLE = 9
    CAP_NET_BIND_SERVICE = 10
    CAP_NET_BROADCAST = 11
    CAP_NET_ADMIN = 12
    CAP_NET_RAW = 13
    CAP_IPC_LOCK = 14
    CAP_IPC_OWNER = 15
    CAP_SYS_MODULE = 16
    CAP_SYS_RAWIO = 17
    CAP_SYS_CHROOT = 18
    CAP_SYS_PTRACE = 19
    CAP_SYS_PACCT = 20
    CAP_SYS_ADMIN = 21
    CAP_SYS_BOOT = 22
    CAP_SYS_NICE = 23
    CAP_SYS_RESOURCE = 24
    CAP_SYS_TIME = 25
    CAP_SYS_TTY_CONFIG = 26
    CAP_MKNOD = 27
    CAP_LEASE = 28
    CAP_AUDIT_WRITE = 29
    CAP_AUDIT_CONTROL = 30
    CAP_SETFCAP = 31
    CAP_MAC_OVERRIDE = 32
    CAP_MAC_ADMIN = 33
    CAP_SYSLOG = 34
    CAP_WAKE_ALARM = 35
    CAP_BLOCK_SUSPEND = 36
    CAP_AUDIT_READ = 37
    CAP_PERFMON = 38
    CAP_BPF = 39
    CAP_CHECKPOINT_RESTORE = 40

    @property
    def short(self) -> str:
        """As setpriv(1) calls it: ``sys_admin``."""
        return self.name.removeprefix("CAP_").lower()


ALL: Final = (1 << len(Cap)) - 1
"""Every capability, as a set."""


class Secure(IntFlag):
    """Flags of PR_SET_SECUREBITS(2const)."""

    SECBIT_NOROOT = 1 << 0
    SECBIT_NOROOT_LOCKED = 1 << 1
    SECBIT_NO_SETUID_FIXUP = 1 << 2
    SECBIT_NO_SETUID_FIXUP_LOCKED = 1 << 3
    SECBIT_KEEP_CAPS = 1 << 4
    SECBIT_KEEP_CAPS_LOCKED = 1 << 5
    SECBIT_NO_CAP_AMBIENT_RAISE = 1 << 6
    SECBIT_NO_CAP_AMBIENT_RAISE_LOCKED = 1 << 7
    SECBIT_EXEC_RESTRICT_FILE = 1 << 8
    SECBIT_EXEC_RESTRICT_FILE_LOCKED = 1 << 9
    SECBIT_EXEC_DENY_INTERACTIVE = 1 << 10
    SECBIT_EXEC_DENY_INTERACTIVE_LOCKED = 1 << 11


class Ambient(IntEnum):
    """What PR_CAP_AMBIENT(2const) does; all but the last are about one capability."""

    IS_SET = 1
    RAISE = 2
    LOWER = 3
    CLEAR_ALL = 4


class Capget(Request, frozen=True, gc=False):
    """capget(2); pid 0 is the caller.  Replies :class:`CapSets`; EINVAL, ESRCH."""

    pid: int = 0


class Capset(Request, frozen=True, gc=False):
    """capset(2) of the caller.  Replies 0; EPERM."""

    effective: int
    permitted: int
    inheritable: int


class CapSets(Request, frozen=True, gc=False):
    """The sets that capget(2) tells; bit ``1 << cap`` each."""

    effective: int
    permitted: int
    inheritable: int
