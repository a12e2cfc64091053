"""P2: wait in all its forms: what it reports, to whom, how often, and in which order.

wait(2), tried.
"""

import os
import signal

import pytest

from tests.probes._calls import (
    CLD_CONTINUED,
    CLD_EXITED,
    CLD_KILLED,
    CLD_STOPPED,
    P_ALL,
    P_PGID,
    P_PID,
    P_PIDFD,
    SA_NOCLDSTOP,
    SA_NOCLDWAIT,
    WALL,
    WCLONE,
    WCONTINUED,
    WEXITED,
    WNOHANG,
    WNOWAIT,
    WSTOPPED,
    WUNTRACED,
    call,
    clone,
    handle,
    kill,
    wait4,
    waitid,
)
from tests.probes._inside import (
    Box,
    Gate,
    child,
    rest,
    spare,
    stopped,
    until_state,
    zombie,
)
from tests.probes._real import trial

CHLD, CONT, KILL, STOP = signal.SIGCHLD, signal.SIGCONT, signal.SIGKILL, signal.SIGSTOP
STOPPED, CONTINUED = 0x137F, 0xFFFF


def test_without_children():
    def body():
        some = [wait4(pid, WNOHANG) for pid in (-1, 0, 1, -9999, 9999, os.getpid())]
        return [some, wait4(-(2**31))]

    assert trial(body) == [[["ECHILD"]] * 6, ["ESRCH"]]


def test_unknown_options_come_first():
    def body():
        return [wait4(-1, option) for option in (0x10, WEXITED, WNOWAIT)]

    assert trial(body) == [["EINVAL"]] * 3


def test_nothing_ready():
    def body():
        spare()
        ready = [wait4(pid, WNOHANG) for pid in (3, -1, 0, -2)]
        return [ready, wait4(-3, WNOHANG), wait4(-(2**31), WNOHANG)]

    assert trial(body) == [[[0, 0]] * 4, ["ECHILD"], ["ESRCH"]]


def test_a_stop_is_told_once_and_to_who_asked():
    def body():
        pid = stopped()
        return [wait4(pid, option) for option in (WNOHANG, WUNTRACED, WUNTRACED | WNOHANG)]

    assert trial(body) == [[0, 0], [3, STOPPED], [0, 0]]


def test_so_is_a_continuation():
    def body():
        pid = stopped()
        kill(pid, CONT)
        lost = wait4(pid, WUNTRACED | WNOHANG)  # the stop is over before anybody asked
        return [lost, wait4(pid, WCONTINUED), wait4(pid, WCONTINUED | WNOHANG)]

    assert trial(body) == [[0, 0], [3, CONTINUED], [0, 0]]


def test_no_news_from_stopping_twice_or_continuing_the_running():
    def body():
        pid = spare()
        kill(pid, CONT)
        running = wait4(pid, WCONTINUED | WNOHANG)
        kill(pid, STOP)
        first = wait4(pid, WUNTRACED)
        kill(pid, STOP)
        return [running, first, wait4(pid, WUNTRACED | WNOHANG)]

    assert trial(body) == [[0, 0], [3, STOPPED], [0, 0]]


def test_a_stopped_child_is_killed_all_the_same():
    def body():
        pid = stopped()
        kill(pid, KILL)
        return [wait4(pid), wait4(pid)]

    assert trial(body) == [[3, KILL], ["ECHILD"]]


@pytest.mark.parametrize(
    ("code", "word"), [(0, 0), (42, 42 << 8), (255, 255 << 8), (-1, 255 << 8), (259, 3 << 8)]
)
def test_an_exit_status_has_eight_bits(code, word):
    assert trial(lambda: wait4(child(lambda: call("exit", code)))) == [3, word]


def test_waitpid_any_takes_zombies_by_age_not_by_death():
    def body():
        family = [spare() for _ in range(5)]
        for pid in reversed(family):
            kill(pid, KILL)
            until_state(pid, "Z")
        return [wait4(-1)[0] for _ in family]

    assert trial(body) == [3, 4, 5, 6, 7]


def test_by_group():
    def body():
        own, other = zombie(), spare()
        call("setpgid", other, other)
        kill(other, KILL)
        return [wait4(-other), wait4(-other), wait4(0) == [own, 0], wait4(0)]

    assert trial(body) == [[4, KILL], ["ECHILD"], True, ["ECHILD"]]


def test_a_child_that_changes_its_group_is_missed_by_the_old_one():
    def body():
        box, gate = Box(), Gate()

        def mover():
            gate.pass_()
            os.setpgid(0, 0)
            box.put("moved")
            rest()

        pid = child(mover)
        before = wait4(0, WNOHANG)
        gate.open()
        box.get()
        return [before, wait4(0, WNOHANG), wait4(-pid, WNOHANG)]

    assert trial(body) == [[0, 0], ["ECHILD"], [0, 0]]


