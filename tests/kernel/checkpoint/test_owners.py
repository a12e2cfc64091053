"""SIGIO after a restart: whose files they are, who is told, and what the signal says."""

from __future__ import annotations

from tests.kernel.checkpoint._scripts import damaged, perform

SAVE = "checkpoint -k -o /tmp/w web; wait web || true; restart -i /tmp/w"
PIPE = """
    spawn --pid web; as web { mknod /tmp/f p; open /tmp/f; spawn other; spawn third; }
    as other { setpgid 0 0; sigprocmask -b IO 40 }
    as third sigprocmask -b IO
"""
ASK = "as web { fcntl 3 F_SETOWN_EX F_OWNER_PID 2; fcntl 3 F_SETFL O_ASYNC }"


def test_an_owner_is_told() -> None:
    perform(
        PIPE,
        ASK,
        SAVE,
        'expect { as web fcntl 3 F_GETOWN_EX } prints "F_OWNER_PID 2"',
        "expect { as other sigpending } prints ''; as third { echo > /tmp/f }",
        "expect { as other sigpending } matches /IO/; expect { as third sigpending } prints ''",
        "expect { as web fcntl 3 F_GETFL } matches /O_ASYNC/",
    )


def test_so_is_a_group_and_with_a_signal_of_its_own() -> None:
    perform(
        PIPE,
        "as web { fcntl 3 F_SETSIG 40; fcntl 3 F_SETOWN -2; fcntl 3 F_SETFL O_ASYNC }",
        SAVE,
        'expect { as web fcntl 3 F_GETOWN } prints "-2"',
        "expect { as web fcntl 3 F_GETSIG } matches /40|RTMIN.6/",
        "as third { echo > /tmp/f }; expect { as other sigpending } matches /40|RTMIN.6/",
    )


def test_one_outside_is_none_after_a_restart() -> None:
    """It has inherited the file, whose owner is who has closed it since."""
    perform(
        "mknod /tmp/f p; open /tmp/f; fcntl 3 F_SETOWN 1; spawn --pid web; exec 3>&-",
        "as web fcntl 3 F_SETSIG 12",
        SAVE,
        'expect { as web fcntl 3 F_GETOWN } prints "0"',
        "expect { as web fcntl 3 F_GETSIG } matches /12|USR2/",
    )


def test_damaged_ones_are_named() -> None:
    perform(
        PIPE,
        ASK,
        "checkpoint -k -o /tmp/w web; wait web || true",
        damaged('"whom":2', '"whom":8', "pid 8: the image has no such task"),
        damaged('"whom":2,"type":1', '"whom":3,"type":2', "there is no process group 3"),
        damaged('"whom":2,"type":1', '"whom":2,"type":7', "owner: type: 7 is no type of owner"),
        damaged('"asynchronous","files":.[^]]*', '"asynchronous","files":[', "files: they are not"),
        "restart -i /tmp/w",
    )


def test_nobody_has_one_that_is_not_open() -> None:
    perform(
        """
        spawn --pid web {
            socketpair stream; fcntl 4 F_SETOWN 1; fcntl 4 F_SETFL O_ASYNC; sleep 100
        }
        sleep 1; checkpoint -k -o /tmp/w web; wait
        """,
        damaged(',{"fd":4,"file":[0-9]*}', "", "owner of file .*: nobody has it open"),
    )
