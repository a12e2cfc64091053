"""Random programs for puppets: from the same source, always the same as long as the model is."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

from nsh.abi.process import WaitOption
from nsh.abi.signals import Sig, bit
from nsh.machine.ids import TaskId
from nsh.machine.pids import PidSpace
from nsh.machine.tasks import Task
from tests.kernel._linux import PUPPETS, Step
from tests.kernel._model import World
from tests.kernel._steps import KINDS

W = WaitOption
SIGNALS = [
    0,
    Sig.SIGTERM,
    Sig.SIGKILL,
    Sig.SIGSTOP,
    Sig.SIGTSTP,
    Sig.SIGTTIN,
    Sig.SIGCONT,
    Sig.SIGCONT,
    Sig.SIGCHLD,
    Sig.SIGUSR1,
    Sig.SIGUSR2,
    Sig.SIGWINCH,
    Sig.SIGHUP,
    Sig.SIGQUIT,
    34,
    40,
]
ODD = [-(2**31), -99, 99, 5000]


class Writer:
    """Writes one program, performing it on the model as it goes."""

    def __init__(self, source: random.Random) -> None:
        self.random = source
        self.world = World()
        self.steps: list[Step] = []
        self.seen: list[dict[str, Any]] = []
        self.puppets = 1

    def write(self, length: int) -> None:
        """As many steps, less those that cannot be compared."""
        for _ in range(length):
            if not self.add():
                break

    def add(self) -> bool:
        """One step more, if it can be compared; False if nobody can make any."""
        step = self._next()
        if step is None:
            return False
        self.take(step)
        return True

    def take(self, step: Step) -> None:
        """That step, if it can be compared."""
        before = self.world.copy()
        seen = self.world.step(len(self.steps), step)
        if self.world.told_otherwise(before) or not self.world.mortal():
            self.world = before
        else:
            self.seen.append(seen)
            self.steps.append(step)

    def _next(self) -> Step | None:
        free = list(self.world.puppets())
        if not free:
            return None
        slot, task = self.random.choice(self.among(free))
        kinds, weights = zip(*self.kinds(), strict=True)
        while True:
            step = self.random.choices(kinds, weights)[0](self, task)
            if step is not None:
                return [slot, *step]

    def among(self, free: list[tuple[int, TaskId]]) -> list[tuple[int, TaskId]]:
        """Whom of the puppets that can make a call one is chosen of."""
        if len(free) > 1 and free[0][0] == 0 and self.random.random() < 0.5:
            return free[1:]  # init is one among many, and seldom the interesting one
        return free

    def kinds(self) -> Sequence[tuple[Any, float]]:
        """What steps there are, and how likely each is."""
        return KINDS

    # ---- material

    def new(self) -> int | None:
        if self.puppets == PUPPETS:
            return None
        self.puppets += 1
        return self.puppets - 1

    def pick(self, *values: Any) -> Any:
        return self.random.choice(values)

    def seen_by(self, me: TaskId) -> list[int]:
        machine = self.world.machine
        return sorted(machine.get(PidSpace, machine.get(Task, me).space).task_of)

    def pid(self, me: TaskId) -> int:
        """Mostly somebody the caller sees."""
        if self.random.random() < 0.08:
            return int(self.random.choice(ODD))
        if self.random.random() < 0.3:
            mine = self.world.machine.get(Task, self.world.machine.get(Task, me).leader)
            level = len(mine.pids) - 1
            children = [self.world.machine.get(Task, child) for child in sorted(mine.children)]
            if children:
                return int(self.random.choice(children).pids[level])
        return int(self.random.choice(self.seen_by(me)))

    def crowd(self, me: TaskId) -> int:
        """As in kill(2): one, my group, all, a group."""
        roll = self.random.random()
        if roll < 0.6:
            return self.pid(me)
        if roll < 0.7:
            return 0
        if roll < 0.8:
            return -1
        return -abs(self.pid(me))

    def spared(self, me: TaskId) -> bool:
        """Whether the caller had better not die: the world would end with it."""
        leader = self.world.machine.get(Task, self.world.machine.get(Task, me).leader)
        return leader.pids[1:] == (1,) and self.random.random() < 0.97

    def options(self) -> int:
        value = 0
        for flag, chance in (
            (W.WNOHANG, 0.6),
            (W.WUNTRACED, 0.4),
            (W.WCONTINUED, 0.3),
            (W.WALL, 0.3),
            (W.WNOTHREAD, 0.1),
            (W.WCLONE, 0.1),
        ):
            if self.random.random() < chance:
                value |= int(flag)
        return value

    def signo(self) -> int:
        return int(self.random.choice(SIGNALS))

    def mask(self) -> int:
        value = 0
        for _ in range(self.random.randrange(4)):
            value |= bit(self.random.choice([s for s in SIGNALS if s]))
        return value
