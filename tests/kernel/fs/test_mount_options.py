"""Options of tmpfs and devpts, good and bad: the errno, what /proc/mounts shows, and what the
kernel's log says, here and on this kernel."""

from __future__ import annotations

import ctypes
import os
from typing import Any

from nsh.abi.files import Mount, MountFlag, Umount
from nsh.abi.names import Mkdir
from nsh.abi.printk import Syslog, SyslogAction
from tests.kernel.proc.computer import Computer
from tests.probes._calls import err, libc
from tests.probes._real import need, trial

TRIES = 8
REMOUNT = int(MountFlag.MS_REMOUNT)
Case = tuple[str, str, str]
CASES: list[Case] = [
    ("tmpfs", "", options)
    for options in (
        "uid=-1", "uid=4294967295", "uid=4294967294", "uid=99999999999", "uid=x", "uid", "uid= 3",
        "uid=010", "uid=0x10", "uid=+3", "gid=1_0", "odd", "odd=1", "odd,uid=x", "mode=9",
        "mode=-1", "mode=", "mode=+7", "mode=017777", "mode=77777777777", "size=x", "size",
        "size=-1", "size=08", "size=1x", "size=+5", "size=1_0", "size=0x10k", "size=1", "size=4K",
        "size=0", "size=%",
        "size=10k,size=20k",
    )
] + [
    ("devpts", "", options)
    for options in (
        "odd", "odd=1", "newinstance=1", "newinstance=", "newinstance,newinstance", "max=-1",
        "max=1048577", "max=1048576", "max=-2147483649", "max=4294967295", "max=+5", "max=0x10",
        "max=", "max", "mode=9", "mode=+7", "mode=20000000000", "ptmxmode", "uid=-1", "uid",
        "uid=4294967295", "gid=99999999999", "gid=-5",
    )
] + [
    ("tmpfs", "size=0", "size=4k"),
    ("tmpfs", "size=40k", "size=64k,uid=3"),
    ("tmpfs", "size=40k", "odd"),
    ("devpts", "max=3", "max=1048577"),
    ("devpts", "max=3", "mode=0"),
]  # fmt: skip
"""Type, options, and those of a remount; "" at first: there is none before."""


def on_linux(cases: list[Case]) -> list[list[Any]]:
    need(root=True)

    def body() -> list[list[Any]]:
        os.mkdir(where := f"/tmp/nsh-options-{os.getpid()}")
        log = os.open("/dev/kmsg", os.O_RDONLY | os.O_NONBLOCK)
        os.lseek(log, 0, os.SEEK_END)

        def said() -> list[str]:
            found = []
            while not isinstance(record := err(os.read, log, 8192), str):
                found.append(record.split(b";", 1)[1].partition(b"\n")[0].decode())
            return [each for each in found if each.startswith(("tmpfs:", "devpts:", "max "))]

        def mount(kind: str, flags: int, options: str) -> Any:
            args = (b"x", where.encode(), kind.encode(), flags, options.encode())
            return err(lambda: os.strerror(0) if not libc.mount(*args) else _raise())

        told = []
        try:
            for kind, before, options in cases:
                if before:
                    mount(kind, 0, before)
                reply = mount(kind, REMOUNT if before else 0, options)
                with open("/proc/self/mounts", encoding="utf-8") as table:
                    shown = [line.split()[3] for line in table if f" {where} " in line]
                told.append(
                    [reply if isinstance(reply, str) and reply[0] == "E" else 0, shown, said()]
                )
                libc.umount2(where.encode(), 2)
        finally:
            os.close(log)
            os.rmdir(where)
        return told

    found: list[list[Any]] = trial(body)
    return found


def _raise() -> None:
    number = ctypes.get_errno()
    raise OSError(number, os.strerror(number))


def on_the_model() -> list[list[Any]]:
    box = Computer()
    box.ask(Mkdir("/x"))
    told = []
    for kind, before, options in CASES:
        box.ask(Syslog(SyslogAction.CLEAR))
        if before:
            box.ask(Mount("x", "/x", kind, 0, before))
        reply = box.ask(Mount("x", "/x", kind, REMOUNT if before else 0, options))
        shown = [line.split()[3] for line in box.cat("/proc/mounts").splitlines() if " /x " in line]
        log = box.ask(Syslog(SyslogAction.READ_ALL, 9999))
        said = [line.partition(b"] ")[2].decode() for line in log.splitlines()]
        told.append([reply if isinstance(reply, str) else 0, shown, said])
        box.ask(Umount("/x", 2))
    return told


def test_options_and_what_the_log_says_of_them() -> None:
    """Others write to the log of the machine too: what differs is tried again."""
    left = dict(zip(CASES, on_the_model(), strict=True))
    for _ in range(TRIES):
        there = dict(zip(left, on_linux(list(left)), strict=True))
        left = {case: here for case, here in left.items() if there[case] != here}
        if not left:
            return
    assert left == {case: there[case] for case in left}
