"""P2 (and N9): the controlling terminal, its foreground group, and what happens as it goes away.

ioctl_tty(2), tcgetpgrp(3), credentials(7), setsid(2), tried on ptys.
"""

import os
import signal
import termios
from collections.abc import Callable
from typing import NoReturn

import pytest

from tests.probes._calls import (
    CLONE_NEWNS,
    SI_KERNEL,
    TIOCGPGRP,
    TIOCGSID,
    TIOCNOTTY,
    TIOCSCTTY,
    TIOCSPGRP,
    WCONTINUED,
    WUNTRACED,
    Answer,
    call,
    err,
    kill,
    mount,
    tty,
    unshare,
    wait4,
)
from tests.probes._real import (
    Box,
    Gate,
    ask,
    child,
    end,
    in_new_pid_ns,
    need,
    pending,
    rest,
    spare,
    stat,
    state,
    stopped,
    trial,
    until_state,
)

HUP, CONT, TTIN, TTOU = signal.SIGHUP, signal.SIGCONT, signal.SIGTTIN, signal.SIGTTOU
MINE, NONE = ["2", "2"], ["0", "-1"]


@pytest.fixture(autouse=True)
def _ptys():
    need()
    try:
        for fd in os.openpty():
            os.close(fd)
    except OSError as problem:
        pytest.skip(f"no pty: {problem}")


def terminal() -> tuple[int, int]:
    """A pty's master and slave; the slave is the caller's controlling terminal."""
    master, slave = os.openpty()
    if tty(slave, TIOCSCTTY) != 0:
        raise AssertionError("TIOCSCTTY")
    return master, slave


def ids(pid: int | str = "self") -> list[str]:
    """[tty_nr as 0 or not, tpgid] from /proc/PID/stat."""
    number, foreground = stat(pid)[4:6]
    return ["0" if number == "0" else "tty", foreground]


def in_group(make: Callable[[], int] = spare, group: int = 0) -> int:
    pid = make()
    call("setpgid", pid, group)
    return pid


def foreground(slave: int, group: int) -> Answer:
    """TIOCSPGRP from wherever, SIGTTOU ignored meanwhile."""
    before = signal.signal(TTOU, signal.SIG_IGN)
    answer = tty(slave, TIOCSPGRP, group)
    signal.signal(TTOU, before)
    return answer


def background(function) -> int:
    """A child in a group of its own, which begins only when it is there."""
    gate = Gate()

    def begin():
        gate.pass_()
        return function()

    pid = in_group(lambda: child(begin))
    gate.open()
    return pid


def waiting(box: Box, *numbers: int) -> NoReturn:
    """Block these signals, say so, and rest."""
    signal.pthread_sigmask(signal.SIG_BLOCK, numbers)
    box.put("blocked")
    rest()


# -- getting one ----------------------------------------------------------------------------------


def test_a_terminal_that_is_not_mine():
    def body():
        master, slave = os.openpty()
        requests = (TIOCGPGRP, TIOCGSID, TIOCSPGRP, TIOCNOTTY)
        return {
            "slave": [tty(slave, request, os.getpid()) for request in requests],
            "master": [tty(master, request, os.getpid()) for request in requests[:3]],
            "pipe": tty(os.pipe()[0], TIOCGPGRP),
            "closed": tty(999, TIOCGPGRP),
            "/dev/tty": err(os.open, "/dev/tty", os.O_RDWR),
            "stat": ids(),
        }

    assert trial(body) == {
        "slave": ["ENOTTY"] * 4,
        "master": [0, "ENOTTY", "ENOTTY"],  # it has no foreground group yet
        "pipe": "ENOTTY",
        "closed": "EBADF",
        "/dev/tty": "ENXIO",
        "stat": NONE,
    }


