"""What sessions of the container's own have to do with its terminals: which one controls which, who
is in the foreground, who is in the middle of a call (credentials(7); N8, N9).

A session that began outside has its terminal there.  Who is in it is, after a restart, in the
session of who asked for that, in the background of its terminal: as any job that is started there.
"""

from collections import Counter
from collections.abc import Iterator

from msgspec.structs import replace

from nsh.abi.errno import Errno
from nsh.abi.files import Read
from nsh.kernel import contexts, terminals, waiting
from nsh.kernel.checkpoint import parts
from nsh.kernel.checkpoint.image import Object
from nsh.kernel.checkpoint.state import Dump, Restart
from nsh.machine.consoles import Console
from nsh.machine.files import File
from nsh.machine.ids import FileId, TaskId, TerminalId
from nsh.machine.ptys import OpenMaster, OpenTerminal, Pty
from nsh.machine.tasks import Group, Session, Task
from nsh.machine.terminals import Foreground, HalfDone, LostForeground, Terminal
from nsh.machine.waiting import Waiter


class Controlling(Object, frozen=True):
    """The terminal of a session."""

    session: int
    terminal: int
    members: tuple[int, ...] = ()
    """Who of its processes has not given it up."""
    foreground: int = 0
    """The process group there; 0: none."""
    ended: bool = False
    """Nobody is in that any more."""


class Lost(Object, frozen=True, tag="lostforeground"):
    """Of a session whose terminal was hung up: who is told when its leader dies."""

    pid: int
    pgid: int


class Halfway(Object, frozen=True):
    """How far a read from, or write to, a terminal has come that waits."""

    pid: int
    data: bytes = b""
    done: int = 0
    least: int = 1
    tenths: int = 0
    patience: int = -1
    packet: bool = False
    hurried: bool = False


@parts.saves(Controlling, 56)
def _save(dump: Dump) -> Iterator[Controlling]:
    """EBUSY: the terminal of a session is not the container's own, or one of these somebody's
    outside."""
    tx = dump.tx
    _check_alone(dump)
    for number, session in _sessions(dump):
        key = tx.get(Session, session).tty
        if not key:
            continue
        terminal = tx.get(Terminal, key)
        if key not in dump.terminals:
            reason = f"session {number} has the terminal {terminal.name}, which is outside"
            dump.refuse(reason)
        front = terminal.foreground
        members = [task for task in dump.tasks if tx.get(Task, task).tty == key]
        yield Controlling(
            session=number,
            terminal=dump.terminals.of(key),
            members=tuple(dump.number(task) for task in members),
            foreground=terminals.foreground_number(tx, terminal, dump.space),
            ended=front is not None and tx.find(Group, front.group) is None,
        )


def _sessions(dump: Dump) -> list[tuple[int, TaskId]]:
    """Those of the container's own, by their numbers."""
    found = {dump.tx.get(Task, task).session for task in dump.tasks}
    return sorted((dump.number(session), session) for session in found if dump.number(session))


def _check_alone(dump: Dump) -> None:
    """EBUSY: a terminal of the container's own has files, or a session, outside."""
    tx = dump.tx
    inside: Counter[int] = Counter()
    for file in dump.files:
        end = tx.get(File, file).opened
        if isinstance(end, OpenTerminal) and end.terminal in dump.terminals:
            inside[end.terminal] += 1
            stranger = dump.holder(FileId(file))
            if stranger:
                name = tx.get(Terminal, end.terminal).name
                dump.refuse(f"{name} is a terminal of its own, which {stranger}, has open, too")
    for key in dump.terminals:
        terminal = tx.get(Terminal, key)
        pty = tx.find(Pty, terminal.pty)
        opens = tx.get(Console, key).opens if pty is None else pty.slaves
        if opens != inside[key]:
            dump.refuse(f"{terminal.name} is a terminal of its own, and open in {_who(dump, key)}")
        if terminal.session and not dump.number(terminal.session):
            dump.refuse(f"{terminal.name} is a terminal of its own, and controls a session outside")


def _who(dump: Dump, key: int) -> str:
    for task in sorted(dump.tx.rows(Task)):
        for entry in contexts.files(dump.tx, TaskId(task)).values() if task not in dump else ():
            end = dump.tx.get(File, entry.file).opened
            if isinstance(end, OpenTerminal) and end.terminal == key:
                return f"{dump.name(TaskId(task))}, which is outside"
    return "a message"


