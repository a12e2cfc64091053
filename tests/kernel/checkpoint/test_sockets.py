"""Sockets go on after a restart: names, connections, what is on its way, who is there."""

from __future__ import annotations

from nsh.kernel.checkpoint.connections import Ends, Message, Queue
from nsh.kernel.checkpoint.peers import Who
from nsh.kernel.checkpoint.sockets import SocketOf
from nsh.kernel.loading import load_all
from nsh.machine.sockets import Packet, Socket, Told
from tests.kernel.checkpoint._scripts import damaged, perform, refused

load_all()
SAVE = "checkpoint -k -o /tmp/w web; wait; restart -i /tmp/w; sleep 0.1"
WEB = "spawn --pid web { sleep 0.1 }; sleep 0.2"


def test_a_pair_with_what_is_in_it() -> None:
    perform(
        WEB,
        """
        as web socketpair stream
        as web send 3 hello
        as web send 4 back -f 4
        as web shutdown 4 wr
        as web setsockopt 3 passcred 1
        """,
        SAVE,
        """
        expect { as web getsockopt 3 peercred } prints "1 0 0"
        expect { as web getsockopt 3 passcred } prints 1
        expect { as web recv 4 } prints hello
        expect { as web recv -p -f 1 3 } matches /^back\\n5$/
        expect { as web recv 3 } prints back
        expect { as web recv 3 } fails
        expect { as web send 4 more } fails EPIPE
        as web send 3 more
        expect { as web recv 5 } prints more
        """,
    )


def test_named_ones_and_those_who_wait_to_be_accepted() -> None:
    perform(
        WEB,
        """
        as web socket unix stream; as web bind 3 @door; as web listen 3 5
        as web socket unix stream; as web connect 4 @door
        as web send 4 early -f 3
        as web socket unix dgram; as web bind 5 /tmp/log
        as web socket unix dgram; as web connect 6 /tmp/log; as web send 6 first
        as web socket unix dgram; as web bind 7 @ghost
        as web send 7 second -t /tmp/log; as web exec 7>&-
        as web socketpair seqpacket
        as web send 7 one; as web send 7 two -f 7 -f 8
        """,
        refused(
            "checkpoint -o /tmp/w web; restart -i /tmp/w",
            "EADDRINUSE",
            "line 6: socket: this network namespace has a socket @door",
        ),
        SAVE,
        """
        expect { as web accept 3 } prints 9
        expect { as web getpeername 4 } prints @door
        expect { as web recv -f 1 9 } matches /^early\\n11$/
        expect { as web getsockopt 11 acceptconn } prints 1
        expect { as web recv -a 5 } matches /^first\\n-$/
        expect { as web recv -a 5 } matches /^second\\n@ghost$/
        expect { as web recv 8 } prints one
        expect { as web recv -f 2 8 } matches /^two\\n12 13$/
        as web send 13 three
        expect { as web recv 7 } prints three
        as web socket unix dgram; as web send 10 again -t /tmp/log
        expect { as web recv 5 } prints again
        expect { socket unix stream; connect 3 @door } prints 3
        as web exec 5>&-
        expect { as web send 10 lost -t /tmp/log } fails ECONNREFUSED
        """,
    )


def test_the_file_of_a_socket() -> None:
    """It keeps its mount busy; one that has been removed leads nowhere."""
    perform(
        "mkdir /tmp/m; mount -t tmpfs none /tmp/m",
        WEB,
        """
        as web socket unix stream; as web bind 3 /tmp/m/s; as web listen 3
        as web socket unix stream; as web connect 4 /tmp/m/s; as web accept 3
        as web socket unix dgram; as web bind 6 /tmp/gone; rm /tmp/gone
        """,
        SAVE,
        """
        expect { as web getsockname 6 } prints /tmp/gone
        expect { as web getsockname 5 } prints /tmp/m/s
        as web exec 3>&-
        expect { umount /tmp/m } fails EBUSY
        expect { socket unix stream; connect 3 /tmp/m/s } fails ECONNREFUSED
        as web exec 5>&-
        umount /tmp/m
        """,
    )
    perform(
        WEB,
        "as web socket unix stream; as web bind 3 /tmp/s; checkpoint -o /tmp/w web",
        refused("restart -i /tmp/w", "EADDRINUSE", "another socket is bound to .tmp.s"),
        "as web exec 3>&-; rm /tmp/s",
        refused("restart -i /tmp/w", "ENOENT", ".tmp.s"),
        "touch /tmp/s",
        refused("restart -i /tmp/w", "EINVAL", "path: .tmp.s is no socket"),
    )


