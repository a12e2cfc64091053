"""Random scripts about traffic over routers: a, the first, b and c in a row, of which those between
pass on what is not for them (ip(7)).

As those about links they are held against Linux as ``nsh compare`` does it.  Neighbours are known
on Linux for a while, and who has not answered is asked again a second later: so nobody gets an
address that others have asked for, loses one without them forgetting it, or has a connection while
the network changes.
"""

from __future__ import annotations

import random
import re

from tests.conformance._scripts import commands, filled

WHO = ("", "a ", "b ", "c ")
ENDS = (
    *(("", "v0", "10.0.0.1"), ("a ", "e0", "10.0.0.2"), ("", "v1", "10.0.1.1")),
    *(("b ", "e0", "10.0.1.2"), ("b ", "v2", "10.0.2.1"), ("c ", "e0", "10.0.2.2")),
)
"""Of the links: each is followed or preceded by its other end."""
ROUTES = (
    *("a ip route add default via 10.0.0.1", "ip route add 10.0.2.0/24 via 10.0.1.2"),
    *("b ip route add default via 10.0.1.1", "c ip route add default via 10.0.2.1"),
)
BEGINNING = (
    "spawn --net a; spawn --net b; spawn --net c",
    "ip link add v0 type veth peer name e0 netns a; ip link add v1 type veth peer name e0 netns b",
    "b ip link add v2 type veth peer name e0 netns c",
)
USUAL = (
    *(f"{who}ip link set lo up" for who in WHO),
    *(f"{who}ip addr add {host}/24 dev {link}" for who, link, host in ENDS),
    *(f"{who}ip link set {link} up" for who, link, _host in ENDS),
    *ROUTES,
    "echo 1 > /proc/sys/net/ipv4/ip_forward; b echo 1 > /proc/sys/net/ipv4/ip_forward",
)
CHOICES = {
    "host": (*(host for _who, _link, host in ENDS), "{rare}"),
    "rare": ("{new}", "10.0.0.7", "10.0.2.255", "10.9.0.1", "9.0.0.1", "127.0.0.1", "0.0.0.0"),
    "new": (*("10.0.0.5", "10.0.1.5", "10.0.2.5", "10.0.0.6", "10.0.2.6", "10.9.0.5"), "9.0.0.5"),
    "bits": ("24", "24", "32"),
    "net": ("default", "10.0.0.0/24", "10.0.1.0/24", "10.0.2.0/24", "10.9.0.0/16", "10.0.2.2/32"),
    "near": (*(host for _who, _link, host in ENDS), "{new}"),
    "way": ("via {near}", "via {near}", "dev {link}", "via {near} dev {link}"),
    "udp": ("3", "4", "4", "4", "5"),
    "port": ("9", "9", "9", "7", "8"),
    "how": ("rd", "wr", "rdwr"),
    "tcp": ("6", "6", "7", "8"),
    "yes": ("0", "1"),
    "word": ("one", "two", "three", "four", "five", "six"),
}
"""What stands for a word in braces; it may have such words itself."""
BEFORE = """
    {who}ip addr add {new}/{bits} dev {link}
    {who}ip route del {net}
    {who}ip link set {link} down
    """
"""Changes as long as nobody has asked for a neighbour."""
CHANGES = """
    {who}ip addr add {new}/{bits} dev {link}
    {who}ip route add {net} {way}
    {who}ip route add {net} {way}
    {who}ip route del {net}
    {who}ip link set {link} down
    {who}echo {yes} > /proc/sys/net/ipv4/ip_forward
    """
DATAGRAMS = """
    {who}send -n -t {host}:{port} {udp} {word}
    {who}send -n -t {host}:9 {udp} {word}
    {who}send -n {udp} {word}
    {who}connect {udp} {host}:{port}
    {who}connect {udp} {host}:9; {who}send -n {udp} {word}
    {who}connect -u {udp}
    {who}bind {udp} {host}:{port}
    {who}getsockname {udp}
    {who}getpeername {udp}
    {who}shutdown {udp} {how}
    {who}getsockopt {udp} error
    {who}poll -t 0 {udp}
    {who}recv -n -a {udp}
    {who}ip route get {host}
    """
