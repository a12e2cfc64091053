"""What a machine is called: hostname, domainname, uname (uname(2); S2, N3)."""

import re

from nsh.abi.invocation import Invocation, Running
from nsh.abi.namespaces import Setdomainname, Sethostname, Uname, Utsname
from nsh.abi.net import Getaddr, Getlink, LinkFlag
from nsh.userland.options import Given, Kind, UsageError, option, optional, required
from nsh.userland.registry import Topic, command
from nsh.userland.streams import decode, read_file, say, write

_UNAME = {
    "kernel-name": "sysname",
    "nodename": "nodename",
    "kernel-release": "release",
    "kernel-version": "version",
    "machine": "machine",
}

_LABEL = "[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
_NAME = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")
"""What the tool takes for a host's name (RFC 1035); sethostname(2) takes any."""


@command(
    "hostname",
    "print the host name, or set it to NAME",
    Topic.SYSTEM,
    options=(
        option("-s, --short", "print it up to the first dot"),
        option("-f, --fqdn, --long", "print it with its domain, if it has one; -d: only that"),
        option("-I, --all-ip-addresses", "print the addresses of this host, but not of lo"),
        option("-F, --file=FILE", "set it to what FILE says", Kind.PATH),
        option("-d, --domain", ""),
    ),
    operands=(optional("NAME", Kind.NAME),),
    man="hostname(1)",
    trouble=255,
    gap="goes by the name alone, for there is no DNS, nor an option that asks it (-i, -a, -A)",
    examples=("spawn --uts web; web hostname web1; web hostname; hostname",),
    see=("uname", "domainname", "unshare"),
    rows=("N3",),
)
def hostname(call: Invocation, given: Given) -> Running:
    """Of the caller's uts namespace."""
    if given.operands:
        if given.options:
            raise UsageError("a name cannot be set and printed at once")
        return (yield from _set(call, given.operand(0)))
    if given.has("file"):
        lines = decode((yield from read_file(given.get("file")))).splitlines()
        names = [line.strip() for line in lines if line.strip() and line.strip()[0] != "#"]
        return (yield from _set(call, names[0] if names else ""))
    if given.has("all-ip-addresses"):
        loopback = [each.index for each in (yield Getlink()) if each.flags & LinkFlag.IFF_LOOPBACK]
        hosts = [each.host for each in (yield Getaddr()) if each.index not in loopback]
        yield from write(1, "".join(f"{each} " for each in hosts) + "\n")
        return 0
    name: str = (yield Uname()).nodename
    short, _dot, domain = name.partition(".")
    if given.has("domain"):
        yield from write(1, f"{domain}\n" if domain else "")
    else:
        yield from write(1, (short if given.last("short", "fqdn") == "short" else name) + "\n")
    return 0


def _set(call: Invocation, name: str) -> Running:
    if not _NAME.fullmatch(name):
        yield from say(call, "the specified hostname is invalid")
        return 1
    yield Sethostname(name)
    return 0


@command(
    "sethostname",
    "set the host name: one sethostname(2)",
    Topic.SYSTEM,
    operands=(required("NAME", Kind.NAME),),
    man="sethostname(2)",
    gap="performs the call; real systems have hostname NAME",
    examples=("sethostname web1; uname -n",),
    see=("hostname",),
    rows=("N3",),
)
def sethostname(call: Invocation, given: Given) -> Running:
    """EINVAL for a name of more than 64 bytes, EPERM."""
    yield Sethostname(given.operand(0))
    return 0


@command(
    "domainname",
    "print the NIS domain name, or set it to NAME",
    Topic.SYSTEM,
    operands=(optional("NAME", Kind.NAME),),
    man="domainname(1)",
    trouble=255,
    examples=("spawn --uts web; web domainname example; web domainname; domainname",),
    see=("hostname", "uname"),
    rows=("N3",),
)
def domainname(call: Invocation, given: Given) -> Running:
    """Of the caller's uts namespace."""
    if given.operands:
        yield Setdomainname(given.operand(0))
        return 0
    name: str = (yield Uname()).domainname
    yield from write(1, (name or "(none)") + "\n")
    return 0


@command(
    "uname",
    "print what the system is called, or only its kernel",
    Topic.SYSTEM,
    options=(
        option("-a, --all", "everything but unknown processor and platform"),
        option("-s, --kernel-name", "the kernel's name"),
        option("-n, --nodename", "the host name"),
        option("-r, --kernel-release", "the kernel's release"),
        option("-v, --kernel-version", "the kernel's version"),
        option("-m, --machine", "the machine's hardware name"),
        option("-p, --processor", "the processor (unknown)"),
        option("-i, --hardware-platform", "the platform (unknown)"),
        option("-o, --operating-system", "the operating system"),
    ),
    man="uname(1)",
    examples=("uname -a", "spawn --uts web; web hostname web1; web uname -n"),
    see=("hostname",),
    rows=("N3",),
)
def uname(call: Invocation, given: Given) -> Running:
    """In the order of the options' list, however they are given."""
    names: Utsname = yield Uname()
    everything = given.has("all")
    words = [
        getattr(names, field)
        for key, field in _UNAME.items()
        if everything or given.has(key) or (not given.options and key == "kernel-name")
    ]
    words += ["unknown" for key in ("processor", "hardware-platform") if given.has(key)]
    if everything or given.has("operating-system"):
        words.append("GNU/Linux")
    yield from write(1, " ".join(words) + "\n")
    return 0
