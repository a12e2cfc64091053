"""Labels and programs of tasks: the puppeteer's side of the machine.

Every function works in a transaction, so that what a step does to a puppet commits together
with what its system call did to the kernel.
"""

from msgspec.structs import replace

from nsh.abi.errno import Errno, KernelError
from nsh.abi.files import Read
from nsh.kernel import lending, refs, waiting
from nsh.lang.shell import NAME as SHELL
from nsh.machine.checkpoint import is_held
from nsh.machine.ids import NOBODY, TaskId
from nsh.machine.program import Labels, Program, Puppet
from nsh.machine.tasks import FROZEN, STOPPED, TRAPPED, ZOMBIE, Task
from nsh.machine.value import Machine, Transaction
from nsh.machine.waiting import Waiter

_NAMELESS = Puppet()


def of(tx: Transaction | Machine, task: TaskId) -> Puppet:
    """The puppet record of *task*; an empty one if it never had a label or a program."""
    return tx.find(Puppet, task) or _NAMELESS


def label_free(tx: Transaction, label: str) -> None:
    """EEXIST if a task that still exists is called *label*."""
    labels = tx.find(Labels, 0)
    owner = None if labels is None else labels.by_name.get(label)
    if owner is not None and tx.find(Task, owner) is not None:
        raise Errno.EEXIST(f"{label} is the label of a task that still exists")


def christen(tx: Transaction, task: TaskId, label: str, program: Program | None) -> None:
    """Give a new task its label and its program."""
    tx.put(task, Puppet(label, program))
    labels = tx.find(Labels, 0) or Labels()
    tx.put(0, Labels(labels.by_name.set(label, task)))


def finish(tx: Transaction, task: TaskId) -> None:
    """*task*'s program has ended; the next that ``as`` has queued begins, if there is one."""
    puppet = tx.find(Puppet, task) or _NAMELESS
    if puppet.loan and alive(tx, task):
        lending.give_back(tx, task, puppet.loan)
    if puppet.queue:
        _begin(tx, task, puppet.label, puppet.queue[0], puppet.queue[1:])
    else:
        tx.put(task, Puppet(puppet.label))


def at_prompt(tx: Transaction, task: TaskId) -> bool:
    """Whether *task* is a shell that waits for a line: it may be told what to do meanwhile."""
    waiter = tx.find(Waiter, task)
    program = of(tx, task).program
    command = None if program is None else program.command
    reads = waiter is not None and isinstance(waiter.request, Read)
    return reads and command is not None and command.name == SHELL


def lend(tx: Transaction, task: TaskId, program: Program) -> None:
    """Let *task* perform *program*: now if it is idle or a shell at its prompt, else after what it
    is doing."""
    puppet = tx.find(Puppet, task) or _NAMELESS
    if puppet.program is not None and at_prompt(tx, task):
        waiting.done(tx, task)  # it will ask for a line again when this has ended
        _begin(tx, task, puppet.label, program, (puppet.program, *puppet.queue))
        waiting.enqueue(tx, task)
    elif puppet.program is None:
        _begin(tx, task, puppet.label, program, ())
        waiting.enqueue(tx, task)
    else:
        tx.put(task, replace(puppet, queue=(*puppet.queue, program)))


def _begin(
    tx: Transaction, task: TaskId, label: str, program: Program, queue: tuple[Program, ...]
) -> None:
    """Start a program; one that is performed for another task speaks where that one does."""
    loan: lending.Loan = ()
    if program.caller > NOBODY and alive(tx, task) and alive(tx, program.caller):
        loan = lending.lend(tx, program.caller, task)
    tx.put(task, Puppet(label, program, queue, loan))


def alive(tx: Transaction | Machine, task: TaskId) -> bool:
    """Whether *task* exists and has not died."""
    record = tx.find(Task, task)
    return record is not None and record.state is not ZOMBIE


def lives(tx: Transaction, caller: TaskId, ref: str) -> bool:
    """Whether *ref* names a task that is no zombie."""
    try:
        return tx.get(Task, refs.find(tx, caller, ref)).state is not ZOMBIE
    except KernelError:
        return False


def addressed(tx: Transaction, caller: TaskId, ref: str) -> TaskId:
    """The task that *ref* names, if it can perform something now.

    ESRCH; EBUSY if it is blocked in a system call or stopped: nothing it was told would be done.
    """
    target = refs.find(tx, caller, ref)
    task = tx.get(Task, target)
    if task.state is ZOMBIE:
        raise Errno.ESRCH(f"{ref} is dead, and nobody has waited for it yet")
    if task.state is STOPPED:
        raise Errno.EBUSY(f"{ref} is stopped; kill -CONT lets it go on")
    if task.state is TRAPPED:
        raise Errno.EBUSY(f"{ref} is frozen; 0 in its cgroup.freeze lets it go on")
    if task.state is FROZEN:
        way = "THAWED in its freezer.state"
        if is_held(tx, target):
            way = "checkpoint --thaw"
        raise Errno.EBUSY(f"{ref} is frozen; {way} lets it go on")
    waiter = tx.find(Waiter, target)
    if waiter is not None and waiter.channels and not at_prompt(tx, target):
        what = type(waiter.request).__name__.lower()
        raise Errno.EBUSY(f"{ref} is blocked in {what}; a signal or what it waits for frees it")
    return target
