"""Who has no number in a container's user namespace is, after a restart, who has asked for that."""

from __future__ import annotations

from tests.kernel.checkpoint._scripts import damaged, perform

MAPPED = """
    sleep 1
    echo 0 5000 9 > /proc/$(pidof web)/uid_map; echo 0 6000 9 > /proc/$(pidof web)/gid_map
"""


def test_a_login_of_somebody_outside() -> None:
    perform(
        "spawn login { echo 7 > /proc/self/loginuid; spawn --pid --user web { sleep 100 }; exit }",
        "wait login",
        MAPPED,
        "checkpoint -k -o /tmp/w web; sleep 1; restart -i /tmp/w",
        "expect { cat /proc/$!/loginuid } prints 0",
    )


def test_a_terminal_of_somebody_outside() -> None:
    perform(
        "openpty; chown 77:78 /dev/pts/0; spawn --pid --user web { sleep 100 }; exec 3<&- 4<&-",
        MAPPED,
        "checkpoint -k -o /tmp/w web; wait",
        damaged('"mode":8592', '"mode":33188', "mode: .* is no terminal"),
        "restart -i /tmp/w; expect { stat -c %u:%g /dev/pts/0 } prints 0:0",
    )


def test_a_pipe_of_its_own() -> None:
    perform(
        "spawn --pid --user web",
        MAPPED,
        "as web { setgid 3; setuid 4; spawn kid { sleep 100 | sleep 100 } }",
        "sleep 1; checkpoint -k -o /tmp/w web; wait",
        """expect { grep '"object":"pipe"' /tmp/w } matches /"uid":4,"gid":3/""",
        "sed 's/0,5000,9/0,7000,9/' /tmp/w > /tmp/v; restart -i /tmp/v",
        "reader=$(pidof sleep | cut -d ' ' -f 1)",
        "expect { stat -L -c %u:%g /proc/$reader/fd/0 } prints 7004:6003",
    )
