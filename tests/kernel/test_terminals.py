"""P2, N9: who has a controlling terminal, as tests/probes tried it on ptys."""

import pytest

from nsh.abi import Request
from nsh.abi.files import Open, OpenFlag, Pipe, Read, Write
from nsh.abi.names import Chroot, Mkdir
from nsh.abi.process import Exit, Setpgid, Setsid, Wait4, exited
from nsh.abi.signals import Kill, Sig, Sigaction
from nsh.abi.terminals import (
    DropControllingTty,
    SetControllingTty,
    Tcgetpgrp,
    Tcgetsid,
    Tcsetpgrp,
    Ttyname,
)
from nsh.kernel import perform
from nsh.kernel.boot import INIT
from nsh.kernel.spaces import ROOT
from nsh.kernel.terminals import CONSOLE
from nsh.machine.crossing import Crossing
from nsh.machine.pids import PidSpace
from nsh.machine.record import Record
from nsh.machine.tasks import Session, State
from tests.kernel.desk import NEWPID, NONE, Desk
from tests.kernel.proc.computer import Computer

# -- the console at boot --------------------------------------------------------------------------


def test_the_console_is_inits_at_boot():
    box = Computer()
    assert [box.ask(Tcgetpgrp(0)), box.ask(Tcgetsid(0)), box.ask(Ttyname(0))] == [
        1,
        1,
        "/dev/console",
    ]
    assert box.fields(1)[4:6] == ["1281", "1"]  # 5:1
    assert box.machine.get(Session, INIT).tty == CONSOLE
    tty = box.open("/dev/tty", OpenFlag.O_RDWR)
    assert box.ask(Ttyname(tty)) == "/dev/tty"
    assert box.ask(Tcgetpgrp(tty)) == 1


def test_ttyname_is_a_path_that_the_caller_can_reach():
    box = Computer()
    box.ask(Mkdir("/mnt/jail"))
    jailed = box.spawn()
    box.ask(Chroot("/mnt/jail"), jailed)
    assert box.ask(Ttyname(0), jailed) == "ENOENT"


# -- getting one ----------------------------------------------------------------------------------


def test_a_terminal_that_is_not_mine(desk):
    other = desk.spawn()
    desk.ask(Setsid(), other)
    requests = (Tcgetpgrp(0), Tcgetsid(0), Tcsetpgrp(0, 3), DropControllingTty(0))
    assert [desk.ask(request, other) for request in requests] == ["ENOTTY"] * 4
    reader, _writer = desk.ask(Pipe(), other)
    named = desk.open("/dev/console", OpenFlag.O_PATH, other)
    for fd, errno in ((reader, "ENOTTY"), (99, "EBADF"), (named, "EBADF")):
        for request in (Tcgetpgrp(fd), Tcgetsid(fd), Tcsetpgrp(fd, 3), Ttyname(fd)):
            assert desk.ask(request, other) == errno
        assert desk.ask(SetControllingTty(fd), other) == errno
        assert desk.ask(DropControllingTty(fd), other) == errno
    assert desk.ask(Open("/dev/tty", OpenFlag.O_RDWR), other) == "ENXIO"
    assert desk.ids(3) == NONE


def test_tiocsctty(desk):
    child = desk.spawn("", desk.shell)
    other = desk.spawn()
    desk.ask(Setsid(), other)
    assert desk.ask(SetControllingTty(0), desk.shell) == 0  # once more
    assert desk.ask(SetControllingTty(0), child) == "EPERM"  # no leader
    assert desk.ask(SetControllingTty(0), other) == "EPERM"  # another's
    assert [desk.ids(2), desk.ids(3), desk.ids(1)] == [["1281", "2"], ["1281", "2"], NONE]
    assert [desk.ask(Tcgetpgrp(0), child), desk.ask(Tcgetsid(0), child)] == [2, 2]


