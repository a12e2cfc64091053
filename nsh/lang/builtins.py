"""The language's own commands that take several steps: exec, export, nsh, policy, profile, read,
spawn, trap, unset."""

import re
from collections.abc import Callable, Generator
from typing import Any, Final

from nsh.abi.errno import Errno, KernelError
from nsh.abi.files import Read
from nsh.abi.process import Execve
from nsh.abi.signals import Sigaction
from nsh.lang import instructions as op
from nsh.lang import shell, trapping
from nsh.lang.actions import (
    ExportProc,
    SetPolicy,
    SetProfile,
    ShowPolicies,
    ShowProfile,
    SpawnChild,
)
from nsh.lang.calls import NOT_EXECUTABLE, NOT_FOUND, offspring
from nsh.lang.expansion import MAX_TEXT
from nsh.lang.flow import performs
from nsh.lang.live import AtWork
from nsh.lang.mistakes import UsageProblem
from nsh.lang.run import ENDS, STARTS, Asked, Refused, Run
from nsh.lang.spawning import frames, parse_spawn
from nsh.machine.program import Code, Command, Scope
from nsh.machine.record import Record

_NAME: Final = r"[A-Za-z_][A-Za-z0-9_]*"


class Effect(Record):
    """What a built-in command leaves behind in its caller."""

    status: int = 0
    variables: tuple[tuple[str, str | None], ...] = ()
    """New values; None unsets."""
    child: int = 0
    """``$!``, 0 leaves it."""
    code: Code | None = None
    """To be performed next."""
    again: str = ""
    """The argument with which the command is to be performed once more after that."""


Body = Callable[[Run, tuple[str, ...], Code | None], Generator[Any, Any, Effect]]


@performs(op.BuiltIn)
def _built_in(run: Run, instruction: op.BuiltIn) -> Asked | None:
    argv: tuple[str, ...] = run.stack[-instruction.depth]
    if instruction.depth == 1:
        run.stack.pop()
    command = Command(instruction.name, argv)
    return run.go_on(command, _start(run, instruction, command))


def _start(run: Run, instruction: op.BuiltIn, command: Command) -> AtWork:
    return _BODIES[instruction.name](run, command.argv, instruction.block)


def _end(run: Run, instruction: op.BuiltIn, command: Command, effect: Effect) -> None:
    del command
    scope = run.scope
    if effect.again:
        _repeat(run, instruction, (effect.again,), effect.code)
        return
    if effect.variables or effect.child:
        draft = scope.variables.mutate()
        for name, value in effect.variables:
            if value is not None:
                draft[name] = value
            elif name in draft:
                del draft[name]
        child = effect.child or scope.child
        run.scope = Scope(draft.finish(), scope.functions, scope.status, child)
    run.finish(instruction.tested, effect.status)


def _repeat(run: Run, instruction: op.BuiltIn, argv: tuple[str, ...], code: Code | None) -> None:
    """Perform *code*, whose failure is its own, and then the same instruction with *argv*."""
    if instruction.depth == 1:
        run.stack.append(argv)
    else:
        run.stack[-instruction.depth] = argv
    run.counter -= 1
    if code is not None:
        run.call(code, (), "line")


STARTS[op.BuiltIn], ENDS[op.BuiltIn] = _start, _end


def _exec(run: Run, argv: tuple[str, ...], block: Code | None) -> Generator[Any, Any, Effect]:
    del run, block
    if not argv:
        return Effect()
    try:
        yield Execve(argv[0], argv)
    except KernelError as error:
        status = NOT_FOUND if error.errno is Errno.ENOENT else NOT_EXECUTABLE
        raise Refused("exec", error, status) from None
    return Effect()  # not reached: an execve that does not fail does not return


def _export(run: Run, argv: tuple[str, ...], block: Code | None) -> Generator[Any, Any, Effect]:
    """``export proc [--as REF] DIR``: argv begins with ``proc``, or the parser had refused it."""
    del run, block
    words = list(argv[1:])
    ref = "self"
    if words and words[0].startswith("--as"):
        option, equals, value = words.pop(0).partition("=")
        if option != "--as" or not (equals or words):
            raise UsageProblem("export proc: --as wants a REF")
        ref = value if equals else words.pop(0)
    if len(words) != 1 or words[0].startswith("-"):
        raise UsageProblem("export wants: proc [--as REF] DIR")
    yield ExportProc(ref, words[0])
    return Effect()


