"""Cgroup2 where random programs do not come: its root, delegation, pid namespaces, clone.

What is said here was tried on Linux 6.18; what needs no more than a few processes below one cgroup,
`test_cgroup2_programs` tries again each time.
"""

from __future__ import annotations

import pytest

from nsh.machine.cgroups import Cgroup, Hierarchy, InCgroups
from nsh.machine.users import UserSpace
from tests.kernel.test_cgroups import Box as LegacyBox

MOUNTED = """
mkdir /tmp/m /tmp/n
mount -t cgroup2 src /tmp/m
mkdir /tmp/m/a /tmp/m/a/b /tmp/m/c
"""


class Box(LegacyBox):
    """A machine with cgroup2 at /tmp/m."""

    def __init__(self, script: str = MOUNTED) -> None:
        super().__init__(script)

    def state(self, whom: int) -> str:
        return self.told(f"ps -o s= -p {whom}")


def test_it_is_told_of_since_it_was_mounted_first_and_stays() -> None:
    box = Box("mkdir /tmp/m /tmp/n")
    assert box.told("cat /proc/self/cgroup") == ""
    box.do("mount -t cgroup2 src /tmp/m\nmkdir /tmp/m/a\numount /tmp/m")
    assert box.told("cat /proc/self/cgroup") == "0::/"
    box.do("mount -t cgroup -o none,name=x x /tmp/n\nmount -t cgroup2 other /tmp/m")
    assert box.told("cat /proc/self/cgroup").splitlines() == ["1:name=x:/", "0::/"]
    assert "a" in box.told("ls /tmp/m").split()
    assert "other /tmp/m cgroup2 rw,relatime 0 0" in box.told("cat /proc/mounts")


def test_what_is_in_the_root_and_in_others() -> None:
    box = Box()
    everywhere = {
        *("cgroup.controllers", "cgroup.max.depth", "cgroup.max.descendants", "cgroup.procs"),
        *("cgroup.stat", "cgroup.subtree_control", "cgroup.threads"),
    }
    below = {"cgroup.events", "cgroup.freeze", "cgroup.kill", "cgroup.stat.local", "cgroup.type"}
    assert set(box.told("ls /tmp/m").split()) == everywhere | {"a", "c"}
    assert set(box.told("ls /tmp/m/c").split()) == everywhere | below
    assert box.told("stat -c %a /tmp/m/c/cgroup.kill /tmp/m/c/cgroup.events").split() == [
        *("200", "444"),
    ]
    assert box.told("cat /tmp/m/cgroup.stat").split()[:2] == ["nr_descendants", "3"]


def test_options_are_the_last_mounts_in_the_first_namespace() -> None:
    box = Box()
    shown = "grep /tmp/m /proc/mounts | cut -d ' ' -f 4"
    box.do("mount -t cgroup2 -o pids_localevents,nsdelegate x /tmp/n")
    assert box.told(shown) == "rw,relatime,nsdelegate,pids_localevents"
    box.do("spawn -C w\nw umount /tmp/n\nw mount -t cgroup2 x /tmp/n\nw mount -o remount /tmp/n")
    assert box.told(shown) == "rw,relatime,nsdelegate,pids_localevents"
    box.do("mount -o remount /tmp/m")
    assert box.told(shown) == "rw,relatime"
    for options, said in (
        ("none", "Unknown parameter 'none'"),
        ("name=x", "Unknown parameter 'name'"),
        ("nsdelegate=1", "Unexpected value for 'nsdelegate'"),
    ):
        assert box.fails(f"mount -t cgroup2 -o {options} x /mnt") == "EINVAL"
        assert f"cgroup2: {said}" in box.told("dmesg")


def test_the_dead_stay_in_theirs_until_they_are_reaped() -> None:
    box = Box()
    box.do("spawn w\necho 2 > /tmp/m/c/cgroup.procs\nkill 2")
    assert box.where("init", "2") == "/c"
    assert box.told("cat /tmp/m/c/cgroup.events").split()[1] == "0"
    assert box.told("cat /tmp/m/c/cgroup.procs") == ""
    box.do("rmdir /tmp/m/c")
    assert box.where("init", "2") == "/c (deleted)"
    assert "nr_dying_descendants 1" in box.told("cat /tmp/m/cgroup.stat")
    box.do("wait")
    assert "nr_dying_descendants 0" in box.told("cat /tmp/m/cgroup.stat")
    assert not box.session.machine.count(InCgroups)


def test_a_dead_first_thread_stands_for_its_process() -> None:
    box = Box()
    box.do("spawn w\nw spawn -t t\necho 2 > /tmp/m/c/cgroup.procs\nas w { exit --thread }")
    assert box.told("cat /tmp/m/c/cgroup.procs") == "2"
    assert box.told("cat /tmp/m/c/cgroup.threads") == "3"
    box.do("as t { exec sleep infinity } &")
    assert box.told("cat /tmp/m/c/cgroup.threads") == "2"
    box.do("kill -9 2\nwait")
    assert not box.session.machine.count(InCgroups)


