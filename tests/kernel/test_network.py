"""What takes time on the network, and what only this machine has: in virtual time, on the model."""

from __future__ import annotations

import pytest

import nsh
from nsh.session.session import Session

TWO = """
spawn --net web
ip link add v0 type veth peer name eth0 netns web
ip addr add 10.0.0.1/24 dev v0
ip link set v0 up
web { ip addr add 10.0.0.2/24 dev eth0; ip link set eth0 up; }
"""
FILTER = """
policy net.isolation filter
ip link set lo up
ip addr add 10.0.0.2/32 dev lo
ip addr add 10.0.0.3/32 dev lo
spawn web { echo web > /proc/container }
spawn db { echo db > /proc/container }
echo web 10.0.0.2 > /proc/net_filter
echo db 10.0.0.3 > /proc/net_filter
"""


def play(script: str, before: str = "") -> Session:
    session = nsh.boot(paranoid=True)
    made = session.run(before + script)
    assert made.ok, made.stderr
    return session


def seconds(session: Session) -> float:
    return session.machine.clock / 10**9


def test_nobody_at_the_link_is_given_up_after_three_seconds():
    session = play("socket inet stream; expect { connect 3 10.0.0.77:80 } fails EHOSTUNREACH", TWO)
    assert seconds(session) == 3


@pytest.mark.parametrize(
    ("host", "errno", "told", "time"),
    [
        ("10.1.0.77", "EHOSTUNREACH", "Destination Host Unreachable", 3),
        ("9.0.0.1", "ENETUNREACH", "Destination Net Unreachable", 1),
        ("50.0.0.1", "EHOSTUNREACH", "Time to live exceeded", 1),
    ],
)
def test_a_router_tells_that_nobody_is_there(host, errno, told, time):
    script = f"""
    web ip route add default via 10.0.0.1
    echo 1 > /proc/sys/net/ipv4/ip_forward
    spawn --net far
    ip link add w0 type veth peer name w1 netns far
    ip addr add 10.1.0.1/24 dev w0; ip link set w0 up
    far {{ ip addr add 10.1.0.2/24 dev w1; ip link set w1 up; }}
    ip route add 50.0.0.0/8 via 10.1.0.2
    far {{ ip route add default via 10.1.0.1; echo 1 > /proc/sys/net/ipv4/ip_forward; }}
    web socket inet stream
    expect {{ web connect 3 {host}:80 }} fails {errno}
    """
    session = play(script, TWO)
    assert seconds(session) == time
    asked = session.run(f"web ping -c 1 {host} || true")
    assert told in asked.stdout


def test_who_does_not_wait_for_a_connection_is_told_in_time():
    script = """
    socket --nonblock inet stream
    expect { connect 3 10.0.0.77:80 } fails EINPROGRESS
    expect { poll -t 2 3:OUT } prints ""
    expect { connect 3 10.0.0.77:80 } fails EALREADY
    expect { poll 3:OUT } prints "3: POLLOUT POLLERR POLLHUP"
    expect { connect 3 10.0.0.77:80 } fails EHOSTUNREACH
    expect { connect 3 10.0.0.77:80 } fails EINPROGRESS
    exec 3>&-
    """
    session = play(script, TWO)
    assert int(seconds(session)) == 3
    assert not session.run("wait; sleep infinity").ok  # nothing is left that would let time pass
    assert int(seconds(session)) == 3


def test_an_echo_whose_sum_is_right_is_answered_with_its_code():
    """On Linux the same, but for the numbers of the packets, which readers of raw sockets see."""
    script = r"""
    ip link set lo up
    socket --nonblock inet raw
    send -t 127.0.0.1:0 3 "$(printf '\010\001AB[^[_')"
    expect { recv 3 } matches /AB\[\^\[_$/
    expect { recv 3 } fails EAGAIN
    send -t 127.0.0.1:0 3 "$(printf '\010\001AA[^[_')"
    expect { recv 3 } matches /AA\[\^\[_$/
    expect { recv 3 | tr '\000\001' oi } matches /oiIA\[\^\[_$/
    """
    play(script)


def test_an_error_is_told_of_no_error():
    script = r"""
    socket --nonblock inet raw
    send -t 10.0.0.77:0 3 "$(printf '\003\001abcdef')"
    expect { recv 3 } fails EAGAIN
    send -t 10.0.0.77:0 3 "$(printf '\010\001abcdefghijklmnopqrstuvwxyz')"
    expect { recv 3 } matches /klmnopqrstuvwxyz$/
    """
    play(script, TWO)


def test_an_answer_that_finds_no_way_back_is_waited_for():
    script = """
    ip addr add 172.16.0.1/24 dev v0
    web { socket inet stream; bind 3 :80; listen 3; }
    socket inet stream
    bind 3 172.16.0.1:0
    expect { connect 3 10.0.0.2:80 } fails ETIMEDOUT
    """
    assert seconds(play(script, TWO)) == 131


