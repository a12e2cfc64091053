"""SIGIO: an open file tells by a signal that there is input, or room again (fcntl(2), fs/fcntl.c).

O_ASYNC puts an open file on the list of what is behind it; the file's owner, a thread, a process
or a group, is sent the signal.  Who asks a terminal for it owns the file, unless that has a
foreground group: then that.  Of a pipe or socket nobody is told whom F_SETOWN has not named.
"""

from typing import Final

from msgspec.structs import replace

from nsh.abi.files import OwnerType
from nsh.abi.signals import BANDS, OWN_CODES, PollCode, SiCode, Sig, bit
from nsh.kernel import sessions, signals
from nsh.machine.files import File, FileOwner, InodeId
from nsh.machine.ids import NOBODY, FileId, PtyId, TaskId, TerminalId
from nsh.machine.net import SocketId
from nsh.machine.ptys import NEVER, OpenTerminal
from nsh.machine.sigio import FASYNC, Asked, Asynchronous
from nsh.machine.signals import SigInfo
from nsh.machine.tasks import Task
from nsh.machine.terminals import Terminal
from nsh.machine.value import Transaction

_ACCMODE: Final = 3
Place = TerminalId | PtyId | InodeId | SocketId
"""A terminal, the master of a pair, a pipe, or a socket."""
_PLAIN: Final = SigInfo(int(Sig.SIGIO), int(SiCode.SI_KERNEL))


def ask(
    tx: Transaction,
    caller: TaskId,
    key: FileId,
    fd: int,
    place: Place,
    *,
    on: bool,
    owned: bool = True,
) -> None:
    """Put the open file *key* on the list of *place*, by its descriptor *fd*, or take it off
    (fasync_helper).  *owned*: if it is nobody's, it is the caller's now."""
    if not on:
        _take_off(tx, key, place)
        return
    row = tx.find(Asynchronous, place) or Asynchronous()
    if any(each.file == key for each in row.files):
        return
    file = tx.get(File, key)
    owner = file.owner
    if owned and (owner is None or owner.whom == NOBODY):
        signo = 0 if owner is None else owner.signo
        owner = replace(_default(tx, caller, place), signo=signo)
    tx.put(key, replace(file, flags=file.flags | FASYNC, owner=owner))
    tx.put(place, replace(row, files=(Asked(key, fd), *row.files)))


def _take_off(tx: Transaction, key: FileId, place: Place) -> None:
    row = tx.find(Asynchronous, place)
    if row is not None and any(each.file == key for each in row.files):
        file = tx.get(File, key)
        tx.put(key, replace(file, flags=file.flags & ~FASYNC))
        left = tuple(each for each in row.files if each.file != key)
        _put(tx, place, replace(row, files=left))


def _default(tx: Transaction, caller: TaskId, place: Place) -> FileOwner:
    """Who owns a file whose owner was never set."""
    task = tx.get(Task, caller)
    terminal = tx.find(Terminal, place)
    front = None if terminal is None else terminal.foreground
    whom, type_ = task.leader, OwnerType.F_OWNER_PID
    if front is not None:
        whom, type_ = front.group, OwnerType.F_OWNER_PGRP
    return FileOwner(whom, int(type_), task.creds.uid, task.creds.euid)


def _put(tx: Transaction, place: Place, row: Asynchronous) -> None:
    if row.files:
        tx.put(place, row)
    else:
        tx.drop(Asynchronous, place)


def closed(tx: Transaction, place: Place, file: File) -> None:
    """*file*, which is gone already, was of *place*."""
    row = tx.find(Asynchronous, place) if file.flags & FASYNC else None
    if row is not None:
        files = tuple(each for each in row.files if tx.find(File, each.file) is not None)
        _put(tx, place, replace(row, files=files))


def hung_up(tx: Transaction, place: TerminalId) -> None:
    """The terminal is being hung up: who has it open so that it ends is told no more."""
    row = tx.find(Asynchronous, place)
    for each in () if row is None else row.files:
        opened = tx.get(File, each.file).opened
        if isinstance(opened, OpenTerminal) and opened.hangups != NEVER:
            _take_off(tx, each.file, place)


def tell(tx: Transaction, place: Place, code: PollCode, without: int | None = None) -> None:
    """Something has happened (kill_fasync); those of the access mode *without* are not told."""
    row = tx.find(Asynchronous, place)
    for each in () if row is None else row.files:
        file = tx.get(File, each.file)
        owner = file.owner
        if owner is not None and owner.whom != NOBODY and file.flags & _ACCMODE != without:
            _send(tx, owner, each.fd, code)


def await_room(tx: Transaction, place: Place) -> None:
    """Not all that was written found room (the end of n_tty_write, sk_stream_wait_memory)."""
    row = tx.find(Asynchronous, place)
    if row is not None:
        tx.put(place, replace(row, awaits_room=True))


def tell_of_room(tx: Transaction, place: Place) -> None:
    """There is room, for who found none (tty_wakeup, sock_wake_async)."""
    row = tx.find(Asynchronous, place)
    if row is not None and row.awaits_room:
        tx.put(place, replace(row, awaits_room=False))
        tell(tx, place, PollCode.POLL_OUT)


def _send(tx: Transaction, owner: FileOwner, fd: int, code: PollCode) -> None:
    """Those whom the one who set the owner could have sent a signal (sigio_perm).

    A signal that F_SETSIG has chosen is sent by nobody: no init has to yield to it.  Where there is
    no room for it, SIGIO comes instead.
    """
    info, chosen, thread = _PLAIN, owner.signo, owner.type == OwnerType.F_OWNER_TID
    if chosen:
        own = bit(chosen) & OWN_CODES
        told = SiCode.SI_SIGIO if own else code
        info = SigInfo(chosen, int(told), fd=fd, band=BANDS[code])
    group = owner.type == OwnerType.F_OWNER_PGRP
    for whom in sessions.members(tx, owner.whom) if group else [owner.whom]:
        target = tx.find(Task, whom)
        if target is None:
            continue
        theirs = {target.creds.uid, target.creds.suid}
        if owner.euid and not {owner.uid, owner.euid} & theirs:
            continue
        if not signals.send(tx, whom, info, force=not chosen, thread=thread):
            signals.send(tx, whom, _PLAIN, force=True, thread=thread)
