"""The names of sockets, and their options (getsockname(2), getsockopt(2))."""

from typing import Final

from nsh.abi.invocation import Invocation, Running
from nsh.abi.sockets import (
    Getpeername,
    Getsockname,
    Getsockopt,
    Setsockopt,
    SocketOption,
    Ucred,
)
from nsh.userland.addresses import told
from nsh.userland.options import Given, Kind, required, whole_number
from nsh.userland.registry import Topic, command
from nsh.userland.sockets import FD, GAP, ROWS, SEE, chosen, fd_of
from nsh.userland.streams import write

OPTIONS: Final = {each.name.removeprefix("SO_").lower(): each for each in SocketOption}
_NAME: Final = required("NAME", Kind.NAME, choices=OPTIONS.keys())


@command(
    "getsockname",
    "print the name of a socket",
    Topic.NETWORK,
    operands=(FD,),
    man="getsockname(2)",
    gap=GAP,
    examples=("socket inet stream; listen 3; getsockname 3",),
    see=("getpeername", *SEE),
    rows=ROWS,
)
def getsockname(call: Invocation, given: Given) -> Running:
    """``-`` for a Unix socket without one."""
    del call
    name = yield Getsockname(fd_of(given))
    yield from write(1, told(name) + "\n")
    return 0


@command(
    "getpeername",
    "print the name of whom a socket is connected to",
    Topic.NETWORK,
    operands=(FD,),
    man="getpeername(2)",
    gap=GAP,
    examples=("socketpair stream; getpeername 3",),
    see=("getsockname", *SEE),
    rows=ROWS,
)
def getpeername(call: Invocation, given: Given) -> Running:
    """ENOTCONN."""
    del call
    name = yield Getpeername(fd_of(given))
    yield from write(1, told(name) + "\n")
    return 0


@command(
    "getsockopt",
    "print an option of a socket: peercred, error, passcred, …",
    Topic.NETWORK,
    operands=(FD, _NAME),
    man="getsockopt(2)",
    gap=f"{GAP}; of peercred it prints pid, uid and gid",
    examples=("socketpair stream; getsockopt 3 peercred",),
    see=("setsockopt", *SEE),
    rows=ROWS,
)
def getsockopt(call: Invocation, given: Given) -> Running:
    """At the level SOL_SOCKET."""
    del call
    found = yield Getsockopt(fd_of(given), chosen(given.operand(1), OPTIONS, "option"))
    if isinstance(found, Ucred):
        ids = (-1 if each == (1 << 32) - 1 else each for each in (found.uid, found.gid))
        found = " ".join(map(str, (found.pid, *ids)))
    yield from write(1, f"{found}\n")
    return 0


@command(
    "setsockopt",
    "set an option of a socket: reuseaddr, passcred, passpidfd, …",
    Topic.NETWORK,
    operands=(
        FD,
        required("NAME", Kind.NAME, choices=OPTIONS.keys()),
        required("VALUE", Kind.NUMBER),
    ),
    man="setsockopt(2)",
    gap=GAP,
    examples=("socketpair stream; setsockopt 3 passcred 1; getsockopt 3 passcred",),
    see=("getsockopt", *SEE),
    rows=ROWS,
)
def setsockopt(call: Invocation, given: Given) -> Running:
    """ENOPROTOOPT."""
    del call
    name = chosen(given.operand(1), OPTIONS, "option")
    yield Setsockopt(fd_of(given), name, whole_number(given.operand(2)))
    return 0
