"""Programs as data: what a puppet is doing, down to its counter and variables.

The code itself is a compiled block of the nsh language; it is rebuilt from its source text,
so a stored program keeps the text and the position only (see :mod:`nsh.lang`).
"""

from collections.abc import Callable, Iterator
from typing import Final

import msgspec
from immutables import Map

from nsh.machine.ids import TaskId
from nsh.machine.record import Record, table

DIRECTOR = TaskId(-1)
"""The puppeteer as a program's caller."""


class Site(Record):
    """Where something stands that was performed, for people."""

    name: str
    """The source's, as in :class:`Code`."""
    line: int
    text: str
    """Its first line; `` …`` behind it if there are more."""


class Code(Record):
    """A compiled block.  Two codes are equal when their source and origin are."""

    derived = frozenset({"instructions", "places"})

    source: str
    """The text of the script it was compiled from."""
    start: int
    """Offset of the block in ``source``."""
    end: int
    instructions: tuple[Record, ...]
    """Made from the above; the instruction set is the language's."""
    name: str = "-"
    """What messages call the source: a file name, ``-c``, ``<prompt>``."""
    places: tuple[tuple[int, int], ...] = ()
    """From where to where in ``source`` the statement stands that each instruction is of."""

    def site(self, instruction: int) -> Site:
        """The statement that the instruction at this index is of; else the block."""
        known = 0 <= instruction < len(self.places)
        start, end = self.places[instruction] if known else (self.start, self.end)
        first, more, _ = self.source[start:end].partition("\n")
        return Site(self.name, self.source.count("\n", 0, start) + 1, first + " …" * bool(more))


Compile = Callable[[str, int, int, str], Code]
_compilers: Final[list[Compile]] = []


def compiles(function: Compile) -> Compile:
    """Register the language: what makes the code of a block of a text, and raises ``ValueError``
    for what is none."""
    _compilers.append(function)
    return function


def compiled(source: str, start: int, end: int, name: str) -> Code:
    """The code of what stands at *start* to *end* of *source*.  ``ValueError``."""
    for function in _compilers:
        return function(source, start, end, name)
    raise ValueError("there is no language to make code of it")


class Function(Record):
    """A ``def``."""

    name: str
    parameters: tuple[str, ...]
    body: Code


class Scope(Record):
    """Variables and functions, copied at fork like any memory (by reference)."""

    variables: Map[str, str] = Map()
    functions: Map[str, Function] = Map()
    status: int = 0
    """``$?``"""
    child: int = 0
    """``$!``"""


class Frame(Record):
    """One activation: a block, where it stands, and its intermediate values."""

    code: Code
    counter: int = 0
    stack: tuple[object, ...] = ()
    """Operands: words, lists, iterators in progress; plain immutable data."""
    saved: tuple[tuple[str, str | None], ...] = ()
    """Variables to put back on return (a function's parameters)."""
    role: str = ""
    """Why it was pushed: "" main, "call", "trap" (then what it interrupted is on its stack), "line"
    (of an interactive shell), "told" (by its own name; "tried" where a failure is tested)."""


class Replies(Record):
    """The replies a command has had, oldest first: whole chapters of ``CHAPTER``, and the rest.

    Appending costs the same however many there are, and no two stages share a mutable part.
    """

    chapters: Map[int, tuple[object, ...]] = Map()
    rest: tuple[object, ...] = ()
    size: int = 0
    """Bytes that were read, all told."""

    def __len__(self) -> int:
        return len(self.chapters) * CHAPTER + len(self.rest)

    def __iter__(self) -> Iterator[object]:
        for number in range(len(self.chapters)):
            yield from self.chapters[number]
        yield from self.rest

    def append(self, reply: object) -> "Replies":
        """These and one more."""
        size = self.size
        if type(reply) is bytes:
            size += len(reply)
        rest = (*self.rest, reply)
        if len(rest) < CHAPTER:
            return Replies(self.chapters, rest, size)
        return Replies(self.chapters.set(len(self.chapters), rest), (), size)


CHAPTER: Final = 32
NO_REPLIES: Final = Replies()


class Command(Record):
    """A userland command in progress: its argv and replies *are* its state."""

    name: str
    argv: tuple[str, ...]
    """Without the name."""
    variables: Map[str, str] = Map()
    """Its environment, as it was when it was called."""
    replies: Replies = NO_REPLIES


class Program(Record):
    """What a task is doing."""

    derived = frozenset({"trail"})

    frames: tuple[Frame, ...] = ()
    scope: Scope = Scope()
    command: Command | None = None
    """The command running on top of the frames, if any."""
    asked: msgspec.Struct | None = None
    """The request that was last handed to the kernel and not yet answered."""
    reply: object = None
    """The answer that waits to be taken in by the next step."""
    caller: TaskId = TaskId(0)
    """The task whose ``as`` set this program going and waits for its end; DIRECTOR for a
    statement that was typed, 0 for a program of the task's own."""
    ends_task: bool = False
    """A subshell's (pipeline, ``&``): the task exits with the program's status at its end."""
    traced: int = 0
    """Depth of ``trace``: while positive, each system call is reported."""
    errno: int = 0
    """Of the last request that failed; 0 if none did."""
    failed: bool = False
    """It ended because a command failed where nothing tested it."""
    trail: tuple[Site, ...] = ()
    """Where that was, and from where it was called, the innermost first."""


@table
class Puppet(Record):
    """The puppeteer's side of a task, keyed by TaskId: its label, and its program if any."""

    label: str = ""
    program: Program | None = None
    queue: tuple[Program, ...] = ()
    """Programs that ``as`` wants it to perform once the current one has ended."""
    loan: tuple[tuple[int, int], ...] = ()
    """Standard streams that are its caller's while it performs for ``as``, and where its own are
    kept."""


@table
class Labels(Record):
    """Label -> task (one row, key 0).  A label of a reaped task may be given again."""

    by_name: Map[str, TaskId] = Map()


@table
class Director(Record):
    """The puppeteer: whose turn it is to perform what is typed (one row, key 0)."""

    actor: TaskId
    scope: Scope = Scope()
    """Variables and functions of the script; lent to each statement and taken back."""
    busy: bool = False
    """A statement is being performed."""
    settled: int = 0
    """Steps that programs behind have had since the last statement ended."""
