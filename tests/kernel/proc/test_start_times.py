"""When a task began, as /proc/PID/stat shows it by the reader's clock."""

from __future__ import annotations

from tests.kernel.checkpoint._scripts import perform

STAT = "cut -d' ' -f22 /proc/{}/stat"


def test_who_began_before_the_readers_clock_did_has_an_unsigned_number() -> None:
    """As Linux 6.18 prints it: timens_add_boottime_ns() of a u64, in hundredths of a second."""
    wrapped = ((1 << 64) - 4 * 10**9) // 10**7
    perform(
        "sleep 5",
        f"expect {{ unshare --time --boottime -4 --fork {STAT.format(1)} }} prints {wrapped}",
        f"expect {{ unshare --time --boottime -4 --fork {STAT.format('self')} }} prints 100",
    )


def test_nobody_has_begun_before_the_machine() -> None:
    """A restarted task has run longer than this machine; in a time namespace that it brings along
    there is room for that."""
    perform(
        "spawn --pid --time web; sleep 1; checkpoint -k -o /tmp/w web; wait web || true",
        'sed \'s/"start":[0-9]*/"start":90000000000/; s/"boottime":[0-9]*/"boottime":99000000000/\''
        " /tmp/w > /tmp/long; restart -i /tmp/long",
        f"expect {{ {STAT.format('$!')} }} prints 0",
        f"expect {{ as web {STAT.format('self')} }} matches /^90\\d$/",
        "expect { as web ps -o etimes= -p $! } matches /9\\d/",
    )