def test_a_thread_that_executes_takes_its_process_along() -> None:
    box = Box()
    box.do("echo threaded > /tmp/m/a/b/cgroup.type\nspawn w\nw spawn -t t")
    box.do("echo 2 > /tmp/m/a/cgroup.procs\necho 3 > /tmp/m/a/b/cgroup.threads")
    assert (box.where("init", "2"), box.where("init", "2/task/3")) == ("/a", "/a/b")
    assert box.told("cat /tmp/m/a/cgroup.procs") == "2"
    box.do("as t { exec sleep infinity } &")
    assert box.where("init", "2") == "/a/b"
    assert box.told("cat /tmp/m/a/cgroup.procs /tmp/m/a/b/cgroup.threads").split() == ["2", "2"]


def test_the_root_may_have_threaded_cgroups_beside_domains() -> None:
    box = Box()
    box.do("echo 0 > /tmp/m/a/cgroup.procs\necho threaded > /tmp/m/c/cgroup.type")
    assert box.told("cat /tmp/m/a/cgroup.type /tmp/m/c/cgroup.type").split() == [
        *("domain", "threaded"),
    ]
    box.do("spawn w\nw spawn -t t\necho 2 > /tmp/m/cgroup.procs\necho 3 > /tmp/m/c/cgroup.threads")
    assert box.where("init", "2/task/3") == "/c"
    assert box.fails("echo 3 > /tmp/m/a/cgroup.threads") == "ENOTSUP"


def test_threads_keep_to_one_domain() -> None:
    box = Box()
    box.do("mkdir /tmp/m/a/d\necho threaded > /tmp/m/a/b/cgroup.type")
    kinds = "cat /tmp/m/a/cgroup.type /tmp/m/a/b/cgroup.type /tmp/m/a/d/cgroup.type"
    assert box.told(kinds).splitlines() == ["domain threaded", "threaded", "domain invalid"]
    assert box.fails("echo 1 > /tmp/m/a/d/cgroup.procs") == "ENOTSUP"
    assert box.fails("cat /tmp/m/a/b/cgroup.procs") == "ENOTSUP"
    assert box.fails("echo 1 > /tmp/m/a/b/cgroup.kill") == "ENOTSUP"
    assert box.fails("echo domain > /tmp/m/a/b/cgroup.type") == "EINVAL"
    box.do("echo threaded > /tmp/m/a/d/cgroup.type\nrmdir /tmp/m/a/b /tmp/m/a/d")
    assert box.told("cat /tmp/m/a/cgroup.type") == "domain"


def test_limits_are_asked_of_all_above() -> None:
    box = Box()
    box.do("echo 1 > /tmp/m/a/cgroup.max.depth\necho 4 > /tmp/m/cgroup.max.descendants")
    assert box.fails("mkdir /tmp/m/a/b/x") == "EAGAIN"
    box.do("mkdir /tmp/m/a/y")
    assert box.fails("mkdir /tmp/m/c/z") == "EAGAIN"
    box.do("echo max > /tmp/m/cgroup.max.descendants\nmkdir /tmp/m/c/z")
    box.do("echo 0 > /tmp/m/a/cgroup.max.descendants")
    assert box.fails("mkdir /tmp/m/a/z") == "EAGAIN"


def test_who_freezes_itself_goes_on_with_the_call_that_did_it() -> None:
    box = Box()
    box.do("spawn w\necho 2 > /tmp/m/c/cgroup.procs")
    box.do("as w { echo 1 > /tmp/m/c/cgroup.freeze; echo $? > /tmp/said } &")
    assert "said" not in box.told("ls /tmp")
    assert (box.state(2), box.told("cat /proc/2/wchan")) == ("S", "get_signal")
    assert box.fails("w true") == "EBUSY"
    box.do("echo 0 > /tmp/m/c/cgroup.freeze")
    assert box.told("cat /tmp/said") == "0"


def test_what_is_deadly_kills_the_frozen_and_the_rest_waits() -> None:
    box = Box()
    box.do("spawn w\nspawn v\nas v { trap USR1 { echo yes > /tmp/trapped }; sleep 1000 } &")
    box.do("for n in 2 3 { echo $n > /tmp/m/a/b/cgroup.procs }")
    box.do("echo 1 > /tmp/m/a/cgroup.freeze\nkill -USR1 3\nkill -STOP 2")
    assert (box.state(2), box.state(3)) == ("S", "S")
    assert box.told("cat /tmp/m/a/cgroup.events").split() == ["populated", "1", "frozen", "1"]
    box.do("echo 1 > /tmp/m/cgroup.procs\nkill 2")
    assert box.state(2) == "Z"
    box.do("echo 0 > /tmp/m/a/cgroup.freeze")
    assert box.told("cat /tmp/trapped") == "yes"


