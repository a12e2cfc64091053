"""What of a text two kernels can be held to, and whether two texts then say the same.

An inode number or a mount's says nothing but which one is meant: two runs agree when what is the
same in one is the same in the other, and what is another is another (:class:`Match`).  Times
become ``@``, for the model's clock stands still while nobody sleeps.  The console is ``console``,
whichever terminal it is.  The reason behind an errno is each kernel's own, and is left out; so
is what a model has no notion of (memory, cpu time, how often a task was switched).
"""

import re
from functools import lru_cache
from typing import Final

from nsh.linux.standing import LIBRARY

_NAMESPACE: Final = re.compile(r"\b([a-z_]+):\[(\d+)\]")
_INUM: Final = re.compile(r"(?<!\N{LEFT CEILING})\b(402653[1-9]\d{3})\b|(?<=\bino=)(\d+)")
"""Namespaces' inode numbers (they count up from PROC_DYNAMIC_FIRST, 0xF0000000, less the fixed
ones of the initial namespaces), and any that says it is one."""
_ADDRESS: Final = re.compile(r"(?<![\N{LEFT CEILING}\w])(?:0x7[ef][0-9a-f]{10}|1[34]\d{13})\b")
"""Where the kernel maps what is to be anywhere (mmap_base), as shmat(2) tells it."""
_FILE: Final = re.compile(r"\bDevice: (\d+,\d+\tInode: \d+) +")
"""As stat(1) tells which file it is."""
_MONTHS: Final = "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
_TIME: Final = re.compile(
    rf"\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) {_MONTHS} [ \d]\d \d\d:\d\d:\d\d (?:UTC )?\d{{4}}\b"
    r"|\b(?:\d{4}-\d\d-\d\d[ T])?\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?: [+-]\d{4})?\b"
    rf"|\b{_MONTHS} [ \d]\d\b"
    r"|\b\d{4}-\d\d-\d\d\b"
    r"|\b1[1-9]\d{8}(?:\.\d{1,9})?\b"  # seconds since 1970, from 2004 on
    r"|\b1[1-9]\d{17}\b"  # the same in nanoseconds
    r"|^\d+\.\d\d \d+\.\d\d$"  # /proc/uptime
    r"|^\d+\.\d{9}$"  # clock
    r"|\b(?:[1-9]\d*(?:\.\d+)?|0\.\d+)(?= left, every )",  # timer, getitimer
    re.MULTILINE,
)
_LOCK: Final = re.compile(r"\b((?:READ|WRITE|UNLCK) -?\d+) ([0-9a-f]{2,}:[0-9a-f]{2}:\d+) ")
"""In /proc/locks and fdinfo."""
_LOCK_NUMBER: Final = re.compile(r"^\d+: (?=(?: *-> )?(?:POSIX|OFDLCK|FLOCK) )", re.MULTILINE)
"""Locks of the whole machine are counted in /proc/locks."""
_PORT: Final = re.compile(r"(\bport=|\bhtons\(|\b\d{1,3}(?:\.\d{1,3}){3}:)(\d{5})\b")
_HEX_PORT: Final = re.compile(r"\b([0-9A-F]{8}:)([0-9A-F]{4})\b(?!:)")
"""In /proc/net."""
_CHOSEN: Final = range(32768, 61000)
"""Ports that a kernel chooses (ip_local_port_range), by chance."""
_INET_SOCKET: Final = re.compile(
    r"^ *\d+: ([0-9A-F]{8}:\S+ [0-9A-F]{8}:\S+ [0-9A-F]{2} [0-9A-F]{8}:[0-9A-F]{8})"
    r" \S+ \S+ +(\d+) +\d+ (\d+) .*$",
    re.MULTILINE,
)
"""A line of /proc/net/tcp and udp: ends, state and queues, then timers, uid, inode and the rest."""
_UNIX_SOCKET: Final = re.compile(
    r"^[0-9a-f]{16}: ([0-9A-F]{8}) \d{8} (\d{8} [0-9A-F]{4} \d\d) +(\d+)(| .*)$", re.MULTILINE
)
_CONTROL_SOCKET: Final = re.compile(
    r"^[0-9a-f]{16}: \d{8} \d{8} \d{8} 0005 03 +\d+(?: @[0-9a-f]{5})?\n", re.MULTILINE
)
"""One of a stage's puppets'."""
_LINK: Final = re.compile(r"(?<=\bflags=)(\d+)(, mtu=\d+, mac='[^']*', state=)'\w+'")
_SETTLES: Final = 0x40 | 0x10000 | 0x20000
"""IFF_RUNNING, LOWER_UP and DORMANT, of which a link just set up tells later, as of its state."""
_LINK_LINE: Final = re.compile(
    r"<(?:NO-CARRIER,)?([A-Z,-]*?)(?:,LOWER_UP)?>( mtu .*? state )[A-Z]+\b"
)
"""The same as ip(8) tells it; with -brief the state comes first."""
_LINK_BRIEF: Final = re.compile(
    r"^(\S+ +)(?:UP|DOWN|UNKNOWN|LOWERLAYERDOWN)( +.*?)<(?:NO-CARRIER,)?([A-Z,-]*?)(?:,LOWER_UP)?>",
    re.MULTILINE,
)
_LINK_DOWN: Final = re.compile(r", dead=(?:True|False)|(?<=[\w.] )linkdown ")
_ROUND_TRIP: Final = re.compile(r"(?<= = )\d+\.\d{3}(?:/\d+\.\d{3}){3}(?= ms)")
"""As ping tells it."""
_MAC: Final = re.compile(r"\b[0-9a-f]{2}(?::[0-9a-f]{2}){5}\b")
"""Of a link; but for lo's, by chance."""
_RELEASE: Final = re.compile(r"\b\d+\.\d+\.\d+-\S+")
_REASON: Final = re.compile(r"(\(E[A-Z0-9]+\))[:;].*$", re.MULTILINE)
_ROOT_MOUNT: Final = re.compile(r"^(\d+) \d+ (\d+:\d+ / / )", re.MULTILINE)
"""What the root of all is mounted on, nobody sees."""
_MOUNT: Final = re.compile(r"^(\d+) (\d+|/) (\d+:\d+) ", re.MULTILINE)
_PEERS: Final = re.compile(r"(?<= )(shared|master|propagate_from)(:\d+)(?= )")
"""Which peer group, in mountinfo."""
_CONSOLE_MOUNT: Final = re.compile(
    r"^(?:\d+ \d+ \d+:\d+ /0|devpts|devpts on) \S*/dev/console .*\n", re.MULTILINE
)
"""Where the console is a pty that was mounted there; in mountinfo, mounts, and as mount(8)
has it."""
_DEVICES: Final = re.compile(
    r"(^devtmpfs (?:on \S+ type|\S+) | - (?=tmpfs devtmpfs ))tmpfs ", re.MULTILINE
)
"""The tmpfs that stands in for devtmpfs on a stage."""
_HIERARCHY: Final = re.compile(
    r"^[1-9]\d*:[\w,.=-]+:/\n|^nr_\w*(?:subsys|dying)\w* \d+\n|^frozen_usec \d+\n", re.MULTILINE
)
"""Lines of /proc/PID/cgroup about hierarchies of the first version, which are the machine's, and of
cgroup.stat about its controllers, about what it has not got round to, and of cgroup.stat.local."""
_MEMORY: Final = re.compile(r"^\w+(?:\(\w+\))?: +\d+(?: kB)?\n", re.MULTILINE)
"""Lines of /proc/meminfo."""
_CONSOLE: Final = re.compile(r"/dev/pts/0\b|/dev/console\b|\bpts/0(?:  )?|\bconsole\b")
_CAPABILITIES: Final = re.compile(r"^CapBnd:\t([0-9a-f]{16})$", re.MULTILINE)
_UNMODELLED: Final = frozenset(
    {
        "CoreDumping",
        "mnt_id",
        "ino",
        "THP_enabled",
        "untag_mask",
        "FDSize",
        "Seccomp",
        "Seccomp_filters",
        "Speculation_Store_Bypass",
        "SpeculationIndirectBranch",
        "Cpus_allowed",
        "Cpus_allowed_list",
        "Mems_allowed",
        "Mems_allowed_list",
        "voluntary_ctxt_switches",
        "nonvoluntary_ctxt_switches",
        "NoNewPrivs",
        "SigQ",
        "x86_Thread_features",
        "x86_Thread_features_locked",
    }
)
"""Lines of /proc/PID/status whose values are not compared, beside those in _UNMODELLED_HEADS."""
_UNMODELLED_HEADS: Final = ("Vm", "Rss", "Hugetlb")
_STATUS_LINE: Final = re.compile(r"^([A-Za-z_0-9]+):[ \t].*\n", re.MULTILINE)
_BLOCKED: Final = re.compile(r"^SigBlk:.*\n", re.MULTILINE)
_STAT_LINE: Final = re.compile(
    r"^(\d+ \((?:.*|(?s:.){0,15})\) [RSDTtZXI] )((?:-?\d+ ){30,}-?\d+)$", re.MULTILINE
)
"""Of /proc/PID/stat; the name of a program may hold a newline."""
_STAT_KEPT: Final = frozenset({0, 1, 2, 4, 15, 16, 27, 28, 29, 30})
"""Of the fields behind the state, which in proc_pid_stat(5) begin with (4): ppid, pgrp, session,
tpgid, priority, nice, the four signal masks."""
_STAT_BLOCKED: Final = 28


