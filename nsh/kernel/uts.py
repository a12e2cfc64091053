"""Host and domain name, and the kernel's release (uts_namespaces(7); N3)."""

from typing import Final

from msgspec.structs import replace

from nsh.abi.capabilities import Cap
from nsh.abi.process import CloneFlag
from nsh.kernel import (
    capabilities,
    contexts,
    hooks,
    kinds,
    policies,
    waiting,
)
from nsh.kernel.kinds import New
from nsh.machine.ids import NamespaceId, TaskId
from nsh.machine.uts import Uts, UtsEvents
from nsh.machine.value import Transaction
from nsh.machine.waiting import On, channel

FIRST: Final = NamespaceId(2)
INUM: Final = 4026531838
NAME_LEN: Final = 64
"""__NEW_UTS_LEN."""
RELEASE: Final = "6.18.0-nsh"
VERSION: Final = "#1 SMP PREEMPT_DYNAMIC Thu Jan  1 00:00:00 UTC 1970"


RELEASES: Final = policies.policy(
    "uts.release",
    ("truthful", "settable"),
    "whether a uts namespace may say that the kernel is another version (S2: N3)",
)


@kinds.namespace("uts", CloneFlag.CLONE_NEWUTS, Uts, INUM)
def _copy(tx: Transaction, old: NamespaceId, new: New) -> Uts:
    return new.like(tx.get(Uts, old))


@hooks.on_boot(10)
def _boot(tx: Transaction) -> None:
    tx.put(FIRST, Uts(1, INUM, NamespaceId(0), "nsh"))


def of(tx: Transaction, task: TaskId) -> Uts:
    """The uts namespace of *task*."""
    return tx.get(Uts, contexts.namespace(tx, task, "uts"))


def name_channel(field: str) -> int:
    """Where it is told that the name *field* (``nodename``, ``domainname``) is set."""
    return channel(On.NAMES, int(field == "domainname"))


def name_events(tx: Transaction, field: str) -> int:
    """How often that was."""
    events: int = getattr(tx.find(UtsEvents, 0) or UtsEvents(), field)
    return events


def rename(tx: Transaction, caller: TaskId, field: str, name: str) -> None:
    """Set a name of the caller's uts namespace, and tell whoever polls for it, wherever they are
    (uts_proc_notify)."""
    key = contexts.namespace(tx, caller, "uts")
    tx.put(key, replace(tx.get(Uts, key), **{field: name}))
    events = tx.find(UtsEvents, 0) or UtsEvents()
    tx.put(0, replace(events, **{field: getattr(events, field) + 1}))
    waiting.wake(tx, name_channel(field))


def settable(tx: Transaction) -> bool:
    """Whether a uts namespace may be told that the kernel is another.

    S2: "what about setting the kernel version?" To which: "I still say yuck. The kernel won't
    properly emulate the other kernel version, so lying seems a horrible thing to do."
    """
    match policies.value(tx, RELEASES):
        case "settable":
            return True
        case _:
            return False


def release_of(tx: Transaction, task: TaskId) -> str:
    """The kernel's release as the uts namespace of *task* has it."""
    return (of(tx, task).release if settable(tx) else "") or RELEASE


def set_release(tx: Transaction, caller: TaskId, release: str) -> None:
    """Say that the kernel is another; "" for the truth.  EPERM."""
    capabilities.need(tx, caller, of(tx, caller).owner, Cap.CAP_SYS_ADMIN, "osrelease")
    key = contexts.namespace(tx, caller, "uts")
    tx.put(key, replace(tx.get(Uts, key), release=release))
