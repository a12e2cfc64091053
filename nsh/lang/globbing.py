"""File names for patterns: what the acting task asks so that ``/proc/[0-9]*`` becomes a list.

A routine as in :mod:`nsh.lang.plumbing`: the patterns are its arguments.
"""

import re
from collections.abc import Generator
from typing import Any, Final, TypeAlias

from nsh.abi.attributes import Stat
from nsh.abi.errno import KernelError
from nsh.abi.files import S_IFDIR, S_IFLNK, Close, Dirent, Getdents, Open, OpenFlag
from nsh.abi.request import Request
from nsh.lang import instructions as op
from nsh.lang.expansion import MAX_FIELDS
from nsh.lang.live import AtWork
from nsh.lang.patterns import is_active, literal, regex
from nsh.lang.run import ENDS, STARTS, Run
from nsh.lang.values import ExpansionError
from nsh.machine.program import Command

Paths: TypeAlias = Generator[Request, Any, list[str]]

_LISTING: Final = int(OpenFlag.O_RDONLY | OpenFlag.O_DIRECTORY | OpenFlag.O_CLOEXEC)
_ENTERED: Final = (S_IFDIR, S_IFLNK)
"""What may have something below it."""


def expand(pairs: tuple[str, ...]) -> Generator[Request, Any, tuple[str, ...]]:
    """The arguments that *pairs* make: patterns, each followed by what it is if it matches no
    file.  Raises ExpansionError."""
    found: list[str] = []
    for pattern, text in zip(pairs[::2], pairs[1::2], strict=True):
        names = (yield from paths(pattern)) if pattern else []
        found += names or [text]
        if len(found) > MAX_FIELDS:
            raise ExpansionError(f"more than {MAX_FIELDS} arguments")
    return tuple(found)


def paths(pattern: str) -> Paths:
    """The files that *pattern* matches, in the order of their names' bytes.

    What may not be looked at has nothing in it.  Names that begin with a dot are matched by
    patterns that do.
    """
    found = [""]
    sure = True
    parts = re.findall(r"/+|[^/]+", pattern)
    for index, part in enumerate(parts):
        if is_active(part):
            entered = index + 1 < len(parts)
            found = yield from _below(found, part, entered)
            sure = True
        else:
            found = [path + literal(part) for path in found]
            sure = False
        if not found:
            return []
    if not sure:
        found = yield from _there(found)
    return sorted(found, key=_bytes)


def _below(directories: list[str], part: str, entered: bool) -> Paths:
    """What in *directories* matches *part*; *entered*: and may be a directory itself."""
    rule = re.compile(regex(part), re.DOTALL)
    hidden = literal(part).startswith(".")
    found: list[str] = []
    for above in directories:
        for entry in (yield from _entries(above or ".")):
            if entered and entry.kind not in _ENTERED:
                continue
            if (hidden or not entry.name.startswith(".")) and rule.fullmatch(entry.name):
                found.append(above + entry.name)
    return found


def _entries(directory: str) -> Generator[Request, Any, list[Dirent]]:
    try:
        fd = yield Open(directory, _LISTING)
    except KernelError:
        return []
    try:
        entries: tuple[Dirent, ...] = yield Getdents(fd)
    except KernelError:
        entries = ()
    yield Close(fd)
    return [entry for entry in entries if entry.name not in (".", "..")]


def _there(paths: list[str]) -> Paths:
    """Those of *paths* that exist, be it as a link to nowhere."""
    found: list[str] = []
    for path in paths:
        try:
            yield Stat(path, follow=False)
        except KernelError:
            continue
        found.append(path)
    return found


def _bytes(path: str) -> bytes:
    return path.encode("utf-8", "surrogateescape")


def _start(run: Run, instruction: op.Expand, command: Command) -> AtWork:
    del run, instruction
    return expand(command.argv)


def _end(run: Run, instruction: op.Expand, command: Command, fields: tuple[str, ...]) -> None:
    del instruction, command
    run.stack.append(fields)


STARTS[op.Expand], ENDS[op.Expand] = _start, _end
