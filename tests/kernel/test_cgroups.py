"""Hierarchies of cgroups and cgroup namespaces, where random programs do not come.

What is said here was tried on Linux 6.18 with hierarchies mounted by ``-o none,name=…``; what
depends on nothing but names and processes, `test_cgroup_programs` tries again each time.
"""

from __future__ import annotations

import re

import pytest

from nsh.machine.cgroups import Cgroup, CgroupSpace, Hierarchy, InCgroups
from nsh.machine.invariants import violations
from nsh.session.session import Session

MOUNTED = """
mkdir /tmp/m /tmp/n
mount -t cgroup -o none,name=x src /tmp/m
mkdir /tmp/m/a /tmp/m/a/b /tmp/m/c
"""


class Box:
    """A machine with a hierarchy ``x`` at /tmp/m."""

    def __init__(self, script: str = MOUNTED) -> None:
        self.session = Session("mainline", paranoid=True)
        self.do(script)

    def do(self, script: str) -> None:
        for line in script.strip().splitlines():
            told = self.session.run(line)
            assert told.ok, f"{line}: {told.output}{told.messages}"
        assert violations(self.session.machine) == []

    def fails(self, line: str) -> str:
        """The errno's name."""
        told = self.session.run(line)
        assert not told.ok, line
        found: list[str] = re.findall(r"\((E[A-Z]+)\)", told.output)
        return found[-1]

    def told(self, line: str) -> str:
        told = self.session.run(line)
        assert told.ok, f"{line}: {told.output}"
        return told.output.rstrip("\n")

    def where(self, reader: str, whom: str = "self") -> str:
        call = f"cat /proc/{whom}/cgroup"
        return self.told(call if reader == "init" else f"{reader} {call}").split(":")[-1]


def test_the_maker_is_at_the_root_and_what_is_outside_begins_with_dots() -> None:
    box = Box()
    box.do("spawn w\necho 2 > /tmp/m/a/cgroup.procs\nw unshare -C")
    assert (box.where("w"), box.where("w", "1"), box.where("init", "2")) == ("/", "/..", "/a")
    box.do("echo 2 > /tmp/m/c/tasks")
    assert box.where("w") == "/../c"
    box.do("echo 2 > /tmp/m/a/b/tasks")
    assert box.where("w") == "/b"
    box.do("mv /tmp/m/a /tmp/m/z")
    assert (box.where("w"), box.where("init", "2")) == ("/b", "/z/b")


def test_the_paths_are_the_readers() -> None:
    box = Box()
    box.do("spawn w\nspawn v\necho 2 > /tmp/m/a/b/cgroup.procs\necho 3 > /tmp/m/c/cgroup.procs")
    box.do("w unshare -C\nv unshare -C")
    assert (box.where("w", "3"), box.where("v", "2")) == ("/../../c", "/../a/b")
    box.do("v setns /proc/2/ns/cgroup")
    assert box.where("v") == "/../../c"


def test_a_mount_shows_the_namespaces_root_and_mountinfo_goes_by_its_reader() -> None:
    box = Box()
    box.do("spawn w\necho 2 > /tmp/m/a/cgroup.procs\nw unshare -C")
    box.do("w mount -t cgroup -o name=x other /tmp/n")
    shown = "cut -d ' ' -f 4,5 /proc/self/mountinfo | grep '/tmp/[mn]'"
    assert box.told(f"w {{ {shown} }}").splitlines() == [
        "/.. /tmp/m",
        "/ /tmp/n",
    ]
    assert box.told(shown).splitlines() == ["/ /tmp/m", "/a /tmp/n"]
    files = ["cgroup.clone_children", "cgroup.procs", "notify_on_release", "tasks"]
    assert box.told("ls /tmp/n").split() == ["b", *files]
    box.do("touch /tmp/f\nmount --bind /tmp/m/a/b/tasks /tmp/f")
    shown = "cut -d ' ' -f 4,5 /proc/self/mountinfo | grep /tmp/f"
    assert box.told(f"w {{ {shown} }}") == "/b/tasks /tmp/f"
    assert box.fails("w mount -t cgroup -o none,name=new other /mnt") == "EPERM"
    assert box.told("stat -c %d /tmp/n/b") == box.told("stat -c %d /tmp/m/a")


def test_a_new_one_goes_by_where_its_maker_is_and_not_by_the_old_one() -> None:
    box = Box()
    box.do("spawn w\necho 2 > /tmp/m/a/cgroup.procs\nw unshare -C\necho 2 > /tmp/m/tasks")
    assert box.where("w") == "/.."
    assert box.told("w unshare -C cat /proc/self/cgroup") == "1:name=x:/"
    box.do("echo 2 > /tmp/m/c/tasks\nw spawn -C child")
    assert (box.where("child"), box.where("child", "2"), box.where("w")) == ("/", "/", "/../c")


