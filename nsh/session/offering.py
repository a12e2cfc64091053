"""What Tab offers at a prompt: the language's completion, and the prompt's own words.

Loaded behind the first prompt, for it takes the grammar and every command's declaration.
"""

import os
from collections.abc import Iterator, Sequence
from typing import Final

from nsh.abi.errno import Errno
from nsh.lang import codes
from nsh.lang.candidates import Candidate
from nsh.lang.completion import Completion, complete
from nsh.lang.unfinished import judge
from nsh.lang.usage import Documented, Grammar, Manual, Operand, Own
from nsh.machine.program import Director
from nsh.machine.value import Machine
from nsh.session import manual
from nsh.session.entries import entries
from nsh.session.index import Index
from nsh.session.surroundings import MOST, Around
from nsh.session.words import SHOWN, WORDS, Words
from nsh.userland.registry import commands

MANY: Final = 5_000
"""Ids given out from which on the index is made before anybody asks."""


def warm(machine: Machine, index: Index) -> None:
    """Do beforehand what somebody would wait for; from another thread."""
    judge("{")  # the parser, which also Enter asks
    commands.names()
    if machine.serial > MANY:
        index.prepare(machine)


def offer(text: str, cursor: int, machine: Machine, index: Index, words: Words) -> Completion:
    """What could stand at offset *cursor* of *text*."""
    around = Prompted(machine, index, words)
    return complete(text, cursor, _manual(text[:cursor], machine), around)


def _manual(before: str, machine: Machine) -> Manual:
    """The prompt's words are known only where one can stand: alone, at the beginning."""
    word = before.split(None, 1)[0] if before.strip() else ""
    alone = before.lstrip() == word and (not word or word.isalpha())
    return _Words(machine) if alone or word in WORDS else commands


class _Words:
    """Every command, and the words of the prompt; one that is a function's name gives way."""

    def __init__(self, machine: Machine) -> None:
        functions = machine.get(Director, 0).scope.functions
        self._words = {name: word for name, word in WORDS.items() if name not in functions}

    def find(self, name: str) -> Documented | None:
        word = self._words.get(name)
        if word is None:
            return commands.find(name)
        many = word.kind == "topic"
        operands = [Operand(one, word.kind, many) for one in word.usage.split()[1:]]
        return Own(name, word.summary, Grammar((), tuple(operands)))

    def names(self) -> Sequence[str]:
        return sorted({*commands.names(), *self._words})


class Prompted(Around):
    """What the acting task has around it, and the person at the prompt."""

    def __init__(self, machine: Machine, index: Index, words: Words) -> None:
        super().__init__(machine, index)
        self._words = words

    def others(self, kind: str, prefix: str) -> Iterator[Candidate]:
        """What the argument of one of the prompt's words can be."""
        found = self._files(prefix) if kind == "file" else self._named(kind)
        return (one for one in found if one.text.startswith(prefix))

    def _named(self, kind: str) -> Iterator[Candidate]:
        match kind:
            case "switch":
                yield from (Candidate("on"), Candidate("off"))
            case "branch":
                yield from map(Candidate, self._words.branches)
            case "topic":
                yield from map(Candidate, sorted(manual.topics()))
            case "code":
                yield from map(Candidate, codes.known())
                yield from (Candidate(one.name, one.text) for one in Errno)
            case "side":
                yield Candidate("now", "this moment")
                yield from (Candidate(one, "a history's end") for one in self._words.branches)
                history = self._words.session.history
                for mark, at in self._words.marks.on(history):
                    yield Candidate(mark, f"a mark, step {at}")
                for one in self.profiles():
                    told = "what was typed, under that document's positions"
                    yield Candidate(f"profile:{one.text}", told)
                for policy in self.policies():
                    for value in self.positions(policy.text):
                        yield Candidate(f"policy:{policy.text}={value.text}", value.help)
                yield from self._named("step")
            case "step":
                yield Candidate("0", "the boot")
                for entry in entries(self._words.session.history)[-SHOWN:]:
                    yield Candidate(str(entry.end), f"after: {entry.text.partition(chr(10))[0]}")

    def _files(self, prefix: str) -> Iterator[Candidate]:
        """The person's own files: no task sees them."""
        folder, slash, name = prefix.rpartition("/")
        try:
            with os.scandir(os.path.expanduser(folder + slash) or ".") as found:
                there = sorted((one.name, one.is_dir()) for one in found)
        except OSError:
            return
        fitting = [one for one in there if one[0].startswith(name) and (name or one[0][0] != ".")]
        for entry, directory in fitting[:MOST]:
            path = f"{folder}{slash}{entry}{'/' if directory else ''}"
            yield Candidate(path, "directory" if directory else "", not directory)
