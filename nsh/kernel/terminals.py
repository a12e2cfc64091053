"""Controlling terminals and job control (credentials(7), ioctl_tty(2), drivers/tty/tty_jobctrl.c).

A terminal controls at most one session; each process of it has the terminal or has given it up.
Of the session's groups one is in the foreground: it gets the signals that are typed, and it
alone reads.

The machine's console, 5:1, is an ordinary terminal here, as the ``/dev/console`` of a container is:
on a bare machine Linux gives that number to an alias of the first terminal, which nobody can have
as controlling terminal and on which there is no job control.
"""

from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from nsh._modules import late
from nsh.abi.capabilities import Cap
from nsh.abi.errno import Errno, KernelError
from nsh.abi.files import OpenFlag
from nsh.abi.signals import SiCode, Sig, bit
from nsh.kernel import capabilities, hooks, pids, spaces, waiting
from nsh.kernel.idmaps import uid_inside
from nsh.kernel.waiting import WouldBlock
from nsh.machine.files import dev_major, dev_minor, makedev
from nsh.machine.ids import FIRST_USER, NO_PTY, NO_TERMINAL, NOBODY, SpaceId, TaskId, TerminalId
from nsh.machine.pids import PidSpace
from nsh.machine.ptys import SLAVE_TERMIOS
from nsh.machine.signals import SigInfo
from nsh.machine.tasks import Group, Session, State, Task
from nsh.machine.terminals import Foreground, LostForeground, Terminal, Termios
from nsh.machine.value import Transaction
from nsh.machine.waiting import On, channel

if TYPE_CHECKING:
    from nsh.kernel import line_discipline, sessions, sigio, signals
else:  # no boot needs them
    late(globals(), "nsh.kernel", "line_discipline", "sessions", "sigio", "signals")

CONSOLE: Final = TerminalId(20)
"""The terminal of the machine itself: ``/dev/console``."""


# ---- what is ----


def process_of(tx: Transaction, task: TaskId) -> Task:
    """The thread-group leader's record of *task*."""
    record = tx.get(Task, task)
    return record if record.leader == task else tx.get(Task, record.leader)


def foreground_number(tx: Transaction, terminal: Terminal, space: SpaceId) -> int:
    """The number of the foreground group in *space*; 0 if there is none, or none there."""
    front = terminal.foreground
    if front is None:
        return 0
    group = tx.find(Group, front.group)
    if group is not None:
        return pids.number(tx, group, space)
    for here, number in zip(front.path, front.pids, strict=True):
        if here == space:
            return number
    return 0


def of_process(tx: Transaction, process: Task, space: SpaceId) -> tuple[int, int]:
    """``tty_nr`` and ``tpgid`` of /proc/PID/stat: the controlling terminal's device number and
    its foreground group in *space*; (0, -1) without one."""
    terminal = tx.find(Terminal, process.tty) if process.tty else None
    if terminal is None:
        return 0, -1
    return encoded(terminal.rdev), foreground_number(tx, terminal, space)


def encoded(rdev: int) -> int:
    """A device number as /proc tells it: 12 bits of major, 20 of minor (new_encode_dev)."""
    major, minor = dev_major(rdev), dev_minor(rdev)
    return minor & 0xFF | major << 8 | (minor & ~0xFF) << 12


# ---- getting and losing one ----


def make_foreground(tx: Transaction, group: TaskId, whom: Group | Task) -> Foreground:
    """*group*, with the numbers that it has now."""
    return Foreground(group, tx.get(PidSpace, whom.space).path, whom.pids)


def acquire(tx: Transaction, leader: TaskId, key: TerminalId) -> None:
    """The session leader *leader* makes a free terminal its controlling one, with its own group
    in the foreground.  Other members of the session get it by fork alone."""
    process = tx.get(Task, leader)
    group = tx.get(Group, process.group)
    front = make_foreground(tx, process.group, group)
    tx.put(key, replace(tx.get(Terminal, key), session=process.session, foreground=front))
    tx.put(leader, replace(process, tty=key))
    session = tx.get(Session, process.session)
    tx.put(process.session, replace(session, tty=key))
    tx.drop(LostForeground, leader)


def check_exclusive(tx: Transaction, caller: TaskId, key: TerminalId) -> None:
    """EBUSY for a terminal that is open exclusively (TIOCEXCL), but with CAP_SYS_ADMIN."""
    terminal = tx.get(Terminal, key)
    if terminal.exclusive and not administrates(tx, caller, Cap.CAP_SYS_ADMIN):
        raise Errno.EBUSY(f"{terminal.name} is open exclusively (TIOCEXCL)")


def administrates(tx: Transaction, caller: TaskId, *caps: Cap) -> bool:
    """Whether *caller* has one of the capabilities over the machine as a whole."""
    whole = tx.get(PidSpace, spaces.ROOT).owner
    return any(capabilities.capable(tx, caller, whole, cap) for cap in caps)


