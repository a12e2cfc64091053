"""What ps can print of a process: the columns, with the widths and words of procps (ps(1))."""

from collections.abc import Callable
from typing import Final

import msgspec

from nsh.userland.calendar import DAY, moment
from nsh.userland.proc import (
    CGROUPS,
    CMDLINE,
    CONTAINER,
    EXE,
    STATUS,
    WCHAN,
    Process,
    terminal_name,
)
from nsh.userland.proc import printable as clean
from nsh.userland.users import Names

HZ: Final = 100
PID_WIDTH: Final = 0
"""Stands for a width that is known when pid_max is."""


class World(msgspec.Struct, frozen=True):
    """What the columns have to know beside the process."""

    names: Names
    now: int
    """Hundredths of a second since 1970."""
    boot: int
    """When the machine was started, in hundredths of a second since 1970."""
    memory: int = 0
    """In KiB, 0 if not known."""

    def started(self, process: Process) -> int:
        """Seconds since 1970."""
        return (self.boot + process.start) // HZ

    def age(self, process: Process) -> int:
        """Seconds since it started."""
        return self.ticks(process) // HZ

    def ticks(self, process: Process) -> int:
        """The same in hundredths."""
        return max(0, self.now - self.boot - process.start)


Value = Callable[[Process, World], str | int]


class Column(msgspec.Struct, frozen=True):
    """One column that can be asked for."""

    header: str
    width: int
    value: Value
    """Text is set to the left, a number to the right."""
    right: bool = True
    needs: frozenset[str] = frozenset()
    tree: bool = False
    """The branches of the process tree are drawn in it."""
    abbreviated: bool = False
    """A value that is too long ends in ``+``."""


def flags_of(process: Process) -> str:
    """STAT: the state, and what ps adds to it."""
    text = process.state
    if process.nice < 0:
        text += "<"
    elif process.nice > 0:
        text += "N"
    if process.status.get("VmLck", "0 kB") != "0 kB":
        text += "L"
    if process.session == process.tgid:
        text += "s"
    if process.threads > 1:
        text += "l"
    if process.tpgid == process.pgrp and process.tty:
        text += "+"
    return text


def clock(seconds: int) -> str:
    """``[DD-]HH:MM:SS``"""
    days, rest = divmod(seconds, DAY)
    text = f"{rest // 3600:02}:{rest // 60 % 60:02}:{rest % 60:02}"
    return f"{days}-{text}" if days else text


def elapsed(process: Process, world: World) -> str:
    """``[[DD-]HH:]MM:SS`` since it started."""
    age = world.age(process)
    return clock(age) if age >= 3600 else f"{age // 60:02}:{age % 60:02}"


def _bsd_time(process: Process, world: World) -> str:
    seconds = process.ticks // HZ
    return f"{seconds // 60}:{seconds % 60:02}"


def _start(process: Process, world: World) -> str:
    """``HH:MM:SS``, after a day ``Mon DD``."""
    when = moment(world.started(process))
    if world.age(process) > DAY:
        return f"{when.month_name[:3]} {when.day:02}"
    return f"{when.hour:02}:{when.minute:02}:{when.second:02}"


