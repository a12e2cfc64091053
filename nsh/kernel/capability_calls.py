"""capget(2), capset(2), and prctl(2) about capabilities (security/commoncap.c)."""

from typing import Final

from msgspec.structs import replace

from nsh.abi.capabilities import ALL, Ambient, Cap, Capget, Capset, CapSets, Secure
from nsh.abi.errno import Errno
from nsh.abi.prctl import PrctlOption
from nsh.kernel import capabilities, creds_commit, pids, refs
from nsh.kernel.dispatch import handles
from nsh.machine.ids import TaskId
from nsh.machine.tasks import Creds, Flag, Task
from nsh.machine.value import Transaction

LOCKS: Final = sum(bit for bit in Secure if bit.bit_length() % 2 == 0)
BITS: Final = LOCKS >> 1
_UNPRIVILEGED: Final = Secure.SECBIT_EXEC_RESTRICT_FILE | Secure.SECBIT_EXEC_DENY_INTERACTIVE
"""SECURE_ALL_UNPRIVILEGED: user space restricts itself by them."""
P = PrctlOption


@handles(Capget)
def capget(tx: Transaction, caller: TaskId, request: Capget) -> CapSets:
    """capget(2) of anybody in sight."""
    if request.pid < 0:
        raise Errno.EINVAL("no process has a negative number")
    target = pids.enter(tx, caller, request.pid, "tid") if request.pid else caller
    task = None if target is None else tx.find(Task, target)
    if task is None:
        raise Errno.ESRCH(refs.unseen(tx, caller, request.pid))
    creds = task.creds
    return CapSets(creds.effective, creds.permitted, creds.inheritable)


@handles(Capset)
def capset(tx: Transaction, caller: TaskId, request: Capset) -> int:
    """capset(2) (cap_capset); what is none of the known capabilities is left out."""
    old = tx.get(Task, caller).creds
    effective, permitted = request.effective & ALL, request.permitted & ALL
    inheritable = request.inheritable & ALL
    able = capabilities.has(tx, old, old.userns, Cap.CAP_SETPCAP)
    if not able and inheritable & ~(old.inheritable | old.permitted):
        raise Errno.EPERM("what is not permitted becomes inheritable by CAP_SETPCAP only")
    if inheritable & ~(old.inheritable | old.bounding):
        raise Errno.EPERM("what is out of bounds cannot become inheritable")
    if permitted & ~old.permitted:
        raise Errno.EPERM("nobody permits themselves more")
    if effective & ~permitted:
        raise Errno.EPERM("only what is permitted can be effective")
    new = replace(
        old,
        effective=effective,
        permitted=permitted,
        inheritable=inheritable,
        ambient=old.ambient & permitted & inheritable,
    )
    creds_commit.commit(tx, caller, new)
    return 0


def prctl(tx: Transaction, caller: TaskId, option: int, argument: int, more: int) -> int | None:
    """prctl(2) as far as it is about credentials; None for any other operation."""
    creds = tx.get(Task, caller).creds
    match option:
        case P.PR_CAPBSET_READ:
            return creds.bounding >> _known(argument) & 1
        case P.PR_GET_KEEPCAPS:
            return int(bool(creds.securebits & Secure.SECBIT_KEEP_CAPS))
        case P.PR_GET_SECUREBITS:
            return creds.securebits
        case P.PR_GET_NO_NEW_PRIVS:
            return int(creds.no_new_privs)
        case P.PR_GET_DUMPABLE:
            leader = tx.get(Task, tx.get(Task, caller).leader)
            return int(not leader.flags & Flag.NOT_DUMPABLE)
        case P.PR_SET_DUMPABLE:
            _set_dumpable(tx, caller, argument)
            return 0
        case P.PR_CAP_AMBIENT if argument == Ambient.IS_SET:
            return creds.ambient >> _known(more) & 1
        case P.PR_CAP_AMBIENT:
            new = _ambient(creds, argument, more)
        case P.PR_CAPBSET_DROP:
            own = creds.userns
            capabilities.need(tx, caller, own, Cap.CAP_SETPCAP, "dropping from the bounding set")
            new = replace(creds, bounding=creds.bounding & ~(1 << _known(argument)))
        case P.PR_SET_KEEPCAPS:
            new = replace(creds, securebits=_keep(creds.securebits, argument))
        case P.PR_SET_SECUREBITS:
            new = replace(creds, securebits=_secured(tx, creds, argument))
        case P.PR_SET_NO_NEW_PRIVS:
            if argument != 1:
                raise Errno.EINVAL("no_new_privs is for ever: it can be set to 1 only")
            new = replace(creds, no_new_privs=True)
        case _:
            return None
    creds_commit.commit(tx, caller, new)
    return 0


def _known(cap: int) -> int:
    if not 0 <= cap < len(Cap):
        raise Errno.EINVAL(f"there is no capability {cap}")
    return cap


def _set_dumpable(tx: Transaction, caller: TaskId, value: int) -> None:
    if value not in (0, 1):
        raise Errno.EINVAL("dumpable is 0 or 1")
    leader = tx.get(Task, caller).leader
    process = tx.get(Task, leader)
    flags = process.flags & ~Flag.NOT_DUMPABLE | (0 if value else Flag.NOT_DUMPABLE)
    tx.put(leader, replace(process, flags=flags))


def _ambient(creds: Creds, what: int, cap: int) -> Creds:
    if what == Ambient.CLEAR_ALL:
        if cap:
            raise Errno.EINVAL("all of them are cleared, and not one")
        return replace(creds, ambient=0)
    bit = 1 << _known(cap)
    match what:
        case Ambient.LOWER:
            return replace(creds, ambient=creds.ambient & ~bit)
        case Ambient.RAISE:
            if not creds.permitted & creds.inheritable & bit:
                raise Errno.EPERM(f"{Cap(cap).name} is not both permitted and inheritable")
            if creds.securebits & Secure.SECBIT_NO_CAP_AMBIENT_RAISE:
                raise Errno.EPERM("SECBIT_NO_CAP_AMBIENT_RAISE is set")
            return replace(creds, ambient=creds.ambient | bit)
        case _:
            raise Errno.EINVAL(f"PR_CAP_AMBIENT has no operation {what}")


def _keep(bits: int, value: int) -> int:
    if value not in (0, 1):
        raise Errno.EINVAL("capabilities are kept (1) or not (0)")
    if bits & Secure.SECBIT_KEEP_CAPS_LOCKED:
        raise Errno.EPERM("SECBIT_KEEP_CAPS_LOCKED is set")
    return bits & ~Secure.SECBIT_KEEP_CAPS | (Secure.SECBIT_KEEP_CAPS if value else 0)


def _secured(tx: Transaction, creds: Creds, bits: int) -> int:
    """The securebits that PR_SET_SECUREBITS asks for.  EPERM (cap_task_prctl)."""
    old = creds.securebits
    changed = old ^ bits
    if (old & LOCKS) >> 1 & changed:
        raise Errno.EPERM("a bit that is locked cannot change")
    if old & LOCKS & ~bits:
        raise Errno.EPERM("locks are for ever")
    if bits & ~(LOCKS | BITS):
        raise Errno.EPERM(f"{bits & ~(LOCKS | BITS):#x} are no securebits")
    if not capabilities.has(tx, creds, creds.userns, Cap.CAP_SETPCAP):
        own = _UNPRIVILEGED | _UNPRIVILEGED << 1
        if not changed or changed & ~own:
            raise Errno.EPERM("securebits take CAP_SETPCAP")
    return bits
