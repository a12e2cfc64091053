"""openpty: a pseudo terminal for the task that asks, on its own descriptors (openpty(3))."""

from nsh.abi import KernelError
from nsh.abi.attributes import Stat
from nsh.abi.files import Close, Open, OpenFlag
from nsh.abi.invocation import Invocation, Running
from nsh.abi.ptys import GetPtyNumber, LockPty, OpenPtyPeer
from nsh.abi.terminals import Ttyname
from nsh.userland.options import Given, Kind, option
from nsh.userland.registry import Topic, command
from nsh.userland.streams import Asking, write

_PTMX = "/dev/ptmx"


@command(
    "openpty",
    "open a pseudo terminal; print both sides and its name",
    Topic.SYSTEM,
    options=(
        option("-m, --master", "keep the master only: print it and the slave's name"),
        option("-n, --name", "print only the slave's name"),
        option("-c, --ctty", "a session's leader without a terminal shall have this one"),
        option("-l, --locked", "do not unlock the slave, which nobody can open then"),
        option("-p, --ptmx=PATH", "by this ptmx, not /dev/ptmx", Kind.PATH),
    ),
    man="openpty(3)",
    gap="performs openpty(3) in the calling task, whose descriptors they are",
    examples=(
        "openpty; echo hello >&3; cat <&4 & ",
        "openpty -n; ls -l /dev/pts; tty < /dev/pts/0",
    ),
    see=("lsptys", "tty", "setsid"),
    rows=("N8",),
)
def openpty(call: Invocation, given: Given) -> Running:
    """ENOSPC: there are no more.  What was opened is closed again if all cannot be had."""
    del call
    ptmx = given.get("ptmx", _PTMX)
    master: int = yield Open(ptmx, int(OpenFlag.O_RDWR | OpenFlag.O_NOCTTY))
    words = [str(master)]
    try:
        number: int = yield GetPtyNumber(master)
        if not given.has("locked"):
            yield LockPty(master, False)
        if given.has("master") or given.has("locked"):
            name = yield from _name(ptmx, number)
        else:
            quiet = 0 if given.has("ctty") else OpenFlag.O_NOCTTY
            slave: int = yield OpenPtyPeer(master, int(OpenFlag.O_RDWR | quiet))
            words.append(str(slave))
            name = yield Ttyname(slave)
    except KernelError:
        yield Close(master)
        raise
    words.append(name)
    yield from write(1, (name if given.has("name") else " ".join(words)) + "\n")
    return 0


def _name(ptmx: str, number: int) -> Asking[str]:
    """Where ptsname(3) would look, had it been told of *ptmx*: in ``pts`` beside it, or beside."""
    directory = ptmx.rpartition("/")[0]
    try:
        yield Stat(f"{directory}/pts/{number}")
    except KernelError:
        return f"{directory}/{number}"
    return f"{directory}/pts/{number}"
