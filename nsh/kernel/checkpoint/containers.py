"""The container itself, and the namespaces of its tasks (C3: "first creating a container").

What its tasks have in common with those around it is not saved: after a restart it is again what
those around it have.
"""

from collections.abc import Iterator
from typing import Literal

import msgspec
from msgspec.structs import replace

from nsh.abi.errno import Errno
from nsh.kernel import contexts, kinds, namespaces, spaces
from nsh.kernel.checkpoint import freezer, parts
from nsh.kernel.checkpoint.image import Object
from nsh.kernel.checkpoint.state import Dump, Restart
from nsh.machine.context import Context
from nsh.machine.ids import NamespaceId, SpaceId, TaskId
from nsh.machine.namespaces import Proxy
from nsh.machine.pids import PidSpace, SpaceKind
from nsh.machine.tasks import Task

PIDS = "pid"
_USERS = "user"


class Container(Object, frozen=True):
    """The pid space."""

    name: str = ""
    kind: Literal["namespace", "container"] = "namespace"
    """By CLONE_NEWPID, or by a write to /proc/container."""
    last_pid: int = 0
    pid_max: int = spaces.PID_MAX_LIMIT


class Space(Object, frozen=True, tag="namespace"):
    """One namespace of the container's own."""

    number: int
    kind: str


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
        dump.refuse("it has no first task, or that is dying")
    yield Container(
        record.name, "container" if flat else "namespace", record.last_pid, record.pid_max
    )


@parts.saves(Proxies, 20, Context)
def _save_namespaces(dump: Dump) -> Iterator[Object]:
    """EBUSY: a task outside is in one of its namespaces, or it in one of those inside; ENOTSUP:
    one of a kind that no part answers for."""
    tx = dump.tx
    around = dump.outside.kinds
    told: dict[NamespaceId, str] = {}
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
                dump.refuse(reason, Errno.ENOTSUP)
            if space not in told:
                told[space] = kind
                yield Space(dump.namespaces.of(space), kind)
            own[entry] = dump.namespaces.of(space)
        yield Proxies(dump.proxies.of(key), own)
    _check_alone(dump, told)


def _check_alone(dump: Dump, told: dict[NamespaceId, str]) -> None:
    """EBUSY: somebody outside is in one of the namespaces too."""
    tx = dump.tx
    for key in sorted(tx.rows(Task)) if told else ():
        if key in dump:
            continue
        proxy = contexts.proxy(tx, TaskId(key))
        shared = [] if proxy is None else [each for each in proxy.kinds.values() if each in told]
        if shared:
            inum = namespaces.get(tx, told[shared[0]], shared[0]).inum
            whom = dump.name(TaskId(key))
            dump.refuse(f"{whom}, which is outside, is in its {told[shared[0]]}:[{inum}], too")


@parts.makes(Container)
def _make_container(restart: Restart, saved: Container) -> None:
    restart.name = restart.name or saved.name
    restart.flat = saved.kind == "container"
    restart.saved = saved.last_pid, saved.pid_max


@parts.makes(Space)
def _make_namespace(restart: Restart, saved: Space) -> None:
    """What it is called; it is made with its first task."""
    if saved.kind not in parts.namespace_kinds:
        raise Errno.EINVAL(f"kind: this kernel makes no namespaces of the kind {saved.kind!r}")
    if saved.number in restart.kinds:
        raise Errno.EINVAL(f"number: there are two namespaces {saved.number}")
    restart.kinds[saved.number] = saved.kind


@parts.makes(Proxies)
def _make_namespaces(restart: Restart, saved: Proxies) -> None:
    for entry, number in saved.own.items():
        if number not in restart.kinds:
            raise Errno.EINVAL(f"own: there is no namespace {number} before this line")
        kind = restart.kinds[number]
        if entry not in (kind, kinds.registered(kind).own):
            raise Errno.EINVAL(f"own: namespace {number} is of the kind {kind}, and not {entry}")
    restart.proxies[saved.number] = saved.own


def flags(restart: Restart, number: int) -> int:
    """The flags of clone for what is to be made with the first task that has the proxy *number*.
    EINVAL: there is none."""
    own = restart.proxies.get(number)
    if own is None:
        raise Errno.EINVAL(f"namespaces: there is no set {number} before this line")
    unmade = {each for each in own.values() if each not in restart.namespaces}
    return sum(kinds.registered(restart.kinds[each]).flag for each in unmade)


def learn(restart: Restart, number: int, task: TaskId) -> None:
    """*task* is in the namespaces of the proxy *number*: those that were not known are these."""
    proxy = contexts.proxy(restart.tx, task)
    assert proxy is not None
    for entry, each in restart.proxies[number].items():
        restart.namespaces.setdefault(each, proxy.kinds[entry])


def settle(restart: Restart, number: int, task: TaskId) -> None:
    """Put *task*, which was born in its parent's namespaces, into those of the proxy *number*."""
    from nsh.abi.namespaces import Unshare  # noqa: PLC0415
    from nsh.kernel.namespace_calls import unshare  # noqa: PLC0415  # most are in one set

    tx = restart.tx
    wanted = flags(restart, number)
    if wanted:
        unshare(tx, task, Unshare(wanted))
        learn(restart, number, task)
    proxy = contexts.proxy(tx, task)
    assert proxy is not None
    after = proxy.kinds
    for entry, each in restart.proxies[number].items():
        after = after.set(entry, restart.namespaces[each])
    if after != proxy.kinds:
        contexts.change_proxy(tx, task, replace(proxy, users=1, kinds=after))


@parts.finishes(10)
def _last_pid(restart: Restart) -> None:
    """The next number is the one that would have been the next."""
    tx = restart.tx
    last_pid, pid_max = restart.saved
    tx.put(
        restart.space, replace(tx.get(PidSpace, restart.space), last_pid=last_pid, pid_max=pid_max)
    )
