"""Whether a task has its open files or its places in common with others in earnest (CLONE_FILES,
CLONE_FS).

Both look through all contexts, if that of the task was ever shared.
"""

from collections import Counter
from collections.abc import Callable

from nsh.machine.context import Context
from nsh.machine.ids import ContextId, TaskId
from nsh.machine.tasks import Task
from nsh.machine.value import Transaction


def places(tx: Transaction, task: TaskId) -> bool:
    """Whether another task has the same root and working directory (``fs->users``)."""
    return _common(tx, task, lambda context: context.fs_at)


def files(tx: Transaction, task: TaskId) -> bool:
    """Whether another task has the same descriptor table (``files->count``)."""
    return _common(tx, task, lambda context: context.files_at)


def _common(tx: Transaction, task: TaskId, at: Callable[[Context], ContextId]) -> bool:
    key = tx.get(Task, task).context
    context = tx.get(Context, key)
    if not context.shared:
        return False
    owner = at(context) or key
    rows = dict(tx.items(Context))
    referred = Counter(to for row in rows.values() for to in {row.files_at, row.fs_at} - {0})
    having = [one for one, row in rows.items() if (at(row) or one) == owner]
    return sum(rows[one].users - referred[ContextId(one)] for one in having) > 1
