"""What is observed of real ipc objects and of who listens in real networks."""

from __future__ import annotations

import ctypes
import os
import socket
from collections.abc import Callable

from nsh.linux import observe
from nsh.linux.observe.building import Observer
from nsh.machine.observed import (
    ForeignNamespace,
    SysvSighting,
)
from nsh.views.ipc import ipc
from nsh.views.net import network
from nsh.views.net_rows import NetRow
from tests.linux.observe._real import CLONE_NEWNET, child, libc, need


def test_ipc_objects_of_the_own_namespace_are_told_as_ipcs_does() -> None:
    queue = libc.msgget(0x4E5348, 0o1640)
    assert queue >= 0, os.strerror(ctypes.get_errno())
    sem = libc.semget(0, 3, 0o1600)
    try:
        machine = Observer().machine(observe.read(wanted=observe.EVERYTHING))
        seen = {(one.kind, one.id): one for _key, one in machine.items(SysvSighting)}
        one = seen["msg", queue]
        assert (one.key, one.mode, one.uid, one.amount) == (0x4E5348, 0o640, os.geteuid(), 0)
        assert seen["sem", sem].amount == 3
        rows = [row for row in ipc(machine) if (row.kind, row.id) == ("msg", queue)]
        assert [row.name for row in rows] == ["0x004e5348"]
        inum = os.stat("/proc/self/ns/ipc").st_ino
        assert machine.get(ForeignNamespace, rows[0].namespace).inum == inum
    finally:
        libc.msgctl(queue, 0, None)
        libc.semctl(sem, 0, 0)


def test_who_listens_in_which_network_is_told() -> None:
    own = os.stat("/proc/self/ns/net").st_ino
    with socket.socket() as tcp, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        tcp.bind(("127.0.0.1", 0))
        udp.bind(("127.0.0.1", 0))
        before = {row.addresses for row in listed(own)}
        tcp.listen()
        after = [row for row in listed(own) if row.addresses not in before]
        ours = f"127.0.0.1:{tcp.getsockname()[1]}"
        assert [(row.what, row.state, row.addresses) for row in after] == [
            ("tcp", "LISTEN", (ours,))
        ]
        assert after[0].pid == os.getpid()
        wanted = (f"127.0.0.1:{udp.getsockname()[1]}",)
        assert [row.what for row in listed(own) if row.addresses == wanted] == ["udp"]
    names = {row.what for row in listed(own)}
    assert {name for _index, name in socket.if_nameindex()} <= names


def listed(net: int) -> list[NetRow]:
    """The rows of a network namespace."""
    machine = Observer().machine(observe.read(wanted=observe.EVERYTHING))
    keys = {key for key, one in machine.items(ForeignNamespace) if one.inum == net}
    return [row for row in network(machine) if row.namespace in keys]


def test_a_network_of_its_own_has_its_own_ports() -> None:
    need("net")
    with socket.socket() as here:
        here.bind(("0.0.0.0", 0))
        here.listen()
        port = here.getsockname()[1]
        open_for_ever: list[socket.socket] = []

        def listen(say: Callable[[str], object]) -> None:
            here.close()
            assert libc.unshare(CLONE_NEWNET) == 0
            there = socket.socket()
            open_for_ever.append(there)
            there.bind(("0.0.0.0", port))
            there.listen()
            say(str(os.stat("/proc/self/ns/net").st_ino))

        with child(listen) as (pid, said):
            rows = [row for row in listed(int(said)) if row.what == "tcp"]
            mine = [row.pid for row in listed(os.stat("/proc/self/ns/net").st_ino)]
    assert [(row.addresses, row.pid) for row in rows] == [((f"0.0.0.0:{port}",), pid)]
    assert pid not in mine
