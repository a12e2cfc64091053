"""What is observed of real processes, against what they say of themselves."""

from __future__ import annotations

import ctypes
import fcntl
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import termios
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from nsh.linux import observe
from nsh.linux.observe import schema, sockets
from nsh.linux.observe.building import Observer
from nsh.linux.observe.facts import KINDS
from nsh.linux.observe.listing import held
from nsh.linux.observe.sight import Sight
from nsh.machine.ids import NO_TERMINAL
from nsh.machine.invariants import violations
from nsh.machine.observed import (
    DevptsSighting,
    Evidence,
    ForeignNamespace,
    NamespaceSighting,
    Sighting,
    SlaveSighting,
    SysvSighting,
)
from nsh.machine.pids import PidSpace
from nsh.machine.tasks import State, Task
from nsh.machine.terminals import Terminal
from nsh.machine.value import Machine
from nsh.views import terminals
from nsh.views.ipc import ipc
from nsh.views.net import network
from nsh.views.net_rows import NetRow
from tests.linux.observe._real import child, need
from tests.linux.observe.colony import colony

libc = ctypes.CDLL(None, use_errno=True)
CLONE_NEWNET = 0x4000_0000
FILES = observe.USUAL._replace(files=True)


@pytest.mark.slow
@pytest.mark.parametrize("split", [False, True])
def test_every_pid_at_every_level_is_what_the_process_is_called_there(split: bool):
    need("pid")
    with colony(9, 12, depth=3) as told:
        snapshot = observe.read(wanted=observe.USUAL, split=split)
        sight = Sight(snapshot)
        seen = {one.pid: one for one in snapshot.processes}
        for numbers in told["tasks"]:
            assert list(seen[numbers[0]].pids) == numbers
        inums = {int(name): inum for name, inum in told["inums"].items()}
        for first in (0, 3, 6):  # chains of three
            path = sight.placing.paths[inums[first + 2]]
            assert path[1:] == (inums[first], inums[first + 1], inums[first + 2])
        assert not sight.placing.derived & set(inums.values())
    assert violations(Observer().machine(snapshot)) == []


@pytest.mark.slow
def test_the_machine_has_them_all_in_their_spaces():
    need("pid")
    with colony(4, 5, depth=2) as told:
        machine = Observer().machine(observe.read(wanted=observe.EVERYTHING))
    by_kpid = {task.pids[0]: task for _key, task in machine.items(Task)}
    for numbers in told["tasks"]:
        task = by_kpid[numbers[0]]
        path = machine.get(PidSpace, task.space).path
        assert list(task.pids) == numbers
        for space, number in zip(path, numbers, strict=True):
            whom = machine.get(Task, machine.get(PidSpace, space).task_of[number])
            assert whom is task
    spaces = {space.inum: space for _key, space in machine.items(PidSpace)}
    for inum in told["inums"].values():
        assert machine.get(Task, spaces[inum].init).pids[-1] == 1


@pytest.mark.slow
def test_lsns_says_the_same():
    need("pid")
    if not shutil.which("lsns"):
        pytest.skip("no lsns here")

    def ours() -> dict[tuple[str, int], tuple[int, int, int]]:
        wanted = observe.USUAL
        look = schema.look(Sight(observe.read(wanted=wanted)), wanted)
        return {
            (row.kind, row.ns): (row.tasks, row.parent or 0, row.owner or 0)
            for row in look.namespaces
        }

    with colony(4, 5, depth=2) as told:
        before = ours()
        columns = "NS,TYPE,NPROCS,PNS,ONS"
        run = subprocess.run(
            ["lsns", "-J", "-o", columns], capture_output=True, text=True, check=False
        )
        after = ours()
        theirs = {
            (row["type"], int(row["ns"])): tuple(
                int(row.get(name) or 0) for name in ("nprocs", "pns", "ons")
            )
            for row in flat(json.loads(run.stdout)["namespaces"])
        }
    steady = {key: row for key, row in before.items() if after.get(key) == row and row[0]}
    own = {("pid", inum) for inum in told["inums"].values()}
    assert own <= steady.keys()
    # processes come and go between one look and the next, but not in the colony's own
    assert {key: theirs[key] for key in own} == {key: steady[key] for key in own}
    for key in steady.keys() & theirs.keys():
        assert theirs[key][1:] == steady[key][1:], key


