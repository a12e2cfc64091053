"""The limits of processes, of the kernel of this machine."""

from __future__ import annotations

import resource
from typing import Any

from nsh.abi import Request, limits


def _get(request: limits.GetLimit) -> tuple[int, ...]:
    found = resource.prlimit(request.pid, request.resource)
    return tuple(limits.INFINITY if each < 0 else each for each in found)


ANSWERS: dict[type[Request], Any] = {limits.GetLimit: _get}
