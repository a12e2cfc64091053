"""P11: what an init dies of in its own namespace (complete_signal())."""

import pytest

from nsh.abi.process import CloneFlag
from nsh.abi.signals import How, Kill, Sig, Sigaction, Sigprocmask, bit
from nsh.abi.timers import Notify, TimerCreate, TimerSettime
from nsh.machine.ids import TaskId
from nsh.machine.settings import Halted
from nsh.machine.tasks import State
from nsh.session.session import Session
from tests.kernel.proc.computer import Computer


class Inside:
    """An init of a nested pid namespace, and a second thread of it."""

    def __init__(self) -> None:
        self.computer = Computer("mainline")
        self.init = self.computer.spawn("inner", flags=int(CloneFlag.CLONE_NEWPID))
        self.thread = self.computer.thread(self.init)

    def block(self, who: TaskId, signo: Sig) -> None:
        self.computer.ask(Sigprocmask(How.SIG_BLOCK, bit(signo)), who)

    @property
    def alive(self) -> bool:
        return self.computer.task(self.init).state is State.ALIVE


@pytest.mark.parametrize("leader", [True, False])
def test_what_the_target_blocks_and_another_does_not_is_its_death(leader: bool) -> None:
    inside = Inside()
    inside.block(inside.init if leader else inside.thread, Sig.SIGUSR2)
    inside.computer.ask(Kill(1 if leader else 2, Sig.SIGUSR2), inside.thread)
    assert not inside.alive
    assert inside.computer.task(inside.init).status == Sig.SIGUSR2


@pytest.mark.parametrize("blocked", [(), (True,), (True, False)], ids=["no", "other", "all"])
def test_else_it_lives(blocked: tuple[bool, ...]) -> None:
    inside = Inside()
    for leader in blocked:
        inside.block(inside.init if leader else inside.thread, Sig.SIGUSR2)
    inside.computer.ask(Kill(2, Sig.SIGUSR2), inside.init)
    assert inside.alive


def test_nor_does_it_die_of_what_would_leave_a_core() -> None:
    """Such a signal is taken off its queue by the thread, which then sees that it is an init."""
    inside = Inside()
    inside.block(inside.thread, Sig.SIGQUIT)
    inside.computer.ask(Kill(2, Sig.SIGQUIT), inside.init)
    assert inside.alive


def test_nor_is_an_init_spared_by_a_timer_that_it_listens_to_again() -> None:
    """posixtimer_sig_unignore() queues the signal without asking who ignores it."""
    inside = Inside()
    computer = inside.computer
    computer.ask(Sigaction(34, "ignore"), inside.init)
    timer = computer.ask(TimerCreate(0, Notify.SIGEV_SIGNAL, 34), inside.init)
    computer.ask(TimerSettime(timer, 10**9, 10**18, absolute=True), inside.init)
    assert inside.alive
    computer.ask(Sigaction(34, "default"), inside.init)
    assert not inside.alive


def test_children_of_its_threads_are_left_to_the_machine_that_halts() -> None:
    session = Session(paranoid=True)
    for line in ("spawn --thread u", "as u spawn --pid f", "spawn --thread v", "as v exit || true"):
        session.run(line)
    assert "Attempted to kill init" in session.machine.get(Halted, 0).message
