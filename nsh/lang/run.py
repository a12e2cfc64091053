"""What a program asks for: its commands and routines at work, and the replies it takes in.

What each instruction does, and becomes of its replies, is registered in the tables at the end.
"""

from collections.abc import Callable
from typing import Any, Final, TypeVar, cast

from immutables import Map
from msgspec import Struct
from msgspec.structs import replace

from nsh.abi.checkpoint import Restart
from nsh.abi.errno import Errno, KernelError
from nsh.abi.process import Execve, ExitGroup, Fork
from nsh.abi.request import Failure, Request
from nsh.abi.signals import Sigreturn
from nsh.lang import instructions as op
from nsh.lang.actions import Action, Await, Delegate, Report
from nsh.lang.commands import CommandTable
from nsh.lang.compiler import code_at
from nsh.lang.frames import Frames, Suspended
from nsh.lang.live import LIVE, AtWork, close, replay, send
from nsh.lang.mistakes import BUILTINS, UsageProblem
from nsh.lang.shell import INTERRUPTED
from nsh.lang.unquote import quote
from nsh.lang.values import ExpansionError
from nsh.machine.program import Command, Frame, Program
from nsh.spelling import suggestion

Asked = Request | Action
MAX_DEPTH: Final = 200
"""How deep functions may call each other."""
MAX_READ: Final = 128 << 20
"""How many bytes one command may read: its replies are its state, so all of them are kept."""


def environ_of(variables: Map[str, str]) -> tuple[str, ...]:
    """What a program is given: every variable, by name."""
    return tuple(f"{name}={value}" for name, value in sorted(variables.items()))


class Refused(Exception):
    """A routine's request failed; *name* is what the message is to speak of, *status* what ``$?``
    then is."""

    def __init__(self, name: str, error: KernelError, status: int = 1) -> None:
        super().__init__(name, error, status)
        self.name = name
        self.error = error
        self.status = status


