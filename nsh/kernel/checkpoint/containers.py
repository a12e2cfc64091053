"""The container itself, and the namespaces of its tasks (C3: "first creating a container").

What its tasks have in common with those around it is not saved: after a restart it is again what
those around it have.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Final, Literal

import msgspec
from immutables import Map
from msgspec.structs import replace

from nsh.abi.errno import Errno
from nsh.abi.process import CloneFlag
from nsh.kernel import containers as flat_containers
from nsh.kernel import contexts, kinds, namespaces, spaces
from nsh.kernel.checkpoint import freezer, parts, users
from nsh.kernel.checkpoint.image import Object
from nsh.kernel.checkpoint.state import Dump, Restart
from nsh.kernel.fs import mount_space, mount_tree
from nsh.machine.context import Context, Fs
from nsh.machine.ids import NamespaceId, SpaceId, TaskId
from nsh.machine.mounts import MountSpace
from nsh.machine.namespaces import Proxy
from nsh.machine.pids import PidSpace, SpaceKind
from nsh.machine.tasks import Task
from nsh.machine.users import UserSpace

_NEWPID: Final = int(CloneFlag.CLONE_NEWPID)
_NEWUSER: Final = int(CloneFlag.CLONE_NEWUSER)


class Container(Object, frozen=True):
    """The pid space."""

    name: str = ""
    kind: Literal["namespace", "container"] = "namespace"
    """By CLONE_NEWPID, or by a write to /proc/container."""
    last_pid: int = 0
    pid_max: int = spaces.PID_MAX_LIMIT
    owner: int = 0
    """The user namespace that it is of: one of the container's own; 0: that around it."""


class Space(Object, frozen=True, tag="namespace"):
    """One namespace of the container's own."""

    number: int
    kind: str
    owner: int = 0
    """Whose it is, as that of the container; of a user namespace: the one around it."""


class Proxies(Object, frozen=True, tag="namespaces"):
    """A set of namespaces that some of its tasks are in."""

    number: int
    own: dict[str, int] = msgspec.field(default_factory=dict)
    """Those of the container's own, by entry of the proxy."""


@parts.saves(Container, 10)
def _save_container(dump: Dump) -> Iterator[Container]:
    """ENOTSUP: containers in it."""
    record = dump.record
    flat = record.kind is SpaceKind.CONTAINER
    for task in dump.tasks:
        space = dump.tx.get(Task, task).space
        if space != dump.space:
            within = freezer.called(dump.tx, space)
            dump.refuse(f"{within} is within it, and cannot be saved", Errno.ENOTSUP)
    if record.init not in dump or not record.adding:
        dump.refuse(f"the first task of {freezer.called(dump.tx, dump.space)} is dead, or dying")
    owner = 0 if flat else users.number(dump, record.owner)
    if owner and users.number(dump, users.parent(dump, record.owner)):
        reason = "the user namespace that it is of is within another one of its own"
        dump.refuse(reason, Errno.ENOTSUP)
    kind: Literal["namespace", "container"] = "container" if flat else "namespace"
    yield Container(record.name, kind, record.last_pid, record.pid_max, owner)


@parts.saves(Proxies, 20, Context)
def _save_namespaces(dump: Dump) -> Iterator[Object]:
    """EBUSY: a task outside is in one of its namespaces, or it in one of those inside; ENOTSUP:
    one of a kind that no part answers for."""
    tx = dump.tx
    around = dump.outside.kinds
    told: dict[NamespaceId, str] = {}
    for space in _users(dump):
        told[space] = users.KIND
        above = users.number(dump, users.parent(dump, space))
        yield Space(dump.namespaces.of(space), users.KIND, above)
    for task, _record in dump.living():
        key = contexts.proxy_id(tx, task)
        if key in dump.proxies:
            continue
        proxy = tx.get(Proxy, key)
        if proxy.pending or proxy.container:
            dump.refuse(f"{dump.name(task)} is entering a container as a whole", Errno.ENOTSUP)
        own: dict[str, int] = {}
        for entry, space in sorted(proxy.kinds.items()):
            if entry == spaces.ENTRY:
                if SpaceId(space) not in (dump.space, spaces.own_namespace(tx, dump.space)):
                    reason = f"the children of {dump.name(task)} go to another pid namespace"
                    dump.refuse(reason, Errno.ENOTSUP)
                continue
            if space == around[entry]:
                continue
            kind = kinds.registered(entry).name
            if kind not in parts.namespace_kinds:
                inum = namespaces.get(tx, kind, space).inum
                reason = f"{dump.name(task)} is in {kind}:[{inum}], which cannot be saved"
                with dump.going_on():
                    dump.refuse(reason, Errno.ENOTSUP)
            if space not in told:
                told[space] = kind
                owner = users.number(dump, namespaces.get(tx, kind, space).owner)
                yield Space(dump.namespaces.of(space), kind, owner)
            own[entry] = dump.namespaces.of(space)
        yield Proxies(dump.proxies.of(key), own)
    _check_alone(dump, told)