_LINE: Final = re.compile(r".+?(?:\\n|$)")
"""Of a text within quotes."""
_AGAIN: Final = "~"
"""In front of a value that the model may choose anew for what another chooses otherwise."""
_REUSED: Final = "^"
"""In front of a value that the model gives out once, and Linux again when it is free."""
_BLANK: Final = re.compile(r"""(?:[\s'"(),]|\\n)+""")
"""What is between words, be they quoted or not."""
_TOKEN: Final = re.compile("\N{LEFT CEILING}([^\N{RIGHT CEILING}]*)\N{RIGHT CEILING}")


def named(value: object) -> str:
    """A value that only says which one is meant."""
    return f"\N{LEFT CEILING}{value}\N{RIGHT CEILING}"


@lru_cache(maxsize=256)  # what is written is read, and by both kernels
def comparable(text: str) -> str:
    """*text* with only what can be held against another kernel's."""
    text = _STAT_LINE.sub(_stat, text)
    if full := _CAPABILITIES.search(text):
        text = text.replace(full[1], "full")
    text = _STATUS_LINE.sub(_status, text)
    if "State:\tZ" in text:  # a puppet ends with all blocked
        text = _BLOCKED.sub("", text)
    text = _MEMORY.sub("", text)
    text = _HIERARCHY.sub("", text)
    text = _REASON.sub(r"\1", text)
    text = _CONSOLE_MOUNT.sub("", text)
    text = _CONSOLE.sub("console", text)
    text = _DEVICES.sub(r"\1devtmpfs ", text)
    text = _ROOT_MOUNT.sub(r"\1 / \2", text)
    text = _MOUNT.sub(lambda found: " ".join(map(_reused, found.groups())) + " ", text)
    text = _PEERS.sub(lambda found: found[1] + named(found[2]), text)
    text = _NAMESPACE.sub(lambda found: f"{found[1]}:[{named(found[2])}]", text)
    text = _FILE.sub(lambda found: f"Device: {named(found[1])} ", text)
    text = _INUM.sub(lambda found: named(found[0]), text)
    text = _LOCK.sub(lambda found: f"{found[1]} {named(found[2].replace(':', '.'))} ", text)
    text = _LOCK_NUMBER.sub("N: ", text)
    text = _RELEASE.sub("RELEASE", text)
    text = _MAC.sub(lambda found: named(found[0].replace(":", ".")), text)
    text = _ADDRESS.sub(lambda found: named(found[0]), text)
    text = _CONTROL_SOCKET.sub("", text)
    text = _UNIX_SOCKET.sub(
        lambda found: f"{found[1]} {found[2]} {_inode(found[3])}{found[4]}", text
    )
    text = _INET_SOCKET.sub(lambda found: f"{found[1]} {found[2]} {_inode(found[3])}", text)
    text = _PORT.sub(lambda found: found[1] + _port(int(found[2]), found[2]), text)
    text = _HEX_PORT.sub(lambda found: found[1] + _port(int(found[2], 16), found[2]), text)
    text = _LINK.sub(lambda found: f"{int(found[1]) & ~_SETTLES}{found[2]}~", text)
    text = _LINK_LINE.sub(r"<\1>\2~", text)
    text = _LINK_BRIEF.sub(_brief, text)
    text = _LINK_DOWN.sub("", text)
    text = _ROUND_TRIP.sub("@", text)
    return _TIME.sub("@", text)