def test_stealing_it_takes_privilege_and_leaves_the_old_session_without(desk):
    member = desk.spawn("", desk.shell)
    thief = desk.spawn()
    desk.ask(Setsid(), thief)
    desk.become(thief, 1000)
    assert desk.ask(SetControllingTty(0, steal=True), thief) == "EPERM"
    desk.become(thief, 0)
    assert desk.ask(SetControllingTty(0, steal=True), thief) == 0
    assert [desk.ids(pid) for pid in (2, 3, 4)] == [NONE, NONE, ["1281", "4"]]
    assert desk.ask(Tcgetpgrp(0), desk.shell) == "ENOTTY"
    assert desk.machine.get(Session, desk.shell).tty == 0
    assert member


@pytest.mark.parametrize(
    ("flags", "mine"),
    [(OpenFlag.O_RDWR, True), (OpenFlag.O_RDONLY, True), (OpenFlag.O_WRONLY, False),
     (OpenFlag.O_RDWR | OpenFlag.O_NOCTTY, False), (OpenFlag.O_PATH, False)],
)  # fmt: skip
def test_opening_one_makes_it_a_session_leaders(flags, mine):
    box = Computer()
    box.ask(Sigaction(Sig.SIGHUP, "ignore"))
    box.ask(DropControllingTty(0))
    leader = box.spawn()
    box.ask(Setsid(), leader)
    member = box.spawn("", leader)
    box.open("/dev/console", int(flags), member)
    assert box.fields(2)[4:6] == NONE  # a member's open does not
    box.open("/dev/console", int(flags), leader)
    assert box.fields(2)[4:6] == (["1281", "2"] if mine else NONE)
    assert box.fields(3)[4:6] == NONE  # who was there before has it by fork alone
    assert (box.ask(Open("/dev/tty"), leader) == "ENXIO") != mine


def test_fork_inherits_it_and_setsid_drops_it(desk):
    child = desk.spawn("", desk.shell)
    assert desk.ids(3) == ["1281", "2"]
    desk.ask(Setsid(), child)
    assert desk.ids(3) == NONE
    assert desk.ask(Open("/dev/tty"), child) == "ENXIO"


# -- losing it ------------------------------------------------------------------------------------


def test_a_member_gives_it_up_for_itself(desk):
    member = desk.spawn("", desk.shell)
    assert desk.ask(DropControllingTty(0), member) == 0
    assert [desk.ids(2), desk.ids(3), desk.ask(Tcgetpgrp(0), member)] == [
        ["1281", "2"],
        NONE,
        "ENOTTY",
    ]
    assert desk.ask(DropControllingTty(0), member) == "ENOTTY"


def test_the_leader_gives_it_up_for_all_and_the_foreground_hears_of_it(desk):
    front, back = desk.job(), desk.job()
    for task in (front, back):
        desk.block(task, Sig.SIGHUP, Sig.SIGCONT)
    desk.front(front)
    assert desk.ask(DropControllingTty(0), desk.shell) == 0
    assert [desk.pending(front), desk.pending(back)] == [[Sig.SIGHUP, Sig.SIGCONT], []]
    told = desk.task(front).shared
    assert [(info.code, info.pid) for info in told] == [(0, 2)] * 2
    assert [desk.ids(pid) for pid in (2, 3, 4)] == [NONE] * 3
    assert [desk.terminal.session, desk.terminal.foreground] == [0, None]


def test_the_leaders_exit_hangs_up_the_foreground_group_alone(desk):
    front, back = desk.job(), desk.job()
    mate = desk.spawn("mate", desk.shell)
    suspended = desk.job("suspended")
    for task in (front, back, mate):
        desk.block(task, Sig.SIGHUP, Sig.SIGCONT)
    desk.ask(Kill(6, Sig.SIGSTOP), desk.shell)
    desk.front(front)
    tty = desk.open("/dev/tty", OpenFlag.O_RDWR, front)
    desk.ask(Exit(), desk.shell)
    assert desk.state(suspended) in (None, State.ZOMBIE)  # orphaned while it was stopped
    # no SIGCONT: the foreground group is hung up but not continued
    assert [desk.pending(task) for task in (front, back, mate)] == [[Sig.SIGHUP], [], []]
    assert desk.task(front).shared[0].code == 128
    assert [desk.ids(pid) for pid in (3, 4, 5)] == [NONE] * 3
    assert desk.fields(3)[3] == "2"  # the session goes on
    # what was opened as /dev/tty is dead, the console itself is not
    answers = [Read(tty), Write(tty, b"x"), Tcgetpgrp(tty), Tcsetpgrp(tty, 3), Ttyname(tty)]
    assert [desk.ask(request, front) for request in answers] == [b"", "EIO", "EIO", "ENOTTY", "EIO"]
    assert desk.ask(Write(1, b"x"), front) == 1
    assert desk.ask(Open("/dev/tty"), front) == "ENXIO"
    successor = desk.spawn()
    desk.ask(Setsid(), successor)
    assert desk.ask(SetControllingTty(0), successor) == 0


