"""The text of /proc, parsed so that nothing it says can do harm (proc_pid_status(5), …).

Whoever chose a process's name chose it to annoy: names hold newlines, parentheses, control
characters and bytes that are no text.  A number that is missing or absurd is filled in with what
is likely, and the field is named among the process's doubts.
"""

import re
from typing import Final

from nsh.linux.observe.facts import MAX_ID, Process

STATES: Final = frozenset("RSDTtZXIxKWP")
PF_KTHREAD: Final = 0x0020_0000
_ESCAPES: Final = {b"\\n": b"\n", b"\\\\": b"\\"}


def stat(data: bytes, one: Process) -> None:
    """Add what /proc/PID/stat tells.  The name reaches to the last parenthesis, whatever it
    contains; unlike in status no byte of it is escaped."""
    end = data.rfind(b")")
    begin = data.find(b"(")
    if 0 <= begin < end:
        one.name = data[begin + 1 : end]
    words = data[end + 2 :].split(b" ", 20)
    try:
        tty, foreground, flags, start = map(int, (words[4], words[5], words[6], words[19]))
    except (IndexError, ValueError):
        tty = -1
    if not 0 <= begin < end or not 0 <= tty <= MAX_ID or not 0 <= start < 1 << 63:
        one.doubts += ("tty", "started")
        return
    one.tty, one.start = tty, start
    one.foreground = foreground if 0 < foreground <= MAX_ID else -1
    one.kernel = one.kernel or flags & PF_KTHREAD != 0


_USUAL: Final = re.compile(
    rb"Name:\t([^\n]*)\n(?:Umask:[^\n]*\n)?State:\t(.)[^\n]*\nTgid:\t(\d+)\nNgid:[^\n]*\n"
    rb"Pid:[^\n]*\nPPid:\t(\d+)\nTracerPid:[^\n]*\nUid:\t([^\n]*)\nGid:\t([^\n]*)\n"
    rb"FDSize:[^\n]*\nGroups:\t([^\n]*)\nNStgid:[^\n]*\nNSpid:\t([^\n]*)\n"
    rb"NSpgid:\t([^\n]*)\nNSsid:\t([^\n]*)\n(?:Kthread:\t(\d))?"
)
"""The head of status as kernels since 4.1 write it: a third of the time of the general way."""


def status(data: bytes, pid: int) -> Process:
    """/proc/PID/status of who was called *pid*; what stands elsewhere is not filled in yet."""
    usual = _USUAL.match(data)
    values: tuple[bytes | None, ...]
    if usual is not None:
        values = usual.groups()
    else:
        found = fields(data)
        values = tuple(map(found.get, _NAMES))
    name, state, tgid, ppid, uids, gids, groups, pids, pgids, sids, kthread = values
    above = numbers(ppid)
    one = Process(
        pid,
        (numbers(tgid) or (pid,))[0],
        unescaped(name or b""),
        (state or b"?")[:1].decode("latin-1"),
        above[0] if above else 0,
        _few[uids or b""],
        _few[gids or b""],
        _few[groups or b""],
        numbers(pids),
        numbers(pgids),
        numbers(sids),
        kernel=kthread == b"1",
    )
    levels = len(one.pids)
    whole = levels == len(one.pgids) == len(one.sids) and one.pids[:1] == (pid,)
    if not whole or 0 in one.pids or not above or len(one.uids) < 3 or len(one.gids) < 3:
        _repair(one, parented=bool(above))
    if one.state not in STATES:
        one.state = "?"
        one.doubts += ("state",)
    return one


_NAMES: Final = (
    *(b"Name", b"State", b"Tgid", b"PPid", b"Uid", b"Gid", b"Groups"),
    *(b"NSpid", b"NSpgid", b"NSsid", b"Kthread"),
)


def _repair(one: Process, *, parented: bool) -> None:
    """Fill in what was missing or absurd with what is likely, and say so."""
    doubts = []
    if one.pids[:1] != (one.pid,) or 0 in one.pids:
        one.pids = (one.pid,)
        doubts.append("pids")
    levels = len(one.pids)
    if len(one.pgids) != levels:
        one.pgids = (one.pgids + (0,) * levels)[:levels]
        doubts.append("group")
    if len(one.sids) != levels:
        one.sids = (one.sids + (0,) * levels)[:levels]
        doubts.append("session")
    if not parented:
        doubts.append("parent")
    if len(one.uids) < 3 or len(one.gids) < 3:
        one.uids = one.gids = (0, 0, 0)
        doubts.append("creds")
    one.doubts = tuple(doubts)


def fields(data: bytes) -> dict[bytes, bytes]:
    """The head of /proc/PID/status, by field name: all that identifies a process is there."""
    found = {}
    for line in data.split(b"\n", 20):
        key, colon, value = line.partition(b":")
        if colon and key not in found:
            found[key] = value.strip()
    return found


def numbers(value: bytes | None) -> tuple[int, ...]:
    """Ids, blanks between; () if there are none, or if any is absurd."""
    if not value:
        return ()
    if len(value) < 10 and value.isdigit():
        return (int(value),)
    try:
        found = tuple(map(int, value.split(b"\t" if b"\t" in value else None)))
    except ValueError:
        return ()
    sound = b"-" not in value and b"_" not in value and (not found or max(found) <= MAX_ID)
    return found if sound else ()


class _Few(dict[bytes, tuple[int, ...]]):
    """Numbers that many processes have in common."""

    def __missing__(self, value: bytes) -> tuple[int, ...]:
        found = numbers(value)
        if len(self) < 1 << 12:
            self[value] = found
        return found


_few = _Few()


def unescaped(value: bytes) -> bytes:
    """A name as status has it, which escapes newline and backslash alone."""
    if b"\\" not in value:
        return value
    out, rest = b"", value
    while rest:
        plain, backslash, after = rest.partition(b"\\")
        pair = backslash + after[:1]
        out += plain + _ESCAPES.get(pair, pair)
        rest = after[1:]
    return out


def link(target: bytes) -> tuple[str, int] | None:
    """``kind:[inum]``, as the links in /proc/PID/ns and /proc/PID/fd have it; else None."""
    kind, bracket, rest = target.partition(b":[")
    digits = rest[:-1]
    if not bracket or rest[-1:] != b"]" or not digits.isdigit() or len(digits) > 20:
        return None
    inum = int(digits)
    if not kind.isalnum() or not kind.isascii() or not 0 < inum <= MAX_ID:
        return None
    return kind.decode("ascii"), inum
