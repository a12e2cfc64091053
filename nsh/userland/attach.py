"""attach: the serial line of a container, from outside (S2; N10)."""

from typing import Final

from nsh.abi import Errno, KernelError
from nsh.abi.consoles import AttachSerial
from nsh.abi.files import Close, Fcntl, FcntlCommand, Open, OpenFlag, Read
from nsh.abi.invocation import Invocation, Running
from nsh.abi.process import Fork, Wait4, WaitOption, WaitResult
from nsh.abi.signals import Kill, Sig, Sigaction
from nsh.userland.children import end_with, status_of
from nsh.userland.keys import keys
from nsh.userland.options import Given, Kind, option, required
from nsh.userland.refs import pid_of
from nsh.userland.registry import Topic, command
from nsh.userland.streams import CHUNK, READING, Asking, encode, read, say, write

DETACH: Final = b"\x1d"
"""Ctrl-], as virsh console and telnet have it."""


@command(
    "attach",
    "watch the serial line of REF's tty namespace, and type into it",
    Topic.SESSIONS,
    options=(
        option("-1, --once", "print what the line keeps, and end"),
        option("-i, --input=TEXT", r"print that, type TEXT (^C, \n), print what comes, and end"),
        option("-u, --until=TEXT", "end when TEXT has come, behind what was typed"),
    ),
    operands=(required("REF", Kind.PID),),
    gap="what is read from descriptor 0 is typed, until its end or Ctrl-]; see screen(1), "
    "virsh(1). The line is reached through /proc/PID/ns/tty, from the namespaces around it",
    examples=(
        "spawn --tty web; as web { echo booting > /dev/ttyS0 }; attach --once web",
        r"spawn --tty web { read a < /dev/ttyS0 }; attach -i 'hello\n' web",
    ),
    see=("getty", "consoles", "type", "dmesg"),
    rows=("N10",),
)
def attach(call: Invocation, given: Given) -> Running:
    """EPERM for a namespace that is not below the caller's."""
    pid = yield from pid_of(given.operand(0))
    line = yield from _line(pid)
    if given.has("input") or given.has("until") or given.has("once"):
        status = yield from _scripted(call, given, line)
    else:
        status = yield from _interactive(call, line)
    yield Close(line)
    return status


def _line(pid: int) -> Asking[int]:
    fd = yield Open(f"/proc/{pid}/ns/tty", READING)
    try:
        line: int = yield AttachSerial(fd)
    except KernelError:
        yield Close(fd)
        raise
    yield Close(fd)
    return line


def _scripted(call: Invocation, given: Given, line: int) -> Running:
    """Never waits, but for the text of ``--until``; status 1 if the line ends before it came."""
    kept = yield from _drain(line)
    if given.has("input"):
        yield from write(line, keys(given.get("input")))
        kept = b""
    if not given.has("until"):
        yield from _drain(line)
        return 0
    wanted = encode(given.get("until"))
    while wanted not in kept:
        data = yield from read(line)
        if not data:
            yield from say(call, "the line has ended")
            return 1
        yield from write(1, data)
        kept = kept[-len(wanted) :] + data
    return 0


def _drain(line: int) -> Asking[bytes]:
    """Print what is there; replies it."""
    flags = yield Fcntl(line, FcntlCommand.F_GETFL)
    yield Fcntl(line, FcntlCommand.F_SETFL, flags | OpenFlag.O_NONBLOCK)
    found = b""
    while True:
        try:
            data: bytes = yield Read(line, CHUNK)
        except KernelError as error:
            if error.errno is not Errno.EAGAIN:
                raise
            break
        if not data:
            break
        yield from write(1, data)
        found += data
    yield Fcntl(line, FcntlCommand.F_SETFL, flags)
    return found


def _interactive(call: Invocation, line: int) -> Running:
    """A child shows what comes; the caller types, and hears of the child's end by SIGCHLD."""
    yield Sigaction(int(Sig.SIGCHLD), "true")
    child = yield Fork()
    if child == 0:
        yield from end_with(call, lambda: _show(line))
    while True:
        try:
            data: bytes = yield Read(0, CHUNK)
        except KernelError as error:
            if error.errno is not Errno.EINTR:
                raise
            gone: WaitResult = yield Wait4(child, WaitOption.WNOHANG)
            if gone.pid:
                yield Sigaction(int(Sig.SIGCHLD), "default")
                return 0
            continue
        typed, detach, _rest = data.partition(DETACH)
        if typed:
            try:
                yield from write(line, typed)
            except KernelError as error:
                if error.errno is not Errno.EIO:
                    raise
        if detach or not data:
            break
    yield Sigaction(int(Sig.SIGCHLD), "default")
    yield Kill(child, int(Sig.SIGTERM))
    yield from status_of(child)
    yield from _drain(line)
    return 0


def _show(line: int) -> Running:
    while data := (yield from read(line)):
        yield from write(1, data)
    return 0
