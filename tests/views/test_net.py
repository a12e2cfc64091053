"""The network namespaces as values."""

from typing import Any

from nsh.session.session import Session
from nsh.views.net import network
from nsh.views.net_rows import NetRow
from nsh.views.order import LAST

SCRIPT = """
ip link set lo up
spawn --net --pid web
ip link add v0 type veth peer name eth0 netns web
ip addr add 10.0.0.1/24 dev v0
ip link set v0 up
web { ip addr add 10.0.0.2/24 dev eth0; socket inet stream; bind 3 :80; listen 3; }
web { socket inet dgram; bind 4 127.0.0.1:53 || true; bind 4 :53 }
"""


def rows(session: Session, **window: Any) -> tuple[NetRow, ...]:
    return network(session.machine, **window)


def played() -> Session:
    session = Session("mainline")
    assert session.run(SCRIPT).ok
    return session


def test_links_and_ports_stand_by_namespace():
    found = rows(played())
    told = [(each.container, each.what, each.state, each.addresses) for each in found]
    inside = found[-1].container
    assert told == [
        ("0", "lo", "UP", ("127.0.0.1/8",)),
        ("0", f"v0@{inside}:eth0", "NO-CARRIER", ("10.0.0.1/24",)),
        (inside, "lo", "DOWN", ()),
        (inside, "eth0@0:v0", "DOWN", ("10.0.0.2/24",)),
        (inside, "tcp", "LISTEN", ("0.0.0.0:80",)),
        (inside, "udp", "UNCONN", ("0.0.0.0:53",)),
    ]
    assert [each.first for each in found] == [True, False, True, False, False, False]


def test_who_listens_is_told_as_the_viewer_sees_it():
    session = played()
    listens = rows(session)[4]
    assert (listens.owner, listens.pid) == ("web", 2)
    from_inside = network(session.machine, listens.task)[4]
    assert from_inside.pid == 1
    session.run("kill -KILL 2; wait")
    assert all(each.namespace == rows(session)[0].namespace for each in rows(session))


def test_a_window_is_part_of_the_whole():
    session = played()
    every = rows(session)
    for start in range(len(every)):
        assert rows(session, at=every[start].key, count=2) == (
            every[start : start + 2] if start < len(every) - 1 else every[-2:]
        )
    assert rows(session, at=LAST, skip=-1, count=2) == every[-2:]
