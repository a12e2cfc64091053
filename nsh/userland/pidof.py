"""pidof: the pids of processes by the name of their program."""

from nsh.abi.files import Readlink
from nsh.abi.invocation import Invocation, Running
from nsh.abi.process import Getppid
from nsh.userland.options import Given, Kind, UsageError, option, required
from nsh.userland.proc import CMDLINE, EXE, Process, processes
from nsh.userland.registry import Topic, command
from nsh.userland.streams import Asking, write


@command(
    "pidof",
    "print the pids of processes by the name of their program",
    Topic.PROCESSES,
    options=(
        option("-s", "only one pid, the highest"),
        option("-o LIST", "leave these pids out; %PPID is the caller's parent", Kind.PID),
        option("-d SEP", "print SEP between pids, not a blank"),
        option("-c", "only those that have the caller's root directory"),
        option("-z", "zombies too"),
        option("-q", "print nothing"),
        option("-x", "scripts too (they are found anyway)"),
        option("-n", "accepted; there are no network file systems"),
    ),
    operands=(required("PROGRAM", Kind.PROGRAM, many=True),),
    man="pidof(8)",
    gap="what a process calls itself counts, too; so does the caller, who is no program apart",
    examples=("spawn -n 2 httpd; pidof httpd.1", "sleep 9 & nsenter -t $(pidof sleep) -n ip link"),
    see=("pgrep", "ps", "nsenter"),
    rows=("P3",),
    answers=True,
)
def pidof(call: Invocation, given: Given) -> Running:
    """Status 1 if none has such a name."""
    left_out = yield from _left_out(given.all("o"))
    root = (yield Readlink("/proc/self/root")) if given.has("c") else ""
    found: list[int] = []
    known = yield from processes(frozenset((CMDLINE, EXE)))
    for name in given.operands:
        for process in reversed(known):
            if not _called(process, name) or process.pid in left_out:
                continue
            if process.state == "Z" and not given.has("z"):
                continue
            if root and (yield Readlink(f"{process.directory}/root")) != root:
                continue
            found.append(process.pid)
            if given.has("s"):
                break
        if found and given.has("s"):
            break
    if found and not given.has("q"):
        yield from write(1, given.get("d", " ").join(map(str, found)) + "\n")
    return 0 if found else 1


def _left_out(lists: list[str]) -> Asking[set[int]]:
    numbers: set[int] = set()
    for word in ",".join(lists).split(",") if lists else ():
        if word == "%PPID":
            numbers.add((yield Getppid()))
        elif word.isdecimal():
            numbers.add(int(word))
        else:
            raise UsageError(f"illegal omit pid value ({word})!", 1)
    return numbers


def _called(process: Process, name: str) -> bool:
    """A path is what was executed; a name its last part, or what the process calls itself, by
    which puppets are known."""
    first = process.argv[0] if process.argv else ""
    if "/" in name:
        return name in (first, process.exe)
    return name in (first.rpartition("/")[2], process.comm)
