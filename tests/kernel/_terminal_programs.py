"""Random programs about terminals: pairs, sessions, job control, modes, keys and bytes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from nsh.abi.files import OpenFlag as O
from nsh.abi.signals import SaFlag, Sig
from nsh.abi.terminals import Tcsetattr
from nsh.abi.termios import XTABS, Cc, Iflag, Lflag, Oflag
from nsh.kernel import contexts
from nsh.machine.files import File
from nsh.machine.ids import TaskId
from nsh.machine.ptys import OpenMaster, OpenTerminal, Pty
from nsh.machine.tasks import Group, State, Task
from nsh.machine.terminals import HalfDone, Terminal, Termios
from nsh.machine.value import begin
from nsh.machine.waiting import Waiter
from tests.kernel._linux import Step
from tests.kernel._model import World
from tests.kernel._programs import Writer

FIRST_FD, FDS = 200, 14
MASTERS = 4
LAG = 0.0015
"""As `tests.kernel._linux.Linux.play` has it."""
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
]
IFLAGS = [Iflag(1 << n) for n in range(15)]
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


_RDWR, _NONBLOCK = 2, 2 | int(O.O_NONBLOCK)
_FORK = [0, int(Sig.SIGCHLD), []]
_DESK: list[Step] = [
    [0, "open_tty", 200, "/dev/ptmx", _NONBLOCK],
    [0, "lock", 200, 0],
    [0, "clone", 1, *_FORK],
    [1, "setsid"],
    [1, "open_tty", 201, "/dev/pts/0", _RDWR],
]
_JOBS: list[Step] = [
    [1, "clone", 2, *_FORK],
    [2, "setpgid", 0, 0],
    [1, "clone", 3, *_FORK],
    [3, "setpgid", 0, 0],
    [1, "sigaction", int(Sig.SIGTTOU), "ignore", 0, 0],
    [1, "tcsetpgrp", 201, 3],
]
_APART: list[Step] = [*_DESK, [1, "close_tty", 200], [0, "nonblock", 201, True]]
_TWO: list[Step] = [
    *_DESK,
    [0, "open_tty", 202, "/dev/ptmx", _NONBLOCK],
    [0, "lock", 202, 0],
    [0, "clone", 4, *_FORK],
    [4, "setsid"],
    [4, "open_tty", 203, "/dev/pts/1", _NONBLOCK],
    [4, "clone", 5, *_FORK],
]
_QUIET: list[Step] = [*_DESK, [0, "clone", 2, *_FORK], [2, "open_tty", 201, "/dev/pts/0", 0o4402]]
_BEGINNINGS: list[list[Step]] = [
    [],
    _DESK,
    [*_DESK, *_JOBS],
    [*_APART, *_JOBS],
    [*_TWO],
    [*_TWO, *_JOBS],
    _QUIET,
]


class TerminalWriter(Writer):
    """Writes one program, performing it on the model as it goes."""

    def write(self, length: int) -> None:
        """Mostly a master, a session on its slave, and some jobs are there to begin with."""
        for step in self.random.choice(_BEGINNINGS):
            if self.chance(0.97):
                self.perform(step)
        for _ in range(length):
            chosen = self._next()
            if chosen is None:
                break
            self.perform(chosen)

    def perform(self, step: Step) -> None:
        """Make one step, unless what comes of it could look otherwise on Linux."""
        slot = step[0]
        if slot not in dict(self.world.puppets()):
            return
        if step[1] == "clone":
            self.puppets = max(self.puppets, step[2] + 1)
        before = self.world.copy()
        seen = self.world.step(len(self.steps), step)
        if self.world.told_otherwise(before) or not self.world.mortal() or self.spins():
            self.world = before
            return
        if self.races(before, step):
            self.world = before
            return
        self.seen.append(seen)
        self.steps.append(step)

    def _next(self) -> Step | None:
        free = list(self.world.puppets())
        if not free:
            return None
        holding = [entry for entry in free if self.fds(entry[1])]
        slot, task = self.random.choice(holding if holding and self.chance(0.9) else free)
        kinds, weights = zip(*_KINDS, strict=True)
        while True:
            step = self.random.choices(kinds, weights)[0](self, task)
            if step is not None:
                return [slot, *step]

    def races(self, before: World, step: Step) -> bool:
        """Whether somebody died or was stopped who waited in the middle of a read or write, or a
        key may signal who waits for another's.

        On Linux that one may still tell that it has failed, or take along the input that came with
        the key that signalled it.
        """
        halves = before.machine.items(HalfDone)
        if step[1] in ("write_tty", "sti") and any(half.queued for _key, half in halves):
            return True
        gone = before.living() - self.world.living()
        stopped = {
            key for key, task in self.world.machine.items(Task) if task.state is State.STOPPED
        }
        return any(before.machine.find(HalfDone, task) is not None for task in gone | stopped)

    def spins(self) -> bool:
        """Whether somebody waits for a writer before it changes the modes.

        On Linux no signal ends that wait: whoever is killed in it tries again for ever
        (retry_write_wait in set_termios), and the world could not end.
        """
        waiters = self.world.machine.items(Waiter)
        return any(
            isinstance(waiter.request, Tcsetattr) and waiter.channels for _key, waiter in waiters
        )

    # ---- material

    def chance(self, probability: float) -> bool:
        return self.random.random() < probability

    def fds(self, me: TaskId) -> dict[int, File]:
        machine = self.world.machine
        table = contexts.files(begin(machine), me)
        return {
            fd: machine.get(File, entry.file)
            for fd, entry in sorted(table.items())
            if fd >= FIRST_FD
        }

    def fd(self, me: TaskId, kind: type | None = None) -> int:
        """Mostly one that is open, of that kind."""
        found = [
            fd for fd, file in self.fds(me).items() if kind is None or isinstance(file.opened, kind)
        ]
        if found and self.chance(0.96):
            return int(self.random.choice(found))
        return FIRST_FD + self.random.randrange(FDS)

    def has(self, me: TaskId) -> bool:
        return bool(self.fds(me)) or self.chance(0.02)

    def new_fd(self) -> int:
        return FIRST_FD + self.random.randrange(FDS)

    def terminal(self, me: TaskId, fd: int) -> Terminal | None:
        file = self.fds(me).get(fd)
        opened = None if file is None else file.opened
        machine = self.world.machine
        if isinstance(opened, OpenMaster):
            return machine.get(Terminal, machine.get(Pty, opened.pty).terminal)
        return machine.get(Terminal, opened.terminal) if isinstance(opened, OpenTerminal) else None

    def group(self, me: TaskId) -> int:
        machine = self.world.machine
        session = machine.get(Task, machine.get(Task, me).leader).session
        own = [g.pids[1] for _key, g in machine.items(Group) if g.session == session and g.pids[1:]]
        if own and self.chance(0.8):
            return int(self.random.choice(own))
        return self.pid(me)

    def flags(self, *, chance_noctty: float = 0.35) -> int:
        value = self.random.choices((O.O_RDWR, O.O_RDONLY, O.O_WRONLY), (8, 1, 1))[0]
        if self.chance(chance_noctty):
            value |= O.O_NOCTTY
        if self.chance(0.6):
            value |= O.O_NONBLOCK
        return int(value)

    def bytes(self, pieces: list[bytes]) -> str:
        if self.chance(0.05):
            text = self.random.choice(pieces) * self.random.randrange(1, 600)
            return text[:1500].decode("latin-1")
        count = self.random.choices((1, 2, 3, 6), (5, 3, 2, 1))[0]
        return b"".join(self.random.choices(pieces, k=count)).decode("latin-1")


Kind = Callable[[TerminalWriter, TaskId], list[Any] | None]
_KINDS: list[tuple[Kind, float]] = []


def _kind(weight: float) -> Callable[[Kind], Kind]:
    def register(function: Kind) -> Kind:
        _KINDS.append((function, weight))
        return function

    return register


@_kind(2)
def _fork(writer: TerminalWriter, me: TaskId) -> list[Any] | None:
    new = writer.new()
    return None if new is None else ["clone", new, 0, int(Sig.SIGCHLD), []]


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


@_kind(2)
def _setsid(writer: TerminalWriter, me: TaskId) -> list[Any] | None:
    return ["setsid"]


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
        which = writer.pick(*Cc)
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
