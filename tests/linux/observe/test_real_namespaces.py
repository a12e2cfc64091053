"""What is observed of real namespaces and of what keeps them, against what lsns and they say."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from nsh.linux import observe
from nsh.linux.observe import schema, sockets
from nsh.linux.observe.building import Observer
from nsh.linux.observe.facts import KINDS
from nsh.linux.observe.listing import held
from nsh.linux.observe.sight import Sight
from nsh.machine.observed import (
    NamespaceSighting,
)
from tests.linux.observe._real import CLONE_NEWNET, child, libc, need
from tests.linux.observe.colony import colony

FILES = observe.USUAL._replace(files=True)


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


def test_a_socket_is_no_namespace():
    with socket.socket() as ours:
        assert ours.fileno() >= 0
        snapshot = observe.read(wanted=observe.EVERYTHING)
    assert {holder.kind for holder in snapshot.holders} <= set(KINDS)
