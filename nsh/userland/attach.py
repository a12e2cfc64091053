"""attach: the serial line of a container, from outside (S2; N10)."""

from typing import Final

from msgspec.structs import replace

from nsh.abi import Errno, KernelError
from nsh.abi.consoles import AttachSerial
from nsh.abi.files import Close, Fcntl, FcntlCommand, Open, OpenFlag, Read
from nsh.abi.invocation import Invocation, Running
from nsh.abi.poll import Poll, PollEvent
from nsh.abi.terminals import Tcgetattr, Tcsetattr
from nsh.abi.termios import Lflag, Oflag
from nsh.machine.terminals import Termios
from nsh.userland.keys import keys
from nsh.userland.options import Given, Kind, option, required
from nsh.userland.refs import pid_of
from nsh.userland.registry import Topic, command
from nsh.userland.streams import CHUNK, READING, Asking, encode, read, say, write

DETACH: Final = b"\x1d"
"""Ctrl-], as virsh console and telnet have it."""
_COOKED: Final = Lflag.ICANON | Lflag.ECHO | Lflag.ISIG | Lflag.IEXTEN


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
        status = yield from _interactive(line)
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
    text = _Text()
    kept = yield from _drain(line, text)
    if given.has("input"):
        yield from write(line, keys(given.get("input")))
        kept = b""
    if not given.has("until"):
        yield from _drain(line, text)
        return 0
    wanted = encode(given.get("until"))
    while wanted not in kept:
        data = yield from read(line)
        if not data:
            yield from say(call, "the line has ended")
            return 1
        kept = kept[-len(wanted) :] + text.plain(data)
        yield from write(1, text.last)
    return 0


class _Text:
    """What a terminal shows, with the newlines of a text instead of a terminal's."""

    def __init__(self) -> None:
        self._held = b""
        self.last = b""
        """What :meth:`plain` replied last."""

    def plain(self, data: bytes) -> bytes:
        """A return is held back until it is seen whether a newline follows."""
        data = self._held + data
        self._held = data[-1:] if data.endswith(b"\r") else b""
        self.last = data.removesuffix(self._held).replace(b"\r\n", b"\n")
        return self.last


def _drain(line: int, text: _Text | None = None) -> Asking[bytes]:
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
        if text is not None:
            data = text.plain(data)
        yield from write(1, data)
        found += data
    yield Fcntl(line, FcntlCommand.F_SETFL, flags)
    return found


def _interactive(line: int) -> Running:
    """What comes is shown, what is read from descriptor 0 is typed; a terminal there is raw."""
    before = yield from _raw()
    text = _Text() if before is None else None
    try:
        yield from _between(line, text)
    except KernelError:
        yield from _settle(before)
        raise
    yield from _settle(before)
    yield from _drain(line, text)
    return 0


def _between(line: int, text: _Text | None) -> Asking[None]:
    """Until the line ends, or what is typed does."""
    sources = ((0, PollEvent.POLLIN), (line, PollEvent.POLLIN))
    while True:
        try:
            typed, shown = yield Poll(sources)
        except KernelError as error:
            if error.errno is Errno.EINTR:
                continue
            raise
        if shown:
            data: bytes = yield Read(line, CHUNK)
            if not data:
                return
            yield from write(1, data if text is None else text.plain(data))
        if typed:
            keys_, detach, _rest = (yield from read(0)).partition(DETACH)
            if keys_:
                yield from write(line, keys_)
            if detach or not keys_:
                return


def _raw() -> Asking[Termios | None]:
    """Have the terminal on descriptor 0 hand over every key; how it was, None without one."""
    try:
        before: Termios = yield Tcgetattr(0)
        lflag, oflag = before.lflag & ~_COOKED, before.oflag & ~Oflag.OPOST
        yield Tcsetattr(0, replace(before, iflag=0, oflag=oflag, lflag=lflag))
    except KernelError as error:
        if error.errno in (Errno.ENOTTY, Errno.EBADF):
            return None
        raise
    return before


def _settle(before: Termios | None) -> Asking[None]:
    if before is not None:
        yield Tcsetattr(0, before)
