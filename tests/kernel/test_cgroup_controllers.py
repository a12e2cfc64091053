"""The controllers of pids and the freezer, in whichever hierarchy.

What is said of the first version was tried on Linux 6.18, and what needs no more than processes of
one cgroup `test_controller_programs` tries again each time; of the second it is what
kernel/cgroup/pids.c says.
"""

from __future__ import annotations

import pytest

from nsh.machine.cgroups import FreezerCgroup, PidsCgroup
from tests.kernel.test_cgroups import Box as LegacyBox

PIDS = """
mkdir /tmp/m /tmp/n
mount -t cgroup -o pids p /tmp/m
mkdir /tmp/m/a /tmp/m/a/b /tmp/m/c
"""
FREEZER = PIDS.replace("pids", "freezer")
UNIFIED = """
mkdir /tmp/m /tmp/n
mount -t cgroup2 u /tmp/m
mkdir /tmp/m/a /tmp/m/a/b /tmp/m/c
"""


class Box(LegacyBox):
    """A machine with a hierarchy at /tmp/m."""

    def state(self, whom: int) -> str:
        return self.told(f"ps -o s= -p {whom}")

    def number(self, path: str) -> int:
        return int(self.told(f"cat /tmp/m/{path}").split()[-1])


def test_what_is_in_a_cgroup_that_is_counted() -> None:
    box = Box(PIDS)
    common = {"cgroup.clone_children", "cgroup.procs", "notify_on_release", "tasks"}
    counted = {"pids.current", "pids.events", "pids.max", "pids.peak"}
    of_the_root = {"cgroup.sane_behavior", "release_agent"}
    assert set(box.told("ls /tmp/m").split()) == common | of_the_root | {"a", "c"}
    assert set(box.told("ls /tmp/m/c").split()) == common | counted
    assert box.told("stat -c %a /tmp/m/c/pids.max /tmp/m/c/pids.peak").split() == ["644", "444"]
    assert box.told("cat /proc/self/cgroup") == "1:pids:/"
    assert box.told("grep /tmp/m /proc/mounts") == "p /tmp/m cgroup rw,relatime,pids 0 0"


def test_a_fork_over_a_limit_fails_where_it_is_asked_for_and_the_log_says_so_once() -> None:
    box = Box(PIDS)
    box.do("echo 3 > /tmp/m/a/pids.max\nspawn w\necho 2 > /tmp/m/a/b/cgroup.procs")
    box.do("w spawn x\nw spawn y")
    assert box.fails("w spawn z") == "EAGAIN"
    assert box.fails("w spawn -t t") == "EAGAIN"
    assert [box.number(f"a/{each}") for each in ("pids.current", "b/pids.current")] == [3, 3]
    assert box.told("cat /tmp/m/a/pids.events /tmp/m/a/b/pids.events").splitlines() == [
        *("max 0", "max 2"),
    ]
    assert [box.number(f"a/{each}") for each in ("pids.peak", "b/pids.peak")] == [3, 4]
    said = "cgroup: fork rejected by pids controller in /a/b"
    assert box.told("dmesg").count(said) == 1
    box.do("kill 3")
    assert box.fails("w spawn z") == "EAGAIN"
    box.do("w wait x || true\nw spawn z")


def test_a_fork_that_fails_has_used_up_a_number() -> None:
    box = Box(PIDS)
    box.do("spawn w\necho 2 > /tmp/m/a/cgroup.procs\necho 1 > /tmp/m/a/pids.max")
    for _ in range(3):
        assert box.fails("w spawn x") == "EAGAIN"
    box.do("echo max > /tmp/m/a/pids.max\nw spawn x")
    assert box.told("cat /tmp/m/a/cgroup.procs").split() == ["2", "6"]


