"""Open files, places and namespaces of a task, copied when a user of them changes.

See :mod:`nsh.machine.context`.  Readers call ``files``, ``fs``, ``proxy``; writers ``set_…``.
"""

from collections import Counter
from collections.abc import Mapping
from typing import Final

from immutables import Map
from msgspec.structs import replace

from nsh.abi.process import CloneFlag
from nsh.kernel import hooks, namespaces, sharing
from nsh.kernel.fs import files as open_files
from nsh.kernel.kinds import New
from nsh.machine.context import Context, Descriptor, Fs
from nsh.machine.ids import ContextId, FileId, NamespaceId, ProxyId, TaskId
from nsh.machine.namespaces import Proxy
from nsh.machine.tasks import Task
from nsh.machine.value import Transaction

SHARING: Final = int(CloneFlag.CLONE_FILES | CloneFlag.CLONE_FS)
"""The flags for a context that is shared in earnest."""
_FILES: Final = int(CloneFlag.CLONE_FILES)
_NO_FILES: Map[int, Descriptor] = Map()
_NO_KINDS: Map[str, NamespaceId] = Map()


def files(tx: Transaction, task: TaskId) -> Map[int, Descriptor]:
    """The file descriptor table of *task*."""
    context = tx.find(Context, tx.get(Task, task).context)
    if context is None:  # a zombie has closed everything
        return _NO_FILES
    return tx.get(Context, context.files_at).files if context.files_at else context.files


def table_of(tx: Transaction, task: TaskId) -> int:
    """What stands for the descriptor table of *task*, which lives (``files_struct``): the context
    that it is in, if that is shared in earnest; else the task, which alone has it."""
    key = tx.get(Task, task).context
    context = tx.get(Context, key)
    return (context.files_at or key) if context.shared else task


def set_files(tx: Transaction, task: TaskId, table: Map[int, Descriptor]) -> None:
    """Give *task* the descriptor table *table*.

    Counts of open files are the caller's: hold what is added, release what is removed, both
    after this call, for a copied context holds what it copies.
    """
    key, context = _own(tx, task)
    if context.files_at:
        key, context = context.files_at, tx.get(Context, context.files_at)
    tx.put(key, replace(context, files=table))


def places_of(tx: Transaction, task: TaskId) -> int:
    """What stands, likewise, for its root and working directory (``fs_struct``)."""
    key = tx.get(Task, task).context
    context = tx.get(Context, key)
    return (context.fs_at or key) if context.shared else task


def fs(tx: Transaction, task: TaskId) -> Fs:
    """Root, working directory and umask of *task*; ``KeyError`` for a zombie."""
    return fs_of(tx, tx.get(Context, tx.get(Task, task).context))


def fs_of(tx: Transaction, context: Context) -> Fs:
    """The same of whoever has *context*."""
    return tx.get(Context, context.fs_at).fs if context.fs_at else context.fs


def set_fs(tx: Transaction, task: TaskId, places: Fs) -> None:
    """Give *task* other places.  Their counts are the caller's, as with :func:`set_files`."""
    key, context = _own(tx, task)
    if context.fs_at:
        key, context = context.fs_at, tx.get(Context, context.fs_at)
    tx.put(key, replace(context, fs=places))


def proxy(tx: Transaction, task: TaskId) -> Proxy | None:
    """The namespaces of *task*; None for a zombie, which has let go of them."""
    context = tx.find(Context, tx.get(Task, task).context)
    return None if context is None else tx.get(Proxy, context.proxy)


def proxy_id(tx: Transaction, task: TaskId) -> ProxyId:
    """Which proxy *task* is on; ``KeyError`` for a zombie."""
    return tx.get(Context, tx.get(Task, task).context).proxy


def namespace(tx: Transaction, task: TaskId, kind: str) -> NamespaceId:
    """The namespace of *kind* that *task* is in; ``KeyError`` for a zombie."""
    context = tx.get(Context, tx.get(Task, task).context)
    return tx.get(Proxy, context.proxy).kinds[kind]


def set_proxy(tx: Transaction, task: TaskId, new: ProxyId) -> ProxyId:
    """Put *task* on the proxy *new* (whose count is the caller's); replies the old one.

    Namespaces are each thread's own even where files are shared in earnest, so a shared
    context is left for one that refers to it.
    """
    record = tx.get(Task, task)
    key, context = record.context, tx.get(Context, record.context)
    if context.shared and context.users > 1:
        fresh = tx.new(ContextId)
        owner_files = context.files_at or key
        owner_fs = context.fs_at or key
        tx.put(
            fresh,
            Context(1, context.proxy, context.fs, _NO_FILES, True, owner_files, owner_fs),
        )
        _adjust(tx, owner_files, +1)
        if owner_fs != owner_files:
            _adjust(tx, owner_fs, +1)
        _hold_proxy(tx, context.proxy, +1)
        drop(tx, key)
        tx.put(task, replace(record, context=fresh))
        key, context = fresh, tx.get(Context, fresh)
    else:
        key, context = _own(tx, task)
    tx.put(key, replace(context, proxy=new))
    return context.proxy


