"""A /proc made of ordinary files, as hostile as one likes."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

NAMESPACES = {
    "pid": 4026531836,
    "user": 4026531837,
    "mnt": 4026531832,
    "net": 4026531833,
    "uts": 4026531838,
    "ipc": 4026531839,
    "cgroup": 4026531835,
    "time": 4026531834,
}


class Fake:
    """Processes are added one by one; what is not said of one is as usual."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def process(
        self,
        pid: int,
        name: bytes = b"task",
        *,
        ppid: int | str = 0,
        pids: str = "",
        pgids: str = "",
        sids: str = "",
        state: str = "S",
        tty: int | str = 0,
        start: int | str = 0,
        flags: int = 0x400000,
        ns: dict[str, Any] | None = None,
        fds: dict[int, str] | None = None,
        mountinfo: bytes = b"",
        **extra: bytes,
    ) -> Path:
        """Add a process; EXTRA: files to be written otherwise, by name."""
        folder = self.root / str(pid)
        (folder / "ns").mkdir(parents=True)
        (folder / "fd").mkdir()
        escaped = name.replace(b"\\", b"\\\\").replace(b"\n", b"\\n")
        status = (
            b"Name:\t%b\nUmask:\t0022\nState:\t%b (x)\nTgid:\t%d\nNgid:\t0\nPid:\t%d\nPPid:\t%b\n"
            b"TracerPid:\t0\nUid:\t0\t0\t0\t0\nGid:\t0\t0\t0\t0\nFDSize:\t64\nGroups:\t \n"
            b"NStgid:\t%b\nNSpid:\t%b\nNSpgid:\t%b\nNSsid:\t%b\nKthread:\t0\nVmPeak:\t1 kB\n"
        ) % (
            escaped,
            state.encode(),
            pid,
            pid,
            str(ppid).encode(),
            (pids or str(pid)).encode(),
            (pids or str(pid)).encode(),
            (pgids or pids or str(pid)).encode(),
            (sids or pids or str(pid)).encode(),
        )
        line = (
            f" {state} {ppid} {pid} {pid} {tty} -1 {flags} 0 0 0 0 0 0 0 0 20 0 1 0 {start} 0 0\n"
        )
        files = {
            "status": status,
            "stat": b"%d (%b)" % (pid, name) + line.encode(),
            "cmdline": name + b"\0",
            "cgroup": b"0::/\n",
            "mountinfo": mountinfo,
            **extra,
        }
        for file, data in files.items():
            if data is not None:
                (folder / file).write_bytes(data)
        for kind, inum in {**NAMESPACES, **(ns or {})}.items():
            if inum is not None:
                target = inum if isinstance(inum, str) else f"{kind}:[{inum}]"
                os.symlink(target, folder / "ns" / kind)
        for fd, target in (fds or {}).items():
            os.symlink(target, folder / "fd" / str(fd))
        return folder
