"""Birth of puppets: fork(2), clone3(2), threads.

The parent makes the child's control socket and hands its other end to the conductor with its
reply; the child says hello on it, and goes on in the loop where its parent was.
"""

from __future__ import annotations

import _thread
import ctypes
import errno
import os

from nsh.linux.puppet import numbers as nr
from nsh.linux.puppet import wire
from nsh.linux.puppet.actor import SILENT, Actor, caught, enter
from nsh.linux.puppet.gate import call, libc, text
from nsh.linux.puppet.numbers import BLOCK_ALL
from nsh.linux.puppet.packing import packed
from nsh.linux.puppet.table import Refusal, performs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Final

    from nsh.linux.puppet.actor import Process

_THREAD: Final = nr.CLONE_THREAD | nr.CLONE_SIGHAND | nr.CLONE_VM
_SHARED: Final = _THREAD | nr.CLONE_FS | nr.CLONE_FILES | nr.CLONE_SYSVSEM
_NEW: Final = (
    nr.CLONE_NEWNS
    | nr.CLONE_NEWUTS
    | nr.CLONE_NEWIPC
    | nr.CLONE_NEWNET
    | nr.CLONE_NEWCGROUP
    | nr.CLONE_NEWTIME
)
_APART: Final = (
    nr.CLONE_NEWNS | nr.CLONE_FS,
    nr.CLONE_NEWUSER | nr.CLONE_FS,
    nr.CLONE_THREAD | nr.CLONE_NEWUSER,
    nr.CLONE_THREAD | nr.CLONE_NEWPID,
)
"""Flags that do not go together (copy_process)."""
_SIGCHLD: Final = 17
_F_DUPFD_CLOEXEC: Final = 1030
_ROUTINE: Final = ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.c_void_p)
_running: list[Any] = []
"""What running threads were started with; nothing else refers to it."""


@performs("Fork")
def fork(actor: Actor) -> Any:
    """fork(2)."""
    return clone(actor, 0, _SIGCHLD, (), "")


@performs("Clone")
def clone(
    actor: Actor,
    flags: int,
    exit_signal: int,
    set_tid: tuple[int, ...],
    name: str,
    hijack: int = 0,
    cgroup: int = 0,
) -> int | tuple[int, int] | object:
    """clone3(2).  The child has the name as its comm, if one is given."""
    if hijack:
        raise Refusal(errno.ENOSYS, "sys_hijack was proposed, and mainline has none")
    if flags & nr.CLONE_THREAD and exit_signal:
        raise OSError(errno.EINVAL, "EINVAL")  # clone3_args_valid, before all else
    if any(flags & pair == pair for pair in _APART):
        raise OSError(errno.EINVAL, "EINVAL")
    if flags & _THREAD == _THREAD:
        return _pthread(actor, flags, set_tid, name)
    if flags & nr.CLONE_VM and not flags & nr.CLONE_THREAD:
        raise Refusal(errno.ENOSYS, "a puppet is an interpreter, and cannot share its memory")
    if flags & nr.CLONE_INTO_CGROUP and _frozen(cgroup):
        raise Refusal(errno.ENOSYS, "a puppet that is born frozen could not say that it is there")
    waits = bool(flags & nr.CLONE_VFORK)
    if waits and len(actor.process.actors) > 1:
        raise Refusal(errno.ENOSYS, "a puppet that waits in CLONE_VFORK has its threads wait, too")
    ours, theirs = wire.pair()
    if flags & nr.CLONE_PIDFD:
        ours = _raise(ours, 0)  # its number is the program's to have
    slot = _raise(theirs, _free_slot(actor.process) if flags & nr.CLONE_FILES else 0)
    if waits:  # it answers only when the child is through
        actor.channel.send(("bears",), [ours])
        os.close(ours)
    try:
        pid, pidfd = _clone3(actor, flags, exit_signal, set_tid, cgroup)
    except OSError:
        if not waits:
            os.close(ours)
        os.close(slot)
        raise
    if pid == 0:
        shared = bool(flags & nr.CLONE_FILES)
        if not shared and not waits:
            os.close(ours)  # else it is closed for the parent too, which has yet to send it
        _begin(actor, slot, shared=shared)
        if name:
            call("prctl", nr.PR_SET_NAME, text(name)[:15], 0, 0, 0)
        actor.tell("hello", call("gettid"))
        return SILENT
    if flags & nr.CLONE_FILES:
        _running.append(slot)  # it is the child's, in the table that both have
    else:
        os.close(slot)
    actor.born = [] if waits else [ours]
    return (pid, pidfd) if flags & nr.CLONE_PIDFD else pid


def _frozen(cgroup: int) -> bool:
    """Whether everybody in the cgroup whose directory is open does nothing (cgroup.freeze)."""
    try:
        with open(f"/proc/self/fd/{cgroup}/cgroup.events", encoding="ascii") as events:
            return "frozen 1" in events.read()
    except OSError:
        return False  # the kernel will say why


