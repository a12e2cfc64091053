"""The stage: one fresh set of namespaces, and in it the first puppet, ``init``, pid 1.

Three processes.  The *stage* is nsh's child; it makes a pid namespace and waits for its first
process, the *warden*; the warden makes all the other namespaces, and a pid namespace below its
own, with *init*.  When nsh dies, of whatever, the kernel kills the stage, then the warden
(PR_SET_PDEATHSIG), and with the warden everybody below: no program of the puppets can see those
two, nor undo it.  A stage with a cgroup of its own is sent SIGTERM instead, kills the warden, and
removes the cgroup.
"""

from __future__ import annotations

import ctypes
import os
import select
import struct
import sys

from nsh.linux.puppet import arguments, nest, root, wire
from nsh.linux.puppet import numbers as nr
from nsh.linux.puppet.actor import Actor, Process, attend, enter
from nsh.linux.puppet.gate import call
from nsh.linux.puppet.roles import load

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Final, NoReturn

_OWN: Final = nr.CLONE_NEWNS | nr.CLONE_NEWUTS | nr.CLONE_NEWIPC | nr.CLONE_NEWPID
_WHERE_POSSIBLE: Final = (nr.CLONE_NEWNET | nr.CLONE_NEWCGROUP, nr.CLONE_NEWNET, 0)
_SIGCHLD: Final = 17
_SIGTERM: Final = 15
_NO_FILE: Final = 7
_FILES: Final = 1024
"""RLIMIT_NOFILE of a usual session, its highest number being the control socket's."""


def main(parent: int, channel: int) -> NoReturn:
    """The stage.  *parent* is nsh's pid, *channel* the descriptor of the way to it.

    All puppets share one processor: who is woken first is then first, as far as Linux goes.
    """
    _die_with_parent()
    if os.getppid() != parent:
        os._exit(1)
    os.sched_setaffinity(0, [max(os.sched_getaffinity(0))])
    nsh = wire.Channel(channel)
    os.set_inheritable(channel, False)
    own = None
    try:
        scenery = nsh.receive().value
        call("rt_sigprocmask", 2, ctypes.c_uint64(nr.BLOCK_ALL), None, 8)
        own = nest.make()
        user = _unshare()
        alive, held = os.pipe()
        warden = os.fork()
        if warden == 0:
            os.close(held)
            _warden(nsh, alive, scenery, user, own)
    except OSError as error:
        if own is not None:
            nest.remove(own.path)
        nsh.send(("cannot", error.errno or 0, str(error)))
        os._exit(1)
    nsh.close()
    if own is None:
        _, status = os.waitpid(warden, 0)
    else:
        status = _attend_to(warden, parent)
        nest.remove(own.path)
    os._exit(os.waitstatus_to_exitcode(status) & 0xFF)


def _attend_to(warden: int, parent: int) -> int:
    """Wait for the end of the warden, which comes with nsh's; its wait status."""
    call("prctl", nr.PR_SET_PDEATHSIG, _SIGTERM, 0, 0, 0)
    awaited = ctypes.c_uint64(1 << _SIGCHLD - 1 | 1 << _SIGTERM - 1)
    while os.getppid() == parent:
        if call("rt_sigtimedwait", awaited, None, None, 8) == _SIGTERM:
            break
        ended, status = os.waitpid(warden, os.WNOHANG)
        if ended:
            return status
    os.kill(warden, nr.SIGKILL)
    return os.waitpid(warden, 0)[1]


def _die_with_parent() -> None:
    call("prctl", nr.PR_SET_PDEATHSIG, nr.SIGKILL, 0, 0, 0)


def _unshare() -> bool:
    """A new pid namespace for the children, by way of a user namespace where it must be."""
    uid, gid = os.getuid(), os.getgid()
    if os.geteuid() == 0:
        try:
            call("unshare", nr.CLONE_NEWPID)
        except PermissionError:
            pass
        else:
            return False
    call("unshare", nr.CLONE_NEWUSER | nr.CLONE_NEWPID)
    for name, text in (
        ("setgroups", "deny"),
        ("uid_map", f"0 {uid} 1"),
        ("gid_map", f"0 {gid} 1"),
    ):
        with open(f"/proc/self/{name}", "w", encoding="ascii") as file:
            file.write(text)
    return True


