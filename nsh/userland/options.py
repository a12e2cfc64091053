"""Options and operands, taken apart as getopt_long(3) does.

An option is declared by the text that help shows for it::

    option("-s, --signal=SIGNAL", "which signal", Kind.SIGNAL)
    option("-f, --fork", "fork before running the command")
    option("--mount-proc[=DIR]", "mount proc at DIR (/proc)", Kind.PATH)

and is asked for by its first long name, or its letter where it has none.
"""

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Final, NoReturn, TypeAlias

import msgspec

from nsh.spelling import suggestion


class Kind(StrEnum):
    """What an argument names: completion offers that, and nothing else."""

    NOTHING = ""
    TEXT = "text"
    NUMBER = "number"
    PID = "pid"
    """A pid or a reference to a task (``web:1``, ``sshd``)."""
    SIGNAL = "signal"
    PATH = "path"
    FD = "fd"
    NAME = "name"
    COLUMNS = "columns"
    NAMESPACE = "namespace"
    """A kind of namespace: ``pid``, ``uts``, …"""
    CONTAINER = "container"
    COMMAND = "command"
    FLAGS = "flags"
    """Names of CLONE flags."""
    ASSIGNMENTS = "assignments"
    """``NAME=VALUE``, and behind those a command."""
    USER = "user"
    PROGRAM = "program"
    """What a process calls itself: ``comm``."""
    VARIABLE = "variable"
    FILE_SYSTEM = "file system"
    """A type of file system: ``proc``, ``tmpfs``, …"""
    TTY = "tty"
    """A name below /dev, ``pts/0``, or a path."""
    SCREEN = "screen"
    """The same, or another container's: ``web:console``."""


class UsageError(Exception):
    """The command line does not fit the declaration; the text says why, as getopt would.

    ``status`` is what the command ends with, None for what it ends with otherwise.
    """

    def __init__(self, text: str, status: int | None = None) -> None:
        super().__init__(text)
        self.status = status


class Option(msgspec.Struct, frozen=True):
    """One declared option."""

    spec: str
    """As help shows it: ``-s, --signal=SIGNAL``."""
    help: str
    kind: Kind
    key: str
    letters: str
    words: tuple[str, ...]
    takes: str
    """The placeholder of its value; "" for a flag."""
    optional: bool
    """The value may be left out; it stands behind ``=`` (``--word=value``)."""
    attached: bool
    """Optional, and the letter takes it too: ``-m[FILE]``, so that ``-mu`` means FILE ``u``."""
    choices: tuple[tuple[str, str], ...] = ()
    """What its value can be, each with what that is, if those are few and known."""
    about: str = ""
    """What completion says of it, where help tells of several in one line; "": the same as help."""

    @property
    def listed(self) -> bool:
        """Its value may be several, with commas between."""
        return self.takes == "LIST"


class Operand(msgspec.Struct, frozen=True):
    """One declared operand, or with ``many`` any number of them."""

    name: str
    kind: Kind = Kind.TEXT
    required: bool = True
    many: bool = False
    choices: tuple[tuple[str, str], ...] = ()
    """As :attr:`Option.choices`."""

    @property
    def listed(self) -> bool:
        """There are no such operands."""
        return False

    def __str__(self) -> str:
        text = self.name if self.required else f"[{self.name}]"
        return f"{text}..." if self.many else text


Choices = Mapping[str, str] | Iterable[str]
"""Words, or each with what it is in half a line."""


def option(spec: str, text: str, kind: Kind = Kind.NOTHING, *, choices: Choices = ()) -> Option:
    """Declare an option by its help text; *kind* says what its value names, *choices* all that
    its value, or each member of a ``LIST``, can be.

    With an empty *text* help does not list it: another option's line tells of it.
    """
    letters, words, takes = "", [], ""
    optional = attached = False
    for name in spec.split(", "):
        if name.startswith("--"):
            word, equals, takes = name[2:].partition("=")
            if equals and word.endswith("["):
                word, takes, optional = word[:-1], takes[:-1], True
            words.append(word)
        else:
            letters += name[1]
            takes = name[3:]
            if name[2:3] == "[":
                takes, optional, attached = name[3:-1], True, True
    if takes and not kind:
        kind = Kind.TEXT
    key = words[0] if words else letters[0]
    return Option(
        spec, text, kind, key, letters, tuple(words), takes, optional, attached, _pairs(choices)
    )


def _pairs(choices: Choices) -> tuple[tuple[str, str], ...]:
    if isinstance(choices, Mapping):
        return tuple(choices.items())
    return tuple((word, "") for word in choices)


def required(
    name: str, kind: Kind = Kind.TEXT, *, many: bool = False, choices: Choices = ()
) -> Operand:
    """An operand that must be there; with *many*, one or more."""
    return Operand(name, kind, True, many, _pairs(choices))


def optional(
    name: str, kind: Kind = Kind.TEXT, *, many: bool = False, choices: Choices = ()
) -> Operand:
    """An operand that may be there; with *many*, any number."""
    return Operand(name, kind, False, many, _pairs(choices))