def test_tiocsctty():
    def body():
        master, slave = os.openpty()
        by_another = ask(lambda: tty(slave, TIOCSCTTY))
        mine = [tty(slave, TIOCSCTTY), tty(slave, TIOCSCTTY)]
        second = tty(os.openpty()[1], TIOCSCTTY)
        seen = [tty(fd, request) for fd in (slave, master) for request in (TIOCGPGRP, TIOCGSID)]
        return [by_another, mine, second, seen, ids(), ask(ids)]

    assert trial(body) == [
        "EPERM",
        [0, 0],
        "EPERM",
        [2, 2, 2, 2],
        ["tty", "2"],
        ["tty", "2"],
    ]


def test_stealing_it_takes_privilege_and_leaves_the_old_session_without():
    need(root=True)

    def body():
        _, slave = terminal()

        def thief():
            call("setsid")
            lost = [ids(), tty(slave, TIOCGPGRP), tty(slave, TIOCSCTTY, 0)]
            return [*lost, tty(slave, TIOCSCTTY, 1)]

        return [ask(thief), ids(), tty(slave, TIOCGPGRP)]

    assert trial(body) == [[NONE, "ENOTTY", "EPERM", 0], NONE, "ENOTTY"]


def test_opening_one_makes_it_a_session_leaders():
    def body():
        _, slave = os.openpty()
        path = os.ttyname(slave)

        def leader(flags):
            call("setsid")
            os.open(path, os.O_RDWR | flags)
            return [
                ids() == ["tty", str(os.getpid())],
                err(os.open, "/dev/tty", os.O_RDWR) != "ENXIO",
            ]

        def other():
            call("setsid")
            return ask(lambda: (os.open(path, os.O_RDWR), ids())[1])

        return [ask(other), ask(lambda: leader(os.O_NOCTTY)), ask(lambda: leader(0))]

    assert trial(body) == [NONE, [False, False], [True, True]]


# -- the foreground group -------------------------------------------------------------------------


def test_tiocspgrp():
    def body():
        _, slave = terminal()
        group = in_group()
        refused = [tty(slave, TIOCSPGRP, number) for number in (-1, 0, 9999, 1)]
        return [refused, tty(slave, TIOCSPGRP, group), tty(slave, TIOCGPGRP) == group, ids()]

    assert trial(body) == [["EINVAL", "ESRCH", "ESRCH", "EPERM"], 0, True, ["tty", "3"]]


def test_tiocspgrp_takes_any_pid_of_the_session_even_one_that_leads_no_group():
    def body():
        _, slave = terminal()
        return [tty(slave, TIOCSPGRP, spare()), tty(slave, TIOCGPGRP)]

    assert trial(body) == [0, 3]


def test_the_group_may_be_gone_and_its_number_stays():
    def body():
        _, slave = terminal()
        group = in_group()
        tty(slave, TIOCSPGRP, group)
        end(group)
        return [tty(slave, TIOCGPGRP), ids(), kill(-group, 0)]

    assert trial(body) == [3, ["tty", "3"], "ESRCH"]


@pytest.mark.parametrize("wanted", ["self", -1])
def test_tiocspgrp_from_the_background_stops_first_of_all(wanted):
    def body():
        _, slave = terminal()
        number = background(lambda: tty(slave, TIOCSPGRP, os.getpid() if wanted == "self" else -1))
        return [wait4(number, WUNTRACED), tty(slave, TIOCGPGRP)]

    assert trial(body) == [[3, TTOU << 8 | 0x7F], 2]


def test_continued_in_the_foreground_it_goes_through():
    def body():
        _, slave = terminal()
        box = Box()
        pid = background(lambda: box.put(tty(slave, TIOCSPGRP, os.getpid())))
        wait4(pid, WUNTRACED)
        tty(slave, TIOCSPGRP, pid)
        kill(pid, CONT)
        return [box.get(), tty(slave, TIOCGPGRP)]

    assert trial(body) == [0, 3]


