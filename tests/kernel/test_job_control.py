"""P2, N9: the foreground group and the others, as tests/probes tried it on ptys."""

import pytest

from nsh.abi.files import Fcntl, FcntlCommand, OpenFlag, Read, Write
from nsh.abi.process import Exit, Setpgid, Wait4, WaitOption, stopped
from nsh.abi.signals import Kill, Sig, Sigaction
from nsh.abi.terminals import DropControllingTty, Tcgetpgrp, Tcsetpgrp
from nsh.kernel import signals
from nsh.kernel.boot import INIT
from nsh.machine.ids import TaskId
from nsh.machine.tasks import State
from nsh.machine.value import begin
from nsh.machine.waiting import Waiter
from tests.kernel.desk import NEWPID, Desk

# -- the foreground group -------------------------------------------------------------------------


def test_tcsetpgrp(desk):
    job = desk.job()
    refused = [desk.ask(Tcsetpgrp(0, number), desk.shell) for number in (-1, -5, 0, 9999, 1)]
    assert refused == ["EINVAL", "EINVAL", "ESRCH", "ESRCH", "EPERM"]
    assert desk.ask(Tcsetpgrp(0, 3), desk.shell) == 0
    assert [desk.ask(Tcgetpgrp(0), job), desk.ids(2), desk.ids(3)] == [
        3,
        ["1281", "3"],
        ["1281", "3"],
    ]


def test_a_pid_that_leads_no_group_will_do(desk):
    child = desk.spawn("", desk.shell)
    assert desk.ask(Tcsetpgrp(0, 3), desk.shell) == 0
    assert [desk.ask(Tcgetpgrp(0), child), desk.ids(2)] == [3, ["1281", "3"]]
    assert desk.ask(Setpgid(), child) == 0
    assert desk.ask(Read(0), child) == "blocked"  # it is the foreground now


def test_the_group_may_be_gone_and_its_number_stays(desk):
    job = desk.job()
    desk.front(job)
    desk.ask(Exit(), job)
    desk.ask(Wait4(), desk.shell)
    assert [desk.ask(Tcgetpgrp(0), desk.shell), desk.ids(2)] == [3, ["1281", "3"]]
    desk.ask(Sigaction(Sig.SIGTTOU, "ignore"), desk.shell)
    assert desk.ask(Tcsetpgrp(0, 3), desk.shell) == "ESRCH"
    assert desk.ask(Tcsetpgrp(0, 2), desk.shell) == 0


@pytest.mark.parametrize("wanted", [3, -1])
def test_from_the_background_it_stops_first_of_all(desk, wanted):
    job = desk.job()
    mate = desk.spawn("", job)
    assert desk.ask(Tcsetpgrp(0, wanted), job) == "blocked"
    assert [desk.state(task) for task in (job, mate)] == [State.STOPPED] * 2  # its whole group
    waited = desk.ask(Wait4(-1, WaitOption.WUNTRACED), desk.shell)
    assert [waited.pid, waited.status, desk.ids(2)] == [3, stopped(Sig.SIGTTOU), ["1281", "2"]]


def test_continued_in_the_foreground_it_goes_through(desk):
    job = desk.job()
    desk.ask(Tcsetpgrp(0, 3), job)
    desk.front(job)
    desk.ask(Kill(3, Sig.SIGCONT), desk.shell)
    assert desk.state(job) is State.ALIVE
    assert [desk.again(job), desk.ids(3)] == [0, ["1281", "3"]]


def test_continued_in_the_background_it_stops_again(desk):
    job = desk.job()
    desk.ask(Read(0), job)
    assert desk.state(job) is State.STOPPED
    desk.ask(Kill(3, Sig.SIGCONT), desk.shell)
    assert desk.again(job) == "blocked"
    assert desk.state(job) is State.STOPPED


@pytest.mark.parametrize("how", ["ignored", "blocked"])
def test_without_sigttou_the_background_may(desk, how):
    job = desk.job()
    if how == "ignored":
        desk.ask(Sigaction(Sig.SIGTTOU, "ignore"), job)
    else:
        desk.block(job, Sig.SIGTTOU)
    assert [desk.ask(Tcsetpgrp(0, 3), job), desk.ask(Tcgetpgrp(0), job)] == [0, 3]
    assert desk.pending(job) == []


def test_a_handler_interrupts_it(desk):
    job = desk.job()
    desk.ask(Sigaction(Sig.SIGTTOU, "handler"), job)
    assert desk.ask(Tcsetpgrp(0, 3), job) == "blocked"
    assert desk.machine.get(Waiter, job).interrupted
    assert desk.again(job) == "EINTR"
    tx = begin(desk.machine)
    delivery = signals.take(tx, job)
    assert delivery is not None
    assert delivery.signo == Sig.SIGTTOU


def orphan(desk: Desk) -> TaskId:
    """A background group that nobody could continue: its leader's parent has exited."""
    job = desk.job()
    grandchild = desk.job("orphan", job)
    desk.ask(Exit(), job)
    desk.ask(Wait4(), desk.shell)
    assert desk.task(grandchild).parent == INIT
    return grandchild


