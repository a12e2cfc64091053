"""The files that grep -r searches."""

import fnmatch
import re
from collections.abc import Sequence
from typing import Final

from nsh.abi import KernelError
from nsh.abi.attributes import Stat, StatResult
from nsh.abi.files import S_IFDIR, S_IFLNK, S_IFMT, S_IFREG
from nsh.abi.invocation import Invocation
from nsh.userland.options import Given
from nsh.userland.paths import entries_of, joined, last_part
from nsh.userland.streams import STDIN, Asking, complain, say

_RULES: Final = ("include", "exclude")
_HERE: Final = "."


class Tree:
    """Goes down from what was named, and leaves out what is not wanted.

    What is no file, directory or, with -R, link to one is searched only where it was named.
    """

    def __init__(self, call: Invocation, given: Given) -> None:
        self._call = call
        self._quiet = given.has("no-messages")
        self._follows = given.has("dereference-recursive")
        self._recurses = self._follows or given.has("recursive")
        self._rules = [
            (key == "include", _glob(text or "")) for key, text in given.options if key in _RULES
        ]
        self._pruned = [_glob(text.rstrip("/")) for text in given.all("exclude-dir")]
        self.failed = False
        """Something could not be looked into."""
        self.descended = False
        """A directory was named, or the one in which it works meant."""

    def files(self, operands: Sequence[str]) -> Asking[list[str]]:
        """What is to be searched, in order; of a directory its files by name."""
        if not self._recurses:
            return [name for name in operands if self._wanted(name)]
        found: list[str] = []
        if not operands:
            self.descended = True
            yield from self._down("", found, ())
        for name in operands:
            if name == STDIN:
                found.append(name)
            else:
                yield from self._named(name, found)
        return found

    def _named(self, name: str, found: list[str]) -> Asking[None]:
        try:
            what: StatResult = yield Stat(name)
        except KernelError as error:
            yield from self._complain(name, error)
            return
        if what.mode & S_IFMT != S_IFDIR:
            if self._wanted(name):
                found.append(name)
        elif not any(rule.fullmatch(last_part(name)) for rule in self._pruned):
            self.descended = True
            yield from self._down(name, found, ((what.dev, what.ino),))

    def _down(
        self, directory: str, found: list[str], above: tuple[tuple[int, int], ...]
    ) -> Asking[None]:
        try:
            entries = yield from entries_of(directory or _HERE)
        except KernelError as error:
            yield from self._complain(directory or _HERE, error)
            return
        for entry in entries:
            path = joined(directory, entry.name) if directory else entry.name
            kind, which = entry.kind, (0, 0)
            if self._follows and kind in (S_IFLNK, S_IFDIR):
                try:
                    what: StatResult = yield Stat(path)
                except KernelError as error:
                    yield from self._complain(path, error)
                    continue
                kind, which = what.mode & S_IFMT, (what.dev, what.ino)
            if kind == S_IFDIR:
                if any(rule.fullmatch(entry.name) for rule in self._pruned):
                    continue
                if self._follows and which in above:
                    yield from say(self._call, f"{path}: warning: recursive directory loop")
                    continue
                yield from self._down(path, found, (*above, which))
            elif kind == S_IFREG and self._wanted(path):
                found.append(path)

    def _wanted(self, path: str) -> bool:
        """By the last of --include and --exclude that matches; where none does, unless the first is
        --include."""
        if not self._rules or path == STDIN:
            return True
        wanted = not self._rules[0][0]
        for includes, rule in self._rules:
            if rule.fullmatch(last_part(path)):
                wanted = includes
        return wanted

    def _complain(self, path: str, error: KernelError) -> Asking[None]:
        self.failed = True
        if not self._quiet:
            yield from complain(self._call, path, error)


def _glob(pattern: str) -> re.Pattern[str]:
    return re.compile(fnmatch.translate(pattern))
