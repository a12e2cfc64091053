"""What the instructions for commands, functions and other tasks do."""

import re
from types import GeneratorType
from typing import Any, Final

from immutables import Map
from msgspec.structs import replace

from nsh.abi.errno import Errno
from nsh.abi.invocation import Invocation, steps
from nsh.abi.process import Execve, ExitGroup
from nsh.abi.process import Fork as ForkRequest
from nsh.abi.request import Failure
from nsh.lang import instructions as op
from nsh.lang.actions import Delegate, Report, Returned, SpawnChild, Switch, Yourself
from nsh.lang.compiler import PROMPT, code_at
from nsh.lang.diagnostics import SyntaxProblem
from nsh.lang.flow import performs
from nsh.lang.live import AtWork
from nsh.lang.mistakes import BUILTINS, KEYWORDS, SHELL
from nsh.lang.run import ENDS, EXECUTED, MAX_DEPTH, STARTS, TAKES, Asked, Run, environ_of
from nsh.lang.source import Span
from nsh.machine.program import Command, Frame, Function, Program
from nsh.spelling import nearest

_SHORT: Final = 3
_REFERENCE: Final = r"[A-Za-z_][A-Za-z0-9_.+-]*|[A-Za-z0-9_.+-]*:[0-9]+|[0-9]+"
NOT_FOUND: Final = 127
NOT_EXECUTABLE: Final = 126


# ---- commands


@performs(op.Run)
def _run(run: Run, instruction: op.Run) -> Asked | None:
    argv = instruction.argv
    if argv is None:
        argv = run.stack[-instruction.depth]
        if instruction.depth == 1:
            run.stack.pop()
    variables = run.scope.variables
    if instruction.assigned:
        variables = _with_assigned(run, instruction, variables)
    if not argv:  # every word of it was an empty variable
        run.finish(instruction.tested, 0)
        return None
    name = argv[0]
    functions = run.scope.functions
    if name in functions:
        return _call(run, instruction, functions[name], argv, variables)
    spec = run.commands.find(name)
    if spec is None:
        return _elsewhere(run, name, instruction.rest, instruction.tested)
    if run.scope.status and spec.inherits and (len(argv) == 1 or argv[-1].startswith("-")):
        argv = (*argv, str(run.scope.status))
    if instruction.last:
        if instruction.assigned:
            run.set_variables(variables)
        return Execve(name, argv, environ_of(variables))
    arguments = argv[1:]
    command = Command(name, arguments, variables)
    started = spec.run(Invocation(name, arguments, variables))
    if type(started) is GeneratorType:
        return run.go_on(command, started)
    if type(started) is ExitGroup:
        run.command = command
        return started
    _end_command(run, instruction, command, started)
    return None


def _with_assigned(run: Run, instruction: op.Run, variables: Map[str, str]) -> Map[str, str]:
    """The variables with those that stand in front of the command."""
    names, stack = instruction.assigned, run.stack
    end = len(stack)
    if instruction.depth > 1:
        end -= instruction.depth - (instruction.argv is not None)
    start = end - len(names)
    assigned = variables.update(zip(names, stack[start:end], strict=True))
    if instruction.depth == 1:
        del stack[start:]
    return assigned


def _start_command(run: Run, instruction: op.Run, command: Command) -> AtWork:
    spec = run.commands.find(command.name)
    if spec is None:
        raise LookupError(f"there is no command called {command.name} any more")
    executed = instruction is EXECUTED
    return steps(spec.run(Invocation(command.name, command.argv, command.variables, executed)))


def _end_command(run: Run, instruction: op.Run, command: Command, status: Any) -> None:
    if run.scope.status != status:
        run.set_status(status)
    if status and not instruction.tested:
        spec = run.commands.find(command.name)
        if spec is None or not spec.answers:
            run.fail()


STARTS[op.Run] = _start_command
ENDS[op.Run] = _end_command


