"""What keeps a namespace besides the tasks in it (namespaces(7), "The /proc/PID/ns/ directory")."""

from collections import Counter, defaultdict
from collections.abc import Iterator

from nsh.machine.context import Context
from nsh.machine.files import File, Superblock
from nsh.machine.ids import MountId, NamespaceId, TaskId
from nsh.machine.mounts import Mount
from nsh.machine.namespaces import Namespace, Nested, Proxy
from nsh.machine.ns_containers import NsContainer
from nsh.machine.nsfs import NsNode
from nsh.machine.observed import NamespaceSighting
from nsh.machine.pids import PidSpace
from nsh.machine.record import records
from nsh.machine.shm import Memory
from nsh.machine.tasks import Task
from nsh.machine.value import Machine
from nsh.views import ids, mounted
from nsh.views.inside import CHILDREN, descriptors

Keeper = tuple[NamespaceId, str]


def keepers(machine: Machine) -> dict[NamespaceId, tuple[str, ...]]:
    """For each namespace that something else keeps: by what, in words.

    O(namespaces + proxies + nsfs's mounts); O(files + tasks) while a namespace's file is open.
    """
    found: defaultdict[NamespaceId, list[str]] = defaultdict(list)
    for number, seen in machine.items(NamespaceSighting):
        found[NamespaceId(number)] += seen.held
    for tell in (_files, _mounts, _directories, _children, _going, _attached, _related):
        for namespace, words in tell(machine):
            found[namespace].append(words)
    return {namespace: tuple(words) for namespace, words in found.items() if words}


def _files(machine: Machine) -> Iterator[Keeper]:
    """Descriptors of a namespace's file."""
    if not any(machine.get(Mount, key).users for key in _nsfs(machine)):
        return
    nodes = {
        key: file.place.node
        for key, file in machine.rows(File).items()
        if isinstance(file.place.node, NsNode) and file.place.node.kind
    }
    if not nodes:
        return
    holding = {
        key
        for key, context in machine.rows(Context).items()
        if any(descriptor.file in nodes for descriptor in context.files.values())
    }
    told = set()
    for key, task in machine.items(Task):
        context = machine.find(Context, task.context)
        at = 0 if context is None else context.files_at or task.context
        if at not in holding or at in told:
            continue
        told.add(at)
        for fd, descriptor in sorted(descriptors(machine, key).items()):
            node = nodes.get(descriptor.file)
            if node is not None:
                who = ids.reference(machine, TaskId(key))
                yield NamespaceId(node.namespace), f"fd {fd} of {who}"


def _nsfs(machine: Machine) -> list[MountId]:
    """The mounts of namespaces' files, the kernel's own among them."""
    found = (sb for sb, each in machine.rows(Superblock).items() if each.type == "nsfs")
    return sorted(key for sb in found for key in mounted.mounts(machine, sb))


def _mounts(machine: Machine) -> Iterator[Keeper]:
    for key in _nsfs(machine):
        node = machine.get(Mount, key).root
        if isinstance(node, NsNode) and node.kind:
            path = mounted.path(machine, key, ids.root(machine))
            yield NamespaceId(node.namespace), f"mount {path or 'out of sight'}"


def _directories(machine: Machine) -> Iterator[Keeper]:
    for _key, directory in machine.items(NsContainer):
        for _kind, namespace in sorted(directory.spaces.items()):
            yield namespace, f"container {directory.name or '/'}"


def _children(machine: Machine) -> Iterator[Keeper]:
    """One that the children of somebody will be in, who is in another."""
    for _key, proxy in machine.items(Proxy):
        for name, namespace in sorted(proxy.kinds.items()):
            kind = name.removesuffix(CHILDREN)
            space = machine.find(PidSpace, namespace)
            empty = not space.live if space is not None else proxy.kinds.get(kind) != namespace
            if kind != name and empty:
                yield namespace, "who unshared it, for its children"


def _going(machine: Machine) -> Iterator[Keeper]:
    for _key, proxy in machine.items(Proxy):
        for _kind, namespace in sorted(proxy.pending.items()):
            yield namespace, "who enters it at execve"


def _attached(machine: Machine) -> Iterator[Keeper]:
    count: Counter[NamespaceId] = Counter()
    for memory in machine.rows(Memory).values():
        count.update({each.namespace for each in memory.attached})
    for namespace, processes in sorted(count.items()):
        yield namespace, f"memory attached by {processes}"


def _related(machine: Machine) -> Iterator[Keeper]:
    """Those below it, and of a user namespace what it owns besides."""
    below: Counter[NamespaceId] = Counter()
    owned: Counter[NamespaceId] = Counter()
    for kind in records():
        if not issubclass(kind, Namespace):
            continue
        for record in machine.rows(kind).values():
            above = 0
            if isinstance(record, Nested | PidSpace) and len(record.path) > 1:
                above = record.path[-2]
                below[NamespaceId(above)] += 1
            if record.owner and record.owner != above:
                owned[record.owner] += 1
    for namespace, many in sorted(below.items()):
        yield namespace, f"{many} below it"
    for namespace, many in sorted(owned.items()):
        yield namespace, f"{many} owned by it"
