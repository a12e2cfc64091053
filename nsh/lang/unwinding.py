"""What a program that is given up has to put back: descriptors it redirected or opened.

What has been done stands on its stack, as :mod:`nsh.lang.plumbing` has left it there; what a
command or routine is in the middle of is seen by having it ask everything again.
"""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any, Final

from msgspec.structs import replace

from nsh.abi.files import Close, Dup, Dup2, MemfdCreate, Open, Pipe
from nsh.abi.request import Request
from nsh.lang import instructions as op
from nsh.lang.commands import CommandTable
from nsh.lang.frames import Suspended
from nsh.lang.live import AtWork, send
from nsh.lang.run import STARTS, Run
from nsh.machine.program import Command, Program

_STDOUT: Final = 1
_EXECUTED: Final = op.Run(None, tested=False)
"""What an executed program's command stands for."""


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
    instruction = _EXECUTED if run.over else run.instructions[run.counter - 1]
    redirects = type(instruction) is op.Redirect
    aside = {_STDOUT} if type(instruction) is op.Capture else set()
    generator = STARTS[type(instruction)](run, instruction, program.command)
    saved: list[tuple[int, int]] = []
    opened: dict[int, None] = {}
    for request, reply in _asked(generator, program.command, program.reply):
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


def _asked(generator: AtWork, command: Command, last: object) -> Iterator[tuple[object, object]]:
    """Every request of *command* so far, with the reply it had; *last* is one not yet taken in."""
    try:
        request = generator.send(None)
        for reply in command.replies:
            yield request, reply
            request = send(generator, reply)
        if last is not None:
            yield request, last
    finally:
        with suppress(RuntimeError):  # it asks for something in a `finally` of its own
            generator.close()
