"""Birth and change of programs: fork(2), clone(2), execve(2) (P2, P10, P12)."""

from typing import TYPE_CHECKING, Final

from immutables import Map
from msgspec.structs import replace

from nsh._modules import late
from nsh.abi.errno import Errno, KernelError
from nsh.abi.pidfds import PIDFD_THREAD
from nsh.abi.process import COMM_LEN, Clone, Cloned, CloneFlag, Execve, Fork
from nsh.abi.signals import NSIG, Sig
from nsh.kernel import (
    contexts,
    death,
    hijack,
    hooks,
    kinds,
    namespaces,
    pids,
    signals,
    spaces,
    waiting,
)
from nsh.kernel.dispatch import LeavesTrace, handles
from nsh.kernel.fs.descriptors import lowest_free
from nsh.kernel.kinds import New
from nsh.machine.context import Context
from nsh.machine.crossing import Crossing
from nsh.machine.ids import NOBODY, ContextId, SpaceId, TaskId
from nsh.machine.namespaces import Proxy
from nsh.machine.pids import PidSpace
from nsh.machine.program import Puppet
from nsh.machine.signals import Actions
from nsh.machine.tasks import ALIVE, Creds, Flag, Group, Image, Task
from nsh.machine.value import Transaction

if TYPE_CHECKING:
    from nsh.kernel import vfork
else:  # hardly anybody asks for it
    late(globals(), "nsh.kernel", "vfork")

_NO_CHILDREN: Map[TaskId, int] = Map()
_INHERITED: Final = Flag.UNDER_SUBREAPER | Flag.NOT_DUMPABLE
_OF_SIBLINGS: Final = _INHERITED | Flag.PARENT_EXECED
_SUBREAPER: Final = Flag.SUBREAPER
_SIGCHLD: Final = int(Sig.SIGCHLD)
_VFORK: Final = int(CloneFlag.CLONE_VFORK)
_PARENT: Final = int(CloneFlag.CLONE_PARENT)
_THREAD: Final = int(CloneFlag.CLONE_THREAD)
_SIGHAND: Final = int(CloneFlag.CLONE_SIGHAND)
_VM: Final = int(CloneFlag.CLONE_VM)
_NEWPID: Final = int(CloneFlag.CLONE_NEWPID)
_PIDFD: Final = int(CloneFlag.CLONE_PIDFD)
_INTO_CGROUP: Final = int(CloneFlag.CLONE_INTO_CGROUP)
_TOLD: Final = _PIDFD | _VFORK
"""One of these has a clone with more to it than the child's number."""
_BY_FILE: Final = _PIDFD | _INTO_CGROUP
_APART: Final = (
    (
        int(CloneFlag.CLONE_NEWNS | CloneFlag.CLONE_FS),
        "a new mount namespace cannot share its root",
    ),
    (
        int(CloneFlag.CLONE_NEWUSER | CloneFlag.CLONE_FS),
        "a new user namespace cannot share its root",
    ),
    (
        int(CloneFlag.CLONE_THREAD | CloneFlag.CLONE_NEWUSER),
        "threads of a process are in one user namespace",
    ),
    (
        int(CloneFlag.CLONE_THREAD | CloneFlag.CLONE_NEWPID),
        "threads of a process are in one pid namespace",
    ),
)
"""Flags that do not go together, and why."""
_SHARED: Final = int(CloneFlag.CLONE_FS | CloneFlag.CLONE_THREAD)
"""One of these is in each pair."""
_RELATED: Final = _SHARED | _SIGHAND | _PARENT
"""Without these a child has nothing with the caller in common that could be refused."""
_UNDONE: Final = int(CloneFlag.CLONE_NEWIPC | CloneFlag.CLONE_SYSVSEM)


@handles(Fork)
def fork(tx: Transaction, caller: TaskId, request: Fork) -> int:
    """fork(2)."""
    del request
    return _copy(tx, caller, 0, _SIGCHLD, (), "")


@handles(Clone)
def clone(tx: Transaction, caller: TaskId, request: Clone) -> int | Cloned:
    """clone3(2), with the refusals of copy_process and clone3_args_valid."""
    flags = +request.flags  # a plain number: members of an enumeration are slow to combine
    if flags & _VFORK and waiting.waiter(tx, caller) is not None:
        return vfork.go_on(tx, caller)
    if flags or request.set_tid or request.exit_signal != _SIGCHLD:
        _check(tx, caller, request, flags)
    second = hijack.second_parent(tx, caller, request) if request.hijack else NOBODY
    seen = _copy(
        tx,
        caller,
        flags,
        request.exit_signal,
        request.set_tid,
        request.name,
        second,
        request.cgroup,
    )
    if not flags & _TOLD:
        return seen
    told = tx.crossings[-1]
    reply = Cloned(seen, _pidfd(tx, caller, seen, flags)) if flags & _PIDFD else seen
    if flags & _VFORK:
        assert isinstance(told, Crossing)
        vfork.begin(tx, caller, told.task, reply)
    return reply


