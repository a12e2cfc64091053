"""uniq: lines that repeat."""

from nsh.abi import KernelError
from nsh.abi.files import Close, Open, OpenFlag
from nsh.abi.invocation import Invocation, Running
from nsh.userland.options import Given, Kind, option, optional
from nsh.userland.quoting import plain
from nsh.userland.registry import Topic, command
from nsh.userland.streams import STDIN, Inputs, complain, write

_CREATE = int(OpenFlag.O_WRONLY | OpenFlag.O_CREAT | OpenFlag.O_TRUNC | OpenFlag.O_CLOEXEC)


@command(
    "uniq",
    "print one of the lines that are equal and follow one another",
    Topic.TEXT,
    options=(
        option("-c, --count", "with their number in front"),
        option("-d, --repeated", "only of those that repeat"),
        option("-u, --unique", "only those that do not repeat"),
        option("-i, --ignore-case", "capitals are the same as small letters"),
    ),
    operands=(optional("INPUT", Kind.PATH), optional("OUTPUT", Kind.PATH)),
    man="uniq(1)",
    examples=("ps -e -o comm | sort | uniq -c",),
    see=("sort",),
)
def uniq(call: Invocation, given: Given) -> Running:
    """Status 1 if the file could not be read."""
    inputs = Inputs(call, given.operands[:1])
    if not (yield from inputs.next()):
        return inputs.status
    out = 1
    target = given.operand(1, STDIN)
    if target != STDIN:
        try:
            out = yield Open(target, _CREATE)
        except KernelError as error:
            yield from complain(call, plain(target), error)
            return 1
    filter_ = _Filter(given)
    while lines := (yield from inputs.lines()):
        yield from write(out, b"".join(filter_.take(line) for line in lines))
    yield from inputs.close()
    yield from write(out, filter_.end())
    if out != 1:
        yield Close(out)
    return inputs.status


class _Filter:
    """Remembers one line, and how often it came."""

    __slots__ = ("_count", "_counted", "_fold", "_line", "_repeated", "_unique")

    def __init__(self, given: Given) -> None:
        self._line: bytes | None = None
        self._count = 0
        self._fold = given.has("ignore-case")
        self._counted = given.has("count")
        self._repeated = given.has("repeated")
        self._unique = given.has("unique")

    def take(self, line: bytes) -> bytes:
        """What is to be printed before this line is remembered."""
        line = line.removesuffix(b"\n")
        if self._line is not None and self._same(line, self._line):
            self._count += 1
            return b""
        done, self._line, self._count = self.end(), line, 1
        return done

    def end(self) -> bytes:
        """What is to be printed of the line that is remembered."""
        if self._line is None or (self._unique if self._count > 1 else self._repeated):
            return b""
        return (b"%7d %b\n" % (self._count, self._line)) if self._counted else self._line + b"\n"

    def _same(self, one: bytes, other: bytes) -> bool:
        return one.upper() == other.upper() if self._fold else one == other
