"""``/proc/PID/loginuid`` and ``sessionid``: who logged in, whatever uid is had since (proc(5)).

A login program writes the first, once; children inherit both (kernel/auditsc.c).
"""

import re
from typing import Final

from nsh.abi.capabilities import Cap
from nsh.abi.errno import Errno
from nsh.kernel import capabilities, hooks, idmaps
from nsh.kernel.fs.proc.nodes import TaskNode
from nsh.kernel.fs.proc.registry import task_file
from nsh.kernel.fs.proc.view import seen
from nsh.machine.audit import Login, Logins
from nsh.machine.ids import FIRST_USER, TaskId
from nsh.machine.tasks import Task
from nsh.machine.value import Transaction

UNSET: Final = (1 << 32) - 1
_NUMBER: Final = re.compile(rb"\+?0*([0-9]+)\n?", re.ASCII)


def set_loginuid(tx: Transaction, caller: TaskId, node: TaskNode, data: bytes) -> None:
    """Log in as the uid written, or out by 4294967295.  EINVAL, ERANGE; EPERM for another's file,
    and for who has logged in before and has not CAP_AUDIT_CONTROL."""
    if node.task != caller:
        raise Errno.EPERM("a thread writes its own loginuid only")
    seen(tx, node)
    found = _NUMBER.fullmatch(data)
    if found is None:
        raise Errno.EINVAL("loginuid is a number")
    number = int(found[1])
    if number > UNSET:
        raise Errno.ERANGE("loginuid is a uid of 32 bits")
    uid = None
    if number != UNSET:
        uid = idmaps.find_uid(tx, tx.get(Task, caller).creds.userns, number)
        if uid is None:
            raise Errno.EINVAL(f"uid {number} is not mapped in the caller's user namespace")
    if tx.find(Login, caller) is not None:
        capabilities.need(tx, caller, FIRST_USER, Cap.CAP_AUDIT_CONTROL, "logging in again")
    if uid is None:
        tx.drop(Login, caller)
        return
    past = tx.find(Logins, 0) or Logins()
    tx.put(0, Logins(past.count + 1))
    tx.put(caller, Login(uid, past.count + 1))


@task_file("loginuid", 0o644, store=set_loginuid, seekable_end=True, asks_always=True)
def loginuid(tx: Transaction, caller: TaskId, node: TaskNode) -> str:
    """In the reader's user namespace; 4294967295 for nobody, and for who is not mapped there."""
    seen(tx, node)
    found = tx.find(Login, node.task)
    space = tx.get(Task, caller).creds.userns
    if found is None or not idmaps.knows_uid(tx, space, found.uid):
        return str(UNSET)
    return str(idmaps.uid_inside(tx, space, found.uid))


@task_file("sessionid", seekable_end=True, asks_always=True)
def sessionid(tx: Transaction, caller: TaskId, node: TaskNode) -> str:
    """The number of the login; 4294967295 for none."""
    del caller
    seen(tx, node)
    found = tx.find(Login, node.task)
    return str(UNSET if found is None else found.session)


@hooks.on_fork(Login)
def _inherit(tx: Transaction, parent: TaskId, child: TaskId) -> None:
    found = tx.find(Login, parent)
    if found is not None:
        tx.put(child, found)


@hooks.on_reap(Login)
def _forget(tx: Transaction, tid: TaskId, task: Task) -> None:
    del task
    tx.drop(Login, tid)
