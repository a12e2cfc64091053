"""The steps that programs about terminals are made of, each as likely as it is worth."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from nsh.abi.files import OpenFlag as O
from nsh.abi.signals import SaFlag, Sig
from nsh.abi.termios import XTABS, Cc, Lflag, Oflag
from nsh.machine.ids import TaskId
from nsh.machine.ptys import OpenMaster, OpenTerminal, Pty
from nsh.machine.tasks import Task
from nsh.machine.terminals import Termios
from tests.kernel import _steps

if TYPE_CHECKING:
    from tests.kernel._terminal_programs import TerminalWriter

MASTERS = 4
KEYS = [
    *(bytes((n,)) for n in b"ab _\t\n\r\x03\x1c\x1a\x04\x7f\x15\x17\x16\x12\x11\x13\x01\x00\xffAz"),
    b"ab\n",
    b"word two\n",
    b"\xc3\xa9",
    b"\n",
    b"\n",
]
SHOWN = [b"out", b"a\tb", b"line\n", b"\n", b"\r", b"x\by", b"Up low", b"\xc3\xa9", b"\x1b[0m"]
SIGNALS = [
    Sig.SIGHUP,
    Sig.SIGINT,
    Sig.SIGTTIN,
    Sig.SIGTTOU,
    Sig.SIGTSTP,
    Sig.SIGCONT,
    Sig.SIGWINCH,
    Sig.SIGQUIT,
    Sig.SIGIO,
]
IFLAGS = [1 << n for n in range(15)]
OFLAGS = [
    Oflag.OPOST,
    Oflag.OPOST,
    Oflag.OLCUC,
    Oflag.ONLCR,
    Oflag.OCRNL,
    Oflag.ONOCR,
    Oflag.ONLRET,
    XTABS,
]
LFLAGS = [
    Lflag.ISIG,
    Lflag.ICANON,
    Lflag.ICANON,
    Lflag.ICANON,
    Lflag.ECHO,
    Lflag.ECHO,
    Lflag.ECHOE,
    Lflag.ECHOK,
    Lflag.ECHONL,
    Lflag.NOFLSH,
    Lflag.TOSTOP,
    Lflag.ECHOCTL,
    Lflag.ECHOPRT,
    Lflag.ECHOKE,
    Lflag.IEXTEN,
    Lflag.EXTPROC,
]

Kind = Callable[["TerminalWriter", TaskId], list[Any] | None]
KINDS: list[tuple[Kind, float]] = []
_kind = _steps.weighing(KINDS)


_kind(2)(_steps.fork)


@_kind(0.8)
def _exit(writer: TerminalWriter, me: TaskId) -> list[Any] | None:
    return None if writer.spared(me) else ["exit_group", writer.random.randrange(256)]


@_kind(1)
def _kill(writer: TerminalWriter, me: TaskId) -> list[Any] | None:
    return ["kill", writer.crowd(me), int(writer.pick(*SIGNALS, Sig.SIGCONT, Sig.SIGCONT, 9))]


@_kind(1.5)
def _continue(writer: TerminalWriter, me: TaskId) -> list[Any] | None:
    stopped = [
        task.pids[1]
        for _key, task in writer.world.machine.items(Task)
        if task.state.name == "STOPPED" and task.pids[1:]
    ]
    return ["kill", writer.random.choice(stopped), int(Sig.SIGCONT)] if stopped else None


_kind(2)(_steps.setsid)


@_kind(1.5)
def _setpgid(writer: TerminalWriter, me: TaskId) -> list[Any] | None:
    return ["setpgid", writer.pick(0, 0, writer.pid(me)), writer.pick(0, 0, writer.group(me))]


@_kind(0.7)
def _wait(writer: TerminalWriter, me: TaskId) -> list[Any] | None:
    return ["wait4", -1, 1 | writer.pick(0, 2, 8, 10)]


@_kind(1.2)
def _sigaction(writer: TerminalWriter, me: TaskId) -> list[Any] | None:
    signo = writer.pick(*SIGNALS)
    # whoever handles these two and goes on would be sent them again, for ever
    flags = 0 if signo in (Sig.SIGTTIN, Sig.SIGTTOU) else writer.pick(0, 0, int(SaFlag.SA_RESTART))
    handler = writer.pick("default", "ignore", "ignore", "handler", "handler")
    return ["sigaction", int(signo), handler, flags, 0]


@_kind(0.5)
def _sigprocmask(writer: TerminalWriter, me: TaskId) -> list[Any] | None:
    mask = 0
    for _ in range(writer.random.randrange(3)):
        mask |= 1 << int(writer.pick(*SIGNALS)) - 1
    return ["sigprocmask", writer.pick(0, 1, 2), mask]


# ---- opening and closing


@_kind(2)
def _open_master(writer: TerminalWriter, me: TaskId) -> list[Any] | None:
    if writer.world.machine.count(Pty) >= MASTERS:
        return None
    path = writer.pick("/dev/ptmx", "/dev/ptmx", "/dev/pts/ptmx")
    flags = int(O.O_RDWR | (O.O_NONBLOCK if writer.chance(0.6) else 0))
    return ["open_tty", writer.new_fd(), path, flags | int(writer.pick(0, O.O_NOCTTY))]


@_kind(3)
def _unlock(writer: TerminalWriter, me: TaskId) -> list[Any] | None:
    machine = writer.world.machine
    locked = [
        fd
        for fd, file in writer.fds(me).items()
        if isinstance(file.opened, OpenMaster) and machine.get(Pty, file.opened.pty).locked
    ]
    if locked:
        return ["lock", writer.random.choice(locked), 0]
    return ["lock", writer.fd(me), writer.pick(0, 1)] if writer.chance(0.05) else None


@_kind(4)
def _open_slave(writer: TerminalWriter, me: TaskId) -> list[Any] | None:
    indices = [pty.index for _key, pty in writer.world.machine.items(Pty)]
    if not indices:
        return None
    index = writer.random.choice(indices) if writer.chance(0.95) else writer.random.randrange(5)
    return ["open_tty", writer.new_fd(), f"/dev/pts/{index}", writer.flags()]


@_kind(0.7)
def _peer(writer: TerminalWriter, me: TaskId) -> list[Any] | None:
    if not writer.has(me):
        return None
    return ["peer", writer.new_fd(), writer.fd(me, OpenMaster), writer.flags()]


@_kind(1)
def _open_own(writer: TerminalWriter, me: TaskId) -> list[Any] | None:
    return ["open_tty", writer.new_fd(), "/dev/tty", writer.flags()]


@_kind(1.2)
def _close(writer: TerminalWriter, me: TaskId) -> list[Any] | None:
    return ["close_tty", writer.fd(me)] if writer.has(me) else None


@_kind(0.4)
def _dup(writer: TerminalWriter, me: TaskId) -> list[Any] | None:
    return ["dup_tty", writer.fd(me), writer.new_fd()] if writer.has(me) else None


@_kind(0.7)
def _nonblock(writer: TerminalWriter, me: TaskId) -> list[Any] | None:
    return ["nonblock", writer.fd(me), writer.chance(0.7)] if writer.has(me) else None


# ---- bytes


@_kind(6)
def _type(writer: TerminalWriter, me: TaskId) -> list[Any] | None:
    if not writer.has(me):
        return None
    fd, keys = writer.fd(me, OpenMaster), writer.bytes(KEYS)
    terminal = writer.terminal(me, fd)
    if terminal is not None:  # of two signals at once the second may find who got the first stopped
        cc = terminal.termios.cc
        signalling = {chr(cc[which]) for which in (Cc.VINTR, Cc.VQUIT, Cc.VSUSP)}
        first = next((n for n, key in enumerate(keys) if key in signalling), len(keys))
        rest = "".join(key for key in keys[first + 1 :] if key not in signalling)
        keys = keys[: first + 1] + rest
    return ["write_tty", fd, keys]


@_kind(4)
def _show(writer: TerminalWriter, me: TaskId) -> list[Any] | None:
    if not writer.has(me):
        return None
    return ["write_tty", writer.fd(me, OpenTerminal), writer.bytes(SHOWN)]


@_kind(9)
def _read(writer: TerminalWriter, me: TaskId) -> list[Any] | None:
    if not writer.has(me):
        return None
    kind = writer.pick(OpenMaster, OpenTerminal)
    return ["read_tty", writer.fd(me, kind), writer.pick(0, 1, 3, 10, 64, 65, 200, 200, 5000)]


@_kind(0.5)
def _sti(writer: TerminalWriter, me: TaskId) -> list[Any] | None:
    return ["sti", writer.fd(me), writer.random.choice(KEYS)[0]] if writer.has(me) else None


@_kind(1.5)
def _poll(writer: TerminalWriter, me: TaskId) -> list[Any] | None:
    if not writer.has(me):
        return None
    count = writer.random.randrange(1, 4)
    return ["poll_tty", [[writer.fd(me), writer.pick(7, 1, 4, 0, 5)] for _ in range(count)]]


# ---- control


@_kind(1.5)
def _tcsetpgrp(writer: TerminalWriter, me: TaskId) -> list[Any] | None:
    return ["tcsetpgrp", writer.fd(me), writer.group(me)] if writer.has(me) else None


@_kind(1)
def _tcget(writer: TerminalWriter, me: TaskId) -> list[Any] | None:
    name = writer.pick("tcgetpgrp", "tcgetsid", "inq", "inq", "outq", "gptn", "locked", "winsize")
    return [name, writer.fd(me)] if writer.has(me) else None


@_kind(1.5)
def _sctty(writer: TerminalWriter, me: TaskId) -> list[Any] | None:
    return ["sctty", writer.fd(me), writer.pick(0, 0, 1)] if writer.has(me) else None


@_kind(0.5)
def _notty(writer: TerminalWriter, me: TaskId) -> list[Any] | None:
    return ["notty", writer.fd(me)] if writer.has(me) else None


@_kind(4)
def _tcsetattr(writer: TerminalWriter, me: TaskId) -> list[Any] | None:
    if not writer.has(me):
        return None
    fd = writer.fd(me)
    terminal = writer.terminal(me, fd)
    now = Termios() if terminal is None else terminal.termios
    flags = [now.iflag, now.oflag, now.cflag, now.lflag]
    for _ in range(writer.random.choice((1, 1, 2, 3))):
        which, names = writer.pick((0, IFLAGS), (1, OFLAGS), (3, LFLAGS), (3, LFLAGS))
        flags[which] ^= int(writer.random.choice(names))
    if writer.chance(0.1):
        flags[2] ^= writer.pick(0o400, 0o60, 0o17, 0o2000)
    if writer.chance(0.08):
        flags = [0, 0, now.cflag, 0]
    if writer.chance(0.08):
        flags = [0o2400, 5, now.cflag, 0o105073]
    cc = bytearray(now.cc)
    if writer.chance(0.3):
        which = writer.pick(*range(Cc.VEOL2 + 1))
        if which == Cc.VMIN:
            cc[which] = writer.pick(0, 1, 2, 5, 70)
        elif which != Cc.VTIME:
            cc[which] = writer.random.choice([0, 0, ord("a"), ord("b"), ord("\n"), 3, 4, 127, 255])
    return ["tcsetattr", fd, writer.pick(0, 0, 1, 2), flags, bytes(cc).hex()]


@_kind(0.7)
def _tcgetattr(writer: TerminalWriter, me: TaskId) -> list[Any] | None:
    return ["tcgetattr", writer.fd(me)] if writer.has(me) else None


@_kind(0.8)
def _set_winsize(writer: TerminalWriter, me: TaskId) -> list[Any] | None:
    size = [writer.pick(24, 25, 0), writer.pick(80, 132), 0, writer.pick(0, 0, 65535)]
    return ["set_winsize", writer.fd(me), size] if writer.has(me) else None


@_kind(0.8)
def _tcflush(writer: TerminalWriter, me: TaskId) -> list[Any] | None:
    return ["tcflush", writer.fd(me), writer.pick(0, 1, 2, 3)] if writer.has(me) else None


@_kind(1.2)
def _tcflow(writer: TerminalWriter, me: TaskId) -> list[Any] | None:
    return ["tcflow", writer.fd(me), writer.pick(0, 1, 1, 2, 3, 4)] if writer.has(me) else None


@_kind(0.4)
def _drain(writer: TerminalWriter, me: TaskId) -> list[Any] | None:
    step = writer.pick(["tcdrain"], ["tcsendbreak", 0], ["tcsendbreak", 2])
    return [step[0], writer.fd(me), *step[1:]] if writer.has(me) else None


@_kind(1)
def _packet(writer: TerminalWriter, me: TaskId) -> list[Any] | None:
    return ["packet", writer.fd(me, OpenMaster), writer.pick(1, 1, 0)] if writer.has(me) else None


# ---- claims, and who is told by SIGIO


@_kind(1.2)
def _sigio(writer: TerminalWriter, me: TaskId) -> list[Any] | None:
    return ["sigio", writer.fd(me), writer.chance(0.75)] if writer.has(me) else None


@_kind(0.6)
def _setown(writer: TerminalWriter, me: TaskId) -> list[Any] | None:
    if not writer.has(me):
        return None
    whom = writer.pick(0, -writer.group(me), writer.pid(me), writer.pid(me), -(1 << 31))
    return ["setown", writer.fd(me), whom]


@_kind(0.6)
def _getown(writer: TerminalWriter, me: TaskId) -> list[Any] | None:
    return ["getown", writer.fd(me)] if writer.has(me) else None


@_kind(0.5)
def _exclusive(writer: TerminalWriter, me: TaskId) -> list[Any] | None:
    step = writer.pick(["exclusive", 1], ["exclusive", 0], ["is_exclusive"], ["is_exclusive"])
    return [step[0], writer.fd(me), *step[1:]] if writer.has(me) else None


@_kind(0.5)
def _discipline(writer: TerminalWriter, me: TaskId) -> list[Any] | None:
    step = writer.pick(["getd"], ["setd", 0], ["setd", 1], ["setd", 31])
    return [step[0], writer.fd(me), *step[1:]] if writer.has(me) else None


@_kind(0.8)
def _lock_modes(writer: TerminalWriter, me: TaskId) -> list[Any] | None:
    if not writer.has(me):
        return None
    if writer.chance(0.3):
        return ["locked_modes", writer.fd(me)]
    flags = [int(writer.random.choice(names)) for names in (IFLAGS, OFLAGS, [0, 0o400], LFLAGS)]
    flags = [bits if writer.chance(0.5) else 0 for bits in flags]
    cc = bytes(writer.chance(0.1) for _ in range(Cc.VEOL2 + 1)).ljust(19, b"\0")
    return ["lock_modes", writer.fd(me), flags, writer.pick(0, 1), cc.hex()]
