"""ip: links, addresses, routes and network namespaces (ip(8); S2, N6).

What a command line says is taken apart here and in :mod:`nsh.userland.ip_netns`; what is shown is
laid out in :mod:`nsh.userland.ip_show`.
"""

from collections.abc import Callable, Generator, Sequence
from typing import Any, Final

from nsh.abi import Errno, KernelError
from nsh.abi.files import Close, Open
from nsh.abi.invocation import Invocation, Running
from nsh.abi.net import (
    AddressInfo,
    Deladdr,
    Dellink,
    Delroute,
    Getaddr,
    Getlink,
    Getroute,
    LinkFlag,
    LinkInfo,
    Newaddr,
    Newlink,
    Newroute,
    Setlink,
)
from nsh.userland import ip_netns, ip_show, ip_usage
from nsh.userland.addresses import host, network
from nsh.userland.ip_netns import Words, directory
from nsh.userland.options import Given, Kind, UsageError, option, optional, whole_number
from nsh.userland.refs import pid_of
from nsh.userland.registry import Topic, command
from nsh.userland.streams import READING, Asking, say

Do = Generator[Any, Any, int]

_LONG: Final = {
    "-br": "--brief",
    "-brief": "--brief",
    "-j": "--json",
    "-json": "--json",
    "-p": "--pretty",
    "-pretty": "--pretty",
    "-4": "--inet",
    "-6": "--inet6",
    "-o": "--oneline",
    "-oneline": "--oneline",
    "-c": "--color",
    "-color": "--color",
    "-a": "--all",
    "-all": "--all",
    "-n": "--netns",
    "-netns": "--netns",
}
_NO_DEVICE: Final = 'Not enough information: "dev" argument is required.'
_SHOW: Final = ("show", "list", "lst", "ls")
_COMMANDS: Final = {
    "link": ("add", "set", "delete", *_SHOW),
    "address": ("add", "delete", "flush", *_SHOW),
    "route": ("add", "delete", "get", *_SHOW),
}


def _spelt(argv: Sequence[str]) -> list[str]:
    """Options of ip have one dash, and stand before the object."""
    words = list(argv)
    for index, word in enumerate(words):
        if not word.startswith("-"):
            if index and words[index - 1] == "--netns":
                continue
            break
        words[index] = _LONG.get(word, word)
    return words


@command(
    "ip",
    "show and change links, addresses, routes and network namespaces",
    Topic.NETWORK,
    options=(
        option("--brief", "-br: a line for each; --oneline, -o: as much, on one line"),
        option("--json", "-j: print JSON; --pretty, -p: over several lines"),
        option("--inet", "-4: IPv4, which it is anyway; --inet6, -6: nothing"),
        option("--netns=NAME", "-n: in the network namespace NAME", Kind.NAME),
        option("--all", "-a: netns exec and delete are for every NAME"),
        *(option(spec, "") for spec in ("--pretty", "--oneline", "--inet6", "--color")),
    ),
    operands=(
        optional("OBJECT", Kind.NAME, choices=(*_COMMANDS, "netns")),
        optional("WORD", many=True),
    ),
    man="ip(8)",
    gap="objects link (add type veth, set, del, show), addr (add, del, flush, show), route (add, "
    "del, get, show) and netns (add, attach, exec, list, del, identify, pids); IPv4 only; no other "
    "types, tables, broadcasts, colours; netns add makes no shared mount, exec no mount namespace",
    examples=(
        "ip link set lo up; ip addr",
        "spawn --net web; ip link add v0 type veth peer name eth0 netns web; ip -br link",
        "ip netns add blue; ip netns exec blue ip link; ip netns",
    ),
    see=("ss", "ping", "nc", "unshare"),
    rows=("N6",),
    stops=True,
    prepare=_spelt,
    trouble=ip_usage.STATUS,
)
def ip(call: Invocation, given: Given) -> Running:
    """Status 1 for what is not there, 2 where the kernel refuses, 255 if it is not understood."""
    words = Words(given.operands)
    if given.has("netns"):
        name = given.get("netns")
        return (yield from ip_netns.inside(call, name, lambda: _object(call, given, words)))
    return (yield from _object(call, given, words))


