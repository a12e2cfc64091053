"""ipcs: the SysV objects of the caller's ipc namespace, as util-linux prints them."""

from typing import Final

from nsh.abi.invocation import Invocation, Running
from nsh.abi.ipc import IpcCommand, Msgctl, MsqidDs, Semctl
from nsh.userland.ipc_words import Row, full_time, number, table
from nsh.userland.ipcs_tables import TELLERS, Lines, limits, queues, segments, summary
from nsh.userland.options import Given, Kind, UsageError, option
from nsh.userland.registry import Topic, command
from nsh.userland.streams import Asking, joined, say, write
from nsh.userland.users import names

_KINDS: Final = {"queues": "msg", "shmems": "shm", "semaphores": "sem"}
_FORMS: Final = ("time", "pid", "creator", "limits", "summary")


@command(
    "ipcs",
    "list message queues, shared memory segments and semaphores",
    Topic.IPC,
    options=(
        option("-i, --id=ID", "details of one, of the kind that -m, -q or -s says", Kind.NUMBER),
        option("-m, --shmems", "shared memory segments"),
        option("-q, --queues", "message queues"),
        option("-s, --semaphores", "semaphores"),
        option("-a, --all", "all of them (the default)"),
        option("-t, --time", "times of the last operations and changes"),
        option("-p, --pid", "pids of creator and last operator"),
        option("-c, --creator", "creator and owner"),
        option("-l, --limits", "the limits of the namespace"),
        option("-u, --summary", "how much there is in all"),
        option("--human", "sizes with units"),
        option("-b, --bytes", "sizes in bytes"),
    ),
    man="ipcs(1)",
    gap="POSIX queues are files of /dev/mqueue here, and not listed",
    examples=("ipcmk -Q; ipcmk -M 4096; ipcs", "spawn --ipc web; web ipcmk -S 3; web ipcs -s"),
    see=("ipcmk", "ipcrm", "lsns"),
    rows=("N1",),
)
def ipcs(call: Invocation, given: Given) -> Running:
    """From /proc/sysvipc and /proc/sys/kernel; of the forms the last one given counts."""
    chosen = [key for key in _KINDS if given.has(key)]
    if given.has("id"):
        if len(chosen) != 1 or given.has("all"):
            raise UsageError("when using an ID, a single resource must be specified")
        return (yield from _one(call, _KINDS[chosen[0]], number(given.get("id"), "id")))
    if given.has("all") or not chosen:
        chosen = list(_KINDS)
    form = given.last(*_FORMS)
    unit = given.last("human", "bytes")
    lines = [""]
    for key in chosen:
        lines += [*(yield from _kind(_KINDS[key], form, unit)), ""]
    yield from write(1, joined(lines))
    return 0


def _kind(kind: str, form: str, unit: str) -> Asking[Lines]:
    if form == "limits":
        return (yield from limits(kind, unit))
    rows = yield from table(kind)
    if form == "summary":
        return summary(kind, rows, unit)
    known = yield from names()
    if not form and kind == "shm":
        return segments(rows, known, unit)
    if not form and kind == "msg":
        return queues(rows, known, unit)
    return TELLERS[kind, form](rows, known)


# ---- one of them


def _one(call: Invocation, kind: str, wanted: int) -> Running:
    column = {"msg": "msqid", "shm": "shmid", "sem": "semid"}[kind]
    found = next((row for row in (yield from table(kind)) if row[column] == wanted), None)
    if found is None:
        yield from say(call, f"id {wanted} not found")
        return 1
    owners = [f"{name}={found[name]}" for name in ("uid", "gid", "cuid", "cgid")]
    match kind:
        case "msg":
            about: MsqidDs = yield Msgctl(wanted, IpcCommand.IPC_STAT)
            lines = [
                f"Message Queue msqid={wanted}",
                "\t".join([*owners, f"mode={found['perms']:#04o}".replace("0o", "0")]),
                f"cbytes={found['cbytes']}\tqbytes={about.qbytes}\tqnum={found['qnum']}\t"
                f"lspid={found['lspid']}\tlrpid={found['lrpid']}",
                f"send_time={full_time(found['stime']):<26}",
                f"rcv_time={full_time(found['rtime']):<26}",
                f"change_time={full_time(found['ctime']):<26}",
            ]
        case "shm":
            lines = [
                f"Shared memory Segment shmid={wanted}",
                "\t".join(owners),
                f"mode=0{found['perms']:o}\taccess_perms=0{found['perms'] & 0o777:o}",
                f"bytes={found['size']}\tlpid={found['lpid']}\tcpid={found['cpid']}\t"
                f"nattch={found['nattch']}",
                f"att_time={full_time(found['atime']):<26}",
                f"det_time={full_time(found['dtime']):<26}",
                f"change_time={full_time(found['ctime']):<26}",
            ]
        case _:
            lines = yield from _one_set(wanted, found, owners)
    yield from write(1, joined(["", *lines, ""]))
    return 0


def _one_set(wanted: int, found: Row, owners: list[str]) -> Asking[Lines]:
    lines = [
        f"Semaphore Array semid={wanted}",
        "\t ".join(owners),
        f"mode=0{found['perms']:o}, access_perms=0{found['perms'] & 0o777:o}",
        f"nsems = {found['nsems']}",
        f"otime = {full_time(found['otime']):<26}",
        f"ctime = {full_time(found['ctime']):<26}",
        " ".join(f"{head:<10}" for head in ("semnum", "value", "ncount", "zcount", "pid")),
    ]
    asked = (IpcCommand.GETVAL, IpcCommand.GETNCNT, IpcCommand.GETZCNT, IpcCommand.GETPID)
    for semnum in range(found["nsems"]):
        line = f"{semnum:<10}"
        for each in asked:
            line += f" {(yield Semctl(wanted, semnum, each)):<10}"
        lines.append(line)
    return lines
