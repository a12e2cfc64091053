"""A program on its way through one step: taken apart, changed in place, put together again.

Its topmost frame is taken apart only when something in it is about to change: a command that asks
one request after the other leaves the frames below it alone.
"""

from collections.abc import Callable
from typing import Any, Final, cast

from immutables import Map

from nsh.abi.errno import Errno, KernelError
from nsh.abi.process import Execve, ExitGroup, Fork
from nsh.abi.request import Failure, Request
from nsh.abi.signals import Sigreturn
from nsh.lang import instructions as op
from nsh.lang.actions import Action, Await, Delegate, Report
from nsh.lang.commands import CommandTable
from nsh.lang.compiler import code_at
from nsh.lang.expansion import ExpansionError, Values
from nsh.lang.live import LIVE, AtWork, replay, send
from nsh.lang.mistakes import BUILTINS
from nsh.lang.spawning import UsageProblem
from nsh.lang.unquote import quote
from nsh.machine.program import Code, Command, Frame, Program, Scope
from nsh.machine.record import Record

Asked = Request | Action
MAX_DEPTH: Final = 200
"""How deep functions may call each other."""
MAX_READ: Final = 128 << 20
"""How many bytes one command may read: its replies are its state, so all of them are kept."""

_NOWHERE: Final = Code("", 0, 0, ())


class Guarded(Record):
    """The mark of a :class:`~nsh.lang.instructions.Guard` on the stack."""

    target: int


class Suspended(Record):
    """What a trap interrupted, at the bottom of its frame's stack."""

    command: Command | None
    asked: Any
    reply: Any
    status: int
    mask: int
    """The signal mask to go back to."""


class Refused(Exception):
    """A routine's request failed; *name* is what the message is to speak of."""

    def __init__(self, name: str, error: KernelError) -> None:
        super().__init__(name, error)
        self.name = name
        self.error = error