def _object(call: Invocation, given: Given, words: Words) -> Do:
    name = words.next("")
    if not name or name == "help":
        return (yield from ip_usage.show())
    kind = _abbreviated(name, ip_usage.OBJECTS)
    if kind and words.begins("help"):
        return (yield from ip_usage.show(kind))
    try:
        match kind:
            case "link":
                return (yield from _link(given, words))
            case "address":
                return (yield from _address(given, words))
            case "route":
                return (yield from _route(given, words))
            case "netns":
                return (yield from ip_netns.perform(call, words, every=given.has("all")))
    except ip_netns.Missing as missing:
        yield from say(call, str(missing))
        return 1
    except KernelError as error:
        yield from say(call, f"RTNETLINK answers: {error}")
        return 2
    ip_usage.unknown_object(name)


def _abbreviated(word: str, known: Sequence[str]) -> str:
    """The first of *known* that begins like this."""
    return next((each for each in known if word and each.startswith(word)), "")


def _find(links: Sequence[LinkInfo], name: str) -> LinkInfo:
    found = next((each for each in links if each.name == name), None)
    if found is None:
        raise ip_netns.Missing(f'Cannot find device "{name}"')
    return found


def _device(name: str) -> Asking[LinkInfo]:
    links: tuple[LinkInfo, ...] = yield Getlink()
    return _find(links, name)


def _named(words: Words) -> str:
    """``[dev] NAME``."""
    name = words.next("")
    if not name:
        raise UsageError(_NO_DEVICE)
    return words.needed("a device") if name == "dev" else name


def _shown(links: Sequence[LinkInfo], words: Words) -> list[LinkInfo]:
    """``show [dev] NAME``, ``show up``, ``show type TYPE``: which of them."""
    chosen = list(links)
    while word := words.next(""):
        match word:
            case "up":
                chosen = [each for each in chosen if each.flags & LinkFlag.IFF_UP]
            case "type":
                kind = words.needed("a type")
                chosen = [each for each in chosen if kind == "veth" and each.other]
            case _:
                name = words.needed("a device") if word == "dev" else word
                if all(each.name != name for each in links):
                    raise ip_netns.Missing(f'Device "{name}" does not exist.')
                chosen = [each for each in chosen if each.name == name]
    return chosen


# ---- link


def _link(given: Given, words: Words) -> Do:
    match _abbreviated(words.next("show"), _COMMANDS["link"]):
        case "add":
            return (yield from _link_add(words))
        case "set":
            return (yield from _link_set(words))
        case "delete":
            found = yield from _device(_named(words))
            yield Dellink(found.index)
            return 0
        case "":
            ip_usage.unknown_command(words.last, "link", _COMMANDS["link"])
        case _:
            links: tuple[LinkInfo, ...] = yield Getlink()
            yield from ip_show.links(given, _shown(links, words), links)
            return 0


def _link_add(words: Words) -> Do:
    name, kind = "", ""
    while word := words.next(""):
        if word == "type":
            kind = words.needed("a type")
            break
        if name and word == "netns":
            raise UsageError("netns stands behind the peer's name; or ip link set NAME netns NAME")
        name = words.needed("a name") if word in ("name", "dev", "link") else word
    if not name or not kind:
        what = '"type" argument is required' if name else "the name of the link is missing"
        raise UsageError(f"Not enough information: {what}", 1)
    peer, pid, fd = "", 0, -1
    while word := words.next(""):
        match word:
            case "peer":
                continue
            case "name":
                peer = words.needed("a name")
            case "netns":
                pid, fd = yield from _netns(words.needed("a namespace"))
            case _:
                peer = word
    yield from _closing(fd, Newlink(name, kind, peer, pid, fd))
    return 0


def _closing(fd: int, request: Any) -> Do:
    """Ask, and close *fd* however it ends."""
    try:
        yield request
    except KernelError:
        if fd >= 0:
            yield Close(fd)
        raise
    if fd >= 0:
        yield Close(fd)
    return 0


