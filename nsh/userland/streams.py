"""Reading and writing, as C programs do it through stdio: whole, in chunks, restarting on EINTR.

Text is UTF-8; bytes that are not come through unharmed, as lone surrogates (PEP 383).
"""

import re
from collections.abc import Generator, Iterable, Sequence
from typing import Any, TypeAlias, TypeVar

from nsh.abi import Errno, KernelError, Request
from nsh.abi.files import Close, Open, OpenFlag, Read, Write
from nsh.abi.invocation import Invocation
from nsh.userland.quoting import always, plain

T = TypeVar("T")
Asking: TypeAlias = Generator[Request, Any, T]
"""A piece of a command, which replies T: it asks the kernel, its caller says ``yield from``."""

CHUNK = 65536
READING = int(OpenFlag.O_RDONLY | OpenFlag.O_CLOEXEC)
STDIN = "-"
"""The operand that stands for descriptor 0."""


def encode(text: str) -> bytes:
    """*text* as bytes."""
    return text.encode("utf-8", "surrogateescape")


def decode(data: bytes) -> str:
    """*data* as text."""
    return data.decode("utf-8", "surrogateescape")


def write(fd: int, text: str | bytes) -> Asking[None]:
    """Write all of *text* to *fd*, however little the kernel takes at a time."""
    data = encode(text) if isinstance(text, str) else text
    while data:
        try:
            taken = yield Write(fd, data[:CHUNK])
        except KernelError as error:
            if error.errno is Errno.EINTR:
                continue
            raise
        data = data[taken:]


def read(fd: int, size: int = CHUNK) -> Asking[bytes]:
    """What one read(2) yields, again when a signal interrupts it; empty at the end."""
    while True:
        try:
            data: bytes = yield Read(fd, size)
        except KernelError as error:
            if error.errno is not Errno.EINTR:
                raise
        else:
            return data


def read_file(path: str) -> Asking[bytes]:
    """All of the file *path*; any error of open(2) or read(2)."""
    fd = yield Open(path, READING)
    chunks = []
    try:
        while chunk := (yield from read(fd)):
            chunks.append(chunk)
    except KernelError:  # not `finally`: a command that is dropped half-way must not ask any more
        yield Close(fd)
        raise
    yield Close(fd)
    return b"".join(chunks)


def say(call: Invocation, message: str) -> Asking[None]:
    """Print ``nsh: NAME: message`` on descriptor 2.  If nobody can hear it, it is lost."""
    try:
        yield from write(2, f"nsh: {call.name}: {message}\n")
    except KernelError:
        return


def complain(call: Invocation, text: str, error: KernelError) -> Asking[None]:
    """Report a failed call that the command survives: ``nsh: cat: x: No such file …``."""
    said = f"{text}: {error}" if text else str(error)
    if error.errno is Errno.ENOENT and re.search(r"[*?]|\[.+\]", text):
        said += "; no file's name matches it"
    yield from say(call, said)


def is_terminal(fd: int) -> Asking[bool]:
    """isatty(3)."""
    from nsh.abi.terminals import Ttyname  # noqa: PLC0415  # few commands ask

    try:
        yield Ttyname(fd)
    except KernelError:
        return False
    return True


class Inputs:
    """The files that a filter reads: its operands, or descriptor 0; ``-`` is descriptor 0 too.

    A file that cannot be opened or read is complained about (not if *quiet*; as head and tail do
    if *wordy*) and skipped; ``status`` tells.
    """

    __slots__ = (
        "_call",
        "_fd",
        "_names",
        "_quiet",
        "_rest",
        "_trouble",
        "_wordy",
        "name",
        "status",
    )

    name: str
    """The file being read, as it was named."""
    status: int
    """0, or *trouble* once something could not be read."""

    def __init__(
        self,
        call: Invocation,
        names: Sequence[str],
        trouble: int = 1,
        *,
        quiet: bool = False,
        wordy: bool = False,
    ) -> None:
        self._call = call
        self._quiet = quiet
        self._wordy = wordy
        self._names = list(names or [STDIN])
        self._trouble = trouble
        self._fd = -1
        self._rest: list[bytes] = []
        self.name = ""
        self.status = 0

    @property
    def fd(self) -> int:
        """The descriptor of the current file; -1 if there is none."""
        return self._fd

    def next(self) -> Asking[bool]:
        """Go on to the next file that can be opened; False when there is none left."""
        yield from self.close()
        while self._names:
            if (yield from self.open(self._names.pop(0))):
                return True
        return False

    def open(self, name: str) -> Asking[bool]:
        """Go on to the file *name*, which may not be among the operands; whether it can be."""
        yield from self.close()
        self.name = name
        self._rest = []
        if name == STDIN:
            self._fd = 0
            return True
        try:
            self._fd = yield Open(name, READING)
        except KernelError as error:
            yield from self._failed(error, f"cannot open {always(name)} for reading")
            return False
        return True

    def release(self) -> int:
        """The descriptor of the current file, which is left open."""
        fd, self._fd = self._fd, -1
        return fd

    def close(self) -> Asking[None]:
        """Close the current file early; :meth:`next` does it otherwise."""
        if self._fd > 0:
            fd, self._fd = self._fd, -1
            yield Close(fd)
        self._fd = -1

    def chunk(self) -> Asking[bytes]:
        """What the next read(2) of the current file yields; empty at its end."""
        if self._fd < 0:
            return b""
        try:
            return (yield from read(self._fd))
        except KernelError as error:
            yield from self._failed(error, f"error reading {always(self.name)}")
            return b""

    def lines(self) -> Asking[list[bytes]]:
        """The next lines, each with its newline (but perhaps the file's last); [] at its end."""
        while True:
            data = yield from self.chunk()
            if not data:
                rest, self._rest = b"".join(self._rest), []
                return [rest] if rest else []
            self._rest.append(data)
            if b"\n" in data:
                pieces = b"".join(self._rest).split(b"\n")
                self._rest = [pieces.pop()]
                return [piece + b"\n" for piece in pieces]

    def everything(self) -> Asking[bytes]:
        """The rest of the current file."""
        chunks: list[bytes] = []
        while data := (yield from self.chunk()):
            chunks.append(data)
        return b"".join(chunks)

    def _failed(self, error: KernelError, text: str) -> Asking[None]:
        self.status = self._trouble
        if not self._quiet:
            yield from complain(self._call, text if self._wordy else plain(self.name), error)


def joined(lines: Iterable[str]) -> str:
    """The lines as a text, each ended by a newline."""
    return "".join(f"{line}\n" for line in lines)
