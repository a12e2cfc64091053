"""What sockets have to do with somebody outside, and what comes of that."""

from __future__ import annotations

from tests.kernel.checkpoint._scripts import perform, refused

SAVE = "checkpoint -k -o /tmp/w web; wait; restart -i /tmp/w; sleep 0.1"
WEB = "spawn --pid web { sleep 0.1 }; sleep 0.2"


def test_files_that_are_open_outside_too() -> None:
    """On their way, they are still somebody's."""
    perform(
        "spawn sshd { sleep 0.1 }; sleep 0.1",
        WEB,
        """
        as web socket unix dgram; as web bind 3 @web
        touch /tmp/f; as sshd open /tmp/f; as sshd socket unix dgram
        as sshd send 4 take -f 3 -t @web
        """,
        refused(
            "checkpoint web",
            "EBUSY",
            "what a descriptor on its way to descriptor 3 of web:1 web refers to is open in "
            "0:2 sshd, which is outside, too",
        ),
        "as sshd exec 3>&-; rm /tmp/f",
        SAVE.replace("wait;", "wait $!;"),
        r"expect { as web recv -f 1 3 } matches /^take\n4$/",
    )


def test_a_connection_to_somebody_outside() -> None:
    """S3's own example: accepted or not, and the other way round; the container runs on."""
    outside = "web:7 httpd holds a socket to 0:12 sshd, which is outside the container"
    perform(
        """
        for each in $(seq 10) { true & }; wait
        spawn sshd { sleep 0.1 }
        spawn --pid web { for each in $(seq 5) { true & }; wait; spawn httpd { sleep 0.1 } }
        sleep 1
        as sshd socket unix stream; as sshd bind 3 @ssh; as sshd listen 3
        as httpd socket unix stream; as httpd connect 3 @ssh
        """,
        refused("checkpoint web", "EBUSY", outside),
        "as sshd accept 3",
        refused("checkpoint web", "EBUSY", outside),
        """
        as httpd send 3 hello
        expect { as sshd recv 4 } prints hello
        as sshd exec 3>&-; as sshd exec 4>&-; as httpd exec 3>&-
        as httpd socket unix stream; as httpd bind 3 @web; as httpd listen 3
        as sshd socket unix stream; as sshd connect 3 @web
        """,
        refused("checkpoint web", "EBUSY", outside),
    )


def test_datagrams_to_and_from_somebody_outside() -> None:
    """Who has only sent something is gone after a restart, as far as they know inside."""
    perform(
        "spawn sshd { sleep 0.1 }; sleep 0.1",
        WEB,
        """
        as web socket unix dgram; as web bind 3 @web
        as sshd socket unix dgram; as sshd bind 3 @log; as sshd connect 3 @web
        as sshd send 3 note
        as web send 3 file -f 3 -t @log
        """,
        refused(
            "checkpoint web", "EBUSY", "an open file of the container is on its way to 0:2 sshd"
        ),
        """
        as sshd exec 3>&-; as web recv 3
        as sshd socket unix dgram; as sshd bind 3 @log; as sshd connect 3 @web
        as web connect 3 @log
        """,
        refused("checkpoint web", "EBUSY", "web:1 web holds a socket to 0:2 sshd"),
        "as web connect -u 3; as sshd send 3 note",
        SAVE.replace("wait;", "wait $!;"),
        """
        expect { as web recv -a 3 } matches /^note\\n@log$/
        expect { as sshd send 3 more } fails ECONNREFUSED
        """,
    )


def test_nobody_gets_what_he_could_not_have_had() -> None:
    """An image may come from anywhere: it takes over no names of others, and speaks for none."""
    user = "setpriv --reuid 1000 --regid 1000 --clear-groups"
    socket, raw = '"family":1,"type":2', '"family":2,"type":3,"protocol":1'
    perform(
        f"""
        {user} unshare -Urpf nsh -c 'socket unix dgram; bind 3 /tmp/mine; sleep 50' & sleep 1
        checkpoint -k 3 > /tmp/w; chmod 644 /tmp/w; wait
        socket unix dgram; bind 3 /tmp/roots; exec 3>&-
        spawn user; as user {user}
        expect {{ as user restart -i /tmp/w }}
        sed 's:/tmp/mine:/tmp/roots:g' /tmp/w > /tmp/bad
        """,
        refused("as user restart -i /tmp/bad", "EPERM", "path: .tmp.roots is another user's"),
        f"""sed 's/{socket}/{raw}/; s/"local".*true/"state":7/' /tmp/w > /tmp/bad""",
        refused("as user restart -i /tmp/bad", "EPERM", "raw socket"),
        f"""sed 's/{socket}/{socket},"uid":7/' /tmp/w > /tmp/bad""",
        refused("as user restart -i /tmp/bad", "EINVAL", "uid 7 is mapped to nobody"),
    )
