"""Which file of a crfs each line of an image is in: the tree that S2 has drawn (C8).

::

    web
    |-- 0x00000001            a process, by its pid inside
    |   |-- 0x00000001        a thread of it
    |   |   |-- attr          credentials, labels, attributes
    |   |   |-- signal
    |   |   |-- thread.frame  the program
    |   |   |-- timers
    |   |   `-- wait.zombies  children that it has not waited for
    |   |-- fds
    |   |-- process
    |   |-- sysv.semadj
    |   |-- sysv.shmcount
    |   `-- thread.list       its other threads
    |-- af_inet_listening
    |-- files
    |   |-- 1
    |   `-- 2
    |-- order
    |-- sysv.msg
    |-- sysv.sem
    `-- sysv.shm

What S2 does not name is called as its lines call themselves.  Each file has lines of the ordinary
image; ``order`` has, for each line of that, the path of the file that has it, and so tells when all
is there, and how it is put together again.
"""

from collections.abc import Sequence
from typing import Any, Final

from immutables import Map

from nsh.abi.errno import Errno
from nsh.abi.sockets import Family
from nsh.kernel.checkpoint import image
from nsh.kernel.checkpoint.image import Object
from nsh.machine.sockets import SocketState

ORDER: Final = "order"
_END: Final = "end"
_OF_PROCESSES: Final = {
    "attached": "sysv.shmcount",
    "descriptors": "fds",
    "lock": "locks",
    "places": "places",
    "undo": "sysv.semadj",
}
_OF_THREADS: Final = {
    "attributes": "attr",
    "credentials": "attr",
    "marks": "attr",
    "program": "thread.frame",
    "signals": "signal",
}
_OF_ALL: Final = {
    "messages": "sysv.msg",
    "msg": "sysv.msg",
    "sem": "sysv.sem",
    "shm": "sysv.shm",
}
_NUMBERED_OTHERWISE: Final = frozenset(("pty", "removed", "socket"))
"""Whose numbers are none of open files."""


def spread(objects: Sequence[Object], data: bytes) -> Map[str, bytes | None]:
    """The tree of the image *data*, which is that of *objects*."""
    paths = _Paths()
    order = ["image", *(paths.of(each) for each in objects), _END]
    files: dict[str, list[bytes]] = {}
    for path, line in zip(order, data.splitlines(keepends=True), strict=True):
        files.setdefault(path, []).append(line)
    below: dict[str, bytes | None] = {"": None}
    for path, lines in files.items():
        steps = path.split("/")
        below |= {"/".join(steps[:count]): None for count in range(1, len(steps))}
        below[path] = b"".join(lines)
    below[ORDER] = "".join(f"{path}\n" for path in order).encode()
    return Map(below)


class _Paths:
    """Where objects go that come in the order of an image: tasks before what they have."""

    def __init__(self) -> None:
        self._leader: dict[int, int] = {}
        """The process of each task."""

    def of(self, found: Object) -> str:
        """The path of its file."""
        said: Any = found
        name = image.tag(type(found))
        if name == "task":
            return self._of_task(said)
        if hasattr(found, "opener") and name not in _NUMBERED_OTHERWISE:
            return f"files/{said.number}"
        if name == "socket" and said.family == Family.AF_INET:
            return self._of_socket(said)
        pid = said.pid if hasattr(found, "pid") else next(iter(getattr(found, "pids", ())), 0)
        if pid not in self._leader:
            return _OF_ALL.get(name, name)
        if name in _OF_PROCESSES and self._leader[pid] == pid:
            return f"{_hex(pid)}/{_OF_PROCESSES[name]}"
        return f"{self._thread(pid)}/{_OF_THREADS.get(name) or _OF_PROCESSES.get(name, name)}"

    def _of_task(self, said: Any) -> str:
        self._leader[said.pid] = said.leader or said.pid
        if said.leader:
            return f"{_hex(said.leader)}/thread.list"
        above = said.parent_thread or said.parent
        if said.zombie and above in self._leader:
            return f"{self._thread(above)}/wait.zombies"
        return f"{_hex(said.pid)}/process"

    @staticmethod
    def _of_socket(said: Any) -> str:
        if said.orphaned:
            return "af_inet_orphan_info"
        return "af_inet_listening" if said.state is SocketState.LISTEN else "socket"

    def _thread(self, pid: int) -> str:
        return f"{_hex(self._leader[pid])}/{_hex(pid)}"


def _hex(pid: int) -> str:
    return f"{pid:#010x}"


def gathered(below: Map[str, bytes | None]) -> tuple[bytes, list[str]] | None:
    """The image that is in a tree, and which file each line of it is from; None: not all is there.

    EINVAL: there is more than belongs together.
    """
    order = (below.get(ORDER) or b"").decode("utf-8", "replace").splitlines()
    if not order or order[-1] != _END or not (below.get(ORDER) or b"").endswith(b"\n"):
        return None
    left = {path: (below.get(path) or b"").split(b"\n")[-2::-1] for path in order}
    found = []
    for path in order:
        if not left[path]:
            return None
        found.append(left[path].pop())
    for path, content in sorted(below.items()):
        if content and path != ORDER and left.get(path, [content]):
            raise Errno.EINVAL(f"{path} has more lines than order tells of")
    return b"".join(line + b"\n" for line in found), order