def test_who_is_moved_comes_in_over_any_limit() -> None:
    box = Box(PIDS)
    box.do("echo 0 > /tmp/m/c/pids.max\nspawn w\nw spawn -t t\necho 2 > /tmp/m/c/cgroup.procs")
    assert (box.number("c/pids.current"), box.number("c/pids.peak")) == (2, 2)
    box.do("echo 3 > /tmp/m/a/tasks")
    assert (box.number("c/pids.current"), box.number("a/pids.current")) == (1, 1)
    assert box.fails("w spawn x") == "EAGAIN"
    box.do("as t { exec sleep infinity } &")
    assert (box.number("c/pids.current"), box.number("a/pids.current")) == (0, 1)
    box.do("kill -9 2\nwait")
    assert box.number("a/pids.current") == 0


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        *(("max", "max"), ("0x10", "16"), ("4194304", "4194304")),
        *(
            ("4194305", "EINVAL"),
            ("-1", "EINVAL"),
            ("x", "EINVAL"),
            ("99999999999999999999", "ERANGE"),
        ),
    ],
)
def test_limits(text: str, answer: str) -> None:
    box = Box(PIDS)
    if answer.startswith("E"):
        assert box.fails(f"echo {text} > /tmp/m/c/pids.max") == answer
    else:
        box.do(f"echo {text} > /tmp/m/c/pids.max")
        assert box.told("cat /tmp/m/c/pids.max") == answer


@pytest.mark.parametrize(
    ("options", "answer"),
    [
        *(("pids", "rw,relatime,pids"), ("pids=1", "rw,relatime,pids")),
        *(("freezer", "rw,relatime,freezer"), ("freezer,name=x", "rw,relatime,freezer,name=x")),
        ("none,name=x,clone_children", "rw,relatime,clone_children,name=x"),
        *(("pids,freezer", "EBUSY"), ("pids,name=x", "EBUSY"), ("all", "EBUSY"), ("", "EBUSY")),
        *(("clone_children", "EBUSY"), ("none,pids", "none used incorrectly")),
        *(
            ("all,pids", "subsys name conflicts with all"),
            ("none=1", "Unexpected value for 'none'"),
        ),
        ("bogus", "Unknown subsys name 'bogus'"),
    ],
)
def test_a_controller_is_of_one_hierarchy(options: str, answer: str) -> None:
    box = Box(PIDS)
    call = f"mount -t cgroup {f'-o {options}' if options else ''} x /tmp/n"
    if answer == "EBUSY":
        assert box.fails(call) == answer
    elif answer.startswith("rw"):
        box.do(call)
        assert box.told("grep /tmp/n /proc/mounts | cut -d ' ' -f 4") == answer
    else:
        assert box.fails(call) == "EINVAL"
        assert f"cgroup: {answer}" in box.told("dmesg")


def test_a_hierarchy_without_cgroups_changes_its_controllers() -> None:
    box = Box("mkdir /tmp/m\nmount -t cgroup -o pids p /tmp/m\nmount -o remount,freezer /tmp/m")
    assert box.told("cat /proc/self/cgroup") == "1:freezer:/"
    box.do("mount -o remount,freezer,pids /tmp/m\nmkdir /tmp/m/a")
    assert box.fails("mount -o remount,pids /tmp/m") == "EBUSY"
    assert box.told("cat /proc/self/cgroup") == "1:freezer,pids:/"


def test_all_that_is_known_stands_in_proc() -> None:
    box = Box(PIDS)
    assert box.told("cat /proc/cgroups").splitlines() == [
        "#subsys_name\thierarchy\tnum_cgroups\tenabled",
        "freezer\t0\t1\t1",
        "pids\t1\t4\t1",
    ]


def test_the_unified_hierarchy_has_what_no_other_has() -> None:
    box = Box(UNIFIED)
    assert box.told("cat /tmp/m/cgroup.controllers") == "pids"
    assert box.told("cat /tmp/m/a/cgroup.controllers") == ""
    assert box.fails("echo +pids > /tmp/m/a/cgroup.subtree_control") == "ENOENT"
    assert box.fails("echo +freezer > /tmp/m/cgroup.subtree_control") == "EINVAL"
    box.do("echo +pids > /tmp/m/cgroup.subtree_control")
    assert box.told("cat /tmp/m/a/cgroup.controllers /tmp/m/cgroup.subtree_control").split() == [
        *("pids", "pids"),
    ]
    files = "ls /tmp/m/a | grep pids"
    assert box.told(files).split() == [
        *("pids.current", "pids.events", "pids.events.local", "pids.max", "pids.peak"),
    ]
    assert "nr_subsys_pids 3" in box.told("cat /tmp/m/cgroup.stat")
    assert box.fails("mount -t cgroup -o pids p /tmp/n") == "EBUSY"
    box.do("echo +pids > /tmp/m/a/cgroup.subtree_control")
    assert box.fails("echo -pids > /tmp/m/cgroup.subtree_control") == "EBUSY"
    box.do(
        "echo -pids > /tmp/m/a/cgroup.subtree_control\necho -pids > /tmp/m/cgroup.subtree_control"
    )
    assert box.told("ls /tmp/m/a").count("pids") == 0
    assert not box.session.machine.count(PidsCgroup)
    box.do("mount -t cgroup -o pids p /tmp/n")
    assert box.told("cat /tmp/m/cgroup.controllers") == ""
    assert box.fails("echo +pids > /tmp/m/cgroup.subtree_control") == "ENOENT"
    box.do("umount /tmp/n")
    assert box.told("cat /tmp/m/cgroup.controllers") == "pids"


