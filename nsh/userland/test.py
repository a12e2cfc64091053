"""test and [: conditions about strings, numbers and files."""

from collections.abc import Callable, Sequence
from typing import Final

from nsh.abi import Errno, KernelError
from nsh.abi.attributes import Access, Stat, StatResult
from nsh.abi.files import S_IFBLK, S_IFCHR, S_IFDIR, S_IFIFO, S_IFLNK, S_IFMT, S_IFREG, S_IFSOCK
from nsh.abi.invocation import Invocation, Running
from nsh.abi.process import Getuid, Ids
from nsh.userland.options import Given, Kind, UsageError, optional
from nsh.userland.quoting import quoted
from nsh.userland.registry import Topic, command
from nsh.userland.streams import Asking, is_terminal

_TROUBLE = 2
_DIGITS = 4000
_GAP = "not the shell's: a file that cannot be looked at is one that is not there"
_TYPES: Final = {
    "b": S_IFBLK,
    "c": S_IFCHR,
    "d": S_IFDIR,
    "f": S_IFREG,
    "h": S_IFLNK,
    "L": S_IFLNK,
    "p": S_IFIFO,
    "S": S_IFSOCK,
}
_MODE_BITS: Final = {"g": 0o2000, "k": 0o1000, "u": 0o4000}
_ACCESS: Final = {"r": 4, "w": 2, "x": 1}
_OF_FILES: Final = frozenset("bcdefghkLprsSuwxGO")
_UNARY: Final = _OF_FILES | frozenset("ntz")
_NUMERIC: Final[dict[str, Callable[[int, int], bool]]] = {
    "-eq": int.__eq__,
    "-ne": int.__ne__,
    "-lt": int.__lt__,
    "-le": int.__le__,
    "-gt": int.__gt__,
    "-ge": int.__ge__,
}
_STRINGS: Final[dict[str, Callable[[str, str], bool]]] = {
    "=": str.__eq__,
    "==": str.__eq__,
    "!=": str.__ne__,
    "<": str.__lt__,
    ">": str.__gt__,
}
_FILES: Final = frozenset({"-ef", "-nt", "-ot"})
_OPERATORS: Final = (*(f"-{letter}" for letter in sorted(_UNARY)), *_NUMERIC, *sorted(_FILES))
"""What completion offers."""
_BINARY: Final = _NUMERIC.keys() | _STRINGS.keys() | _FILES


@command(
    "test",
    "tell by the status whether EXPRESSION holds",
    Topic.SCRIPTS,
    operands=(optional("EXPRESSION", Kind.PATH, many=True, choices=_OPERATORS),),
    man="test(1)",
    gap=_GAP,
    examples=('test -e /proc/1 && echo "init is there"', "test 3 -lt 20 -a -n x; echo $?"),
    see=("[",),
    answers=True,
    trouble=_TROUBLE,
    prepare=lambda argv: argv if list(argv) == ["--help"] else ["--", *argv],
)
def test(call: Invocation, given: Given) -> Running:
    """Status 0 or 1; 2 for an expression that cannot be understood."""
    return 0 if (yield from _Expression(given.operands).value()) else 1


@command(
    "[",
    "tell by the status whether EXPRESSION holds; the last word is ]",
    Topic.SCRIPTS,
    operands=(optional("EXPRESSION", Kind.PATH, many=True, choices=_OPERATORS), optional("]")),
    man="test(1)",
    gap=_GAP,
    examples=('[ -d /proc/1 ] && echo "init is there"', "if [ $$ -eq 1 ] { echo init }"),
    see=("test",),
    answers=True,
    trouble=_TROUBLE,
    prepare=lambda argv: argv if list(argv) == ["--help"] else ["--", *argv],
)
def bracket(call: Invocation, given: Given) -> Running:
    """The same, between brackets."""
    if not given.operands or given.operands[-1] != "]":
        raise UsageError("missing ']'")
    return 0 if (yield from _Expression(given.operands[:-1]).value()) else 1