class Given(msgspec.Struct, frozen=True, eq=False):
    """What a command line said, option by option."""

    options: tuple[tuple[str, str | None], ...] = ()
    """Every option in the order given: its key, and its value (None: it had none)."""
    operands: tuple[str, ...] = ()
    wants_help: bool = False
    """``--help`` was given; nothing else has been checked then."""

    def has(self, key: str) -> bool:
        """Whether the option was given at all."""
        return any(given == key for given, _ in self.options)

    def get(self, key: str, default: str = "") -> str:
        """The value of the last time it was given; *default* if it had none."""
        for given, value in reversed(self.options):
            if given == key:
                return default if value is None else value
        return default

    def all(self, key: str) -> list[str]:
        """Every value it was given, in order."""
        return [value for given, value in self.options if given == key and value is not None]

    def last(self, *keys: str) -> str:
        """Which of these options was given last; "" if none was."""
        return next((given for given, _ in reversed(self.options) if given in keys), "")

    def operand(self, index: int, default: str = "") -> str:
        """The operand at *index*, or *default*."""
        return self.operands[index] if index < len(self.operands) else default


_NOTHING: Final = Given()
_Options: TypeAlias = list[tuple[str, str | None]]

HELP = option("--help", "show this help")
"""The option that every command has."""


class Grammar:
    """The options and operands of one command, ready to take a command line apart."""

    __slots__ = (
        "_least",
        "_letters",
        "_most",
        "_words",
        "negatives",
        "operands",
        "options",
        "stops",
    )

    def __init__(
        self,
        options: Sequence[Option],
        operands: Sequence[Operand],
        *,
        stops: bool = False,
        negatives: bool = False,
    ) -> None:
        """With *stops*, all from the first operand on are operands (``unshare -f ps -e``); with
        *negatives*, numbers with a minus are operands too (``waitpid -1``)."""
        self.options = tuple(options)
        self.operands = tuple(operands)
        self.stops = stops
        self.negatives = negatives
        self._least = sum(each.required for each in operands)
        self._most = None if any(each.many for each in operands) else len(operands)
        self._letters: dict[str, Option] = {}
        self._words: dict[str, Option] = {HELP.key: HELP}
        for each in options:
            for letter in each.letters:
                self._letters[letter] = each
            for word in each.words:
                self._words[word] = each

    def parse(self, argv: Sequence[str]) -> Given:
        """Take the arguments apart; :class:`UsageError` if they do not fit."""
        if not argv and not self._least:
            return _NOTHING
        options: _Options = []
        operands: list[str] = []
        index, count = 0, len(argv)
        while index < count:
            argument = argv[index]
            index += 1
            if argument == "--":
                operands += argv[index:]
                break
            if (
                len(argument) < 2
                or argument[0] != "-"
                or (self.negatives and argument[1:].isdecimal())
            ):
                operands.append(argument)
                if self.stops:
                    operands += argv[index:]
                    break
            elif argument[1] == "-":
                index, help = self._word(options, argument[2:], argv, index)
                if help:
                    return Given(tuple(options), tuple(operands), True)
            else:
                index = self._letter_group(options, argument, argv, index)
        found = len(operands)
        if found < self._least or (self._most is not None and found > self._most):
            self._refuse_operands(operands)
        return Given(tuple(options), tuple(operands))

    def _word(
        self, options: _Options, argument: str, argv: Sequence[str], index: int
    ) -> tuple[int, bool]:
        """Take a long option in: where to go on, and whether it was ``--help``."""
        name, equals, value = argument.partition("=")
        found = self._words.get(name) or self._by_prefix(name)
        if found.takes and not equals and not found.optional:
            if index == len(argv):
                raise UsageError(f"option '--{name}' requires an argument")
            value, equals = argv[index], "="
            index += 1
        elif equals and not found.takes:
            raise UsageError(f"option '--{name}' doesn't allow an argument")
        options.append((found.key, value if equals else None))
        return index, found is HELP

    def _by_prefix(self, name: str) -> Option:
        words = sorted(word for word in self._words if word.startswith(name))
        meant = {self._words[word].key for word in words}
        if not meant or not name:
            meant_by = suggestion(f"--{name}", (f"--{word}" for word in self._words))
            raise UsageError(f"unrecognized option '--{name}'{meant_by}")
        if len(meant) > 1:
            choices = " ".join(f"'--{word}'" for word in words)
            raise UsageError(f"option '--{name}' is ambiguous; possibilities: {choices}")
        return self._words[words[0]]

    def _letter_group(self, options: _Options, group: str, argv: Sequence[str], index: int) -> int:
        for place in range(1, len(group)):
            letter = group[place]
            found = self._letters.get(letter)
            if found is None:
                raise UsageError(f"invalid option -- '{letter}'")
            if not found.takes or (found.optional and not found.attached):
                options.append((found.key, None))
                continue
            rest = group[place + 1 :]
            if rest or found.attached:
                options.append((found.key, rest or None))
                return index
            if index == len(argv):
                raise UsageError(f"option requires an argument -- '{letter}'")
            options.append((found.key, argv[index]))
            return index + 1
        return index

    def _refuse_operands(self, operands: list[str]) -> NoReturn:
        if len(operands) >= self._least:
            raise UsageError(f"extra operand '{operands[len(self.operands)]}'")
        if operands:
            raise UsageError(f"missing operand after '{operands[-1]}'")
        raise UsageError("missing operand")


def whole_number(text: str, what: str = "number") -> int:
    """*text* as an integer; :class:`UsageError` naming *what* it should have been."""
    digits = text[1:] if text[:1] in ("+", "-") else text
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 20):
        raise UsageError(f"invalid {what}: '{text}'")
    return int(text)
