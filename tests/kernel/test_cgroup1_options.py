"""Options of cgroups of the first version, and what is written to their files: on the model and on
this machine's kernel."""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import time
from pathlib import Path
from typing import Any

import pytest

from tests.kernel.test_cgroups import Box
from tests.probes._calls import libc
from tests.probes._inside import child
from tests.probes._real import need, trial

MS_REMOUNT = 32
TOP = "/tmp/m"
MOUNTS = (
    "release_agent=/ab/c",
    "release_agent=",
    "release_agent",
    "release_agent=/a,release_agent=/b",
    "release_agent=a b",
    "noprefix",
    "xattr",
    "cpuset_v2_mode,xattr,noprefix",
    "favordynmods,nofavordynmods",
    "xattr=1",
    "xattr,xattr",
    "clone_children,release_agent=/a,xattr",
    "no_such_option",
)
"""Besides ``none,name=…``."""
REMOUNTS = (
    "release_agent=/b",
    "",
    "release_agent=",
    "xattr",
    "clone_children",
    "release_agent=/c,name=again",
)
WRITTEN = (
    *("1", "0", "2", "0x10", "+1", "07", "08", "-1", "x", "\n", " 1 ", "1\n", "1 1"),
    *("18446744073709551615", "18446744073709551616", "0" + " " * 4095, "0" + " " * 4096),
)
AGENTS = ("  /x y \n", "/x,y=z\\w", "\n", "x" * 4094, "x" * 4095)


# ---- on Linux


def _mount(top: str, options: str, flags: int = 0) -> str:
    if not libc.mount(b"none", top.encode(), b"cgroup", flags, options.encode()):
        return ""
    return errno.errorcode[ctypes.get_errno()]


def _shown(top: str) -> str:
    lines = [line.split() for line in Path("/proc/self/mounts").read_text().splitlines()]
    return next((words[3] for words in lines if words[1] == top), "")


def _write(path: str, text: str) -> str:
    fd = os.open(path, os.O_WRONLY)
    try:
        os.write(fd, text.encode())
    except OSError as error:
        return errno.errorcode[error.errno or 0]
    finally:
        os.close(fd)
    return ""


def _on_linux(top: str, name: str) -> Any:
    told: list[Any] = []
    libc.mount(b"none", os.path.dirname(top).encode(), b"tmpfs", 0, None)
    os.mkdir(top)
    if why := _mount(top, f"none,name={name}"):
        return why
    try:
        for options in REMOUNTS:
            got = _mount(top, f"none,name={name},{options}", MS_REMOUNT)
            told.append((got, _shown(top)))
        for text in WRITTEN:
            got = _write(f"{top}/notify_on_release", text)
            told.append((got, Path(f"{top}/notify_on_release").read_text()))
        for text in AGENTS:
            got = _write(f"{top}/release_agent", text)
            told.append((got, Path(f"{top}/release_agent").read_text(), _shown(top)))
        os.chown(f"{top}/release_agent", 1000, 1000)
        os.waitpid(child(lambda: _as_somebody(f"{top}/release_agent")), 0)
        told.append(Path(f"{top}/release_agent").read_text())
        libc.umount2(top.encode(), 0)
        for options in MOUNTS:
            _until_gone(name)
            got = _mount(top, f"none,name={name},{options}")
            told.append((got, _shown(top)))
            libc.umount2(top.encode(), 0)
    finally:
        libc.umount2(top.encode(), 0)
        _until_gone(name)
    return told


def _as_somebody(path: str) -> None:
    """The descriptor is root's, what is opened later is not."""
    fd = os.open(path, os.O_WRONLY)
    os.setresuid(1000, 1000, 1000)
    os.write(fd, b"/of-root")
    assert _write(path, "/mine") == "EPERM"


def _until_gone(name: str) -> None:
    for _ in range(100):
        if f":name={name}:" not in Path("/proc/self/cgroup").read_text():
            return
        time.sleep(0.01)


# ---- on the model


