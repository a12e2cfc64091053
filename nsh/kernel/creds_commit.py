"""Giving a task other credentials (commit_creds, cap_emulate_setxuid; capabilities(7))."""

from itertools import pairwise
from typing import Final

from msgspec.structs import replace

from nsh.abi.capabilities import Cap, Secure
from nsh.kernel import hooks, idmaps
from nsh.machine.ids import TaskId
from nsh.machine.tasks import Creds, Flag, Task
from nsh.machine.users import UserSpace
from nsh.machine.value import Transaction

FS_SET: Final = sum(
    1 << cap
    for cap in (
        Cap.CAP_CHOWN,
        Cap.CAP_DAC_OVERRIDE,
        Cap.CAP_DAC_READ_SEARCH,
        Cap.CAP_FOWNER,
        Cap.CAP_FSETID,
        Cap.CAP_LINUX_IMMUTABLE,
        Cap.CAP_MKNOD,
        Cap.CAP_MAC_OVERRIDE,
    )
)
"""CAP_FS_SET: what setfsuid(2) takes and gives."""


def commit(tx: Transaction, tid: TaskId, new: Creds) -> None:
    """The thread *tid* has the credentials *new* from now on.

    If they let it do more, or make it another user or group, others may not look into its process
    any more, and it has no parent-death signal.
    """
    task = tx.get(Task, tid)
    old = task.creds
    changed = (old.euid, old.egid, old.fsuid, old.fsgid) != (
        new.euid,
        new.egid,
        new.fsuid,
        new.fsgid,
    )
    if changed or not _no_more(tx, old, new):
        tx.put(tid, replace(task, creds=new, death_signal=0))
        hide(tx, task.leader)
    else:
        tx.put(tid, replace(task, creds=new))
    for hook in hooks.changed:
        hook(tx, tid)


def hide(tx: Transaction, leader: TaskId) -> None:
    """Set the process's "dumpable" attribute to 0, fs.suid_dumpable's default."""
    process = tx.get(Task, leader)
    tx.put(leader, replace(process, flags=process.flags | Flag.NOT_DUMPABLE))


def _no_more(tx: Transaction, old: Creds, new: Creds) -> bool:
    """Whether *new* is allowed nothing that *old* was not (cred_cap_issubset)."""
    if old.userns == new.userns:
        return not new.permitted & ~old.permitted
    path = tx.get(UserSpace, new.userns).path
    if old.userns not in path:
        return False
    return any(
        tx.get(UserSpace, below).creator == old.euid
        for above, below in pairwise(path)
        if above == old.userns
    )


def changed_user(tx: Transaction, old: Creds, new: Creds) -> Creds:
    """*new*, whose real, effective or saved uid differ from those of *old*, with the capabilities
    that go and come with root's (cap_emulate_setxuid)."""
    if old.securebits & Secure.SECBIT_NO_SETUID_FIXUP:
        return new
    root = idmaps.root_of(tx, old.userns)
    was = root in (old.uid, old.euid, old.suid)
    if was and root not in (new.uid, new.euid, new.suid):
        if not old.securebits & Secure.SECBIT_KEEP_CAPS:
            new = replace(new, permitted=0, effective=0)
        new = replace(new, ambient=0)
    if old.euid == root and new.euid != root:
        new = replace(new, effective=0)
    if old.euid != root and new.euid == root:
        new = replace(new, effective=new.permitted)
    return new


def changed_fsuid(tx: Transaction, old: Creds, new: Creds) -> Creds:
    """The same of setfsuid(2): what is about files alone."""
    if old.securebits & Secure.SECBIT_NO_SETUID_FIXUP:
        return new
    root = idmaps.root_of(tx, old.userns)
    if old.fsuid == root and new.fsuid != root:
        return replace(new, effective=new.effective & ~FS_SET)
    if old.fsuid != root and new.fsuid == root:
        return replace(new, effective=new.effective | new.permitted & FS_SET)
    return new
