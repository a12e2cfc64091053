"""What becomes of a puppet when its task dies: the program at once, the label with the task.

The kernel proper knows nothing of programs; it only must not keep what nobody can reach.
"""

from nsh.kernel import hooks
from nsh.machine.ids import TaskId
from nsh.machine.program import Labels, Puppet
from nsh.machine.tasks import Task
from nsh.machine.value import Transaction


@hooks.on_reap(Puppet)
def _forget(tx: Transaction, tid: TaskId, task: Task) -> None:
    del task
    puppet = tx.find(Puppet, tid)
    if puppet is None:
        return
    tx.drop(Puppet, tid)
    labels = tx.find(Labels, 0)
    if puppet.label and labels is not None and labels.by_name.get(puppet.label) == tid:
        tx.put(0, Labels(labels.by_name.delete(puppet.label)))
