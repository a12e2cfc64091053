"""What may go wrong with terminals and consoles, for `tests.machine.test_invariants`."""

from __future__ import annotations

from typing import Any

from immutables import Map
from msgspec.structs import replace

from nsh.kernel.boot import INIT
from nsh.kernel.terminals import CONSOLE
from nsh.machine import Transaction
from nsh.machine.consoles import Console, Consoles
from nsh.machine.devices import DevSpace
from nsh.machine.devpts import PtsFile, PtsSpace, Ptys
from nsh.machine.files import Superblock, SuperblockId
from nsh.machine.ids import FileId, MountId, NamespaceId, SpaceId, TaskId
from nsh.machine.indices import Indices
from nsh.machine.printed import Printed
from nsh.machine.printk import Log
from nsh.machine.ptys import Pty
from nsh.machine.serial import SerialLine
from nsh.machine.sigio import Asked, Asynchronous
from nsh.machine.tasks import Session, Task
from nsh.machine.terminals import (
    Arriving,
    Chunk,
    Foreground,
    HalfDone,
    Input,
    Shown,
    Terminal,
    Termios,
)
from tests.machine.breaking import GONE, Corrupt, last, more, row, some, task, without_last
from tests.machine.busy import BUSY


def _terminal(**changes: Any) -> Corrupt:
    return row(Terminal, CONSOLE, **changes)


def _instance(**changes: Any) -> Corrupt:
    """Change what the instance that has a pseudo terminal keeps."""

    def corrupt(tx: Transaction) -> None:
        key = tx.get(PtsFile, _slave(tx)).superblock
        data: Any = tx.get(Superblock, key).data
        row(Superblock, key, data=replace(data, **changes))(tx)

    return corrupt


def _slave(tx: Transaction) -> int:
    return last(tx, PtsFile)


def _nobodys_foreground(tx: Transaction) -> None:
    row(Session, INIT, tty=0)(tx)
    for key, each in tx.items(Task):
        tx.put(key, replace(each, tty=0))
    _terminal(session=TaskId(0), foreground=Foreground(INIT, (SpaceId(1),), (1,)))(tx)


CASES: dict[str, list[Corrupt]] = {
    "_devpts": [
        _instance(used=Indices()),
        _instance(shown=Map()),
        lambda tx: _instance(shown=Map({0: _slave(tx), 7: _slave(tx)}))(tx),
        lambda tx: row(Superblock, tx.get(PtsFile, _slave(tx)).superblock, pins=more)(tx),
        lambda tx: row(Pty, last(tx, Pty), index=more)(tx),
        lambda tx: row(Pty, last(tx, Pty), sb=SuperblockId(GONE))(tx),
        lambda tx: tx.put(0, Ptys(7)),
        some(PtsFile, users=more),
        some(PtsFile, nlink=0),
        some(PtsFile, index=more),
        lambda tx: tx.drop(PtsFile, _slave(tx)),
        lambda tx: tx.drop(Terminal, _slave(tx)),
    ],
    "_pts_spaces": [
        some(PtsSpace, mount=MountId(GONE)),
        some(PtsSpace, superblock=SuperblockId(GONE)),
    ],
    "_white_lists": [
        some(DevSpace, listed=None),
        lambda tx: row(DevSpace, next(tx.items(DevSpace))[0], listed=frozenset())(tx),
    ],
    "_consoles": [
        some(Consoles, path=(NamespaceId(5), NamespaceId(6))),
        some(Consoles, active=0),
        some(Consoles, active=7),
        some(Consoles, terminals=Map({2: CONSOLE})),
        some(Console, opens=more),
        some(Console, number=more),
        some(Console, namespace=NamespaceId(99)),
        lambda tx: tx.drop(Terminal, next(iter(tx.items(Consoles)))[1].terminals[0]),
    ],
    "_serial_lines": [
        some(SerialLine, attached=more),
        without_last(SerialLine),
    ],
    "_logs": [
        some(Log, following=more),
        some(Log, first=more),
        some(Log, size=more),
        some(Log, cleared=99),
        some(Log, taken=99),
    ],
    "_terminals": [
        _terminal(session=BUSY.leader),
        _nobodys_foreground,
        row(Session, BUSY.leader, tty=CONSOLE),
        task(BUSY.leader, tty=CONSOLE),
    ],
    "_disciplines": [
        _terminal(printed=Printed(kept=1)),
        _terminal(printed=Printed(Map({1: b"x"}), kept=1, written=1)),
        _terminal(printed=Printed(sizes=((0, 24, 80), (5, 1, 1)))),
        _terminal(termios=Termios(cc=b"short")),
        _terminal(input=Input(b"x", canon=2)),
        _terminal(input=Input(bytes(4097))),
        _terminal(input=Input(b"a\nb\n", ends=(3, 1))),
        _terminal(input=Input(b"a\n", ends=(2,))),
        _terminal(input=Input(ahead=1)),
        _terminal(shown=Shown(committed=1)),
        _terminal(arriving=Arriving((Chunk(256, 2, b"abc"),))),
        _terminal(arriving=Arriving((Chunk(256, 600, b"abc"),))),
    ],
    "_halves": [
        _terminal(input=Input(reader=BUSY.leader)),
        _terminal(shown=Shown(writer=BUSY.leader)),
        lambda tx: tx.put(999_999, HalfDone(CONSOLE, master=False)),
    ],
    "_told": [
        lambda tx: tx.put(CONSOLE, Asynchronous()),
        lambda tx: tx.put(CONSOLE, Asynchronous((Asked(FileId(999_999), 0),))),
    ],
    "_pairs": [
        some(Pty, master=False),
        some(Pty, slaves=more),
        some(Pty, ready=bytes(4097)),
        some(Pty, arriving=Arriving((Chunk(256, 600, b""),))),
        some(Pty, terminal=CONSOLE),
        lambda tx: tx.drop(Pty, next(iter(tx.items(Pty)))[0]),
        lambda tx: tx.drop(Terminal, next(iter(tx.items(Pty)))[1].terminal),
    ],
}
