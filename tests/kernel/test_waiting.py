"""Blocked calls: who waits, in which order all go on, and what time does."""

from __future__ import annotations

import pytest

from nsh.abi.files import Pipe, Read, Write
from nsh.abi.process import ClockGettime, Exit, Nanosleep, Wait4, WaitResult
from nsh.abi.signals import (
    How,
    Kill,
    Pause,
    SaFlag,
    Sig,
    Sigaction,
    SigDelivery,
    Sigprocmask,
    Sigtimedwait,
    bit,
)
from nsh.kernel import signals, waiting
from nsh.machine.ids import TaskId
from nsh.machine.invariants import violations
from nsh.machine.value import begin
from nsh.machine.waiting import Deadlines, RunQueue, Waiter
from tests.kernel._running import head
from tests.kernel.proc.computer import Computer


class Clockwork(Computer):
    """A computer whose time passes when it is told to."""

    def pass_time(self, nanoseconds: int) -> None:
        tx = begin(self.machine)
        waiting.advance(tx, tx.clock + nanoseconds)
        self.machine = tx.commit()
        assert violations(self.machine) == []

    @property
    def ready(self) -> list[TaskId]:
        """The run queue, first in first out."""
        queue = self.machine.find(RunQueue, 0) or RunQueue()
        return [queue.entries[index] for index in sorted(queue.entries)]

    def next_deadline(self) -> int | None:
        return waiting.next_deadline(begin(self.machine))


@pytest.fixture
def clockwork() -> Clockwork:
    return Clockwork()


def test_sleepers_wake_in_the_order_of_their_deadlines(clockwork: Clockwork) -> None:
    late, soon, same = (clockwork.spawn() for _ in range(3))
    for who, duration in ((late, 9), (soon, 5), (same, 5)):
        assert clockwork.ask(Nanosleep(duration), who) == "blocked"
    assert clockwork.next_deadline() == 5
    clockwork.pass_time(4)
    assert clockwork.ready == []
    clockwork.pass_time(1)
    assert clockwork.ready == [soon, same]
    assert [clockwork.again(who) for who in (soon, same)] == [0, 0]
    assert clockwork.next_deadline() == 9
    assert clockwork.ask(ClockGettime(1)) == 5


def test_who_asks_again_too_early_keeps_its_first_deadline(clockwork: Clockwork) -> None:
    who = clockwork.spawn()
    clockwork.ask(Nanosleep(5), who)
    clockwork.pass_time(3)
    tx = begin(clockwork.machine)
    waiting.unqueue(tx, who)
    clockwork.machine = tx.commit()
    assert clockwork.again(who) == "blocked"
    assert clockwork.next_deadline() == 5
    assert len(clockwork.machine.get(Deadlines, 0).entries) == 1


@pytest.mark.parametrize(
    ("request_", "reply"),
    [(Nanosleep(-1), "EINVAL"), (Nanosleep(0), 0), (ClockGettime(9), "EINVAL")],
)
def test_clocks_refuse_nonsense(clockwork: Clockwork, request_: Nanosleep, reply: object) -> None:
    assert clockwork.ask(request_) == reply


def test_the_dead_wait_no_more(clockwork: Clockwork) -> None:
    who = clockwork.spawn()
    clockwork.ask(Nanosleep(5), who)
    clockwork.ask(Kill(2, Sig.SIGKILL))
    assert clockwork.machine.find(Waiter, who) is None
    assert clockwork.next_deadline() is None
    assert clockwork.ask(Wait4()) == WaitResult(2, 9)


def test_readers_of_a_pipe_are_woken_in_the_order_they_came(clockwork: Clockwork) -> None:
    reader, writer = clockwork.ask(Pipe())
    first, second = clockwork.spawn(), clockwork.spawn()
    for who in (second, first):
        assert clockwork.ask(Read(reader, 1), who) == "blocked"
    assert clockwork.ask(Write(writer, b"x")) == 1
    assert clockwork.ready == [second, first]
    assert clockwork.again(second) == b"x"
    assert clockwork.again(first) == "blocked"


