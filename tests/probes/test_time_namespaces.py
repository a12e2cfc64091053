"""N12: who shares its parent's memory stays in its parent's time (time_namespaces(7))."""

import ctypes
import os

from tests.probes._calls import CLONE_NEWUTS, CLONE_VM, kill, libc, unshare, wait4
from tests.probes._inside import until_state
from tests.probes._real import trial

CLONE_NEWTIME = 0x00000080
SIGCHLD, SIGKILL = 17, 9
_STACK = 1 << 16


def _own(pid: object) -> list[str]:
    return [os.readlink(f"/proc/{pid}/ns/{name}") for name in ("time", "time_for_children")]


def test_a_child_that_shares_memory_stays_in_its_parents_time():
    def body():
        stack = ctypes.create_string_buffer(_STACK)
        top = ctypes.addressof(stack) + _STACK - _STACK % 16
        pause = ctypes.cast(libc.pause, ctypes.c_void_p)
        unshare(CLONE_NEWTIME)
        before = _own("self")
        found = [before[0] != before[1]]
        for flags in (CLONE_VM, CLONE_VM | CLONE_NEWUTS):
            child = libc.clone(pause, ctypes.c_void_p(top), flags | SIGCHLD, None)
            until_state(child, "S")
            found.append(_own(child) == before)
            kill(child, SIGKILL)
            wait4(child)
        child = os.fork()
        if child == 0:
            libc.pause()
        found.append(_own(child) == [before[1]] * 2)
        kill(child, SIGKILL)
        wait4(child)
        return found

    assert trial(body) == [True, True, True, True]