def _warden(
    nsh: wire.Channel, alive: int, scenery: Any, user: bool, own: nest.Nest | None
) -> NoReturn:
    """Make the other namespaces and init in them; tell nsh how init ended; end.

    The pipe *alive* has reached its end if the stage died before this asked to die with it.
    """
    try:
        _die_with_parent()
        waiting = select.poll()
        waiting.register(alive, 0)
        if waiting.poll(0):
            os._exit(1)
        os.close(alive)
        init, nested = _clone_nested(own)
        if init == 0:
            _init(nsh, scenery, user, nested)
    except OSError as error:
        nsh.send(("cannot", error.errno or 0, str(error)))
        os._exit(1)
    status = 0
    while True:
        pid, status = os.waitpid(-1, 0)
        if pid == init:
            break
    try:
        nsh.send(("ended", status))
    except OSError:  # nsh has gone
        pass
    os._exit(0)


def _clone_nested(own: nest.Nest | None) -> tuple[int, bool]:
    """Init, born in the cgroup that it is to see as the root; and whether it is.

    The root of its cgroup namespace is where the warden is when it is made (clone(2)): so that goes
    there, and away again before init goes on.
    """
    if own is None:
        return _clone_init()[0], False
    try:
        nest.enter(own.path)
    except OSError:
        return _clone_init()[0], False
    waits, held = os.pipe()
    init, flags = _clone_init()
    if init == 0:
        os.close(held)
        os.read(waits, 1)
        os.close(waits)
    else:
        nest.enter(own.above)
        os.close(held)
        os.close(waits)
    return init, bool(flags & nr.CLONE_NEWCGROUP)


def _clone_init() -> tuple[int, int]:
    """Its pid, and which namespaces it has besides those that it must have."""
    for optional in _WHERE_POSSIBLE:
        order = struct.pack("11Q", _OWN | optional, 0, 0, 0, _SIGCHLD, 0, 0, 0, 0, 0, 0)
        ctypes.pythonapi.PyOS_BeforeFork()
        try:
            pid = call("clone3", order, len(order), held=True)
        except OSError as error:
            ctypes.pythonapi.PyOS_AfterFork_Parent()
            if error.errno != 22 or not optional:
                raise
            continue
        if pid:
            ctypes.pythonapi.PyOS_AfterFork_Parent()
        else:
            ctypes.pythonapi.PyOS_AfterFork_Child()
        return pid, optional
    raise OSError(22, "clone3")


def _init(nsh: wire.Channel, scenery: Any, user: bool, nested: bool) -> NoReturn:
    """The first puppet; *nested*: in a cgroup of the stage's own."""
    host, ours = wire.pair()
    try:
        load()  # before the modules are out of reach
        nodename, domainname, *tree = scenery
        for name, value in (("sethostname", nodename), ("setdomainname", domainname)):
            data = os.fsencode(value)
            call(name, data, len(data))
        master, *known = root.build(*tree)
        os.setsid()
        console = os.open("/dev/console", os.O_RDWR)
        for fd in range(3):
            os.dup2(console, fd)
        _forget(user)
        top = _limit()
    except Exception as error:  # noqa: BLE001  # nobody else could tell of it
        nsh.send(("cannot", getattr(error, "errno", 0) or 0, repr(error)))
        os._exit(1)
    control = os.dup2(ours, top, inheritable=False)
    nsh.send(("init", top, nested, *known), (master, host))
    nsh.forget()
    os.closerange(3, top)
    process = Process(top, ())
    actor = Actor(process, wire.Channel(control), 0)
    attend(process)
    enter(actor)
    actor.tell("hello", call("gettid"))
    while True:
        actor.serve()


def _forget(user: bool) -> None:
    """Be as a machine's init is: no groups, no ignored signals, a usual umask, its own name."""
    if not user:
        os.setgroups([])
    for signo in range(1, nr.NSIG + 1):
        if signo not in (nr.SIGKILL, nr.SIGSTOP):
            call("rt_sigaction", signo, bytes(32), None, 8)
    os.umask(0o022)
    call("prctl", nr.PR_SET_NAME, b"init", 0, 0, 0)
    arguments.show(len(sys.orig_argv) - 1, len(sys.orig_argv))


def _limit() -> int:
    """The highest descriptor."""
    limits = (ctypes.c_uint64 * 2)()
    call("prlimit64", 0, _NO_FILE, None, limits)
    limits[0] = min(_FILES, limits[1])
    call("prlimit64", 0, _NO_FILE, limits, None)
    return limits[0] - 1
