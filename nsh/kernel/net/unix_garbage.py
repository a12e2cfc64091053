"""Unix sockets that nothing holds but messages which nobody can receive (net/unix/garbage.c).

A socket can be sent over another, or over itself, and closed by all who had it.  If it comes to be
held only by the queues of sockets that are lost in the same way, no descriptor of it will ever be
made again: they are found whenever a Unix socket is closed, and what is in their queues is dropped.
"""

from collections import Counter

from nsh.kernel.fs import files
from nsh.kernel.net import sockets
from nsh.machine.files import File
from nsh.machine.ids import FileId
from nsh.machine.net import SocketId
from nsh.machine.sockets import OpenSocket, Socket
from nsh.machine.value import Transaction


def collect(tx: Transaction) -> None:
    """Close the sockets that are lost.  (Linux does so a moment later.)"""
    on_the_way = Counter(
        file
        for socket in tx.rows(Socket).values()
        for packet in socket.queue
        for file in packet.files
    )
    if not on_the_way:
        return
    lost = _lost(tx, on_the_way)
    dropped: list[FileId] = []
    for key in lost:
        while tx.get(Socket, key).queue:
            dropped += sockets.take(tx, key).files
    for file in dropped:  # once nothing lost holds anything any more
        files.release(tx, file)


def _lost(tx: Transaction, on_the_way: Counter[FileId]) -> list[SocketId]:
    """The sockets that only messages hold, and those who wait to be accepted there, which nobody
    comes to by way of the others."""
    suspects: set[SocketId] = set()
    for file, count in on_the_way.items():
        record = tx.get(File, file)
        if isinstance(record.opened, OpenSocket) and record.users == count:
            suspects |= _with_waiting(tx, record.opened.socket)
    reached = [SocketId(key) for key in tx.rows(Socket) if key not in suspects]
    while reached:
        for packet in tx.get(Socket, reached.pop()).queue:
            for file in packet.files:
                opened = tx.get(File, file).opened
                if isinstance(opened, OpenSocket) and opened.socket in suspects:
                    found = _with_waiting(tx, opened.socket)
                    suspects -= found
                    reached += found
    return sorted(suspects)


def _with_waiting(tx: Transaction, key: SocketId) -> set[SocketId]:
    """A socket and the connections to it that nobody has accepted."""
    return {key, *tx.get(Socket, key).waiting}