class Run:
    """A program taken apart."""

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
        "commands",
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
    )

    def __init__(self, program: Program, commands: CommandTable) -> None:
        self.commands = commands
        self.scope = program.scope
        self.command = program.command
        self.asked = program.asked
        self.reply = program.reply
        self.caller = program.caller
        self.ends_task = program.ends_task
        self.traced = program.traced
        self.errno = program.errno
        self.failed = program.failed
        self.lower = program.frames
        self.folded = True

    def unfold(self) -> None:
        """Take the topmost frame apart, unless it is already."""
        if self.folded:
            self._enter_lower()

    def save(self, asked: Asked | None, reply: object = None) -> Program:
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

    def leave(self) -> Asked | None:
        """The frame on top is done."""
        if self.role == "trap":
            return Sigreturn(self.stack[0].mask)
        role = self.role
        self._drop_frame()
        if role == "call":
            self.finish(self.instructions[self.counter - 1].tested, self.scope.status)
        return None

    def end_trap(self) -> Asked | None:
        """The kernel has the signal mask back: go on with what the trap interrupted."""
        suspended: Suspended = self.stack[0]
        self._drop_frame()
        self.set_status(suspended.status)
        self.command = suspended.command
        asked: Asked | None = suspended.asked
        if asked is None:
            return None
        if suspended.reply is None:
            return Await(asked) if type(asked) is Delegate else asked
        return self.take_in(asked, suspended.reply)

    def forked(self) -> None:
        """From here on it is a subshell: what was around is the parent's."""
        self.lower, self.stack, self.saved, self.role = (), [], (), ""
        self.ends_task, self.failed, self.command = True, False, None

    def end(self) -> None:
        """Nothing is left to do."""
        self.lower = ()
        self._enter_lower()

    def _drop_frame(self) -> None:
        if self.saved:
            with self.scope.variables.mutate() as draft:
                for name, value in self.saved:
                    if value is not None:
                        draft[name] = value
                    elif name in draft:
                        del draft[name]
                self.set_variables(draft.finish())
        self._enter_lower()

    def _enter_lower(self) -> None:
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

    def finish(self, tested: bool, status: int) -> None:
        """A command ended with *status*."""
        if self.scope.status != status:
            self.set_status(status)
        if status and not tested:
            self.fail()

    def fail(self) -> None:
        """Leave what stands around, up to the next guard, tested call, or the end."""
        while not self.over:
            while self.stack:
                item = self.stack.pop()
                if type(item) is Guarded:
                    self.stack.append(True)
                    self.counter = item.target
                    return
                if type(item) is Suspended:  # a trap's failure is its own
                    self.stack.append(item)
                    self.counter = len(self.instructions)
                    return
            role = self.role
            self._drop_frame()
            if role == "call" and self.instructions[self.counter - 1].tested:
                return
        self.failed = True

    def complain(
        self, text: str, status: int, tested: bool, failure: Failure | None = None
    ) -> Report:
        """A message, and the failure it tells of."""
        self.finish(tested, status)
        return Report(f"nsh: {text}\n", failure)

    # ---- commands and routines

    def launch(self, command: Command, generator: AtWork) -> Asked | None:
        """Start a command or routine; what it asks first, None if it is done already."""
        return self._advance(command, generator, None)

    def take_in(self, asked: Asked, reply: object) -> Asked | None:
        """Go on with the reply to what was asked last."""
        command = self.command
        if command is None:
            self.unfold()
            if type(asked) is Sigreturn and self.role == "trap":
                return self.end_trap()
            taker = TAKES.get(type(asked))
            return None if taker is None else taker(self, self._instruction(), asked, reply)
        if type(reply) is Failure:
            self.unfold()
            instruction = self._instruction()
            if type(instruction) is op.Run or instruction is None:
                self.errno = int(reply.errno)
        elif type(asked) is Execve:
            self.unfold()
            return self.execute(asked)
        elif type(asked) is Fork and reply and self._answers(command):
            self.set_child(cast(int, reply))
        generator = LIVE.take(command)
        if generator is None:
            self.unfold()
            again = self._instruction()
            generator = replay(lambda: self._start(again, command), command, asked)
        if type(reply) is bytes and command.replies.size + len(reply) > MAX_READ:
            text = f"a command can remember {MAX_READ >> 20} MiB of what it has read, and no more"
            reply = Failure(Errno.ENOMEM, text)
        following = Command(
            command.name, command.argv, command.variables, command.replies.append(reply)
        )
        return self._advance(following, generator, reply)

    def _answers(self, command: Command) -> bool:
        """Whether the command's status is an answer: ``fork`` itself, not a tool that forks."""
        spec = self.commands.find(command.name)
        return spec is not None and spec.answers

    def execute(self, request: Execve) -> Asked | None:
        """The task has become what *request* says: perform that, and end with it."""
        self.forked()
        self.end()
        argv = request.argv
        name = argv[0].rpartition("/")[2]
        if request.environ is not None:
            pairs = (entry.partition("=") for entry in request.environ)
            self.set_variables(Map((variable, value) for variable, _, value in pairs))
        spec = self.commands.find(name)
        if spec is None:
            text = quote(argv)
            self.lower = (Frame(code_at(text, 0, len(text), name)),)
            self._enter_lower()
            return None
        command = Command(name, argv[1:], self.scope.variables)
        return self.launch(command, self._start(None, command))

    def _instruction(self) -> op.Instruction | None:
        """The instruction that is being performed; None in an executed command."""
        return None if self.over else self.instructions[self.counter - 1]

    def _start(self, instruction: op.Instruction | None, command: Command) -> AtWork:
        if instruction is None:
            instruction = _EXECUTED
        return STARTS[type(instruction)](self, instruction, command)

    def _advance(self, command: Command, generator: AtWork, reply: object) -> Asked | None:
        self.command = None
        while True:
            try:
                asked: Asked = send(generator, reply)
            except StopIteration as stop:
                self.unfold()
                instruction = self._instruction()
                if instruction is None:
                    self.finish(False, stop.value)
                    return None
                return ENDS[type(instruction)](self, instruction, command, stop.value)
            except KernelError as error:
                return self._refused(command.name, error)
            except Refused as refused:
                return self._refused(refused.name, refused.error)
            except UsageProblem as problem:
                self.unfold()
                return self.complain(problem.text, 2, tested=_tested(self._instruction()))
            except ExpansionError as problem:
                self.unfold()
                return self.complain(str(problem), 1, tested=_tested(self._instruction()))
            if type(asked) is Execve and not self._knows(asked):
                reply = Failure(Errno.ENOENT, f"there is no command called {asked.argv[0]}")
                command = Command(
                    command.name, command.argv, command.variables, command.replies.append(reply)
                )
                continue
            self.command = command
            if type(asked) is not ExitGroup:  # which is never answered
                LIVE.keep(command, generator)
            return asked

    def _knows(self, request: Execve) -> bool:
        if not request.argv:
            return True  # the kernel's to refuse
        name = request.argv[0].rpartition("/")[2]
        return name in BUILTINS or self.commands.find(name) is not None

    def _refused(self, name: str, error: KernelError) -> Report:
        self.unfold()
        instruction = self._instruction()
        self.errno = int(error.errno)
        tested = _tested(instruction)
        if type(instruction) is op.Redirect and tested:
            self.counter = instruction.after
        return self.complain(f"{name}: {error}", 1, tested, Failure(error.errno, error.reason))


def _tested(instruction: op.Instruction | None) -> bool:
    return bool(getattr(instruction, "tested", False))


_EXECUTED: Final = op.Run(None, tested=False)

Perform = Callable[[Run, Any], Asked | None]
PERFORMS: Final[dict[type, Perform]] = {}
"""What each instruction does: ask something, or nothing (None)."""
TAKES: Final[dict[type, Callable[[Run, Any, Any, Any], Asked | None]]] = {}
"""What becomes of the reply to a request or action that an instruction itself has made."""
STARTS: Final[dict[type, Callable[[Run, Any, Command], AtWork]]] = {}
"""The generator of an instruction that takes several requests; also to replay it."""
ENDS: Final[dict[type, Callable[[Run, Any, Command, Any], Asked | None]]] = {}
"""What becomes of that generator's result."""