def test_a_connection_under_way_is_made_when_the_link_comes_up():
    play(
        """
        web { socket inet stream; bind 3 :80; listen 3; }
        ip link set v0 down; web ip link set eth0 down
        ip link set v0 up
        spawn client { socket inet stream; connect 3 10.0.0.2:80; echo made > /tmp/told; exit }
        expect { test -e /tmp/told || echo waits } prints "waits"
        web ip link set eth0 up
        wait client
        expect { cat /tmp/told } prints "made"
        """,
        TWO,
    )


def test_who_finds_no_room_is_connected_when_somebody_is_accepted():
    play(
        """
        ip link set lo up
        socket inet stream; bind 3 127.0.0.1:80; listen 3 0
        socket -n inet stream; connect 4 127.0.0.1:80 || true
        socket -n inet stream; connect 5 127.0.0.1:80 || true
        expect { connect 5 127.0.0.1:80 } fails EALREADY
        expect { accept 3 } prints "6"
        expect { connect 5 127.0.0.1:80 }
        """
    )


def test_a_port_is_free_a_minute_later():
    play(
        """
        ip link set lo up
        socket inet stream; bind 3 127.0.0.1:80; listen 3
        socket inet stream; connect 4 127.0.0.1:80; accept 3
        exec 3>&-; exec 5>&-; exec 4>&-
        socket inet stream
        expect { bind 3 127.0.0.1:80 } fails EADDRINUSE
        sleep 61
        expect { bind 3 127.0.0.1:80 }
        expect { ss -tanH } prints ""
        """
    )


def test_a_namespace_that_ends_leaves_nobody_waiting_for_it():
    session = play(
        """
        web { socket inet stream; bind 3 :80; listen 3; }
        socket inet stream; connect 3 10.0.0.2:80
        web { accept 3 }
        kill -KILL 2; wait || true
        expect { recv 3 || echo end } prints "end"
        expect { send 3 lost }
        expect { ip -br link show v0 || echo gone } prints "gone"
        """,
        TWO,
    )
    assert session.run("lsns -n -t net -o nprocs").stdout.split() == ["1"]


@pytest.mark.parametrize("way", ["bind 3 0.0.0.0:80; listen 3", "listen 3"])
def test_the_filter_lets_a_container_listen_at_its_own_address_alone(way):
    play(
        f"""
        web {{ socket inet stream; {way}; }}
        expect {{ web getsockname 3 }} matches /^10\\.0\\.0\\.2:/
        expect {{ web bind 3 10.0.0.3:1 }} fails EADDRNOTAVAIL
        """,
        FILTER,
    )


def test_the_filter_lets_no_packet_out_to_a_neighbour():
    play(
        """
        web { socket inet dgram; socket inet raw; }
        expect { web send -t 10.0.0.3:53 3 x } fails EPERM
        expect { web ping -c 1 10.0.0.3 || echo refused } matches /refused/
        expect { web ping -q -c 1 10.0.0.2 } matches / 1 received/
        socket inet dgram
        expect { send -t 10.0.0.3:53 3 x }
        """,
        FILTER,
    )


@pytest.mark.parametrize(
    ("line", "errno"),
    [
        ("nobody 10.0.0.9", "ENOENT"),
        ("web", "EINVAL"),
        ("web 10.0.0.999", "EINVAL"),
        ("web 10.0.0.2 more", "EINVAL"),
    ],
)
def test_what_cannot_be_allotted(line, errno):
    play(f"expect {{ echo {line} > /proc/net_filter }} fails {errno}", FILTER)
    play("expect { cat /proc/net_filter } fails ENOENT")


def test_a_pid_that_a_socket_tells_is_translated_for_who_asks():
    session = nsh.boot(paranoid=True)

    def traced(line: str) -> str:
        return "\n".join(session.run(line).messages)

    session.run("socket unix stream; bind 3 /tmp/door; listen 3; spawn --pid web")
    session.run("as web { socket unix stream; connect 4 /tmp/door }; accept 3")
    assert "[kpid 2 -> pid 2@0]" in traced("trace getsockopt 4 peercred")
    assert "[kpid 1 -> pid 0@" in traced("web trace getsockopt 4 peercred")
    assert "[pid 2@0 -> kpid 2]" in traced("socketpair dgram; trace send -c 2,0,0 6 x")
    assert 'sun_path=@"here"' in traced("socket unix dgram; trace bind 7 @here")


def test_a_ping_that_cannot_begin_leaves_no_socket_open():
    play("expect { ping -c 1 10.9.9.9 } fails ENETUNREACH\nexpect { socket inet dgram } prints '3'")