def test_events_are_told_to_all_above_the_limit() -> None:
    box = Box(UNIFIED)
    box.do(
        "echo +pids > /tmp/m/cgroup.subtree_control\necho +pids > /tmp/m/a/cgroup.subtree_control"
    )
    box.do("spawn w\necho 2 > /tmp/m/a/b/cgroup.procs\necho 1 > /tmp/m/a/b/pids.max")
    assert box.fails("w spawn x") == "EAGAIN"
    box.do("echo max > /tmp/m/a/b/pids.max\necho 1 > /tmp/m/a/pids.max")
    assert box.fails("w spawn x") == "EAGAIN"
    told = [box.number(f"a/{each}") for each in ("pids.events", "pids.events.local")]
    told += [box.number(f"a/b/{each}") for each in ("pids.events", "pids.events.local")]
    assert told == [2, 1, 1, 1]
    box.do("mount -o remount,pids_localevents /tmp/m")
    assert (box.number("a/pids.events"), box.number("a/b/pids.events")) == (0, 2)


def test_members_and_controllers_for_domains_below_do_not_go_together() -> None:
    box = Box(UNIFIED)
    box.do("echo +pids > /tmp/m/cgroup.subtree_control\nspawn w\nspawn v")
    box.do("echo 2 > /tmp/m/a/b/cgroup.procs\necho 3 > /tmp/m/a/cgroup.procs")
    assert box.fails("echo +pids > /tmp/m/a/cgroup.subtree_control") == "EBUSY"
    box.do("echo 3 > /tmp/m/cgroup.procs\necho +pids > /tmp/m/a/cgroup.subtree_control")
    assert box.fails("echo 3 > /tmp/m/a/cgroup.procs") == "EBUSY"
    box.do("echo 2 > /tmp/m/cgroup.procs\necho 3 > /tmp/m/a/cgroup.procs")
    assert box.told("cat /tmp/m/a/cgroup.type /tmp/m/a/b/cgroup.type").splitlines() == [
        *("domain threaded", "domain invalid"),
    ]
    assert box.fails("echo 2 > /tmp/m/a/b/cgroup.procs") == "ENOTSUP"


def test_a_child_is_counted_where_it_is_cloned_into() -> None:
    box = Box(UNIFIED)
    box.do("echo +pids > /tmp/m/cgroup.subtree_control\nspawn w\necho 2 > /tmp/m/a/cgroup.procs")
    box.do("echo 1 > /tmp/m/a/pids.max\nw exec 7< /tmp/m/c 8< /tmp/m")
    assert box.fails("w spawn x") == "EAGAIN"
    box.do("w clone2 -n x --cgroup 7 INTO_CGROUP\nw clone2 -n y --cgroup 8 INTO_CGROUP")
    assert (box.number("a/pids.current"), box.number("c/pids.current")) == (1, 1)
    box.do("echo 0 > /tmp/m/c/pids.max")
    assert box.fails("w clone2 -n z --cgroup 7 INTO_CGROUP") == "EAGAIN"


def test_counting_begins_with_who_is_there() -> None:
    box = Box(UNIFIED)
    box.do("spawn w\nw spawn -t t\nw spawn x\necho 2 > /tmp/m/a/cgroup.procs")
    box.do("echo +pids > /tmp/m/cgroup.subtree_control")
    assert (box.number("a/pids.current"), box.number("c/pids.current")) == (2, 0)
    box.do("mkdir /tmp/m/d")
    assert (box.number("d/pids.current"), box.told("cat /tmp/m/d/pids.max")) == (0, "max")


