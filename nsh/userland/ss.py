"""ss: sockets of the reader's network namespace, and who has them (ss(8)).

As everything that looks, it asks /proc: /proc/net for the sockets, /proc/PID/fd for their owners.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

from nsh.abi import KernelError
from nsh.abi.files import Readlink
from nsh.abi.invocation import Invocation, Running
from nsh.userland.options import Given, option
from nsh.userland.proc import names_in, printable, processes, small_file_or
from nsh.userland.registry import Topic, command
from nsh.userland.streams import Asking, write

_STATES: Final = {
    1: "ESTAB",
    2: "SYN-SENT",
    3: "SYN-RECV",
    4: "FIN-WAIT-1",
    5: "FIN-WAIT-2",
    6: "TIME-WAIT",
    7: "UNCONN",
    8: "CLOSE-WAIT",
    9: "LAST-ACK",
    10: "LISTEN",
    11: "CLOSING",
}
_UNIX_TYPES: Final = {1: "u_str", 2: "u_dgr", 5: "u_seq"}
_ACCEPTS: Final = 0x10000
_CONNECTED: Final = (2, 3)


class _Socket(NamedTuple):
    """One socket as /proc/net tells of it."""

    netid: str
    state: str
    received: int
    sent: int
    local: tuple[str, str]
    peer: tuple[str, str]
    inode: str

    @property
    def listens(self) -> bool:
        """Whether ``-l`` shows it."""
        return self.state in ("LISTEN", "UNCONN")


@command(
    "ss",
    "list the sockets of my network namespace, and who has them",
    Topic.NETWORK,
    options=(
        option("-t, --tcp", "tcp"),
        option("-u, --udp", "udp"),
        option("-x, --unix", "Unix sockets"),
        option("-a, --all", "those that listen, too"),
        option("-l, --listening", "only those"),
        option("-n, --numeric", "ports as numbers, which they are anyway"),
        option("-p, --processes", "who has it: name, pid and descriptor, as far as I may look"),
        option("-H, --no-header", "no header line"),
        option("-4, --ipv4", ""),
    ),
    man="ss(8)",
    gap="without filters and other families (-4 is taken); of who listens, Send-Q is 0 and not "
    "the backlog; the peer of a Unix socket is not told",
    examples=("nc -l 8080 & ss -tlnp", "nc -lU @door & ss -xl"),
    see=("ip", "nc", "socket"),
    trouble=255,
    rows=("N6",),
)
def ss(call: Invocation, given: Given) -> Running:
    """Those that are connected, unless options ask for others."""
    del call
    families = [name for name in ("unix", "udp", "tcp") if given.has(name)]
    found: list[_Socket] = []
    for name in families or ["unix", "udp", "tcp"]:
        text = yield from small_file_or(f"/proc/net/{name}", "")
        read = _unix if name == "unix" else _inet
        found += [read(name, line) for line in text.splitlines()[1:]]
    if given.has("listening"):
        found = [each for each in found if each.listens]
    elif not given.has("all"):
        found = [each for each in found if not each.listens]
    owners = (yield from _owners()) if given.has("processes") else {}
    several = len(families) != 1 or families == ["unix"]
    lines = _laid_out(found, owners, several=several, header=not given.has("no-header"))
    yield from write(1, "".join(line + "\n" for line in lines))
    return 0


def _inet(name: str, line: str) -> _Socket:
    words = line.split()
    sent, received = (int(part, 16) for part in words[4].split(":"))
    state = _STATES.get(int(words[3], 16), "UNKNOWN")
    return _Socket(name, state, received, sent, _end(words[1]), _end(words[2]), words[9])


def _end(text: str) -> tuple[str, str]:
    host, port = text.split(":")
    parts = bytes.fromhex(host)[::-1]
    number = int(port, 16)
    return ".".join(map(str, parts)), str(number) if number else "*"


def _unix(name: str, line: str) -> _Socket:
    del name
    _slot, _count, _protocol, flags, kind, state, inode, *path = line.split(maxsplit=7)
    stage = "LISTEN" if int(flags, 16) & _ACCEPTS else "UNCONN"
    if int(state, 16) in _CONNECTED:
        stage = "ESTAB"
    netid = _UNIX_TYPES.get(int(kind, 16), "???")
    return _Socket(netid, stage, 0, 0, (path[0] if path else "*", inode), ("*", "0"), inode)


def _owners() -> Asking[dict[str, list[str]]]:
    """Who has a socket, by its inode, as ss writes it."""
    found: dict[str, list[str]] = {}
    for process in (yield from processes()):
        directory = f"{process.directory}/fd"
        try:
            names = yield from names_in(directory)
        except KernelError:  # it is another's, and keeps them to itself
            continue
        for fd in sorted(names, key=int):
            try:
                target: str = yield Readlink(f"{directory}/{fd}")
            except KernelError:
                continue
            if target.startswith("socket:["):
                inode = target.removeprefix("socket:[").removesuffix("]")
                who = f'("{printable(process.comm)}",pid={process.pid},fd={fd})'
                found.setdefault(inode, []).append(who)
    return found


def _laid_out(
    found: Sequence[_Socket], owners: dict[str, list[str]], *, several: bool, header: bool
) -> list[str]:
    """Columns as wide as what is in them: addresses to the right, ports to the left of a colon."""
    rows = [["Netid", "State", "Recv-Q", "Send-Q", "Local Address", "Port", "Peer Address", "Port"]]
    rows += [
        [
            each.netid,
            each.state,
            str(each.received),
            str(each.sent),
            *each.local,
            *each.peer,
        ]
        for each in found
    ]
    shown = rows if header else rows[1:]
    widths = [max((len(row[index]) for row in shown), default=0) for index in range(8)]
    who = ["Process"] + [
        f"users:({','.join(owners[each.inode])})" if each.inode in owners else "" for each in found
    ]
    lines = []
    for row, owner in zip(shown, who if header else who[1:], strict=True):
        separator = " " if row is not rows[0] and row[0].startswith("u_") else ":"
        cells = [row[0].ljust(widths[0])] if several else []
        cells += [row[index].ljust(widths[index]) for index in (1, 2, 3)]
        for at in (4, 6):
            cells.append(row[at].rjust(widths[at]) + separator + row[at + 1].ljust(widths[at + 1]))
        lines.append(f"{' '.join(cells)} {owner}".rstrip())
    return lines
