"""Requests about extended attributes of files (xattr(7)).

Of those the files of this machine have one: what its kernel itself reads, security.capability.
"""

from enum import IntFlag
from typing import Final

from nsh.abi.request import Request

CAPABILITY: Final = "security.capability"
"""Capabilities that execve(2) gives (capabilities(7), "File capabilities"), as
`nsh.abi.filecaps` packs them."""
XATTR_NAME_MAX: Final = 255


class XattrFlag(IntFlag):
    """Flags of setxattr(2)."""

    XATTR_CREATE = 1
    XATTR_REPLACE = 2


class Getxattr(Request, frozen=True, gc=False):
    """getxattr(2), without ``follow`` lgetxattr(2).  Replies bytes; ENODATA, ENOTSUP, EOVERFLOW:
    the value means nothing in the caller's user namespace."""

    path: str
    name: str
    follow: bool = True


class Setxattr(Request, frozen=True, gc=False):
    """setxattr(2), lsetxattr(2).  Replies 0; EEXIST, EINVAL, ENODATA, ENOTSUP, EPERM, EROFS."""

    path: str
    name: str
    value: bytes
    flags: int = 0
    follow: bool = True


class Removexattr(Request, frozen=True, gc=False):
    """removexattr(2), lremovexattr(2).  Replies 0; ENODATA, ENOTSUP, EPERM, EROFS."""

    path: str
    name: str
    follow: bool = True


class Listxattr(Request, frozen=True, gc=False):
    """listxattr(2), llistxattr(2).  Replies a tuple of names."""

    path: str
    follow: bool = True
