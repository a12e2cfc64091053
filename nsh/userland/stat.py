"""stat: all about files."""

import re
from collections.abc import Callable
from typing import Final

from nsh.abi import KernelError
from nsh.abi.attributes import Fstat, Stat, StatResult
from nsh.abi.files import (
    S_IFBLK,
    S_IFCHR,
    S_IFDIR,
    S_IFIFO,
    S_IFLNK,
    S_IFMT,
    S_IFREG,
    S_IFSOCK,
    Readlink,
)
from nsh.abi.invocation import Invocation, Running
from nsh.machine.files import dev_major, dev_minor
from nsh.userland import escapes, modes
from nsh.userland.calendar import SECOND
from nsh.userland.date import format_time
from nsh.userland.ls_layout import blocks
from nsh.userland.options import Given, Kind, option, required
from nsh.userland.quoting import always
from nsh.userland.registry import Topic, command
from nsh.userland.streams import STDIN, Asking, complain, encode, write
from nsh.userland.users import Names, names

_TYPES: Final = {
    S_IFBLK: "block special file",
    S_IFCHR: "character special file",
    S_IFDIR: "directory",
    S_IFIFO: "fifo",
    S_IFLNK: "symbolic link",
    S_IFREG: "regular file",
    S_IFSOCK: "socket",
}
_PAGE: Final = 4096
_DIRECTIVE: Final = re.compile(r"%([-+ #0]*)([0-9]{0,4})(?:\.[0-9]*)?([HL]?[A-Za-z%])")
_TIME: Final = "%Y-%m-%d %H:%M:%S.%N %z"
_LOOK: Final = """\
  File: %N
  Size: %-10s\tBlocks: %-10b IO Block: %-6o %F
Device: %Hd,%Ld\tInode: %-11i Links: %h
Access: (%04a/%10.10A)  Uid: (%5u/%8U)   Gid: (%5g/%8G)
Modify: %y
"""
_LOOK_OF_DEVICES: Final = _LOOK.replace("Links: %h", "Links: %-5h Device type: %Hr,%Lr")


@command(
    "stat",
    "print all about files: kind, size, owner, inode, time",
    Topic.FILES,
    options=(
        option("-c, --format=FORMAT", "a line each: %n name, %i inode, %a %A mode, %s size, …"),
        option("--printf=FORMAT", r"the same, with \n and the like, and no newline at the end"),
        option("-L, --dereference", "what symbolic links lead to"),
        option("-t, --terse", "all in one line"),
    ),
    operands=(required("FILE", Kind.PATH, many=True),),
    man="stat(1)",
    gap="files have one time, that of the last change; no file systems (-f)",
    examples=("stat /proc/1", "stat -c '%A %h %n' /dev/null", "stat -Lc %i /proc/self/ns/pid"),
    see=("ls", "readlink"),
)
def stat(call: Invocation, given: Given) -> Running:
    """Status 1 if one cannot be looked at."""
    known = yield from names()
    status = 0
    for path in given.operands:
        try:
            if path == STDIN:
                found: StatResult = yield Fstat(0)
            else:
                found = yield Stat(path, given.has("dereference"))
        except KernelError as error:
            what = "standard input" if path == STDIN else always(path)
            doing = "cannot stat" if path == STDIN else "cannot statx"
            yield from complain(call, f"{doing} {what}", error)
            status = 1
        else:
            about = _About(path, found, (yield from _link(path, found)), known)
            yield from write(1, _text(given, about))
    return status


def _link(path: str, found: StatResult) -> Asking[str]:
    if not modes.is_link(found.mode):
        return ""
    try:
        target: str = yield Readlink(path)
    except KernelError:
        return ""
    return target


class _About:
    """What directives ask about."""

    __slots__ = ("found", "names", "path", "target")

    def __init__(self, path: str, found: StatResult, target: str, known: Names) -> None:
        self.path = path
        self.found = found
        self.target = target
        self.names = known


def _text(given: Given, about: _About) -> bytes:
    which = given.last("format", "printf", "terse")
    if which == "format":
        return encode(_filled(given.get("format"), about) + "\n")
    if which == "printf":
        text, _stopped = escapes.expand(encode(given.get("printf")), escapes.FORMAT)
        return encode(_filled(text.decode("utf-8", "surrogateescape"), about))
    if which == "terse":
        return encode(_filled("%n %s %b %f %u %g %D %i %h %t %T %Y %o\n", about))
    device = about.found.mode & S_IFMT in (S_IFBLK, S_IFCHR)
    return encode(_filled(_LOOK_OF_DEVICES if device else _LOOK, about))


def _filled(form: str, about: _About) -> str:
    def directive(match: re.Match[str]) -> str:
        flags, width, kind = match.groups()
        if kind not in _VALUES:
            return "%" if kind == "%" else "?"
        text = _VALUES[kind](about)
        if "#" in flags:
            text = {"a": "0", "f": "0x", "D": "0x", "t": "0x", "T": "0x"}.get(kind, "") + text
        size = int(width or 0)
        if "-" in flags:
            return text.ljust(size)
        return text.rjust(size, "0") if "0" in flags and kind in _NUMBERS else text.rjust(size)

    return _DIRECTIVE.sub(directive, form)


def _type(found: StatResult) -> str:
    kind = _TYPES.get(found.mode & S_IFMT, "weird file")
    return "regular empty file" if kind == "regular file" and not found.size else kind


def _named(about: _About) -> str:
    name = always(about.path)
    return f"{name} -> {always(about.target)}" if about.target else name


_NUMBERS: Final = frozenset("abBdDfghiorsStTuY")
_VALUES: Final[dict[str, Callable[[_About], str]]] = {
    "a": lambda about: f"{about.found.mode & modes.PERMISSIONS:o}",
    "A": lambda about: modes.text(about.found.mode),
    "b": lambda about: str(blocks(about.found)),
    "B": lambda about: "512",
    "d": lambda about: str(about.found.dev),
    "D": lambda about: f"{about.found.dev:x}",
    "Hd": lambda about: str(dev_major(about.found.dev)),
    "Ld": lambda about: str(dev_minor(about.found.dev)),
    "f": lambda about: f"{about.found.mode:x}",
    "F": lambda about: _type(about.found),
    "g": lambda about: str(about.found.gid),
    "G": lambda about: about.names.group(about.found.gid),
    "h": lambda about: str(about.found.nlink),
    "i": lambda about: str(about.found.ino),
    "n": lambda about: about.path,
    "N": _named,
    "o": lambda about: str(_PAGE),
    "r": lambda about: str(about.found.rdev),
    "R": lambda about: f"{about.found.rdev:x}",
    "Hr": lambda about: str(dev_major(about.found.rdev)),
    "Lr": lambda about: str(dev_minor(about.found.rdev)),
    "s": lambda about: str(about.found.size),
    "t": lambda about: f"{dev_major(about.found.rdev):x}",
    "T": lambda about: f"{dev_minor(about.found.rdev):x}",
    "u": lambda about: str(about.found.uid),
    "U": lambda about: about.names.user(about.found.uid),
    "y": lambda about: format_time(_TIME, about.found.mtime),
    "Y": lambda about: str(about.found.mtime // SECOND),
}