class Run(Frames):
    """A program taken apart, with what it asks for: commands at work, and replies taken in.

    While a command is at work here its generator is at hand, and the replies that it has had since
    are only listed; both are put by when the program is put together.
    """

    __slots__ = ("_generator", "_heard", "commands")

    def __init__(self, program: Program, commands: CommandTable) -> None:
        Frames.__init__(self, program)  # super() would take as long as a step's whole instruction
        self.commands = commands
        self._generator: AtWork | None = None
        self._heard: list[object] = []
        """Replies to the command at work that are not in ``command`` yet."""

    def save(self, asked: Struct | None, reply: object = None) -> Program:
        """As in the base class; the command at work is found again by :data:`LIVE`."""
        if self.command is not None:
            command = self._told(self.command)
            if self._generator is not None:
                LIVE.keep(command, self._generator)
                self._generator = None
        return super().save(asked, reply)

    def _told(self, command: Command) -> Command:
        """The command at work, with all replies that it has had."""
        heard = self._heard
        if heard:
            replies = command.replies
            for reply in heard:
                replies = replies.append(reply)
            heard.clear()
            command = self.command = Command(command.name, command.argv, command.variables, replies)
        return command

    def drop(self) -> None:
        """The command at work will not go on."""
        if self._generator is not None:
            close(self._generator)
            self._generator = None
        self._heard.clear()

    def leave(self) -> Asked | None:
        """The frame on top is done."""
        if self.role == "trap":
            return Sigreturn(self.stack[0].mask)
        role = self.role
        self.drop_frame()
        if role == "call":
            self.finish(self.instructions[self.counter - 1].tested, self.scope.status)
        elif role in ("told", "tried"):
            self.finish(role == "tried", self.scope.status)
        return None

    def end_trap(self) -> Asked | None:
        """The kernel has the signal mask back: go on with what the trap interrupted.

        That may be the end of another trap, and so on, for as long as a handler's own doing has
        brought the next signal.
        """
        while True:
            suspended: Suspended = self.stack[0]
            self.drop_frame()
            if suspended.ends:
                instruction = self._instruction()
                tested = _tested(instruction)
                if type(instruction) is op.Redirect and tested:
                    self.counter = instruction.after
                self.finish(tested, INTERRUPTED)
                return None
            self.set_status(suspended.status)
            self.command = suspended.command
            asked: Asked | None = suspended.asked
            if asked is None:
                return None
            if suspended.reply is None:
                return Await(asked) if type(asked) is Delegate else asked
            if type(asked) is Sigreturn and self.command is None:
                self.unfold()
                if self.role == "trap":
                    continue
            return self.take_in(asked, suspended.reply)

    def complain(
        self, text: str, status: int, tested: bool, failure: Failure | None = None
    ) -> Report:
        """A message, and the failure it tells of."""
        self.finish(tested, status)
        return Report(f"nsh: {text}\n", failure)

    # ---- commands and routines

    def take_in(self, asked: Asked, reply: object) -> Asked | None:
        """Go on with the reply to what was asked last."""
        command = self.command
        if command is None:
            if self.folded:
                self.enter_lower()
            kind = type(asked)
            if kind is Sigreturn and self.role == "trap":
                return self.end_trap()
            taker = TAKES.get(kind)
            if taker is None:
                return None
            instruction = None if self.over else self.instructions[self.counter - 1]
            return taker(self, instruction, asked, reply)
        if type(reply) is Failure:
            if self.folded:
                self.enter_lower()
            if self.over or type(self.instructions[self.counter - 1]) is op.Run:
                self.errno = int(reply.errno)
        elif type(asked) in _TURNS:
            if type(asked) is Execve:
                self.unfold()
                return self.execute(asked)
            if reply and (type(asked) is Restart or self._answers(command)):
                self.set_child(cast(int, reply))
        generator = self._generator
        if generator is None:
            generator = LIVE.take(command)
            if generator is None:
                generator = self._replayed(command, asked)
        if type(reply) is bytes:
            command = self._told(command)
            if command.replies.size + len(reply) > MAX_READ:
                most = f"{MAX_READ >> 20} MiB"
                text = f"a command can remember {most} of what it has read, and no more"
                reply = Failure(Errno.ENOMEM, text)
        self._heard.append(reply)
        return self.go_on(command, generator, reply)

    def _replayed(self, command: Command, asked: Asked) -> AtWork:
        """A generator that is where *command* is."""
        self.unfold()
        again = self._instruction()
        return replay(lambda: self._start(again, command), command, asked)

    def _answers(self, command: Command) -> bool:
        """Whether the command's status is an answer: ``fork`` itself, not a tool that forks."""
        spec = self.commands.find(command.name)
        return spec is not None and spec.answers

    def execute(self, request: Execve) -> Asked | None:
        """The task has become what *request* says: perform that, and end with it."""
        self.drop()
        self.forked()
        self.end()
        argv = request.argv
        name = request.path.rpartition("/")[2]
        if request.environ is not None:
            pairs = (entry.partition("=") for entry in request.environ)
            self.set_variables(Map((variable, value) for variable, _, value in pairs))
        spec = self.commands.find(name)
        if spec is None:
            text = quote((name, *argv[1:]))
            self.lower = (Frame(code_at(text, 0, len(text), name)),)
            self.enter_lower()
            return None
        command = Command(name, argv[1:], self.scope.variables)
        return self.go_on(command, self._start(None, command))

    def _instruction(self) -> op.Instruction | None:
        """The instruction that is being performed; None in an executed command."""
        return None if self.over else self.instructions[self.counter - 1]

    def _start(self, instruction: op.Instruction | None, command: Command) -> AtWork:
        if instruction is None:
            instruction = EXECUTED
        return STARTS[type(instruction)](self, instruction, command)

    def go_on(self, command: Command, generator: AtWork, reply: object = None) -> Asked | None:
        """Let a command or routine go on with *reply*, or begin; what it asks, None at its end."""
        while True:
            try:
                asked: Asked = (
                    send(generator, reply) if type(reply) is Failure else generator.send(reply)
                )
            except StopIteration as stop:
                if type(stop.value) is ExitGroup:  # its last word
                    self.command, self._generator = command, None
                    return stop.value
                instruction = self._ended()
                if instruction is None:
                    self.finish(False, stop.value)
                    return None
                return ENDS[type(instruction)](self, instruction, command, stop.value)
            except KernelError as error:
                return self._refused(Refused(command.name, error))
            except Refused as refused:
                return self._refused(refused)
            except UsageProblem as problem:
                return self.complain(problem.text, 2, tested=_tested(self._ended()))
            except ExpansionError as problem:
                return self.complain(str(problem), 1, tested=_tested(self._ended()))
            if type(asked) is Execve:
                if not self._knows(asked):
                    reply = Failure(Errno.ENOENT, self._unknown(asked.path))
                    self._heard.append(reply)
                    continue
                if asked.environ is None:
                    environ = environ_of(command.variables or self.scope.variables)
                    asked = replace(asked, environ=environ)
            self.command = command
            self._generator = generator
            return asked

    def _ended(self) -> op.Instruction | None:
        """The command or routine at work has ended: what instruction it was; None for an executed
        command."""
        self.command = self._generator = None
        if self._heard:
            self._heard.clear()
        if self.folded:
            self.enter_lower()
        return None if self.over else self.instructions[self.counter - 1]

    def _unknown(self, path: str) -> str:
        """Why *path* cannot be executed, and what serves instead."""
        from nsh.lang.foreign import remedy  # noqa: PLC0415  # only who errs needs it

        instead = remedy(path.rpartition("/")[2])
        more = f"; {instead}" if instead else suggestion(path, self.commands.names())
        return f"there is no command called {path}{more}"

    def _knows(self, request: Execve) -> bool:
        if not request.argv:
            return True  # the kernel's to refuse
        name = request.path.rpartition("/")[2]
        return name in BUILTINS or self.commands.find(name) is not None

    def _refused(self, refused: Refused) -> Report:
        instruction, error, name = self._ended(), refused.error, refused.name
        self.errno = int(error.errno)
        tested = _tested(instruction)
        if type(instruction) is op.Redirect and tested:
            self.counter = instruction.after
        text = f"{name}: {error}" if name else str(error)
        return self.complain(text, refused.status, tested, Failure(error.errno, error.reason))


