"""How a command is used, as completion sees it: its options and operands, and which one is next.

The commands' declarations come from the userland with the table of commands; those of the
language's own commands stand here, in the same shape.
"""

from collections.abc import Iterable, Sequence
from typing import Final, Protocol

from nsh.machine.record import Record


class OptionUse(Protocol):
    """One option."""

    @property
    def spec(self) -> str:
        """As help shows it: ``-s, --signal=SIGNAL``."""
        ...

    @property
    def help(self) -> str:
        """One line; "" where another option's line tells of it."""
        ...

    @property
    def about(self) -> str:
        """What completion says of it; "": the same as help."""
        ...

    @property
    def kind(self) -> str:
        """What its value names."""
        ...

    @property
    def letters(self) -> str:
        """Its letters."""
        ...

    @property
    def words(self) -> Sequence[str]:
        """Its long names."""
        ...

    @property
    def takes(self) -> str:
        """The placeholder of its value, "" for a flag."""
        ...

    @property
    def optional(self) -> bool:
        """The value may be left out, and then stands behind ``=``."""
        ...

    @property
    def choices(self) -> Sequence[tuple[str, str]]:
        """What the value can be, each with what that is, if those are few and known."""
        ...

    @property
    def listed(self) -> bool:
        """The value may be several, with commas between."""
        ...


class OperandUse(Protocol):
    """One operand."""

    @property
    def name(self) -> str:
        """Its placeholder."""
        ...

    @property
    def kind(self) -> str:
        """What it names."""
        ...

    @property
    def many(self) -> bool:
        """Any number of them."""
        ...

    @property
    def choices(self) -> Sequence[tuple[str, str]]:
        """As of an option."""
        ...

    @property
    def listed(self) -> bool:
        """As of an option."""
        ...


class GrammarUse(Protocol):
    """A command line's grammar."""

    @property
    def options(self) -> Sequence[OptionUse]:
        """Every option."""
        ...

    @property
    def operands(self) -> Sequence[OperandUse]:
        """Every operand, in order."""
        ...

    @property
    def stops(self) -> bool:
        """Options end at the first operand."""
        ...

    @property
    def negatives(self) -> bool:
        """``-1`` is an operand."""
        ...


class Documented(Protocol):
    """A command that says how it is used."""

    @property
    def name(self) -> str:
        """Its name."""
        ...

    @property
    def summary(self) -> str:
        """What it does, in half a line."""
        ...

    @property
    def grammar(self) -> GrammarUse:
        """Its options and operands."""
        ...


class Manual(Protocol):
    """All commands, by name."""

    def find(self, name: str) -> Documented | None:
        """The command of that name, or None."""
        ...

    def names(self) -> Sequence[str]:
        """Every name, sorted."""
        ...


class Option(Record):
    """An option of one of the language's own commands."""

    spec: str
    help: str
    kind: str = ""
    letters: str = ""
    words: tuple[str, ...] = ()
    takes: str = ""
    optional: bool = False
    choices: tuple[tuple[str, str], ...] = ()
    listed: bool = False
    about: str = ""


class Operand(Record):
    """An operand of such a command."""

    name: str
    kind: str
    many: bool = False
    choices: tuple[tuple[str, str], ...] = ()
    listed: bool = False


class Grammar(Record):
    """How such a command is used."""

    options: tuple[Option, ...] = ()
    operands: tuple[Operand, ...] = ()
    stops: bool = False
    negatives: bool = False


class Own(Record):
    """One of the language's own commands."""

    name: str
    summary: str
    grammar: Grammar = Grammar()


def _flag(letter: str, word: str, text: str) -> Option:
    spec = f"-{letter}, --{word}" if letter else f"--{word}"
    return Option(spec, text, "", letter, (word,))


_SPAWN: Final = (
    Option("-n, --count=COUNT", "so many: NAME.1, NAME.2, …", "number", "n", ("count",), "COUNT"),
    _flag("p", "pid", "in a new pid namespace"),
    _flag("u", "uts", "in a new uts namespace"),
    _flag("i", "ipc", "in a new ipc namespace"),
    _flag("m", "mount", "in a new mount namespace"),
    _flag("", "mount-proc", "with a /proc of its own"),
    _flag("", "net", "in a new network namespace"),
    _flag("U", "user", "in a new user namespace"),
    _flag("C", "cgroup", "in a new cgroup namespace"),
    _flag("T", "time", "in a new time namespace"),
    _flag("t", "thread", "a thread of the acting task"),
    _flag("", "parent", "a sibling: my parent is its parent"),
    Option(
        "--set-tid=PIDS", "the pids wanted, innermost first", "number", "", ("set-tid",), "PIDS"
    ),
)