def _executed(run: Run, instruction: op.Instruction | None, asked: Any, reply: Any) -> Asked | None:
    """execve(2) by a child of the shell, or by one of the kernel's own, has answered."""
    if type(reply) is Failure:
        run.errno = int(reply.errno)
        return run.complain(
            f"{asked.argv[0]}: {reply}", NOT_EXECUTABLE, tested=False, failure=reply
        )
    if instruction is None and asked.path.rpartition("/")[2] == SHELL:
        # what a script that the kernel runs is given stands in /proc/PID/cmdline
        asked = replace(asked, argv=asked.argv[:2])
    return run.execute(asked)


TAKES[Execve] = _executed


def _call(
    run: Run,
    instruction: op.Run,
    function: Function,
    argv: tuple[str, ...],
    variables: Map[str, str],
) -> Asked | None:
    """Enter a function: its parameters are variables, put back when it returns."""
    names = function.parameters
    if len(argv) - 1 != len(names):
        wants = ", ".join(names) or "no arguments"
        text = f"{argv[0]}: it takes {wants}; {len(argv) - 1} given"
        return run.complain(text, 2, instruction.tested)
    if len(run.lower) >= MAX_DEPTH:
        return _too_deep(run, argv[0], instruction.tested)
    before = run.scope.variables
    changed = (*names, *instruction.assigned)
    saved = tuple((name, before.get(name)) for name in changed)
    if changed:
        run.set_variables(variables.update(zip(names, argv[1:], strict=True)))
    run.call(function.body, saved, "call")
    run.set_status(0)
    return None


def _too_deep(run: Run, name: str, tested: bool) -> Report:
    return run.complain(f"{name}: functions call each other more than {MAX_DEPTH} deep", 1, tested)


# ---- other tasks


@performs(op.Head)
def _head(run: Run, instruction: op.Head) -> Asked | None:
    name, dropped = instruction.name, instruction.assigned
    if name is None:
        fields = run.stack[-1]
        if not fields:
            return None
        name = fields[0]
        dropped += 1
    if name in run.scope.functions or run.commands.find(name) is not None:
        if not instruction.block:
            return None
        text = f"{name}: takes no block; put a brace in quotes to mean itself"
    elif instruction.assigned:
        text = f"{name}: an assignment stands only in front of a command"
    else:
        text = ""
    del run.stack[len(run.stack) - dropped :]
    run.counter = instruction.after
    if text:
        return run.complain(text, 2, instruction.tested)
    return _elsewhere(run, name, instruction.rest, instruction.tested)


def _elsewhere(run: Run, name: str, rest: Span | None, tested: bool) -> Asked:
    """*name* is no command and no function: it may be a task, which performs the rest."""
    if rest is None or re.fullmatch(_REFERENCE, name) is None:
        return _not_found(run, name, tested)
    source = run.code
    try:
        code = code_at(source.source, rest.start, rest.end, source.name)
    except SyntaxProblem as error:
        cause = error.diagnostic.cause
        return _not_found(
            run, name, tested, "" if _near(run, name) else f"; were it a task: {cause}"
        )
    return Delegate(
        name, Program((Frame(code),), run.scope, traced=run.traced), implicit=True, tested=tested
    )


def _not_found(run: Run, name: str, tested: bool, hint: str = "") -> Report:
    from nsh.lang.foreign import remedy  # noqa: PLC0415  # only who errs needs it

    if not hint and (answer := remedy(name)):
        return run.complain(f"{name}: command not found; {answer}", NOT_FOUND, tested)
    told, near = bool(hint), "" if hint else _near(run, name)
    if near and near != name:
        hint = f"; did you mean `{near}`?"
    elif name in BUILTINS or name in KEYWORDS:
        hint = "; a word of the language cannot come out of a variable"
    elif ":" in name:
        hint = f"; `as {name}` goes to that task"
    elif "+=" in name:
        hint = "; write NAME=${NAME}MORE, or NAME=$((NAME + 1))"
    elif "/" in name:
        hint = "; commands are called by name alone"
    report = run.complain(f"{name}: command not found{hint}", NOT_FOUND, tested)
    if told or name.isdigit() or re.fullmatch(_REFERENCE, name) is None:
        return report
    known = [
        (name, f"{name} is a task: `{name} COMMAND` has it perform that, `as {name}` goes there")
    ]
    if ":" not in name:
        init = f"{name}:1"
        known.append((init, f"{name} is a container: `{init} COMMAND`, `as {init}`"))
    texts = tuple((ref, f"nsh: {name}: command not found; {hint}\n") for ref, hint in known)
    return replace(report, instead=texts)


