"""Network namespaces from within: links, addresses and who listens, as /proc/PID/net tells.

It is read once per namespace, through the first process in it that lets us (proc_pid_net(5)).
Nothing there says which link has which address of IPv4, nor whether a link is up.
"""

import os
import socket
import sys
from collections.abc import Iterator
from typing import Final

from nsh.linux.observe import parsing
from nsh.linux.observe.facts import KINDS, Network, Port, Process, Snapshot
from nsh.linux.observe.memory import Memory
from nsh.linux.observe.process import slurp

_NET: Final = KINDS.index("net")
_TRIES: Final = 4
_LISTENS: Final = {"tcp": "0A", "tcp6": "0A", "udp": "07", "udp6": "07"}
"""TCP_LISTEN; of udp TCP_CLOSE, which is who is connected to nobody."""
_LIMIT: Final = 1 << 22


def read(snapshot: Snapshot, top: int, memory: Memory | None = None) -> None:
    """Add every network namespace of *snapshot* that can be looked into."""
    members: dict[int, list[Process]] = {}
    for one in snapshot.processes:
        if one.links[_NET] > 0 and one.state != "Z":
            members.setdefault(one.links[_NET], []).append(one)
    for inum, some in sorted(members.items()):
        known = None if memory is None else memory.network(inum)
        if known is not None:
            snapshot.networks.append(known)
            continue
        for one in some[:_TRIES]:
            try:
                found = _network(inum, one.pid, top)
                still = parsing.link(os.readlink(b"%d/ns/net" % one.pid, dir_fd=top))
            except (OSError, ValueError):
                continue
            if still == ("net", inum):
                snapshot.networks.append(found)
                break
    if memory is not None:
        memory.networks(snapshot.networks)


def _network(inum: int, pid: int, top: int) -> Network:
    def file(name: str) -> str:
        try:
            return slurp(f"{pid}/net/{name}".encode(), top, _LIMIT).decode("ascii", "replace")
        except FileNotFoundError:  # a kernel without IPv6, or without IPv4
            return ""

    ports = [port for kind in _LISTENS for port in listening(kind, file(kind))]
    return Network(
        inum,
        tuple(links(file("dev"))),
        tuple(dict.fromkeys(addresses(file("fib_trie")))),
        tuple(addresses6(file("if_inet6"))),
        tuple(sorted(ports, key=lambda port: (port.kind, port.number, port.host, port.inode))),
    )


def links(text: str) -> Iterator[str]:
    """The names in /proc/net/dev."""
    for line in text.splitlines()[2:]:
        name, colon, _ = line.rpartition(":")
        if colon:
            yield name.strip()


def addresses(text: str) -> Iterator[str]:
    """The local addresses in /proc/net/fib_trie: leaves with a /32 that is LOCAL."""
    leaf = ""
    for line in text.splitlines():
        words = line.split()
        if words[:1] == ["|--"]:
            leaf = words[1]
        elif words == ["/32", "host", "LOCAL"]:
            yield leaf


def addresses6(text: str) -> Iterator[tuple[str, str]]:
    """Link and address in /proc/net/if_inet6."""
    for line in text.splitlines():
        words = line.split()
        if len(words) == 6 and len(words[0]) == 32:
            host = socket.inet_ntop(socket.AF_INET6, bytes.fromhex(words[0]))
            yield words[5], f"{host}/{int(words[2], 16)}"


def listening(kind: str, text: str) -> Iterator[Port]:
    """The lines of /proc/net/tcp, tcp6, udp, udp6 that listen."""
    for line in text.splitlines()[1:]:
        words = line.split()
        if len(words) < 10 or words[3] != _LISTENS[kind]:
            continue
        host, _, number = words[1].partition(":")
        yield Port(kind, _host(host), int(number, 16), int(words[7]), int(words[9]))


def _host(digits: str) -> str:
    """An address as the kernel prints it there: each 32 bits as a number of this machine."""
    words = [int(digits[at : at + 8], 16) for at in range(0, len(digits), 8)]
    data = b"".join(word.to_bytes(4, sys.byteorder) for word in words)
    return socket.inet_ntop(socket.AF_INET if len(data) == 4 else socket.AF_INET6, data)
