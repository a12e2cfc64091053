"""What may go wrong with links and sockets, for `tests.machine.test_invariants`."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from nsh.kernel.boot import INIT
from nsh.kernel.netns import FIRST as FIRST_NET
from nsh.machine import Transaction
from nsh.machine.ids import FileId, TaskId
from nsh.machine.net import NO_LINK, Link, LinkId, Net, Sharing, SocketId
from nsh.machine.sockets import Socket as SocketRecord
from nsh.machine.sockets import SocketFile, Told
from tests.machine.breaking import Corrupt, more, row, some, without_last


def _sent(**changes: Any) -> Corrupt:
    """Change the one message that is on its way."""

    def corrupt(tx: Transaction) -> None:
        key, found = next(row for row in tx.items(SocketRecord) if row[1].queue)
        tx.put(key, replace(found, queue=(replace(found.queue[0], **changes),)))

    return corrupt


CASES: dict[str, list[Corrupt]] = {
    "_links": [
        some(Link, name="lo"),
        some(Link, peer=NO_LINK),
        some(Link, index=7),
        without_last(Link),
        row(Net, FIRST_NET, links=lambda old: old.set(9, LinkId(9))),
        row(Net, FIRST_NET, routes=lambda old: (replace(old[0], link=LinkId(9)),)),
    ],
    "_sockets": [
        some(SocketRecord, file=FileId(1)),
        some(SocketRecord, peer=SocketId(1)),
        some(SocketRecord, waiting=(SocketId(1),)),
        lambda tx: tx.drop(SocketRecord, next(iter(tx.items(SocketRecord)))[0]),
    ],
    "_ended": [
        some(SocketRecord, me=Told((), (), 0, 0, TaskId(99))),
        some(SocketRecord, them=Told((), (), 0, 0, INIT, exit_code=0)),
        _sent(who=Told((), (), 0, 0, TaskId(99))),
    ],
    "_packets": [
        some(SocketRecord, used=more),
        _sent(files=(FileId(1),)),
    ],
    "_bound": [
        some(SocketFile, socket=SocketId(1)),
        row(Net, FIRST_NET, names=lambda old: old.set("1here", SocketId(1))),
        row(Net, FIRST_NET, shared=lambda old: old.set(7, Sharing(0, "0.0.0.0"))),
    ],
}
