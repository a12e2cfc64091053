"""Sending signals: kill(2), tgkill(2), sigqueue(3), within what the caller sees (P3, P11)."""

from typing import Final

from nsh.abi.errno import Errno, KernelError
from nsh.abi.signals import NSIG, Kill, SiCode, Sig, Sigqueue, Tgkill
from nsh.kernel import capabilities, hooks, pids, refs, sessions, signals, spaces
from nsh.kernel.dispatch import handles
from nsh.kernel.idmaps import find_uid, uid_inside
from nsh.machine.ids import TaskId
from nsh.machine.pids import PidSpace
from nsh.machine.signals import SigInfo
from nsh.machine.tasks import State, Task
from nsh.machine.users import overflow
from nsh.machine.value import Transaction

_INT_MIN: Final = -(2**31)


@handles(Kill)
def kill(tx: Transaction, caller: TaskId, request: Kill) -> int:
    """kill(2): a process, my group (0), everybody I see (-1), or a group (-pgid)."""
    pid = request.pid
    if pid > 0:
        _kill_one(tx, caller, pid, request.signo, SiCode.SI_USER)
    elif pid == _INT_MIN:
        raise Errno.ESRCH("no process group can have that number")
    elif pid == -1:
        _kill_all(tx, caller, request.signo)
    else:
        if pid:
            found = pids.enter(tx, caller, -pid, "pgid")
            group = TaskId(0) if found is None else found
        else:
            group = tx.get(Task, tx.get(Task, caller).leader).group
        to_group(tx, caller, group, request.signo, -pid)
    return 0


@handles(Sigqueue)
def sigqueue(tx: Transaction, caller: TaskId, request: Sigqueue) -> int:
    """sigqueue(3)."""
    if request.pid <= 0:
        raise Errno.ESRCH("sigqueue names a single process")
    _kill_one(tx, caller, request.pid, request.signo, SiCode.SI_QUEUE, request.value)
    return 0


@handles(Tgkill)
def tgkill(tx: Transaction, caller: TaskId, request: Tgkill) -> int:
    """tgkill(2), and tkill(2) where ``tgid`` is -1."""
    if request.tid <= 0 or (request.tgid <= 0 and request.tgid != -1):
        raise Errno.EINVAL("thread ids are positive")
    target = pids.enter(tx, caller, request.tid, "tid")
    task = None if target is None else tx.find(Task, target)
    if target is None or task is None:
        raise Errno.ESRCH(refs.unseen(tx, caller, request.tid))
    if request.tgid > 0 and pids.enter(tx, caller, request.tgid) != task.leader:
        raise Errno.ESRCH(f"{request.tid} is no thread of {request.tgid}")
    to_thread(tx, caller, target, request.signo)
    return 0


def to_thread(tx: Transaction, caller: TaskId, target: TaskId, signo: int) -> None:
    """Send *signo* to one thread.  EINVAL, EPERM."""
    sender = sender_of(tx, caller)
    sender.check(tx, tx.get(Task, target), signo)
    _ask(tx, caller, target)
    sender.deliver(tx, target, signo, SiCode.SI_TKILL, thread=True)


def _kill_one(
    tx: Transaction, caller: TaskId, pid: int, signo: int, code: SiCode, value: int = 0
) -> None:
    target = pids.enter(tx, caller, pid)
    task = None if target is None else tx.find(Task, target)
    if target is None or task is None:
        raise Errno.ESRCH(refs.unseen(tx, caller, pid))
    to_process(tx, caller, target, signo, code, value)


def to_process(
    tx: Transaction,
    caller: TaskId,
    target: TaskId,
    signo: int,
    code: SiCode = SiCode.SI_USER,
    value: int = 0,
) -> None:
    """Send *signo* to the process that *target* is a thread of.  EAGAIN, EINVAL, EPERM."""
    task = tx.get(Task, target)
    sender = sender_of(tx, caller)
    sender.check(tx, task, signo)
    _ask(tx, caller, target)
    sender.deliver(tx, target, signo, code, value)


def _ask(tx: Transaction, caller: TaskId, target: TaskId) -> None:
    """Whether anybody else has something against it."""
    for hook in hooks.signal:
        hook(tx, caller, target)


