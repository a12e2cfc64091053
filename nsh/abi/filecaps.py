"""How the attribute security.capability is packed (include/uapi/linux/capability.h).

Numbers of 32 bits, the lowest byte first: the revision with its flag, then the low and the high
halves of the sets, permitted and inheritable in turn; in revision 3 also a user, who is root in the
user namespaces that it counts in.
"""

import struct
from typing import Final

import msgspec

REVISION_2: Final = 0x02000000
REVISION_3: Final = 0x03000000
EFFECTIVE: Final = 1
"""VFS_CAP_FLAGS_EFFECTIVE: what is permitted is effective from the start."""
_REVISION: Final = 0xFF000000
_LAYOUTS: Final = {REVISION_2: struct.Struct("<5I"), REVISION_3: struct.Struct("<6I")}
_LOW: Final = 0xFFFFFFFF


class FileCaps(msgspec.Struct, frozen=True, gc=False):
    """What a file gives; bit ``1 << cap`` of the sets."""

    permitted: int
    inheritable: int
    effective: bool
    root: int | None = None
    """Who is root where it counts (revision 3); None: root where the file system is from."""


def pack(caps: FileCaps) -> bytes:
    """*caps* as the attribute has them."""
    magic = (REVISION_2 if caps.root is None else REVISION_3) | caps.effective
    words = [magic, caps.permitted & _LOW, caps.inheritable & _LOW]
    words += [caps.permitted >> 32, caps.inheritable >> 32]
    if caps.root is not None:
        words.append(caps.root)
    return _LAYOUTS[magic & _REVISION].pack(*words)


def unpack(value: bytes) -> FileCaps | None:
    """What the attribute says; None if it is of no revision that can be set."""
    magic = int.from_bytes(value[:4], "little")
    layout = _LAYOUTS.get(magic & ~EFFECTIVE)
    if layout is None or len(value) != layout.size:
        return None
    _, low, low_i, high, high_i, *root = layout.unpack(value)
    effective = bool(magic & EFFECTIVE)
    return FileCaps(low | high << 32, low_i | high_i << 32, effective, root[0] if root else None)
