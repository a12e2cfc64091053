"""Open files of namespaces (``/proc/PID/ns/*``): of the container's own, or of those around it,
which after a restart are those of whoever asks for that."""

from msgspec.structs import replace

from nsh.abi.errno import Errno
from nsh.kernel import kinds
from nsh.kernel.checkpoint import parts
from nsh.kernel.checkpoint.image import Object
from nsh.kernel.checkpoint.state import Dump, Restart, Seen
from nsh.kernel.fs import nsfs, opening
from nsh.kernel.fs.mount_tree import internal_mount
from nsh.kernel.pidfds.calls import namespace_of
from nsh.machine.files import File
from nsh.machine.ids import NamespaceId
from nsh.machine.nsfs import NsNode
from nsh.machine.tasks import Task


class NamespaceFile(Object, frozen=True, tag="nsfile"):
    """One open file."""

    number: int
    opener: int
    kind: str
    namespace: int = 0
    """Which of the container's own; 0: its pid namespace."""
    around: bool = False
    """It is one of those around the container."""
    flags: int = 0


@parts.describes(NsNode)
def _described(dump: Dump, seen: Seen) -> NamespaceFile | None:
    """ENOTSUP: nobody inside is in it."""
    node, tx = seen.file.place.node, dump.tx
    assert isinstance(node, NsNode)
    if seen.file.place.mount != internal_mount(tx, "nsfs"):
        return None
    inside = node.namespace in dump.namespaces
    own = node.kind == "pid" and node.namespace == dump.space
    outer = namespace_of(tx, dump.outsider, tx.get(Task, dump.outsider), node.kind)
    if not (inside or own) and node.namespace != outer:
        reason = f"{seen.has} {node.kind}:[{node.inum}], in which nobody is"
        dump.refuse(f"{reason}: that cannot be saved", Errno.ENOTSUP)
    return NamespaceFile(
        number=seen.number,
        opener=dump.number(seen.task),
        kind=node.kind,
        namespace=dump.namespaces.of(node.namespace) if inside else 0,
        around=not inside and not own,
        flags=seen.file.flags,
    )


@parts.makes(NamespaceFile)
def _make(restart: Restart, saved: NamespaceFile) -> None:
    """EINVAL: there is no such namespace."""
    tx = restart.tx
    if saved.kind not in {kind.name for kind in kinds.kinds()}:
        raise Errno.EINVAL(f"kind: {saved.kind!r} is no kind of namespace")
    if saved.around:
        caller = restart.caller
        found = namespace_of(tx, caller, tx.get(Task, caller), saved.kind)
    elif saved.namespace:
        found = restart.namespace(saved.namespace, saved.kind)
    elif saved.kind == "pid":
        found = NamespaceId(restart.space)
    else:
        raise Errno.EINVAL("namespace: it is of none")
    key = opening.open_place(tx, nsfs.place_of(tx, saved.kind, found))
    restart.opens(saved.number, key)
    tx.put(key, replace(tx.get(File, key), flags=saved.flags))
