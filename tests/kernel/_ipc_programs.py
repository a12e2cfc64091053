"""Random programs about ipc: segments, semaphores, messages, queues, and their namespaces."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

from nsh.abi import ipc
from nsh.abi.process import CloneFlag
from nsh.abi.signals import Sig
from nsh.kernel import contexts, policies
from nsh.kernel.sysv.shm_attach import attached
from nsh.machine.files import File
from nsh.machine.ids import TaskId
from nsh.machine.ipc import Ipc
from nsh.machine.mqueue import MqueueNode
from nsh.machine.msg import MsgQueue
from nsh.machine.sem import SemSet
from nsh.machine.shm import ShmSegment
from nsh.machine.value import begin
from tests.kernel._ipc_steps import FIRST_FD, KINDS, MODES
from tests.kernel._programs import Writer


class IpcWriter(Writer):
    """Writes one program, performing it on the model as it goes."""

    def __init__(self, source: random.Random) -> None:
        super().__init__(source)
        tx = begin(self.world.machine)
        policies.set_policy(tx, "ipc.ids", "cyclic")
        self.world.machine = tx.commit()

    def write(self, length: int) -> None:
        """In an ipc namespace of its own, and with some puppets to begin with."""
        self.take([0, "unshare", int(CloneFlag.CLONE_NEWIPC)])
        for new in range(1, self.random.choice((2, 3, 4))):
            self.take([0, "clone", new, 0, int(Sig.SIGCHLD), []])
            self.puppets = new + 1
        for step in (
            ["semget", 1, 3, 0o1666],
            ["msgget", 1, 0o1666],
            ["shmget", 1, 5000, 0o1666],
            ["mq_open", FIRST_FD, "a", 0o102, 0o666, 2, 10],
        ):
            if self.chance(0.8):
                self.take([0, *step])
        super().write(length)

    def among(self, free: list[tuple[int, TaskId]]) -> list[tuple[int, TaskId]]:
        return free

    def kinds(self) -> Sequence[tuple[Any, float]]:
        return KINDS

    # ---- material

    def chance(self, probability: float) -> bool:
        return self.random.random() < probability

    def space(self, me: TaskId) -> Ipc:
        machine = self.world.machine
        return machine.get(Ipc, contexts.namespace(begin(machine), me, "ipc"))

    def id(self, me: TaskId, kind: str) -> int | None:
        """Mostly of an object that there is; mostly None if there is none."""
        ids = getattr(self.space(me), kind)
        machine = self.world.machine
        table: Any = {"shm": ShmSegment, "sem": SemSet, "msg": MsgQueue}[kind]
        known = [machine.get(table, row).id for _place, row in sorted(ids.objects.items())]
        if not known and self.chance(0.9):
            return None
        if not known or self.chance(0.04):
            return int(self.pick(0, 1, 32768, 99, -1))
        return int(self.random.choice(known))

    def attached(self, me: TaskId) -> list[Any]:
        return sorted(attached(begin(self.world.machine), me), key=lambda each: each.address)

    def queues(self, me: TaskId) -> list[int]:
        machine = self.world.machine
        table = contexts.files(begin(machine), me)
        return [
            fd
            for fd, entry in sorted(table.items())
            if fd >= FIRST_FD and isinstance(machine.get(File, entry.file).place.node, MqueueNode)
        ]

    def fd(self, me: TaskId) -> int | None:
        known = self.queues(me)
        if not known:
            return None
        return self.random.choice(known) if self.chance(0.97) else int(self.pick(1, 250))

    def creation(self) -> int:
        flags = self.pick(*MODES)
        if self.chance(0.85):
            flags |= ipc.IPC_CREAT
        return int(flags | (ipc.IPC_EXCL if self.chance(0.1) else 0))

    def nowait(self, probability: float = 0.5) -> int:
        return ipc.IPC_NOWAIT if self.chance(probability) else 0