@pytest.mark.parametrize("flags", [0, int(SaFlag.SA_RESTART)])
@pytest.mark.parametrize("request_", [Pause(), Nanosleep(5), Sigtimedwait(bit(Sig.SIGUSR2))])
def test_what_only_waits_is_never_restarted(
    clockwork: Clockwork, request_: Nanosleep, flags: int
) -> None:
    who = clockwork.spawn()
    clockwork.ask(Sigaction(Sig.SIGUSR1, "handler", 0, flags), who)
    assert clockwork.ask(request_, who) == "blocked"
    clockwork.ask(Kill(2, Sig.SIGUSR1))
    assert not signals.restarts(begin(clockwork.machine), who)
    assert clockwork.again(who) == "EINTR"


@pytest.mark.parametrize(("flags", "restarts"), [(0, False), (int(SaFlag.SA_RESTART), True)])
def test_what_waits_for_something_is_restarted_if_the_handler_says_so(
    clockwork: Clockwork, flags: int, restarts: bool
) -> None:
    who = clockwork.spawn()
    clockwork.spawn(who=who)
    clockwork.ask(Sigaction(Sig.SIGUSR1, "handler", 0, flags), who)
    clockwork.ask(Wait4(), who)
    clockwork.ask(Kill(2, Sig.SIGUSR1))
    assert signals.restarts(begin(clockwork.machine), who) is restarts


def test_an_answer_is_better_than_eintr(clockwork: Clockwork) -> None:
    who = clockwork.spawn()
    child = clockwork.spawn(who=who)
    clockwork.ask(Sigaction(Sig.SIGCHLD, "handler"), who)
    clockwork.ask(Wait4(), who)
    clockwork.ask(Exit(3), child)
    assert clockwork.again(who) == WaitResult(3, 0x300)


def test_sigtimedwait_gives_up_in_time(clockwork: Clockwork) -> None:
    who = clockwork.spawn()
    assert clockwork.ask(Sigtimedwait(bit(Sig.SIGUSR1), 0), who) == "EAGAIN"
    assert clockwork.ask(Sigtimedwait(bit(Sig.SIGUSR1), 7), who) == "blocked"
    clockwork.pass_time(7)
    assert clockwork.again(who) == "EAGAIN"


def test_sigtimedwait_tells_siginfo(clockwork: Clockwork) -> None:
    who = clockwork.spawn()
    mask = bit(Sig.SIGUSR1)
    clockwork.ask(Sigprocmask(How.SIG_BLOCK, mask), who)
    clockwork.ask(Sigtimedwait(mask), who)
    clockwork.ask(Kill(2, Sig.SIGUSR1))
    assert clockwork.again(who) == SigDelivery(10, 0, 1, 0, 0, 0, 0, 0, "", mask)


def test_take_adjusts_the_mask_until_sigreturn(clockwork: Clockwork) -> None:
    who = clockwork.spawn()
    clockwork.ask(Sigaction(Sig.SIGUSR1, "handler", bit(Sig.SIGTERM)), who)
    clockwork.ask(Kill(2, Sig.SIGUSR1))
    tx = begin(clockwork.machine)
    assert signals.deliverable(tx, who)
    delivery = signals.take(tx, who)
    assert delivery == SigDelivery(10, 0, 1, 0, 0, 0, 0, 0, "handler", 0)
    assert signals.take(tx, who) is None
    clockwork.machine = tx.commit()
    assert clockwork.task(who).blocked == bit(Sig.SIGUSR1) | bit(Sig.SIGTERM)


def test_the_run_queue_goes_round(clockwork: Clockwork) -> None:
    tx = begin(clockwork.machine)
    for task in (7, 8, 9):
        waiting.enqueue(tx, TaskId(task))
    waiting.go_round(tx)
    assert head(tx) == 8
    waiting.retire(tx)
    waiting.ready(tx, TaskId(9))  # is there already
    waiting.ready(tx, TaskId(8))
    clockwork.machine = tx.commit()
    assert clockwork.ready == [9, 7, 8]