def _stime(process: Process, world: World) -> str:
    """``HH:MM`` today, ``MonDD`` this year, or the year."""
    when, now = moment(world.started(process)), moment(world.now // HZ)
    if when.year != now.year:
        return str(when.year)
    if when.yearday != now.yearday:
        return f"{when.month_name[:3]}{when.day:02}"
    return f"{when.hour:02}:{when.minute:02}"


def _bsd_start(process: Process, world: World) -> str:
    """``HH:MM``, after a day ``MonDD``."""
    when = moment(world.started(process))
    if world.age(process) > DAY:
        return f"{when.month_name[:3]}{when.day:02}"
    return f"{when.hour:02}:{when.minute:02}"


def _lstart(process: Process, world: World) -> str:
    when = moment(world.started(process))
    clock_time = f"{when.hour:02}:{when.minute:02}:{when.second:02}"
    return f"{when.weekday_name[:3]} {when.month_name[:3]} {when.day:2} {clock_time} {when.year}"


def _share(process: Process, world: World) -> int:
    """Tenths of a percent of a processor over its life."""
    age = world.ticks(process)
    return process.ticks * 1000 // age if age else 0


def _cpu(process: Process, world: World) -> str:
    share = _share(process, world)
    return f"{share // 10}.{share % 10}"


def _mem(process: Process, world: World) -> str:
    share = min(999, process.rss * 1000 // world.memory) if world.memory else 0
    return f"{share // 10}.{share % 10}"


def _vpid(process: Process, world: World) -> int:
    numbers = process.ids("NSpid")
    return numbers[-1] if numbers else process.pid


def _user(which: int) -> Value:
    def name(process: Process, world: World) -> str:
        return clean(world.names.user(process.uid(which)))

    return name


def _group(which: int) -> Value:
    def name(process: Process, world: World) -> str:
        return clean(world.names.group(process.gid(which)))

    return name


def _left(header: str, width: int, value: Value, *needs: str, tree: bool = False) -> Column:
    return Column(header, width, value, False, frozenset(needs), tree)


def _right(header: str, width: int, value: Value, *needs: str) -> Column:
    return Column(header, width, value, True, frozenset(needs))


def _name(header: str, value: Value) -> Column:
    return Column(header, 8, value, False, frozenset((STATUS,)), abbreviated=True)


def _pid(header: str, value: Callable[[Process], int], *needs: str) -> Column:
    return Column(header, PID_WIDTH, lambda p, w: value(p), True, frozenset(needs))


def _mask(header: str, line: str) -> Column:
    return _right(header, 16, lambda p, w: p.status.get(line, "-"), STATUS)


def _namespace(kind: str) -> Column:
    return _right(f"{kind.upper()}NS", 10, lambda p, w: p.inode(kind) or "-", kind)


def _cgroups(process: Process, world: World) -> str:
    """Those that are not the root of their hierarchy."""
    return clean(",".join(each for each in process.cgroups if not each.endswith(":/"))) or "-"


def _more_groups(name: Callable[[World, int], str]) -> Value:
    def listed(process: Process, world: World) -> str:
        return clean(",".join(name(world, gid) for gid in process.ids("Groups"))) or "-"

    return listed


_COMM = _left("COMMAND", 15, lambda p, w: clean(p.comm), tree=True)
_ARGS = _left("COMMAND", 27, lambda p, w: p.command_line, CMDLINE, tree=True)
_TTY = _left("TT", 8, lambda p, w: terminal_name(p.tty))
_STATE = _left("S", 1, lambda p, w: p.state)
_NICE = _right("NI", 3, lambda p, w: p.nice)
_TIME = _right("TIME", 8, lambda p, w: clock(p.ticks // HZ))
_FLAGS = _left("F", 1, lambda p, w: f"{p.flags >> 6 & 7:o}")
_RSS = _right("RSS", 5, lambda p, w: p.rss)
_VSZ = _right("VSZ", 6, lambda p, w: p.vsize)
_CPU = _right("%CPU", 4, _cpu)
_MEM = _right("%MEM", 4, _mem)

COLUMNS: Final[dict[str, Column]] = {
    "pid": _pid("PID", lambda p: p.tgid),
    "tgid": _pid("TGID", lambda p: p.tgid),
    "ppid": _pid("PPID", lambda p: p.ppid),
    "pgid": _pid("PGID", lambda p: p.pgrp),
    "pgrp": _pid("PGRP", lambda p: p.pgrp),
    "sid": _pid("SID", lambda p: p.session),
    "sess": _pid("SESS", lambda p: p.session),
    "session": _pid("SESS", lambda p: p.session),
    "tid": _pid("TID", lambda p: p.pid),
    "lwp": _pid("LWP", lambda p: p.pid),
    "spid": _pid("SPID", lambda p: p.pid),
    "tpgid": _pid("TPGID", lambda p: p.tpgid),
    "cid": _right("CID", 4, lambda p, w: clean(p.container), CONTAINER),
    "vpid": Column("VPID", PID_WIDTH, _vpid, True, frozenset((STATUS,))),
    "nspid": _left("NSPID", 11, lambda p, w: ",".join(map(str, p.ids("NSpid"))), STATUS),
    "comm": _COMM,
    "ucomm": _COMM,
    "ucmd": msgspec.structs.replace(_COMM, header="CMD"),
    "fname": _left("COMMAND", 8, lambda p, w: clean(p.comm)[:8]),
    "args": _ARGS,
    "command": _ARGS,
    "cmd": msgspec.structs.replace(_ARGS, header="CMD"),
    "exe": _left("EXE", 27, lambda p, w: clean(p.exe), EXE),
    "tty": _TTY,
    "tt": _TTY,
    "tname": msgspec.structs.replace(_TTY, header="TTY"),
    "stat": _left("STAT", 4, lambda p, w: flags_of(p), STATUS),
    "s": _STATE,
    "state": _STATE,
    "user": _name("USER", _user(1)),
    "uname": _name("USER", _user(1)),
    "euser": _name("EUSER", _user(1)),
    "ruser": _name("RUSER", _user(0)),
    "suser": _name("SUSER", _user(2)),
    "svuser": _name("SVUSER", _user(2)),
    "fuser": _name("FUSER", _user(3)),
    "uid": _right("UID", 5, lambda p, w: p.uid(), STATUS),
    "euid": _right("EUID", 5, lambda p, w: p.uid(), STATUS),
    "ruid": _right("RUID", 5, lambda p, w: p.uid(0), STATUS),
    "suid": _right("SUID", 5, lambda p, w: p.uid(2), STATUS),
    "svuid": _right("SVUID", 5, lambda p, w: p.uid(2), STATUS),
    "fuid": _right("FUID", 5, lambda p, w: p.uid(3), STATUS),
    "group": _name("GROUP", _group(1)),
    "egroup": _name("EGROUP", _group(1)),
    "rgroup": _name("RGROUP", _group(0)),
    "sgroup": _name("SGROUP", _group(2)),
    "fgroup": _name("FGROUP", _group(3)),
    "gid": _right("GID", 5, lambda p, w: p.gid(), STATUS),
    "egid": _right("EGID", 5, lambda p, w: p.gid(), STATUS),
    "rgid": _right("RGID", 5, lambda p, w: p.gid(0), STATUS),
    "sgid": _right("SGID", 5, lambda p, w: p.gid(2), STATUS),
    "svgid": _right("SVGID", 5, lambda p, w: p.gid(2), STATUS),
    "fgid": _right("FGID", 5, lambda p, w: p.gid(3), STATUS),
    "supgid": _left("SUPGID", 20, _more_groups(lambda w, gid: str(gid)), STATUS),
    "supgrp": _left("SUPGRP", 40, _more_groups(lambda w, gid: w.names.group(gid)), STATUS),
    "cgroup": _left("CGROUP", 27, _cgroups, CGROUPS),
    "ni": _NICE,
    "nice": _NICE,
    "pri": _right("PRI", 3, lambda p, w: 39 - p.priority),
    "opri": _right("PRI", 3, lambda p, w: 60 + p.priority),
    "priority": _right("PRI", 3, lambda p, w: p.priority),
    "cls": _left("CLS", 3, lambda p, w: "TS"),
    "class": _left("CLS", 3, lambda p, w: "TS"),
    "policy": _left("POL", 3, lambda p, w: "TS"),
    "rtprio": _right("RTPRIO", 6, lambda p, w: "-"),
    "nlwp": _right("NLWP", 4, lambda p, w: p.threads),
    "thcount": _right("THCNT", 5, lambda p, w: p.threads),
    "wchan": _left("WCHAN", 6, lambda p, w: clean(p.wchan).lstrip("_"), WCHAN),
    "time": _TIME,
    "cputime": _TIME,
    "bsdtime": _right("TIME", 6, _bsd_time),
    "etime": _right("ELAPSED", 11, elapsed),
    "etimes": _right("ELAPSED", 7, lambda p, w: w.age(p)),
    "start": _right("STARTED", 8, _start),
    "stime": _right("STIME", 5, _stime),
    "start_time": _right("START", 5, _stime),
    "bsdstart": _right("START", 6, _bsd_start),
    "lstart": _right("STARTED", 24, _lstart),
    "c": _right("C", 2, lambda p, w: min(99, _share(p, w) // 10)),
    "pcpu": _CPU,
    "%cpu": _CPU,
    "pmem": _MEM,
    "%mem": _MEM,
    "vsz": _VSZ,
    "rss": _RSS,
    "sz": _right("SZ", 5, lambda p, w: p.vsize // 4),
    "addr": _left("ADDR", 1, lambda p, w: "-"),
    "psr": _right("PSR", 3, lambda p, w: p.processor),
    "f": _FLAGS,
    "flags": _FLAGS,
    "pending": _mask("PENDING", "ShdPnd"),
    "tsig": _mask("PENDING", "SigPnd"),
    "blocked": _mask("BLOCKED", "SigBlk"),
    "ignored": _mask("IGNORED", "SigIgn"),
    "caught": _mask("CAUGHT", "SigCgt"),
    "sig": _mask("PENDING", "ShdPnd"),
    "sigmask": _mask("BLOCKED", "SigBlk"),
    "sigignore": _mask("IGNORED", "SigIgn"),
    "sigcatch": _mask("CAUGHT", "SigCgt"),
    "cgroupns": _namespace("cgroup"),
    "ipcns": _namespace("ipc"),
    "mntns": _namespace("mnt"),
    "netns": _namespace("net"),
    "pidns": _namespace("pid"),
    "timens": _namespace("time"),
    "userns": _namespace("user"),
    "utsns": _namespace("uts"),
}
"""By the names that ``-o`` and ``--sort`` know."""
