"""The controller of pids: how many tasks there may be (pids.c; cgroup-v2.rst, "PID").

A limit is asked of forks alone: who is moved comes in, and a limit may be below what there is.
"""

from typing import NoReturn

from immutables import Map
from msgspec.structs import replace

from nsh.abi.errno import Errno
from nsh.kernel import cgroupns, pids, printk
from nsh.kernel.cgroup import cftypes, controllers, events
from nsh.kernel.cgroup.cftypes import By, Cftype, cftype
from nsh.kernel.fs import parameters
from nsh.machine.cgroups import UNIFIED, UNLIMITED, Hierarchy, PidsCgroup, above
from nsh.machine.ids import CgroupId, HierarchyId, TaskId
from nsh.machine.value import Transaction

NAME = "pids"
_MOST = 1 << 22
"""PID_MAX_LIMIT."""
_LONG = 1 << 63
_ours = controllers.controller(NAME, unified=True)


@_ours.begins
def _begin(tx: Transaction, cgroup: CgroupId, there: int) -> None:
    """It counts in *cgroup* from now on, where so many are already."""
    tx.put(cgroup, PidsCgroup(there, there))


@_ours.ends
def _end(tx: Transaction, cgroup: CgroupId) -> None:
    tx.drop(PidsCgroup, cgroup)


def _counting(tx: Transaction, cgroups: Map[HierarchyId, CgroupId]) -> list[CgroupId]:
    """The cgroups that count who is in *cgroups*, innermost first."""
    cgroup = cgroups.get(controllers.hierarchy(tx, NAME))
    if cgroup is None:
        return []
    return [each for each in above(tx, cgroup) if tx.find(PidsCgroup, each) is not None]


def move(
    tx: Transaction, before: Map[HierarchyId, CgroupId], after: Map[HierarchyId, CgroupId]
) -> None:
    """A task that was counted in *before* is so in *after* (pids_can_attach, pids_release): who
    counts it in both has seen one more meanwhile."""
    if not tx.has(PidsCgroup):
        return
    old, new = _counting(tx, before), _counting(tx, after)
    if old == new:
        return
    for cgroup in new:
        _charge(tx, cgroup)
    for cgroup in old:
        record = tx.get(PidsCgroup, cgroup)
        tx.put(cgroup, replace(record, current=record.current - 1))


def _charge(tx: Transaction, cgroup: CgroupId) -> None:
    record = tx.get(PidsCgroup, cgroup)
    current = record.current + 1
    tx.put(cgroup, replace(record, current=current, peak=max(record.peak, current)))


def fork(tx: Transaction, child: TaskId, cgroups: Map[HierarchyId, CgroupId]) -> None:
    """*child* is born in *cgroups*.  EAGAIN over a limit of one above (pids_can_fork)."""
    if not tx.has(PidsCgroup):
        return
    counting = _counting(tx, cgroups)
    for place, cgroup in enumerate(counting):
        record = tx.get(PidsCgroup, cgroup)
        if record.current >= record.limit:
            _reject(tx, child, counting, place)
        _charge(tx, cgroup)


def _reject(tx: Transaction, child: TaskId, counting: list[CgroupId], place: int) -> NoReturn:
    """The fork fails in the limit of one of those that would count the child; who counts it before
    that one has seen it (pids_event)."""
    limit = tx.get(PidsCgroup, counting[place]).limit
    where = cgroupns.whole_path(tx, counting[place])

    def count(tx: Transaction) -> None:
        for cgroup in counting[:place]:
            record = tx.get(PidsCgroup, cgroup)
            tx.put(cgroup, replace(record, peak=max(record.peak, record.current + 1)))
        first = tx.get(PidsCgroup, counting[0])
        tx.put(counting[0], replace(first, rejected=first.rejected + 1))
        over = tx.get(PidsCgroup, counting[place])
        tx.put(counting[place], replace(over, local_events=over.local_events + 1))
        for cgroup in counting[place:]:
            record = tx.get(PidsCgroup, cgroup)
            tx.put(cgroup, replace(record, events=record.events + 1))
        if not first.rejected:
            path = cgroupns.whole_path(tx, counting[0])
            said = f"cgroup: fork rejected by pids controller in {path}"
            printk.printk(tx, printk.KERN_INFO, said)
        if _counts_locally(tx):  # till Linux 6.18 only pids.events.local is told of, which v1 lacks
            events.notify(tx, counting[0], "pids.events")
            events.notify(tx, counting[0], "pids.events.local")
            return
        events.notify(tx, counting[place], "pids.events.local")
        for cgroup in counting[place:]:
            events.notify(tx, cgroup, "pids.events")

    pids.refuse(tx, child, f"pids.max of {where} is {limit}", count)


def _counts_locally(tx: Transaction) -> bool:
    """Whether events are those of forks by who is in a cgroup, whosever limit they have met."""
    number = controllers.hierarchy(tx, NAME)
    return number != UNIFIED or "pids_localevents" in tx.get(Hierarchy, UNIFIED).options


class _File(Cftype):
    controller = NAME
    on_root = False


class _Fact(_File):
    mode = 0o444
    field = ""

    def show(self, tx: Transaction, reader: TaskId, cgroup: CgroupId) -> str:
        return f"{getattr(tx.get(PidsCgroup, cgroup), self.field)}\n"


@cftype("pids.current", cftypes.LEGACY, cftypes.UNIFIED)
class Current(_Fact):
    """How many there are in it and below."""

    field = "current"


@cftype("pids.peak", cftypes.LEGACY, cftypes.UNIFIED)
class Peak(_Fact):
    """How many there have been at most."""

    field = "peak"


@cftype("pids.max", cftypes.LEGACY, cftypes.UNIFIED)
class Max(_File):
    """How many there may be for another to be born."""

    def show(self, tx: Transaction, reader: TaskId, cgroup: CgroupId) -> str:
        """The number, or "max"."""
        limit = tx.get(PidsCgroup, cgroup).limit
        return "max\n" if limit == UNLIMITED else f"{limit}\n"

    def write(self, tx: Transaction, by: By, cgroup: CgroupId, text: str) -> None:
        """EINVAL, ERANGE for what a long does not hold."""
        limit = UNLIMITED
        if text != "max":
            found = parameters.number(text)
            if found is not None and not -_LONG <= found < _LONG:
                raise Errno.ERANGE(f"{found} is more than a long holds")
            if found is None or not 0 <= found <= _MOST:
                raise Errno.EINVAL(f"a limit is max, or 0 to {_MOST}")
            limit = found
        tx.put(cgroup, replace(tx.get(PidsCgroup, cgroup), limit=limit))


@cftype("pids.events", cftypes.LEGACY, cftypes.UNIFIED)
class Events(_File):
    """How often a limit was met: here or below; of the first version, and with pids_localevents,
    by those in here."""

    mode = 0o444
    notifies = True
    local = False

    def show(self, tx: Transaction, reader: TaskId, cgroup: CgroupId) -> str:
        """Since it is counted."""
        record = tx.get(PidsCgroup, cgroup)
        if _counts_locally(tx):
            return f"max {record.rejected}\n"
        return f"max {record.local_events if self.local else record.events}\n"


@cftype("pids.events.local", cftypes.UNIFIED)
class LocalEvents(Events):
    """The same of its own limit alone."""

    local = True
