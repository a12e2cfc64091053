"""Threads of the kernel's own (Documentation/kernel-hacking; S2, N5).

"kthread cleanup: replace kernel_thread() by the kthread API."  By ``kernel_thread()`` a driver
forks whoever asked for it, and what comes out has to be made presentable (daemonize()): it gives
up files and namespaces, init takes it in, but its numbers are in the pid namespace where it was
born.  By ``kthread_create()`` one thread of the machine's own, kthreadd, forks it: whoever asks, it
is in the first namespaces and nowhere else.
"""

from typing import Final

from msgspec.structs import replace

from nsh.abi.capabilities import Cap
from nsh.abi.errno import Errno
from nsh.abi.kthreads import StartKthread, StopKthread
from nsh.abi.process import COMM_LEN, Fork
from nsh.abi.signals import Sig, bit
from nsh.kernel import capabilities, contexts, death, families, hooks, pids, policies
from nsh.kernel import process as processes
from nsh.kernel.dispatch import handles
from nsh.kernel.fs import files as open_files
from nsh.kernel.spaces import ROOT
from nsh.machine.context import Fs
from nsh.machine.ids import NOBODY, NamespaceId, TaskId
from nsh.machine.namespaces import Proxy
from nsh.machine.signals import Actions
from nsh.machine.tasks import Flag, Group, Image, Task
from nsh.machine.value import Transaction

_INIT: Final = TaskId(10)
_KTHREADD: Final = "kthreadd"
_FIRST: Final = ("ksoftirqd/0", "kworker/0:0")
"""What every machine has: few of the many."""
_EVERY: Final = (1 << 64) - 1


def _begin(tx: Transaction) -> None:
    """kthreadd, as early as the policy is set, and some of its children."""
    if _find(tx, _KTHREADD) is None:
        above = _make(tx, _KTHREADD, NOBODY)
        for name in _FIRST:
            _make(tx, name, above)


KTHREADS: Final = policies.policy(
    "kthreads",
    ("hidden", "kthread", "kernel_thread"),
    "whether kernel threads show, and who makes them: kthreadd, or whoever asks (S2: N5)",
    on_set={"kthread": _begin},
)


def _find(tx: Transaction, name: str) -> TaskId | None:
    """The kernel thread of that name: the oldest."""
    for key, task in tx.items(Task):
        if task.flags & Flag.KTHREAD and task.comm == name:
            return TaskId(key)
    return None


def _actions(*, signals: bool) -> Actions:
    """It ignores all, SIGKILL too; but where it is to be ended so."""
    return Actions(ignored=_EVERY & ~bit(Sig.SIGKILL) if signals else _EVERY)


def _make(tx: Transaction, name: str, parent: TaskId) -> TaskId:
    """A thread in the first namespaces, in no group and session: they are 0 to everybody."""
    key = TaskId(tx.fresh())
    proxy = contexts.proxy_id(tx, _INIT)
    record = tx.get(Proxy, proxy)
    tx.put(proxy, replace(record, users=record.users + 1))
    places = contexts.fs(tx, _INIT)
    context = contexts.fresh_context(tx, Fs(places.root, places.root), proxy)
    open_files.hold_fs(tx, Fs(places.root, places.root))
    tx.put(
        key,
        Task(
            key,
            ROOT,
            pids.allocate(tx, key, ROOT, ()),
            context,
            name[:COMM_LEN],
            start=tx.clock,
            exit_signal=int(Sig.SIGCHLD),
            parent=parent,
            actions=_actions(signals=False),
            flags=Flag.KTHREAD,
        ),
    )
    if parent != NOBODY:
        above = tx.get(Task, parent)
        tx.put(parent, replace(above, children=above.children.set(key, 0)))
    return key


def _daemonized(tx: Transaction, caller: TaskId, name: str, *, signals: bool) -> TaskId:
    """Fork the caller, and have the child give up what it can: not the pid namespace."""
    before = {key for key, _task in tx.items(Task)}
    processes.fork(tx, caller, Fork())
    (child,) = (TaskId(key) for key, _task in tx.items(Task) if key not in before)
    task = tx.get(Task, child)
    parent = tx.get(Task, task.parent)
    tx.put(task.parent, replace(parent, children=parent.children.delete(child)))
    families.adopt(tx, _INIT, child, NOBODY)
    group = tx.get(Group, task.group)
    tx.put(task.group, replace(group, members=group.members.delete(child)))
    init = tx.get(Task, _INIT)
    to = tx.get(Group, init.group)
    tx.put(init.group, replace(to, members=to.members.set(child, tx.fresh())))
    proxy = contexts.proxy_id(tx, _INIT)
    record = tx.get(Proxy, proxy)
    tx.put(proxy, replace(record, users=record.users + 1))
    root = contexts.fs(tx, _INIT).root
    open_files.hold_fs(tx, Fs(root, root))
    context = contexts.fresh_context(tx, Fs(root, root), proxy)
    contexts.drop(tx, task.context)
    tx.put(
        child,
        replace(
            tx.get(Task, child),
            context=context,
            comm=name[:COMM_LEN],
            group=init.group,
            session=init.session,
            tty=0,
            actions=_actions(signals=signals),
            image=Image(),
            flags=Flag.KTHREAD,
        ),
    )
    return child


@handles(StartKthread)
def start(tx: Transaction, caller: TaskId, request: StartKthread) -> int:
    """A driver is loaded, or a file system mounted, that wants a thread."""
    if not request.name or "/" in request.name[:1]:
        raise Errno.EINVAL("a thread has a name")
    capabilities.need(tx, caller, NamespaceId(0), Cap.CAP_SYS_MODULE, "a kernel thread")
    match policies.value(tx, KTHREADS):
        case "kthread":
            if request.signals:
                raise Errno.EINVAL("the kthread API takes no signals: a thread is told to stop")
            _begin(tx)
            above = _find(tx, _KTHREADD)
            assert above is not None
            child = _make(tx, request.name, above)
        case "kernel_thread":
            child = _daemonized(tx, caller, request.name, signals=request.signals)
        case _:
            raise Errno.ENOSYS("the kernel's own threads do not show here (policy kthreads)")
    return pids.leave(tx, caller, child)


@handles(StopKthread)
def stop(tx: Transaction, caller: TaskId, request: StopKthread) -> int:
    """The driver is unloaded: kthread_stop()."""
    capabilities.need(tx, caller, NamespaceId(0), Cap.CAP_SYS_MODULE, "a kernel thread")
    found = _find(tx, request.name)
    if found is None or request.name == _KTHREADD:
        raise Errno.ESRCH(f"no kernel thread {request.name} can be stopped")
    task = tx.get(Task, found)
    if task.group != NOBODY:
        death.kill(tx, found, 0)
        zombie = tx.find(Task, found)
        if zombie is not None:  # whoever has adopted it does not mind
            death.reap(tx, found, zombie)
        return 0
    contexts.drop(tx, task.context)
    above = tx.get(Task, task.parent)
    tx.put(task.parent, replace(above, children=above.children.delete(found)))
    tx.drop(Task, found)
    tx.deaths.append(found)
    pids.depart(tx, found, task)
    hooks.gone(tx, found, task)
    return 0