def test_the_time_counts_for_which_it_is_to_freeze_here_or_above() -> None:
    box = Box()
    told = "cat /tmp/m/a/cgroup.stat.local /tmp/m/a/b/cgroup.stat.local /tmp/m/c/cgroup.stat.local"

    def after(script: str) -> list[int]:
        box.do(script)
        return [int(line.split()[1]) for line in box.told(told).splitlines()]

    assert after("sleep 1") == [0, 0, 0]
    assert after("echo 1 > /tmp/m/a/b/cgroup.freeze\nsleep 1") == [0, 1_000_000, 0]
    assert after("echo 1 > /tmp/m/a/cgroup.freeze\nsleep 1") == [1_000_000, 2_000_000, 0]
    assert after("echo 0 > /tmp/m/a/b/cgroup.freeze\nsleep 1") == [2_000_000, 3_000_000, 0]
    made = "mkdir /tmp/m/a/new\nsleep 1\nyoung=$(cat /tmp/m/a/new/cgroup.stat.local)"
    assert after(made) == [3_000_000, 4_000_000, 0]
    assert box.told("echo $young") == "frozen_usec 1000000"
    assert after("echo 0 > /tmp/m/a/cgroup.freeze\nsleep 1") == [3_000_000, 4_000_000, 0]
    assert after("echo 1 > /tmp/m/a/cgroup.freeze\nsleep 1") == [4_000_000, 5_000_000, 0]


def test_the_stopped_count_as_frozen_and_are_so_when_they_go_on() -> None:
    box = Box()
    box.do("spawn w\necho 2 > /tmp/m/c/cgroup.procs\nkill -STOP 2\necho 1 > /tmp/m/c/cgroup.freeze")
    assert (box.state(2), box.told("cat /tmp/m/c/cgroup.events").split()[3]) == ("T", "1")
    box.do("kill -CONT 2")
    assert (box.state(2), box.told("cat /tmp/m/c/cgroup.events").split()[3]) == ("S", "1")
    box.do("echo 2 > /tmp/m/a/cgroup.procs\nw true")


def test_a_frozen_sleeper_wakes_late() -> None:
    box = Box()
    box.do("spawn w\necho 2 > /tmp/m/c/cgroup.procs\nas w { sleep 5; echo late > /tmp/late } &")
    box.do("echo 1 > /tmp/m/c/cgroup.freeze\nsleep 60")
    assert "late" not in box.told("ls /tmp")
    box.do("echo 0 > /tmp/m/c/cgroup.freeze\nsleep 1")
    assert box.told("cat /tmp/late") == "late"


def test_all_in_it_are_killed_but_an_init_by_those_inside() -> None:
    box = Box()
    box.do("spawn u\nu spawn -p w\nw spawn v\nfor n in 2 3 4 { echo $n > /tmp/m/c/cgroup.procs }")
    assert box.told("as w cat /tmp/m/c/cgroup.procs").split() == ["0", "1", "2"]
    assert box.fails("as w echo 9 > /tmp/m/c/cgroup.procs") == "ESRCH"
    box.do("as w echo 1 > /tmp/m/c/cgroup.kill")
    assert box.told("ps -e -o pid=,s=").split()[2:8] == ["2", "Z", "3", "S", "4", "Z"]
    box.do("echo 1 > /tmp/m/c/cgroup.kill\nwait u")
    assert box.told("cat /tmp/m/c/cgroup.events").split()[1] == "0"


def test_what_was_delegated_with_nsdelegate() -> None:
    box = Box()
    box.do("mount -o remount,nsdelegate /tmp/m\nspawn w\necho 2 > /tmp/m/a/cgroup.procs")
    box.do("w unshare -C\nas w mkdir /tmp/m/a/in")
    for name in ("cgroup.max.depth", "cgroup.freeze", "cgroup.type", "cgroup.kill"):
        assert box.fails(f"as w echo 1 > /tmp/m/a/{name}") == "EPERM"
    box.do("as w echo 0 > /tmp/m/a/in/cgroup.procs\nas w echo 3 > /tmp/m/a/in/cgroup.max.depth")
    assert box.fails("as w echo 0 > /tmp/m/c/cgroup.procs") == "ENOENT"
    box.do("as w echo 0 > /tmp/m/a/cgroup.procs\nas w echo 9 > /tmp/m/cgroup.max.depth")
    box.do("mount -o remount /tmp/m\nas w echo 2 > /tmp/m/a/cgroup.max.depth")
    box.do("as w echo 0 > /tmp/m/c/cgroup.procs")


