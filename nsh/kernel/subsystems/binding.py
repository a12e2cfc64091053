"""Which subsystems a hierarchy has (S1, "The need (or otherwise) for multi-subsystem hierarchies").

"PaulJ pointed out that there's a continuum between: 1) just one controller per container, period,
or 2) full dynamic binding and unbinding of any controller": the policy ``container.binding``.
"""

from immutables import Map
from msgspec.structs import replace

from nsh.abi.errno import Errno, KernelError
from nsh.kernel import cgroupns, policies
from nsh.kernel.cgroup import controllers, hierarchies, population, tree
from nsh.kernel.subsystems import registry
from nsh.machine.cgroups import CONTAINERS, Hierarchy
from nsh.machine.ids import HierarchyId
from nsh.machine.subsystems import Subsystems
from nsh.machine.value import Transaction


def mounted(tx: Transaction, wanted: tuple[str, ...]) -> HierarchyId:
    """The hierarchy of those subsystems, or a new one.  EBUSY: another has one of them; EINVAL:
    they would be too many."""
    number = hierarchies.find(tx, "", wanted, type_=CONTAINERS)
    if number is not None:
        return number
    _check_many(tx, wanted)
    number = hierarchies.begin(tx, "", wanted, type_=CONTAINERS)
    _bind(tx, number, wanted)
    controllers.begin(tx, tx.get(Hierarchy, number).root, wanted, 0, 0)
    return number


def _check_many(tx: Transaction, wanted: tuple[str, ...]) -> None:
    if len(wanted) > 1 and policies.value(tx, policies.CONTAINER_BINDING) == "per-subsystem":
        name = policies.CONTAINER_BINDING.name
        raise Errno.EINVAL(f"each subsystem has a hierarchy of its own here (policy {name})")


def _bind(
    tx: Transaction, number: HierarchyId, added: tuple[str, ...], gone: tuple[str, ...] = ()
) -> None:
    row = tx.find(Subsystems, 0)
    bound: Map[str, HierarchyId] = Map() if row is None else row.bound
    for name in gone:
        bound = bound.delete(name)
    for name in added:
        bound = bound.set(name, number)
    if bound:
        tx.put(0, Subsystems(bound))
    else:
        tx.drop(Subsystems, 0)


def ended(tx: Transaction, number: HierarchyId) -> None:
    """Nothing shows the hierarchy any more: it ends, unless there are containers in it."""
    record = tx.get(Hierarchy, number)
    if not hierarchies.has_children(tx, number):
        controllers.end(tx, record.root, record.controllers)
        _bind(tx, number, (), record.controllers)
    hierarchies.unmounted(tx, number)


def rebind(tx: Transaction, number: HierarchyId, wanted: tuple[str, ...]) -> None:
    """The hierarchy is to have other subsystems.

    EBUSY with containers in it, but under the policy ``dynamic``; under that, where one of them
    refuses on the way: then nothing has happened.
    """
    record = tx.get(Hierarchy, number)
    added = tuple(name for name in wanted if name not in record.controllers)
    gone = tuple(name for name in record.controllers if name not in wanted)
    if not added and not gone:
        return
    _check_many(tx, wanted)
    active = hierarchies.has_children(tx, number)
    if active and policies.value(tx, policies.CONTAINER_BINDING) != "dynamic":
        raise Errno.EBUSY("subsystems are bound and unbound while there is no container but root")
    controllers.check_free(tx, added)
    _unbind(tx, number, gone)
    tx.put(number, replace(record, controllers=wanted))
    _bind(tx, number, added, gone)
    _spread(tx, number, added)


def _unbind(tx: Transaction, number: HierarchyId, gone: tuple[str, ...]) -> None:
    """From the bottom up.  EBUSY halfway, at the first container whose state cannot be freed."""
    root = tx.get(Hierarchy, number).root
    everywhere = list(tree.below(tx, root))[::-1]
    leaving = [each for each in registry.of(tx, number) if each.name in gone]
    for done, container in enumerate(everywhere):
        for each in leaving:
            held = each.references(tx, container)
            if held and container != root:  # what the root has goes with the subsystem
                where = cgroupns.whole_path(tx, container)
                raise Errno.EBUSY(
                    f"{each.name} has {held} references to {where}; the {done} containers of "
                    f"{len(everywhere)} that it had left have it back"
                )
        controllers.end(tx, container, gone)


def _spread(tx: Transaction, number: HierarchyId, added: tuple[str, ...]) -> None:
    """From the top down.  What a subsystem says of a task that is in a container already is what
    all fails with."""
    root = tx.get(Hierarchy, number).root
    coming = [each for each in registry.of(tx, number) if each.name in added]
    everywhere = list(tree.below(tx, root))
    for done, container in enumerate(everywhere):
        controllers.begin(tx, container, added, 0, 0)
        if container == root:
            continue
        for task in population.members(tx, container):
            for each in coming:
                try:
                    each.can_attach(tx, task, root, container)
                except KernelError as error:
                    where = cgroupns.whole_path(tx, container)
                    reason = f"{where}: {error.reason}; the {done} of {len(everywhere)} before it"
                    reason += f" are without {each.name} again"
                    raise KernelError(error.errno, reason) from None
