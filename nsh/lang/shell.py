"""``nsh`` as a program: a shell that performs a script, or commands from descriptor 0 (sh(1p)).

``nsh -c CODE`` and ``nsh FILE`` end at the first failure, as every script does.  Without either it
reads lines: that is what login(1) starts on a terminal, and unshare(1) where a person wants to look
around. Every line is performed by the shell's own task, as what
is typed at the puppeteer's prompt is by the acting one; a command that fails ends its line and no
more. On a terminal there is a prompt, and ^C ends what is being performed instead of the shell.

gap: one line is one program, so a block cannot go over several; no history and no profile.
"""

from collections.abc import Generator
from typing import Any, Final

from nsh.abi.errno import Errno, KernelError
from nsh.abi.files import Close, Open, OpenFlag, Read, Write
from nsh.abi.process import Getuid
from nsh.abi.signals import Sig, Sigaction
from nsh.lang.compiler import LINE, code_at
from nsh.lang.diagnostics import SyntaxProblem, render
from nsh.lang.expansion import MAX_TEXT
from nsh.lang.mistakes import SHELL, UsageProblem
from nsh.machine.program import Code

NAME: Final = SHELL
INTERRUPT: Final = "trap INT default; kill -INT $$"
"""The shell's handler of SIGINT, performed as it stands by children that have inherited it; what
the shell itself is performing ends, and at its prompt the line that was begun."""
INTERRUPTED: Final = 130
"""``$?`` after that: 128 + SIGINT, as a shell has it."""
READY: Final = "+"
"""Its argument when it comes back for the next line, which nobody can give it: it is set up."""
ON_TERMINAL: Final = "+t"
DONE: Final = "+d"
"""The same after a script, of which nothing is left."""
MISUSED: Final = 2
"""What it ends with if a script cannot be understood."""
NOT_FOUND: Final = 127
"""What it ends with if there is no such script."""
_PIPED: Final = "stdin"
"""What messages call the lines that come from no terminal."""

_CHUNK: Final = 4096


class Line:
    """What is to be performed next; ``code`` None: nothing, for the line was empty or wrong."""

    __slots__ = ("code", "marks")

    def __init__(self, code: Code | None, marks: str) -> None:
        self.code = code
        self.marks = marks
        """The argument to come back with."""


class Ended(Exception):
    """There is nothing to perform, and this is the status."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


def script(argv: tuple[str, ...]) -> Generator[Any, Any, Code | None]:
    """The script that *argv* names, None if it names none.  Raises Ended, UsageProblem."""
    if not argv or argv == ("-",) or argv[0] in (READY, ON_TERMINAL):
        return None
    if argv[0] == DONE:
        raise Ended(0)
    if argv[0] == "-c":
        if len(argv) != 2:
            raise UsageProblem("nsh -c wants one CODE; quote all of it")
        name, text = argv
    elif argv[0].startswith("-"):
        raise UsageProblem(f"nsh has no option {argv[0][:40]}; write `nsh [-c CODE | FILE]`")
    elif len(argv) > 1:
        raise UsageProblem("a script takes no arguments; variables are its environment")
    else:
        name = argv[0]
        text = yield from _contents(name)
    try:
        return code_at(text, 0, len(text), name)
    except SyntaxProblem as problem:
        yield from put(2, render(problem.diagnostic).encode() + b"\n")
        raise Ended(MISUSED) from None


def _contents(path: str) -> Generator[Any, Any, str]:
    try:
        fd = yield Open(path, int(OpenFlag.O_RDONLY | OpenFlag.O_CLOEXEC))
        data = b""
        while len(data) <= MAX_TEXT and (more := (yield Read(fd, _CHUNK))):
            data += more
        yield Close(fd)
    except KernelError as error:
        yield from put(2, f"nsh: {path}: {error}\n".encode("utf-8", "surrogateescape"))
        raise Ended(NOT_FOUND) from None
    if len(data) > MAX_TEXT:
        raise UsageProblem(f"{path}: a script has {MAX_TEXT} bytes at the most")
    return data.replace(b"\0", b"").decode("utf-8", "replace")


def next_line(argv: tuple[str, ...], status: int) -> Generator[Any, Any, Line | None]:
    """Read a line, after the last one has ended with *status*; None at the end of input."""
    marks = argv[0] if argv and argv[0] in (READY, ON_TERMINAL) else ""
    if not marks:
        marks = yield from _begin()
    prompt = b""
    if marks == ON_TERMINAL:
        prompt = b"$ " if (yield Getuid()).euid else b"# "
        yield from put(2, b"\n" + prompt if status == INTERRUPTED and argv else prompt)
    while True:
        try:
            line = yield from _read(marks)
            break
        except KernelError as error:
            if error.errno is not Errno.EINTR:
                raise
            yield from put(2, b"\n" + prompt)
    if not line:
        if prompt:
            yield from put(2, b"exit\n")
        return None
    text = line.replace(b"\0", b"").decode("utf-8", "replace").removesuffix("\n")
    if not text.strip():
        return Line(None, marks)
    try:
        return Line(code_at(text, 0, len(text), LINE if marks == ON_TERMINAL else _PIPED), marks)
    except SyntaxProblem as problem:
        yield from put(2, render(problem.diagnostic).encode() + b"\n")
        return Line(None, marks)


def _begin() -> Generator[Any, Any, str]:
    """On a terminal, have ^C interrupt what is performed."""
    from nsh.abi.terminals import Ttyname  # noqa: PLC0415  # few scripts call the shell

    try:
        yield Ttyname(0)
    except KernelError:
        return READY
    yield Sigaction(int(Sig.SIGINT), INTERRUPT)
    return ON_TERMINAL


def _read(marks: str) -> Generator[Any, Any, bytes]:
    """A terminal gives a line at a time; of anything else, byte by byte so that the rest is left
    for the commands."""
    line = b""
    size = _CHUNK if marks == ON_TERMINAL else 1
    while not line.endswith(b"\n"):
        more: bytes = yield Read(0, size)
        line += more
        if not more or len(line) > MAX_TEXT:
            break
    return line


def put(fd: int, data: bytes) -> Generator[Any, Any, None]:
    """Write *data*, in as many pieces as it takes.  Errors of write(2)."""
    while data:
        data = data[(yield Write(fd, data)) :]
