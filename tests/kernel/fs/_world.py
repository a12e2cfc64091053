"""The model under test: one machine, and requests by any of its tasks."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from nsh.abi.files import Close, MountFlag
from nsh.abi.files import Mount as MountRequest
from nsh.abi.names import Chdir, Chroot, Mkdir
from nsh.abi.process import Clone, CloneFlag
from nsh.abi.request import Blocked, Failure, Request
from nsh.abi.signals import Sig, Sigreturn
from nsh.kernel import signals, waiting
from nsh.kernel.boot import INIT, boot
from nsh.kernel.dispatch import call
from nsh.machine.ids import TaskId
from nsh.machine.tasks import ROOT_CREDS, Task, ordinary
from nsh.machine.value import Machine, begin
from nsh.machine.waiting import Waiter

_BOOTED = boot()


class World:
    """A machine that moves on with each request."""

    def __init__(self, machine: Machine = _BOOTED) -> None:
        self.machine = machine

    def do(self, request: Request, caller: TaskId = INIT) -> Any:
        """The reply; blocked calls leave the caller waiting, finished ones end its wait."""
        tx = begin(self.machine)
        reply = call(tx, caller, request)
        if not isinstance(reply, Blocked):
            waiting.done(tx, caller)
        self.machine = tx.commit()
        return reply

    def ok(self, request: Request, caller: TaskId = INIT) -> Any:
        """The reply of a call that must succeed."""
        reply = self.do(request, caller)
        assert not isinstance(reply, (Failure, Blocked)), (request, reply)
        return reply

    def errno(self, request: Request, caller: TaskId = INIT) -> str:
        """The name of the errno of a call that must fail."""
        reply = self.do(request, caller)
        assert isinstance(reply, Failure), (request, reply)
        assert reply.reason, f"{request} fails without a reason"
        return reply.errno.name

    def spawn(self, parent: TaskId = INIT, flags: int = 0) -> TaskId:
        """A child of *parent*."""
        before = {key for key, _ in self.machine.items(Task)}
        self.ok(Clone(flags, 0 if flags & CloneFlag.CLONE_THREAD else int(Sig.SIGCHLD)), parent)
        (child,) = {key for key, _ in self.machine.items(Task)} - before
        return TaskId(child)

    def woken(self, task: TaskId) -> bool:
        """Whether *task*, which was blocked, is to be asked again."""
        waiter = self.machine.find(Waiter, task)
        return waiter is not None and not waiter.channels

    def waits(self, task: TaskId) -> bool:
        """Whether *task* is blocked."""
        return self.machine.find(Waiter, task) is not None

    def forget(self, task: TaskId) -> None:
        """Give up the blocked call of *task*, as a debugger could."""
        tx = begin(self.machine)
        waiting.done(tx, task)
        self.machine = tx.commit()

    def again(self, task: TaskId) -> Any:
        """Ask the woken *task*'s call again."""
        assert self.woken(task)
        request = self.machine.get(Waiter, task).request
        assert isinstance(request, Request)
        return self.do(request, task)

    def handle(self, task: TaskId) -> None:
        """Let *task*'s program take the signal that it handles, and come back from it."""
        tx = begin(self.machine)
        assert signals.take(tx, task) is not None
        self.machine = tx.commit()
        self.ok(Sigreturn(0), task)

    def close_all(self, task: TaskId) -> None:
        """Close the descriptors of *task* from 3 on."""
        for fd in range(3, 1024):
            self.do(Close(fd), task)

    def become(self, uid: int, caller: TaskId = INIT) -> None:
        """Be another user, and have root's capabilities if it is root."""
        tx = begin(self.machine)
        task = tx.get(Task, caller)
        tx.put(caller, replace(task, creds=ordinary(uid, uid) if uid else ROOT_CREDS))
        self.machine = tx.commit()


def jail() -> World:
    """A world whose init sees nothing but an empty tmpfs, out of which no path leads."""
    world = World()
    world.ok(Mkdir("/mnt/jail"))
    world.ok(MountRequest("jail", "/mnt/jail", "tmpfs"))
    world.ok(Chdir("/mnt/jail"))
    world.ok(MountRequest("/mnt/jail", "/", flags=int(MountFlag.MS_MOVE)))
    world.ok(Chroot("."))
    return world