def outline(text: str) -> str:
    """*text* without which ones are meant."""
    return _TOKEN.sub("#", text)


def shown(text: str) -> str:
    """*text* for people."""
    return _TOKEN.sub(lambda found: found[1].removeprefix(_AGAIN).removeprefix(_REUSED), text)


def _unordered(text: str) -> str:
    """*text* with its lines in the order of their outlines: a table that is sorted by inode numbers
    is in another order on each kernel, and on Linux in each run."""
    if not _TOKEN.search(text):
        return text
    if "\n" in text:
        return "\n".join(sorted(text.split("\n"), key=outline))
    before, quote, quoted = text.partition("'")
    inside, _quote, behind = quoted.rpartition("'")
    return f"{before}{quote}{''.join(sorted(_LINE.findall(inside), key=outline))}'{behind}"


class Match:
    """Which of one run's values are which of the other's, as far as both have been gone through."""

    def __init__(self) -> None:
        self._there: dict[str, str] = {}
        self._here: dict[str, str] = {}
        self._lacking: set[str] = set()

    def lacks(self, names: set[str]) -> None:
        """Only one kernel has files of these names: what lists them is held against the other's
        without them, and by its words, for columns are as wide as the longest."""
        self._lacking |= names

    def same(self, one: str, other: str) -> bool:
        """Whether two texts say the same; what they name for the first time is then matched."""
        if one == other and not _TOKEN.search(one):
            return True
        if outline(one) != outline(other):
            one, other = _unordered(one), _unordered(other)
            if outline(one) != outline(other):
                return bool(self._lacking) and self._lists_the_same(one, other)
        pairs = list(zip(_TOKEN.findall(one), _TOKEN.findall(other), strict=True))
        if not all(self._matches(mine, theirs) for mine, theirs in pairs):
            return False
        at_once = {pair for pair in pairs if pair[0].startswith(_REUSED)}
        if len({theirs for _mine, theirs in at_once}) < len(at_once):
            return False
        self._there.update(pairs)
        self._here.update((theirs, mine) for mine, theirs in pairs)
        return True

    def _matches(self, mine: str, theirs: str) -> bool:
        if mine.startswith(_REUSED) and mine not in self._there:
            return True
        if self._here.get(theirs, mine) != mine:
            return False
        return mine.startswith(_AGAIN) or self._there.get(mine, theirs) == theirs

    def _lists_the_same(self, one: str, other: str) -> bool:
        mine, theirs = (sorted(_BLANK.split(text)) for text in (one, other))
        kept, there = ([word for word in it if word not in self._lacking] for it in (mine, theirs))
        return kept == there and (kept, there) != (mine, theirs)


def _brief(found: re.Match[str]) -> str:
    return f"{found[1].strip()} ~ {found[2].strip()} <{found[3]}>"


def _reused(number: str) -> str:
    return named(f"{_REUSED}{number}")


def _inode(number: str) -> str:
    return named(number) if int(number) else number


def _port(number: int, written: str) -> str:
    return named(f"{_AGAIN}{number}") if number in _CHOSEN else written


def _status(found: re.Match[str]) -> str:
    if found[1] == "SigCgt":
        return f"SigCgt:\t{int(found[0][8:], 16) & ~LIBRARY:016x}\n"
    unmodelled = found[1] in _UNMODELLED or found[1].startswith(_UNMODELLED_HEADS)
    return "" if unmodelled else found[0]


def _stat(found: re.Match[str]) -> str:
    fields = found[2].split(" ")
    compared = _STAT_KEPT - {_STAT_BLOCKED} if found[1].endswith(" Z ") else _STAT_KEPT
    kept = [field if index in compared else "~" for index, field in enumerate(fields)]
    return found[1] + " ".join(kept)