def test_a_hierarchy_younger_than_the_namespace_is_seen_from_its_root() -> None:
    box = Box()
    box.do("spawn w\necho 2 > /tmp/m/a/tasks\nw unshare -C")
    box.do("mount -t cgroup -o none,name=y y /tmp/n\nmkdir /tmp/n/q\necho 2 > /tmp/n/q/tasks")
    assert box.told("w cat /proc/self/cgroup").splitlines() == ["2:name=y:/q", "1:name=x:/"]


def test_a_removed_root_is_remembered_and_cannot_be_mounted() -> None:
    box = Box()
    box.do("spawn w\necho 2 > /tmp/m/a/b/tasks\nw unshare -C\necho 2 > /tmp/m/tasks")
    box.do("rmdir /tmp/m/a/b\nrmdir /tmp/m/a")
    assert box.where("w") == "/../.."
    assert box.fails("w mount -t cgroup -o name=x src /tmp/n") == "ENOENT"
    box.do("w exit\nwait")
    assert sorted(row.name for _key, row in box.session.machine.items(Cgroup)) == ["", "c"]


def test_children_and_threads_begin_where_their_maker_is_and_the_dead_are_nowhere() -> None:
    box = Box()
    box.do("spawn w\necho 2 > /tmp/m/a/tasks\nw spawn child\nw spawn -t thread")
    assert box.told("cat /tmp/m/a/cgroup.procs").split() == ["2", "3"]
    assert box.told("cat /tmp/m/a/tasks").split() == ["2", "3", "4"]
    box.do("echo 4 > /tmp/m/c/tasks")
    assert box.told("cat /tmp/m/c/cgroup.procs /tmp/m/a/cgroup.procs").split() == ["2", "2", "3"]
    assert box.where("init", "2/task/4") == "/c"
    assert box.fails("rmdir /tmp/m/c") == "EBUSY"
    box.do("echo 4 > /tmp/m/a/b/cgroup.procs")
    assert box.told("cat /tmp/m/a/b/tasks").split() == ["2", "4"]
    box.do("child exit")
    assert box.where("init", "3") == "/"
    assert box.told("cat /tmp/m/a/tasks") == ""
    box.do("rmdir /tmp/m/c\nkill -9 2\nwait\nrmdir /tmp/m/a/b")
    assert not box.session.machine.count(InCgroups)


def test_a_thread_that_executes_takes_its_process_along() -> None:
    box = Box()
    box.do("spawn w\necho 2 > /tmp/m/a/tasks\nw spawn -t thread\necho 3 > /tmp/m/c/tasks")
    assert (box.where("init", "2"), box.where("init", "2/task/3")) == ("/a", "/c")
    box.do("as thread { exec sleep infinity } &")
    assert box.where("init", "2") == "/c"
    assert box.told("cat /tmp/m/a/tasks") == ""


def test_pids_are_the_readers_and_who_is_not_seen_is_not_told() -> None:
    box = Box()
    box.do("spawn -p w\nspawn v\necho 2 > /tmp/m/a/tasks\necho 3 > /tmp/m/a/tasks")
    assert box.told("w cat /tmp/m/a/tasks") == "1"
    assert box.told("cat /tmp/m/a/tasks").split() == ["2", "3"]
    assert box.fails("as w echo 3 > /tmp/m/c/tasks") == "ESRCH"


def test_who_may_move_whom_goes_by_who_opened_the_file() -> None:
    box = Box()
    box.do("spawn w\nspawn v\nchown 1000 /tmp/m/a/tasks\nw setresuid 1000 1000 1000")
    assert box.fails("as w echo 3 > /tmp/m/a/tasks") == "EACCES"
    assert box.fails("as w echo 0 > /tmp/m/c/tasks") == "EACCES"
    box.do("as w echo 0 > /tmp/m/a/tasks\nv exec 5> /tmp/m/c/tasks\nv setresuid 1000 1000 1000")
    box.do("as v echo 1 >&5")
    assert box.where("init") == "/c"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ("none", "Need name or subsystem set"),
        ("none,name=a/b", "Invalid name"),
        ("none,name=", "Empty name"),
        ("none,name=" + 64 * "x", "Name too long"),
        ("none,name=x,name=x", "name respecified"),
        ("name=new", "No subsys list or none specified"),
        ("bogus", "Unknown subsys name 'bogus'"),
    ],
)
def test_options_are_refused_with_a_word_in_the_log(options: str, said: str) -> None:
    box = Box()
    assert box.fails(f"mount -t cgroup -o {options} src /tmp/n") == "EINVAL"
    assert f"cgroup: {said}" in box.told("dmesg")


