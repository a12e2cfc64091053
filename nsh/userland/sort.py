"""sort: lines in order."""

from collections.abc import Sequence
from itertools import groupby, pairwise
from typing import Final

from nsh.abi import KernelError
from nsh.abi.files import Close, Open, OpenFlag
from nsh.abi.invocation import Invocation, Running
from nsh.userland.options import Given, Kind, UsageError, option, optional
from nsh.userland.quoting import plain, quoted
from nsh.userland.registry import Topic, command
from nsh.userland.sort_keys import Key, key, ordered
from nsh.userland.streams import (
    READING,
    STDIN,
    Asking,
    complain,
    decode,
    encode,
    read,
    say,
    write,
)

_DISORDER, _TROUBLE = 1, 2
_LETTERS: Final = {
    "ignore-leading-blanks": "b",
    "ignore-case": "f",
    "human-numeric-sort": "h",
    "numeric-sort": "n",
    "reverse": "r",
    "version-sort": "V",
}
_CREATE: Final = int(OpenFlag.O_WRONLY | OpenFlag.O_CREAT | OpenFlag.O_TRUNC | OpenFlag.O_CLOEXEC)


@command(
    "sort",
    "print the lines of all files in order",
    Topic.TEXT,
    options=(
        option("-n, --numeric-sort", "by the number at the beginning"),
        option("-h, --human-numeric-sort", "by the size at the beginning: 2K before 1G"),
        option("-V, --version-sort", "by text and the numbers in it: a9 before a10"),
        option("-r, --reverse", "the other way round"),
        option("-u, --unique", "only the first of equal lines"),
        option(
            "-k, --key=KEY", "by fields: F[.C][bfhnrV][,F[.C][bfhnrV]], from the first to the last"
        ),
        option("-t, --field-separator=CHAR", "what separates fields, instead of blanks"),
        option("-f, --ignore-case", "capitals are the same as small letters"),
        option("-b, --ignore-leading-blanks", "blanks before keys do not count"),
        option("-s, --stable", "equal lines stay in the order they had"),
        option("-c, --check", "only tell whether they are in order"),
        option("-z, --zero-terminated", "NULs end lines, not newlines"),
        option("-o, --output=FILE", "print to FILE, which may be one of those read", Kind.PATH),
    ),
    operands=(optional("FILE", Kind.PATH, many=True),),
    man="sort(1)",
    examples=("ps -e -o comm | sort | uniq -c", "sort -t: -k3n /etc/passwd"),
    see=("uniq",),
    trouble=_TROUBLE,
)
def sort(call: Invocation, given: Given) -> Running:
    """Status 1 if -c finds disorder, 2 if a file could not be read.  Compares bytes."""
    separator = _separator(given)
    letters = "".join(letter for name, letter in _LETTERS.items() if given.has(name))
    keys = [key(text, letters) for text in given.all("key")]
    if not keys and set(letters) - {"r"}:
        keys = [key("1", letters)]
    if given.has("check") and len(given.operands) > 1:
        raise UsageError(f"extra operand {quoted(given.operands[1])} not allowed with -c")
    end = b"\0" if given.has("zero-terminated") else b"\n"
    lines = yield from _read(call, given.operands or [STDIN], end)
    if lines is None:
        return _TROUBLE
    order = _Order(keys, separator, given)
    if given.has("check"):
        return (yield from _check(call, given.operand(0, STDIN), lines, order))
    data = b"".join(line + end for line in order.sorted(lines))
    return (yield from _print(call, given, data))


class _Order:
    """How lines are compared: by the keys, and those that are equal then as a whole."""

    __slots__ = ("_keys", "_reverse", "_separator", "_whole", "unique")

    def __init__(self, keys: list[Key], separator: bytes, given: Given) -> None:
        self._keys = keys
        self._separator = separator
        self._reverse = given.has("reverse")
        self.unique = given.has("unique")
        self._whole = not keys or not (self.unique or given.has("stable"))

    def sorted(self, lines: list[bytes]) -> list[bytes]:
        """The lines in order; of equal ones with -u the first."""
        found = sorted(lines, reverse=self._reverse) if self._whole else lines
        found = ordered(found, self._keys, self._separator)
        if not self.unique:
            return found
        return [next(equal) for _, equal in groupby(found, self._identity)]

    def ascends(self, one: bytes, other: bytes) -> bool:
        """Whether *other* may follow *one*."""
        if self.unique and self._identity(one) == self._identity(other):
            return False
        return self.sorted([one, other])[0] is one

    def _identity(self, line: bytes) -> object:
        return [each.of(line, self._separator) for each in self._keys] or line


def _read(call: Invocation, names: Sequence[str], end: bytes) -> Asking[list[bytes] | None]:
    """All lines; None, and a complaint, if a file cannot be read."""
    found: list[bytes] = []
    for name in names:
        doing, fd = "cannot read", 0
        try:
            if name != STDIN:
                fd = yield Open(name, READING)
            doing = "read failed"
            chunks = []
            while data := (yield from read(fd)):
                chunks.append(data)
        except KernelError as error:
            yield from complain(call, f"{doing}: {plain(name)}", error)
            return None
        if fd:
            yield Close(fd)
        found += b"".join(chunks).removesuffix(end).split(end) if chunks else []
    return found


def _check(call: Invocation, name: str, lines: list[bytes], order: _Order) -> Running:
    for number, (one, other) in enumerate(pairwise(lines), 2):
        if not order.ascends(one, other):
            yield from say(call, f"{name}:{number}: disorder: {decode(other)}")
            return _DISORDER
    return 0


def _print(call: Invocation, given: Given, data: bytes) -> Running:
    if not given.has("output"):
        yield from write(1, data)
        return 0
    name = given.get("output")
    try:
        fd = yield Open(name, _CREATE)
    except KernelError as error:
        yield from complain(call, f"open failed: {plain(name)}", error)
        return _TROUBLE
    yield from write(fd, data)
    yield Close(fd)
    return 0


def _separator(given: Given) -> bytes:
    text = given.get("field-separator")
    if not given.has("field-separator"):
        return b""
    if not text:
        raise UsageError("empty tab")
    if text == "\\0":
        return b"\0"
    separator = encode(text)
    if len(separator) > 1:
        raise UsageError(f"multi-character tab {quoted(text)}")
    return separator