def opened(tx: Transaction, caller: TaskId, key: TerminalId, flags: int) -> None:
    """Somebody opens the terminal: a session leader that has none and may read gets it, if it
    is free and O_NOCTTY is not set (tty_open_proc_set_tty)."""
    leader = tx.get(Task, caller).leader
    process = tx.get(Task, leader)
    if process.session != leader or process.tty or tx.get(Terminal, key).session:
        return
    write_only = flags & (OpenFlag.O_WRONLY | OpenFlag.O_RDWR) == OpenFlag.O_WRONLY
    if flags & OpenFlag.O_NOCTTY or write_only:
        return
    acquire(tx, leader, key)


def set_controlling(
    tx: Transaction, caller: TaskId, key: TerminalId, *, readable: bool, steal: bool
) -> None:
    """TIOCSCTTY.  EPERM (ioctl_tty(2) says when)."""
    leader = tx.get(Task, caller).leader
    process = tx.get(Task, leader)
    terminal = tx.get(Terminal, key)
    leads = process.session == leader
    if leads and terminal.session == leader:
        return
    if not leads:
        raise Errno.EPERM("only a session leader gets a controlling terminal")
    if process.tty:
        name = tx.get(Terminal, process.tty).name
        raise Errno.EPERM(f"the session already has {name} as its terminal")
    admin = capabilities.capable(tx, caller, FIRST_USER, Cap.CAP_SYS_ADMIN)
    if terminal.session:
        if not (steal and admin):
            raise Errno.EPERM(f"{terminal.name} controls another session")
        _forget(tx, terminal.session)
    if not readable and not admin:
        raise Errno.EPERM(f"{terminal.name} is not open for reading")
    acquire(tx, leader, key)


def drop_controlling(tx: Transaction, caller: TaskId, key: TerminalId) -> None:
    """TIOCNOTTY: the caller gives up its terminal, a session leader for the whole session; then
    the foreground group is sent SIGHUP and SIGCONT.  ENOTTY if it is not the caller's."""
    leader = tx.get(Task, caller).leader
    process = tx.get(Task, leader)
    if process.tty != key:
        raise Errno.ENOTTY("it is not the caller's controlling terminal")
    if process.session != leader:
        tx.put(leader, replace(process, tty=NO_TERMINAL))
        return
    front = tx.get(Terminal, key).foreground
    _release(tx, key, leader)
    if front is not None:
        for signo in (Sig.SIGHUP, Sig.SIGCONT):
            _tell(tx, front.group, signo, process)


def _release(tx: Transaction, key: TerminalId, session: TaskId) -> None:
    """Part *session* and its terminal."""
    tx.put(key, replace(tx.get(Terminal, key), session=NOBODY, foreground=None))
    _forget(tx, session)
    waiting.wake(tx, channel(On.FRONT, key))


def _forget(tx: Transaction, key: TaskId) -> None:
    """No process of the session has a controlling terminal any more (session_clear_tty)."""
    session = tx.find(Session, key)
    if session is None:
        return
    tx.put(key, replace(session, tty=NO_TERMINAL))
    for group in sorted(session.groups):
        for member in sessions.members(tx, group):
            process = tx.get(Task, member)
            if process.tty:
                tx.put(member, replace(process, tty=NO_TERMINAL))


def _tell(tx: Transaction, group: TaskId, signo: int, sender: Task) -> None:
    """Send a signal to a group in the name of *sender*, in each member's own numbers."""
    for member in sessions.members(tx, group):
        target = tx.find(Task, member)
        if target is not None:
            number = pids.number(tx, sender, target.space)
            uid = uid_inside(tx, target.creds.userns, sender.creds.uid)
            info = SigInfo(int(signo), int(SiCode.SI_USER), number, uid)
            signals.send(tx, member, info, force=not number)


def hang_up(tx: Transaction, key: TerminalId) -> None:
    """The terminal is hung up (__tty_hangup): what was opened before is dead, its session has no
    terminal any more, and the session's leader is sent SIGHUP and SIGCONT."""
    from nsh.kernel.line_discipline import settings  # noqa: PLC0415  # few are hung up

    terminal = tx.get(Terminal, key)
    front, session = terminal.foreground, terminal.session
    sigio.hung_up(tx, key)
    line = line_discipline.Line(tx, key)
    settings.hang_up(line, Termios() if line.pty is None else SLAVE_TERMIOS)
    line.terminal = replace(
        line.terminal, hangups=terminal.hangups + 1, session=NOBODY, foreground=None
    )
    line.put()
    if session == NOBODY:
        return
    _forget(tx, session)
    leader = tx.find(Task, session)
    if leader is None or leader.session != session:
        return
    if front is not None:
        tx.put(session, LostForeground(front.group))
    for signo in (Sig.SIGHUP, Sig.SIGCONT):
        signals.send(tx, session, SigInfo(int(signo), int(SiCode.SI_KERNEL)), force=True)


