"""The device namespace (N7): S2's plan, and the objection to it.

"We don't want to get rid of mknod() but we also want to limit the view of the devices in a
container. One way to do this is through a device namespace which would only expose a 'white list'
of devices when unshared."  To which: "How the hell does a separate device ns protect you from
mknod?"

A node is a name for a number, and anybody with CAP_MKNOD may make one, so that hiding the names in
/dev protects nobody; what can be asked is whether the *number* means a device to whoever opens a
node.  That is the position ``at-open`` of the policy ``dev.check``, and the errno is ENXIO, not
EPERM: to those inside the device is not forbidden, there is none.  ``at-lookup`` leaves it at the
hidden names, for the objection to be shown.  Neither touches what is open already.
"""

from typing import Final

from msgspec.structs import replace

from nsh.abi.capabilities import Cap
from nsh.abi.errno import Errno
from nsh.abi.process import CloneFlag
from nsh.kernel import capabilities, contexts, hooks, kinds, namespaces, policies
from nsh.kernel.fs.drivers import device_names
from nsh.kernel.kinds import New
from nsh.machine.devices import DevSpace
from nsh.machine.files import dev_major, dev_minor, makedev
from nsh.machine.ids import NamespaceId, TaskId
from nsh.machine.settings import on_mainline
from nsh.machine.value import Machine, Transaction

FIRST: Final = NamespaceId(21)
INUM: Final = 4026531830
"""Mainline has none; its lowest of fixed numbers is 4026531832."""
LIST: Final = frozenset(("null", "full", "zero", "rtc", "random", "pts/*"))
"""S2: "a possible white list"."""
SLAVES: Final = "pts/*"
"""/dev/ptmx and every slave; of those, under the policy ``devpts whitelist``, one's own."""

_RTC: Final = makedev(10, 135)
_PTMX: Final = makedev(5, 2)
_SLAVE_MAJOR: Final = 136
_LONGEST: Final = 64

CHECK: Final = policies.policy(
    "dev.check",
    ("at-open", "at-lookup"),
    "whether a device namespace's white list decides what can be opened, or what /dev shows (S2)",
)


def _present(machine: Machine | Transaction) -> bool:
    return not on_mainline(machine)


@kinds.namespace("dev", CloneFlag.CLONE_NEWDEV, DevSpace, INUM, present=_present)
def _copy(tx: Transaction, old: NamespaceId, new: New) -> DevSpace:
    """Whatever the caller had, it has the white list now, and no more than it had."""
    namespaces.hold(tx, "dev", old)
    path = (*tx.get(DevSpace, old).path, new.key)
    return DevSpace(1, new.inum, new.owner, path, LIST, creator=new.creator)


def _end(tx: Transaction, space: NamespaceId, record: DevSpace) -> None:
    """What was above it is kept no longer."""
    del space
    namespaces.put_above(tx, "dev", record.path)


kinds.registered("dev").end = _end


@hooks.on_boot(10)
def _boot(tx: Transaction) -> None:
    tx.put(FIRST, DevSpace(1, INUM, NamespaceId(0), (FIRST,)))


def path_of(tx: Transaction, task: TaskId) -> tuple[NamespaceId, ...]:
    """The device namespaces that *task* is in, outermost first."""
    return tx.get(DevSpace, contexts.namespace(tx, task, "dev")).path


def name_of(block: bool, rdev: int) -> str:
    """What white lists call a device."""
    major, minor = dev_major(rdev), dev_minor(rdev)
    if not block:
        if major == _SLAVE_MAJOR:
            return f"pts/{minor}"
        for known in device_names():
            if known.rdev == rdev:
                return known.name
        if rdev == _RTC:
            return "rtc"
    return f"{'b' if block else 'c'} {major}:{minor}"


def lists(
    tx: Transaction,
    task: TaskId,
    rdev: int,
    *,
    block: bool = False,
    seen_from: tuple[NamespaceId, ...] | None = None,
) -> bool:
    """Whether the device is on the white lists of *task*'s namespace and all above it.

    With *seen_from*, the slave counts as ``pts/*`` only for the namespaces in it.
    """
    for space in path_of(tx, task)[1:]:
        listed = tx.get(DevSpace, space).listed
        slaves = seen_from is None or space in seen_from
        # one that is being restarted has every device, until what was open is so again
        if listed is not None and not _covered(listed, rdev, block=block, slaves=slaves):
            return False
    return True


def _covered(listed: frozenset[str], rdev: int, *, block: bool, slaves: bool) -> bool:
    name = name_of(block, rdev)
    if name in listed:
        return True
    if not block and (rdev == _PTMX or (dev_major(rdev) == _SLAVE_MAJOR and slaves)):
        if SLAVES in listed:
            return True
        if rdev == _PTMX:
            return any(entry.startswith("pts/") for entry in listed)
    letter = "b" if block else "c"
    return f"{letter} {dev_major(rdev)}:*" in listed


def check_open(tx: Transaction, caller: TaskId, rdev: int, *, block: bool = False) -> None:
    """ENXIO where there is no such device in the caller's namespace."""
    match policies.value(tx, CHECK):
        case "at-open":
            if not lists(tx, caller, rdev, block=block):
                name = name_of(block, rdev)
                raise Errno.ENXIO(f"{name} is not on the white list of the device namespace")
        case _:  # "at-lookup": who has a name has the device
            pass


# ---- /proc/PID/devices ----


def show(tx: Transaction, task: TaskId) -> str:
    """The white list of *task*'s namespace, an entry a line; ``*``: every device."""
    listed = tx.get(DevSpace, contexts.namespace(tx, task, "dev")).listed
    return "*\n" if listed is None else "".join(f"{entry}\n" for entry in sorted(listed))


def change(tx: Transaction, caller: TaskId, task: TaskId, text: str) -> None:
    """``+ENTRY`` or ``-ENTRY``, an entry a line.  Inside, a list can only be shortened.

    EINVAL; EPERM for who is in no namespace above, or has no CAP_SYS_ADMIN.
    """
    key = contexts.namespace(tx, task, "dev")
    record = tx.get(DevSpace, key)
    own = contexts.namespace(tx, caller, "dev")
    capabilities.need(tx, caller, record.owner, Cap.CAP_SYS_ADMIN, "changing a white list")
    if own not in record.path:
        raise Errno.EPERM("the device namespace is not below the caller's")
    if record.listed is None:
        raise Errno.EPERM("the first device namespace has every device")
    listed = record.listed
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    for line in lines:
        named = entry(line[1:].strip())
        match line[0]:
            case "-":
                listed = listed - {named}
            case "+" if own == key:
                raise Errno.EPERM("only from above can a white list be made longer")
            case "+":
                listed = listed | {named}
            case _:
                raise Errno.EINVAL(f"{line[:_LONGEST]!r} begins with neither + nor -")
    tx.put(key, replace(record, listed=listed))


def entry(text: str) -> str:
    """An entry as lists have it.  EINVAL."""
    kind, blank, number = text.partition(" ")
    major, colon, minor = number.strip().partition(":")
    if blank and colon and kind in ("b", "c") and _is_number(major):
        if minor == "*":
            return SLAVES if (kind, int(major)) == ("c", _SLAVE_MAJOR) else f"{kind} {major}:*"
        if _is_number(minor):
            return name_of(kind == "b", makedev(int(major), int(minor)))
    names = {known.name for known in device_names()} | LIST
    if text in names or (text.startswith("pts/") and _is_number(text[4:])):
        return text
    raise Errno.EINVAL(f"{text[:_LONGEST]!r} is no device's name, nor c MAJOR:MINOR")


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 8 and text == str(int(text))
