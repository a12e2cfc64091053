"""Leaving namespaces for new ones and entering others: unshare(2), setns(2)."""

from typing import Final

from nsh.abi.capabilities import Cap
from nsh.abi.errno import Errno
from nsh.abi.namespaces import Setns, Unshare
from nsh.abi.process import CloneFlag
from nsh.kernel import capabilities, contexts, creds_commit, entering, hooks
from nsh.kernel.dispatch import handles
from nsh.kernel.fs import nsfs
from nsh.kernel.fs.descriptors import open_file
from nsh.kernel.kinds import Kind, asked, check_known, kind_called, new_flags, registered
from nsh.kernel.namespaces import begin, copy_proxy, count, get
from nsh.machine.context import Context
from nsh.machine.ids import NamespaceId, TaskId
from nsh.machine.namespaces import Proxy
from nsh.machine.pidfd import PidNode
from nsh.machine.tasks import Task
from nsh.machine.value import Transaction

_NEWUSER: Final = int(CloneFlag.CLONE_NEWUSER)
_UNSHARED: Final = int(
    CloneFlag.CLONE_THREAD
    | CloneFlag.CLONE_FS
    | CloneFlag.CLONE_FILES
    | CloneFlag.CLONE_SIGHAND
    | CloneFlag.CLONE_VM
    | CloneFlag.CLONE_SYSVSEM
)
"""What unshare(2) takes besides."""


@handles(Unshare)
def unshare(tx: Transaction, caller: TaskId, request: Unshare) -> int:
    """unshare(2).  Order of refusals as ksys_unshare has it."""
    flags = int(request.flags)
    if flags & _NEWUSER:
        flags |= CloneFlag.CLONE_THREAD | CloneFlag.CLONE_FS
    if flags & CloneFlag.CLONE_VM:
        flags |= CloneFlag.CLONE_SIGHAND
    if flags & CloneFlag.CLONE_SIGHAND:
        flags |= CloneFlag.CLONE_THREAD
    if flags & CloneFlag.CLONE_NEWNS:
        flags |= CloneFlag.CLONE_FS
    unknown = flags & ~(new_flags() | _UNSHARED)
    if unknown:
        raise Errno.EINVAL(f"unshare does not take {CloneFlag(unknown)!r}")
    task = tx.get(Task, caller)
    alone = {CloneFlag.CLONE_THREAD, CloneFlag.CLONE_SIGHAND, CloneFlag.CLONE_VM}
    threaded = task.leader != caller or bool(tx.get(Task, task.leader).threads)
    if threaded and any(flags & flag for flag in alone):
        raise Errno.EINVAL("the process has other threads")
    flags = int(flags)
    check_known(tx, flags)
    contexts.unshare(tx, caller, flags)
    wanted = asked(flags)
    if wanted.many:
        own = tx.get(Context, tx.get(Task, caller).context)
        before = tx.get(Proxy, own.proxy).kinds
        new = begin(tx, caller, task, contexts.fs_of(tx, own), before, wanted)
        new.leaves = caller
        if flags & _NEWUSER:
            creds_commit.commit(tx, caller, new.creds)
        proxy = copy_proxy(tx, new)
        count(tx, new, wanted)
        contexts.enter(tx, caller, proxy, new)
    for hook in hooks.unshare:
        hook(tx, caller, flags)
    return 0


@handles(Setns)
def setns(tx: Transaction, caller: TaskId, request: Setns) -> int:
    """setns(2) with a descriptor of a namespace file, or of a process."""
    _key, file = open_file(tx, caller, request.fd)
    if isinstance(file.place.node, PidNode):
        from nsh.kernel.pidfds.entering import enter_those_of

        enter_those_of(tx, caller, file.place.node.task, request.nstype)
        return 0
    name, space = nsfs.namespace_of(tx, caller, request.fd)
    kind = kind_called(name)
    if kind is None:
        raise Errno.EINVAL(f"{name} is no kind of namespace")
    if request.nstype and request.nstype != kind.flag:
        wanted = CloneFlag(request.nstype).name or f"{request.nstype:#x}"
        raise Errno.EINVAL(f"the descriptor is of a {name} namespace, not of {wanted}")
    entering.check_offered(tx, "setns")
    enter(tx, caller, name, space)
    return 0


def enter(tx: Transaction, caller: TaskId, name: str, space: NamespaceId) -> None:
    """Put *caller* into a namespace of the kind *name*; what the kind refuses, it raises."""
    kind = registered(name)
    check_enter(tx, caller, kind, space, tx.get(Task, caller).creds.userns)
    install(tx, caller, kind, space)


def check_enter(
    tx: Transaction,
    caller: TaskId,
    kind: Kind,
    space: NamespaceId,
    own: NamespaceId,
    *,
    alone: bool = True,
) -> None:
    """Whether *caller*, which is or will be in the user namespace *own*, may enter *space*."""
    asks = kind.check_enter if alone else None
    if asks is not None and kind.flag == CloneFlag.CLONE_NEWTIME:
        asks(tx, caller, space)  # before what it takes (timens_install)
    if kind.flag != _NEWUSER:
        _check_admin(tx, caller, kind.name, get(tx, kind.name, space).owner, own)
    if asks is not None and kind.flag != CloneFlag.CLONE_NEWTIME:
        asks(tx, caller, space)


def install(tx: Transaction, caller: TaskId, kind: Kind, space: NamespaceId) -> None:
    """Put *caller* there, who may enter it."""
    before = tx.get(Proxy, contexts.proxy_id(tx, caller)).kinds
    if before[kind.entry] != space:
        contexts.change_proxy(tx, caller, Proxy(1, before.set(kind.entry, space)))
    if kind.entered is not None:
        kind.entered(tx, caller, space)


def _check_admin(
    tx: Transaction, caller: TaskId, kind: str, owner: NamespaceId, own: NamespaceId
) -> None:
    """EPERM without CAP_SYS_ADMIN over the namespace's owner, and in the caller's own user
    namespace, where a mount namespace takes CAP_SYS_CHROOT too (the kinds' install)."""
    doing = f"entering a {kind} namespace"
    capabilities.need(tx, caller, owner, Cap.CAP_SYS_ADMIN, doing)
    if kind == "mnt":
        capabilities.need(tx, caller, own, Cap.CAP_SYS_CHROOT, doing)
    capabilities.need(tx, caller, own, Cap.CAP_SYS_ADMIN, doing)