class Sender:
    """Who sends, as far as it matters to the receivers."""

    def __init__(self, me: Task, leader: Task) -> None:
        self._creds = me.creds
        self._leader = me.leader
        self._session = leader.session
        self.process = leader
        self._uid: int | None = None
        """What the siginfo says, in the numbers of the last receiver; None: nobody has it yet."""

    def check(self, tx: Transaction, target: Task, signo: int) -> None:
        """EINVAL for what is no signal; EPERM where the credentials do not match (kill(2))."""
        if not 0 <= signo <= NSIG:
            raise Errno.EINVAL(f"{signo} is no signal number")
        mine, other = self._creds, target.creds
        if target.leader == self._leader or capabilities.may_signal(tx, mine, other):
            return
        session = tx.get(Task, target.leader).session
        if signo == Sig.SIGCONT and self._session == session:
            return
        me = uid_inside(tx, mine.userns, mine.euid)
        whose = uid_inside(tx, mine.userns, other.uid)
        raise Errno.EPERM(f"uid {me} may not signal a process of uid {whose}")

    def uid_for(self, tx: Transaction, target: Task) -> int:
        """The sender's uid as *target* is told it.

        All receivers of a call get one siginfo.  For one in another user namespace it is taken to
        be in the sender's numbers, and left in that one's: the next may be told nonsense
        (send_signal_locked).
        """
        mine, theirs = self._creds.userns, target.creds.userns
        if self._uid is None:
            self._uid = uid_inside(tx, mine, self._creds.uid)
        if mine != theirs:
            known = find_uid(tx, mine, self._uid)
            self._uid = overflow(tx).uid if known is None else uid_inside(tx, theirs, known)
        return self._uid

    def unseen(self, tx: Transaction, target: Task) -> bool:
        """Whether the sender is outside the target's space, which then cannot name it."""
        return pids.number(tx, self.process, target.space) == 0

    def above(self, tx: Transaction, target: Task) -> bool:
        """Whether it is in an ancestor of the target's pid namespace: an init yields to it."""
        return pids.number(tx, self.process, spaces.own_namespace(tx, target.space)) == 0

    def deliver(
        self,
        tx: Transaction,
        target: TaskId,
        signo: int,
        code: SiCode,
        value: int = 0,
        *,
        thread: bool = False,
        nameless: bool = False,
    ) -> None:
        """Send *target* the signal, if it is one.  EAGAIN."""
        if not signo:
            return
        receiver = tx.get(Task, target)
        above = self.above(tx, receiver)
        # upwards, as only a group's signal can go, Linux leaves si_pid as the sender knows itself
        seen = 0 if nameless or self.unseen(tx, receiver) else self.process.pids[-1]
        uid = self.uid_for(tx, receiver)
        info = SigInfo(signo, int(code), seen, uid, 0, value)
        if not signals.send(tx, target, info, force=above, thread=thread):
            raise Errno.EAGAIN("too many signals are queued for its user (RLIMIT_SIGPENDING)")


def sender_of(tx: Transaction, caller: TaskId) -> Sender:
    """*caller*, as one who sends signals."""
    me = tx.get(Task, caller)
    return Sender(me, me if me.leader == caller else tx.get(Task, me.leader))


def to_group(tx: Transaction, caller: TaskId, group: TaskId, signo: int, pgid: int) -> None:
    """Send *signo* to the group that *group* has given its number.  EINVAL, EPERM, ESRCH."""
    found = sessions.members(tx, group)
    if not found:
        raise Errno.ESRCH(f"no process group {pgid} is visible here")
    _kill_many(tx, caller, found, signo)


def _kill_all(tx: Transaction, caller: TaskId, signo: int) -> None:
    """Everybody the caller sees, but not itself and not the init of its space.

    It does not fail where none of them may be signalled (kill_something_info).
    """
    me = tx.get(Task, caller)
    space = tx.get(PidSpace, me.space)
    found = []
    for nr, tid in sorted(space.task_of.items(), key=lambda entry: entry[1]):
        task = tx.find(Task, tid)
        if nr > 1 and task is not None and task.leader == tid and tid != me.leader:
            found.append(tid)
    if not found:
        raise Errno.ESRCH("nobody else is visible here")
    try:
        _kill_many(tx, caller, found, signo)
    except KernelError as error:
        if error.errno is not Errno.EPERM:
            raise


def _kill_many(tx: Transaction, caller: TaskId, found: list[TaskId], signo: int) -> None:
    """Signal each; the call succeeds if one of them could be signalled (kill(2)).

    They get one siginfo: where one of them cannot see the sender, those after it are not told
    either who that was (send_signal_locked).
    """
    sender = sender_of(tx, caller)
    unseen = [sender.unseen(tx, tx.get(Task, target)) for target in found]
    nameless = set(found[unseen.index(True) :]) if True in unseen else set()
    refused = None
    reached = False
    for target in found:
        task = tx.find(Task, target)
        if task is None:
            continue
        try:
            sender.check(tx, task, signo)
            _ask(tx, caller, target)
        except KernelError as error:
            refused = error
            continue
        reached = True
        if task.state is not State.ZOMBIE or task.threads:
            sender.deliver(tx, target, signo, SiCode.SI_USER, nameless=target in nameless)
    if not reached and refused is not None:
        raise refused
