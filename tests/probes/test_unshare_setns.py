"""P10 (and N16, N17 for clone flags): making, entering and leaving pid namespaces.

pid_namespaces(7), unshare(2), setns(2), clone(2), tried.
"""

import os
import threading

import pytest

from tests.probes._calls import (
    CLONE_FS,
    CLONE_NEWIPC,
    CLONE_NEWNS,
    CLONE_NEWPID,
    CLONE_NEWUSER,
    CLONE_NEWUTS,
    CLONE_PARENT,
    CLONE_SIGHAND,
    CLONE_SYSVSEM,
    CLONE_THREAD,
    CLONE_VM,
    Answer,
    call,
    clone,
    clone3,
    err,
    kill,
    setns,
    unshare,
    wait4,
)
from tests.probes._inside import (
    Box,
    Gate,
    ask,
    attempt,
    child,
    fields,
    fork,
    in_new_pid_ns,
    rest,
    spare,
    until,
    until_state,
    zombie,
)
from tests.probes._real import need, trial

SIGCHLD = 17


def _for_children() -> str:
    return str(err(os.readlink, "/proc/self/ns/pid_for_children"))


def test_unshare_moves_the_children_not_the_caller():
    def body():
        before = os.readlink("/proc/self/ns/pid")
        answer = unshare(CLONE_NEWPID)
        unborn = [_for_children(), err(os.open, "/proc/self/ns/pid_for_children", os.O_RDONLY)]
        first, second = spare(), spare()
        return {
            "answer": answer,
            "unborn": unborn,
            "moved": os.readlink("/proc/self/ns/pid") != before or os.getpid() != 2,
            "same": _for_children() == os.readlink(f"/proc/{first}/ns/pid") != before,
            "numbers": [fields("NSpid", pid)[0] for pid in (first, second)],
        }

    assert trial(body) == {
        "answer": 0,
        "unborn": ["ENOENT", "ENOENT"],
        "moved": False,
        "same": True,
        "numbers": ["3\t1", "4\t2"],
    }


@pytest.mark.parametrize("born", [False, True])
def test_a_second_unshare_is_refused_until_setns_brings_one_home(born):
    def body():
        unshare(CLONE_NEWPID)
        if born:
            spare()
        refused = [unshare(CLONE_NEWPID), attempt(lambda: clone(CLONE_NEWPID | SIGCHLD))]
        return [*refused, setns("/proc/self/ns/pid"), unshare(CLONE_NEWPID)]

    assert trial(body) == ["EINVAL", "EINVAL", 0, 0]


def test_fork_fails_with_enomem_once_the_first_child_is_gone():
    def body():
        unshare(CLONE_NEWPID)
        first = zombie()
        as_zombie = fork()
        wait4(first)
        gone = [fork(), unshare(CLONE_NEWPID), attempt(lambda: clone(CLONE_NEWPID | SIGCHLD))]
        return [as_zombie, gone, setns("/proc/self/ns/pid"), fork()]

    # 6, not 4: each fork that failed has used up a number of the outer level
    assert trial(body) == ["ENOMEM", ["ENOMEM", "EINVAL", "EINVAL"], 0, 6]


def test_setns_to_a_dead_namespace_succeeds_and_the_fork_fails():
    def body():
        init, _ = in_new_pid_ns(lambda: None)
        fd = os.open(f"/proc/{init}/ns/pid", os.O_RDONLY)
        setns("/proc/self/ns/pid")
        kill(init, 9)
        until_state(init, "Z")
        by_zombie = setns(f"/proc/{init}/ns/pid")
        wait4(init)
        return [by_zombie, setns(fd), fork()]

    assert trial(body) == [0, 0, "ENOMEM"]


@pytest.mark.parametrize("by", ["clone", "unshare"])
def test_thirty_two_levels_below_the_first_one_is_the_end(by):
    def body():
        box = Box()

        def deeper(level: int) -> None:
            got: Answer
            if by == "clone":
                got = err(lambda: clone(CLONE_NEWPID | SIGCHLD))
            else:
                got = unshare(CLONE_NEWPID)
                got = os.fork() if got == 0 else got
            if got == 0:
                deeper(level + 1)
            elif isinstance(got, str):
                box.put([level, got])
            rest()

        child(lambda: deeper(0))
        return box.get()

    depth_here = trial(lambda: len(str(fields("NSpid", proc="/proc")[0]).split()))
    assert depth_here == 1
    levels, answer = trial(body)
    assert answer == "ENOSPC"
    # The trial's own namespace is one below the machine's first, unless the tests run deeper.
    assert levels <= 31
    if os.readlink("/proc/self/ns/pid") == "pid:[4026531836]":
        assert levels == 31


def test_setns_goes_down_and_home_but_never_up():
    def body():
        home = os.open("/proc/self/ns/pid", os.O_RDONLY)
        init, _ = in_new_pid_ns(lambda: None)
        below = os.open(f"/proc/{init}/ns/pid", os.O_RDONLY)
        down = [setns(below), setns(below), os.getpid()]

        def inside():
            seen = [os.getpid(), os.getppid(), os.getpgrp(), os.getsid(0)]
            return [seen, setns(below), setns(home)]

        return [down, ask(inside), setns(home)]

    assert trial(body) == [[0, 0, 2], [[2, 0, 0, 0], 0, "EINVAL"], 0]


