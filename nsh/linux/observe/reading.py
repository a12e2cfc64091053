"""All of /proc at once.

The list of pids is read first; whoever ends before its turn is counted as vanished, whoever
begins after it is not seen.  With many processes half of them are read by a forked helper, for
the time goes into the kernel's own work and most machines have a second core.
"""

import os
import time
from collections.abc import Iterable
from typing import Final, NamedTuple

from nsh.linux.observe import helper, holders, mountinfo, networks, nsfs, process, sysvipc
from nsh.linux.observe.facts import (
    ABSENT,
    HIDDEN,
    KINDS,
    MAX_ID,
    Holder,
    Process,
    PtyHolder,
    Snapshot,
)
from nsh.linux.observe.memory import Memory
from nsh.linux.observe.process import Vanished
from nsh.linux.observe.sockets import Sockets
from nsh.linux.observe.wanted import Wanted

DEFAULT = Wanted()
_NET: Final = KINDS.index("net")


def read(
    root: str = "/proc",
    wanted: Wanted = DEFAULT,
    *,
    split: bool = False,
    memory: Memory | None = None,
) -> Snapshot:
    """One look at the machine through the proc file system at *root*.

    *split*: a forked helper may take a part of it; only for a program without threads.
    *memory*: of the looks before, by a watcher (who does not split).
    ``OSError`` if *root* itself cannot be read.
    """
    if not _is_mine(root):  # its pids are not those by which the kernel knows them here
        wanted = wanted._replace(sockets=False)
    pids = sorted(
        int(name) for name in os.listdir(root) if name.isdecimal() and int(name) <= MAX_ID
    )
    top = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    if memory is not None:
        memory.begin()
    try:
        parts = helper.both(lambda some: part(top, some, wanted, memory), pids, split=split)
        snapshot = Snapshot(
            root,
            list({one.pid: one for some in parts for one in some.processes}.values()),
            {},
            [held for some in parts for held in some.holders],
            [],
            [held for some in parts for held in some.ptys],
            {pid: inodes for some in parts for pid, inodes in some.sockets.items()},
            {},
            _own(top),
            os.getpid(),
            os.geteuid(),
            time.clock_gettime_ns(time.CLOCK_BOOTTIME),
            os.uname().nodename,
        )
        for some in parts:
            snapshot.vanished += some.vanished
            snapshot.unreadable += some.unreadable
            snapshot.unseen_files += some.unseen_files
            snapshot.unseen_sockets += some.unseen_sockets
        if wanted.mounts:
            mountinfo.read(snapshot, top)
        if wanted.networks:
            networks.read(snapshot, top, memory)
        if wanted.sysv:
            snapshot.sysv = sysvipc.read(top)
        nsfs.relate(snapshot, top)
    finally:
        os.close(top)
    return snapshot


def part(
    top: int, pids: Iterable[int], wanted: Wanted, memory: Memory | None = None
) -> helper.Part:
    """Some of the processes."""
    found = helper.Part([], [], [], {})
    sockets = Sockets() if wanted.sockets else None
    for pid in pids:
        try:
            folder = os.open(b"%d" % pid, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC, dir_fd=top)
        except PermissionError:
            found.unreadable += 1
            continue
        except OSError:
            found.vanished += 1
            continue
        try:
            one = process.read(folder, pid, wanted)
            one.tgid = pid  # /proc lists leaders
            open_files = _rest(folder, one, wanted, memory, sockets)
            found.processes.append(one)
            found.holders += open_files.holders
            found.ptys += open_files.ptys
            if open_files.sockets:
                found.sockets[pid] = open_files.sockets
            found.unseen_files += open_files.unseen
            found.unseen_sockets += open_files.unasked
            if wanted.threads and one.state != "Z":
                found.processes += _threads(folder, one, wanted)
        except PermissionError:
            found.unreadable += 1
        except Vanished:
            found.vanished += 1
        finally:
            os.close(folder)
    return found


class OpenFiles(NamedTuple):
    """What keeps namespaces among the open files of a process, and ends of terminals."""

    holders: tuple[Holder, ...] = ()
    ptys: tuple[PtyHolder, ...] = ()
    sockets: tuple[int, ...] = ()
    unseen: bool = False
    """They could not be listed."""
    unasked: bool = False
    """Some sockets could not be asked."""


def _rest(
    folder: int, one: Process, wanted: Wanted, memory: Memory | None, sockets: Sockets | None
) -> OpenFiles:
    """Read, or recall, what changes seldom."""
    known = None if memory is None else memory.recall(one)
    if known is not None:
        one.argv, one.cgroups = known.argv, known.cgroups
        return OpenFiles(known.holders, known.ptys, known.sockets, known.unseen, known.unasked)
    process.extras(folder, one, wanted)
    found = _files(folder, one, sockets) if wanted.files else OpenFiles()
    if memory is not None:
        memory.keep(
            one,
            found.holders,
            found.ptys,
            found.sockets,
            unseen=found.unseen,
            unasked=found.unasked,
        )
    return found


def _files(folder: int, one: Process, sockets: Sockets | None) -> OpenFiles:
    if one.kernel or one.state == "Z":
        return OpenFiles()
    if one.links[0] == HIDDEN:  # the same right is needed for both
        return OpenFiles(unseen=True)
    try:
        found = holders.open_files(folder, one.pid, one.links[_NET], sockets)
    except PermissionError:
        return OpenFiles(unseen=True)
    return OpenFiles(
        tuple(found.holders), tuple(found.ptys), tuple(found.sockets), unasked=found.hidden
    )


def _is_mine(root: str) -> bool:
    """Whether this proc shows the reader by the number that it has."""
    try:
        return os.readlink(f"{root}/self") == str(os.getpid())
    except OSError:
        return False


def _threads(folder: int, leader: Process, wanted: Wanted) -> list[Process]:
    """The other threads of *leader*, oldest first."""
    found: list[Process] = []
    try:
        top = os.open(b"task", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC, dir_fd=folder)
    except OSError:
        return found
    try:
        names = [name for name in os.listdir(top) if name.isdecimal() and len(name) < 11]
        for tid in sorted(int(name) for name in names):
            if tid == leader.pid or tid > MAX_ID:
                continue
            try:
                one = os.open(b"%d" % tid, os.O_PATH | os.O_CLOEXEC, dir_fd=top)
            except OSError:
                continue
            try:
                thread = process.read(one, tid, wanted)
                process.extras(one, thread, wanted)
                thread.tgid = leader.pid
                found.append(thread)
            except (PermissionError, Vanished):
                continue
            finally:
                os.close(one)
    except OSError:
        pass
    finally:
        os.close(top)
    return found


def _own(top: int) -> tuple[int, ...]:
    """The reader's namespaces, if it is to be seen in this proc."""
    try:
        folder = os.open(b"self", os.O_PATH | os.O_CLOEXEC, dir_fd=top)
    except OSError:
        return (ABSENT,) * len(KINDS)
    try:
        return process.links(folder)
    except Vanished:
        return (ABSENT,) * len(KINDS)
    finally:
        os.close(folder)