def test_a_socket_that_is_on_its_way_over_itself() -> None:
    """Nobody but its own queue has it, until that is read by way of another."""
    perform(
        WEB,
        """
        as web socketpair dgram; as web socketpair dgram
        as web send 3 there -f 5; as web exec 5>&-; as web send 6 further -f 4
        as web socketpair dgram; as web send 5 lost -f 5 -f 7; as web exec 7>&-
        """,
        SAVE,
        """
        expect { as web recv -f 1 4 } matches /^there\\n7$/
        expect { as web recv -f 1 7 } matches /^further\\n8$/
        as web send 3 once; as web send 7 more
        expect { as web recv 8 } prints once
        expect { as web recv 6 } prints more
        expect { as web send 5 more } fails ECONNREFUSED
        """,
    )


def test_who_has_sent_a_message() -> None:
    """By the number inside; who is gone has ended as it did."""
    perform(
        WEB,
        """
        as web socketpair dgram; as web setsockopt 4 passcred 1; as web setsockopt 4 passpidfd 1
        as web spawn child { send 3 mine; exit 3 }; sleep 0.1
        as web send 3 claimed -c 2,7,8
        as web wait
        """,
        SAVE,
        """
        expect { as web recv -c -P 4 } matches /^mine\\n2 0 0\\n5$/
        expect { as web recv -c -P 4 } matches /^claimed\\n2 7 8\\n6$/
        expect { cat /proc/$!/fdinfo/5 } matches /-1/
        """,
    )


def test_who_waits_goes_on_waiting() -> None:
    perform(
        """
        spawn --pid --net web {
            ip link set lo up
            nc -lk 80 > /tmp/tcp & nc -lU @door > /tmp/unix & nc -lu 53 > /tmp/udp &
            socketpair stream > /dev/null
            seq 60000 > /tmp/much; cat /tmp/much >&3 && touch /tmp/done &
            sleep 1000
        }
        sleep 1; ! test -e /tmp/done
        """,
        SAVE,
        """
        nsenter -t $! -n nsh -c 'echo one | nc -N 127.0.0.1 80; echo two | nc -NU @door'
        nsenter -t $! -n nsh -c 'echo three | nc -uN -w 1 127.0.0.1 53'
        expect $(cat /tmp/tcp /tmp/unix /tmp/udp | tr '\\n' ' ') == "one two three "
        """,
    )


NET = """
    spawn --pid --net web { ip link set lo up; sleep 0.1 }; sleep 0.2
    as web socket inet stream; as web bind 3 127.0.0.1:80; as web listen 3 1
"""


def test_tcp_and_udp() -> None:
    perform(
        NET,
        """
        as web socket inet stream; as web connect 4 127.0.0.1:80; as web send 4 early
        as web accept 3; as web send 5 answer
        as web socket inet stream; as web connect 6 127.0.0.1:80; as web send 6 unaccepted
        as web socket inet dgram; as web bind 7 127.0.0.1:53
        as web socket inet dgram; as web connect 8 127.0.0.1:53; as web send 8 query
        as web socket inet stream; as web connect 9 127.0.0.1:80; as web exec 9>&-
        as web ss -an | sort > /tmp/before
        """,
        SAVE,
        """
        as web ss -an | sort > /tmp/after
        expect $(cat /tmp/after) == $(cat /tmp/before)
        expect { as web recv 4 } prints answer
        expect { as web recv 5 } prints early
        expect { as web recv 7 } prints query
        expect { as web accept 3 } prints 9
        expect { as web recv 9 } prints unaccepted
        as web exec 6>&-
        expect { as web recv 9 } fails
        as web socket inet stream
        expect { as web bind 6 127.0.0.1:80 } fails EADDRINUSE
        """,
    )


def test_beside_the_original() -> None:
    """Where the network is the container's own, it has what the other has, too."""
    perform(
        NET,
        """
        as web socket inet stream; as web connect 4 127.0.0.1:80; as web send 4 hello
        as web socket unix dgram; as web bind 5 @name; as web send 5 self -t @name
        checkpoint -o /tmp/w web; restart -n twin -i /tmp/w; sleep 0.1
        """,
        *(
            f"""
            expect {{ as {whom} accept 3 }} prints 6
            expect {{ as {whom} recv 6 }} prints hello
            expect {{ as {whom} recv -a 5 }} matches /^self\\n@name$/
            """
            for whom in ("$!", "web")
        ),
    )