def test_whom_the_freezer_holds_nothing_reaches() -> None:
    box = Box(FREEZER)
    box.do("spawn w\necho 2 > /tmp/m/a/b/cgroup.procs\necho FROZEN > /tmp/m/a/freezer.state")
    told = "cat /tmp/m/a/b/freezer.state /tmp/m/a/b/freezer.self_freezing"
    assert box.told(f"{told} /tmp/m/a/b/freezer.parent_freezing").split() == ["FROZEN", "0", "1"]
    assert (box.state(2), box.told("cat /proc/2/wchan")) == ("D", "__refrigerator")
    assert box.fails("w true") == "EBUSY"
    box.do("kill 2\nkill -9 2")
    pending = "grep Pnd /proc/2/status | cut -f 2"
    assert (box.state(2), box.told(pending).split()) == (
        *("D",),
        ["0000000000000100", "0000000000004100"],
    )
    box.do("echo THAWED > /tmp/m/a/freezer.state")
    assert box.state(2) == "Z"
    assert not box.session.machine.count(FreezerCgroup)
    box.do("echo FROZEN > /tmp/m/c/freezer.state")
    assert box.told("dmesg").count("Freezing with imperfect legacy cgroup freezer") == 1


def test_the_stopped_are_frozen_too_and_go_on_as_such() -> None:
    box = Box(FREEZER)
    box.do("spawn w\necho 2 > /tmp/m/c/cgroup.procs\nkill -STOP 2")
    box.do("echo FROZEN > /tmp/m/c/freezer.state")
    assert (box.state(2), box.told("cat /tmp/m/c/freezer.state")) == ("D", "FROZEN")
    box.do("kill -CONT 2")
    assert box.state(2) == "D"
    box.do("echo 2 > /tmp/m/cgroup.procs\nw true")
    assert box.told("cat /tmp/m/c/freezer.state") == "FROZEN"
    box.do("echo 2 > /tmp/m/c/cgroup.procs")
    assert box.state(2) == "D"


def test_what_is_written_to_the_freezer_is_checked_and_handed_down() -> None:
    box = Box(FREEZER)
    for text in ("frozen", "FREEZING", "1"):
        assert box.fails(f"echo {text} > /tmp/m/c/freezer.state") == "EINVAL"
    assert box.fails("echo 1 > /tmp/m/c/freezer.self_freezing") == "EINVAL"
    box.do("echo FROZEN > /tmp/m/c/freezer.state\nmkdir /tmp/m/c/d")
    assert box.told("cat /tmp/m/c/d/freezer.state /tmp/m/c/d/freezer.parent_freezing").split() == [
        *("FROZEN", "1"),
    ]
    box.do("rmdir /tmp/m/c/d /tmp/m/c")
    assert not box.session.machine.count(FreezerCgroup)


def test_a_namespace_ends_when_its_frozen_members_are_let_go() -> None:
    box = Box(FREEZER)
    box.do("spawn -p w\nw spawn x\necho 3 > /tmp/m/c/cgroup.procs")
    box.do("echo FROZEN > /tmp/m/c/freezer.state")
    box.do("kill -9 2")
    assert (box.state(2), box.state(3)) == ("S", "D")
    box.do("echo THAWED > /tmp/m/c/freezer.state")
    assert box.state(2) == "Z"
    assert box.told("ps -e -o pid=").split() == ["1", "2"]


def test_marks_are_handed_down() -> None:
    box = Box(PIDS)
    box.do("echo 2 > /tmp/m/c/cgroup.clone_children\nmkdir /tmp/m/c/d")
    assert box.told("cat /tmp/m/c/d/cgroup.clone_children /tmp/m/cgroup.sane_behavior").split() == [
        *("1", "0"),
    ]
    for odd in ("-1", "08", "0x"):
        assert box.fails(f"echo {odd} > /tmp/m/c/cgroup.clone_children") == "EINVAL"
    assert box.fails("echo 18446744073709551616 > /tmp/m/c/cgroup.clone_children") == "ERANGE"


def test_a_zombie_keeps_what_it_is_counted_in() -> None:
    box = Box(PIDS)
    box.do("spawn w\necho 2 > /tmp/m/a/b/cgroup.procs\nkill 2")
    assert box.told("cat /tmp/m/a/b/tasks") == ""
    assert box.where("init", "2") == "/"
    box.do("rmdir /tmp/m/a/b")
    assert box.number("a/pids.current") == 1
    box.do("wait")
    assert box.number("a/pids.current") == 0
    box.do("rmdir /tmp/m/a /tmp/m/c")
    assert not box.session.machine.count(PidsCgroup)
