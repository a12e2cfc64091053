"""cat: concatenate files."""

import re
from typing import NamedTuple

from nsh.abi import Errno, KernelError
from nsh.abi.attributes import Fstat, StatResult
from nsh.abi.files import S_IFMT, S_IFREG, Fcntl, FcntlCommand, Lseek, OpenFlag
from nsh.abi.invocation import Invocation, Running
from nsh.userland.options import Given, Kind, option, optional
from nsh.userland.quoting import plain
from nsh.userland.registry import Topic, command
from nsh.userland.streams import Asking, Inputs, say, write


@command(
    "cat",
    "print files one after the other, or descriptor 0",
    Topic.TEXT,
    options=(
        option("-n, --number", "number the lines"),
        option("-b, --number-nonblank", "number the lines that are not empty"),
        option("-s, --squeeze-blank", "at most one empty line in a row"),
        option("-E, --show-ends", "a $ at each line's end"),
        option("-T, --show-tabs", "tabs as ^I"),
        option("-v, --show-nonprinting", "other control characters as ^X, high bytes as M-x"),
        option("-A, --show-all", "-vET"),
        option("-e", "-vE"),
        option("-t", "-vT"),
        option("-u", ""),
    ),
    operands=(optional("FILE", Kind.PATH, many=True),),
    man="cat(1)",
    examples=("cat /proc/self/status", "echo hello | cat -A", "cat /proc/1/ns/x"),
    see=("head", "tee"),
)
def cat(call: Invocation, given: Given) -> Running:
    """Status 1 if a file could not be read."""
    look = _Look.wanted(given)
    output = yield from _output()
    inputs = Inputs(call, given.operands)
    numbering = _Numbering()
    while (yield from inputs.next()):
        if output is not None and (yield from _feeds_itself(inputs.fd, output)):
            yield from say(call, f"{plain(inputs.name)}: input file is output file")
            inputs.status = 1
            continue
        if look is None:
            while data := (yield from inputs.chunk()):
                yield from write(1, data)
        else:
            held = b""
            while data := (yield from inputs.chunk()):
                # shown as it comes, but for a return that may belong to the line's end
                data = held + data
                held = b"\r" if data.endswith(b"\r") else b""
                pieces = _PIECES.findall(data.removesuffix(held))
                if shown := b"".join(look.line(piece, numbering) for piece in pieces):
                    yield from write(1, shown)
            if held:
                yield from write(1, look.line(held, numbering))
    return inputs.status


def _output() -> Asking[StatResult | None]:
    """Descriptor 1, if it is a file that reading could run after."""
    found: StatResult = yield Fstat(1)
    return found if found.mode & S_IFMT == S_IFREG else None


def _feeds_itself(fd: int, output: StatResult) -> Asking[bool]:
    """Whether what is written would be read again, without end."""
    found: StatResult = yield Fstat(fd)
    if (found.dev, found.ino) != (output.dev, output.ino):
        return False
    try:
        reading = yield Lseek(fd, 0, 1)
        writing = yield Lseek(1, 0, 1)
    except KernelError as error:
        if error.errno is not Errno.ESPIPE:
            raise
        return False
    flags = yield Fcntl(1, FcntlCommand.F_GETFL)
    at: int = found.size if flags & OpenFlag.O_APPEND else writing
    return bool(reading < at)


class _Numbering:
    """What goes on from file to file: the count, whether a line has begun, the last one's look."""

    __slots__ = ("begun", "blanks", "count")

    def __init__(self) -> None:
        self.count = 0
        self.begun = False
        self.blanks = 0


class _Look(NamedTuple):
    """How lines are shown."""

    number: str
    squeeze: bool
    ends: bool
    tabs: bool
    nonprinting: bool

    @classmethod
    def wanted(cls, given: Given) -> "_Look | None":
        """What the options ask for; None: bytes as they are."""
        if not [key for key, _ in given.options if key != "u"]:
            return None
        number = "number-nonblank" if given.has("number-nonblank") else given.last("number")
        everything = given.has("show-all")
        ends = everything or given.has("show-ends") or given.has("e")
        tabs = everything or given.has("show-tabs") or given.has("t")
        controls = given.last("show-nonprinting", "show-all", "e", "t") != ""
        return cls(number, given.has("squeeze-blank"), ends, tabs, controls)

    def line(self, line: bytes, numbering: _Numbering) -> bytes:
        """One line, or what a file without a newline at its end leaves of one."""
        ended = line.endswith(b"\n")
        body = line[:-1] if ended else line
        whole, numbering.begun = not numbering.begun, not ended
        numbering.blanks = numbering.blanks + 1 if whole and line == b"\n" else 0
        if self.squeeze and numbering.blanks > 1:
            return b""
        front = b""
        if whole and (self.number == "number" or (self.number and line != b"\n")):
            numbering.count += 1
            front = b"%6d\t" % numbering.count
        if self.nonprinting:
            body = _CONTROLS.sub(_shown, body)
        if self.tabs:
            body = body.replace(b"\t", b"^I")
        if not ended:
            return front + body
        if self.ends and not self.nonprinting and body.endswith(b"\r"):
            body = body[:-1] + b"^M"  # or the $ would stand at the line's beginning
        return front + body + (b"$\n" if self.ends else b"\n")


_PIECES = re.compile(rb"[^\n]*\n|[^\n]+")
"""Lines, and what is there of the last."""
_CONTROLS = re.compile(rb"[^\t\x20-\x7e]")


def _shown(match: re.Match[bytes]) -> bytes:
    byte = match[0][0]
    front = b"M-" if byte > 127 else b""
    low = byte & 127
    if low < 32:
        return front + b"^" + bytes([low + 64])
    return front + (b"^?" if low == 127 else bytes([low]))
