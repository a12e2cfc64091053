"""Timers on the virtual clock: never early, never lost, counted when missed (N12)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nsh.abi.signals import How, Sigpending, Sigprocmask, bit
from nsh.abi.timers import Notify, TimerCreate, TimerSettime
from nsh.kernel.boot import INIT
from nsh.machine.digest import digest
from nsh.machine.ids import NOBODY
from nsh.machine.invariants import violations
from nsh.machine.timens import TimeSpace
from nsh.machine.timers import OF_FILE, ProcessTimers, Timer, left, missed, resumed
from nsh.session.session import Session
from tests.kernel.proc.computer import Computer

TIMES = st.integers(0, 10**6)


@given(TIMES, st.integers(1, 10**4), TIMES, st.integers(0, 10**9))
def test_one_that_is_restarted_fires_neither_early_nor_all_at_once(
    frozen: int, remaining: int, interval: int, later: int
) -> None:
    """S2: "keep the monotonic timers from expiring when you restart"."""
    timer = Timer(NOBODY, OF_FILE, 1, expires=frozen + remaining, interval=interval)
    again = resumed(timer, left(timer, frozen), frozen + later)
    assert again.expires == frozen + later + remaining
    assert missed(again, frozen + later) == 0
    assert left(again, frozen + later) == left(timer, frozen)
    if interval and later > remaining:
        assert missed(timer, frozen + later) == (later - remaining) // interval


@given(TIMES, TIMES)
def test_what_is_disarmed_stays_so(frozen: int, later: int) -> None:
    timer = Timer(NOBODY, OF_FILE, 1)
    assert resumed(timer, left(timer, frozen), later) == timer


@given(st.lists(st.tuples(st.integers(1, 40), st.integers(0, 15)), min_size=1, max_size=4))
def test_all_go_off_as_often_as_they_should(settings: list[tuple[int, int]]) -> None:
    """Times in tenths of seconds; the script waits for ten seconds."""
    fds = range(3, 3 + len(settings))
    lines = ["timerfd create --nonblock" for _ in settings]
    lines += [
        f"timerfd settime {fd} {value / 10} {interval / 10}"
        for fd, (value, interval) in zip(fds, settings, strict=True)
    ]
    lines += ["sleep 10", *(f"timerfd read {fd}" for fd in fds)]
    session = Session("mainline", keep=False)
    result = session.run("\n".join(lines))
    assert result.ok, result.messages
    counts = result.output.splitlines()[len(settings) :]
    for count, (value, interval) in zip(counts, settings, strict=True):
        least = 1 + (100 - value) // interval if interval else 1
        # each step takes a moment: what is due just after ten seconds may be in time for it
        assert least <= int(count) <= least + bool(interval)


def test_time_leaps_to_a_timer_that_somebody_waits_for() -> None:
    session = Session("mainline")
    result = session.run("trap ALRM { echo ring }\nalarm 3600\nsleep 10000\nclock")
    assert "ring" in result.output
    assert session.machine.clock >= 10_000 * 10**9


def test_a_timer_that_nobody_hears_of_makes_no_work() -> None:
    """A script that waits for ever is told so, however many timers are set."""
    session = Session("mainline")
    session.run("trap ALRM ignore; setitimer real 1 1; timerfd create; timerfd settime 3 1 1")
    result = session.run("spawn w; wait")
    assert not result.ok
    assert "nobody is left to wake it" in "\n".join(result.messages)


@pytest.mark.parametrize("end", ["a exit", "kill -9 a", "as a exec true"])
def test_nothing_is_left_of_the_timers_of_the_dead(end: str) -> None:
    session = Session("mainline")
    assert session.run("spawn a; a timer create; a timer settime 0 100 100; a alarm 50").ok
    assert session.machine.count(Timer) == 2
    assert session.run(f"{end}\nwait").ok
    assert session.machine.count(Timer) == 0
    assert session.machine.count(ProcessTimers) == 0
    assert violations(session.machine) == []


def test_a_time_namespace_ends_with_its_last_user() -> None:
    session = Session("mainline")
    assert session.run("spawn -T a; spawn b; b unshare --time; a exit; b exit; wait; wait").ok
    assert session.machine.count(TimeSpace) == 1
    assert violations(session.machine) == []


def test_the_same_script_goes_off_in_the_same_steps() -> None:
    script = (
        "trap USR1 { echo tick }; timer create -c monotonic -s USR1; timer settime 0 1 1; sleep 5"
    )
    one, other = Session("mainline"), Session("mainline")
    assert one.run(script).output == other.run(script).output
    assert one.machine == other.machine
    assert digest(one.machine) == digest(other.machine)


@pytest.mark.parametrize("blocks", [True, False])
def test_whoever_sets_one_to_the_past_is_asked_whether_it_is_ignored(blocks: bool) -> None:
    """posixtimer_get_target(): an init that ignores the signal gets it if its thread blocks it."""
    computer = Computer("mainline")
    thread = computer.thread(INIT)
    for each in (INIT, thread) if blocks else ():
        computer.ask(Sigprocmask(How.SIG_BLOCK, bit(34)), each)
    timer = computer.ask(TimerCreate(0, Notify.SIGEV_SIGNAL, 34), thread)
    past, years = 10**9, 10**18
    computer.ask(TimerSettime(timer, past, years, absolute=True), thread)
    assert computer.ask(Sigpending(), thread) == (bit(34) if blocks else 0)
