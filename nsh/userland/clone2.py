"""clone2: one clone3(2), flag by flag.

S2's summit notes asked for a ``clone2`` whose flags are a struct, for they no longer fitted a
word; mainline calls it clone3.
"""

from typing import Final

from nsh.abi.invocation import Invocation, Running
from nsh.abi.process import Clone, Cloned, CloneFlag
from nsh.abi.signals import signal_number
from nsh.userland.options import Given, Kind, UsageError, option, optional, whole_number
from nsh.userland.registry import Topic, command
from nsh.userland.streams import write

_WITHOUT_SIGNAL: Final = CloneFlag.CLONE_THREAD | CloneFlag.CLONE_PARENT
"""clone3 takes no exit signal with these: a thread has none, a sibling the caller's."""


@command(
    "clone2",
    "clone(2) with FLAGs: 0 in the child, 1 in the parent",
    Topic.PROCESSES,
    options=(
        option("-n, --name=NAME", "the child is an idle puppet called NAME; its pid"),
        option("--set-tid=LIST", "the pids it shall have, innermost namespace first", Kind.NUMBER),
        option("--cgroup=FD", "for INTO_CGROUP: an open directory of cgroup2", Kind.NUMBER),
        option("--exit-signal=SIGNAL", "what its parent is sent when it ends", Kind.SIGNAL),
    ),
    operands=(optional("FLAG", Kind.FLAGS, many=True),),
    man="clone(2)",
    gap="flags may be written without CLONE_, in lower case, joined by | or commas; PIDFD's "
    "number is printed",
    examples=("clone2 -n web --set-tid 1,300 NEWPID PIDFD; pidfd signal 3 KILL",),
    see=("fork", "spawn", "unshare", "pidfd"),
    rows=("P5", "P10", "P12", "N17"),
    answers=True,
)
def clone2(call: Invocation, given: Given) -> Running:
    """Without a name both sides go on from here, as with ``fork``."""
    flags = 0
    for word in given.operands:
        for name in word.replace("|", ",").split(","):
            flags |= _flag(name)
    set_tid = tuple(whole_number(word, "pid") for word in given.get("set-tid").split(",") if word)
    signal_name = given.get("exit-signal", "0" if flags & _WITHOUT_SIGNAL else "CHLD")
    signo = signal_number(signal_name)
    if signo is None:
        raise UsageError(f"unknown signal name {signal_name}")
    name = given.get("name")
    cgroup = whole_number(given.get("cgroup", "0"), "file descriptor")
    reply: int | Cloned = yield Clone(flags, signo, set_tid, name, cgroup=cgroup)
    pid = reply.pid if isinstance(reply, Cloned) else reply
    if name:
        yield from write(1, f"{pid}\n")
    if isinstance(reply, Cloned):
        yield from write(1, f"{reply.pidfd}\n")
    return 0 if name or pid == 0 else 1


def _flag(name: str) -> int:
    member = CloneFlag.__members__.get("CLONE_" + name.upper().removeprefix("CLONE_"))
    if member is None:
        raise UsageError(f"there is no flag CLONE_{name.upper().removeprefix('CLONE_')}")
    return int(member)