@pytest.mark.parametrize("how", ["ignored", "blocked"])
def test_without_sigttou_the_background_may(how):
    def body():
        _, slave = terminal()
        box = Box()

        def act():
            if how == "ignored":
                signal.signal(TTOU, signal.SIG_IGN)
            else:
                signal.pthread_sigmask(signal.SIG_BLOCK, [TTOU])
            box.put([tty(slave, TIOCSPGRP, os.getpid()), pending()])
            rest()

        background(act)
        return [box.get(), tty(slave, TIOCGPGRP)]

    assert trial(body) == [[0, [[], []]], 3]


def test_a_handler_for_sigttou_interrupts_it():
    def body():
        _, slave = terminal()
        box = Box()

        def act():
            signal.signal(TTOU, lambda *_: box.put("handled"))
            box.put(tty(slave, TIOCSPGRP, os.getpid()))

        background(act)
        return sorted([box.get(), box.get()])

    assert trial(body) == ["EINTR", "handled"]


def test_an_orphaned_background_group_is_refused_instead():
    """ENOTTY for the foreground group, EIO for everything else."""

    def body():
        _, slave = terminal()
        tty(slave, TIOCSPGRP, in_group())
        settings = termios.tcgetattr
        return [
            tty(slave, TIOCSPGRP, os.getpid()),
            err(os.read, slave, 1),
            _errno(lambda: termios.tcsetattr(slave, termios.TCSANOW, settings(slave))),
        ]

    assert trial(body) == ["ENOTTY", "EIO", "EIO"]


def _errno(function) -> str:
    try:
        function()
    except termios.error as problem:
        return {5: "EIO"}.get(problem.args[0], str(problem))
    return "no error"


def test_reading_from_the_background():
    def body():
        _, slave = terminal()
        box = Box()

        def deaf():
            signal.signal(TTIN, signal.SIG_IGN)
            box.put(err(os.read, slave, 1))

        stops = background(lambda: os.read(slave, 1))
        background(deaf)
        return [wait4(stops, WUNTRACED), box.get()]

    assert trial(body) == [[3, TTIN << 8 | 0x7F], "EIO"]


def test_writing_from_the_background_stops_only_with_tostop():
    def body():
        _, slave = terminal()
        free = wait4(background(lambda: os.write(slave, b"x")), WUNTRACED)
        settings = termios.tcgetattr(slave)
        settings[3] |= termios.TOSTOP
        termios.tcsetattr(slave, termios.TCSANOW, settings)
        return [free, wait4(background(lambda: os.write(slave, b"x")), WUNTRACED)]

    assert trial(body) == [[3, 1 << 8], [4, TTOU << 8 | 0x7F]]


def test_keys_that_signal_the_foreground_group():
    def body():
        master, slave = terminal()
        first = in_group()
        second = in_group(group=first)
        bystander = in_group()
        tty(slave, TIOCSPGRP, first)
        os.write(master, b"\x1a")
        stops = [wait4(pid, WUNTRACED)[1] for pid in (first, second)]
        kill(-first, CONT)
        for pid in (first, second):
            wait4(pid, WCONTINUED)
        os.write(master, b"\x03")
        return [stops, [wait4(pid)[1] for pid in (first, second)], wait4(bystander, 1)]

    assert trial(body) == [[0x147F, 0x147F], [2, 2], [0, 0]]


# -- losing it ------------------------------------------------------------------------------------


def test_tiocnotty():
    def body():
        _, slave = terminal()
        one = ask(lambda: [tty(slave, TIOCNOTTY), ids(), tty(slave, TIOCGPGRP)])
        box = Box()
        member = child(lambda: waiting(box, HUP, CONT))
        other = in_group(lambda: child(lambda: waiting(box, HUP, CONT)))
        box.get(), box.get()
        signal.signal(HUP, signal.SIG_IGN)
        leader = [tty(slave, TIOCNOTTY), ids()]
        return [one, leader, sorted(pending(member)[1]), ids(member), pending(other)[1], ids(other)]

    assert trial(body) == [[0, NONE, "ENOTTY"], [0, NONE], [HUP, CONT], NONE, [], NONE]


