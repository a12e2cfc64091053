"""Starting and stopping threads of the kernel's own, as drivers do (see `nsh.kernel.kthreads`)."""

from msgspec.structs import replace

from nsh.abi.capabilities import Cap
from nsh.abi.errno import Errno
from nsh.abi.kthreads import StartKthread, StopKthread
from nsh.abi.process import COMM_LEN, Fork
from nsh.kernel import (
    capabilities,
    contexts,
    death,
    families,
    hooks,
    kthreads,
    pids,
    policies,
    process,
)
from nsh.kernel.dispatch import handles
from nsh.kernel.fs import files
from nsh.kernel.kthreads import INIT, KTHREADD
from nsh.machine.context import Fs
from nsh.machine.ids import NOBODY, NamespaceId, TaskId
from nsh.machine.namespaces import Proxy
from nsh.machine.tasks import Flag, Group, Image, Task
from nsh.machine.value import Transaction


def _daemonized(tx: Transaction, caller: TaskId, name: str, *, signals: bool) -> TaskId:
    """Fork the caller, and have the child give up what it can: not the pid namespace."""
    before = {key for key, _task in tx.items(Task)}
    process.fork(tx, caller, Fork())
    (child,) = (TaskId(key) for key, _task in tx.items(Task) if key not in before)
    task = tx.get(Task, child)
    parent = tx.get(Task, task.parent)
    tx.put(task.parent, replace(parent, children=parent.children.delete(child)))
    families.adopt(tx, INIT, child, NOBODY)
    group = tx.get(Group, task.group)
    tx.put(task.group, replace(group, members=group.members.delete(child)))
    init = tx.get(Task, INIT)
    to = tx.get(Group, init.group)
    tx.put(init.group, replace(to, members=to.members.set(child, tx.fresh())))
    proxy = contexts.proxy_id(tx, INIT)
    record = tx.get(Proxy, proxy)
    tx.put(proxy, replace(record, users=record.users + 1))
    root = contexts.fs(tx, INIT).root
    files.hold_fs(tx, Fs(root, root))
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
            actions=kthreads.actions(signals=signals),
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
    match policies.value(tx, kthreads.KTHREADS):
        case "kthread":
            if request.signals:
                raise Errno.EINVAL("the kthread API takes no signals: a thread is told to stop")
            kthreads.begin(tx)
            above = kthreads.find(tx, KTHREADD)
            assert above is not None
            child = kthreads.make(tx, request.name, above)
        case "kernel_thread":
            child = _daemonized(tx, caller, request.name, signals=request.signals)
        case _:
            raise Errno.ENOSYS("the kernel's own threads do not show here (policy kthreads)")
    return pids.leave(tx, caller, child)


@handles(StopKthread)
def stop(tx: Transaction, caller: TaskId, request: StopKthread) -> int:
    """The driver is unloaded: kthread_stop()."""
    capabilities.need(tx, caller, NamespaceId(0), Cap.CAP_SYS_MODULE, "a kernel thread")
    found = kthreads.find(tx, request.name)
    if found is None or request.name == KTHREADD:
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
