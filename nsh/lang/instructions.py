"""The instruction set: what a compiled block is made of.

Instructions are flat and know each other by index.  Values that a program is in the middle of
using stand on its frame's stack.  An instruction asks at most one thing at a time: those that
take several requests are *routines* (:mod:`nsh.lang.routines`).

``tested``: a failure only sets ``$?``.  Otherwise it leaves the blocks around it, up to the next
:class:`Guard`, tested call or the end of the program.
"""

from typing import Final

from nsh.abi.process import Clone
from nsh.lang.source import Span
from nsh.lang.templates import Template
from nsh.machine.program import Code, Frame, Function
from nsh.machine.record import Record


class Instruction(Record):
    """Common head of the instructions."""


class Expand(Instruction):
    """Push the words' fields as one tuple of strings; ``operands`` values are popped.

    Patterns among them become the names of the files that they match, which the kernel is asked
    for.
    """

    words: tuple[Template, ...]
    operands: int = 0


class Value(Instruction):
    """Push one word as one string, whatever blanks it holds."""

    word: Template
    operands: int = 0


class Load(Instruction):
    """Push a variable's present value."""

    name: str


class Default(Instruction):
    """``${name:-…}``: push what needs no word, and go to ``target``; else the word comes next."""

    name: str
    operator: str
    target: int


class Missing(Instruction):
    """``${name:?…}``: pop the message and fail with it."""

    name: str
    operator: str


class Runs(Instruction):
    """Push one word as :class:`Mixed`; as :class:`Value`."""

    word: Template
    operands: int = 0


class Quote(Instruction):
    """Push one word as a pattern, in which what is quoted means itself; as :class:`Value`."""

    word: Template
    operands: int = 0


class Trim(Instruction):
    """``${name%…}``: pop a pattern and a value, and push what is left of the value."""

    operator: str


ASKED: Final = frozenset({"PWD", "UID", "HOSTNAME"})
"""Variables that the kernel is asked for, so that they are true of whoever acts; but who assigns
one has that value."""
IDENTITIES: Final = frozenset({"$", "PPID"}) | ASKED
"""The same, and those that nobody can assign."""


class Identity(Instruction):
    """Ask for one of :data:`IDENTITIES`, and push it."""

    name: str


class Length(Instruction):
    """Pop a string and push how many characters it has."""


class Assign(Instruction):
    """Pop a string into a variable."""

    name: str


# ---- flow


class Drop(Instruction):
    """Pop values."""

    count: int


class Status(Instruction):
    """Set ``$?``."""

    value: int


class Jump(Instruction):
    """Go on at ``target``."""

    target: int


class Branch(Instruction):
    """Go on at ``target`` if ``$?`` is 0 (``when``), or is not."""

    when: bool
    target: int


class Negate(Instruction):
    """``!``."""


class Compare(Instruction):
    """Pop right and left, and set ``$?`` to whether the comparison holds."""

    operator: str


class Push(Instruction):
    """Push a number."""

    value: int


class Join(Instruction):
    """Pop two tuples and push them as one."""


class Count(Instruction):
    """Make the string on top a number of repetitions."""


class Turn(Instruction):
    """Count the number on top down; at 0 pop it and go to ``target``."""

    target: int


class Each(Instruction):
    """With fields and an index on top: the next field into ``name``; at the end pop both and go
    to ``target``."""

    name: str
    target: int


class Guard(Instruction):
    """A failure from here on goes to ``target``, with True on the stack and what was pushed since
    gone."""

    target: int


class Unguard(Instruction):
    """The end of a guarded stretch: pop what has been pushed since and push False."""


class Rethrow(Instruction):
    """Pop the flag of a guard; if there was a failure, fail again unless ``tested``."""

    tested: bool


class Check(Instruction):
    """Fail if ``$?`` is not 0."""


class Forget(Instruction):
    """No request has failed yet, as far as ``expect … fails`` is concerned."""


class Return(Instruction):
    """Leave the function; ``valued``: the string on top is its status."""

    valued: bool


class End(Instruction):
    """End the program: a forked part is done."""


class Define(Instruction):
    """``def``."""

    function: Function


class Trace(Instruction):
    """Enter (1) or leave (-1) a ``trace``."""

    step: int


# ---- commands


class Head(Instruction):
    """Look at a command's name before anything behind it is expanded.

    If it is no command and no function, another task is meant: have that perform the source from
    ``rest`` on, and go to ``after``.  ``name`` None: the first field of the tuple on top.
    """

    name: str | None
    rest: Span | None
    after: int
    tested: bool
    block: bool
    """A block stands behind, which only another task's command can take."""
    assigned: int
    """How many values of assignments in front are on the stack."""


class Run(Instruction):
    """Perform a command or call a function; ``argv`` None: the tuple that is ``depth``th from
    the top, which is popped if it is the first.

    ``assigned``: variables for it alone, whose values stand under the tuple.  ``last``: nothing
    of the program is needed any more, so the task executes the command, as a shell's child does.
    """

    argv: tuple[str, ...] | None
    tested: bool
    rest: Span | None = None
    assigned: tuple[str, ...] = ()
    depth: int = 1
    last: bool = False


class BuiltIn(Instruction):
    """A command of the language itself, with its block; words as in :class:`Run`."""

    name: str
    tested: bool
    block: Code | None = None
    depth: int = 1


class Spawn(Instruction):
    """``spawn`` of one child whose options are known."""

    request: Clone
    tested: bool
    frames: tuple[Frame, ...]
    """What the child performs, the last first."""


class AsTask(Instruction):
    """Pop a reference and have that task perform ``code``; None: the prompt goes there."""

    code: Code | None
    tested: bool


class Plan(Record):
    """One redirection: ``operator`` ``>&`` copies ``source`` (-1 closes), ``<<`` and ``<<<`` have a
    text to be read, others open a file."""

    descriptor: int
    operator: str
    source: int = -1


class Redirect(Instruction):
    """Carry out redirections; the files' names are the strings on top.

    Push what to put back; with ``keep`` nothing is put back.  On a failure go to ``after`` if
    ``tested``.
    """

    plans: tuple[Plan, ...]
    keep: bool
    tested: bool
    after: int


class Restore(Instruction):
    """Undo a redirection: pop its record from under the flag on top."""


class Capture(Instruction):
    """Let descriptor 1 be a memory file from here on; push what to put back."""


class Release(Instruction):
    """End a capture: pop the flag and the record, and push what was written as text."""


class Fork(Instruction):
    """``&``: a child goes on at ``target``."""

    target: int


class Job(Instruction):
    """``&`` at a prompt: the child leads a process group, which ^C does not reach."""

    target: int


class Children(Instruction):
    """Fork a child for each target and wait for all: a pipeline (``piped``), ``( … )``, ``par``."""

    targets: tuple[int, ...]
    piped: bool


# ---- expectations


class Verdict(Instruction):
    """Common head: report whether an expectation holds.  ``span`` is the whole statement."""

    span: Span


class ExpectStatus(Verdict):
    """``$?`` must be 0."""


class ExpectComparison(Verdict):
    """Pop right and left: the comparison must hold."""

    operator: str


class ExpectOutput(Verdict):
    """Pop what is wanted and what was printed."""

    matches: bool


class ExpectFailure(Verdict):
    """Pop the guard's flag: the block must have failed, with this errno if one is named."""

    errno: str
