"""sys_hijack: a child with two parents (S2, S3; N16).

Hallyn's call is like clone, and takes a pid: "the process identified by that pid is the one which
is cloned", but for its parent, its open files, its signal handling and with that its session and
terminal, which are the caller's.  So somebody outside gets a child inside, with whom it shares a
terminal and whose end it is told of.  "It's not natural for a child process to have 2 parents!"
"""

from msgspec.structs import replace

from nsh.abi.capabilities import Cap
from nsh.abi.errno import Errno
from nsh.abi.process import Clone, CloneFlag
from nsh.kernel import capabilities, contexts, entering, namespaces, pids, refs
from nsh.kernel.fs import mount_space
from nsh.machine.ids import TaskId
from nsh.machine.namespaces import Proxy
from nsh.machine.tasks import State, Task
from nsh.machine.value import Transaction


def second_parent(tx: Transaction, caller: TaskId, request: Clone) -> TaskId:
    """Whom the child is to be a copy of.

    ESRCH: nobody visible is called so, or it is dead; EPERM without CAP_SYS_ADMIN over where it is;
    EINVAL with CLONE_THREAD, for a thread is where its process is, and with CLONE_NEWUSER, for the
    child has the credentials of that one; ENOSYS under other policies.
    """
    entering.check_offered(tx, "hijack")
    if request.flags & CloneFlag.CLONE_THREAD:
        raise Errno.EINVAL("a thread is where its process is, and has its parent alone")
    if request.flags & CloneFlag.CLONE_NEWUSER:
        raise Errno.EINVAL("a hijacked child has the credentials of whom it is a copy of")
    found = pids.enter(tx, caller, request.hijack)
    task = None if found is None else tx.find(Task, found)
    if found is None or task is None:
        raise Errno.ESRCH(refs.unseen(tx, caller, request.hijack))
    if task.state is State.ZOMBIE:
        raise Errno.ESRCH(f"pid {request.hijack} is dead and has let go of its namespaces")
    owner = namespaces.get(tx, "uts", contexts.namespace(tx, found, "uts")).owner
    capabilities.need(tx, caller, owner, Cap.CAP_SYS_ADMIN, "hijack")
    return found


def inherit(tx: Transaction, child: TaskId, second: TaskId, name: str) -> None:
    """What the new *child* has from its *second* parent: namespaces, root and working directory,
    credentials, and, unless it is a puppet called *name*, what it is called."""
    other = tx.get(Task, second)
    leader = tx.get(Task, other.leader)
    record = replace(tx.get(Task, child), creds=other.creds)
    if not name:
        record = replace(record, comm=other.comm, image=leader.image)
    tx.put(child, record)
    key = contexts.proxy_id(tx, second)
    proxy = tx.get(Proxy, key)
    tx.put(key, replace(proxy, users=proxy.users + 1))
    contexts.release_proxy(tx, contexts.set_proxy(tx, child, key))
    mount_space.change_fs(tx, child, contexts.fs(tx, second))
