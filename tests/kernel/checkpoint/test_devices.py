"""Device and pts namespaces: white lists, and an instance of devpts that no mount is of."""

from __future__ import annotations

from tests.kernel.checkpoint._scripts import damaged, perform

SAVE = "checkpoint -k -o /tmp/w web; wait web || true; restart -i /tmp/w"
WEB = """
    policy devpts newpts; exec 7< /dev/urandom
    spawn --dev --pts --pid web {
        openpty; spawn shell { setsid; exec < /dev/pts/0; sleep 100 }; sleep 3
        ls /dev/pts > /tmp/out; head -c 3 <&7 | wc -c >> /tmp/out
        if ! head -c 3 /dev/urandom { echo none >> /tmp/out }; cat /proc/self/devices > /tmp/list
        sleep 100
    }
    sleep 1; openpty -n; cat /proc/2/devices > /tmp/before
"""


def test_a_white_list_and_what_was_open_before_it() -> None:
    perform(
        WEB,
        SAVE,
        'sleep 4; expect { cat /tmp/list } prints "$(cat /tmp/before)"',
        "expect { sed -n 1,4p /tmp/out } matches /^0\\nptmx\\n3\\nnone$/",
        "expect { ps -o tty= -C shell } prints pts/0",
        "spawn other; expect { as other ls /dev/urandom } prints /dev/urandom",
    )


def test_damaged_ones_are_named() -> None:
    perform(
        WEB,
        "checkpoint -k -o /tmp/w web; wait web || true",
        damaged('"listed":\\["full"', '"listed":["odd"', "whitelist: .odd. is no device"),
        damaged(
            '"whitelist","namespace":1', '"whitelist","namespace":2', "namespace 2 is of the kind"
        ),
        damaged('"devpts","namespace":2', '"devpts","namespace":1', "namespace 1 is of the kind"),
        damaged("mode=620", "mood=620", "devpts: "),
    )
