"""What ``/proc/containers`` tells (S1; proc_containers_show)."""

from nsh.kernel import loading
from nsh.kernel.cgroup import tree
from nsh.kernel.subsystems import registry
from nsh.machine.cgroups import CONTAINERS, Hierarchy
from nsh.machine.value import Transaction


def containers(tx: Transaction) -> str:
    """Each subsystem, its hierarchy (0: it is bound to none) and how many containers that has; then
    what all hierarchies cost together.

    "One-controller-per-hierarchy has a little more overhead at fork()/exit() time (since there are
    more reference counts to atomically update) but a little less overhead for accessing the
    subsystem state for a particular task, since there's one less level of indirection involved":
    one count for each hierarchy, and from a task by its container to the state of a subsystem
    there, unless that is the container itself.
    """
    loading.load_all()
    lines = ["#subsys_name\thierarchy\tnum_containers\n"]
    for name in registry.names():
        number = registry.hierarchy(tx, name)
        many = 0 if number is None else _many(tx, tx.get(Hierarchy, number))
        lines.append(f"{name}\t{number or 0}\t{many}\n")
    ours = [record for _key, record in tx.items(Hierarchy) if record.type == CONTAINERS]
    levels = [1 if len(record.controllers) == 1 else 2 for record in ours]
    lines.append(f"#references at fork and exit\t{len(ours)}\n")
    lines.append(f"#levels to the state of a subsystem\t{max(levels, default=0)}\n")
    return "".join(lines)


def _many(tx: Transaction, record: Hierarchy) -> int:
    return sum(1 for _each in tree.below(tx, record.root))
