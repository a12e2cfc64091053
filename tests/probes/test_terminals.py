"""P2 (and N9): the controlling terminal, its foreground group, and what happens as it goes away.

ioctl_tty(2), tcgetpgrp(3), credentials(7), setsid(2), tried on ptys.
"""

import os
import signal
import termios

import pytest

from tests.probes._calls import (
    TIOCGPGRP,
    TIOCGSID,
    TIOCNOTTY,
    TIOCSCTTY,
    TIOCSPGRP,
    WCONTINUED,
    WUNTRACED,
    call,
    err,
    kill,
    tty,
    wait4,
)
from tests.probes._inside import (
    Box,
    ask,
    end,
    pending,
    rest,
    spare,
)
from tests.probes._real import need, trial
from tests.probes._ttys import (
    CONT,
    NONE,
    TTIN,
    TTOU,
    background,
    ids,
    in_group,
    terminal,
)

pytestmark = pytest.mark.usefixtures("ptys")


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
