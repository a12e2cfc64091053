"""Threads of the kernel's own (Documentation/kernel-hacking; S2, N5).

"kthread cleanup: replace kernel_thread() by the kthread API."  By ``kernel_thread()`` a driver
forks whoever asked for it, and what comes out has to be made presentable (daemonize()): it gives
up files and namespaces, init takes it in, but its numbers are in the pid namespace where it was
born.  By ``kthread_create()`` one thread of the machine's own, kthreadd, forks it: whoever asks, it
is in the first namespaces and nowhere else.
"""

from typing import Final

from msgspec.structs import replace

from nsh.abi.process import COMM_LEN
from nsh.abi.signals import Sig, bit
from nsh.kernel import contexts, hooks, pids, policies
from nsh.kernel.fs import files as open_files
from nsh.kernel.spaces import ROOT
from nsh.machine.context import Fs
from nsh.machine.ids import NOBODY, TaskId
from nsh.machine.kthreads import Parentless
from nsh.machine.namespaces import Proxy
from nsh.machine.signals import Actions
from nsh.machine.tasks import Flag, Task
from nsh.machine.value import Transaction

INIT: Final = TaskId(10)
KTHREADD: Final = "kthreadd"
_FIRST: Final = ("ksoftirqd/0", "kworker/0:0")
"""What every machine has: few of the many."""
_EVERY: Final = (1 << 64) - 1


def begin(tx: Transaction) -> None:
    """kthreadd, as early as the policy is set, and some of its children."""
    if find(tx, KTHREADD) is None:
        above = make(tx, KTHREADD, NOBODY)
        for name in _FIRST:
            make(tx, name, above)


KTHREADS: Final = policies.policy(
    "kthreads",
    ("hidden", "kthread", "kernel_thread"),
    "whether kernel threads show, and who makes them: kthreadd, or whoever asks (S2: N5)",
    on_set={"kthread": begin},
)


def find(tx: Transaction, name: str) -> TaskId | None:
    """The kernel thread of that name: the oldest."""
    for key, task in tx.items(Task):
        if task.flags & Flag.KTHREAD and task.comm == name:
            return TaskId(key)
    return None


def actions(*, signals: bool) -> Actions:
    """It ignores all, SIGKILL too; but where it is to be ended so."""
    return Actions(ignored=_EVERY & ~bit(Sig.SIGKILL) if signals else _EVERY)


def make(tx: Transaction, name: str, parent: TaskId) -> TaskId:
    """A thread in the first namespaces, in no group and session: they are 0 to everybody.
    EAGAIN."""
    key = tx.new(TaskId)
    numbers = pids.allocate(tx, key, ROOT, ())
    proxy = contexts.proxy_id(tx, INIT)
    record = tx.get(Proxy, proxy)
    tx.put(proxy, replace(record, users=record.users + 1))
    places = contexts.fs(tx, INIT)
    context = contexts.fresh_context(tx, Fs(places.root, places.root), proxy)
    open_files.hold_fs(tx, Fs(places.root, places.root))
    tx.put(
        key,
        Task(
            key,
            ROOT,
            numbers,
            context,
            name[:COMM_LEN],
            start=tx.clock,
            exit_signal=int(Sig.SIGCHLD),
            parent=parent,
            actions=actions(signals=False),
            flags=Flag.KTHREAD,
        ),
    )
    if parent == NOBODY:
        others = tx.find(Parentless, 0) or Parentless(())
        living = (other for other in others.tasks if tx.find(Task, other) is not None)
        tx.put(0, Parentless((*living, key)))
    else:
        above = tx.get(Task, parent)
        tx.put(parent, replace(above, children=above.children.set(key, 0)))
    hooks.born(tx, key if parent == NOBODY else parent, key)  # of itself it has nothing
    return key
