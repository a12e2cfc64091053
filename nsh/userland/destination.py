"""Where cp, mv and ln put things: ``SOURCE DEST``, ``SOURCE... DIRECTORY``, ``-t DIRECTORY``."""

from collections.abc import Sequence

from nsh.abi import Errno, KernelError
from nsh.abi.attributes import Stat, StatResult
from nsh.abi.invocation import Invocation
from nsh.userland import modes
from nsh.userland.options import Given, UsageError
from nsh.userland.paths import joined, last_part, parent
from nsh.userland.quoting import always, quoted
from nsh.userland.streams import Asking, complain

Pairs = list[tuple[str, str]]
"""What goes where."""


def destinations(
    call: Invocation, given: Given, operands: Sequence[str], *, follow: bool = True
) -> Asking[Pairs | None]:
    """Each source with its own destination; None, and a complaint, if there is no such place.

    With *follow*, a symbolic link to a directory is a directory to put things in.
    """
    directory = given.get("target-directory")
    alone = given.has("no-target-directory")
    _check(operands, within=directory, alone=alone)
    if directory:
        return (yield from _inside(call, operands, directory, "target directory"))
    last = operands[-1]
    if alone:
        return [(operands[0], last)]
    if (yield from is_directory(last, follow=follow)):
        return [(source, inside(source, last)) for source in operands[:-1]]
    if len(operands) > 2:
        return (yield from _inside(call, operands[:-1], last, "target"))
    return [(operands[0], last)]


def inside(source: str, directory: str) -> str:
    """What *source* is to be called in *directory*."""
    name = last_part(source)
    return joined(directory, "." if name == ".." else name)


def is_directory(path: str, *, follow: bool = True) -> Asking[bool]:
    """Whether there is a directory at *path*."""
    found = yield from looked_at(path, follow=follow)
    return found is not None and modes.is_dir(found.mode)


def looked_at(path: str, *, follow: bool = False) -> Asking[StatResult | None]:
    """What is at *path*, None if nothing is."""
    try:
        found: StatResult = yield Stat(path, follow)
    except KernelError:
        return None
    return found


def same_file(one: StatResult, other: StatResult) -> bool:
    """Whether both are one file."""
    return (one.dev, one.ino) == (other.dev, other.ino)


def same_name(one: str, other: str) -> Asking[bool]:
    """Whether both paths are one name in one directory."""
    if last_part(one) != last_part(other):
        return False
    first = yield from looked_at(parent(one), follow=True)
    second = yield from looked_at(parent(other), follow=True)
    return first is not None and second is not None and same_file(first, second)


def _check(operands: Sequence[str], *, within: str, alone: bool) -> None:
    if not operands:
        raise UsageError("missing file operand")
    if within:
        if alone:
            raise UsageError(
                "cannot combine --target-directory (-t) and --no-target-directory (-T)"
            )
        return
    if len(operands) == 1:
        raise UsageError(f"missing destination file operand after {always(operands[0])}")
    if alone and len(operands) > 2:
        raise UsageError(f"extra operand {quoted(operands[2])}")


def _inside(
    call: Invocation, sources: Sequence[str], directory: str, what: str
) -> Asking[Pairs | None]:
    try:
        found: StatResult = yield Stat(directory)
        if not modes.is_dir(found.mode):
            raise Errno.ENOTDIR()
    except KernelError as error:
        yield from complain(call, f"{what} {always(directory)}", error)
        return None
    return [(source, inside(source, directory)) for source in sources]
