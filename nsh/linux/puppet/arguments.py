"""What /proc/PID/cmdline shows: a part of the arguments that the interpreter was started with
(PR_SET_MM in prctl(2))."""

import ctypes
import struct

from nsh.linux.puppet import numbers as nr
from nsh.linux.puppet.gate import call, libc


def show(first: int, count: int) -> None:
    """Let only the arguments from *first* on, of *count*, be seen."""
    start = ctypes.c_void_p.in_dll(libc, "program_invocation_name").value or 0
    for _ in range(first):
        start += _length(start)
    end = start
    for _ in range(count - first):
        end += _length(end)
    try:
        call("prctl", nr.PR_SET_MM, nr.PR_SET_MM_ARG_START, start, 0, 0)
        call("prctl", nr.PR_SET_MM, nr.PR_SET_MM_ARG_END, end, 0, 0)
    except PermissionError:
        _by_map(start, end)


def _length(address: int) -> int:
    return len(ctypes.string_at(address)) + 1


def _by_map(start: int, end: int) -> None:
    """The same for who has no CAP_SYS_RESOURCE: the whole map at once, as checkpoint tools do.

    Kernels without checkpoint support leave the command line as it is.
    """
    with open("/proc/self/stat", encoding="utf-8", errors="replace") as file:
        fields = file.read().rpartition(")")[2].split()

    def field(number: int) -> int:
        return int(fields[number - 3])

    order = struct.pack(
        "11Q2Q",
        field(26),  # start_code
        field(27),
        field(45),  # start_data
        field(46),
        field(47),  # start_brk
        libc_brk(),
        field(28),  # start_stack
        start,
        end,
        field(50),  # env_start
        field(51),
        0,  # no auxv
        0xFFFFFFFF << 32,  # its size 0; exe_fd -1
    )
    try:
        call("prctl", nr.PR_SET_MM, nr.PR_SET_MM_MAP, order, len(order), 0)
    except OSError:
        return


def libc_brk() -> int:
    """The program break."""
    libc.sbrk.restype = ctypes.c_void_p
    return libc.sbrk(0) or 0
