"""Freezing a container till it is quiescent, and letting it go (S2: "need to unify the freezer to
reach a quiescence point"; C2)."""

from nsh.abi.capabilities import Cap
from nsh.abi.checkpoint import Freeze, Thaw
from nsh.abi.errno import Errno
from nsh.abi.signals import Sig
from nsh.kernel import capabilities, hooks, pids, refs, signals
from nsh.kernel.cgroup import freezing
from nsh.kernel.dispatch import handles
from nsh.kernel.waiting import WouldBlock
from nsh.machine.checkpoint import FrozenContainer
from nsh.machine.ids import NOBODY, SpaceId, TaskId
from nsh.machine.pids import PidSpace
from nsh.machine.settings import on_mainline
from nsh.machine.signals import SigInfo
from nsh.machine.tasks import Flag, State, Task
from nsh.machine.value import Transaction
from nsh.machine.waiting import On, channel

_QUIET = (State.FROZEN, State.STOPPED, State.ZOMBIE)
_RIGHTS = (Cap.CAP_CHECKPOINT_RESTORE, Cap.CAP_SYS_ADMIN)


def check_offered(tx: Transaction) -> None:
    """ENOSYS where things are as mainline has them."""
    if on_mainline(tx):
        raise Errno.ENOSYS("mainline took neither checkpoints nor restarts: CRIU is a program")


def container_of(tx: Transaction, caller: TaskId, pid: int) -> SpaceId:
    """The container of the task that *caller* calls *pid*.

    EINVAL: it is in none; ENOSYS: mainline took no checkpoints; EPERM: the caller has no right to
    checkpoint that; ESRCH.
    """
    check_offered(tx)
    own = tx.get(Task, caller)
    found = pids.enter(tx, caller, pid)
    if found is None or tx.find(Task, found) is None:
        raise Errno.ESRCH(refs.unseen(tx, caller, pid))
    space = tx.get(Task, found).space
    record = tx.get(PidSpace, space)
    if record.level == 0:
        raise Errno.EINVAL(f"{pid} is in no container: only those can be checkpointed")
    if not may_take(tx, own, record):
        raise Errno.EPERM(f"that takes CAP_CHECKPOINT_RESTORE over {called(tx, space)}")
    return space


def may_take(tx: Transaction, task: Task, space: PidSpace) -> bool:
    """Whether *task* has the right to checkpoint a container."""
    return any(capabilities.has(tx, task.creds, space.owner, cap) for cap in _RIGHTS)


def called(tx: Transaction, space: SpaceId) -> str:
    """What people call a container."""
    return f"container {refs.cid_of(tx, space)}"


def inside(tx: Transaction, space: SpaceId) -> list[TaskId]:
    """The tasks that have a number in *space*, by that."""
    numbers = tx.get(PidSpace, space).task_of
    return [task for _nr, task in sorted(numbers.items()) if tx.find(Task, task) is not None]


def who_goes_on(tx: Transaction, caller: TaskId, space: SpaceId) -> TaskId:
    """Who runs in *space* while *caller* has it frozen: that one, if it is in there itself."""
    within = space in tx.get(PidSpace, tx.get(Task, caller).space).path
    return caller if within else NOBODY


def check_free(tx: Transaction, caller: TaskId, space: SpaceId) -> None:
    """EBUSY: somebody else has frozen the container."""
    row = tx.find(FrozenContainer, space)
    if row is None:
        return
    if row.by not in (NOBODY, caller) or row.besides != who_goes_on(tx, caller, space):
        raise Errno.EBUSY(f"{called(tx, space)} is being frozen by somebody else")


@handles(Freeze)
def freeze(tx: Transaction, caller: TaskId, request: Freeze) -> int:
    """Freeze a container, and wait until nobody in it runs: who dies, or waits for a child that it
    lent its memory (vfork), is not to be stopped in that."""
    space = container_of(tx, caller, request.pid)
    check_free(tx, caller, space)
    row, besides = tx.find(FrozenContainer, space), who_goes_on(tx, caller, space)
    left = request.leave or (row is not None and row.left)
    tx.put(space, FrozenContainer(besides, NOBODY if request.leave else caller, left))
    for task in inside(tx, space):
        freezing.settle(tx, task)
    for task in inside(tx, space):
        record = tx.get(Task, task)
        if record.state not in _QUIET and task != besides and not record.flags & Flag.KTHREAD:
            reason = f"until {record.comm} is quiescent"
            raise WouldBlock((channel(On.END, task),), reason=reason, keep=True)
    return 0


@handles(Thaw)
def thaw(tx: Transaction, caller: TaskId, request: Thaw) -> int:
    """Let a container go on, or die."""
    space = container_of(tx, caller, request.pid)
    row = tx.find(FrozenContainer, space)
    if row is None:
        raise Errno.EINVAL(f"{called(tx, space)} is not frozen")
    if row.by not in (NOBODY, caller):
        raise Errno.EBUSY(f"{called(tx, space)} is being frozen by somebody else")
    for task in inside(tx, space) if request.kill else ():
        signals.send(tx, task, SigInfo(int(Sig.SIGKILL)), force=True)
    if row.left and not (request.left or request.kill):
        tx.put(space, FrozenContainer(row.besides, left=True))
    else:
        _let_go(tx, space)
    return 0


def _let_go(tx: Transaction, space: SpaceId) -> None:
    tx.drop(FrozenContainer, space)
    for task in inside(tx, space):
        freezing.settle(tx, task)


@hooks.on_exit(FrozenContainer)
def _died(tx: Transaction, task: TaskId, record: Task) -> None:
    """What was frozen by who is dead goes on."""
    del record
    for key, row in tx.items(FrozenContainer):
        if row.by == task and row.left:
            tx.put(key, FrozenContainer(row.besides, left=True))
        elif row.by == task:
            _let_go(tx, SpaceId(key))


@hooks.on_fork(FrozenContainer)
def _born(tx: Transaction, parent: TaskId, child: TaskId) -> None:
    """Who is put into a frozen container from outside does not run there either."""
    del parent
    freezing.settle(tx, child)


@hooks.on_space
def _ended(tx: Transaction, space: PidSpace, begins: bool) -> None:  # a hook
    if not begins and tx.has(FrozenContainer):
        tx.drop(FrozenContainer, space.path[-1])
