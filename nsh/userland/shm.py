"""Shared memory, call by call (shmget(2), shmat(2)), and what a program does in it."""

from typing import Final

from nsh.abi.invocation import Invocation, Running
from nsh.abi.ipc import (
    SHM_RDONLY,
    SHM_REMAP,
    SHM_RND,
    Attached,
    IpcCommand,
    Load,
    Shmat,
    Shmctl,
    Shmdt,
    Shmget,
    ShmidDs,
    Store,
)
from nsh.userland.ipc_words import CREATION, creation, key, number, octal
from nsh.userland.options import Given, Kind, option, optional, required
from nsh.userland.registry import Topic, command
from nsh.userland.streams import Asking, encode, write

_GAP: Final = "performs the call; real systems have no such command"
_SOME: Final = 64
"""Bytes that are looked at for the end of a text."""


@command(
    "shmget",
    "find or make a shared memory segment; print its id",
    Topic.IPC,
    options=CREATION,
    operands=(required("KEY", Kind.NUMBER), optional("SIZE", Kind.NUMBER)),
    man="shmget(2)",
    gap=_GAP,
    examples=("shmget -c 7 4096; shmget 7; ipcs -m",),
    see=("shmat", "poke", "peek", "ipcs", "ipcrm"),
    rows=("N1",),
)
def shmget(call: Invocation, given: Given) -> Running:
    """KEY private, or 0, makes a segment that no key leads to."""
    size = number(given.operand(1, "0"), "size")
    found = yield Shmget(key(given.operand(0)), size, creation(given))
    yield from write(1, f"{found}\n")
    return 0


@command(
    "shmat",
    "attach a shared memory segment: one shmat(2); print where",
    Topic.IPC,
    options=(
        option("-r, --read-only", "for reading only (SHM_RDONLY)"),
        option("-a, --address=ADDRESS", "there, and not where the kernel chooses", Kind.NUMBER),
        option("--rnd", "round ADDRESS down to a page (SHM_RND)"),
        option("--remap", "instead of what is attached there (SHM_REMAP)"),
    ),
    operands=(required("ID", Kind.NUMBER),),
    man="shmat(2)",
    gap=_GAP + "; with --remap nothing but whole attachments can be replaced",
    examples=("shmget -c 7 4096; shmat 0; poke 0 hello; peek 0",),
    see=("shmget", "shmdt", "peek", "poke"),
    rows=("N1",),
)
def shmat(call: Invocation, given: Given) -> Running:
    """Children have what their parent has attached; execve and exit let go of it."""
    flags = 0
    for word, flag in (("read-only", SHM_RDONLY), ("rnd", SHM_RND), ("remap", SHM_REMAP)):
        flags |= flag if given.has(word) else 0
    address = number(given.get("address", "0"), "address")
    got = yield Shmat(number(given.operand(0), "id"), address, flags)
    yield from write(1, f"{got:#x}\n")
    return 0


def _where(text: str) -> Asking[int]:
    """An address, or where the segment of that id was attached last."""
    if text.lower().startswith("0x"):
        return number(text, "address")
    found: int = yield Attached(number(text, "id"))
    return found


@command(
    "shmdt",
    "detach a shared memory segment: one shmdt(2)",
    Topic.IPC,
    operands=(required("WHERE", Kind.NUMBER),),
    man="shmdt(2)",
    gap=_GAP + "; WHERE is an address, as 0x…, or the id of a segment: where it was attached last",
    examples=("shmget -c 7 4096; shmat 0; shmdt 0; ipcs -m",),
    see=("shmat",),
    rows=("N1",),
)
def shmdt(call: Invocation, given: Given) -> Running:
    """EINVAL where nothing is attached."""
    yield Shmdt((yield from _where(given.operand(0))))
    return 0


@command(
    "shmctl",
    "change owner and mode of a shared memory segment",
    Topic.IPC,
    options=(
        option("-u, --uid=UID", "its owner", Kind.NUMBER),
        option("-g, --gid=GID", "its group", Kind.NUMBER),
        option("-m, --mode=MODE", "its permissions"),
    ),
    operands=(required("ID", Kind.NUMBER),),
    man="shmctl(2)",
    gap=_GAP + "; ipcs shows and ipcrm removes what this one changes",
    examples=("shmget -c 7 4096; shmctl -m 644 0; ipcs -m",),
    see=("ipcs", "ipcrm"),
    rows=("N1",),
)
def shmctl(call: Invocation, given: Given) -> Running:
    """What is not given stays as it is."""
    shmid = number(given.operand(0), "id")
    old: ShmidDs = yield Shmctl(shmid, IpcCommand.IPC_STAT)
    uid = number(given.get("uid", str(old.perm.uid)), "uid")
    gid = number(given.get("gid", str(old.perm.gid)), "gid")
    mode = octal(given.get("mode", f"{old.perm.mode & 0o777:o}"))
    yield Shmctl(shmid, IpcCommand.IPC_SET, uid, gid, mode)
    return 0


@command(
    "peek",
    "read what is in an attached shared memory segment",
    Topic.IPC,
    options=(option("-n, --bytes=SIZE", "so many bytes; else a text up to its NUL", Kind.NUMBER),),
    operands=(required("WHERE", Kind.NUMBER), optional("OFFSET", Kind.NUMBER)),
    gap="what an instruction of a program does; WHERE is an address, as 0x…, or a segment's id",
    examples=("shmget -c 7 4096; shmat 0; poke 0 hello; peek 0; peek -n 3 0 2",),
    see=("poke", "shmat"),
    rows=("N1",),
)
def peek(call: Invocation, given: Given) -> Running:
    """SIGSEGV where nothing is attached."""
    address = yield from _where(given.operand(0))
    address += number(given.operand(1, "0"), "offset")
    if given.has("bytes"):
        data: bytes = yield Load(address, number(given.get("bytes"), "size"))
    else:
        text: bytes = yield Load(address, _SOME)
        data = text.partition(b"\0")[0]
    yield from write(1, data + b"\n")
    return 0


@command(
    "poke",
    "write into an attached shared memory segment",
    Topic.IPC,
    operands=(
        required("WHERE", Kind.NUMBER),
        required("TEXT"),
        optional("OFFSET", Kind.NUMBER),
    ),
    gap="what an instruction of a program does; WHERE is an address, as 0x…, or a segment's id",
    examples=(
        "shmget -c 7 4096; shmat 0; spawn w; w poke 0 hello; peek 0",
        "shmget -c 7 4096; shmat 0; poke 0 hello 4000; peek 0 4000",
    ),
    see=("peek", "shmat"),
    rows=("N1",),
)
def poke(call: Invocation, given: Given) -> Running:
    """TEXT and the NUL behind it.  SIGSEGV where nothing is attached, or for reading only."""
    address = yield from _where(given.operand(0))
    address += number(given.operand(2, "0"), "offset")
    yield Store(address, encode(given.operand(1)) + b"\0")
    return 0
