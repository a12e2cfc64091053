"""The clocks of a time namespace go on from what they showed, however much later that is."""

from __future__ import annotations

from tests.kernel.checkpoint._scripts import damaged, perform, refused

SAVE = "checkpoint -k -o /tmp/w web; wait web || true; sleep 1000; restart -i /tmp/w"
TIME = """
    spawn --pid web {
        unshare --time; echo monotonic 500 0 > /proc/self/timens_offsets
        spawn inner {
            clock > /tmp/first; clock --until 520; clock > /tmp/second; clock boottime > /tmp/boot
            sleep infinity
        }
        clock > /tmp/mine; clock --until 300; clock > /tmp/mine; sleep infinity
    }
    sleep 5
"""


def test_the_clocks_of_a_namespace_go_on() -> None:
    """Within, absolute times too mean what they meant; around it they are the machine's."""
    perform(
        TIME,
        "expect { cat /tmp/first } matches /^500\\./",
        SAVE,
        "sleep 1; expect { cat /tmp/mine } matches /^100[56]\\./",
        "expect { cat /tmp/second || true } prints ''",
        "sleep 13; expect { cat /tmp/second || true } prints ''",
        "sleep 2; expect { cat /tmp/second } matches /^520\\.0/",
        "expect { cat /tmp/boot } matches /^20\\.0/",
    )


def test_they_go_on_where_the_clock_shows_less() -> None:
    perform(
        "spawn --pid --time web { sleep 900; clock > /tmp/shown; sleep infinity }; sleep 800",
        "checkpoint -k -o /tmp/w web",
        'sed \'s/"monotonic":800[0-9]*/"monotonic":7000000000/\' /tmp/w > /tmp/earlier',
        "restart -i /tmp/earlier; sleep 101",
        "expect { cat /tmp/shown } matches /^10[67]\\./",
    )


def test_offsets_that_are_not_settled_can_still_be_set() -> None:
    perform(
        "spawn --pid web; web unshare --time",
        SAVE,
        "as web { echo monotonic 70 0 > /proc/self/timens_offsets }; as web spawn inner",
        "expect { as inner clock } matches /^107\\d\\./",
        "expect { as web clock } matches /^100\\d\\./",
    )


def test_damaged_clocks_are_named() -> None:
    perform(
        "spawn --pid --time --uts web { sleep infinity }; sleep 1; checkpoint -k -o /tmp/w web",
        damaged('"boottime":1', '"boottime":-1', "clocks: boottime: no clock shows -1"),
        damaged(
            '"clocks","namespace":[0-9]', '"clocks","namespace":9', "clocks: namespace 9: no task"
        ),
        damaged('"uts":2', '"uts":1', "namespaces: own: .* of the kind time, not uts"),
        "restart -i /tmp/w",
    )


def test_one_that_is_shared_with_somebody_outside_is_in_the_way() -> None:
    perform(
        "spawn --time outer; as outer spawn --pid web { sleep infinity }; sleep 1",
        "as outer checkpoint web > /dev/null",
        "spawn --pid --time one { sleep infinity }; spawn guest; as guest nsenter -t one --time",
        refused("checkpoint one", "EBUSY", "which is outside, is in its time:"),
    )