CONNECTED = """
    {server}accept -a -n 6
    {end}send -n -s {tcp} {word}
    {end}send -n -s {tcp} {word}
    {end}recv -n {tcp}
    {end}recv -n {tcp}
    {end}shutdown {tcp} {how}
    {end}getsockname {tcp}
    {end}getpeername {tcp}
    {client}connect {first} {host}:80
    {server}poll -t 0 6
    """
_HOST = re.compile(r"[\d.]+(?=/)")


def script(seed: int) -> str:
    """The script of *seed*: what fails in it, it goes on from."""
    chance = random.Random(seed)
    lines = [*BEGINNING, *(line for line in USUAL if chance.random() < 0.96)]
    lines += _some(chance, BEFORE + CHANGES, chance.choice((0, 0, 1, 2, 4)))
    for who, host in {who: host for who, _link, host in ENDS}.items():
        lines += [f"{who}socket -n inet dgram"] * 3
        lines += [f"{who}bind 3 0.0.0.0:9", f"{who}bind 4 {chance.choice((host, '0.0.0.0'))}:7"]
    for turn in range(chance.randint(2, 4)):
        if turn:
            lines += _changed(chance, "\n".join(lines))
        lines += _some(chance, DATAGRAMS, chance.randint(6, 12))
        if chance.random() < 0.7:
            lines += _connection(chance)
        lines += [f"{who}recv -n -a 3" for who in WHO]
    lines += [f"{who}ip route" for who in WHO]
    return "".join(f"{part} || true\n" for line in lines for part in line.split("; "))


def _changed(chance: random.Random, said: str) -> list[str]:
    """What is otherwise from now on; *said*: all before that."""
    lines = _some(chance, CHANGES, chance.randint(0, 2))
    lines = [
        line for line in lines if " addr add " not in line or _HOST.findall(line)[0] not in said
    ]
    if chance.random() < 0.3:
        end = chance.randrange(len(ENDS))
        (who, link, host), (other, there, _there) = ENDS[end], ENDS[end ^ 1]
        lines += [f"{who}ip addr del {host}/24 dev {link}"]
        lines += [f"{other}ip link set {there} down; {other}ip link set {there} up", *ROUTES]
    return lines


def _connection(chance: random.Random) -> list[str]:
    """One of tcp that somebody tries to make, and which is closed."""
    server, client = chance.choice(WHO), chance.choice(WHO)
    first = 7 if server == client else 6
    anywhere = ("0.0.0.0", "0.0.0.0", "{host}")
    near = [host for who, _link, host in ENDS if who == server]
    lines = [
        f"{server}socket -n inet stream; {server}setsockopt 6 reuseaddr 1",
        f"{server}bind 6 {chance.choice(anywhere)}:80; {server}listen 6",
        f"{client}socket -n inet stream",
        f"{client}bind {first} {chance.choice(anywhere)}:{{port}}",
        f"{client}connect {first} {chance.choice((*near, *near, '{host}'))}:80",
    ]
    if chance.random() < 0.6:
        del lines[3]
    if chance.random() < 0.8:
        lines.append(f"{server}accept -a -n 6")
    ends = {
        "server": (server,),
        "client": (client,),
        "end": (server, client),
        "first": (str(first),),
    }
    lines = [_filled(chance, line, ends) for line in lines]
    lines += _some(chance, CONNECTED, chance.randint(4, 10), ends)
    closing = [f"{who}exec {fd}>&-" for who in {server: 0, client: 0} for fd in (6, 7, 8)]
    return lines + chance.sample(closing, len(closing))


def _some(
    chance: random.Random, table: str, count: int, more: dict[str, tuple[str, ...]] | None = None
) -> list[str]:
    known = commands(table)
    return [_filled(chance, chance.choice(known), more or {}) for _time in range(count)]


def _filled(chance: random.Random, text: str, more: dict[str, tuple[str, ...]]) -> str:
    """*text* in the words of one of WHO, with its own links."""
    who = chance.choice(WHO)
    links = tuple(link for whose, link, _host in ENDS if whose == who)
    return filled(chance, text, CHOICES | {"who": (who,), "link": (*links, *links, "lo")} | more)