def _tested(instruction: op.Instruction | None) -> bool:
    return bool(getattr(instruction, "tested", False))


_TURNS: Final = frozenset((Execve, Fork, Restart))
"""What makes more of a program than that it goes on."""
EXECUTED: Final = op.Run(None, tested=False)
"""What stands for the instruction of a command that its process has executed."""

Perform = Callable[[Run, Any], Asked | None]
V = TypeVar("V")


class Table(dict[type, V]):
    """By the type of an instruction.  What takes several calls, or is rare, is loaded once there
    is any."""

    def __missing__(self, kind: type) -> V:
        from nsh.lang import (  # noqa: F401, PLC0415  # see above
            builtins,
            globbing,
            parameters,
            plumbing,
        )

        found = self.get(kind)
        if found is None:
            raise KeyError(kind)
        return found


PERFORMS: Final = Table[Perform]()
"""What each instruction does: ask something, or nothing (None)."""
TAKES: Final[dict[type, Callable[[Run, Any, Any, Any], Asked | None]]] = {}
"""What becomes of the reply to a request or action that an instruction itself has made."""
STARTS: Final = Table[Callable[[Run, Any, Command], AtWork]]()
"""The generator of an instruction that takes several requests; also to replay it."""
ENDS: Final = Table[Callable[[Run, Any, Command, Any], Asked | None]]()
"""What becomes of that generator's result."""