def _pidfd(tx: Transaction, caller: TaskId, seen: int, flags: int) -> int:
    """A descriptor of the child that the caller calls *seen*; the child has none."""
    from nsh.kernel.pidfds.files import make

    child = pids.lookup(tx, tx.get(Task, caller).space, seen)
    assert child is not None
    return make(tx, caller, child, PIDFD_THREAD if flags & _THREAD else 0)


def _check(tx: Transaction, caller: TaskId, request: Clone, flags: int) -> None:
    if not 0 <= request.exit_signal <= NSIG:
        raise Errno.EINVAL(f"{request.exit_signal} is no signal number")
    if flags & _RELATED:
        _check_related(tx, caller, request, flags)
    if flags & _PIDFD and request.hijack:
        raise Errno.EINVAL("a second parent's child may be out of sight, and has no descriptor")
    kinds.check_known(tx, flags)
    if request.set_tid:
        inside = spaces.for_children(tx, caller)
        levels = len(tx.get(PidSpace, inside).path) + bool(flags & _NEWPID)
        if len(request.set_tid) > levels:
            raise Errno.EINVAL(f"{len(request.set_tid)} pids for {levels} levels")


def _check_related(tx: Transaction, caller: TaskId, request: Clone, flags: int) -> None:
    """May a child have with the caller in common what it is to have?"""
    if flags & (_PARENT | _THREAD) and request.exit_signal:
        whose = "a thread has none" if flags & _THREAD else "a sibling's is the caller's own"
        raise Errno.EINVAL(f"{whose}: clone3 takes no exit signal with that flag")
    if flags & _SHARED:
        for pair, reason in _APART:
            if flags & pair == pair:
                raise Errno.EINVAL(reason)
    if flags & _THREAD and not flags & _SIGHAND:
        raise Errno.EINVAL("threads share signal handlers: CLONE_THREAD wants CLONE_SIGHAND")
    if flags & _SIGHAND and not flags & _VM:
        raise Errno.EINVAL("shared handlers want shared memory: CLONE_SIGHAND wants CLONE_VM")
    if flags & (_PARENT | _THREAD):
        task = tx.get(Task, caller)
        leader = tx.get(Task, task.leader)
        if flags & _PARENT and signals.is_init(tx, task.leader, leader):
            raise Errno.EINVAL("an init's siblings would have nobody to reap them")
        if flags & _THREAD and spaces.for_children(tx, caller) != task.space:
            raise Errno.EINVAL("the caller's children go to another pid namespace than itself")


def _copy(
    tx: Transaction,
    caller: TaskId,
    flags: int,
    exit_signal: int,
    set_tid: tuple[int, ...],
    name: str,
    second: TaskId = NOBODY,
    cgroup: int = 0,
) -> int:
    """Make the child and reply its number as the caller sees it."""
    me = tx.get(Task, caller)
    leader = me if me.leader == caller else tx.get(Task, me.leader)
    own = tx.get(Context, me.context)
    before = tx.get(Proxy, own.proxy).kinds
    space: SpaceId = before[spaces.ENTRY]  # type: ignore[assignment]  # pid namespaces are spaces
    thread = False
    creds = me.creds
    new = apart = None  # apart: the context with which the child has open files in common alone
    if flags:
        thread = bool(flags & _THREAD)
        wanted = kinds.asked(flags)
        if wanted.many:
            new = namespaces.begin(tx, caller, me, contexts.fs_of(tx, own), before, wanted)
            if flags & _UNDONE == _UNDONE:  # asked by copy_namespaces, behind the capability
                raise Errno.EINVAL("a new ipc namespace cannot share SEM_UNDO")
            new.born = not flags & _VM
            creds = new.creds
            if not second and not own.shared and not flags & contexts.SHARING:
                apart = own
    context = me.context if apart else contexts.inherit(tx, caller, me.context, own, flags)
    child = tx.new(TaskId)
    made = None
    if second:
        space = tx.get(Task, second).space
    if new is not None:
        if flags & _NEWPID:
            new.pid = new.next(tx)
            made = spaces.make(tx, space, new, name)
            space = made.path[-1]
        namespaces.count(tx, new, kinds.asked(flags & _NEWPID) if second else new.wanted)
    numbers = pids.allocate(tx, child, space, set_tid, made, caller)
    if new is not None and apart:
        context = contexts.apart(tx, apart, namespaces.copy_proxy(tx, new), new)
    if thread:
        _add_thread(tx, me, leader, child, space, numbers, context, name)
        parent = NOBODY
    else:
        parent = me.leader
        parent_thread = NOBODY if me is leader else caller
        if flags & _PARENT:
            parent, parent_thread = leader.parent, leader.parent_thread
            exit_signal = leader.exit_signal
        family = (child, parent, parent_thread)
        _add_process(tx, me, creds, leader, family, space, numbers, context, exit_signal, name)
    if second:
        hijack.inherit(tx, child, second, name)
    if new is not None and not apart:
        if second:
            _hand_over(tx, child, new)
            namespaces.count(tx, new, kinds.asked(flags & ~_NEWPID))
        contexts.enter(tx, child, namespaces.copy_proxy(tx, new), new)
    if flags & _BY_FILE:
        _by_file(tx, caller, child, cgroup, flags)
    hooks.born(tx, caller, child)
    if not flags & _VM:
        for hook in hooks.own_memory:
            hook(tx, child)
    if flags:
        for with_flags in hooks.clone:
            with_flags(tx, caller, child, flags)
    seen = pids.tell(tx, me.space, child, space, numbers, "tid" if thread else "pid", made)
    if parent != NOBODY:
        above = tx.get(Task, parent) if flags else leader
        told = seen if parent == me.leader else 0
        tx.put(parent, replace(above, children=above.children.set(child, told)))
    return seen


