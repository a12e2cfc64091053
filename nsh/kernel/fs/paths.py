"""From a place to a path (fs/d_path.c): getcwd, links of /proc/PID, mountinfo."""

from typing import NamedTuple

from nsh.kernel import contexts
from nsh.kernel.fs.types import type_of
from nsh.machine.context import Place
from nsh.machine.files import Superblock, SuperblockId
from nsh.machine.ids import TaskId
from nsh.machine.mounts import Mount
from nsh.machine.record import Record
from nsh.machine.value import Transaction


class Path(NamedTuple):
    """A path as seen from some root."""

    text: str
    reachable: bool
    """False: walking up never met that root; ``text`` starts at the top of a detached mount,
    or of the tree."""
    unlinked: bool
    """The file has lost its name."""


def path_to(tx: Transaction, place: Place, root: Place) -> Path:
    """The path by which *place* is known below *root*."""
    mount = tx.get(Mount, place.mount)
    sb = mount.superblock
    unlinked = type_of(tx, sb).unlinked(tx, sb, place.node)
    names: list[str] = []
    reachable = True
    while place != root:
        mount = tx.get(Mount, place.mount)
        sb = mount.superblock
        kind = type_of(tx, sb)
        if place.node == mount.root:
            if mount.point is None:
                reachable = False
                break
            place = mount.point
        elif place.node == tx.get(Superblock, sb).root:  # above a bind mount's top
            reachable = False
            break
        else:
            names.append(kind.name_of(tx, sb, place.node))
            place = Place(place.mount, kind.parent(tx, sb, place.node))
    names.reverse()
    return Path("/" + "/".join(names), reachable, unlinked)


def link_text(tx: Transaction, caller: TaskId, place: Place) -> str:
    """What readlink(2) tells *caller* of a magic link to *place*."""
    sb = tx.get(Mount, place.mount).superblock
    name = type_of(tx, sb).dname(tx, sb, place.node)
    if name is not None and place.node != tx.get(Mount, place.mount).root:
        return name
    path = path_to(tx, place, contexts.fs(tx, caller).root)
    return f"{path.text} (deleted)" if path.unlinked else path.text


def path_in(tx: Transaction, sb: SuperblockId, node: Record) -> str:
    """The path of *node* from the top of its file system, as mountinfo tells a mount's root."""
    kind = type_of(tx, sb)
    name = kind.dname(tx, sb, node)
    if name is not None:
        return name
    top = tx.get(Superblock, sb).root
    suffix = "//deleted" if kind.unlinked(tx, sb, node) else ""
    names: list[str] = []
    while node != top:
        names.append(kind.name_of(tx, sb, node))
        node = kind.parent(tx, sb, node)
    names.reverse()
    return "/" + "/".join(names) + suffix