def _netns(name: str) -> Asking[tuple[int, int]]:
    """A namespace by name, as an open file, or by a process in it."""
    try:
        fd: int = yield Open(directory(name), READING)
    except KernelError as error:
        if error.errno not in (Errno.ENOENT, Errno.ENOTDIR):
            raise
        try:
            return (yield from pid_of(name)), -1
        except UsageError:
            raise UsageError(f'Invalid "netns" value "{name}"') from None
    return 0, fd


def _link_set(words: Words) -> Do:
    found = yield from _device(_named(words))
    up, new, mtu, pid, fd = -1, "", 0, 0, -1
    while word := words.next(""):
        match word:
            case "up":
                up = 1
            case "down":
                up = 0
            case "name":
                new = words.needed("a name")
            case "mtu":
                mtu = whole_number(words.needed("a number"), "mtu")
            case "netns":
                pid, fd = yield from _netns(words.needed("a namespace"))
            case _:
                raise UsageError(f'either "dev" is duplicate, or "{word}" is a garbage.')
    yield from _closing(fd, Setlink(found.index, up, new, mtu, pid, fd))
    return 0


# ---- addr


def _address(given: Given, words: Words) -> Do:
    match _abbreviated(words.next("show"), _COMMANDS["address"]):
        case "add":
            return (yield from _address_change(words, Newaddr))
        case "delete":
            return (yield from _address_change(words, Deladdr))
        case "flush":
            name = words.needed("a device")
            found = yield from _device(words.needed("a device") if name == "dev" else name)
            for each in (yield Getaddr()):
                if each.index == found.index and not each.secondary:
                    yield Deladdr(each.index, each.host, each.prefix)
            return 0
        case "":
            ip_usage.unknown_command(words.last, "address", _COMMANDS["address"])
        case _:
            links: tuple[LinkInfo, ...] = yield Getlink()
            addresses: tuple[AddressInfo, ...] = yield Getaddr()
            chosen = _shown(links, words)
            if given.has("inet6"):
                chosen = []
            if given.has("inet"):
                with_one = {each.index for each in addresses}
                chosen = [each for each in chosen if each.index in with_one]
            yield from ip_show.addresses(given, chosen, addresses, links)
            return 0


def _address_change(words: Words, change: Callable[[int, str, int], Any]) -> Do:
    text, device = "", ""
    while word := words.next(""):
        match word:
            case "dev":
                device = words.needed("a device")
            case "local":
                text = words.needed("an address")
            case _:
                text = word
    if not text:
        raise UsageError("an address is missing: ip addr add HOST/PREFIX dev NAME", 1)
    if not device:
        raise UsageError(_NO_DEVICE, 1)
    name, prefix = network(text)
    found = yield from _device(device)
    yield change(found.index, name, prefix)
    return 0


# ---- route


def _route(given: Given, words: Words) -> Do:
    match _abbreviated(words.next("show"), _COMMANDS["route"]):
        case "add":
            to, prefix, via, index, metric = yield from _route_words(words)
            yield Newroute(to, prefix, index, via, metric)
            return 0
        case "delete":
            to, prefix, via, index, _metric = yield from _route_words(words)
            yield Delroute(to, prefix, index, via)
            return 0
        case "get":
            to = host(words.needed("an address"))
            links = yield Getlink()
            yield from ip_show.route_to(links, (yield Getroute(to))[0])
            return 0
        case "":
            ip_usage.unknown_command(words.last, "route", _COMMANDS["route"])
        case _:
            links = yield Getlink()
            yield from ip_show.routes(given, links, (yield Getroute()))
            return 0


def _route_words(words: Words) -> Asking[tuple[str, int, str, int, int]]:
    to, via, index, metric = "", "", 0, 0
    while word := words.next(""):
        match word:
            case "via":
                via = host(words.needed("a gateway"))
            case "dev":
                found = yield from _device(words.needed("a device"))
                index = found.index
            case "metric":
                metric = whole_number(words.needed("a number"), "metric")
            case _:
                to = word
    if not to:
        raise UsageError("a network is missing: ip route add NETWORK/PREFIX via HOST")
    name, prefix = network(to)
    return name, prefix, via, index, metric
