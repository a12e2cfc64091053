"""The mount options of tmpfs (tmpfs(5), mm/shmem.c: shmem_fs_parameters)."""

import re
from typing import Final

from msgspec.structs import replace

from nsh.abi.errno import Errno
from nsh.kernel.fs import pages, parameters
from nsh.machine.tmpfs import DEFAULT_LIMIT, Tmpfs

_KIND: Final = "tmpfs"
_SIZE: Final = (
    r"(?:0[xX](?P<hex>[0-9a-fA-F]+)|(?P<octal>0[0-7]*)|(?P<decimal>[1-9][0-9]*)|)"
    r"(?P<unit>[kKmMgGtTpPeE]?)(?P<part>%?)"
)
_UNITS: Final = " kmgtpe"
_NOT_HERE: Final = frozenset(
    ("huge", "mpol", "nr_blocks", "nr_inodes", "inode32", "inode64", "noswap")
)
"""What Linux knows besides."""


def parse(data: Tmpfs, options: str) -> Tmpfs:
    """*data* changed by mount options.  EINVAL."""
    for option in filter(None, options.split(",")):
        name, _, value = option.partition("=")
        match name:
            case "size":
                data = replace(data, limit=-(-_bytes(value) // pages.PAGE_SIZE))
            case "mode":
                data = replace(data, mode=parameters.octal(_KIND, name, value))
            case "uid":
                data = replace(data, uid=parameters.identity(_KIND, name, value))
            case "gid":
                data = replace(data, gid=parameters.identity(_KIND, name, value))
            case _ if name in _NOT_HERE:
                raise Errno.EINVAL(f"tmpfs has no option {name} on this machine")
            case _:
                parameters.unknown(_KIND, name)
    return data


def _bytes(value: str) -> int:
    """A number, a unit, and % of the memory, which is twice what an instance has without a size;
    each may be left out (memparse)."""
    found = re.fullmatch(_SIZE, value) if value else None
    if found is None:
        parameters.bad(_KIND, "size", value)
    base = 16 if found["hex"] else 8 if found["octal"] else 10
    number = int(found["hex"] or found["octal"] or found["decimal"] or "0", base)
    number <<= 10 * _UNITS.index(found["unit"].lower() or " ")
    return number * 2 * DEFAULT_LIMIT * pages.PAGE_SIZE // 100 if found["part"] else number
