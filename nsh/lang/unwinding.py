"""What a program that is given up has to put back: descriptors it redirected or opened.

What has been done stands on its stack, as :mod:`nsh.lang.plumbing` has left it there; what a
command or routine is in the middle of is seen by having it ask everything again.
"""

from collections.abc import Iterator
from typing import Any

from msgspec.structs import replace

from nsh.abi.files import Close, Dup, Dup2, MemfdCreate, Open, Pipe
from nsh.abi.request import Request
from nsh.lang import instructions as op
from nsh.lang.commands import CommandTable
from nsh.lang.live import send
from nsh.lang.run import Run, Suspended
from nsh.machine.program import Program

_STDOUT = 1


def put_back(program: Program, commands: CommandTable) -> Iterator[Request]:
    """The system calls that undo it, the innermost first."""
    yield from _under_way(program, commands)
    for index in range(len(program.frames) - 1, -1, -1):
        for item in reversed(program.frames[index].stack):
            if type(item) is Suspended:  # a handler's: what it interrupted
                inner = replace(
                    program,
                    frames=program.frames[:index],
                    command=item.command,
                    asked=item.asked,
                    reply=item.reply,
                )
                yield from _under_way(inner, commands)
            elif type(item) is tuple and item and all(type(part) is tuple for part in item):
                yield from _restored(item)
            elif type(item) is tuple and len(item) == 2 and _numbers(item):
                yield from _restored(((_STDOUT, item[1]),))
                yield Close(item[0])


def _restored(saved: tuple[tuple[Any, ...], ...]) -> Iterator[Request]:
    for pair in reversed(saved):
        if len(pair) != 2 or not _numbers(pair):
            return
        descriptor, copy = pair
        if copy >= 0:
            yield Dup2(copy, descriptor)
            yield Close(copy)
        else:
            yield Close(descriptor)


def _numbers(item: tuple[Any, ...]) -> bool:
    return all(type(part) is int for part in item)


def _under_way(program: Program, commands: CommandTable) -> Iterator[Request]:
    """What undoes the command or routine that is not done yet."""
    if program.command is None:
        return
    run = Run(program, commands)
    run.unfold()
    redirects = type(run.instruction) is op.Redirect
    aside = {_STDOUT} if type(run.instruction) is op.Capture else set()
    saved: list[tuple[int, int]] = []
    opened: dict[int, None] = {}
    for request, reply in _asked(run, program):
        match request:
            case Dup(fd=fd) if type(reply) is int and (redirects or fd in aside):
                saved.append((fd, reply))
            case Open() | MemfdCreate() | Dup() if type(reply) is int:
                opened[reply] = None
            case Pipe() if type(reply) is tuple:
                opened.update(dict.fromkeys(reply))
            case Close(fd=fd):
                opened.pop(fd, None)
    yield from _restored(tuple(saved))
    for fd in opened:
        yield Close(fd)


def _asked(run: Run, program: Program) -> Iterator[tuple[object, object]]:
    """Every request so far, with the reply it had."""
    assert program.command is not None
    generator = run.again()
    try:
        request = generator.send(None)
        for reply in program.command.replies:
            yield request, reply
            request = send(generator, reply)
        if program.reply is not None:
            yield request, program.reply
    finally:
        generator.close()
