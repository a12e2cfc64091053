"""What a file system of checkpoints keeps: the images that its directories show, and those that are
being written (S2: "C/R file systems"; C8)."""

from collections.abc import Iterator
from typing import Final

from immutables import Map

from nsh.machine.files import Superblock
from nsh.machine.ids import SpaceId
from nsh.machine.invariants import invariant
from nsh.machine.record import Record, table
from nsh.machine.value import Machine

TYPE: Final = "crfs"
NOT_MADE: Final = SpaceId(0)
"""The container of an image that is still being written."""


class CrfsNode(Record):
    """The node of a file."""

    name: str = ""
    """The container's; "" at the top."""
    path: str = ""
    """Where it is below that."""


class ImageTree(Record):
    """What is below one name."""

    below: Map[str, bytes | None]
    """What is in each file, by its path; None: it is a directory.  "" is the name itself."""
    space: SpaceId = NOT_MADE
    """The container that it is the image of."""
    taken: int = 0
    """When it was, or when somebody began to write it."""
    uid: int = 0
    gid: int = 0
    """Whose it is, while it is being written."""


@table
class CrfsImages(Record):
    """The images of one instance, keyed by its superblock.  While there is any, nobody else's
    program is in pieces when a call begins: see :mod:`nsh.session.engine`."""

    stream: bool = False
    """Each container is one file, and no tree."""
    trees: Map[str, ImageTree] = Map()


@invariant
def _crfs(machine: Machine) -> Iterator[str]:
    """Each instance has its row, and only these; what is in a directory is in that."""
    found = {key for key, each in machine.items(Superblock) if each.type == TYPE}
    for key in sorted(found ^ {key for key, _row in machine.items(CrfsImages)}):
        yield f"superblock {key} is no crfs that has a table of images, or has one and is gone"
    for key, row in machine.items(CrfsImages):
        for name, tree in sorted(row.trees.items()):
            for path in sorted(tree.below):
                above = path.rpartition("/")[0] if "/" in path else ""
                if path and tree.below.get(above, b"") is not None:
                    yield f"crfs {key} has {name}/{path}, and no directory around it"
