"""What pgrep and pkill choose by besides lists of numbers: namespaces, states, age, ancestors."""

from nsh.abi import KernelError
from nsh.abi.process import ClockGettime
from nsh.userland.options import Given, UsageError
from nsh.userland.proc import Process, one, small_file, small_file_or
from nsh.userland.ps_select import Test
from nsh.userland.refs import pid_of
from nsh.userland.streams import Asking

_CLOCK_BOOTTIME = 7
_TICKS = 100
_NANOSECONDS = 10**9


def further(given: Given, kinds: tuple[str, ...]) -> Asking[list[Test]]:
    """The tests of --ns (of *kinds*), -F, -r, -O and -A; ESRCH for an unknown reference."""
    tests: list[Test] = []
    if given.has("ns"):
        tests.append((yield from _same_namespaces((yield from pid_of(given.get("ns"))), kinds)))
    if given.has("pidfile"):
        pid = yield from _written(given.get("pidfile"))
        tests.append(lambda process: process.pid == pid)
    if given.has("runstates"):
        states = given.get("runstates")
        tests.append(lambda process: process.state in states)
    if given.has("older"):
        tests.append((yield from _older(given.get("older"))))
    if given.has("ignore-ancestors"):
        ancestors = yield from _ancestors()
        tests.append(lambda process: process.pid not in ancestors)
    return tests


def _same_namespaces(pid: int, kinds: tuple[str, ...]) -> Asking[Test]:
    """Nobody is with a process that is gone, or whose namespaces are not told."""
    wanted = yield from one(f"/proc/{pid}", pid, frozenset(kinds))

    def together(process: Process) -> bool:
        return wanted is not None and all(
            process.inode(kind) == wanted.inode(kind) != 0 for kind in kinds
        )

    return together


def _written(path: str) -> Asking[int]:
    """The pid that a file begins with."""
    try:
        words = (yield from small_file(path)).split()
    except KernelError:
        words = []
    if not words or not words[0].isdecimal() or words[0] == "0":
        raise UsageError("pidfile not valid", 1)
    return int(words[0])


def _older(text: str) -> Asking[Test]:
    if not text.isdecimal():
        raise UsageError(f"not a number of seconds: {text}")
    now = yield ClockGettime(_CLOCK_BOOTTIME)
    latest = now * _TICKS // _NANOSECONDS - int(text) * _TICKS
    return lambda process: process.start <= latest


def _ancestors() -> Asking[set[int]]:
    """The caller, who is the shell that a real pgrep is started by, and those above it."""
    found: set[int] = set()
    text = yield from small_file_or("/proc/self/stat", "")
    pid = int(text.partition(" ")[0]) if text else 0
    while pid and pid not in found:
        found.add(pid)
        process = yield from one(f"/proc/{pid}", pid, frozenset())
        pid = process.ppid if process is not None else 0
    return found
