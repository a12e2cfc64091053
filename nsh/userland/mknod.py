"""mknod: nodes of devices, which are names for numbers; and fifos (mknod(2))."""

import re
from typing import Final

from nsh.abi import KernelError
from nsh.abi.attributes import Chmod
from nsh.abi.files import S_IFBLK, S_IFCHR, S_IFIFO
from nsh.abi.invocation import Invocation, Running
from nsh.abi.names import Mknod
from nsh.machine.files import makedev
from nsh.userland import modes
from nsh.userland.options import Given, Kind, UsageError, option, optional, required
from nsh.userland.quoting import plain, quoted
from nsh.userland.registry import Topic, command
from nsh.userland.streams import complain

_TYPES: Final = {"b": S_IFBLK, "c": S_IFCHR, "u": S_IFCHR, "p": S_IFIFO}
_TYPE_NAMES: Final = {
    "b": "block device",
    "c": "character device",
    "u": "the same, unbuffered",
    "p": "fifo",
}
_NUMBER: Final = re.compile(
    r"\s*\+?(0[xX](?P<hex>[0-9a-fA-F]+)|0(?P<octal>[0-7]*)|(?P<decimal>[1-9][0-9]*))", re.ASCII
)
_ALL: Final = 0o666
_MOST: Final = 1 << 32


@command(
    "mknod",
    "make a node: of a device (b, c, u), or a fifo (p)",
    Topic.FILES,
    options=(option("-m, --mode=MODE", "with this mode, as for chmod, whatever the umask"),),
    operands=(
        required("NAME", Kind.PATH),
        required("TYPE", choices=_TYPE_NAMES),
        optional("MAJOR", Kind.NUMBER),
        optional("MINOR", Kind.NUMBER),
    ),
    man="mknod(1)",
    examples=("mknod /tmp/zero c 1 5; head -c 3 /tmp/zero | wc -c", "mknod -m 600 /tmp/f p"),
    see=("mkfifo", "devlist", "ls"),
    rows=("N7",),
)
def mknod(call: Invocation, given: Given) -> Running:
    """Of TYPE the first letter counts.  EPERM where the caller may make no devices."""
    path, kind, *numbers = given.operands
    letter = kind[:1]
    if letter == "p" and numbers:
        raise UsageError(f"extra operand {quoted(numbers[0])}: fifos have no device numbers")
    if letter != "p" and len(numbers) < 2:
        raise UsageError("special files require major and minor device numbers")
    if letter not in _TYPES:
        raise UsageError(f"invalid device type {quoted(kind)}")
    rdev = 0
    if numbers:
        rdev = makedev(_number(numbers[0], "major"), _number(numbers[1], "minor"))
    mode = _ALL
    if given.has("mode"):
        change = yield from modes.change(given.get("mode"))
        if change is None:
            raise UsageError("invalid mode")
        mode = change(_ALL)
    try:
        yield Mknod(path, _TYPES[letter] | mode, rdev)
        if given.has("mode"):
            yield Chmod(path, mode)
    except KernelError as error:
        yield from complain(call, plain(path), error)
        return 1
    return 0


def _number(text: str, which: str) -> int:
    """A device number in C's notation."""
    found = _NUMBER.fullmatch(text)
    if found is not None:
        base = 16 if found["hex"] else 10 if found["decimal"] else 8
        number = int(found["hex"] or found["decimal"] or found["octal"] or "0", base)
        if number < _MOST:
            return number
    raise UsageError(f"invalid {which} device number {quoted(text)}")
