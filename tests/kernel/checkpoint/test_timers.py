"""Timers go on from where they stood, however much later a container is restarted."""

from __future__ import annotations

import pytest

from tests.kernel.checkpoint._scripts import damaged, perform

SAVE = "checkpoint -k -o /tmp/w web; wait web || true; sleep 1000; restart -i /tmp/w"
TICKS = "trap USR1 { echo t >> /tmp/ticks }; echo > /tmp/ticks"


def web(*lines: str) -> str:
    """A container that does *lines*, and then sleeps; it is saved after a second."""
    return f"spawn --pid web {{ {'; '.join(lines)}; sleep infinity }}; sleep 1"


def ticks(count: int) -> str:
    return f"expect {{ grep -c t /tmp/ticks || true }} prints {count}"


def test_one_fires_neither_early_nor_late() -> None:
    perform(
        web(TICKS, "timer create -c monotonic -s USR1", "timer settime 0 10"),
        SAVE,
        "sleep 8.9",
        ticks(0),
        "sleep 0.3",
        ticks(1),
        "sleep 100",
        ticks(1),
    )


@pytest.mark.parametrize("clock", ["realtime", "boottime", "tai"])
def test_a_periodic_one_goes_on_by_its_interval(clock: str) -> None:
    perform(
        web(TICKS, f"timer create -c {clock} -s USR1", "timer settime 0 3 10"),
        SAVE,
        "sleep 1.9",
        ticks(0),
        "sleep 0.3",
        ticks(1),
        "sleep 40",
        ticks(5),
    )


def test_what_it_has_missed_is_what_passed_for_the_container() -> None:
    """Its signal pends, blocked; it is taken ten seconds after the timer was to go off first."""
    perform(
        """
        spawn --pid web {
            trap USR1 { timer overrun 0 >> /tmp/overruns }
            timer create -c monotonic -s USR1; sigprocmask -b USR1; timer settime 0 2 1.25
            sleep 5; sleep 7; sigprocmask -u USR1; sleep infinity
        }
        sleep 6; grep . /proc/2/timers
        """,
        SAVE,
        "sleep 7; expect { head -n 1 /tmp/overruns } prints 8",
    )


def test_disarmed_ones_and_numbers_are_kept() -> None:
    told = "sed 's/pid.*//' /proc/$!/timers"
    perform(
        """
        spawn --pid web {
            timer create; timer create -n none -c boottime; timer create -s 40 -v 77; timer delete 0
            timer settime 1 100 7; sleep 5
            timer gettime 1 > /tmp/left; timer create > /tmp/number; sleep infinity
        }
        sleep 1
        """,
        f"{told} > /tmp/before",
        SAVE,
        f'expect {{ {told} }} prints "$(cat /tmp/before)"',
        "sleep 5; expect { cat /tmp/number } prints 3",
        "expect { cat /tmp/left } matches /^94\\.99/",
    )


def test_an_interval_timer_goes_on() -> None:
    perform(
        "spawn --pid web {",
        "trap ALRM { echo t >> /tmp/ticks }; echo > /tmp/ticks; setitimer virtual 9 2",
        "timer create -c process-cputime -n none; timer settime 0 60 7",
        "setitimer real 4 4; sleep 2; getitimer real > /tmp/real; getitimer virtual > /tmp/virtual",
        "timer gettime 0 > /tmp/computed",
        "sleep infinity }; sleep 1",
        SAVE,
        "sleep 1.2; expect { cat /tmp/real } matches /^(1\\.9\\d*|2) left, every 4$/",
        'expect { cat /tmp/virtual } prints "9 left, every 2"',
        'expect { cat /tmp/computed } prints "60 left, every 7"',
        ticks(0),
        "sleep 10",
        ticks(3),
    )


def test_a_thread_is_signalled_alone() -> None:
    """Also where it is dead by now: then nobody is, and its number is still told."""
    told = "sed -n '/notify/s/.*tid/tid/p' /tmp/q/1/timers"
    shown = f"as web mount -t proc p /tmp/q; expect {{ {told} }} matches /tid.3\\s+tid.2/"
    perform(
        "spawn --pid web; as web { spawn --thread one; spawn --thread two; mkdir /tmp/q }",
        "as web { timer create -s USR1 -t 2; timer create -s USR2 -t 3; timer settime 0 50 }",
        "as web timer settime 1 50; as one sigprocmask -b USR1; as two exit --thread",
        f"{shown}; umount /tmp/q",
        SAVE,
        shown,
        "expect { as one sigpending } prints ''; sleep 51",
        "expect { as one sigpending } matches /USR1/",
    )


FILE = ("timerfd create; timerfd settime 3 2 3", "sleep 6", "timerfd read 3 > /tmp/read")


def test_a_file_counts_from_where_it_stood() -> None:
    """2, 5: read at 6.  It has yet to go off when it is saved, or has."""
    for pause in ("", "sleep 3"):
        perform(web(*FILE), pause, SAVE, "sleep 6; expect { cat /tmp/read } prints 2")


def test_who_reads_one_waits_for_it() -> None:
    perform(
        web("timerfd create -c realtime; timerfd settime 3 10; timerfd read 3 > /tmp/read"),
        SAVE,
        "sleep 8.9; expect { cat /tmp/read } prints ''",
        "sleep 0.3; expect { cat /tmp/read } prints 1",
    )


def test_one_file_of_two_processes_is_one_again() -> None:
    perform(
        web("timerfd create --nonblock; timerfd settime 3 2; spawn other; sleep 9", "exec 3>&-"),
        SAVE,
        "sleep 5; expect { as other timerfd read 3 } prints 1",
        "expect { as other timerfd read 3 } fails EAGAIN",
    )


def test_damaged_timers_are_named() -> None:
    perform(
        web(TICKS, "timer create -c monotonic -s USR1", "timer settime 0 10 2", *FILE[:1]),
        "checkpoint -k -o /tmp/w web",
        damaged('00,"signo":10', '00,"signo":99', "timers: signo: 99 is no signal"),
        damaged('"next":1,', '"next":0,', "timers: next: there is a timer 0"),
        damaged('"number":0,', '"number":-9,', "timers: .*no process calls one -9"),
        damaged('"interval":2000000000,', '"interval":-2,', "timers: interval: -2 is none"),
        damaged('"timer":{', '"timer":{"clock":44,', "timerfd: clock: there is no clock 44"),
        damaged(
            '"timer":{', '"timer":{"number":1,"signo":1,', "timerfd: timer: that is none of a file"
        ),
        "restart -i /tmp/w",
    )
