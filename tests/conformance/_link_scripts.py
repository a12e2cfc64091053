"""Random scripts about links, addresses and routes in three network namespaces (rtnetlink(7)).

Unlike other random programs they are scripts, and held against Linux as ``nsh compare`` does it.
"""

from __future__ import annotations

import random

LINKS = ("v0", "v0", "v0", "v1", "v2", "lo", "x")
WHO = ("", "a ", "b ")
NETWORKS = (
    *("10.0.0.0/24", "10.0.1.0/24", "10.0.0.0/16"),
    *("default", "10.0.2.0/24", "10.0.0.2/32"),
)
CHANGES = ("up", "up", "up", "up", "down", "mtu 1400", "mtu 50", "up mtu 1300", "name x up")
USUAL = (
    "ip addr add 10.0.0.1/24 dev v0",
    "ip link set v0 up",
    "a ip addr add 10.0.0.2/24 dev v0",
    "a ip link set v0 up",
)
"""What makes a network of the first pair."""
SHORTEST, LONGEST = 10, 22


def script(seed: int) -> str:
    """The script of *seed*: what fails in it, it goes on from."""
    chance = random.Random(seed)
    lines = ["spawn --net a", "spawn --net b"]
    lines += [f"{who}ip link set lo up" for who in WHO if chance.random() < 0.7]
    lines.append("ip link add v0 type veth peer name v0 netns a")
    lines += [line for line in USUAL if chance.random() < 0.7]
    for _ in range(chance.randint(SHORTEST, LONGEST)):
        lines.append(f"{chance.choice(WHO)}{_command(chance)} || true")
    for who in WHO:
        lines += [f"{who}ip link", f"{who}ip addr", f"{who}ip route"]
    return "\n".join(lines) + "\n"


def _command(chance: random.Random) -> str:
    link = chance.choice(LINKS)
    match chance.choice("AAASSSSSNDaaadRRRrlltggw"):
        case "A":
            return f"ip link add {link} type veth{_peer(chance)}"
        case "S":
            change = chance.choice((*CHANGES, f"name {chance.choice(LINKS)}"))
            return f"ip link set {link} {change}"
        case "N":
            name = chance.choice(("", f" name {chance.choice(LINKS)}"))
            return f"ip link set {link} netns {chance.choice('ab')}{name}"
        case "D":
            return f"ip link del {link}"
        case "a":
            return f"ip addr add {_host(chance)}/{chance.choice((24, 24, 24, 16, 32))} dev {link}"
        case "d":
            return f"ip addr del {_host(chance)}/{chance.choice((24, 24, 16, 32))} dev {link}"
        case "R":
            way = chance.choice(("via", "via", "dev", "both", "metric"))
            return f"ip route add {chance.choice(NETWORKS)} {_way(chance, way, link)}"
        case "r":
            way = chance.choice(("", "via", "dev"))
            return f"ip route del {chance.choice(NETWORKS)} {_way(chance, way, link)}"
        case "l":
            return "ip link"
        case "t":
            return chance.choice(("ip route", "cat /proc/net/route"))
        case "g":
            return f"ip route get {_host(chance)}"
    return "ip addr"


def _peer(chance: random.Random) -> str:
    if chance.random() < 0.2:
        return ""
    there = f" netns {chance.choice('ab')}" if chance.random() < 0.6 else ""
    return f" peer name {chance.choice(LINKS[2:5])}{there}"


def _host(chance: random.Random) -> str:
    return f"10.0.{chance.choice((0, 0, 1))}.{chance.choice((1, 2, 3))}"


def _way(chance: random.Random, way: str, link: str) -> str:
    match way:
        case "via":
            return f"via {_host(chance)}"
        case "dev":
            return f"dev {link}"
        case "both":
            return f"via {_host(chance)} dev {link}"
        case "metric":
            return f"via {_host(chance)} metric 5"
    return ""
