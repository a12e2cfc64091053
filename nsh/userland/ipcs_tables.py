"""The tables of ipcs, column for column as util-linux prints them (sys-utils/ipcs.c)."""

from collections.abc import Callable
from typing import Final

from nsh.userland.ipc_words import Row, full_time, short_time
from nsh.userland.proc import small_file
from nsh.userland.streams import Asking
from nsh.userland.users import Names

_PAGE: Final = 4096
_LARGEST: Final = (1 << 64) - 1
_UNITS: Final = "BKMGTPE"

Lines = list[str]
Teller = Callable[[list[Row], Names], Lines]


# ---- sizes


def _size(value: int, unit: str) -> str:
    """*value* bytes, rounded as util-linux does where units are asked for."""
    if unit != "human":
        return str(value)
    power = 0
    while power < len(_UNITS) - 1 and value >= 1 << 10 * (power + 1):
        power += 1
    if not power:
        return f"{value}B"
    whole, rest = divmod(value, 1 << 10 * power)
    tenths = (rest * 1000 >> 10 * power) + 50
    whole, tenth = (whole + 1, 0) if tenths >= 1000 else (whole, tenths // 100)
    return f"{whole}.{tenth}{_UNITS[power]}" if tenth else f"{whole}{_UNITS[power]}"


def _cell(value: int, unit: str, width: int) -> str:
    """A column of sizes."""
    if unit == "human":
        return f"{_size(value, unit):>6}".ljust(width)
    return f"{value:<{width}}"


# ---- shared memory


def segments(rows: list[Row], known: Names, unit: str) -> Lines:
    """Shared memory segments."""
    heading = "size" if unit == "human" else "bytes"
    lines = [
        "------ Shared Memory Segments --------",
        f"{'key':<10} {'shmid':<10} {'owner':<10} {'perms':<10} {heading:<10} {'nattch':<10} "
        f"{'status':<12}",
    ]
    for row in rows:
        status = "dest" if row["perms"] & 0o1000 else " "
        lines.append(
            f"0x{row['key']:08x} {row['shmid']:<10} {known.user(row['uid']):<10.10} "
            f"{row['perms'] & 0o777:<10o} {_cell(row['size'], unit, 10)} {row['nattch']:<10} "
            f"{status:<6} {' ':<6}"
        )
    return lines


def _shm_time(rows: list[Row], known: Names) -> Lines:
    lines = [
        "------ Shared Memory Attach/Detach/Change Times --------",
        f"{'shmid':<10} {'owner':<10} {'attached':<20} {'detached':<20} {'changed':<20}",
    ]
    for row in rows:
        times = " ".join(f"{short_time(row[name]):<20}" for name in ("atime", "dtime", "ctime"))
        lines.append(f"{row['shmid']:<10} {known.user(row['uid']):<10.10} {times}")
    return lines


def _shm_pid(rows: list[Row], known: Names) -> Lines:
    lines = [
        "------ Shared Memory Creator/Last-op PIDs --------",
        f"{'shmid':<10} {'owner':<10} {'cpid':<10} {'lpid':<10}",
    ]
    for row in rows:
        who = known.user(row["uid"])
        lines.append(f"{row['shmid']:<10} {who:<10.10} {row['cpid']:<10} {row['lpid']:<10}")
    return lines


# ---- message queues


def queues(rows: list[Row], known: Names, unit: str) -> Lines:
    """Message queues."""
    heading = "size" if unit == "human" else "used-bytes"
    lines = [
        "------ Message Queues --------",
        f"{'key':<10} {'msqid':<10} {'owner':<10} {'perms':<10} {heading:<12} {'messages':<12}",
    ]
    for row in rows:
        used = _cell(row["cbytes"], unit, 12)
        lines.append(
            f"0x{row['key']:08x} {row['msqid']:<10} {known.user(row['uid']):<10.10} "
            f"{row['perms'] & 0o777:<10o} {used} {row['qnum']:<12}"
        )
    return lines


def _msg_time(rows: list[Row], known: Names) -> Lines:
    lines = [
        "------ Message Queues Send/Recv/Change Times --------",
        f"{'msqid':<8} {'owner':<10} {'send':<20} {'recv':<20} {'change':<20}",
    ]
    for row in rows:
        times = " ".join(f"{short_time(row[name]):<20}" for name in ("stime", "rtime", "ctime"))
        lines.append(f"{row['msqid']:<8} {known.user(row['uid']):<10.10} {times}")
    return lines


def _msg_pid(rows: list[Row], known: Names) -> Lines:
    lines = [
        "------ Message Queues PIDs --------",
        f"{'msqid':<10} {'owner':<10} {'lspid':<10} {'lrpid':<10}",
    ]
    for row in rows:
        who = known.user(row["uid"])
        lines.append(f"{row['msqid']:<8} {who:<10.10}  {row['lspid']:5}     {row['lrpid']:5}")
    return lines


# ---- semaphores


def _sem(rows: list[Row], known: Names) -> Lines:
    lines = [
        "------ Semaphore Arrays --------",
        f"{'key':<10} {'semid':<10} {'owner':<10} {'perms':<10} {'nsems':<10}",
    ]
    lines += [
        f"0x{row['key']:08x} {row['semid']:<10} {known.user(row['uid']):<10.10} "
        f"{row['perms'] & 0o777:<10o} {row['nsems']:<10}"
        for row in rows
    ]
    return lines


def _sem_time(rows: list[Row], known: Names) -> Lines:
    lines = [
        "------ Semaphore Operation/Change Times --------",
        f"{'semid':<8} {'owner':<10} {'last-op':<26} {'last-changed':<26}",
    ]
    for row in rows:
        times = f"{full_time(row['otime']):<26} {full_time(row['ctime']):<26}"
        lines.append(f"{row['semid']:<8} {known.user(row['uid']):<10.10}  {times}")
    return lines


def _creators(title: str, column: str) -> Teller:
    def tell(rows: list[Row], known: Names) -> Lines:
        heads = (column, "perms", "cuid", "cgid", "uid", "gid")
        lines = [f"------ {title} --------", " ".join(f"{head:<10}" for head in heads)]
        for row in rows:
            who = (
                *(known.user(row["cuid"]), known.group(row["cgid"])),
                *(known.user(row["uid"]), known.group(row["gid"])),
            )
            people = " ".join(f"{name:<10.10}" for name in who)
            lines.append(f"{row[column]:<10} {row['perms'] & 0o777:<10o} {people}")
        return lines

    return tell


TELLERS: Final[dict[tuple[str, str], Teller]] = {
    ("shm", "time"): _shm_time,
    ("shm", "pid"): _shm_pid,
    ("shm", "creator"): _creators("Shared Memory Segment Creators/Owners", "shmid"),
    ("msg", "time"): _msg_time,
    ("msg", "pid"): _msg_pid,
    ("msg", "creator"): _creators("Message Queues Creators/Owners", "msqid"),
    ("sem", ""): _sem,
    ("sem", "time"): _sem_time,
    ("sem", "pid"): lambda _rows, _known: [],
    ("sem", "creator"): _creators("Semaphore Arrays Creators/Owners", "semid"),
}
"""What tells of a kind in some form, where no unit matters."""


# ---- limits, summary


def _setting(name: str) -> Asking[list[int]]:
    text = yield from small_file(f"/proc/sys/kernel/{name}")
    return [int(word) for word in text.split()]


def limits(kind: str, unit: str) -> Asking[Lines]:
    """What there can be of a kind."""
    if kind == "msg":
        (most_queues,) = yield from _setting("msgmni")
        (size,) = yield from _setting("msgmax")
        (most,) = yield from _setting("msgmnb")
        if unit != "human":
            sizes = (f" (bytes) = {size}", f" (bytes) = {most}")
        else:
            sizes = (f" = {_size(size, unit)}", f" = {_size(most, unit)}")
        return [
            "------ Messages Limits --------",
            f"max queues system wide = {most_queues}",
            f"max size of message{sizes[0]}",
            f"default max size of queue{sizes[1]}",
        ]
    if kind == "sem":
        per_array, in_all, operations, arrays = yield from _setting("sem")
        return [
            "------ Semaphore Limits --------",
            f"max number of arrays = {arrays}",
            f"max semaphores per array = {per_array}",
            f"max semaphores system wide = {in_all}",
            f"max ops per semop call = {operations}",
            "semaphore max value = 32767",
        ]
    (count,) = yield from _setting("shmmni")
    (size,) = yield from _setting("shmmax")
    (pages,) = yield from _setting("shmall")
    lines = ["------ Shared Memory Limits --------", f"max number of segments = {count}"]
    if not unit:
        total = pages * _PAGE // 1024
        total = total if total <= _LARGEST else _LARGEST - 3
        return [
            *lines,
            f"max seg size (kbytes) = {size // 1024}",
            f"max total shared memory (kbytes) = {total}",
            "min seg size (bytes) = 1",
        ]
    total = min(pages * _PAGE, _LARGEST - _PAGE + 1)
    mark = "" if unit == "human" else " (bytes)"
    return [
        *lines,
        f"max seg size{mark} = {_size(size, unit)}",
        f"max total shared memory{mark} = {_size(total, unit)}",
        f"min seg size{mark} = {_size(1, unit)}",
    ]


def summary(kind: str, rows: list[Row], unit: str) -> Lines:
    """What there is of a kind in all."""
    if kind == "msg":
        used = sum(row["cbytes"] for row in rows)
        space = f" (bytes) = {used}" if unit == "bytes" else f" = {_size(used, unit)}"
        space += "" if unit else " bytes"
        return [
            "------ Messages Status --------",
            f"allocated queues = {len(rows)}",
            f"used headers = {sum(row['qnum'] for row in rows)}",
            f"used space{space}",
        ]
    if kind == "sem":
        return [
            "------ Semaphore Status --------",
            f"used arrays = {len(rows)}",
            f"allocated semaphores = {sum(row['nsems'] for row in rows)}",
        ]
    pages = sum(-(-row["size"] // _PAGE) for row in rows)
    return [
        "------ Shared Memory Status --------",
        f"segments allocated {len(rows)}",
        f"pages allocated {pages}",
        f"pages resident  {sum(row['rss'] for row in rows) // _PAGE}",
        f"pages swapped   {sum(row['swap'] for row in rows) // _PAGE}",
        "Swap performance: 0 attempts\t 0 successes",
    ]
