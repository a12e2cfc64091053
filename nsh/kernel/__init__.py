"""The model's syscalls: what happens when a request crosses the boundary.

One file per mechanism, of the same name as its records in `nsh.machine`. A handler takes a
transaction on a machine and the calling task, and either replies or raises an errno and leaves
everything as it was. Ids are translated between the kernel's and the caller's here and nowhere
else. Mechanisms register their handlers and hooks; the core names none of them.

Rule: stands on `abi` and `machine` alone; never prints, reads no clock, holds no state.
"""

from nsh.kernel.dispatch import Outcome, call, perform

__all__ = ["Outcome", "call", "perform"]