def _raise(fd: int, slot: int) -> int:
    """Move *fd* out of the way of the program's own descriptors."""
    if slot:
        os.dup2(fd, slot, inheritable=False)
    else:
        slot = call("fcntl", fd, _F_DUPFD_CLOEXEC, 512)
    os.close(fd)
    return slot


def _free_slot(process: Process) -> int:
    """The highest number below the control sockets that is free.  EMFILE."""
    for number in range(process.top, 2, -1):
        try:
            os.fstat(number)
        except OSError:
            return number
    raise OSError(errno.EMFILE, "EMFILE")


def _clone3(
    actor: Actor, flags: int, exit_signal: int, set_tid: tuple[int, ...], cgroup: int
) -> tuple[int, int]:
    """clone3(2) with the interpreter's locks in order on both sides: the child's pid, and the
    descriptor that CLONE_PIDFD asks for.  A parent that waits can be killed meanwhile, but what has
    a handler comes when it has answered."""
    pidfd = ctypes.c_int(-1)
    array = (ctypes.c_int * max(1, len(set_tid)))(*set_tid)
    where = ctypes.addressof(array) if set_tid else 0
    opened = ctypes.addressof(pidfd)
    order = packed("11Q", flags, opened, 0, 0, exit_signal, 0, 0, 0, where, len(set_tid), cgroup)
    ctypes.pythonapi.PyOS_BeforeFork()
    try:
        mask = BLOCK_ALL if not flags & nr.CLONE_VFORK else actor.mask | caught(actor.process)
        pid = call("clone3", order, len(order), mask=mask, held=True)
    except OSError:
        ctypes.pythonapi.PyOS_AfterFork_Parent()
        raise
    if pid:
        ctypes.pythonapi.PyOS_AfterFork_Parent()
    else:
        ctypes.pythonapi.PyOS_AfterFork_Child()
    return pid, pidfd.value


def _begin(actor: Actor, slot: int, *, shared: bool) -> None:
    """In a child: its own control socket instead of its parent's, and nobody else's."""
    process = actor.process
    others = [other.channel for other in process.actors.values()]
    process.actors = {}
    actor.fds, actor.born = [], []
    for channel in others:
        if shared:
            channel.forget()
        else:
            channel.close()
    if not shared:
        for fd in [one for one in _running if isinstance(one, int)]:
            _close(fd)
        os.dup2(slot, process.top, inheritable=False)
        os.close(slot)
        slot = process.top
    _running.clear()
    actor.channel = wire.Channel(slot)
    enter(actor)


def _close(fd: int) -> None:
    try:
        os.close(fd)
    except OSError:
        return


def _pthread(actor: Actor, flags: int, set_tid: tuple[int, ...], name: str) -> int:
    """A thread, if pthread_create(3) can make one like it."""
    if flags & nr.CLONE_PARENT:
        if call("getpid") == 1:
            raise OSError(errno.EINVAL, "EINVAL")
        flags &= ~nr.CLONE_PARENT  # which a thread's is in any case
    if flags & ~(_SHARED | _NEW) or set_tid:
        what = "no --set-tid, VFORK, PIDFD or INTO_CGROUP"
        raise Refusal(errno.ENOSYS, f"a puppet's threads are pthreads: {what} for them")
    if flags & nr.CLONE_NEWIPC and flags & nr.CLONE_SYSVSEM:
        raise OSError(errno.EINVAL, "EINVAL")
    return _thread_of(actor, flags, name)


def _thread_of(actor: Actor, flags: int, name: str) -> int:
    """A thread of this process: glibc makes it with CLONE_FS, CLONE_FILES and CLONE_SYSVSEM, and
    what else was asked for it does itself."""
    process = actor.process
    ours, theirs = wire.pair()
    slot = _raise(theirs, _free_slot(process))
    told: list[int | OSError] = []
    ready = _thread.allocate_lock()
    ready.acquire()
    mask = actor.mask

    def body(_nothing: int | None) -> None:
        thread = Actor(process, wire.Channel(slot), mask)
        try:
            unshared = ~flags & (_SHARED & ~_THREAD) | flags & _NEW
            if unshared:
                call("unshare", unshared)
        except OSError as error:
            told.append(error)
            ready.release()
            call("exit", 0)
        enter(thread)
        if name:
            call("prctl", nr.PR_SET_NAME, text(name)[:15], 0, 0, 0)
        told.append(call("gettid"))
        ready.release()
        thread.tell("hello", told[0])
        while True:
            thread.serve()

    routine = _ROUTINE(body)
    handle = ctypes.c_ulong()
    got = libc.pthread_create(ctypes.byref(handle), None, routine, None)
    if got:
        os.close(ours)
        os.close(slot)
        raise OSError(got, "pthread_create")
    _running.append(routine)
    ready.acquire()
    (tid,) = told
    if isinstance(tid, OSError):
        os.close(ours)
        os.close(slot)
        raise tid
    actor.born = [ours]
    return tid