def test_a_leader_in_the_foreground_dies_once(desk):
    """The hang-up is for the others of its group."""
    mate = desk.spawn("mate", desk.shell)
    desk.block(mate, Sig.SIGHUP)
    desk.ask(Exit(7), desk.shell)
    waited = desk.ask(Wait4())
    assert [waited.pid, waited.status, desk.pending(mate)] == [2, exited(7), [Sig.SIGHUP]]


def test_a_session_lives_until_its_leaders_last_thread_has_gone(desk):
    thread = desk.thread(desk.shell)
    desk.ask(Exit(), desk.shell)
    assert desk.ids(2) == ["1281", "2"]
    desk.ask(Exit(), thread)
    assert desk.terminal.session == 0


def test_exit_of_others_hangs_up_nobody(desk):
    job = desk.job()
    desk.front(job)
    desk.ask(Exit(), job)
    assert [desk.terminal.session, desk.ids(2)] == [desk.shell, ["1281", "3"]]


# -- across the border of a pid space -------------------------------------------------------------


def test_the_foreground_group_in_each_namespaces_numbers(desk):
    inner = desk.spawn("inner", desk.shell, flags=NEWPID)
    desk.ask(Sigaction(Sig.SIGTTOU, "ignore"), inner)
    assert [desk.ask(request, inner) for request in (Tcgetpgrp(0), Tcgetsid(0))] == [0, 0]
    desk.ask(Setpgid(), inner)
    answers = [
        desk.ask(request, inner) for request in (Tcsetpgrp(0, 1), Tcgetpgrp(0), Tcsetpgrp(0, 77))
    ]
    assert answers == [0, 1, "ESRCH"]
    assert [desk.ask(Tcgetpgrp(0), desk.shell), desk.ids(3)] == [3, ["1281", "3"]]
    assert desk.ask(Tcsetpgrp(0, 3), inner) == "ESRCH"  # an outer number


def test_in_a_container_too(desk):
    web = desk.job("web")
    assert desk.write("/proc/container", b"web\n", web) == 4
    desk.front(web)
    assert [desk.ask(Tcgetpgrp(0), web), desk.ask(Tcgetpgrp(0), desk.shell)] == [1, 3]
    assert [desk.ids(1, web), desk.ids(3)] == [["1281", "1"], ["1281", "3"]]


def test_every_translation_is_told(desk):
    job = desk.job()
    assert told(desk, Tcsetpgrp(0, 3)) == [Crossing(True, "pgid", 3, ROOT, job, 3)]
    desk.ask(Tcsetpgrp(0, 3), desk.shell)
    assert told(desk, Tcgetpgrp(0)) == [Crossing(False, "pgid", 3, ROOT, job, 3)]
    desk.ask(Exit(), job)
    desk.ask(Wait4(), desk.shell)
    assert told(desk, Tcgetpgrp(0)) == [Crossing(False, "pgid", 3, ROOT, job, 3)]


def told(desk: Desk, request: Request) -> list[Record]:
    """What crosses the boundary when the shell performs *request*."""
    return list(perform(desk.machine, desk.shell, request).crossings)


def test_a_terminal_outlives_the_namespace_of_its_foreground_group(desk):
    inner = desk.spawn("inner", desk.shell, flags=NEWPID)
    desk.ask(Setpgid(), inner)
    desk.front(inner)
    space = desk.task(inner).space
    desk.ask(Kill(3, 9), desk.shell)
    desk.ask(Wait4(), desk.shell)
    assert desk.machine.find(PidSpace, space) is None
    assert [desk.ask(Tcgetpgrp(0), desk.shell), desk.ids(2)] == [3, ["1281", "3"]]
