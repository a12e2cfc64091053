"""Locks on files are taken again at a restart, and who waits for one waits anew."""

from __future__ import annotations

from tests.kernel.checkpoint._scripts import damaged, perform, refused

SAVE = "checkpoint -k -o /tmp/w web; restart -i /tmp/w"
WEB = """
    spawn --pid web {
        open -c /tmp/t; setlk write 3 0 10; spawn worker {
            open /tmp/t; setlk write 3 200; setlk write 4 210 1
            setlk --wait write 4 7 1; touch /tmp/got; sleep 100
        }
        sleep 1
        setlk read 3 20 5; setlk unlock 3 0 5; setlk --ofd read 3 100 1
        open -c /tmp/f; flock -s 4
        sleep 10; setlk unlock 3 0 20; sleep 100
    }
    sleep 2
"""


def test_they_are_as_they_were() -> None:
    told = "cat /proc/locks | sed 's/ADVISORY  \\([A-Z]*\\) *[0-9]* /\\1 /'"
    perform(
        WEB,
        f"{told} > /tmp/before",
        "as 1 lslocks -o type,mode,m,start,end > /tmp/ls",
        SAVE,
        f'expect {{ {told} }} prints "$(cat /tmp/before)"',
        'expect { lslocks -o type,mode,m,start,end } prints "$(cat /tmp/ls)"',
        "spawn other; as other open /tmp/t; as other open /tmp/f",
        refused("as other setlk write 3 5 1", "EAGAIN", "pid"),
        "as other setlk write 3 0 5; as other flock -s 4",
        "expect { as other flock -n 4 } fails",
    )


def test_who_waits_gets_it_in_the_end() -> None:
    perform(
        WEB,
        "expect { lslocks } matches /WRITE\\*/",
        SAVE,
        "expect { lslocks } matches /WRITE\\*/",
        "sleep 11",
        "expect { ls /tmp/got } prints /tmp/got",
    )


def test_who_came_first_gets_it_first() -> None:
    """By when they began to wait, and not by their pids."""
    ask = "open /tmp/t; setlk --wait write 3; echo $$ >> /tmp/order; exit"
    perform(
        f"""
        spawn --pid web {{
            open -c /tmp/t; setlk write 3
            spawn a {{ sleep 3; {ask} }}; spawn b {{ sleep 1; {ask} }}; spawn c {{ sleep 2; {ask} }}
            sleep 10; exec 3<&-; sleep 100
        }}
        sleep 5
        """,
        SAVE,
        "sleep 7; expect $(cat /tmp/order | tr '\\n' ' ') == '3 4 2 '",
    )


def test_beside_the_original_they_conflict() -> None:
    perform(
        WEB,
        "checkpoint -o /tmp/w web",
        refused("restart -n two -i /tmp/w", "EAGAIN", "line [0-9]+: lock: .*web has a conflicting"),
        "kill -KILL web; wait web || true; restart -i /tmp/w",
    )


def test_damaged_ones_are_named() -> None:
    perform(
        WEB,
        "checkpoint -k -o /tmp/w web",
        damaged('"start":20,', '"start":25,', "lock: end: there is no range from 25 to 24"),
        damaged('"start":20,', '"start":-1,', "lock: end: there is no range"),
        damaged('"kind":"ofd"', '"kind":"odd"', "odd"),
        damaged('"type":"read"', '"type":"rot"', "rot"),
        damaged('"start":20,"end":24', '"start":20,"end":9000', "start: it conflicts with another"),
        damaged(',"table":1', ',"table":9', "lock: pid 9: the image has no such task"),
        "restart -i /tmp/w",
    )


def test_one_of_a_file_that_is_open_outside_is_in_the_way() -> None:
    """Whose console is whose makes no difference but for that."""
    perform(
        "exec 7> /dev/console; spawn --pid web { flock 7; sleep 100 }; sleep 1",
        refused("checkpoint web", "EBUSY", "has a lock by a file that 0:1 init, which is outside"),
    )
