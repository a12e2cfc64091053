"""Bits that no flag has are refused, and not dropped: ``~`` of an IntFlag knows none of them."""

from __future__ import annotations

import pytest

from nsh.abi.files import Mount, MountFlag, Pipe, Umount
from nsh.abi.namespaces import Setns, Unshare
from nsh.abi.pidfds import PidfdOpen
from nsh.abi.process import Wait4, Waitid
from nsh.abi.request import Request
from nsh.abi.timers import TimerfdCreate, TimerfdSettime
from tests.kernel.fs._world import World

UNKNOWN = 1 << 25
REFUSED: dict[str, Request] = {
    "pipe2": Pipe(UNKNOWN),
    "mount, of propagation": Mount("", "/", "", MountFlag.MS_PRIVATE | 1 << 30),
    "umount2": Umount("/proc", UNKNOWN),
    "unshare": Unshare(1 << 20),
    "setns": Setns(0, UNKNOWN),
    "wait4": Wait4(-1, UNKNOWN),
    "waitid": Waitid(0, 0, UNKNOWN | 4),
    "pidfd_open": PidfdOpen(1, UNKNOWN),
    "timerfd_create": TimerfdCreate(1, UNKNOWN),
    "timerfd_settime": TimerfdSettime(0, 1, 0, UNKNOWN),
}


@pytest.mark.parametrize("call", REFUSED)
def test_it_is_einval(call: str) -> None:
    assert World().errno(REFUSED[call]) == "EINVAL"