def test_an_orphaned_group_is_refused_instead(desk):
    """ENOTTY for the foreground group, EIO for everything else."""
    alone = orphan(desk)
    desk.tostop()
    requests = (Tcsetpgrp(0, 4), Read(0), Write(1, b"x"))
    assert [desk.ask(request, alone) for request in requests] == ["ENOTTY", "EIO", "EIO"]
    assert desk.state(alone) is State.ALIVE


# -- reading and writing --------------------------------------------------------------------------


def test_reading_from_the_background(desk):
    job, deaf, blind = desk.job(), desk.job(), desk.job()
    desk.ask(Sigaction(Sig.SIGTTIN, "ignore"), deaf)
    desk.block(blind, Sig.SIGTTIN)
    desk.type(b"line\n")
    assert [desk.ask(Read(0), task) for task in (deaf, blind, job)] == ["EIO", "EIO", "blocked"]
    waited = desk.ask(Wait4(-1, WaitOption.WUNTRACED), desk.shell)
    assert [waited.pid, waited.status] == [3, stopped(Sig.SIGTTIN)]
    desk.front(job)
    desk.ask(Kill(3, Sig.SIGCONT), desk.shell)
    assert desk.again(job) == b"line\n"


def test_an_init_in_the_background_just_waits(desk):
    """SIGTTIN does not reach it; Linux has it ask over and over until it may."""
    inner = desk.spawn("inner", desk.shell, flags=NEWPID)
    desk.ask(Setpgid(), inner)
    assert desk.ask(Read(0), inner) == "blocked"
    assert desk.state(inner) is State.ALIVE
    desk.front(inner)
    assert desk.again(inner) == "blocked"  # now for a line
    desk.type(b"x\n")
    assert desk.again(inner) == b"x\n"


def test_reading_waits_for_a_line(desk):
    assert desk.ask(Read(0), desk.shell) == "blocked"
    desk.type(b"par")
    assert desk.machine.get(Waiter, desk.shell).channels
    desk.type(b"tial\nmore\n")
    assert desk.again(desk.shell) == b"partial\n"
    assert [desk.ask(Read(0, 2), desk.shell), desk.ask(Read(0), desk.shell)] == [b"mo", b"re\n"]
    desk.type(b"\x04")
    assert desk.ask(Read(0), desk.shell) == b""
    assert desk.ask(Read(0, 0), desk.shell) == b""


def test_a_reader_is_interrupted_by_a_handler(desk):
    desk.ask(Sigaction(Sig.SIGUSR1, "handler"), desk.shell)
    desk.ask(Read(0), desk.shell)
    desk.ask(Kill(2, Sig.SIGUSR1))
    assert desk.again(desk.shell) == "EINTR"


def test_nonblocking(desk):
    fd = desk.open("/dev/tty", OpenFlag.O_RDWR | OpenFlag.O_NONBLOCK, desk.shell)
    assert desk.ask(Read(fd), desk.shell) == "EAGAIN"
    desk.ask(Fcntl(fd, FcntlCommand.F_SETFL, 0), desk.shell)
    assert desk.ask(Read(fd), desk.shell) == "blocked"


def test_writing_from_the_background_stops_only_with_tostop(desk):
    first, second, deaf = desk.job(), desk.job(), desk.job()
    assert desk.ask(Write(1, b"free\n"), first) == 5
    desk.tostop()
    desk.ask(Sigaction(Sig.SIGTTOU, "ignore"), deaf)
    assert desk.ask(Write(1, b"deaf\n"), deaf) == 5
    assert desk.ask(Write(1, b"no"), second) == "blocked"
    assert desk.task(second).status == Sig.SIGTTOU
    assert desk.ask(Write(1, b"front\n"), desk.shell) == 6
    assert desk.shown == b"free\r\ndeaf\r\nfront\r\n"


def test_who_has_another_terminal_or_none_reads_and_writes_freely(desk):
    desk.type(b"for anybody\n")
    assert desk.ask(Write(1, b"x")) == 1
    assert desk.ask(Read(0)) == b"for anybody\n"


def test_keys_that_signal_the_foreground_group(desk):
    first = desk.job()
    second = desk.spawn("", first)
    bystander = desk.job("bystander")
    desk.front(first)
    desk.type(b"lost\x1a")
    assert [desk.state(task) for task in (first, second)] == [State.STOPPED] * 2
    assert desk.task(first).status == Sig.SIGTSTP
    desk.ask(Kill(-3, Sig.SIGCONT), desk.shell)
    desk.type(b"\x03")
    assert desk.ask(Wait4(3), desk.shell).status == Sig.SIGINT
    assert [desk.state(task) for task in (second, bystander)] == [State.ZOMBIE, State.ALIVE]
    assert desk.shown == b"^Z^C"
    assert desk.terminal.input.ready == b""


def test_quit_and_no_foreground(desk):
    job = desk.job()
    desk.front(job)
    desk.type(b"\x1c")
    assert desk.ask(Wait4(3), desk.shell).status & 0x7F == Sig.SIGQUIT
    desk.ask(Sigaction(Sig.SIGHUP, "ignore"), desk.shell)
    desk.ask(DropControllingTty(0), desk.shell)
    desk.type(b"\x03\x1a\x1c")  # there is nobody to tell
    assert desk.state(desk.shell) is State.ALIVE