@parts.makes(Controlling)
def _make(restart: Restart, saved: Controlling) -> None:
    """EINVAL: there is no such session, or either has another."""
    tx = restart.tx
    key = restart.terminal(saved.terminal)
    terminal = tx.get(Terminal, key)
    session = _called(restart, saved.session)
    record = tx.find(Session, session)
    if record is None or record.tty or terminal.session:
        raise Errno.EINVAL(f"session: there is no {saved.session}, or it has its terminal")
    tx.put(session, replace(record, tty=key))
    front = _foreground(restart, saved, record)
    tx.put(key, replace(terminal, session=session, foreground=front))
    for pid in saved.members:
        member = restart.task(pid)
        task = tx.get(Task, member)
        if task.session != session:
            raise Errno.EINVAL(f"members: {pid} is in another session")
        tx.put(member, replace(task, tty=key))


def _called(restart: Restart, number: int) -> TaskId:
    """Whose number a session or group has.  EINVAL."""
    return restart.helpers.get(number) or restart.task(number)


def _foreground(restart: Restart, saved: Controlling, session: Session) -> Foreground | None:
    if not saved.foreground:
        return None
    tx = restart.tx
    if saved.ended:
        return Foreground(tx.new(TaskId), (restart.space,), (saved.foreground,))
    group = _called(restart, saved.foreground)
    if group not in session.groups:
        raise Errno.EINVAL(f"foreground: {saved.foreground} is no group of the session")
    return terminals.make_foreground(tx, group, tx.get(Group, group))


@parts.saves(Lost, 57, LostForeground)
def _save_lost(dump: Dump) -> Iterator[Lost]:
    tx = dump.tx
    for task in dump.tasks:
        lost = tx.find(LostForeground, task)
        if lost is not None and tx.find(Group, lost.group) is not None:
            yield Lost(dump.number(task), dump.number(lost.group))


@parts.makes(Lost, "pid")
def _make_lost(restart: Restart, saved: Lost) -> None:
    group = _called(restart, saved.pgid)
    if restart.tx.find(Group, group) is None:
        raise Errno.EINVAL(f"pgid: there is no group {saved.pgid}")
    restart.tx.put(restart.task(saved.pid), LostForeground(group))


@parts.saves(Halfway, 66, HalfDone)
def _save_halves(dump: Dump) -> Iterator[Halfway]:
    """ENOTSUP: it is a terminal outside.  What has not yet begun is made anew with its call."""
    tx = dump.tx
    for task in dump.tasks:
        half = tx.find(HalfDone, task)
        if half is None or waiting.waiter(tx, task) is None or not (half.data or half.done):
            continue
        if half.terminal not in dump.terminals:
            name = tx.get(Terminal, half.terminal).name
            reason = f"{dump.name(task)} is in the middle of a call on {name}, which is outside"
            dump.refuse(f"{reason}: that cannot be saved", Errno.ENOTSUP)
        yield Halfway(
            dump.number(task),
            *(half.data, half.done, half.least, half.tenths, half.patience),
            *(half.packet, half.hurried),
        )


@parts.makes(Halfway, "pid")
def _make_half(restart: Restart, saved: Halfway) -> None:
    restart.task(saved.pid)
    restart.keep(saved)


@parts.finishes(45)
def _go_on(restart: Restart) -> None:
    """Who is in the middle of a call goes on with it; others wait until that is done.  EINVAL: it
    waits in none."""
    tx = restart.tx
    for saved in restart.kept(Halfway):
        task = restart.task(saved.pid)
        waiter = tx.find(Waiter, task)
        entry = None
        if waiter is not None and (fd := getattr(waiter.request, "fd", None)) is not None:
            entry = contexts.files(tx, task).get(fd)
        if waiter is None or entry is None:
            raise Errno.EINVAL(f"halfway: pid: {saved.pid} waits in no call on a terminal")
        reads = isinstance(waiter.request, Read)
        terminal, master = _side(restart, tx.get(File, entry.file), task, reads=reads)
        tx.put(task, replace(waiter, anew=False))
        half = HalfDone(
            *(terminal, master, saved.data, saved.done, saved.least, saved.tenths),
            *(saved.patience, saved.packet, saved.hurried),
        )
        tx.put(task, half)


def _side(restart: Restart, file: File, task: TaskId, *, reads: bool) -> tuple[TerminalId, bool]:
    """Where *task* is in the middle, which is held by it from now on.  EINVAL: it is no terminal of
    the container's own."""
    tx, end = restart.tx, file.opened
    if isinstance(end, OpenMaster):
        pty = tx.get(Pty, end.pty)
        tx.put(end.pty, replace(pty, reader=task) if reads else replace(pty, writer=task))
        return pty.terminal, True
    if not isinstance(end, OpenTerminal) or end.terminal not in restart.terminals.values():
        raise Errno.EINVAL("halfway: pid: it waits in no call on a terminal of its own")
    terminal = tx.get(Terminal, end.terminal)
    if reads:
        terminal = replace(terminal, input=replace(terminal.input, reader=task))
    else:
        terminal = replace(terminal, shown=replace(terminal.shown, writer=task))
    tx.put(end.terminal, terminal)
    return end.terminal, False