def change_proxy(tx: Transaction, task: TaskId, new: Proxy) -> None:
    """Put *task* on a proxy of its own, *new*, which keeps its namespaces from now on; the one
    that it leaves may end, and some of its namespaces with it."""
    record = tx.get(Task, task)
    context = tx.get(Context, record.context)
    old = tx.get(Proxy, context.proxy)
    alone = old.users == context.users == 1  # then what is in both is kept all along
    had = old.kinds if alone else _NO_KINDS
    changed = [kind for kind, space in sorted(new.kinds.items()) if had.get(kind) != space]
    for kind in changed:
        namespaces.hold(tx, kind, new.kinds[kind])
    for kind, space in sorted(new.pending.items()):
        namespaces.hold(tx, kind, space)
    key = tx.new(ProxyId)
    tx.put(key, new)
    if not alone:
        release_proxy(tx, set_proxy(tx, task, key))
        return
    tx.put(record.context, replace(context, proxy=key))
    tx.drop(Proxy, context.proxy)
    _let_go(tx, {kind: had[kind] for kind in changed}, old.pending)


def _own(tx: Transaction, task: TaskId) -> tuple[ContextId, Context]:
    """The context of *task*, made its own first if it only borrows it."""
    record = tx.get(Task, task)
    context = tx.get(Context, record.context)
    if context.users == 1 or context.shared:
        return record.context, context
    key = tx.new(ContextId)
    tx.put(record.context, replace(context, users=context.users - 1))
    copy = replace(context, users=1)
    tx.put(key, copy)
    tx.put(task, replace(record, context=key))
    _hold_all(tx, copy)
    return key, copy


def _hold_all(tx: Transaction, context: Context) -> None:
    """Count what a new copy of a context refers to."""
    _hold_proxy(tx, context.proxy, +1)
    for owner in {context.files_at, context.fs_at} - {0}:
        _adjust(tx, ContextId(owner), +1)
    if not context.files_at:
        _hold_files(tx, context)
    if not context.fs_at:
        open_files.hold_fs(tx, context.fs)


_counted: tuple[Map[int, Descriptor], Counter[FileId]] = _NO_FILES, Counter()
"""The descriptors that were copied last, and how many each open file has.  Only a cache."""


def _hold_files(tx: Transaction, context: Context) -> None:
    global _counted  # noqa: PLW0603  # containers are made by somebody who opens nothing meanwhile
    table, counts = _counted
    if context.files is not table:
        counts = Counter(entry.file for entry in context.files.values())
        _counted = context.files, counts
    for file, count in counts.items():
        open_files.hold(tx, file, count)


def _hold_proxy(tx: Transaction, key: ProxyId, change: int) -> None:
    found = tx.get(Proxy, key)
    tx.put(key, replace(found, users=found.users + change))


def _adjust(tx: Transaction, key: ContextId, change: int) -> None:
    context = tx.get(Context, key)
    tx.put(key, replace(context, users=context.users + change))


def apart(tx: Transaction, parent: Context, new_proxy: ProxyId, new: New) -> ContextId:
    """The context for a child with the open files of *parent*, and new namespaces; already
    counted."""
    if not new.moved:
        open_files.hold_fs(tx, new.fs)
    key = tx.new(ContextId)
    tx.put(key, Context(1, new_proxy, new.fs, parent.files))
    _hold_files(tx, parent)
    return key


def enter(tx: Transaction, task: TaskId, new_proxy: ProxyId, new: New) -> None:
    """Put *task* into new namespaces, on the proxy of which it is the one user."""
    if new.moved:
        old = fs(tx, task)
        set_fs(tx, task, new.fs)
        open_files.release_fs(tx, old)
    release_proxy(tx, set_proxy(tx, task, new_proxy))