def test_the_session_leaders_exit_hangs_up_the_foreground_group_alone():
    def body():
        _master, slave = os.openpty()
        box, leave = Box(), Gate()

        def leader():
            os.setsid()
            tty(slave, TIOCSCTTY)
            front = in_group(lambda: child(lambda: waiting(ready, HUP, CONT)))
            back = in_group(lambda: child(lambda: waiting(ready, HUP, CONT)))
            mate = child(lambda: waiting(ready, HUP, CONT))
            suspended = in_group(stopped)
            for _ in range(3):
                ready.get()
            tty(slave, TIOCSPGRP, front)
            box.put([front, back, mate, suspended])
            leave.pass_()

        ready = Box()
        pid = child(leader)
        front, back, mate, suspended = box.get()
        leave.open()
        wait4(pid)
        until_state(suspended, "Z", "")  # its group was orphaned while it was stopped

        def successor():
            call("setsid")
            return tty(slave, TIOCSCTTY)

        return [[pending(one)[1], ids(one)] for one in (front, back, mate)] + [
            stat(front)[3] == str(pid),
            ask(successor),
        ]

    # no SIGCONT: a pty's foreground group is hung up but not continued
    assert trial(body) == [[[HUP], NONE], [[], NONE], [[], NONE], True, 0]


def test_closing_the_master_hangs_up_the_leader_and_the_leaders_exit_its_foreground_group():
    def body():
        master, slave = os.openpty()
        box, leave = Box(), Gate()

        def front():
            os.close(master)
            waiting(ready, HUP, CONT)

        def leader():
            os.setsid()
            tty(slave, TIOCSCTTY)
            signal.pthread_sigmask(signal.SIG_BLOCK, [HUP, CONT])
            group = in_group(lambda: child(front))
            ready.get()
            tty(slave, TIOCSPGRP, group)
            os.close(master)
            box.put(group)
            got = [signal.sigwaitinfo([number]) for number in (HUP, CONT)]
            box.put([[one.si_pid, one.si_code] for one in got])
            box.put(
                [
                    tty(slave, TIOCGPGRP),
                    len(os.read(slave, 1)),
                    err(os.write, slave, b"x"),
                    err(os.open, "/dev/tty", os.O_RDWR),
                    ids(),
                ]
            )
            leave.pass_()

        ready = Box()
        pid = child(leader)
        group = box.get()
        os.close(master)
        told, seen = box.get(), box.get()
        before = pending(group)[1]
        leave.open()
        wait4(pid)
        return [told, seen, before, sorted(pending(group)[1]), state(group)]

    assert trial(body) == [
        [[0, SI_KERNEL], [0, SI_KERNEL]],
        ["EIO", 0, "EIO", "ENXIO", NONE],
        [],
        [HUP, CONT],
        "S",
    ]


# -- across a namespace's border ------------------------------------------------------------------


def test_the_foreground_group_in_each_namespaces_numbers():
    def body():
        _, slave = terminal()
        signal.signal(TTOU, signal.SIG_IGN)

        def inside():
            outer = [tty(slave, TIOCGPGRP), tty(slave, TIOCGSID)]
            unshare(CLONE_NEWNS)
            mount("proc", "/proc", "proc")
            before = ids()
            os.setpgid(0, 0)
            own = [tty(slave, TIOCSPGRP, 1), tty(slave, TIOCGPGRP), ids()]
            return [outer, before, own, tty(slave, TIOCSPGRP, 77)]

        init, answer = in_new_pid_ns(inside)
        return [answer, tty(slave, TIOCGPGRP) == init, ids(init), foreground(slave, os.getpid())]

    assert trial(body) == [
        [[0, 0], ["tty", "0"], [0, 1, ["tty", "1"]], "ESRCH"],
        True,
        ["tty", "3"],
        0,
    ]
