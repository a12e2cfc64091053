"""System calls made as a program would make them, from an interpreter.

Two small pieces of machine code stand between Python and the kernel, because between two calls
of ctypes an interpreter holds its lock, and a handler must not find it so:

- *call* sets the program's signal mask, makes the call, and blocks everything again.  A signal
  is delivered only in between, where the interpreter's lock is released.
- *enter* is what the kernel calls for a caught signal.  It blocks everything, having noted the
  mask that the kernel had set for the handler, and goes on in Python.

Both are x86-64, by the conventions of the System V ABI and syscall(2).
"""

from __future__ import annotations

import ctypes
import mmap
import os
import struct

from nsh.linux.puppet.numbers import BLOCK_ALL, NUMBERS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, Final

    Callback = Callable[[int, int, int, int], None]

_SETMASK: Final = bytes.fromhex("bf02000000 41ba08000000 b80e000000 0f05")
"""mov edi, SIG_SETMASK; mov r10d, 8; mov eax, rt_sigprocmask; syscall"""

_CALL: Final = (
    bytes.fromhex("53 4154 4155 4889fb 4989f4 4989cd")  # push rbx, r12, r13; keep the arguments
    + bytes.fromhex("4889d6 31d2")  # mov rsi, rdx; xor edx, edx
    + _SETMASK
    + bytes.fromhex("498b3c24 498b742408 498b542410 4d8b542418 4d8b442420 4d8b4c2428")
    + bytes.fromhex("4889d8 0f05 4889c3")  # mov rax, rbx; syscall; mov rbx, rax
    + bytes.fromhex("4c89ee 31d2")  # mov rsi, r13; xor edx, edx
    + _SETMASK
    + bytes.fromhex("4889d8 415d 415c 5b c3")  # mov rax, rbx; pop r13, r12, rbx; ret
)
"""call(number, arguments, mask, all)"""

_RESTORER: Final = bytes.fromhex("b80f000000 0f05")
"""mov eax, rt_sigreturn; syscall"""


def _enter(every: int, callback: int) -> bytes:
    """enter(signo, siginfo, ucontext) -> callback(signo, siginfo, ucontext, mask)."""
    return (
        bytes.fromhex("53 4154 4155 4883ec10 4889fb 4989f4 4989d5")  # push…; sub rsp, 16; keep
        + bytes.fromhex("48be")  # mov rsi, every
        + struct.pack("Q", every)
        + bytes.fromhex("4889e2")  # mov rdx, rsp
        + _SETMASK
        + bytes.fromhex("4889df 4c89e6 4c89ea 488b0c24")  # the arguments, and mov rcx, [rsp]
        + bytes.fromhex("48b8")  # mov rax, callback
        + struct.pack("Q", callback)
        + bytes.fromhex("ffd0 4883c410 415d 415c 5b c3")  # call rax; add rsp, 16; pop…; ret
    )


_CALLBACK: Final = ctypes.CFUNCTYPE(
    None, ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_uint64
)
_PROTOTYPE: Final = (
    ctypes.c_long,
    ctypes.c_long,
    ctypes.c_void_p,
    ctypes.c_void_p,
    ctypes.c_void_p,
)
_BLOCK_ALL: Final = ctypes.c_uint64(BLOCK_ALL)
_EVERY: Final = ctypes.addressof(_BLOCK_ALL)
_on_signal: Callback


def _dispatch(signo: int, info: int, context: int, mask: int) -> None:
    _on_signal(signo, info, context, mask)


_DISPATCH: Final = _CALLBACK(_dispatch)


def on_signal(callback: Callback) -> None:
    """Have *callback* (signo, addresses of siginfo and ucontext, mask) called for every caught
    signal, with all signals blocked; *mask* is what the kernel set for the handler."""
    global _on_signal  # noqa: PLW0603  # one for the process, as dispositions are
    _on_signal = callback


_memory: Final = mmap.mmap(-1, mmap.PAGESIZE)
_BASE: Final = ctypes.addressof(ctypes.c_char.from_buffer(_memory))
RESTORER: Final = _BASE + 256
ENTER: Final = _BASE + 512
"""Addresses for sigaction(2)."""
_memory[: len(_CALL)] = _CALL
_memory[256 : 256 + len(_RESTORER)] = _RESTORER
_code = _enter(_EVERY, ctypes.cast(_DISPATCH, ctypes.c_void_p).value or 0)
_memory[512 : 512 + len(_code)] = _code

libc: Final = ctypes.CDLL(None, use_errno=True)
if libc.mprotect(ctypes.c_void_p(_BASE), mmap.PAGESIZE, mmap.PROT_READ | mmap.PROT_EXEC):
    raise OSError(ctypes.get_errno(), "no memory may hold code here (mprotect)")

_released: Final = ctypes.CFUNCTYPE(*_PROTOTYPE)(_BASE)
_held: Final = ctypes.PYFUNCTYPE(*_PROTOTYPE)(_BASE)
"""The same with the interpreter's lock kept: for what returns twice."""


def call(name: str, *arguments: Any, mask: int = BLOCK_ALL, held: bool = False) -> int:
    """Make the system call *name*, with *mask* as the thread's signal mask meanwhile.

    An argument is an integer, None (NULL), bytes (their address) or a ctypes object (its own).
    ``OSError`` with the errno if it fails.
    """
    words = (ctypes.c_ulong * 6)(*[_word(argument) for argument in arguments])
    asked = ctypes.c_uint64(mask)
    enter = _held if held else _released
    got: int = enter(NUMBERS[name], ctypes.addressof(words), ctypes.addressof(asked), _EVERY)
    if -4096 < got < 0:
        raise OSError(-got, os.strerror(-got))
    return got


def _word(argument: Any) -> int:
    if argument is None:
        return 0
    if isinstance(argument, int):
        return argument & BLOCK_ALL
    if isinstance(argument, bytes):
        return ctypes.cast(ctypes.c_char_p(argument), ctypes.c_void_p).value or 0
    return ctypes.addressof(argument)


def text(path: str) -> bytes:
    """*path* as the kernel takes it.  ``OSError`` (EINVAL): a NUL would end it early."""
    data = os.fsencode(path)
    if b"\0" in data:
        raise OSError(22, "a NUL byte ends a name")
    return data