def test_setns_refuses_what_is_no_such_namespace():
    def body():
        pid, uts = (os.open(f"/proc/self/ns/{name}", os.O_RDONLY) for name in ("pid", "uts"))
        pidfd = call("pidfd_open", os.getpid(), 0)
        assert isinstance(pidfd, int)
        return {
            "kind": [setns(pid, CLONE_NEWUTS), setns(uts, CLONE_NEWPID)],
            "no descriptor": setns(999),
            "no namespace": setns("/dev/null"),
            "pidfd": [setns(pidfd, CLONE_NEWPID), setns(pidfd, 0)],
        }

    assert trial(body) == {
        "kind": ["EINVAL", "EINVAL"],
        "no descriptor": "EBADF",
        "no namespace": "EINVAL",
        "pidfd": [0, "EINVAL"],
    }


def test_each_thread_chooses_for_its_own_children():
    """P12: pid_for_children belongs to a thread; a thread cannot be born into another space."""

    def body():
        done, found = Gate(), Box()

        def other():
            answer = [unshare(CLONE_NEWPID), unshare(CLONE_NEWPID)]
            thread = err(lambda: clone(CLONE_THREAD | CLONE_SIGHAND | CLONE_VM))
            links = [
                err(os.readlink, f"/proc/self/task/{tid}/ns/pid_for_children") != "ENOENT"
                for tid in sorted(map(int, os.listdir("/proc/self/task")))
            ]
            refused = [unshare(flag) for flag in (CLONE_VM, CLONE_THREAD, CLONE_SIGHAND)]
            found.put([answer, thread, links, [*refused, unshare(CLONE_NEWUSER)]])
            done.pass_()

        thread = threading.Thread(target=other)
        thread.start()
        got = found.get()
        done.open()
        thread.join()
        until(lambda: len(os.listdir("/proc/self/task")) == 1)
        return [*got, [unshare(CLONE_VM), unshare(CLONE_THREAD)], _for_children() != "ENOENT"]

    assert trial(body) == [
        [0, "EINVAL"],
        "EINVAL",
        [True, False],
        ["EINVAL", "EINVAL", "EINVAL", "EINVAL"],
        [0, 0],
        True,
    ]


def test_unshare_knows_its_flags():
    assert trial(lambda: [unshare(0), unshare(1), unshare(CLONE_PARENT)]) == [0, "EINVAL", "EINVAL"]


REFUSED = {
    "NEWPID with THREAD": CLONE_NEWPID | CLONE_THREAD | CLONE_SIGHAND | CLONE_VM,
    "SIGHAND without VM": CLONE_SIGHAND | SIGCHLD,
    "THREAD without SIGHAND": CLONE_THREAD | CLONE_VM,
    "NEWNS with FS": CLONE_NEWNS | CLONE_FS | SIGCHLD,
    "NEWUSER with FS": CLONE_NEWUSER | CLONE_FS | SIGCHLD,
    "NEWIPC with SYSVSEM": CLONE_NEWIPC | CLONE_SYSVSEM | SIGCHLD,
}


@pytest.mark.parametrize("flags", REFUSED.values(), ids=REFUSED)
def test_clone_refuses_what_does_not_go_together(flags):
    assert trial(lambda: attempt(lambda: clone(flags))) == "EINVAL"


def test_clone_parent_makes_a_sibling_but_never_of_an_init():
    def sibling():
        pid = child(rest, lambda: clone(CLONE_PARENT | SIGCHLD))
        return [fields("PPid", pid), wait4(pid)]

    def as_init():
        return [attempt(lambda: clone(CLONE_PARENT | SIGCHLD)), attempt(lambda: clone(SIGCHLD))]

    assert trial(sibling) == [["1"], ["ECHILD"]]
    assert trial(as_init, as_init=True) == ["EINVAL", 2]


def test_clone_parent_may_make_a_namespace_too():
    def body():
        pid = child(rest, lambda: clone(CLONE_PARENT | CLONE_NEWPID | SIGCHLD))
        return fields("PPid NSpid", pid)

    assert trial(body) == ["1", "3\t1"]


def test_clone3_is_stricter_about_the_exit_signal_and_its_size():
    def body():
        return [
            attempt(lambda: clone3(CLONE_PARENT)),
            attempt(lambda: clone3(exit_signal=65)),
            attempt(lambda: clone3(SIGCHLD, exit_signal=0)),
            attempt(lambda: clone3(size=8)),
            attempt(lambda: clone3(1 << 40)),
        ]

    assert trial(body) == ["EINVAL"] * 5


def test_an_ordinary_user_needs_a_user_namespace_for_it():
    need(root=True)

    def body():
        home = os.open("/proc/self/ns/pid", os.O_RDONLY)

        def user():
            os.setgid(1000)
            os.setuid(1000)
            return [
                unshare(CLONE_NEWPID),
                attempt(lambda: clone(CLONE_NEWPID | SIGCHLD)),
                setns(home),
                err(os.readlink, "/proc/1/ns/pid"),
            ]

        return ask(user)

    assert trial(body) == ["EPERM", "EPERM", "EPERM", "EACCES"]