def _told(box: Box, line: str) -> str:
    result = box.session.run(line)
    return "" if result.ok else result.output.rpartition("(")[2].partition(")")[0]


def _on_the_model(top: str, name: str) -> Any:
    box = Box(f"mkdir {top}\nmount -t cgroup -o none,name={name} none {top}")

    def shown() -> str:
        return box.told(f"grep ' {top} ' /proc/mounts | cut -d ' ' -f 4")

    def content(file: str) -> str:
        return box.told(f"cat {top}/{file}") + "\n"

    told: list[Any] = []
    for options in REMOUNTS:
        line = f"mount -o 'remount,none,name={name},{options}' {top}"
        told.append((_told(box, line), shown()))
    for text in WRITTEN:
        got = _told(box, f"echo -n '{text}' > {top}/notify_on_release")
        told.append((got, content("notify_on_release")))
    for text in AGENTS:
        got = _told(box, f"echo -n '{text}' > {top}/release_agent")
        told.append((got, content("release_agent"), shown()))
    box.do(f"chown 1000 {top}/release_agent\nspawn v\nv exec 5> {top}/release_agent")
    box.do("v setresuid 1000 1000 1000\nas v { echo /of-root >&5 }")
    assert box.fails(f"as v {{ echo /mine > {top}/release_agent }}") == "EPERM"
    told.append(content("release_agent"))
    box.do(f"v exit\numount {top}")
    for options in MOUNTS:
        got = _told(box, f"mount -t cgroup -o 'none,name={name},{options}' none {top}")
        told.append((got, shown()))
        with contextlib.suppress(AssertionError):
            box.do(f"umount {top}")
    return told


def test_options_and_files_are_as_on_linux() -> None:
    need(root=True)
    name = f"nsh-options-{os.getpid()}"
    real = trial(_on_linux, TOP, name)
    if isinstance(real, str):
        pytest.skip(f"no hierarchies of cgroups here: {real}")
    model = _on_the_model(TOP, name)
    for got, wanted in zip(model, real, strict=True):
        assert list(got) == list(wanted)


def test_the_log_says_what_was_wrong() -> None:
    box = Box()
    for options, said in (
        ("none,name=y,release_agent=", "cgroup: Bad value for 'release_agent'"),
        ("none,name=y,release_agent=/a,release_agent=/b", "cgroup: release_agent respecified"),
        ("pids,noprefix", "cgroup: noprefix used incorrectly"),
        ("none,name=y,xattr=1", "cgroup: Unexpected value for 'xattr'"),
    ):
        assert box.fails(f"mount -t cgroup -o {options} none /tmp/n") == "EINVAL"
        assert said in box.told("dmesg")
    box.do("mount -t cgroup -o none,name=x,xattr none /tmp/n\numount /tmp/n")
    ignored = "new mount options do not match the existing superblock, will be ignored"
    assert ignored in box.told("dmesg")
    line = "mount -o remount,none,name=x,noprefix,release_agent=/a /tmp/m"
    assert box.fails(line) == "EINVAL"
    said = box.told("dmesg")
    assert 'cgroup: option or name mismatch, new: 0x2 "x", old: 0x0 "x"' in said
    assert "option changes via remount are deprecated (pid=1 comm=init)" in said


def test_another_namespaces_root_names_no_agent() -> None:
    box = Box()
    box.do("spawn --user --cgroup --mount w\necho '0 0 100' > /proc/2/uid_map")
    assert box.fails("as w { echo /a > /tmp/m/release_agent }") == "EPERM"
    agent = "mount -t cgroup -o none,name=x,release_agent=/a none /tmp/n"
    assert box.fails(f"w {agent}") == "EINVAL"
    assert "cgroup: Setting release_agent not allowed" in box.told("dmesg")
    box.do("w mount -t cgroup -o none,name=x none /tmp/n")
    box.do(f"mkdir /tmp/o\nspawn v\necho 3 > /tmp/m/a/tasks\nv {agent.replace('/n', '/o')}")
    assert box.told("cat /tmp/m/release_agent") == ""  # of one that is there it is not asked
