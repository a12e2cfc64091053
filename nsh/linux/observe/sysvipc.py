"""SysV ipc objects, from /proc/sysvipc (sysvipc(7), proc_sysvipc(5)).

The kernel shows those of the ipc namespace of whoever opens the files, and of no other.
"""

from typing import Final

from nsh.linux.observe.facts import SysvObject
from nsh.linux.observe.process import slurp

_DEST: Final = 0o1000
"""SHM_DEST: to be destroyed after the last detach."""
_COLUMNS: Final = {
    "shm": ("shmid", "nattch", "cpid", "lpid"),
    "sem": ("semid", "nsems", "", ""),
    "msg": ("msqid", "qnum", "lspid", "lrpid"),
}


def read(top: int) -> list[SysvObject]:
    """All that there is, by kind, then id; [] where the kernel knows none, or tells none."""
    found: list[SysvObject] = []
    for kind in _COLUMNS:
        try:
            text = slurp(f"sysvipc/{kind}".encode(), top)
        except OSError:
            continue
        found += sorted(table(kind, text), key=lambda one: one.id)
    return found


def table(kind: str, text: bytes) -> list[SysvObject]:
    """The lines of one file that are sound; its first names the columns."""
    head, *lines = text.decode("ascii", "replace").splitlines() or [""]
    names = head.split()
    id, amount, first, last = _COLUMNS[kind]
    found = []
    for line in lines:
        words = line.split()
        if len(words) != len(names):
            continue
        values = dict(zip(names, words, strict=True))
        try:
            mode = int(values["perms"], 8)
            found.append(
                SysvObject(
                    kind,
                    int(values[id]),
                    int(values["key"]) & 0xFFFFFFFF,
                    int(values["uid"]),
                    mode & 0o777,
                    int(values[amount]),
                    int(values.get(first, 0)),
                    int(values.get(last, 0)),
                    kind == "shm" and bool(mode & _DEST),
                )
            )
        except (KeyError, ValueError):
            continue
    return found
