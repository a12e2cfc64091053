"""P5 and P2: which number the next process gets, ns_last_pid, pid_max, and clone3's set_tid.

pid_namespaces(7), proc_sys_kernel(5), clone(2) (set_tid), tried.
"""

import ctypes
import os

import pytest

from tests.probes._calls import (
    CLONE_NEWNS,
    CLONE_NEWPID,
    CLONE_NEWUSER,
    CLONE_NEWUTS,
    call,
    clone3,
    clone3_raw,
    err,
    kill,
    mount,
    unshare,
    wait4,
)
from tests.probes._inside import (
    Box,
    ask,
    attempt,
    child,
    end,
    fork,
    in_new_pid_ns,
    read,
    spare,
    write,
    zombie,
)
from tests.probes._real import need, trial

LAST = "/proc/sys/kernel/ns_last_pid"
MAX = "/proc/sys/kernel/pid_max"
LIMIT = 4194304
PER_NAMESPACE = (6, 14)  # since when each pid namespace has a pid_max of its own


@pytest.fixture(autouse=True)
def _checkpointable():
    need()
    if not os.path.exists(LAST):
        pytest.skip("no ns_last_pid: the kernel was built without CONFIG_CHECKPOINT_RESTORE")


def want(*numbers: int, flags: int = 0):
    """clone3 with these pids wanted, innermost first; the child exits and is reaped."""
    return attempt(lambda: clone3(flags, set_tid=numbers))


# -- the cursor -----------------------------------------------------------------------------------


def test_numbers_are_handed_out_in_circles():
    def body():
        first = [fork(), fork(), read(LAST)]
        write(LAST, "1000")
        return [first, fork(), read(LAST), write(LAST, "0"), fork()]

    assert trial(body) == [[3, 4, "4\n"], 1001, "1001\n", 1, 3]


def test_after_the_first_round_they_begin_at_300():
    need(release=PER_NAMESPACE)

    def body():
        write(MAX, "400")
        write(LAST, "397")
        return [fork() for _ in range(4)]

    assert trial(body) == [398, 399, 300, 301]  # pid_max itself is never given


def test_numbers_in_use_are_passed_over():
    def body():
        taken = [spare(), zombie(), spare()]
        call("setpgid", taken[2], 0)
        member = spare()
        call("setpgid", member, taken[2])
        end(taken[2])
        write(LAST, "2")
        # a resting process, a zombie, the number of a group whose leader is gone, its member
        return [taken, member, fork()]

    assert trial(body) == [[3, 4, 5], 6, 7]


def test_a_dead_leaders_number_is_kept_for_its_group_and_freed_with_it():
    def body():
        leader, member = spare(), spare()
        call("setpgid", leader, 0)
        call("setpgid", member, leader)
        end(leader)
        kept = [
            kill(leader, 0),
            kill(-leader, 0),
            call("getpgid", leader),
            os.path.exists(f"/proc/{leader}"),
            want(leader),
        ]
        end(member)
        return [kept, want(leader) == leader]

    assert trial(body) == [["ESRCH", 0, "ESRCH", False, "EEXIST"], True]


@pytest.mark.parametrize(
    ("text", "answer", "last"),
    [
        ("77", 2, "77"),
        ("77\n", 3, "77"),
        ("  77", 4, "77"),
        ("0x10", 4, "16"),
        ("010", 3, "8"),
        ("77 78", 3, "77"),  # a short write
        ("0", 1, "0"),
        ("", 0, "2"),
        ("\n", "EINVAL", "2"),
        ("-1", "EINVAL", "2"),
        ("+5", "EINVAL", "2"),
        ("77x", "EINVAL", "2"),
        ("seven", "EINVAL", "2"),
        ("99999999999", "EINVAL", "2"),
    ],
)
def test_what_may_be_written_to_ns_last_pid(text, answer, last):
    assert trial(lambda: [write(LAST, text), read(LAST)]) == [answer, f"{last}\n"]


def test_ns_last_pid_goes_up_to_its_namespaces_pid_max():
    need(release=PER_NAMESPACE)

    def body():
        write(MAX, "400")
        return [write(LAST, number) for number in ("400", "401")]

    assert trial(body) == [3, "EINVAL"]


def test_a_second_write_through_one_descriptor_changes_nothing():
    def body():
        fd = os.open(LAST, os.O_RDWR)
        return [os.write(fd, b"500"), os.write(fd, b"600"), read(LAST)]

    assert trial(body) == [3, 3, "500\n"]


def test_ns_last_pid_belongs_to_the_caller_not_to_the_mount():
    def body():
        def inside():
            through_the_outer_mount = [read(LAST), write(LAST, "100"), fork()]
            unshare(CLONE_NEWNS)
            mount("proc", "/proc", "proc")
            return [through_the_outer_mount, read(LAST)]

        return [in_new_pid_ns(inside), read(LAST)]

    assert trial(body) == [[3, [["1\n", 3, 101], "101\n"]], "4\n"]  # 4: its fork, out here


def test_an_ordinary_user_may_not_write_it():
    need(root=True)

    def body():
        os.setuid(1000)
        return [write(LAST, "77"), want(77), write(MAX, "500")]

    assert trial(lambda: ask(body)) == ["EPERM", "EPERM", "EACCES"]