@hooks.on_exit()
def _exit(tx: Transaction, tid: TaskId, record: Task) -> None:
    """The last thread of a session leader dies: its terminal is free again (disassociate_ctty).

    The foreground group is sent SIGHUP.  A terminal that is no pseudo terminal is hung up: what
    was opened as /dev/tty is dead, but whoever holds the console itself keeps it.  If the terminal
    was lost to a hang-up before, the group that was in the foreground then is sent SIGHUP and
    SIGCONT.
    """
    leader = record.leader
    process = record if leader == tid else tx.find(Task, leader)
    if process is None or process.session != leader:
        return
    for thread in (leader, *process.threads):
        if thread != tid and tx.get(Task, thread).state is not State.ZOMBIE:
            return
    key = process.tty
    if not key:
        lost = tx.find(LostForeground, leader)
        if lost is not None:
            tx.drop(LostForeground, leader)
            _tell_all(tx, lost.group, leader, Sig.SIGHUP, Sig.SIGCONT)
        return
    terminal = tx.get(Terminal, key)
    if terminal.pty == NO_PTY:
        sigio.hung_up(tx, key)
        tx.put(key, replace(terminal, hangups=terminal.hangups + 1))
    _release(tx, key, leader)
    if terminal.foreground is not None:
        _tell_all(tx, terminal.foreground.group, leader, Sig.SIGHUP)


def _tell_all(tx: Transaction, group: TaskId, dying: TaskId, *signos: Sig) -> None:
    for signo in signos:
        for member in sessions.members(tx, group):
            if member != dying:
                info = SigInfo(int(signo), int(SiCode.SI_KERNEL))
                signals.send(tx, member, info, force=True)


# ---- job control ----


def check_job_control(
    tx: Transaction, caller: TaskId, key: TerminalId, signo: int, doing: str
) -> None:
    """Let the caller go on only in the foreground, or where it is not the caller's terminal.

    In the background its whole group is sent *signo* (SIGTTIN or SIGTTOU) and the call starts
    over when the caller may run again; EINTR after a handler.  With the signal blocked or
    ignored a reader fails with EIO and a writer goes on; in an orphaned group both fail with EIO.
    (__tty_check_change; who is waiting already is not asked again, though POSIX would have it so.)
    """
    task = tx.get(Task, caller)
    process = process_of(tx, caller)
    if process.tty != key:
        return
    front = tx.get(Terminal, key).foreground
    if front is None or front.group == process.group:
        return
    name = Sig(signo).name
    if (task.blocked | process.actions.ignored) & bit(signo):
        if signo == Sig.SIGTTIN:
            raise Errno.EIO(f"a background process that ignores or blocks {name} may not {doing}")
        return
    if sessions.orphaned(tx, process.group):
        raise Errno.EIO(f"nobody could continue the orphaned background group after {name}")
    if waiting.interrupted(tx, caller):
        raise Errno.EINTR("a signal was handled")
    group = process.group
    raise WouldBlock(
        (channel(On.FRONT, key),),
        reason=f"in the background, it may not {doing}",
        then=lambda waits: sessions.send_group(waits, group, signo),
    )


def set_foreground(tx: Transaction, caller: TaskId, key: TerminalId, pgid: int) -> None:
    """TIOCSPGRP.  From the background SIGTTOU comes first, whatever *pgid* is; then EINVAL,
    ENOTTY, ESRCH, EPERM in this order."""
    try:
        check_job_control(tx, caller, key, Sig.SIGTTOU, "set the foreground group")
    except KernelError as error:
        if error.errno is Errno.EIO:
            raise Errno.ENOTTY(error.reason) from None
        raise
    if pgid < 0:
        raise Errno.EINVAL(f"{pgid} is no process group id")
    process = process_of(tx, caller)
    terminal = tx.get(Terminal, key)
    if process.tty != key or terminal.session != process.session:
        raise Errno.ENOTTY("it is not the caller's controlling terminal")
    group = pids.enter(tx, caller, pgid, "pgid")
    if group is None:
        raise Errno.ESRCH(f"no process group {pgid} is visible here")
    whom: Group | Task | None = tx.find(Group, group)
    if whom is None:  # a process that leads no group will do (session_of_pgrp)
        whom = tx.find(Task, group)
        session = NOBODY if whom is None else process_of(tx, group).session
    else:
        session = whom.session
    if whom is None or session != process.session:
        raise Errno.EPERM(f"process group {pgid} is not in the caller's session")
    tx.put(key, replace(terminal, foreground=make_foreground(tx, group, whom)))
    waiting.wake(tx, channel(On.FRONT, key))


# ---- the machine's console ----


@hooks.on_boot(30)
def _boot(tx: Transaction) -> None:
    """The console controls the session of the first task, whose group is in the foreground."""
    tx.put(CONSOLE, Terminal("console", makedev(5, 1)))
    for key, session in tx.items(Session):
        if not session.tty:
            acquire(tx, TaskId(key), CONSOLE)
            return
