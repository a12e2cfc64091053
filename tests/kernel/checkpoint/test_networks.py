"""Network namespaces of the container's own come back with links, addresses, routes, settings."""

from __future__ import annotations

import msgspec

from nsh.kernel.checkpoint.networks import AddressOf, End, NetOf, RouteOf
from nsh.kernel.loading import load_all
from nsh.machine.net import Address, Link, Net, Route
from tests.kernel.checkpoint._scripts import damaged, perform, refused

load_all()
SAVE = "checkpoint -k -o /tmp/w web; wait; restart -i /tmp/w; sleep 0.1"


def test_links_and_routes() -> None:
    show = "{ as web ip addr; as web ip route; as web sysctl net.ipv4.ip_forward; } >"
    perform(
        """
        spawn --pid --net web { ip link set lo up; sleep 0.1 }; sleep 0.2
        as web ip link add v0 type veth peer v1; as web ip link set v1 up
        as web ip addr add 10.1.0.1/24 dev v0; as web ip addr add 10.1.0.9/24 dev v0
        as web ip link set v0 mtu 1400; as web ip link set v0 up
        as web ip route add 10.9.0.0/16 via 10.1.0.7; as web sysctl -w net.ipv4.ip_forward=1
        """,
        f"{show} /tmp/before",
        SAVE,
        f"{show} /tmp/after",
        "expect $(cat /tmp/after) == $(cat /tmp/before)",
        "as web ip link add v4 type veth peer v5; as web ip addr add 10.1.0.1/8 dev v4",
    )


def test_a_pair_with_an_end_outside() -> None:
    perform(
        """
        spawn --pid --net web { ip link set lo up; sleep 0.1 }; sleep 0.2
        ip link add out0 type veth peer in0; ip link set in0 netns web; ip link set out0 up
        as web ip addr add 10.0.0.2/24 dev in0; as web ip link set in0 up
        """,
        refused("checkpoint -o /tmp/w web; restart -i /tmp/w", "EEXIST", "has a link out0"),
        SAVE,
        """
        expect { ip -br link show out0 } matches /out0@if2 *UP/
        ip addr add 10.0.0.1/24 dev out0
        expect { ping -c 1 10.0.0.2 } matches /1 received/
        """,
    )


def test_networks_are_the_containers_own() -> None:
    """Sockets and links of others in them stand in the way."""
    perform(
        "spawn --pid --net web { sleep 0.1 }; sleep 0.2; spawn spy { sleep 0.1 }; sleep 0.2",
        "as spy nsenter -t web -n nsh -c 'spawn in { socket inet dgram; sleep 0.1 }'",
        refused("checkpoint web", "EBUSY", "which is outside"),
    )
    perform(
        """
        spawn --pid --net web { ip link add v0 type veth peer v1; sleep 0.1 }; sleep 0.2
        ip netns add other; as web ip link del v0
        ip link add a0 type veth peer a1; ip link set a0 netns other; ip link set a1 netns web
        """,
        refused("checkpoint web", "EBUSY", "a1 of net:.* leads to net:.*, which is outside"),
    )


def test_a_container_stays_behind_the_filter() -> None:
    perform(
        """
        policy net.isolation filter; ip link set lo up; ip addr add 10.0.0.2/32 dev lo
        spawn web { echo web > /proc/container }; sleep 0.1
        echo web 10.0.0.2 > /proc/net_filter
        as web socket inet stream; as web bind 3 0.0.0.0:80; as web listen 3
        """,
        "checkpoint -o /tmp/w web",
        refused("restart -n web2 -i /tmp/w", "EADDRINUSE", "port 80 is taken"),
        "ip addr del 10.0.0.2/32 dev lo",
        refused(
            "restart -n web2 -i /tmp/w", "EADDRNOTAVAIL", "local: 10.0.0.2 is no address of a link"
        ),
        "ip addr add 10.0.0.2/32 dev lo",
        SAVE,
        """
        expect { cat /proc/net_filter } matches /web 10.0.0.2$/
        as web socket inet stream
        expect { as web bind 4 127.0.0.1:81 } fails EADDRNOTAVAIL
        socket inet stream; connect 3 10.0.0.2:80
        expect { as web accept -a 3 } matches /^5 10.0.0.2:/
        """,
        "policy net.isolation namespace",
        refused("restart -n web2 -i /tmp/w", "EINVAL", "host: there is no filter here"),
    )


def test_damage_is_told() -> None:
    told = (
        ('"prefix":8', '"prefix":80', "prefix: 80 is none"),
        ('"127.0.0.1"', '"127.0.0"', "127.0.0 is no IPv4 address"),
        ('"index":1', '"index":7', "link 7 of a new namespace is no loopback"),
        ('"namespace":1', '"namespace":2', "namespace 2"),
        ('"local_ports":.32768', '"local_ports":[0', "there are no ports from 0 to 60999"),
        ('"name":"v0"', '"name":"v\\/0"', "is no name for a link"),
        ('"index":2', '"index":3', "the namespace has a link 3"),
    )
    perform(
        """
        spawn --pid --net web { ip link set lo up; ip link add v0 type veth peer v1; sleep 0.1 }
        sleep 0.2; checkpoint -k -o /tmp/w web; wait
        """,
        *(damaged(*each) for each in told),
    )


def test_every_field_is_saved() -> None:
    """Or is known otherwise: a new one has to say which."""
    with_sockets = {"ports", "shared", "names"}
    of_namespaces = {"users", "inum", "owner", "creator"}
    assert _missing(Net, NetOf) == {"links", "by_name"} | with_sockets | of_namespaces
    assert _missing(Link, End) == {"net", "kind", "peer"}
    assert _missing(Address, AddressOf) == set()
    assert _missing(Route, RouteOf) == set()


def _missing(record: type[msgspec.Struct], saved: type[msgspec.Struct]) -> set[str]:
    return {*record.__struct_fields__} - {*saved.__struct_fields__}