def _nsh(run: Run, argv: tuple[str, ...], block: Code | None) -> Generator[Any, Any, Effect]:
    del block
    try:
        code = yield from shell.script(argv)
    except shell.Ended as end:
        return Effect(end.status or run.scope.status)
    if code is not None:
        return Effect(code=code, again=shell.DONE)
    line = yield from shell.next_line(argv, run.scope.status)
    if line is None:
        return Effect(run.scope.status)
    return Effect(code=line.code, again=line.marks)


def _policy(run: Run, argv: tuple[str, ...], block: Code | None) -> Generator[Any, Any, Effect]:
    del run, block
    if len(argv) > 2:
        raise UsageProblem("policy wants a NAME and a VALUE; without a VALUE it tells it")
    if len(argv) == 2:
        yield SetPolicy(*argv)
    else:
        yield from shell.put(1, (yield ShowPolicies("".join(argv))).encode())
    return Effect()


def _profile(run: Run, argv: tuple[str, ...], block: Code | None) -> Generator[Any, Any, Effect]:
    del run, block
    if len(argv) > 1:
        raise UsageProblem("profile wants one NAME; alone it tells the one there is")
    if argv:
        yield SetProfile(*argv)
    else:
        yield from shell.put(1, (yield ShowProfile()).encode() + b"\n")
    return Effect()


def _read(run: Run, argv: tuple[str, ...], block: Code | None) -> Generator[Any, Any, Effect]:
    """``read NAME…``: one line of descriptor 0, byte by byte so that the rest is left there."""
    del run, block
    if argv[:1] == ("-r",):  # which it does anyway
        argv = argv[1:]
    elif argv[:1] and argv[0].startswith("-"):
        raise UsageProblem(f"read: there is no option {argv[0][:40]}; printf shows a prompt")
    _names("read", argv)
    line = bytearray()
    while True:
        byte: bytes = yield Read(0, 1)
        if not byte or byte == b"\n":
            break
        line += byte
        if len(line) > MAX_TEXT:
            raise UsageProblem(f"read: the line is longer than {MAX_TEXT} bytes")
    text = line.replace(b"\0", b"").decode("utf-8", "replace").strip(" \t")
    words = text.split(None, len(argv) - 1) if len(argv) > 1 else [text]
    words += [""] * (len(argv) - len(words))
    return Effect(0 if byte else 1, tuple(zip(argv, words, strict=True)))


def _unset(run: Run, argv: tuple[str, ...], block: Code | None) -> Generator[Any, Any, Effect]:
    del run, block
    _names("unset", argv)
    yield from ()  # it asks nothing, and is a generator all the same
    return Effect(0, tuple((name, None) for name in argv))


def _names(command: str, argv: tuple[str, ...]) -> None:
    if not argv:
        raise UsageProblem(f"{command} wants the NAME of a variable")
    for name in argv:
        if re.fullmatch(_NAME, name) is None:
            raise UsageProblem(f"{command}: {name[:40]!r} is no variable's name")


def _spawn(run: Run, argv: tuple[str, ...], block: Code | None) -> Generator[Any, Any, Effect]:
    order = parse_spawn(argv)
    pid = 0
    for request in order.requests:
        pid = yield SpawnChild(request, offspring(run, frames(order, block)))
    return Effect(0, (), pid)


def _trap(run: Run, argv: tuple[str, ...], block: Code | None) -> Generator[Any, Any, Effect]:
    """The handler's name, which the kernel keeps unread, is the block's text: so it survives
    whatever the program does, and fork and exec treat it as they should."""
    del run
    order = trapping.parse_trap(argv, block is not None)
    if order.listing:
        yield from shell.put(1, trapping.listing().encode())
        return Effect()
    handler = order.handler if block is None else block.source[block.start : block.end]
    for signo in order.signals:
        yield Sigaction(signo, handler, 0, order.flags)
    return Effect()


_BODIES: Final[dict[str, Body]] = {
    "exec": _exec,
    "export": _export,
    "nsh": _nsh,
    "policy": _policy,
    "profile": _profile,
    "read": _read,
    "spawn": _spawn,
    "trap": _trap,
    "unset": _unset,
}
