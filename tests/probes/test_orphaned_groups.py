"""P2: orphaned process groups: SIGHUP and SIGCONT to stopped members, and stops that do not stop.

exit(3), "orphaned process group"; credentials(7), setpgid(2), tried.
"""

import os
import signal
from collections.abc import Callable

import pytest

from tests.probes._calls import (
    PR_SET_CHILD_SUBREAPER,
    SI_KERNEL,
    WUNTRACED,
    call,
    kill,
    prctl,
    wait4,
)
from tests.probes._inside import (
    Box,
    Gate,
    child,
    fields,
    in_new_pid_ns,
    pending,
    rest,
    spare,
    state,
    stopped,
    until,
    until_state,
    zombie,
)
from tests.probes._real import trial

HUP, CONT, KILL, STOP = signal.SIGHUP, signal.SIGCONT, signal.SIGKILL, signal.SIGSTOP
KEYBOARD_STOPS = [signal.SIGTSTP, signal.SIGTTIN, signal.SIGTTOU]


def in_own_group(make: Callable[[], int] = spare) -> int:
    pid = make()
    call("setpgid", pid, pid)
    return pid


def parent_leaves(make: Callable[[], int]) -> int:
    """The pid MAKE returned in a child, which has exited since: its group has lost its link."""
    box = Box()
    wait4(child(lambda: box.put(make())))
    return int(box.get())


def dies(pid: int) -> bool:
    """Wait until PID is dead; init, its new parent, may or may not have reaped it by then."""
    return until_state(pid, "Z", "") in ("Z", "")


def test_a_stopped_group_that_becomes_orphaned_dies_of_sighup():
    def body():
        prctl(PR_SET_CHILD_SUBREAPER, 0)
        return dies(parent_leaves(lambda: in_own_group(stopped)))

    assert trial(body) is True


def test_what_its_members_get_is_hup_then_cont_from_the_kernel():
    def body():
        box, leave = Box(), Gate()

        def member():
            signal.pthread_sigmask(signal.SIG_BLOCK, [HUP, CONT])
            box.put(os.getpid())
            kill(os.getpid(), STOP)
            got = [signal.sigwaitinfo([number]) for number in (HUP, CONT)]
            box.put([[one.si_pid, one.si_code] for one in got])
            rest()

        def parent():
            call("setpgid", child(member), 0)
            leave.pass_()

        pid = child(parent)
        stopped_one = box.get()
        call("setpgid", stopped_one, stopped_one)
        until_state(stopped_one, "T")
        until(lambda: os.getpgid(stopped_one) == stopped_one)
        leave.open()
        wait4(pid)
        return [box.get(), fields("PPid", stopped_one)]

    assert trial(body) == [[[0, SI_KERNEL], [0, SI_KERNEL]], ["1"]]


def test_a_running_one_gets_nothing():
    def body():
        pid = parent_leaves(in_own_group)
        until(lambda: fields("PPid", pid) == ["1"])
        until_state(pid, "S")
        return pending(pid)

    assert trial(body) == [[], []]


def test_one_stopped_member_brings_it_on_all():
    def body():
        def two():
            first = in_own_group(stopped)
            second = spare()
            call("setpgid", second, first)
            box.put(second)
            return first

        box = Box()
        first = parent_leaves(two)
        return [dies(first), dies(box.get())]

    assert trial(body) == [True, True]


def test_the_link_may_be_a_member_whose_own_exit_orphans_its_child():
    def body():
        def member():
            os.setpgid(0, 0)
            return stopped()

        return dies(parent_leaves(member))

    assert trial(body) is True


def test_adopted_by_another_group_of_the_same_session_it_is_not_orphaned():
    def body():
        prctl(PR_SET_CHILD_SUBREAPER, 1)
        pid = parent_leaves(lambda: in_own_group(stopped))
        return [
            fields("PPid", pid),
            state(pid),
            pending(pid),
            wait4(pid, WUNTRACED) == [pid, 0x137F],
        ]

    assert trial(body) == [["2"], "T", [[], []], True]


def test_neither_when_a_nested_namespaces_init_of_the_same_session_adopts_it():
    def body():
        def inside():
            os.setpgid(0, 0)
            return parent_leaves(lambda: in_own_group(quietly_stopped))

        def quietly_stopped():
            # the proc in there is the outer one, so ask wait instead of /proc
            pid = spare()
            kill(pid, STOP)
            wait4(pid, WUNTRACED)
            return pid

        _, vpid = in_new_pid_ns(inside)
        deep = [pid for pid in range(3, 10) if fields("NSpid", pid) == [f"{pid}\t{vpid}"]]
        return [state(pid) for pid in deep]

    assert trial(body) == ["T"]


@pytest.mark.parametrize("number", KEYBOARD_STOPS)
def test_the_terminals_stops_do_not_stop_an_orphaned_group(number):
    def body():
        pid = parent_leaves(in_own_group)
        until(lambda: fields("PPid", pid) == ["1"])
        kill(pid, number)
        until(lambda: pending(pid) == [[], []] and state(pid) == "S")
        ignored = state(pid)
        kill(pid, STOP)
        return [ignored, until_state(pid, "T")]

    assert trial(body) == ["S", "T"]


@pytest.mark.parametrize("number", KEYBOARD_STOPS)
def test_and_they_do_stop_another(number):
    def body():
        pid = in_own_group()
        kill(pid, number)
        return wait4(pid, WUNTRACED)

    assert trial(body) == [3, number << 8 | 0x7F]


def test_a_session_leader_is_in_an_orphaned_group_when_its_parent_is_elsewhere():
    def body():
        kill(os.getpid(), signal.SIGTSTP)
        return [os.getsid(0), os.getpgrp(), os.getpid(), zombie()]

    assert trial(body) == [2, 2, 2, 3]  # it went on
