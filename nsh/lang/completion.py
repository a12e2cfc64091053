"""What could be typed next: computed from what was typed, the commands and the machine.

Pure: :func:`complete` asks the parser what belongs at the cursor (:mod:`nsh.lang.cursor`), the
commands' own declarations what their options and operands name (:mod:`nsh.lang.usage`), and the
machine, through :class:`~nsh.lang.candidates.Surroundings`, what there is of that.  A front end
only shows it.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import dropwhile
from typing import Final

from msgspec.structs import replace

from nsh.abi.errno import Errno
from nsh.abi.process import CloneFlag
from nsh.abi.signals import Sig
from nsh.lang import unquote
from nsh.lang.candidates import Candidate, Surroundings
from nsh.lang.cursor import Role, Slot, slot_at
from nsh.lang.patterns import is_active
from nsh.lang.usage import (
    OWN,
    Documented,
    Manual,
    Next,
    OperandUse,
    OptionUse,
    following,
    named,
)
from nsh.machine.record import Record


class Completion(Record):
    """What could stand at a place of the text."""

    start: int
    """Where the word begins that a candidate replaces, up to the cursor."""
    candidates: tuple[Candidate, ...] = ()
    quote: str = ""

    def inserted(self, candidate: Candidate) -> str:
        """The source text of *candidate*, in the quotes that were begun."""
        text = candidate.text
        if self.quote == "'":
            return "'" + text.replace("'", "'\\''") + ("'" if candidate.whole else "")
        if self.quote == '"':
            escaped = "".join("\\" + c if c in '\\"$`' else c for c in text)
            return '"' + escaped + ('"' if candidate.whole else "")
        plain = _UNQUOTED.fullmatch(text) and not is_active(text)
        return text if plain else unquote.quote((text,))


_LED: Final = re.compile(
    r"(?:~|\$(?:(?P<name>[A-Za-z_]\w*)|\{(?P<braced>[A-Za-z_]\w*)\}))"
    r"(?P<folder>/(?:[\w.:@%+,=-]+/)*)(?P<last>[\w.:@%+,=-]*)",
    re.ASCII,
)
"""``~/a``, ``$x/a`` and ``${x}/a``."""
_UNQUOTED: Final = re.compile(r"[A-Za-z0-9_./:@%+,=\[\]-]*")
_KEYWORDS: Final = {
    "if": "perform a block if a condition holds",
    "else": "otherwise",
    "while": "repeat while a condition holds",
    "for": "once for each word",
    "in": "the words of a for",
    "repeat": "a number of times",
    "par": "two programs whose steps take turns",
    "def": "define a command of one's own",
    "expect": "check something",
    "prints": "TEXT is in what it prints",
    "matches": "a regular expression is found in what it prints",
    "fails": "it fails, with an errno",
}
_OLD_SIGNALS: Final = frozenset({"kill", "pkill"})
"""Commands that take ``-TERM``."""
_NAMESPACES: Final = ("cgroup", "ipc", "mnt", "net", "pid", "time", "user", "uts")


def complete(text: str, cursor: int, manual: Manual, around: Surroundings) -> Completion:
    """What could stand at offset *cursor* of *text*."""
    slot = slot_at(text, cursor)
    found = list(_candidates(slot, manual, around))
    words = [] if slot.quote else [word for word in slot.keywords if word.startswith(slot.typed)]
    found += [Candidate(word, _KEYWORDS[word]) for word in words]
    if not found and (match := _LED.fullmatch(text, slot.start, cursor)) is not None:
        return _below(match, around)
    return Completion(slot.start, tuple(found), slot.quote)


def _below(match: re.Match[str], around: Surroundings) -> Completion:
    """Files in a directory that a variable leads to: the last name is completed, and what stands
    before it stays as it was typed."""
    place = around.value(match["name"] or match["braced"] or "HOME")
    if place is None and match[0].startswith("~"):
        place = "/"
    folder = f"{place}{match['folder']}"
    found = () if place is None else around.paths(folder + match["last"])
    cut = [replace(one, text=one.text[len(folder) :]) for one in found]
    return Completion(match.start("last"), tuple(cut))


def _candidates(slot: Slot, manual: Manual, around: Surroundings) -> Iterator[Candidate]:
    match slot.role:
        case Role.COMMAND:
            yield from _commands(slot.typed, manual, around)
        case Role.ARGUMENT:
            yield from _arguments(slot.typed, slot.words, manual, around)
        case Role.FILE | Role.VALUE:
            yield from around.paths(slot.typed)
        case Role.VARIABLE:
            yield from _starting(around.variables(), slot.typed)
        case Role.KEYWORD | Role.NOTHING:
            return


def _commands(typed: str, manual: Manual, around: Surroundings) -> Iterator[Candidate]:
    """What may begin a command: a command, a function, a task that is to perform one."""
    for name in sorted({*manual.names(), *OWN, *around.functions()}):
        if name.startswith(typed):
            command = OWN.get(name) or manual.find(name)
            yield Candidate(name, command.summary if command else "a function of the script")
    if typed:
        yield from around.tasks(typed)


def _arguments(
    typed: str, words: tuple[str | None, ...], manual: Manual, around: Surroundings
) -> Iterator[Candidate]:
    head, rest = words[0], words[1:]
    if head is None:
        return
    if head in _HEADS:
        yield from _HEADS[head](typed, around)
        return
    if head == "as" and rest:
        yield from _behind(typed, rest[1:], manual, around)
        return
    command = OWN.get(head) or manual.find(head)
    if command is None:
        if head not in around.functions():  # a task's name: what is it to perform?
            yield from _behind(typed, rest, manual, around)
        return
    place = following(command.grammar, rest)
    if place.operand is not None and place.operand.kind == "assignments" and not place.value_of:
        words = tuple(dropwhile(lambda word: word is None or "=" in word, place.operands))
        if words:
            yield from _behind(typed, words, manual, around)
            return
    nested = place.operand is not None and place.operand.kind == "command"
    if nested and command.grammar.stops and place.operands:
        yield from _behind(typed, place.operands, manual, around)
    elif place.value_of is not None:
        yield from _values(place.value_of, typed, place, manual, around)
    else:
        yield from _options(typed, command, place, manual, around)
        if place.operand is not None:
            yield from _values(place.operand, typed, place, manual, around)


def _behind(
    typed: str, words: tuple[str | None, ...], manual: Manual, around: Surroundings
) -> Iterator[Candidate]:
    """A command line inside a command line."""
    if words:
        yield from _arguments(typed, words, manual, around)
    else:
        yield from _commands(typed, manual, around)


def _options(
    typed: str, command: Documented, place: Next, manual: Manual, around: Surroundings
) -> Iterator[Candidate]:
    if not typed.startswith("-") or not place.options:
        return
    word, equals, value = typed.partition("=")
    if equals:
        option = named(word[2:], place.options)
        if option is not None:
            for one in _values(option, value, place, manual, around):
                yield Candidate(f"{word}={one.text}", one.help, one.whole)
        return
    for option in place.options:
        said = option.about or option.help or option.takes
        for name in option.words:
            if f"--{name}".startswith(typed):
                wants = bool(option.takes) and not option.optional
                yield Candidate(f"--{name}{'=' if wants else ''}", said, not wants)
        for letter in option.letters:
            if f"-{letter}".startswith(typed):
                yield Candidate(f"-{letter}", said)
    if "--help".startswith(typed):
        yield Candidate("--help", "show how it is used")
    if command.name in _OLD_SIGNALS and not typed.startswith("--"):
        for one in _signals(typed[1:], around):
            yield Candidate(f"-{one.text}", one.help)


def _values(
    use: OptionUse | OperandUse, typed: str, place: Next, manual: Manual, around: Surroundings
) -> Iterator[Candidate]:
    """What an option's value or an operand could be; of a list, its last member."""
    if not use.listed:
        yield from _value(use, typed, place, manual, around)
        return
    at = typed.rfind(",") + 1
    at += use.kind == "columns" and typed[at : at + 1] in ("+", "-")  # in which order to sort
    there = typed[:at].split(",")
    for one in _value(use, typed[at:], place, manual, around):
        if one.text not in there:
            yield Candidate(typed[:at] + one.text, one.help, False)


