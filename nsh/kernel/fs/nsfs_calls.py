"""How namespaces are related, asked through their files (ioctl_nsfs(2))."""

from nsh.abi.errno import Errno
from nsh.abi.namespaces import NsGet
from nsh.kernel import contexts, kinds, namespaces, pids
from nsh.kernel.dispatch import handles
from nsh.kernel.fs import nsfs
from nsh.kernel.fs.descriptors import install, lowest_free, open_file
from nsh.kernel.fs.opening import open_place
from nsh.kernel.idmaps import uid_inside
from nsh.machine.context import Place
from nsh.machine.crossing import Crossing
from nsh.machine.ids import NamespaceId, SpaceId, TaskId
from nsh.machine.namespaces import Nested
from nsh.machine.nsfs import NsNode
from nsh.machine.pids import PidSpace
from nsh.machine.tasks import Task
from nsh.machine.users import UserSpace
from nsh.machine.value import Transaction


@handles(NsGet)
def ns_get(tx: Transaction, caller: TaskId, request: NsGet) -> int:
    """NS_GET_PARENT, NS_GET_USERNS, NS_GET_NSTYPE, NS_GET_OWNER_UID, NS_GET_PID_FROM_PIDNS and
    the three others of its like."""
    _, file = open_file(tx, caller, request.fd)
    node = file.place.node
    if not isinstance(node, NsNode):
        raise Errno.ENOTTY(f"descriptor {request.fd} is no namespace's")
    match request.what:
        case "nstype":
            return kinds.registered(node.kind).flag
        case "parent":
            return _open(tx, caller, _parent(tx, caller, node))
        case "userns":
            return _open(tx, caller, _owner(tx, caller, node))
        case "owner_uid":
            return _owner_uid(tx, caller, node)
        case "pid_from" | "tgid_from" | "pid_in" | "tgid_in":
            return _translated(tx, caller, node, request.what, request.pid)
        case _:
            raise Errno.ENOTTY(f"a namespace has no {request.what}")


def _parent(tx: Transaction, caller: TaskId, node: NsNode) -> Place:
    """EPERM where the parent is above the caller's own pid namespace, EINVAL without parents."""
    space = namespaces.get(tx, node.kind, NamespaceId(node.namespace))
    if isinstance(space, Nested):
        return _above(tx, caller, node, space)
    if not isinstance(space, PidSpace):
        raise Errno.EINVAL(f"{node.kind} namespaces have no parents")
    if tx.get(Task, caller).space not in space.path[:-1]:
        raise Errno.EPERM("the parent is not in sight from the caller's pid namespace")
    return nsfs.place_of(tx, node.kind, NamespaceId(space.path[-2]))


def _above(tx: Transaction, caller: TaskId, node: NsNode, space: Nested) -> Place:
    """The same of a kind of our own that nests."""
    if contexts.namespace(tx, caller, node.kind) not in space.path[:-1]:
        raise Errno.EPERM(f"the parent is not in sight from the caller's {node.kind} namespace")
    return nsfs.place_of(tx, node.kind, space.path[-2])


def _owner(tx: Transaction, caller: TaskId, node: NsNode) -> Place:
    """EPERM where the user namespace that owns it is neither the caller's nor inside that one."""
    owner = namespaces.get(tx, node.kind, NamespaceId(node.namespace)).owner
    if not owner or tx.get(Task, caller).creds.userns not in tx.get(UserSpace, owner).path:
        raise Errno.EPERM("its owner is not in sight from the caller's user namespace")
    return nsfs.place_of(tx, "user", owner)


def _owner_uid(tx: Transaction, caller: TaskId, node: NsNode) -> int:
    """EINVAL for a namespace of another kind."""
    if node.kind != "user":
        raise Errno.EINVAL("user namespaces alone have an owner")
    creator = tx.get(UserSpace, node.namespace).creator
    return uid_inside(tx, tx.get(Task, caller).creds.userns, creator)


def _translated(tx: Transaction, caller: TaskId, node: NsNode, what: str, pid: int) -> int:
    """Whom one pid namespace calls *pid*, in the numbers of the other: the caller's and *node*'s.

    EINVAL for a namespace of another kind; ESRCH where one of the two sees nobody.
    """
    if node.kind != "pid":
        raise Errno.EINVAL("pid namespaces alone have pids")
    word, _, way = what.partition("_")
    there = SpaceId(node.namespace)
    here = tx.get(Task, caller).space
    source, other = (there, here) if way == "from" else (here, there)
    found = pids.lookup(tx, source, pid)
    task = None if found is None else tx.find(Task, found)
    if found is None or task is None:
        raise Errno.ESRCH(f"there is no pid {pid} in {_called(tx, source)}")
    if word == "tgid":
        found, task = task.leader, tx.get(Task, task.leader)
    number = pids.number(tx, task, other)
    if not number:
        raise Errno.ESRCH(f"{task.comm} is not in sight from {_called(tx, other)}")
    tx.crossings.append(Crossing(True, "pid", pid, source, found, task.pids[0]))
    tx.crossings.append(Crossing(False, "pid", number, other, found, task.pids[0]))
    return number


def _called(tx: Transaction, space: SpaceId) -> str:
    return f"pid:[{tx.get(PidSpace, space).inum}]"


def _open(tx: Transaction, caller: TaskId, place: Place) -> int:
    lowest_free(contexts.files(tx, caller))
    return install(tx, caller, open_place(tx, place), cloexec=True)