def _near(run: Run, name: str) -> str:
    """The command, function or word of the language that *name* may have been meant to be."""
    from nsh.lang.foreign import PROMPT_WORDS  # noqa: PLC0415  # only who errs needs it

    typed = PROMPT_WORDS if run.code.name == PROMPT else ()
    words = (word for word in KEYWORDS if _is_like(name, word))
    known = [*run.commands.names(), *BUILTINS, *words, *run.scope.functions, *typed]
    return nearest(name, known)


def _is_like(name: str, word: str) -> bool:
    """Whether *name* may be a *word* of the language: of few letters all have to be there, for such
    a word begins what would not have been read so far."""
    return len(word) > _SHORT or sorted(name) == sorted(word)


@performs(op.AsTask)
def _as_task(run: Run, instruction: op.AsTask) -> Asked:
    ref = run.stack.pop()
    if instruction.code is None:
        return Switch(ref)
    program = Program((Frame(instruction.code),), run.scope, traced=run.traced)
    return Delegate(ref, program, implicit=False, tested=instruction.tested)


def _returned(run: Run, instruction: Any, asked: Delegate, reply: Any) -> Asked | None:
    del instruction
    code = asked.program.frames[0].code
    if type(reply) is not Returned and asked.implicit and code.source.startswith("=", code.start):
        hint = "; an assignment has no blanks around `=`, and `==` compares"
        return _not_found(run, asked.ref, asked.tested, hint)
    if type(reply) is Failure:
        run.errno = int(reply.errno)
        if asked.implicit and reply.errno is Errno.ESRCH and ":" not in asked.ref:
            return _not_found(run, asked.ref, asked.tested)
        return run.complain(f"{asked.ref}: {reply}", 1, asked.tested, reply)
    if type(reply) is Yourself:
        if len(run.lower) >= MAX_DEPTH:
            return _too_deep(run, asked.ref, asked.tested)
        run.call(code, (), "tried" if asked.tested else "told")
        return None
    told: Returned = reply
    if told.scope is not None:
        run.scope = told.scope
    if told.errno:
        run.errno = told.errno
    run.finish(asked.tested, told.status, told.trail)
    return None


def _switched(run: Run, instruction: op.AsTask, asked: Switch, reply: Any) -> Asked | None:
    if type(reply) is Failure:
        run.errno = int(reply.errno)
        return run.complain(f"as: {asked.ref}: {reply}", 1, instruction.tested, reply)
    run.finish(instruction.tested, 0)
    return None


TAKES[Delegate] = _returned
TAKES[Switch] = _switched


# ---- children


def offspring(run: Run, frames: tuple[Frame, ...]) -> Program | None:
    """The program of a new puppet: a copy of the scope, and what it performs."""
    return Program(frames, run.scope, traced=run.traced) if frames else None


@performs(op.Spawn)
def _spawn(run: Run, instruction: op.Spawn) -> Asked:
    return SpawnChild(instruction.request, offspring(run, instruction.frames))


def _spawned(run: Run, instruction: op.Spawn, asked: SpawnChild, reply: Any) -> Asked | None:
    if type(reply) is Failure:
        run.errno = int(reply.errno)
        name = asked.request.name
        return run.complain(f"spawn: {name}: {reply}", 1, instruction.tested, reply)
    run.set_child(reply)
    return None


TAKES[SpawnChild] = _spawned


@performs(op.Fork)
def _fork(run: Run, instruction: op.Fork) -> Asked:
    del run, instruction
    return ForkRequest()


def _forked(run: Run, instruction: op.Fork, asked: Any, reply: Any) -> Asked | None:
    del asked
    if type(reply) is Failure:
        run.errno = int(reply.errno)
        return run.complain(f"fork: {reply}", 1, tested=False, failure=reply)
    if reply == 0:
        run.forked()
        run.counter = instruction.target
    else:
        run.set_child(reply)
    return None


TAKES[ForkRequest] = _forked