def test_clone_children_are_a_class_of_their_own():
    """Whose death is told by another signal than SIGCHLD, or by none."""

    def body():
        answers = []
        signal.signal(signal.SIGUSR1, signal.SIG_IGN)
        for how in (lambda: clone(0), lambda: clone(signal.SIGUSR1)):
            pid = child(lambda: 3, how)
            until_state(pid, "Z")
            plain = [wait4(pid, WNOHANG), wait4(-1, WNOHANG)]
            answers.append([plain, wait4(pid, WCLONE)[1]])
        pid = child(lambda: 3, lambda: clone(0))
        answers.append(wait4(pid, WALL)[1])
        pid = zombie()
        answers.append([wait4(pid, WCLONE), wait4(pid, WALL)[1]])
        return answers

    none = [["ECHILD"], ["ECHILD"]]
    assert trial(body) == [[none, 3 << 8], [none, 3 << 8], 3 << 8, [["ECHILD"], 0]]


def test_waitid_tells_a_childs_life():
    def body():
        pid = stopped()
        stop = [waitid(P_PID, pid, WSTOPPED | flag | WNOHANG) for flag in (WNOWAIT, 0, 0)]
        kill(pid, CONT)
        cont = [waitid(P_PID, pid, WCONTINUED | WNOHANG) for _ in range(2)]
        alive = waitid(P_PID, pid, WEXITED | WNOHANG)
        kill(pid, signal.SIGUSR1)
        dead = [waitid(P_ALL, 0, WEXITED | flag) for flag in (WNOWAIT, 0, 0)]
        child(lambda: 42)
        own_group = waitid(P_PGID, 0, WEXITED)
        pidfd = call("pidfd_open", child(lambda: 0), 0)
        assert isinstance(pidfd, int)
        return [stop, cont, alive, dead, own_group, waitid(P_PIDFD, pidfd, WEXITED)]

    stop, cont, death = [3, CLD_STOPPED, STOP], [3, CLD_CONTINUED, CONT], [3, CLD_KILLED, 10]
    assert trial(body) == [
        [stop, stop, []],
        [cont, []],
        [],
        [death, death, "ECHILD"],
        [4, CLD_EXITED, 42],
        [5, CLD_EXITED, 0],
    ]


def test_what_waitid_refuses():
    def body():
        return {
            "no event": [waitid(P_ALL, 0, options) for options in (0, WNOHANG)],
            "unknown": waitid(P_ALL, 0, WEXITED | 0x10),
            "idtype": waitid(7, 0, WEXITED),
            "pid": [waitid(P_PID, pid, WEXITED) for pid in (0, -1)],
            "group": [waitid(P_PGID, -1, WEXITED), waitid(P_PGID, 0, WEXITED)],
            "pidfd": [waitid(P_PIDFD, fd, WEXITED) for fd in (99, -1)],
        }

    assert trial(body) == {
        "no event": ["EINVAL", "EINVAL"],
        "unknown": "EINVAL",
        "idtype": "EINVAL",
        "pid": ["EINVAL", "EINVAL"],
        "group": ["EINVAL", "ECHILD"],
        "pidfd": ["EBADF", "EINVAL"],
    }


def _told():
    """The SIGCHLD that is pending and blocked: [si_pid, si_code, si_status]; [] if none."""
    info = signal.sigtimedwait([CHLD], 0)
    return [info.si_pid, info.si_code, info.si_status] if info else []


def test_sigchld_says_what_wait_will_say():
    def body():
        signal.pthread_sigmask(signal.SIG_BLOCK, [CHLD])
        pid = stopped()
        told = [_told()]
        kill(pid, CONT)
        until_state(pid, "S")
        told.append(_told())
        kill(pid, KILL)
        until_state(pid, "Z")
        told.append(_told())
        zombie(9)
        return [*told, _told()]

    assert trial(body) == [
        [3, CLD_STOPPED, STOP],
        [3, CLD_CONTINUED, CONT],
        [3, CLD_KILLED, KILL],
        [4, CLD_EXITED, 9],
    ]


def test_two_deaths_may_be_told_by_one_sigchld_the_firsts():
    def body():
        signal.pthread_sigmask(signal.SIG_BLOCK, [CHLD])
        zombie(1)
        zombie(2)
        return [_told(), _told()]

    assert trial(body) == [[3, CLD_EXITED, 1], []]


def test_sa_nocldstop_and_sa_nocldwait():
    def body():
        signal.pthread_sigmask(signal.SIG_BLOCK, [CHLD])
        handle(CHLD, SA_NOCLDSTOP)
        pid = stopped()
        told = [_told()]
        kill(pid, CONT)
        until_state(pid, "S")
        told.append(_told())
        kill(pid, KILL)
        until_state(pid, "Z")
        told += [_told(), wait4(pid)]
        handle(CHLD, SA_NOCLDWAIT)
        return [told, wait4(child(lambda: 1)), _told()]

    assert trial(body) == [
        [[], [], [3, CLD_KILLED, KILL], [3, KILL]],
        ["ECHILD"],
        [4, CLD_EXITED, 1],
    ]
