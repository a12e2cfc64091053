"""Entering by path: ``echo /containers/web > /proc/$$/ns_container`` (S1; G12).

"I really like the idea of having files representing each namespace under each namespace container
directory, creating a new container by linking some of those namespace files, and entering
containers by echoing the pathname to the new container into /proc/$$/ns_container. (either upon
the echo, or, I think preferably, upon a subsequent exec)" (Hallyn).

"We need a semantic difference between attaching to a container, and being the first to join the
container you just created": the first to join an empty one gives it its own namespaces.  "Attach
to just the network namespace, but none of the others": the path of one file, or a container in
which only some have been linked.
"""

from typing import Any, Final

from immutables import Map
from msgspec.structs import replace

from nsh.abi.capabilities import Cap
from nsh.abi.errno import Errno
from nsh.kernel import capabilities, contexts, entering, hooks, kinds, namespace_calls, namespaces
from nsh.kernel.fs.walk import Walk
from nsh.machine.ids import NamespaceId, TaskId
from nsh.machine.namespaces import Proxy
from nsh.machine.ns_containers import NsContainer, NsDirectory, NsFile
from nsh.machine.value import Transaction

_NOTHING: Final[Map[str, NamespaceId]] = Map()
_FIRST: Final = "user"
"""A user namespace gives the right to enter the others."""
_LAST: Final = "mnt"
"""A mount namespace is entered when the others have been found by their paths."""


def path_of(tx: Transaction, key: int) -> str:
    """The path of a container from the top of their tree."""
    names: list[str] = []
    record = tx.get(NsContainer, key)
    while record.parent != key:
        names.append(record.name)
        key = record.parent
        record = tx.get(NsContainer, key)
    return "/" + "/".join(reversed(names))


def container_of(tx: Transaction, task: TaskId) -> int:
    """The container that *task* has entered as a whole and not left by unshare or setns since;
    0: none, or it is gone."""
    proxy = contexts.proxy(tx, task)
    key = 0 if proxy is None else proxy.container
    return key if tx.find(NsContainer, key) is not None else 0


def occupied(tx: Transaction, key: int) -> bool:
    """Whether somebody is in the container *key*."""
    return any(proxy.container == key for _key, proxy in tx.items(Proxy))


def attach(tx: Transaction, caller: TaskId, path: str) -> None:
    """Enter the container, or the one namespace, that is at *path*.

    EINVAL if that is neither; EPERM without CAP_SYS_ADMIN over what is entered, and what the kinds
    themselves refuse; errors of path_resolution(7).
    """
    node = Walk(tx, caller).lookup(path).node
    match node:
        case NsFile(container, kind):
            space = tx.get(NsContainer, container).spaces.get(kind)
            if space is None:
                raise Errno.ENOENT(f"{path} has been removed")
            _go(tx, caller, {kind: space}, 0)
        case NsDirectory(container):
            record = tx.get(NsContainer, container)
            if not record.spaces:
                found(tx, caller, container)
            _go(tx, caller, dict(record.spaces), container)
        case _:
            raise Errno.EINVAL(f"{path} is no container: mount -t ns_container shows them")


def found(tx: Transaction, caller: TaskId, container: int) -> None:
    """The first to join: the container is what the caller is in."""
    proxy = contexts.proxy(tx, caller)
    assert proxy is not None
    spaces = {kind.name: proxy.kinds[kind.entry] for kind in kinds.kinds() if kind.offered(tx)}
    record = tx.get(NsContainer, container)
    for kind in sorted(spaces):
        namespaces.hold(tx, kind, spaces[kind])
    tx.put(container, replace(record, spaces=record.spaces.update(spaces)))


def _go(tx: Transaction, caller: TaskId, spaces: dict[str, NamespaceId], container: int) -> None:
    own = contexts.namespace(tx, caller, _FIRST)
    if spaces.get(_FIRST, own) == own:  # else what is entered may give the right to it
        for kind, space in sorted(spaces.items()):
            owner = own if kind == _FIRST else namespaces.get(tx, kind, space).owner
            capabilities.need(tx, caller, owner, Cap.CAP_SYS_ADMIN, f"entering a {kind} namespace")
    if entering.at_exec(tx):
        _put_on(tx, caller, pending=_NOTHING.update(spaces), going=container)
        return
    _enter(tx, caller, spaces, container)


def _enter(tx: Transaction, caller: TaskId, spaces: dict[str, NamespaceId], container: int) -> None:
    for kind in sorted(spaces, key=lambda kind: (kind != _FIRST, kind == _LAST, kind)):
        if contexts.namespace(tx, caller, kinds.registered(kind).entry) != spaces[kind]:
            namespace_calls.enter(tx, caller, kind, spaces[kind])
    if container:
        _put_on(tx, caller, container=container, pending=_NOTHING, going=0)


def _put_on(tx: Transaction, caller: TaskId, **changes: Any) -> None:
    """Put *caller* on a proxy of its own, which says other things of the same namespaces."""
    old = tx.get(Proxy, contexts.proxy_id(tx, caller))
    contexts.change_proxy(tx, caller, replace(old, users=1, **changes))


@hooks.on_exec
def _at_exec(tx: Transaction, task: TaskId) -> None:
    """Enter what was written; if that fails now, so does execve."""
    proxy = contexts.proxy(tx, task)
    if proxy is None or not proxy.pending:
        return
    pending = dict(proxy.pending)
    for kind, space in sorted(pending.items()):
        namespaces.hold(tx, kind, space)  # for it is let go of on the way
    _put_on(tx, task, pending=_NOTHING, going=0)
    _enter(tx, task, pending, proxy.going)
    for kind, space in sorted(pending.items()):
        namespaces.put(tx, kind, space)
