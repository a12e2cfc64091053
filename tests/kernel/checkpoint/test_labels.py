"""Who has logged in, and the labels of a security module."""

from __future__ import annotations

from tests.kernel.checkpoint._scripts import perform, refused

SAVE = "checkpoint -k -o /tmp/w web; wait web || true; restart -i /tmp/w"


def test_logins_are_kept_as_new_ones_of_the_machine() -> None:
    login = "cat /tmp/p/1/loginuid /tmp/p/2/loginuid /tmp/p/3/loginuid"
    perform(
        "mkdir /tmp/p; spawn early; as early { echo 5 > /proc/self/loginuid }",
        "spawn --pid web; as web { echo 1000 > /proc/self/loginuid; spawn one; spawn two }",
        "as two { echo 1001 > /proc/self/loginuid }",
        SAVE,
        "as web mount -t proc p /tmp/p",
        f"expect {{ {login} }} matches /^100010001001$/",
        "expect { cat /tmp/p/1/sessionid } prints 4; expect { cat /tmp/p/2/sessionid } prints 4",
        "expect { cat /tmp/p/3/sessionid } prints 5; expect { cat /proc/self/loginuid } prints "
        "4294967295",
    )


def test_who_restarts_them_gives_them_none_of_its_own() -> None:
    perform(
        "spawn --pid web; checkpoint -k -o /tmp/w web; wait web || true",
        "echo 7 > /proc/self/loginuid; restart -i /tmp/w",
        "expect { cat /proc/$!/loginuid } prints 4294967295",
    )


def test_labels_are_kept_where_there_is_a_module() -> None:
    perform(
        "policy lsm smack; spawn --pid web; as web smacklabel Web; as web spawn one",
        "smackload _ Web rwx",
        SAVE,
        "expect { as one smacklabel } prints Web; policy lsm none",
        refused("restart -i /tmp/w", "EINVAL", "marks: label: no security module knows 'Web'"),
    )
