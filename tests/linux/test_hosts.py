"""What is the machine's own is out of a script's reach, though its puppets are root."""

from __future__ import annotations

import os
from stat import ST_MODE, ST_NLINK

import pytest

from nsh.linux.puppet import hosts
from nsh.linux.puppet.table import Refusal
from nsh.session.real.session import RealSession

DROP = "sys/vm/drop_caches"
"""Anybody may write it to no harm, should it be let through."""


@pytest.mark.parametrize(
    "node", ["b 8 0", "b 7 0", "c 1 1", "c 1 11", "c 4 1", "c 5 1", "c 10 237"]
)
def test_a_device_that_is_not_on_the_stage(real: RealSession, node: str) -> None:
    made = real.run(f"mknod /tmp/node {node}; expect {{ cat < /tmp/node }} fails ENXIO")
    assert made.ok, made.stderr


@pytest.mark.parametrize("node", ["c 1 3", "c 1 5", "c 5 0"])
def test_a_device_that_is(real: RealSession, node: str) -> None:
    made = real.run(f"mknod /tmp/node {node}; true < /tmp/node")
    assert made.ok, made.stderr


@pytest.mark.parametrize(
    ("before", "path"),
    [
        ("true", f"/proc/{DROP}"),
        ("mount -t proc elsewhere /mnt; umount /proc", f"/mnt/{DROP}"),
        (f"touch /tmp/f; mount --bind /proc/{DROP} /tmp/f", "/tmp/f"),
        (f"ln -s /proc/{DROP} /tmp/l; cd /tmp", "l"),
        ("cd /proc/sys/vm", "drop_caches"),
        ("true", "/proc/sys/kernel/printk"),
    ],
)
def test_a_setting_of_the_machine(real: RealSession, before: str, path: str) -> None:
    made = real.run(f"{before}; expect {{ echo 1 > {path} }} fails EPERM")
    assert made.ok, made.stderr


def attributes(path: str) -> list[int]:
    """The mode first; but not how many links there are, which for /proc is one a process."""
    return [int(each) for place, each in enumerate(os.stat(path)) if place != ST_NLINK]


@pytest.mark.parametrize("path", ["/proc", "/proc/version", "/proc/sys/vm"])
def test_attributes_of_what_is_the_machines(real: RealSession, path: str) -> None:
    before = attributes(path)
    for change in ("chmod 755", "chown 5"):
        made = real.run(f"expect {{ {change} {path} }} fails EPERM")
        assert made.ok, made.stderr
    assert attributes(path) == before
    fresh = real.run(f"mount -t proc none /mnt; stat -c %a:%u /mnt{path.removeprefix('/proc')}")
    assert fresh.stdout == f"{before[ST_MODE] & 0o7777:o}:0\n"


def test_limits_of_the_machines_own_user_namespace(real: RealSession) -> None:
    path = "/proc/sys/user/max_uts_namespaces"
    made = real.run(f"expect {{ cat {path} > {path} }} fails EPERM")
    assert made.ok, made.stderr
    made = real.run(f"spawn --user w; as w {{ echo 7 > {path} }}; expect $(w cat {path}) == 7")
    assert made.ok, made.stderr


def test_the_machines_log(real: RealSession) -> None:
    assert real.run("expect { cat /proc/kmsg } fails EPERM").ok
    assert "whole machine's" in real.run("cat /proc/kmsg").stderr


def test_settings_that_a_namespace_has_its_own_of(real: RealSession) -> None:
    made = real.run("echo stage > /proc/sys/kernel/hostname; hostname; cat /proc/sys/vm/swappiness")
    assert made.ok, made.stderr
    assert made.stdout.startswith("stage\n")


@pytest.mark.parametrize("fstype", ["sysfs", "devtmpfs", "cgroup", "cpuset", "debugfs"])
def test_a_file_system_that_is_the_machines(real: RealSession, fstype: str) -> None:
    made = real.run(f"expect {{ mount -t {fstype} none /mnt }} fails EPERM; ls /mnt")
    assert made.ok, made.stderr
    assert made.stdout == ""


def test_mounts_that_are_ones_own(real: RealSession) -> None:
    made = real.run(
        "mount -t tmpfs t /mnt; mkdir /mnt/p /mnt/d; mount -t proc p /mnt/p; "
        "mount --bind /mnt /tmp; mount -t devpts d /mnt/d; mount -o remount,ro /mnt; umount -l /mnt"
    )
    assert made.ok, made.stderr


def test_a_disk(real: RealSession) -> None:
    made = real.run("mknod /tmp/disk b 7 0; expect { mount -t ext4 /tmp/disk /mnt } fails EPERM")
    assert made.ok, made.stderr


def test_links_are_made_in_a_network_of_the_stages_own(real: RealSession) -> None:
    before = os.listdir("/sys/class/net") if os.path.isdir("/sys/class/net") else []
    made = real.run(
        "ip link add nshtest type veth peer name nshpeer; ip -br link; ip link set lo up"
    )
    assert made.ok, made.stderr
    assert "nshtest@nshpeer" in made.stdout
    assert (os.listdir("/sys/class/net") if before else []) == before


@pytest.mark.parametrize(("errno", "refused"), [(25, True), (95, True), (1, False), (24, False)])
def test_without_network_namespaces_the_network_is_the_machines(
    monkeypatch: pytest.MonkeyPatch, errno: int, refused: bool
) -> None:
    def call(*_arguments: object) -> int:
        raise OSError(errno, "")

    monkeypatch.setattr(hosts, "call", call)
    if refused:
        with pytest.raises(Refusal):
            hosts.guard_network(3)
    else:
        hosts.guard_network(3)
