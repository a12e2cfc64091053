"""P2 (and N9): how a controlling terminal is lost, and its foreground group across a border.

ioctl_tty(2), credentials(7), exit(3), tried on ptys.
"""

import os
import signal

import pytest

from tests.probes._calls import (
    CLONE_NEWNS,
    SI_KERNEL,
    TIOCGPGRP,
    TIOCGSID,
    TIOCNOTTY,
    TIOCSCTTY,
    TIOCSPGRP,
    call,
    err,
    mount,
    tty,
    unshare,
    wait4,
)
from tests.probes._inside import (
    Box,
    Gate,
    ask,
    child,
    in_new_pid_ns,
    pending,
    stat,
    state,
    stopped,
    until_state,
)
from tests.probes._real import trial
from tests.probes._ttys import (
    CONT,
    HUP,
    NONE,
    TTOU,
    ids,
    in_group,
    terminal,
    waiting,
)

pytestmark = pytest.mark.usefixtures("ptys")


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
        return [
            answer,
            tty(slave, TIOCGPGRP) == init,
            ids(init),
            tty(slave, TIOCSPGRP, os.getpid()),
        ]

    assert trial(body) == [
        [[0, 0], ["tty", "0"], [0, 1, ["tty", "1"]], "ESRCH"],
        True,
        ["tty", "3"],
        0,
    ]