def _users(dump: Dump) -> list[NamespaceId]:
    """Its own user namespaces: those that its tasks are in, that own others, or that are around
    one of these; outer ones first."""
    tx, around = dump.tx, dump.outside.kinds
    named = {NamespaceId(dump.record.owner)} if dump.record.kind is SpaceKind.NAMESPACE else set()
    for task, _record in dump.living():
        for entry, space in tx.get(Proxy, contexts.proxy_id(tx, task)).kinds.items():
            kind = kinds.registered(entry).name
            if entry != spaces.ENTRY and space != around[entry]:
                named.add(space if kind == users.KIND else namespaces.get(tx, kind, space).owner)
    found: dict[NamespaceId, int] = {}
    for space in sorted(named):
        while users.number(dump, space):
            found[space] = len(tx.get(UserSpace, space).path)
            space = users.parent(dump, space)  # noqa: PLW2901  # on to the next one out
    return sorted(found, key=lambda space: (found[space], space))


def _check_alone(dump: Dump, told: dict[NamespaceId, str]) -> None:
    """EBUSY: somebody outside is in one of the namespaces too, and does not only wait."""
    tx = dump.tx
    for key in sorted(tx.rows(Task)) if told else ():
        if key in dump or key == dump.launcher:
            continue
        proxy = contexts.proxy(tx, TaskId(key))
        shared = [] if proxy is None else [each for each in proxy.kinds.values() if each in told]
        if shared:
            inum = namespaces.get(tx, told[shared[0]], shared[0]).inum
            whom = dump.name(TaskId(key))
            dump.refuse(f"{whom}, which is outside, is in its {told[shared[0]]}:[{inum}], too")


@parts.makes(Container)
def _make_container(restart: Restart, saved: Container) -> None:
    """EEXIST: there is a container of the name that was asked for; EINVAL: none is called so."""
    if restart.name:
        flat_containers.check_unused(restart.tx, restart.name)
    elif saved.name:
        flat_containers.check_name(saved.name)
    restart.name = restart.name or saved.name
    if not 0 <= saved.last_pid < saved.pid_max <= spaces.PID_MAX_LIMIT:
        raise Errno.EINVAL("last_pid: it is below pid_max, and that is at most 4194304")
    restart.flat = saved.kind == "container"
    restart.saved = saved.last_pid, saved.pid_max
    restart.owner = saved.owner


@parts.makes(Space, "number")
def _make_namespace(restart: Restart, saved: Space) -> None:
    """What it is called; it is made with its first task."""
    if saved.kind not in parts.namespace_kinds:
        raise Errno.EINVAL(f"kind: this kernel makes no namespaces of the kind {saved.kind!r}")
    if saved.owner and restart.kinds.get(saved.owner) != users.KIND:
        raise Errno.EINVAL(f"owner: there is no user namespace {saved.owner} before this line")
    restart.kinds[saved.number] = saved.kind
    restart.owners[saved.number] = saved.owner


@parts.makes(Proxies, "number")
def _make_namespaces(restart: Restart, saved: Proxies) -> None:
    for entry, number in saved.own.items():
        if number not in restart.kinds:
            raise Errno.EINVAL(f"own: there is no namespace {number} before this line")
        kind = kinds.registered(restart.kinds[number])
        if entry not in (kind.entry, kind.own):
            raise Errno.EINVAL(f"own: namespace {number} is of the kind {kind.name}, not {entry}")
    restart.proxies[saved.number] = saved.own


def begin(restart: Restart, number: int) -> int:
    """The flags of clone for the container's first task, which has the proxy *number*: those of
    namespaces that are of the same user namespace as the container is.  EINVAL: there is none."""
    own = _own(restart, number)
    if restart.flat:
        return 0
    if restart.owner and restart.owners.get(restart.owner) != 0:
        raise Errno.EINVAL(f"owner: the user namespace {restart.owner} is not next to the caller's")
    user = _NEWUSER if restart.owner else 0
    return user | _NEWPID | _flags(restart, _missing(restart, own, restart.owner))


def learn(restart: Restart, task: TaskId, made: Iterable[int]) -> None:
    """*task* is in namespaces that have just been made for it: the numbers of these.  The restart
    itself keeps them until it is done."""
    proxy = contexts.proxy(restart.tx, task)
    assert proxy is not None
    for number in made:
        kind = kinds.registered(restart.kinds[number])
        key = restart.namespaces[number] = proxy.kinds[kind.entry]
        namespaces.hold(restart.tx, kind.name, key)
        parts.begin(restart, kind.name, number, key)