def test_it_can_be_mounted_again_and_not_be_changed() -> None:
    box = Box()
    box.do("mount -t cgroup -o none,name=x other /tmp/n")
    assert box.told("grep cgroup /proc/mounts").splitlines() == [
        "src /tmp/m cgroup rw,relatime,name=x 0 0",
        "other /tmp/n cgroup rw,relatime,name=x 0 0",
    ]
    assert box.fails("mount -t cgroup -o none,name=x other /tmp/n") == "EBUSY"
    assert box.fails("mount -o remount,name=other /tmp/n") == "EINVAL"
    assert box.fails("mount -o remount,name=x /tmp/n") == "EBUSY"


def test_a_hierarchy_ends_with_its_last_mount_if_nothing_is_in_it() -> None:
    box = Box()
    box.do("echo 0 > /tmp/m/c/tasks\numount /tmp/m")
    assert box.told("cat /proc/self/cgroup") == "1:name=x:/c"
    box.do("mount -t cgroup -o name=x src /tmp/m")
    assert box.fails("rmdir /tmp/m/c") == "EBUSY"
    box.do("echo 0 > /tmp/m/tasks\nrmdir /tmp/m/c /tmp/m/a/b /tmp/m/a\numount /tmp/m")
    assert box.told("cat /proc/self/cgroup") == ""
    assert not box.session.machine.count(Hierarchy)
    box.do("mount -t cgroup -o none,name=x src /tmp/m")
    assert box.told("cat /proc/self/cgroup") == "2:name=x:/"


def test_a_namespaces_removed_root_keeps_the_hierarchy() -> None:
    box = Box()
    box.do("spawn w\necho 2 > /tmp/m/c/tasks\nw unshare -C\necho 2 > /tmp/m/tasks")
    box.do("rmdir /tmp/m/c /tmp/m/a/b /tmp/m/a\numount /tmp/m")
    assert box.where("w") == "/.."
    box.do("w exit\nwait\nmount -t cgroup -o name=x src /tmp/m\numount /tmp/m")
    assert not box.session.machine.count(Cgroup)


def test_in_a_user_namespace_one_manages_what_one_was_given() -> None:
    box = Box()
    box.do("chown 1000:1000 /tmp/m/a /tmp/m/a/tasks\nspawn w\necho 2 > /tmp/m/a/tasks")
    box.do("w setresgid 1000 1000 1000\nw setresuid 1000 1000 1000\nw unshare -U -m")
    assert box.fails("w mount -t cgroup -o name=x src /tmp/n") == "EPERM"
    box.do("echo '0 1000 1' > /proc/2/uid_map\necho '0 1000 1' > /proc/2/gid_map")
    box.do("w unshare -C\nw mount -t cgroup -o none,name=x src /tmp/n")
    box.do("w mkdir /tmp/n/in\nas w echo 0 > /tmp/n/in/tasks")
    assert box.where("w") == "/in"
    assert box.told("w stat -c '%u %g' /tmp/n /tmp/m").split() == ["0", "0", "65534", "65534"]
    assert box.fails("w mkdir /tmp/m/nope") == "EACCES"
    assert box.fails("as w echo 0 > /tmp/m/tasks") == "EACCES"
    assert box.fails("w mount -t cgroup -o none,name=new src /mnt") == "EPERM"
    box.do("as w echo 0 > /tmp/n/tasks\nw rmdir /tmp/n/in")


def test_the_namespace_lets_go_of_its_roots() -> None:
    box = Box()
    box.do("spawn w\necho 2 > /tmp/m/a/tasks\nw unshare -C\nw unshare -C")
    spaces = [row.roots for _key, row in box.session.machine.items(CgroupSpace) if row.roots]
    assert len(spaces) == 1
    box.do("w exit\nwait\nrmdir /tmp/m/a/b /tmp/m/a /tmp/m/c")
    assert box.session.machine.count(Cgroup) == 1
    assert box.session.machine.count(CgroupSpace) == 1


def test_what_was_open_in_a_removed_one_is_dead() -> None:
    box = Box()
    box.do("spawn w\nw exec 5> /tmp/m/c/tasks\nw cd /tmp/m/a/b\nrmdir /tmp/m/c /tmp/m/a/b")
    assert box.fails("as w echo 0 >&5") == "ENODEV"
    assert box.told("readlink /proc/2/cwd") == "/tmp/m/a/b (deleted)"
    assert box.fails("w mkdir x") == "ENOENT"
    box.do("w exit\nwait\nrmdir /tmp/m/a")
    assert box.session.machine.count(Cgroup) == 1