def flat(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows of lsns, which nests them."""
    return [one for row in rows for one in (row, *flat(row.get("children", [])))]


def own_uts() -> int:
    return int(os.readlink("/proc/self/ns/uts")[5:-1])


def test_a_namespace_that_only_an_open_file_keeps_is_found():
    need("uts")

    def keep(say: Callable[[str], object]) -> None:
        """Make a uts namespace, keep it open and go back."""
        home = os.open("/proc/self/ns/uts", os.O_RDONLY)
        libc.unshare(0x0400_0000)
        os.open("/proc/self/ns/uts", os.O_RDONLY)
        made = own_uts()
        libc.setns(home, 0)
        say(str(made))

    with child(keep) as (pid, said):
        inum = int(said)
        snapshot = observe.read(wanted=observe.EVERYTHING)
        keepers = held(Sight(snapshot))["uts", inum]
        assert len(keepers) == 1
        assert keepers[0].endswith(f" of {pid}")
        assert snapshot.relations["uts", inum].owner > 0
        machine = Observer().machine(snapshot)
        rows = [row for _key, row in machine.items(NamespaceSighting)]
        (row,) = (row for row in rows if row.kind == "uts" and row.held == tuple(keepers))
        assert row.processes == 0


@pytest.mark.parametrize("family", [socket.AF_UNIX, socket.AF_NETLINK, socket.AF_INET])
def test_a_namespace_that_only_a_socket_keeps_is_found(family: int) -> None:
    need("net")
    kept: list[object] = []

    def hold(say: Callable[[str], object]) -> None:
        home = os.open("/proc/self/ns/net", os.O_RDONLY)
        assert libc.unshare(CLONE_NEWNET) == 0
        kept.append(socket.socket(family, socket.SOCK_DGRAM))
        inum = os.stat("/proc/self/ns/net").st_ino
        assert libc.setns(home, CLONE_NEWNET) == 0
        say(str(inum))

    with child(hold) as (pid, said):
        snapshot = observe.read(wanted=FILES)
        holders = [one for one in snapshot.holders if one.inum == int(said)]
        assert [(one.kind, one.pid, one.socket) for one in holders] == [("net", pid, True)]
        relation = snapshot.relations["net", int(said)]
        assert relation.asked
        assert relation.owner == os.stat("/proc/self/ns/user").st_ino
        listed = subprocess.run(
            [sys.executable, "-m", "nsh", "live", "--once"],
            capture_output=True,
            text=True,
            check=False,
        )
        assert re.search(rf"^net +{said}  socket \d+ of {pid}$", listed.stdout, re.MULTILINE)


def test_a_socket_of_ones_own_namespace_keeps_nothing() -> None:
    kept: list[object] = []

    def hold(say: Callable[[str], object]) -> None:
        kept.append(socket.socket(socket.AF_UNIX))
        say(".")

    with child(hold) as (pid, _said):
        snapshot = observe.read(wanted=FILES)
        assert not [one for one in snapshot.holders if one.pid == pid and one.socket]


def test_a_descriptor_that_is_another_socket_by_now_is_not_asked() -> None:
    with socket.socket(socket.AF_UNIX) as one, socket.socket(socket.AF_UNIX) as other:
        there = os.fstat(one.fileno()).st_ino
        os.close(sockets.namespace(os.getpid(), one.fileno(), there))
        with pytest.raises(FileNotFoundError):
            sockets.namespace(os.getpid(), other.fileno(), there)


def test_a_namespace_that_only_a_mount_keeps_is_found(tmp_path):
    need("mnt", "uts")
    point = tmp_path / "kept here"  # the blank stands as \\040 in mountinfo
    point.touch()

    def keep(say: Callable[[str], object]) -> None:
        libc.unshare(0x0002_0000)
        libc.mount(None, b"/", None, 0x40000 | 0x4000, None)
        home = os.open("/proc/self/ns/uts", os.O_RDONLY)
        libc.unshare(0x0400_0000)
        made = own_uts()
        got = libc.mount(b"/proc/self/ns/uts", os.fsencode(point), None, 0x1000, None)
        libc.setns(home, 0)
        say(str(made) if got == 0 else "0")

    with child(keep) as (_pid, said):
        inum = int(said)
        if not inum:
            pytest.skip("no bind mount of a namespace file can be made here")
        snapshot = observe.read(wanted=observe.USUAL)
        assert held(Sight(snapshot))["uts", inum] == [f"mount {point}"]
        assert snapshot.relations["uts", inum].asked


def test_states_terminals_and_groups_are_as_they_are():
    master, slave = os.openpty()

    def lead(say: Callable[[str], object]) -> None:
        """Lead a session with a stopped child in a group of its own, and a zombie."""
        os.setsid()
        fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
        if os.fork() == 0:
            os.setpgid(0, 0)
            os.kill(os.getpid(), signal.SIGSTOP)
            os._exit(0)
        if os.fork() == 0:
            os._exit(0)
        say("ready")

    with child(lead) as (pid, _said):
        while True:
            machine = Observer().machine(observe.read(wanted=observe.EVERYTHING))
            tasks = {task.pids[0]: (key, task) for key, task in machine.items(Task)}
            key, leader = tasks[pid]
            states = {machine.get(Task, kid).state for kid in leader.children}
            if states == {State.STOPPED, State.ZOMBIE}:
                break
        assert leader.session == leader.group == key
        assert terminals.name(machine, leader.tty) == os.ttyname(slave).removeprefix("/dev/")
        for kid in leader.children:
            task = machine.get(Task, kid)
            assert task.session == key
            assert (task.group == kid) == (task.state is State.STOPPED)
        assert violations(machine) == []
    os.close(master)
    os.close(slave)


def test_who_ends_while_being_read_is_counted_and_does_no_harm():
    ending = [subprocess.Popen(["true"]) for _ in range(20)]
    snapshot = observe.read(wanted=observe.EVERYTHING)
    for one in ending:
        one.wait()
    assert violations(Observer().machine(snapshot)) == []


def test_whoever_is_seen_again_keeps_their_id_and_an_unchanged_row_is_the_same():
    observer = Observer()
    first = observer.machine(observe.read(wanted=observe.EVERYTHING))
    second = observer.machine(observe.read(wanted=observe.EVERYTHING))
    ours = os.getpid()
    (one,) = (key for key, task in first.items(Task) if task.pids[0] == ours)
    (two,) = (key for key, task in second.items(Task) if task.pids[0] == ours)
    assert one == two
    assert first.get(Sighting, one).started == second.get(Sighting, two).started
    same = [key for key, task in first.items(Task) if second.find(Task, key) is task]
    assert same


def test_threads_are_seen_when_asked_for():
    import threading

    done = threading.Event()
    thread = threading.Thread(target=done.wait)
    thread.start()
    try:
        snapshot = observe.read(wanted=observe.EVERYTHING._replace(threads=True))
        machine = Observer().machine(snapshot)
        (ours,) = (t for _key, t in machine.items(Task) if t.pids[0] == os.getpid())
        tids = [machine.get(Task, tid).pids[0] for tid in ours.threads]
        assert thread.native_id in tids
        assert violations(machine) == []
    finally:
        done.set()
        thread.join()


def test_a_socket_is_no_namespace():
    with socket.socket() as ours:
        assert ours.fileno() >= 0
        snapshot = observe.read(wanted=observe.EVERYTHING)
    assert {holder.kind for holder in snapshot.holders} <= set(KINDS)


def slaves(machine: Machine, name: str) -> list[tuple[DevptsSighting, SlaveSighting]]:
    """The slaves of that name in all instances."""
    index = int(name.rpartition("/")[2])
    found = []
    for _key, row in machine.items(DevptsSighting):
        found += [(row, slave) for slave in row.slaves if slave.index == index]
    return found


@contextmanager
def pair() -> Iterator[tuple[int, int]]:
    """A pseudo terminal whose number is not one of the first: those a terminal of another instance
    has as well, as of a stage of tests at work beside this one."""
    pairs = [os.openpty() for _pair in range(10)]
    try:
        yield pairs[-1]
    finally:
        for fd in (end for each in pairs for end in each):
            os.close(fd)


def test_ends_of_pseudo_terminals_are_told_by_descriptor_and_by_instance() -> None:
    with pair() as (master, slave):
        name = os.ttyname(slave)
        device = os.fstat(slave).st_dev
        machine = Observer().machine(observe.read(wanted=observe.EVERYTHING))
        found = [
            seen
            for row, seen in slaves(machine, name)
            if row.device == f"{os.major(device)}:{os.minor(device)}"
        ]
        assert len(found) == 1, name
        me = next(key for key, task in machine.items(Task) if task.pids[0] == os.getpid())
        mine = {(one.fd, one.master) for one in found[0].openers if one.task == me}
        assert mine == {(master, True), (slave, False)}
        assert found[0].uid == os.stat(name).st_uid
        assert found[0].terminal == NO_TERMINAL


@pytest.mark.parametrize("keeps", [True, False])
def test_who_sits_at_a_terminal_is_a_fact_where_it_has_it_open(keeps: bool) -> None:
    with pair() as (_master, slave):
        name = os.ttyname(slave)

        def sit(say: Callable[[str], object]) -> None:
            os.setsid()
            fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
            if not keeps:
                for fd in (0, 1, 2, slave):
                    os.close(fd)
            say("here")

        with child(sit) as (pid, _said):
            machine = Observer().machine(observe.read(wanted=observe.EVERYTHING))
        found = [seen for _row, seen in slaves(machine, name) if seen.terminal != NO_TERMINAL]
        assert len(found) == 1
        leader = machine.get(Terminal, found[0].terminal).session
        assert machine.get(Task, leader).pids[0] == pid
        weak = found[0].evidence.get("terminal", Evidence.FACT)
        assert weak is (Evidence.FACT if keeps else Evidence.DERIVED)
        assert violations(machine) == []


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