@contextmanager
def first(restart: Restart, number: int) -> Iterator[int]:
    """Make the container's first task meanwhile, with the flags that this replies."""
    wanted = begin(restart, number)
    if not restart.owner:
        yield wanted
    else:
        with users.maker(restart, restart.caller, restart.owner):
            yield wanted
    missing = [] if restart.flat else _missing(restart, _own(restart, number), restart.owner)
    task = restart.tasks[1]
    restart.around = _born_in(restart, task, wanted)
    learn(restart, task, [restart.owner, *missing] if restart.owner else missing)
    settle(restart, number, task)


def _born_in(restart: Restart, task: TaskId, made: int) -> Map[str, NamespaceId]:
    """In which namespaces the first *task* would have been, had none been *made* for it."""
    own, above = contexts.proxy(restart.tx, task), contexts.proxy(restart.tx, restart.caller)
    assert own is not None
    assert above is not None
    entries = [entry for entry in own.kinds if entry != spaces.ENTRY]
    new = {entry for entry in entries if kinds.registered(entry).flag & made}
    return Map({each: (above if each in new else own).kinds[each] for each in entries})


def settle(restart: Restart, number: int, task: TaskId) -> None:
    """Put *task*, which was born in its parent's namespaces, into those of the proxy *number*: what
    there is not yet it makes, as whose it is."""
    tx = restart.tx
    own = _own(restart, number)
    wanted = set(own.values())
    for each in list(wanted):
        wanted.update(_around(restart, each))
    for each, kind in restart.kinds.items():  # outer ones first
        if each in wanted and kind == users.KIND and each not in restart.namespaces:
            _stand(restart, task, restart.owners[each])
            with users.maker(restart, task, each):
                _unshare(restart, task, [each])
    for owner in sorted({restart.owners[each] for each in own.values()}):
        while missing := _missing(restart, own, owner):
            _stand(restart, task, owner)
            _unshare(restart, task, missing)
    _stand(restart, task, own.get(users.KIND, 0))
    proxy = contexts.proxy(tx, task)
    assert proxy is not None
    after = proxy.kinds
    for entry, space in restart.around.items():
        after = after.set(entry, restart.namespaces[own[entry]] if entry in own else space)
    if after != proxy.kinds:
        before = contexts.fs(tx, task)
        contexts.change_proxy(tx, task, replace(proxy, users=1, kinds=after))
        if after["mnt"] != proxy.kinds["mnt"]:
            top = mount_tree.topmost(tx, tx.get(MountSpace, after["mnt"]).root)
            mount_space.change_fs(tx, task, Fs(top, top, before.umask))


def _own(restart: Restart, number: int) -> dict[str, int]:
    own = restart.proxies.get(number)
    if own is None:
        raise Errno.EINVAL(f"namespaces: there is no set {number} before this line")
    return own


def _around(restart: Restart, number: int) -> Iterator[int]:
    """The user namespace that *number* is of, and those around that."""
    while number := restart.owners[number]:
        yield number


def _missing(restart: Restart, own: dict[str, int], owner: int) -> list[int]:
    """Which of *owner*'s namespaces are to be made, at most one of each kind."""
    found: dict[str, int] = {}
    for each in own.values():
        kind = restart.kinds[each]
        if each not in restart.namespaces and restart.owners[each] == owner and kind != users.KIND:
            found.setdefault(kind, each)
    return sorted(found.values())


def _flags(restart: Restart, numbers: Iterable[int]) -> int:
    return sum(kinds.registered(restart.kinds[each]).flag for each in numbers)


def _unshare(restart: Restart, task: TaskId, numbers: list[int]) -> None:
    from nsh.abi.namespaces import Unshare  # noqa: PLC0415
    from nsh.kernel.namespace_calls import unshare  # noqa: PLC0415  # most are in one set

    unshare(restart.tx, task, Unshare(_flags(restart, numbers)))
    learn(restart, task, numbers)


def _stand(restart: Restart, task: TaskId, named: int) -> None:
    """Have *task* be in the user namespace *named*, with all rights if that is the container's."""
    tx = restart.tx
    record = tx.get(Task, task)
    proxy = contexts.proxy(tx, task)
    assert proxy is not None
    creds = users.creds(restart, named)
    if creds == record.creds and creds.userns == proxy.kinds[users.KIND]:
        return
    tx.put(task, replace(record, creds=creds))
    if creds.userns != proxy.kinds[users.KIND]:
        inside = proxy.kinds.set(users.KIND, creds.userns)
        contexts.change_proxy(tx, task, replace(proxy, users=1, kinds=inside))


@parts.finishes(95)
def _let_go(restart: Restart) -> None:
    """Who is in them keeps them now."""
    for number, key in restart.namespaces.items():
        namespaces.put(restart.tx, restart.kinds[number], key)


@parts.finishes(10)
def _last_pid(restart: Restart) -> None:
    """The next number is the one that would have been the next."""
    tx = restart.tx
    last_pid, pid_max = restart.saved
    tx.put(
        restart.space, replace(tx.get(PidSpace, restart.space), last_pid=last_pid, pid_max=pid_max)
    )
