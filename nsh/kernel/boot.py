"""The first machine: one task, ``init``, kpid 1, leading its session and group."""

from typing import Final

from immutables import Map

from nsh.kernel import contexts, hooks, kinds, loading, namespaces, pids, policies
from nsh.kernel.spaces import ROOT
from nsh.machine.context import Fs, Place
from nsh.machine.ids import FIRST_ID, MountId, NamespaceId, TaskId
from nsh.machine.program import Director, Labels, Puppet
from nsh.machine.record import Record
from nsh.machine.tasks import Group, Image, Session, State, Task
from nsh.machine.value import Machine, Transaction, begin

INIT: Final = TaskId(10)


def boot(profile: str = "all") -> Machine:
    """A machine just booted, under the given profile; ``KernelError`` if there is no such."""
    loading.load_for_boot()
    tx = begin(Machine())
    policies.set_profile(tx, profile)
    tx.serial = FIRST_ID
    early = [hook for order, hook in hooks.boot if order < 20]
    late = [hook for order, hook in hooks.boot if order >= 20]
    for hook in early:
        hook(tx)
    _init(tx)
    for hook in late:
        hook(tx)
    tx.put(0, Director(INIT))
    tx.put(INIT, Puppet("init"))
    tx.put(0, Labels(Map({"init": INIT})))
    return tx.commit()


def _init(tx: Transaction) -> None:
    """Make the first task by hand, for there is nobody to fork it."""
    spaces: dict[str, NamespaceId] = {}
    for kind in kinds.kinds():
        first = [key for key, _record in tx.items(kind.record)]
        spaces[kind.entry] = NamespaceId(first[0])
        if kind.own:
            spaces[kind.own] = NamespaceId(first[0])
    proxy = namespaces.first_proxy(tx, spaces)
    nowhere = Place(MountId(0), Record())
    context = contexts.fresh_context(tx, Fs(nowhere, nowhere), proxy)
    numbers = tuple(pids.allocate(tx, INIT, ROOT, ()))
    tx.put(
        INIT,
        Task(
            INIT,
            ROOT,
            numbers,
            context,
            "init",
            state=State.ALIVE,
            group=INIT,
            session=INIT,
            image=Image(("init",), "/sbin/init"),
        ),
    )
    tx.put(INIT, Session(ROOT, numbers, Map({INIT: None})))
    tx.put(INIT, Group(INIT, ROOT, numbers, Map({INIT: 0})))