def _value(
    use: OptionUse | OperandUse, typed: str, place: Next, manual: Manual, around: Surroundings
) -> Iterator[Candidate]:
    kind = use.kind
    begun = typed.upper() if kind == "columns" else typed
    for word, said in use.choices:
        if word.startswith((typed, begun)) and (typed or word[0] != "-"):
            yield Candidate(word, said, word[-1] != "=")
    if kind in _KINDS:
        yield from _KINDS[kind](typed, around)
    elif kind == "command":
        yield from _commands(typed, manual, around)
    elif kind == "assignments":
        for one in _starting(around.variables(), typed):
            yield Candidate(f"{one.text}=", one.help, False)
        yield from _commands(typed, manual, around)
    elif kind == "position" and place.operands and place.operands[0] is not None:
        yield from _starting(around.positions(place.operands[0]), typed)
    else:
        yield from around.others(kind, typed)


def _starting(candidates: Iterable[Candidate], typed: str) -> Iterator[Candidate]:
    return (one for one in candidates if one.text.startswith(typed))


def _signals(typed: str, around: Surroundings) -> Iterator[Candidate]:
    del around
    bare = typed.upper()
    prefix = "SIG" if bare.startswith("SIG") else ""
    for signo in Sig:
        name = prefix + signo.name.removeprefix("SIG")
        if name.startswith(bare):
            yield Candidate(name, f"signal {int(signo)}")


