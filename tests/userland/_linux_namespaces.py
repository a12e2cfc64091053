"""What this machine's kernel tells of namespaces (ioctl_nsfs(2))."""

from __future__ import annotations

import fcntl
import struct
from typing import Any

from nsh.abi import Request, namespaces

NS_GET = {"userns": 0xB701, "parent": 0xB702}
NS_GET_NSTYPE = 0xB703
NS_GET_OWNER_UID = 0xB704


def _nsget(request: namespaces.NsGet) -> int:
    if request.what == "owner_uid":
        return int(struct.unpack("I", fcntl.ioctl(request.fd, NS_GET_OWNER_UID, bytes(4)))[0])
    if request.what == "nstype":
        return fcntl.ioctl(request.fd, NS_GET_NSTYPE)
    return fcntl.ioctl(request.fd, NS_GET[request.what])


ANSWERS: dict[type[Request], Any] = {namespaces.NsGet: _nsget}
