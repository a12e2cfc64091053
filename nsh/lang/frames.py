"""A program on its way through one step: taken apart, changed in place, put together again.

What it is between two steps is a value (:mod:`nsh.machine.program`).  Its topmost frame is taken
apart only when something in it is about to change: a command that asks one request after the other
leaves the frames below it alone.
"""

from typing import Any, Final

from immutables import Map
from msgspec import Struct

from nsh.lang.values import Values
from nsh.machine.program import Code, Command, Frame, Program, Scope, Site
from nsh.machine.record import Record

_NOWHERE: Final = Code("", 0, 0, ())


class Guarded(Record):
    """The mark of a :class:`~nsh.lang.instructions.Guard` on the stack."""

    target: int


class Failed(Record):
    """On the stack instead of a :class:`Guarded` that a failure has come to."""

    trail: tuple[Site, ...]


class Suspended(Record):
    """What a trap interrupted, at the bottom of its frame's stack."""

    command: Command | None
    asked: Any
    reply: Any
    status: int
    mask: int
    """The signal mask to go back to."""
    ends: bool = False
    """It does not go on: ^C has ended what an interactive shell was performing."""


class Frames:
    """A program taken apart: the frame on top in pieces, the others below it."""

    asked: Any
    """What it asked last, None if nothing; so too in ``reply`` for the reply to that."""
    code: Code
    counter: int
    folded: bool
    instructions: tuple[Any, ...]
    lower: tuple[Frame, ...]
    """The frames below the one on top; all of them while that one is ``folded``."""
    over: bool
    """No frame is left."""
    role: str
    saved: tuple[tuple[str, str | None], ...]
    stack: list[Any]

    __slots__ = (
        "asked",
        "caller",
        "code",
        "command",
        "counter",
        "ends_task",
        "errno",
        "failed",
        "folded",
        "instructions",
        "lower",
        "over",
        "reply",
        "role",
        "saved",
        "scope",
        "stack",
        "traced",
        "trail",
    )

    def __init__(self, program: Program) -> None:
        self.scope = program.scope
        self.command = program.command
        self.asked = program.asked
        self.reply = program.reply
        self.caller = program.caller
        self.ends_task = program.ends_task
        self.traced = program.traced
        self.errno = program.errno
        self.failed = program.failed
        self.trail = program.trail
        self.lower = program.frames
        self.folded = True

    def unfold(self) -> None:
        """Take the topmost frame apart, unless it is already."""
        if self.folded:
            self.enter_lower()

    def save(self, asked: Struct | None, reply: object = None) -> Program:
        """The program as a value, having asked *asked* and, unless None, been told *reply*."""
        frames = self.lower
        if not self.folded and not self.over:
            top = Frame(self.code, self.counter, tuple(self.stack), self.saved, self.role)
            frames = (*frames, top)
        return Program(
            frames,
            self.scope,
            self.command,
            asked,
            reply,
            self.caller,
            self.ends_task,
            self.traced,
            self.errno,
            self.failed,
            self.trail,
        )

    # ---- scope

    def set_status(self, status: int) -> None:
        """``$?``."""
        scope = self.scope
        if scope.status != status:
            self.scope = Scope(scope.variables, scope.functions, status, scope.child)

    def set_child(self, pid: int) -> None:
        """``$!``, of a child that was started all right."""
        scope = self.scope
        self.scope = Scope(scope.variables, scope.functions, 0, pid)

    def set_variables(self, variables: Map[str, str]) -> None:
        """All variables at once."""
        scope = self.scope
        self.scope = Scope(variables, scope.functions, scope.status, scope.child)

    def values(self, operands: int) -> Values:
        """Where a word takes its values from; *operands* values are popped."""
        scope, stack = self.scope, self.stack
        popped = stack[len(stack) - operands :]
        del stack[len(stack) - operands :]
        return Values(scope.variables, scope.status, scope.child, iter(popped))

    # ---- frames

    def call(self, code: Code, saved: tuple[tuple[str, str | None], ...], role: str) -> None:
        """Enter a block; its frame ends where this one goes on."""
        top = Frame(self.code, self.counter, tuple(self.stack), self.saved, self.role)
        self.lower = (*self.lower, top)
        self.code, self.instructions, self.counter = code, code.instructions, 0
        self.stack, self.saved, self.role = [], saved, role

    def forked(self) -> None:
        """From here on it is a subshell: what was around is the parent's."""
        self.lower, self.stack, self.saved, self.role = (), [], (), ""
        self.ends_task, self.failed, self.trail, self.command = True, False, (), None

    def end(self) -> None:
        """Nothing is left to do."""
        self.lower = ()
        self.enter_lower()

    def drop_frame(self) -> None:
        """Be done with the frame on top: its parameters are what they were before."""
        if self.saved:
            with self.scope.variables.mutate() as draft:
                for name, value in self.saved:
                    if value is not None:
                        draft[name] = value
                    elif name in draft:
                        del draft[name]
                self.set_variables(draft.finish())
        self.enter_lower()

    def enter_lower(self) -> None:
        """Take the next frame apart, which is on top from here on."""
        frames = self.lower
        self.folded = False
        if not frames:
            self.over = True
            self.code, self.instructions, self.counter = _NOWHERE, (), 0
            self.stack, self.saved, self.role = [], (), ""
            return
        self.over = False
        self.lower = frames[:-1]
        top = frames[-1]
        self.code = code = top.code
        self.instructions = code.instructions
        self.counter = top.counter
        self.stack = list(top.stack)
        self.saved = top.saved
        self.role = top.role

    # ---- success and failure

    def finish(self, tested: bool, status: int, trail: tuple[Site, ...] = ()) -> None:
        """A command ended with *status*, by what *trail* tells if another task performed it."""
        if self.scope.status != status:
            self.set_status(status)
        if status and not tested:
            self.fail(trail)

    def fail(self, trail: tuple[Site, ...] = (), *, again: bool = False) -> None:
        """Leave what stands around, up to the next guard, tested call, or the end.

        *trail* is where it failed further in; ``again``: up to here, where a guard has held it.
        """
        while not self.over:
            if not again:
                trail = (*trail, self.code.site(self.counter - 1))
            again = False
            while self.stack:
                item = self.stack.pop()
                if type(item) is Guarded:
                    self.stack.append(Failed(trail))
                    self.counter = item.target
                    return
                if type(item) is Suspended:  # a trap's failure is its own
                    self.stack.append(item)
                    self.counter = len(self.instructions)
                    return
            role = self.role
            self.drop_frame()
            if role in ("line", "tried"):  # an interactive shell goes on with the next line
                return
            if role == "call" and self.instructions[self.counter - 1].tested:
                return
        self.failed, self.trail = True, trail