def _trap(typed: str, around: Surroundings) -> Iterator[Candidate]:
    yield from _signals(typed, around)
    for word, said in (("ignore", "SIG_IGN"), ("default", "SIG_DFL")):
        if word.startswith(typed):
            yield Candidate(word, said)


def _errnos(typed: str, around: Surroundings) -> Iterator[Candidate]:
    del around
    bare = typed.upper()
    return (Candidate(one.name, one.text) for one in Errno if one.name.startswith(bare))


def _flags(typed: str, around: Surroundings) -> Iterator[Candidate]:
    del around
    names = (flag.name or "" for flag in CloneFlag)
    return (Candidate(name) for name in names if name.startswith(typed))


def _namespaces(typed: str, around: Surroundings) -> Iterator[Candidate]:
    del around
    return (Candidate(word) for word in _NAMESPACES if word.startswith(typed))


def _ttys(typed: str, around: Surroundings) -> Iterable[Candidate]:
    return around.paths(typed) if "/" in typed[:1] else _starting(around.terminals(), typed)


def _screens(typed: str, around: Surroundings) -> Iterator[Candidate]:
    yield from _ttys(typed, around)
    for one in around.containers(typed):
        yield Candidate(f"{one.text}:", one.help, False)


def _nothing(typed: str, around: Surroundings) -> Iterator[Candidate]:
    del typed, around
    return iter(())


Source = Callable[[str, Surroundings], Iterable[Candidate]]

_KINDS: Final[dict[str, Source]] = {
    "pid": lambda typed, around: around.tasks(typed),
    "container": lambda typed, around: around.containers(typed),
    "path": lambda typed, around: around.paths(typed),
    "fd": lambda typed, around: _starting(around.descriptors(), typed),
    "variable": lambda typed, around: _starting(around.variables(), typed),
    "policy": lambda typed, around: _starting(around.policies(), typed),
    "profile": lambda typed, around: _starting(around.profiles(), typed),
    "signal": _signals,
    "trap": _trap,
    "flags": _flags,
    "namespace": _namespaces,
    "user": lambda typed, around: _starting(around.users(), typed),
    "program": lambda typed, around: _starting(around.programs(), typed),
    "file system": lambda typed, around: _starting(around.file_systems(), typed),
    "tty": _ttys,
    "screen": _screens,
}
"""What an argument can name, and who knows of it."""

_HEADS: Final[dict[str, Source]] = {
    "fails": _errnos,
    "for": lambda typed, around: around.paths(typed),
    "prints": _nothing,
    "matches": _nothing,
    "repeat": _nothing,
    "def": _nothing,
}
"""Behind words of the language."""