def test_files_of_all_sorts_on_their_way() -> None:
    ways = (
        "mknod /tmp/fifo p; open -m rw /tmp/fifo",
        "pidfd open 1",
        "open -c /tmp/removed; echo it >&5; rm /tmp/removed",
        "open -c /tmp/locked; flock 5",
        "open -m r /proc/self/ns/ipc",
        "open /dev/null",
    )
    perform(
        "spawn --pid --ipc --mount-proc web; as web socketpair dgram",
        *(f"as web {{ {way}; send 3 file -f 5; exec 5>&- }}" for way in ways),
        SAVE,
        *(
            f"expect {{ as web recv -f 1 4 }} matches /^file\\n{fd}$/"
            for fd in (*range(5, 10), "1[01]")
        ),
        "as web ls -l /proc/self/fd > /tmp/told",
        *(
            f"expect {{ cat /tmp/told }} matches /{told}/"
            for told in ("fifo", "pidfd", "removed .deleted", "locked", "ipc:", "dev.null")
        ),
        "expect { flock -n /tmp/locked true } fails",
        "as web exec 8>&-; flock -n /tmp/locked true",
        "expect { as web cat /proc/self/fd/7 } prints it",
    )


def test_a_port_that_is_shared() -> None:
    """As it was when it was bound (SO_REUSEPORT), whatever its socket says since."""
    perform(
        NET,
        """
        as web socket inet stream; as web setsockopt 4 reuseport 1; as web bind 4 127.0.0.1:81
        as web setsockopt 4 reuseport 0
        """,
        SAVE,
        """
        as web socket inet stream; as web setsockopt 5 reuseport 1; as web bind 5 127.0.0.1:81
        expect { as web bind 5 127.0.0.1:80 } fails EINVAL
        as web socket inet stream
        expect { as web bind 6 127.0.0.1:81 } fails EADDRINUSE
        """,
    )


def test_what_is_left_of_connections_and_what_is_being_made() -> None:
    perform(
        NET,
        """
        as web socket inet stream; as web connect 4 127.0.0.1:80; as web accept 3
        as web send 4 bye; as web exec 4>&-
        as web socket inet stream; as web connect 4 127.0.0.1:80; as web accept 3
        as web exec 6>&-; as web exec 4>&-
        as web ip link add v0 type veth peer v1; as web ip link set v0 up; as web ip link set v1 up
        as web ip addr add 10.0.0.1/24 dev v0
        as web socket inet stream -n
        expect { as web connect 4 10.0.0.2:80 } fails EINPROGRESS
        as web ss -tan > /tmp/before
        expect { cat /tmp/before } matches /FIN-WAIT-2[^!]*TIME-WAIT/
        """,
        SAVE,
        """
        as web ss -tan > /tmp/after
        expect $(sort /tmp/after) == $(sort /tmp/before)
        expect { as web recv 5 } prints bye
        sleep 3
        expect { as web getsockopt 4 error } prints 113
        sleep 60
        expect { as web ss -tan } matches /LISTEN[^\\n]*\\n[^\\n]*CLOSE-WAIT[^\\n]*$/
        """,
    )


def test_damage_is_told() -> None:
    told = (
        ('"peer":2', '"peer":1', "socket 2: peer: that one is not connected to it"),
        ('"peer":2', '"peer":7', "socket 7: the image has no such socket"),
        ('"family":1', '"family":9', "there are no sockets of family 9"),
        ('"state":1', '"state":99', "state"),
        ('"room":[0-9]*', '"room":-3', "room: a message takes some"),
        ('"sender":1', '"sender":3', "socket 3"),
    )
    perform(
        WEB,
        "as web socketpair stream; as web send 3 hi; checkpoint -k -o /tmp/w web; wait",
        *(damaged(*each) for each in told),
    )


def test_every_field_is_saved() -> None:
    """Or is known otherwise: a new one has to say which."""
    saved = {each for kind in (SocketOf, Ends, Queue) for each in kind.__struct_fields__}
    called = {"net": "namespace", "ino": "bound", "place": "path", "until": "remaining"}
    assert {*Socket.__struct_fields__} - saved == {"used", *called}  # how much is counted anew
    assert saved >= {*called.values()}
    assert Packet.__struct_fields__ == Message.__struct_fields__
    called = {"path": "pid", "pids": "pid", "task": "gone", "exit_code": "status"}
    assert {*Told.__struct_fields__} - {*Who.__struct_fields__} == {*called}
