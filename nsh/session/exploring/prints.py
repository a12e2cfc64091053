"""Which states are the same: by a fingerprint of all that may matter for what happens next.

What does not: in what order those stand who may run, for each may go next; what stands on screens,
which no program reads; and which numbers ids are, if what has them was made in the same order, so
far as that can be seen: what is listed by age is.
"""

from hashlib import blake2b
from typing import Any, Final

import msgspec
from immutables import Map
from msgspec.structs import astuple, replace

from nsh.machine.context import Context
from nsh.machine.digest import encode
from nsh.machine.files import File
from nsh.machine.namespaces import Proxy
from nsh.machine.printed import Printed
from nsh.machine.record import places
from nsh.machine.terminals import Terminal
from nsh.machine.tmpfs import Inode
from nsh.machine.waiting import RunQueue
from nsh.session.exploring.moves import BASE, Moment, woken

_KEPT: Final = 50_000
"""Records, and tables, whose fingerprints are remembered."""
_BLANK: Final = Printed()
_MASK: Final = (1 << 64) - 1
_AGELESS: Final = (Context, File, Inode, Proxy)
"""Nothing lists them by age."""
_TURNS: Final = frozenset(("hung", "position", "number", "since", "children", "members"))
"""Fields that say by an id what came before what."""
_SHIFTS: Final = (0, 4, 32)
"""By how much numbers that have an id in front are shifted: of channels, of ucounts."""


class _Print(msgspec.Struct, frozen=True, gc=False):
    """Of a record, or a table."""

    of: object
    """Kept, so that nothing else comes to be where it is."""
    name: int
    ages: tuple[int, ...]
    """The ids in it whose order can be seen."""


class Prints:
    """Takes fingerprints; that of a record or a table is taken once.

    ``prompt``: it matters in what order those were woken who have yet to go on.
    """

    def __init__(self, *, prompt: bool) -> None:
        self._prompt = prompt
        self._known: dict[int, _Print] = {}
        self._names: Map[int, int] = Map()

    def of(self, moment: Moment) -> int:
        """The fingerprint of *moment*: equal where nothing that may happen next differs."""
        machine, names = moment.machine, moment.names
        self._names = names
        queue = machine.find(RunQueue, 0) or RunQueue()
        running = [queue.entries[at] for at in range(queue.head, queue.tail)]
        first = [names.get(task, task) for task in running if self._prompt and woken(machine, task)]
        told = tuple((name, each.name) for name, each in sorted(moment.told.items()))
        left_out = places.get(RunQueue)
        ageless = {places.get(kind) for kind in _AGELESS}
        total, ages = 0, set[int]()
        for index in range(1, len(machine.tables)):
            if index != left_out:
                found = self._table(machine.tables[index], index, index in ageless)
                total += found.name
                ages.update(found.ages)
        order = tuple(names.get(each, each) for each in sorted(ages))
        queued = frozenset(names.get(task, task) for task in running)
        rest = encode((machine.clock, moment.cursor, told, queued, tuple(first), order))
        return (total + int.from_bytes(_digest(rest), "big")) & _MASK

    def _table(self, table: Map[int, Any], index: int, ageless: bool) -> _Print:
        known = self._known.get(id(table))
        if known is not None:
            return known
        total = 0
        ages: list[int] = []
        for key, record in table.items():
            found = self._record(record)
            total += hash((index, self._name(key), found.name))
            ages += found.ages
            if key > BASE and not ageless and key in self._names:
                ages.append(key)
        return self._keep(table, total, ages)

    def _record(self, record: msgspec.Struct) -> _Print:
        known = self._known.get(id(record))
        if known is not None:
            return known
        seen = replace(record, printed=_BLANK) if isinstance(record, Terminal) else record
        kind = type(seen)
        fields, values = kind.__struct_fields__, astuple(seen)
        derived: frozenset[str] = getattr(kind, "derived", frozenset())
        parts, ages = [kind.__qualname__.encode()], list[int]()
        for field, value in zip(fields, values, strict=True):
            if field not in derived:
                self._add(value, parts, ages)
                if field in _TURNS:
                    ages += self._turns(value)
        return self._keep(record, int.from_bytes(_digest(b"".join(parts)), "big"), ages)

    def _keep(self, of: object, name: int, ages: list[int]) -> _Print:
        if len(self._known) >= _KEPT:
            self._known.clear()
        made = self._known[id(of)] = _Print(of, name, tuple(ages))
        return made

    def _add(self, value: Any, parts: list[bytes], ages: list[int]) -> None:
        """*value*, so that it can be told where it ends."""
        kind = type(value)
        if kind is int:
            parts.append(b"%d;" % self._name(value))
        elif kind is tuple:
            parts.append(b"(")
            for each in value:
                self._add(each, parts, ages)
            parts.append(b")")
        elif kind is Map:
            pairs = []
            for pair in value.items():
                both: list[bytes] = []
                self._add(pair, both, ages)
                pairs.append(b"".join(both))
            parts += [b"{%d:" % len(pairs), *sorted(pairs)]
        elif isinstance(value, msgspec.Struct):
            found = self._record(value)
            parts.append(b"r%d;" % found.name)
            ages += found.ages
        else:
            parts.append(encode(value))

    def _name(self, value: int) -> int:
        """What is called *value* in an ordinary run; of a number that is no id, itself."""
        size = abs(value)
        if size > BASE:
            for shift in _SHIFTS:
                name = self._names.get(size >> shift)
                if name is not None:
                    return hash((name, shift, size & (1 << shift) - 1, value < 0))
        return value

    def _turns(self, value: Any) -> list[int]:
        """The ids that say what came before what, in a field that does."""
        values = value.values() if type(value) is Map else (value,)
        return [abs(each) for each in values if type(each) is int and abs(each) in self._names]


def _digest(data: bytes) -> bytes:
    return blake2b(data, digest_size=8).digest()