def _by_file(tx: Transaction, caller: TaskId, child: TaskId, fd: int, flags: int) -> None:
    """Is there room for its descriptor, and a place for it in the cgroup *fd*?  EMFILE; EBADF."""
    spend = pids.spending(tx, tx.get(Task, child).space)
    try:
        if flags & _PIDFD:
            lowest_free(contexts.files(tx, caller))
        if flags & _INTO_CGROUP:
            if not hooks.into_cgroup:  # nobody has ever mounted any
                raise Errno.EBADF(f"{fd} is no directory of a cgroup")
            for hook in hooks.into_cgroup:
                hook(tx, caller, child, fd, flags)
    except KernelError as error:
        raise LeavesTrace(error.errno, error.reason, spend) from None


def _add_process(
    tx: Transaction,
    me: Task,
    creds: Creds,
    leader: Task,
    family: tuple[TaskId, TaskId, TaskId],
    space: SpaceId,
    numbers: tuple[int, ...],
    context: ContextId,
    exit_signal: int,
    name: str,
) -> None:
    child, parent, parent_thread = family
    kept = leader.flags & (_INHERITED if parent == me.leader else _OF_SIBLINGS)
    if leader.flags & _SUBREAPER:
        kept |= Flag.UNDER_SUBREAPER
    group = leader.group
    tx.put(
        child,
        Task(
            child,
            space,
            numbers,
            context,
            name[:COMM_LEN] if name else me.comm,
            creds,
            ALIVE,
            0,
            me.blocked,
            (),
            tx.clock,
            exit_signal,
            0,
            parent,
            _NO_CHILDREN,
            (),
            group,
            leader.session,
            leader.tty,
            leader.actions,
            (),
            kept,
            leader.image,
            parent_thread,
        ),
    )
    members = tx.get(Group, group)
    tx.put(
        group,
        Group(members.session, members.space, members.pids, members.members.set(child, child)),
    )


def _add_thread(
    tx: Transaction,
    me: Task,
    leader: Task,
    child: TaskId,
    space: SpaceId,
    numbers: tuple[int, ...],
    context: ContextId,
    name: str,
) -> None:
    tx.put(
        child,
        Task(
            me.leader,
            space,
            numbers,
            context,
            name[:COMM_LEN] if name else me.comm,
            me.creds,
            blocked=me.blocked,
            start=tx.clock,
        ),
    )
    tx.put(me.leader, replace(tx.get(Task, me.leader), threads=(*leader.threads, child)))


def _hand_over(tx: Transaction, child: TaskId, new: New) -> None:
    """What is still to be made for *child* is so for its second parent's credentials."""
    new.before = tx.get(Proxy, contexts.proxy_id(tx, child)).kinds
    new.fs = contexts.fs(tx, child)
    new.creds = tx.get(Task, child).creds
    new.owner, new.creator = new.creds.userns, new.creds.euid


@handles(Execve)
def execve(tx: Transaction, caller: TaskId, request: Execve) -> int:
    """execve(2) as far as the process is concerned: the caller alone is left of its process,
    handlers become the default, the parent is told of its end by SIGCHLD whatever clone said,
    and the process is named after its new program."""
    if not request.path:
        raise Errno.ENOENT("an empty path names no program")
    if not request.argv:
        raise Errno.EINVAL("a program's arguments start with its name")
    me = tx.get(Task, caller)
    death.leave_one(tx, caller)
    survivor = me.leader
    process = tx.get(Task, survivor)
    ignored = {
        signo: action
        for signo, action in process.actions.by_signal.items()
        if action.handler == "ignore"
    }
    tx.put(
        survivor,
        replace(
            process,
            comm=request.path.rpartition("/")[2][:COMM_LEN],
            actions=Actions(Map(ignored), process.actions.ignored, 0),
            exit_signal=_SIGCHLD,
            flags=process.flags | Flag.EXECED,
            image=Image(
                request.argv,
                request.path,
                process.creds.userns,
                process.image.environ if request.environ is None else request.environ,
            ),
        ),
    )
    for child in process.children:
        born = tx.get(Task, child)
        if born.exit_signal != _SIGCHLD:
            tx.put(child, replace(born, flags=born.flags | Flag.PARENT_EXECED))
    if survivor != caller:
        puppet = tx.find(Puppet, caller)
        tx.drop(Puppet, caller)
        if puppet is not None:
            tx.put(survivor, puppet)
    for hook in hooks.exec:
        hook(tx, survivor)
    signals.act(tx, survivor)  # what a handler was to have may be there still
    return 0