OWN: Final = {
    one.name: one
    for one in (
        Own("as", "have another task perform something", Grammar((), (Operand("REF", "pid"),))),
        Own("break", "leave the loop"),
        Own("continue", "go on with the next turn of the loop"),
        Own(
            "exec",
            "execute a command in place of the task's program",
            Grammar((), (Operand("COMMAND", "command", True),), stops=True),
        ),
        Own(
            "export",
            "write the /proc that a task sees to a directory",
            Grammar(
                (Option("--as=REF", "who sees it", "pid", "", ("as",), "REF"),),
                (Operand("proc", "name"), Operand("DIR", "name")),
            ),
        ),
        Own(
            "policy",
            "take a side in a debate",
            Grammar((), (Operand("NAME", "policy"), Operand("VALUE", "position"))),
        ),
        Own(
            "profile",
            "take a document's whole position",
            Grammar((), (Operand("NAME", "profile"),)),
        ),
        Own(
            "read",
            "take a line from descriptor 0",
            Grammar((), (Operand("NAME", "variable", True),)),
        ),
        Own("return", "end the function", Grammar((), (Operand("STATUS", "number"),))),
        Own("spawn", "fork a new puppet", Grammar(_SPAWN, (Operand("NAME", "name"),))),
        Own(
            "trace",
            "report a command's system calls",
            Grammar((), (Operand("COMMAND", "command", True),), stops=True),
        ),
        Own(
            "trap",
            "handle signals",
            Grammar(
                (
                    _flag("", "restart", "ask interrupted system calls again (SA_RESTART)"),
                    Option("-l", "list the signals", "", "l"),
                ),
                (Operand("SIGNAL", "trap", True),),
            ),
        ),
        Own("unset", "forget variables", Grammar((), (Operand("NAME", "variable", True),))),
    )
}
"""The language's own commands, by name."""


class Next(Record):
    """What belongs behind the words of a command."""

    value_of: OptionUse | None = None
    """The option that waits for its value; then nothing else fits."""
    operand: OperandUse | None = None
    operands: tuple[str | None, ...] = ()
    """Those that are there."""
    options: tuple[OptionUse, ...] = ()
    """Those that may still be given."""


def following(grammar: GrammarUse, words: Sequence[str | None]) -> Next:
    """What may follow *words*, the arguments so far, as getopt_long(3) would take them.

    None stands for a word whose value nobody knows yet; it passes for an operand.
    """
    operands: list[str | None] = []
    value_of: OptionUse | None = None
    over = False
    for word in words:
        if value_of is not None:
            value_of = None
        elif over or word is None or not _is_option(word, grammar):
            operands.append(word)
            over = over or grammar.stops
        elif word == "--":
            over = True
        else:
            value_of = _waiting(word, grammar.options)
    if value_of is not None:
        return Next(value_of, None, tuple(operands))
    options = () if over else tuple(grammar.options)
    return Next(None, _operand(grammar, len(operands)), tuple(operands), options)


def named(word: str, options: Iterable[OptionUse]) -> OptionUse | None:
    """The option of that long name."""
    return next((one for one in options if word in one.words), None)


def _is_option(word: str, grammar: GrammarUse) -> bool:
    if len(word) < 2 or word[0] != "-":
        return False
    return not (grammar.negatives and word[1:].isdecimal())


def _waiting(word: str, options: Sequence[OptionUse]) -> OptionUse | None:
    """The option of *word* whose value has to be the next word."""
    if word.startswith("--"):
        option = named(word[2:], options)
        return option if option is not None and option.takes and not option.optional else None
    for at, letter in enumerate(word[1:], 2):
        option = next((one for one in options if letter in one.letters), None)
        if option is not None and option.takes and not option.optional:
            return option if at == len(word) else None
    return None


def _operand(grammar: GrammarUse, count: int) -> OperandUse | None:
    if count < len(grammar.operands):
        before = [one for one in grammar.operands[:count] if one.many]
        return before[0] if before else grammar.operands[count]
    last = grammar.operands[-1] if grammar.operands else None
    return last if last is not None and last.many else None
