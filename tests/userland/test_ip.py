"""What ip shows and does besides, as iproute2 6.1 does it on the same links."""

from __future__ import annotations

import pytest

import nsh
from nsh.session.session import Session

REST = "mode DEFAULT group default "
LO = f"1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN {REST}"
V1 = f"2: v1@v0: <BROADCAST,MULTICAST,M-DOWN> mtu 1500 qdisc noop state DOWN {REST}"
V0 = f"3: v0@v1: <BROADCAST,MULTICAST,M-DOWN> mtu 1500 qdisc noop state DOWN {REST}"


@pytest.fixture
def linked() -> Session:
    machine = nsh.boot(paranoid=True)
    assert machine.run("ip link set lo up; ip link add v0 type veth peer name v1").ok
    return machine


def heads(text: str) -> list[str]:
    return [
        line.removesuffix("qlen 1000") for line in text.splitlines() if not line.startswith(" ")
    ]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("link show", [LO, V1, V0]),
        ("link show type veth", [V1, V0]),
        ("link ls up", [LO]),
        ("link show up type veth", []),
        ("link show dev v0", [V0]),
        ("-c link show v1", [V1]),
        ("-4 addr show up", [LO.replace("mode DEFAULT ", "")]),
        ("-6 addr", []),
        ("link show type bridge", []),
    ],
)
def test_show_chooses(linked: Session, words: str, expected: list[str]) -> None:
    assert heads(linked.run(f"ip {words}").stdout) == expected


def test_one_line_for_each(linked: Session) -> None:
    loopback = "    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00"
    assert linked.run("ip -o link show up").stdout == f"{LO}qlen 1000\\{loopback}\n"
    told = (
        "1: lo    inet 127.0.0.1/8 scope host lo\\       valid_lft forever preferred_lft forever\n"
    )
    assert linked.run("ip -o a").stdout == linked.run("ip -o -4 addr").stdout == told


def test_a_namespace_gets_a_name_by_a_process_in_it() -> None:
    machine = nsh.boot(paranoid=True)
    assert machine.run("spawn --net web; ip netns attach green web; ip netns").stdout == "green\n"
    assert machine.run("ip netns pids green").stdout == "2\n"
    assert machine.run("ip netns identify 2").stdout == "green\n"
    taken = machine.run("ip netns attach green web")
    assert 'Cannot create namespace file "/run/netns/green": File exists' in taken.stderr
    gone = machine.run("ip netns attach other 99")
    assert "Bind /proc/99/ns/net -> /run/netns/other failed: No such file" in gone.stderr
    assert "No netns name and PID specified" in machine.run("ip netns attach x").stderr
    assert machine.run("ip netns").stdout == "green\n"


def test_all_namespaces_with_names() -> None:
    machine = nsh.boot(paranoid=True)
    assert machine.run("ip netns add a; ip netns add b; ip netns exec a ip link set lo up").ok
    said = machine.run("ip -all netns exec ip -br link").stdout
    assert [line.split()[:2] for line in said.splitlines() if line] == [
        *(["netns:", "b"], ["lo", "DOWN"]),
        *(["netns:", "a"], ["lo", "UNKNOWN"]),
    ]
    assert machine.run("ip -a netns exec false").stdout == "\nnetns: b\n"
    assert machine.run("ip -all netns delete; ip netns; ls /run/netns").stdout == ""