def inherit(
    tx: Transaction, parent: TaskId, key: ContextId, context: Context, flags: int
) -> ContextId:
    """The context for a child of *parent* made by clone with *flags*; already counted.

    *context* is the parent's, under *key*; it may be replaced.
    """
    sharing = flags & SHARING
    if not sharing and not context.shared:
        tx.put(key, replace(context, users=context.users + 1))
        return key
    if not sharing:  # out of a context shared in earnest: a copy from the start
        plain = replace(
            context,
            users=1,
            shared=False,
            files=files(tx, parent),
            fs=fs(tx, parent),
            files_at=ContextId(0),
            fs_at=ContextId(0),
        )
        return _file(tx, plain)
    key, context = _own(tx, parent)
    if not context.shared:
        context = replace(context, shared=True)
        for hook in hooks.table:
            hook(tx, parent, key)
    if sharing == SHARING:
        tx.put(key, replace(context, users=context.users + 1))
        return key
    tx.put(key, context)
    if sharing == _FILES:
        return _file(
            tx,
            Context(
                1,
                context.proxy,
                fs(tx, parent),
                shared=True,
                files_at=context.files_at or key,
            ),
        )
    return _file(
        tx,
        Context(
            1,
            context.proxy,
            context.fs,
            files(tx, parent),
            shared=True,
            fs_at=context.fs_at or key,
        ),
    )


def _file(tx: Transaction, context: Context) -> ContextId:
    key = tx.new(ContextId)
    tx.put(key, context)
    _hold_all(tx, context)
    return key


def unshare(tx: Transaction, task: TaskId, flags: int) -> None:
    """unshare(CLONE_FILES | CLONE_FS): stop sharing open files and places in earnest.

    Splitting either leaves the task with copies of its own of both parts that it names;
    the part not named stays shared through a reference.
    """
    record = tx.get(Task, task)
    key, context = record.context, tx.get(Context, record.context)
    if not context.shared or not flags & SHARING:
        return
    keep_files = not flags & CloneFlag.CLONE_FILES
    keep_fs = not flags & CloneFlag.CLONE_FS
    fresh = _file(
        tx,
        Context(
            1,
            context.proxy,
            fs(tx, task),
            _NO_FILES if keep_files else files(tx, task),
            shared=keep_files or keep_fs,
            files_at=(context.files_at or key) if keep_files else ContextId(0),
            fs_at=(context.fs_at or key) if keep_fs else ContextId(0),
        ),
    )
    if not keep_files and hooks.table and not sharing.files(tx, task):
        for hook in hooks.table:
            hook(tx, context.files_at or key, fresh if keep_fs else task)
    tx.put(task, replace(record, context=fresh))
    drop(tx, key)


def share(tx: Transaction, task: TaskId, other: TaskId, flags: int) -> None:
    """Have *task* share what *flags* name with *other* in earnest, as if it were its child."""
    unshare(tx, task, flags)
    record = tx.get(Task, task)
    own, table = tx.get(Context, record.context), table_of(tx, task)
    key, context = _own(tx, other)
    if not context.shared:
        tx.put(key, replace(context, shared=True))
        for hook in hooks.table:
            hook(tx, other, key)
    files_at = (context.files_at or key) if flags & _FILES else own.files_at
    fs_at = (context.fs_at or key) if flags & CloneFlag.CLONE_FS else own.fs_at
    kept = _NO_FILES if files_at else own.files
    fresh = _file(tx, Context(1, own.proxy, own.fs, kept, True, files_at, fs_at))
    for hook in () if files_at else hooks.table:
        hook(tx, table, fresh)
    tx.put(task, replace(record, context=fresh))
    drop(tx, record.context)


def drop(tx: Transaction, key: ContextId) -> None:
    """One user of a context is gone; the last one closes the files."""
    context = tx.get(Context, key)
    if context.users > 1:
        tx.put(key, replace(context, users=context.users - 1))
        return
    tx.drop(Context, key)
    if not context.files_at:
        open_files.release_all(tx, [entry.file for _fd, entry in sorted(context.files.items())])
    if not context.fs_at:
        open_files.release_fs(tx, context.fs)
    for owner in sorted({context.files_at, context.fs_at} - {0}):
        drop(tx, ContextId(owner))
    release_proxy(tx, context.proxy)


def release_proxy(tx: Transaction, key: ProxyId) -> None:
    """Count one user of a proxy down; the last one lets go of its namespaces."""
    found = tx.get(Proxy, key)
    if found.users > 1:
        tx.put(key, replace(found, users=found.users - 1))
        return
    tx.drop(Proxy, key)
    _let_go(tx, found.kinds, found.pending)


def _let_go(tx: Transaction, *kept: Mapping[str, NamespaceId]) -> None:
    for spaces in kept:
        for kind, space in sorted(spaces.items()):
            namespaces.put(tx, kind, space)


def take_over(tx: Transaction, key: ContextId, old: TaskId, new: TaskId) -> None:
    """The context *key*, which *old* alone had if it was never shared, is that of *new* now."""
    if not tx.get(Context, key).shared:
        for hook in hooks.table:
            hook(tx, old, new)


def fresh_context(tx: Transaction, places: Fs, proxy_key: ProxyId) -> ContextId:
    """A context for the first task, with no open files."""
    key = tx.new(ContextId)
    tx.put(key, Context(1, proxy_key, places))
    return key