# -- pid_max --------------------------------------------------------------------------------------


def test_a_new_namespace_begins_with_the_largest_pid_max():
    need(release=PER_NAMESPACE)

    def body():
        before = read(MAX)
        write(MAX, "500")
        return [before, in_new_pid_ns(lambda: [read(MAX), write(MAX, "600"), read(MAX)]), read(MAX)]

    assert trial(body) == [f"{LIMIT}\n", [3, [f"{LIMIT}\n", 3, "600\n"]], "500\n"]


@pytest.mark.parametrize(
    ("text", "answer"),
    [("301", 3), ("300", "EINVAL"), ("-1", "EINVAL"), (str(LIMIT), 7), (str(LIMIT + 1), "EINVAL")],
)
def test_the_range_of_pid_max(text, answer):
    need(release=PER_NAMESPACE)
    assert trial(lambda: write(MAX, text)) == answer


def test_fork_fails_with_eagain_when_numbers_run_out():
    need(release=PER_NAMESPACE)

    def body():
        write(MAX, "303")
        write(LAST, "299")
        return [err(spare) for _ in range(4)]

    assert trial(body) == [300, 301, 302, "EAGAIN"]


def test_a_number_has_to_fit_at_every_level():
    need(release=PER_NAMESPACE)

    def body():
        write(MAX, "303")
        write(LAST, "300")
        spare()
        unshare(CLONE_NEWPID)
        return [err(spare) for _ in range(3)]

    assert trial(body) == [302, 300, "EAGAIN"]


# -- wanted pids ----------------------------------------------------------------------------------


def test_a_wanted_pid_does_not_move_the_cursor():
    assert trial(lambda: [want(777), fork()]) == [777, 3]


def test_a_wanted_pid_that_is_taken():
    def body():
        dead = zombie()
        return [want(number) for number in (os.getpid(), 1, dead)]

    assert trial(body) == ["EEXIST"] * 3


def test_a_wanted_pid_that_cannot_be():
    need(release=PER_NAMESPACE)

    def body():
        write(MAX, "1000")
        return [want(number) for number in (0, -1, 1000, 999)]

    assert trial(body) == ["EINVAL", "EINVAL", "EINVAL", 999]


def test_at_most_one_wanted_pid_for_each_level():
    def body():
        init, _ = in_new_pid_ns(lambda: None)
        answers = {
            "inner": want(50),
            "both": want(51, 5000),
            "inner taken": want(1),
            "outer taken": want(52, init),
            "after that failure": want(52),
            "far too many": want(*[60] * 33),
        }
        call("setns", os.open("/proc/self/ns/pid", os.O_RDONLY), 0)
        return answers

    assert trial(body) == {
        "inner": 4,
        "both": 5000,
        "inner taken": "EEXIST",
        "outer taken": "EEXIST",
        "after that failure": 5,  # neither 52 in there nor a number out here was spent
        "far too many": "EINVAL",
    }


def test_a_new_namespaces_first_process_can_only_want_one():
    def body():
        by_clone = [want(*ids, flags=CLONE_NEWPID) for ids in ((2,), (5, 901), (1,), (1, 900))]
        unshare(CLONE_NEWPID)
        return [by_clone, want(5), want(1) != "EINVAL"]

    refused_twice, unshared, born = trial(body)
    assert refused_twice[:2] == ["EINVAL", "EINVAL"]
    assert isinstance(refused_twice[2], int)
    assert refused_twice[3] == 900
    assert [unshared, born] == ["EINVAL", True]


def test_a_full_kind_of_namespace_is_told_before_a_number_that_is_taken():
    def body():
        unshare(CLONE_NEWUSER)
        write("/proc/self/setgroups", "deny")
        for ids in ("uid_map", "gid_map"):
            write(f"/proc/self/{ids}", "0 0 1")
        write("/proc/sys/user/max_uts_namespaces", "0")
        _init, found = in_new_pid_ns(lambda: [want(1), want(1, flags=CLONE_NEWUTS)])
        return found

    assert trial(body) == ["EEXIST", "ENOSPC"]


def test_set_tid_and_its_size_go_together():
    def body():
        wanted = ctypes.c_int(77)
        address = ctypes.addressof(wanted)

        def give(where, size):
            return attempt(lambda: clone3_raw(exit_signal=17, set_tid=where, set_tid_size=size))

        return [give(0, 1), give(address, 0), give(8, 1)]

    assert trial(body) == ["EINVAL", "EINVAL", "EFAULT"]


def test_restart_with_the_same_vpids_while_their_kpids_are_taken():
    """P5 as a restart does it: the inner numbers come back, the outer ones are others."""

    def body():
        box = Box()

        def tree():
            for how in (lambda: clone3(set_tid=[10]), lambda: clone3(set_tid=[20])):
                child(lambda: box.put(os.getpid()), how)
            return sorted([box.get(), box.get()])

        first, before = in_new_pid_ns(tree)
        call("setns", os.open("/proc/self/ns/pid", os.O_RDONLY), 0)
        second, after = in_new_pid_ns(tree)
        return [before, after, first != second, wait4(first, 1), wait4(second, 1)]

    assert trial(body) == [[10, 20], [10, 20], True, [0, 0], [0, 0]]
