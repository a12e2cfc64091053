"""tr: map, delete and squeeze characters, which are bytes."""

import re
from collections.abc import Callable

from nsh.abi.invocation import Invocation, Running
from nsh.userland.options import Given, UsageError, option, optional, required
from nsh.userland.quoting import quoted
from nsh.userland.registry import Topic, command
from nsh.userland.streams import read, say, write
from nsh.userland.tr_sets import Set, SetError, complement, mapping

_NEEDED = {
    False: "Two strings must be given when translating.",
    True: "Two strings must be given when both deleting and squeezing repeats.",
}
_ONE_IS_ENOUGH = "Only one string may be given when deleting without squeezing repeats."


@command(
    "tr",
    "map characters to others, delete them, or squeeze repeats",
    Topic.TEXT,
    options=(
        option("-c, -C, --complement", "SET1 is all characters but those"),
        option("-d, --delete", "delete the characters of SET1"),
        option("-s, --squeeze-repeats", "print repeats of a character of the last set once"),
        option("-t, --truncate-set1", "leave what SET2 has no partner for alone"),
    ),
    operands=(required("SET1"), optional("SET2")),
    man="tr(1)",
    examples=("echo hello | tr a-z A-Z", r"tr '\0' ' ' < /proc/1/cmdline", "ls / | tr -d '\\n'"),
    see=("cut", "printf"),
    stops=True,
)
def tr(call: Invocation, given: Given) -> Running:
    """Status 1 if a set makes no sense."""
    deleting, squeezing = given.has("delete"), given.has("squeeze-repeats")
    count = len(given.operands)
    if count == 1 and deleting == squeezing:
        advice = _NEEDED[deleting]
        raise UsageError(f"missing operand after {quoted(given.operands[0])}\n{advice}")
    if count == 2 and deleting and not squeezing:
        raise UsageError(f"extra operand {quoted(given.operands[1])}\n{_ONE_IS_ENOUGH}")
    try:
        sets = []
        for operand in given.operands:
            sets.append(Set(operand))
            for warning in sets[-1].warnings:
                yield from say(call, f"warning: {warning}")
            sets[-1].parse()
        change = _change(given, sets)
    except SetError as error:
        yield from say(call, str(error))
        return 1
    while data := (yield from read(0)):
        yield from write(1, change(data))
    return 0


def _change(given: Given, sets: list[Set]) -> Callable[[bytes], bytes]:
    """What is to be done to the input, piece by piece."""
    if sets[0].fills:
        raise SetError("the [c*] repeat construct may not appear in string1")
    if len(sets) > 1 and sets[1].fills > 1:
        raise SetError("only one [c*] repeat construct may appear in string2")
    first = sets[0].chars
    complemented = given.has("complement")
    if complemented:
        first = complement(first)
    table, deleted, repeated = None, b"", b""
    if len(sets) > 1 and not given.has("delete"):
        truncate = given.has("truncate-set1")
        table = mapping(*sets, complemented=complemented, truncate=truncate)
    elif len(sets) > 1 and sets[1].fills:
        raise SetError("the [c*] construct may appear in string2 only when translating")
    if given.has("delete"):
        deleted = first
    if given.has("squeeze-repeats"):
        repeated = b"".join(sets[1].units(len(first))) if len(sets) > 1 else first
    if not repeated:
        return lambda data: data.translate(table, deleted)
    squeeze = _Squeeze(repeated)
    return lambda data: squeeze.take(data.translate(table, deleted))


class _Squeeze:
    """Leaves one of equal neighbours, over the borders of pieces too."""

    __slots__ = ("_chars", "_last", "_repeats")

    def __init__(self, chars: bytes) -> None:
        self._chars = chars
        self._last = b""
        self._repeats = re.compile(b"([" + re.escape(chars) + rb"])\1+", re.DOTALL)

    def take(self, data: bytes) -> bytes:
        """What is left of *data*."""
        rest = data.lstrip(self._last) if self._last and self._last in self._chars else data
        if rest:
            self._last = rest[-1:]
        return self._repeats.sub(rb"\1", rest)