def test_the_way_leads_through_the_cgroup_that_both_are_in() -> None:
    box = Box()
    box.do("chown -R 1000 /tmp/m/a\nspawn w\nspawn v\necho 2 > /tmp/m/a/cgroup.procs")
    box.do("w setresuid 1000 1000 1000\nas w echo 0 > /tmp/m/a/b/cgroup.procs")
    assert box.fails("as w echo 3 > /tmp/m/a/b/cgroup.procs") == "EACCES"
    box.do("echo 3 > /tmp/m/a/cgroup.procs\nas w echo 3 > /tmp/m/a/b/cgroup.procs")
    box.do("chown 1000 /tmp/m/c/cgroup.procs")
    assert box.fails("as w echo 0 > /tmp/m/c/cgroup.procs") == "EACCES"


def test_an_open_file_keeps_whose_rights_it_goes_by() -> None:
    box = Box()
    box.do("chmod 666 /tmp/m/c/cgroup.procs\nspawn -U w\nspawn v\nw exec 5> /tmp/m/c/cgroup.procs")
    box.do("exec 6< /proc/2/fd/5\nw exec 6> /tmp/m/c/cgroup.procs 5>&-\nw exit\nwait w")
    assert box.session.machine.count(UserSpace) == 1


def test_children_are_cloned_into_another() -> None:
    box = Box()
    box.do("exec 7< /tmp/m/c\nclone2 -n w --cgroup 7 INTO_CGROUP\nspawn v")
    assert (box.where("init", "2"), box.where("init", "3")) == ("/c", "/")
    box.do("exec 8< /tmp/m\nas w exec 8< /tmp/m\nas w clone2 -n x --cgroup 8 INTO_CGROUP")
    assert box.where("init", "4") == "/"
    box.do("exec 9< /tmp/m/c/cgroup.procs\nmount -t cgroup -o none,name=x x /tmp/n\nexec 6< /tmp/n")
    for fd in (6, 9, 99):
        assert box.fails(f"clone2 -n y --cgroup {fd} INTO_CGROUP") == "EBADF"
    box.do("kill -9 2\nwait w\nrmdir /tmp/m/c")
    assert box.fails("clone2 -n y --cgroup 7 INTO_CGROUP") == "ENOENT"
    box.do("exec 7< /tmp/m/a\necho 1 > /tmp/m/a/cgroup.freeze")
    box.do("clone2 -n y --cgroup 7 INTO_CGROUP")
    assert box.fails("y true") == "EBUSY"


def test_nobody_clones_into_what_was_never_mounted() -> None:
    assert Box("true").fails("clone2 -n y --cgroup 0 INTO_CGROUP") == "EBADF"


def test_a_namespace_shows_its_makers_as_the_root() -> None:
    box = Box()
    box.do("spawn w\necho 2 > /tmp/m/a/cgroup.procs\nw unshare -C\nw mount -t cgroup2 x /tmp/n")
    assert (box.where("w"), box.where("w", "1")) == ("/", "/..")
    assert "b" in box.told("w ls /tmp/n").split()
    box.do("echo 2 > /tmp/m/c/cgroup.procs")
    assert box.where("w") == "/../c"
    box.do("umount /tmp/n\nrmdir /tmp/m/a/b /tmp/m/a")
    assert box.fails("w mount -t cgroup2 x /tmp/n") == "ENOENT"


@pytest.mark.parametrize(
    ("name", "text", "errno"),
    [
        ("cgroup.freeze", "2", "ERANGE"),
        ("cgroup.freeze", "x", "EINVAL"),
        ("cgroup.kill", "0", "ERANGE"),
        ("cgroup.max.depth", "-1", "ERANGE"),
        ("cgroup.max.depth", "2147483648", "ERANGE"),
        ("cgroup.events", "1", "EINVAL"),
        ("cgroup.subtree_control", "+x", "EINVAL"),
        ("cgroup.procs", "4294967296", "EINVAL"),
    ],
)
def test_what_is_written_is_checked(name: str, text: str, errno: str) -> None:
    assert Box().fails(f"echo {text} > /tmp/m/c/{name}") == errno


def test_there_is_one_of_it() -> None:
    box = Box()
    box.do("mount -t cgroup2 x /tmp/n\nmkdir /tmp/n/q")
    assert "q" in box.told("ls /tmp/m").split()
    assert box.session.machine.count(Hierarchy) == 1
    assert box.fails("mv /tmp/m/q /tmp/m/r") == "EPERM"
    assert box.fails("mkdir /tmp/m/cgroup.procs") == "EEXIST"
    box.do("rmdir /tmp/m/q /tmp/m/c /tmp/m/a/b /tmp/m/a\numount /tmp/n /tmp/m")
    assert box.session.machine.count(Cgroup) == 1