class _Expression:
    """A reader of the words.  Up to four words mean what POSIX says, whatever they look like;
    more are read with -o, -a, ! and parentheses, which bind in that order, loosest first.

    Every part is evaluated, as GNU test does: nothing is left out for speed.
    """

    __slots__ = ("_at", "_words")

    def __init__(self, words: Sequence[str]) -> None:
        self._words = words
        self._at = 0

    def value(self) -> Asking[bool]:
        """What all the words say.  :class:`UsageError` if they say nothing."""
        if not self._words:
            return False
        holds = yield from self._of_length(len(self._words))
        if self._at < len(self._words):
            raise UsageError(f"extra argument {quoted(self._words[self._at])}")
        return holds

    def _of_length(self, count: int) -> Asking[bool]:
        """What the next *count* words say, the last ones there are."""
        words = self._words[self._at :]
        match count:
            case 1:
                return self._next() != ""
            case 2:
                return (yield from self._two())
            case 3 if words[1] in _BINARY:
                return (yield from self._binary())
            case 3 | 4 if words[0] == "!":
                self._at += 1
                return not (yield from self._of_length(count - 1))
            case 3 | 4 if words[0] == "(" and words[count - 1] == ")":
                self._at += 1
                holds = yield from self._of_length(count - 2)
                self._at += 1
                return holds
            case 3 if words[1] not in ("-a", "-o"):
                raise UsageError(f"{quoted(words[1])}: binary operator expected")
            case _:
                return (yield from self._or())

    def _two(self) -> Asking[bool]:
        first = self._words[self._at]
        if first == "!":
            self._at += 1
            return self._next() == ""
        if len(first) == 2 and first[0] == "-":
            return (yield from self._unary())
        self._at = len(self._words)
        self._next()
        return False

    def _or(self) -> Asking[bool]:
        holds = yield from self._and()
        while self._peek() == "-o":
            self._at += 1
            other = yield from self._and()
            holds = holds or other
        return holds

    def _and(self) -> Asking[bool]:
        holds = yield from self._term()
        while self._peek() == "-a":
            self._at += 1
            other = yield from self._term()
            holds = holds and other
        return holds

    def _term(self) -> Asking[bool]:
        negated = False
        while self._peek() == "!":
            self._at += 1
            negated = not negated
        word = self._peek()
        left = len(self._words) - self._at
        if word == "(":
            holds = yield from self._parenthesis()
        elif left >= 3 and self._words[self._at + 1] in _BINARY:
            holds = yield from self._binary()
        elif word is not None and len(word) == 2 and word[0] == "-":
            holds = yield from self._unary()
        else:
            holds = self._next() != ""
        return holds != negated

    def _parenthesis(self) -> Asking[bool]:
        """Up to the closing one: if it is near, the few words between mean what few words mean."""
        self._at += 1
        left = len(self._words) - self._at
        if not left:
            self._next()
        near = self._words[self._at + 1 : self._at + 5]
        holds = yield from self._of_length(near.index(")") + 1 if ")" in near else left)
        if self._peek() is None:
            raise UsageError("')' expected")
        if self._peek() != ")":
            raise UsageError(f"')' expected, found {quoted(self._words[self._at])}")
        self._at += 1
        return holds

    def _peek(self) -> str | None:
        return self._words[self._at] if self._at < len(self._words) else None

    def _next(self) -> str:
        if self._at >= len(self._words):
            raise UsageError(f"missing argument after {quoted(self._words[-1])}")
        self._at += 1
        return self._words[self._at - 1]

    def _unary(self) -> Asking[bool]:
        operator = self._next()
        letter = operator[1]
        if letter not in _UNARY:
            raise UsageError(f"{quoted(operator)}: unary operator expected")
        operand = self._next()
        match letter:
            case "n":
                return operand != ""
            case "z":
                return operand == ""
            case "t":
                return (yield from is_terminal(_integer(operand)))
            case _:
                return (yield from _of_file(letter, operand))

    def _binary(self) -> Asking[bool]:
        left, operator, right = self._next(), self._next(), self._next()
        if operator in _STRINGS:
            return _STRINGS[operator](left, right)
        if operator in _NUMERIC:
            return _NUMERIC[operator](_integer(left), _integer(right))
        one = yield from _looked_at(left)
        two = yield from _looked_at(right)
        if operator == "-ef":
            return bool(one and two and (one.dev, one.ino) == (two.dev, two.ino))
        if operator == "-ot":
            one, two = two, one
        return one is not None and (two is None or one.mtime > two.mtime)


def _integer(text: str) -> int:
    digits = text.strip(" \t\n\v\f\r")
    bare = digits[1:] if digits[:1] in ("-", "+") else digits
    if not (bare.isascii() and bare.isdigit()):
        raise UsageError(f"invalid integer {quoted(text)}")
    if len(bare) > _DIGITS:
        raise UsageError(f"{digits[:20]}...: number too large")
    return int(digits)


def _looked_at(path: str, follow: bool = True) -> Asking[StatResult | None]:
    try:
        found: StatResult = yield Stat(path, follow)
    except KernelError as error:
        if error.errno is Errno.ENOSYS:
            raise
        return None
    return found


def _of_file(letter: str, path: str) -> Asking[bool]:
    if letter in _ACCESS:
        return (yield from _may(letter, path))
    found = yield from _looked_at(path, follow=letter not in "hL")
    if found is None:
        return False
    if letter in _TYPES:
        return found.mode & S_IFMT == _TYPES[letter]
    if letter in _MODE_BITS:
        return found.mode & _MODE_BITS[letter] != 0
    if letter == "s":
        return found.size > 0
    if letter in "OG":
        me: Ids = yield Getuid()
        return found.uid == me.euid if letter == "O" else found.gid == me.egid
    return True


def _may(letter: str, path: str) -> Asking[bool]:
    try:
        yield Access(path, _ACCESS[letter], effective=True)
    except KernelError as error:
        if error.errno is Errno.ENOSYS:
            raise
        return False
    return True
