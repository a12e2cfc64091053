"""Random programs about terminals: pairs, sessions, job control, modes, keys and bytes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from nsh.abi.files import OpenFlag as O
from nsh.abi.signals import Sig
from nsh.abi.terminals import Tcsetattr
from nsh.kernel import contexts
from nsh.machine.files import File
from nsh.machine.ids import TaskId
from nsh.machine.ptys import OpenMaster, OpenTerminal, Pty
from nsh.machine.tasks import Group, State, Task
from nsh.machine.terminals import HalfDone, Terminal
from nsh.machine.value import begin
from nsh.machine.waiting import Waiter
from tests.kernel._linux import Step
from tests.kernel._model import World
from tests.kernel._programs import Writer
from tests.kernel._terminal_steps import KINDS

FIRST_FD, FDS = 200, 14
LAG = 0.0015
"""As `tests.kernel._linux.Linux.play` has it."""
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

    def among(self, free: list[tuple[int, TaskId]]) -> list[tuple[int, TaskId]]:
        holding = [entry for entry in free if self.fds(entry[1])]
        return holding if holding and self.chance(0.9) else free

    def kinds(self) -> Sequence[tuple[Any, float]]:
        return KINDS

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
