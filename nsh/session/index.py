"""Names and numbers in order, for looking up what begins with something among very many."""

from bisect import bisect_left
from collections.abc import Iterator, Mapping
from typing import Any, Final

from nsh.machine.pids import PidSpace
from nsh.machine.program import Director, Labels
from nsh.machine.tasks import Task
from nsh.machine.value import Machine

_KEPT: Final = 4
_LAST: Final = "\U0010ffff"
_TRIED: Final = 10
"""Times as many numbers are tried as are wanted: some tasks may be gone."""


class Index:
    """Sorted keys of the machine's maps, each made once: a map never changes.

    Where there are 100,000 tasks making one takes longer than a person at a prompt should wait, so
    :meth:`prepare` may be called beforehand, from another thread if need be.
    """

    def __init__(self) -> None:
        self._kept: tuple[tuple[Mapping[Any, Any], list[Any]], ...] = ()

    def prepare(self, machine: Machine) -> None:
        """Make what completion will ask for on *machine*."""
        labels = machine.find(Labels, 0)
        if labels is not None:
            self._keys(labels.by_name)
        actor = machine.find(Task, machine.get(Director, 0).actor)
        if actor is not None:
            self._keys(machine.get(PidSpace, actor.space).task_of)

    def names(self, table: Mapping[str, Any], prefix: str, most: int) -> list[str]:
        """The first *most* keys that begin with *prefix*; ``w.2`` comes before ``w.10``."""
        keys = self._keys(table)
        place, last = bisect_left(keys, prefix), bisect_left(keys, prefix + _LAST)
        found: list[str] = []
        while place < last and len(found) < most:
            stem, dot, number = keys[place].rpartition(".")
            if not (dot and number.isdecimal()):
                found.append(keys[place])
                place += 1
                continue
            end = min(last, bisect_left(keys, stem + ".:"))  # a colon comes behind the digits
            if end - place <= most:
                found += sorted(keys[place:end], key=naturally)
            else:
                numbers = _beginning(prefix[len(stem) + 1 :], _TRIED * most)
                found += [name for n in numbers if (name := f"{stem}.{n}") in table]
            place = end
        return found[:most]

    def numbers(self, table: Mapping[int, Any], digits: str, most: int) -> list[int]:
        """The first *most* keys whose decimal form begins with *digits*."""
        keys = self._keys(table)
        if not digits:
            return keys[:most]
        low = int(digits)
        high, found = low + 1, list[int]()
        while low and keys and digits[0] != "0" and low <= keys[-1] and len(found) < most:
            found += keys[bisect_left(keys, low) : bisect_left(keys, high)]
            low, high = low * 10, high * 10
        return found[:most]

    def _keys(self, table: Mapping[Any, Any]) -> list[Any]:
        for known, keys in self._kept:
            if known is table:
                return keys
        keys = sorted(table)
        self._kept = ((table, keys), *self._kept[: _KEPT - 1])
        return keys


def _beginning(digits: str, tries: int) -> Iterator[int]:
    """The first numbers that begin with *digits*."""
    if not digits:
        yield from range(1, tries + 1)
        return
    low, width = int(digits), 1
    while low and tries > 0:
        yield from range(low, low + min(width, tries))
        tries -= width
        low, width = low * 10, width * 10


def naturally(name: str) -> tuple[str, int, str]:
    """A key to sort by: ``w.2`` before ``w.10``."""
    stem, dot, number = name.rpartition(".")
    return (stem, int(number), "") if dot and number.isdecimal() else (name, -1, name)
