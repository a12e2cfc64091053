"""Where a symbolic link leads: readlink(2)."""

from nsh.abi.errno import Errno
from nsh.abi.files import S_IFLNK, S_IFMT, Readlink
from nsh.kernel.dispatch import handles
from nsh.kernel.fs.paths import link_text
from nsh.kernel.fs.types import superblock_of, type_of
from nsh.kernel.fs.walk import Walk
from nsh.machine.context import Place
from nsh.machine.ids import TaskId
from nsh.machine.value import Transaction


@handles(Readlink)
def readlink(tx: Transaction, caller: TaskId, request: Readlink) -> str:
    """readlink(2)."""
    walk = Walk(tx, caller)
    place = walk.lookup(request.path, follow=False)
    if walk.stat(place).mode & S_IFMT != S_IFLNK:
        raise Errno.EINVAL(f"{request.path} is no symbolic link")
    sb = superblock_of(tx, place)
    target = type_of(tx, sb).readlink(tx, caller, sb, place.node)
    return link_text(tx, caller, target) if isinstance(target, Place) else target
