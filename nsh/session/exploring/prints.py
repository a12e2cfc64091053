"""Which states are the same: by a fingerprint of all that may matter for what happens next.

What does not: in what order those stand who may run, for each may go next; what stands on screens,
which no program reads; and which ids are still to be given out.
"""

from hashlib import blake2b
from typing import Any, Final

import msgspec
from immutables import Map
from msgspec.structs import astuple, replace

from nsh.machine.digest import encode
from nsh.machine.printed import Printed
from nsh.machine.record import places
from nsh.machine.terminals import Terminal
from nsh.machine.value import Machine
from nsh.machine.waiting import RunQueue
from nsh.session.exploring.moves import Moment, woken

_KEPT: Final = 50_000
"""Records, and tables, whose fingerprints are remembered."""
_BLANK: Final = Printed()
_MASK: Final = (1 << 64) - 1


class Prints:
    """Takes fingerprints; that of a record is taken once, and a table's as long as it stays.

    ``prompt``: it matters in what order those were woken who have yet to go on.
    """

    def __init__(self, *, prompt: bool) -> None:
        self._prompt = prompt
        self._records: dict[int, tuple[object, bytes]] = {}
        self._tables: dict[int, tuple[object, int]] = {}

    def of(self, moment: Moment) -> int:
        """The fingerprint of *moment*: equal where nothing that may happen next differs."""
        machine = moment.machine
        queue = machine.find(RunQueue, 0) or RunQueue()
        running = tuple(queue.entries[at] for at in range(queue.head, queue.tail))
        first = [task for task in running if self._prompt and woken(machine, task)]
        told = tuple(sorted(moment.told.items()))
        rest = encode((machine.clock, moment.cursor, told, frozenset(running), tuple(first)))
        total = int.from_bytes(blake2b(rest, digest_size=8).digest(), "big")
        left_out = places.get(RunQueue)
        for index in range(1, len(machine.tables)):
            if index != left_out:
                total += self._table(machine, index)
        return total & _MASK

    def _table(self, machine: Machine, index: int) -> int:
        """Of all rows, in whatever order they stand."""
        table = machine.tables[index]
        known = self._tables.get(id(table))
        if known is not None:
            return known[1]
        total = 0
        for key, record in table.items():
            total += hash((index, key, int.from_bytes(self._record(record), "big")))
        if len(self._tables) >= _KEPT:
            self._tables.clear()
        self._tables[id(table)] = table, total  # as long as it is here, no other has its place
        return total

    def _record(self, record: msgspec.Struct) -> bytes:
        known = self._records.get(id(record))
        if known is not None:
            return known[1]
        seen = replace(record, printed=_BLANK) if isinstance(record, Terminal) else record
        kind = type(seen)
        derived = getattr(kind, "derived", ())
        parts = [kind.__qualname__.encode()]
        if derived:
            values = tuple(
                getattr(seen, field) for field in kind.__struct_fields__ if field not in derived
            )
        else:
            values = astuple(seen)
        self._add(values, parts)
        found = blake2b(b"".join(parts), digest_size=16).digest()
        if len(self._records) >= _KEPT:
            self._records.clear()
        self._records[id(record)] = record, found
        return found

    def _add(self, values: tuple[Any, ...], parts: list[bytes]) -> None:
        """Each so that it can be told where it ends."""
        for value in values:
            kind = type(value)
            if kind is int:
                parts.append(b"%d;" % value)
            elif kind is tuple:
                parts.append(b"(")
                self._add(value, parts)
                parts.append(b")")
            elif kind is Map:
                parts.append(b"{%d:" % len(value))
                parts.append(b"".join(sorted(map(self._pair, value.items()))))
            elif isinstance(value, msgspec.Struct):
                parts.append(b"r" + self._record(value))
            else:
                parts.append(encode(value))

    def _pair(self, pair: tuple[Any, Any]) -> bytes:
        parts: list[bytes] = []
        self._add(pair, parts)
        return b"".join(parts)
