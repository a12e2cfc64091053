"""One declaration per command; parser, help, completion and manual come from it.

A module of this package declares its commands by decorating their bodies::

    @command(
        "wait",
        "wait for children to end",
        Topic.PROCESSES,
        operands=(optional("PID", Kind.PID, many=True),),
        man="bash(1)",
        examples=("spawn w { exit 3 }; wait $!",),
    )
    def wait(call: Invocation, given: Given) -> Running: ...

and is part of the userland by being a file here: :data:`commands` imports a module when one of
its commands is first asked for.
"""

import importlib
from collections.abc import Callable, Iterator, Sequence
from enum import StrEnum
from typing import Final

import msgspec

import nsh.userland
from nsh._modules import modules
from nsh.abi.invocation import Ending, Invocation, Started, steps
from nsh.userland import usage
from nsh.userland.options import Given, Grammar, Operand, Option, UsageError

Body = Callable[[Invocation, Given], Started]
"""What a command does, once its command line is taken apart.  A plain function has seen what is
wrong with that when it returns what is left to do, or its last word; a generator may come to see
it at any time."""

_GENERATOR: Final = 0x20
"""CO_GENERATOR of inspect, which takes long to load."""


class Topic(StrEnum):
    """The chapters of ``help``."""

    PROCESSES = "Processes"
    SIGNALS = "Signals"
    SESSIONS = "Sessions and groups"
    NAMESPACES = "Namespaces"
    CONTAINERS = "Containers"
    IPC = "Interprocess communication"
    FILES = "Files"
    MOUNTS = "Mounts"
    NETWORK = "Network"
    TEXT = "Text"
    SYSTEM = "System"
    SCRIPTS = "Scripts"


class Declaration(msgspec.Struct, frozen=True):
    """All there is to know about a command, and how to run it."""

    name: str
    summary: str
    topic: Topic
    grammar: Grammar
    run: Callable[[Invocation], Started]
    man: str
    """The page it follows, ``kill(1)``; "" where real systems have no such command."""
    gap: str
    """Where it differs from that page, or what it is instead."""
    examples: tuple[str, ...]
    """Lines that run as they stand in a new session."""
    see: tuple[str, ...]
    answers: bool
    """A non-zero status is an answer (``test``, ``fork``), never a failure that stops a script."""
    inherits: bool
    """Without an operand it is called with the status of the command before (``exit``)."""
    rows: tuple[str, ...]
    """The mechanisms it shows, by their number in the documentation (``P3``)."""


def command(
    name: str,
    summary: str,
    topic: Topic,
    *,
    options: tuple[Option, ...] = (),
    operands: tuple[Operand, ...] = (),
    man: str = "",
    gap: str = "",
    examples: tuple[str, ...] = (),
    see: tuple[str, ...] = (),
    rows: tuple[str, ...] = (),
    answers: bool = False,
    inherits: bool = False,
    stops: bool = False,
    negatives: bool = False,
    trouble: int = 1,
    prepare: Callable[[Sequence[str]], Sequence[str]] | None = None,
) -> Callable[[Body], Body]:
    """Declare the decorated body as the command *name*.

    *stops*: options end at the first operand.  *negatives*: ``-1`` is an operand.  *trouble*: the
    status of a usage error, which the body may raise too, and which real tools disagree on.
    *prepare* rewrites the older spellings of a command line (``kill -9``, ``head -5``) before it
    is parsed.  ``ValueError`` if the name is taken.
    """

    def register(body: Body) -> Body:
        if name in commands.declared:
            raise ValueError(f"two commands called {name}")
        grammar = Grammar(options, operands, stops=stops, negatives=negatives)
        generates = bool(body.__code__.co_flags & _GENERATOR)

        def run(call: Invocation) -> Started:
            try:
                given = grammar.parse(call.argv if prepare is None else prepare(call.argv))
                if given.wants_help:
                    return usage.show(declaration)
                started = body(call, given)
            except UsageError as error:
                return usage.refuse(call, error, trouble)
            return guarded(call, started) if generates else started

        def guarded(call: Invocation, started: Started) -> Ending:
            try:
                return (yield from steps(started))
            except UsageError as error:
                return (yield from usage.refuse(call, error, trouble))

        declaration = Declaration(
            name, summary, topic, grammar, run, man, gap, examples, see, answers, inherits, rows
        )
        commands.declared[name] = declaration
        return body

    return register


class Commands:
    """Every command by its name.  Modules are imported as late as a question allows."""

    __slots__ = ("_all", "_files", "declared")

    declared: dict[str, Declaration]
    """Those of the modules imported so far."""

    def __init__(self) -> None:
        self.declared = {}
        self._files: list[str] = []
        self._all = False

    def find(self, name: str) -> Declaration | None:
        """The command called *name*, or None."""
        found = self.declared.get(name)
        if found is None and not self._all:
            self._load(name)
            found = self.declared.get(name)
        return found

    def names(self) -> list[str]:
        """The names of all commands, sorted."""
        self._load_all()
        return sorted(self.declared)

    def __iter__(self) -> Iterator[Declaration]:
        self._load_all()
        return iter([self.declared[name] for name in sorted(self.declared)])

    def _load(self, name: str) -> None:
        """Import the module that is called like the command, or else every module."""
        module = f"{nsh.userland.__name__}.{name}"
        if module in self._modules():
            importlib.import_module(module)
        if name not in self.declared:
            self._load_all()

    def _load_all(self) -> None:
        if not self._all:
            for module in self._modules():
                importlib.import_module(module)
            self._all = True

    def _modules(self) -> list[str]:
        if not self._files:
            self._files = modules(nsh.userland)
        return self._files


commands = Commands()
"""The table that the session hands to the language."""


def is_command(name: str) -> bool:
    """Whether a command is called *name*."""
    return commands.find(name) is not None
