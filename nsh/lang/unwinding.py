"""What a program that is given up has to put back: descriptors it redirected for a while."""

from collections.abc import Iterator

from nsh.abi.files import Close, Dup2
from nsh.abi.request import Request
from nsh.machine.program import Program


def put_back(program: Program) -> Iterator[Request]:
    """The system calls that undo its redirections, the innermost first.

    They stand on its stack as :mod:`nsh.lang.plumbing` has left them there: pairs of a descriptor
    and where it was put aside, or where ``$( )`` collects and where descriptor 1 is meanwhile.
    """
    for frame in reversed(program.frames):
        for item in reversed(frame.stack):
            if not isinstance(item, tuple) or not item:
                continue
            if all(isinstance(part, tuple) for part in item):
                yield from _restored(item)
            elif len(item) == 2 and all(type(part) is int for part in item):
                yield from _restored(((1, item[1]),))
                yield Close(item[0])


def _restored(saved: tuple[tuple[int, int], ...]) -> Iterator[Request]:
    for pair in reversed(saved):
        if len(pair) != 2 or not all(type(part) is int for part in pair):
            return
        descriptor, copy = pair
        if copy >= 0:
            yield Dup2(copy, descriptor)
            yield Close(copy)
        else:
            yield Close(descriptor)
