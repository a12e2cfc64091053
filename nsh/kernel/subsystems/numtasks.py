"""``numtasks``: how many tasks there may be, as shares among siblings (S1: ResGroups; G9).

A container's ``max_shares`` are what it may have of its parent's limit, in parts of that one's
``child_shares_divisor``; its ``min_shares`` are what is kept for it of its parent's guarantee, so
that nobody else's forks take them.  The root has ``numtasks.total`` to give away.  A limit is asked
of forks alone, and may be changed at any time.
"""

from collections.abc import Callable
from typing import Final, NoReturn

from msgspec.structs import replace

from nsh.abi.errno import Errno
from nsh.kernel import pids
from nsh.kernel.cgroup import cftypes, population
from nsh.kernel.cgroup.cftypes import By, Cftype, cftype
from nsh.kernel.dispatch import LeavesTrace
from nsh.kernel.fs import parameters
from nsh.kernel.subsystems import registry
from nsh.kernel.subsystems.registry import Subsystem, subsystem
from nsh.machine.cgroups import Cgroup, above
from nsh.machine.ids import CgroupId, TaskId
from nsh.machine.numtasks import DONT_CARE, Numtasks
from nsh.machine.tasks import Flag, Task
from nsh.machine.value import Transaction

NAME: Final = "numtasks"
_TOTAL: Final = 32_768
"""What there is to give away till somebody says otherwise: PID_MAX_DEFAULT."""
_MOST: Final = 1 << 22
_WORD: Final = "dont_care"


@subsystem(NAME)
class NumTasks(Subsystem):
    """It counts whoever is in a container, and refuses forks."""

    def create(self, tx: Transaction, container: CgroupId) -> None:
        """With whom is there already."""
        there = len(population.members(tx, container))
        total = _TOTAL if tx.get(Cgroup, container).parent == container else 0
        tx.put(container, Numtasks(there, there, total=total))
        _note(tx, container)

    def destroy(self, tx: Transaction, container: CgroupId) -> None:
        """Nothing is left of it."""
        tx.drop(Numtasks, container)

    def duplicate(self, tx: Transaction, source: CgroupId, container: CgroupId) -> None:
        """The limit is the source's anyway; what is kept for one cannot be kept for two."""
        divisor = tx.get(Numtasks, source).divisor
        tx.put(container, replace(tx.get(Numtasks, container), divisor=divisor))

    def attach(self, tx: Transaction, task: TaskId, source: CgroupId, container: CgroupId) -> None:
        """Whoever comes is let in."""
        _count(tx, source, -1)
        _count(tx, container, 1)
        _note(tx, container)

    def fork(self, tx: Transaction, child: TaskId, container: CgroupId) -> None:
        """EAGAIN where it would take more than there is, or what is kept for others; the kernel's
        own are not refused."""
        _count(tx, container, 1)
        kernel = tx.get(Task, child).flags & Flag.KTHREAD
        for each in () if kernel else above(tx, container):
            needed, limit = _needed(tx, each), _limit(tx, each)
            if needed > limit:
                _reject(tx, child, container, each, limit)
        _note(tx, container)

    def exit(self, tx: Transaction, task: TaskId, container: CgroupId) -> None:
        """One less."""
        _count(tx, container, -1)


def _count(tx: Transaction, container: CgroupId, change: int) -> None:
    record = tx.get(Numtasks, container)
    tx.put(container, replace(record, tasks=record.tasks + change))


def _note(tx: Transaction, container: CgroupId) -> None:
    """The most that there have been may be what there is now."""
    for each in above(tx, container):
        record, now = tx.get(Numtasks, each), tasks_below(tx, each)
        if now > record.most:
            tx.put(each, replace(record, most=now))


def tasks_below(tx: Transaction, container: CgroupId) -> int:
    """How many tasks there are in it and below, where they are counted already."""
    record = tx.find(Numtasks, container)
    if record is None:  # a subsystem comes to a hierarchy from the top (policy container.binding)
        return 0
    children = tx.get(Cgroup, container).children.values()
    return record.tasks + sum(tasks_below(tx, each) for each in children)


def _needed(tx: Transaction, container: CgroupId) -> int:
    """The tasks in it, and for each child those that it has or that are kept for it."""
    children = tx.get(Cgroup, container).children.values()
    kept = (max(_needed(tx, each), _guarantee(tx, each)) for each in children)
    return tx.get(Numtasks, container).tasks + sum(kept)


def _guarantee(tx: Transaction, container: CgroupId) -> int:
    record = tx.get(Numtasks, container)
    parent = tx.get(Cgroup, container).parent
    if parent == container:
        return record.total
    if record.min_shares == DONT_CARE:
        return 0
    return _guarantee(tx, parent) * record.min_shares // tx.get(Numtasks, parent).divisor


def _limit(tx: Transaction, container: CgroupId) -> int:
    record = tx.get(Numtasks, container)
    parent = tx.get(Cgroup, container).parent
    if parent == container:
        return record.total
    if record.max_shares == DONT_CARE:
        return _limit(tx, parent)
    return _limit(tx, parent) * record.max_shares // tx.get(Numtasks, parent).divisor


def _reject(
    tx: Transaction, child: TaskId, container: CgroupId, full: CgroupId, limit: int
) -> NoReturn:
    """The fork fails, and is counted; its number is spent."""
    spend = pids.spending(tx, tx.get(Task, child).space)

    def trace(tx: Transaction) -> None:
        spend(tx)
        record = tx.get(Numtasks, container)
        tx.put(container, replace(record, failures=record.failures + 1))

    kept = _needed(tx, full) - tasks_below(tx, full)
    reason = f"numtasks: {registry.path(tx, full)} may have {limit} tasks"
    reason += f", {kept} of which are kept for others" if kept else ""
    raise LeavesTrace(Errno.EAGAIN, reason, trace)


class _File(Cftype):
    controller = NAME


@cftype("numtasks.stats", cftypes.CONTAINERS)
class Stats(_File):
    """What it has, and may have."""

    mode = 0o444

    def show(self, tx: Transaction, reader: TaskId, cgroup: CgroupId) -> str:
        """Of it and those below; failures are of forks in it."""
        record = tx.get(Numtasks, cgroup)
        told = {
            "tasks": tasks_below(tx, cgroup),
            "most": record.most,
            "guarantee": _guarantee(tx, cgroup),
            "limit": _limit(tx, cgroup),
            "failures": record.failures,
        }
        return "".join(f"{name} {value}\n" for name, value in told.items())


@cftype("numtasks.total", cftypes.CONTAINERS)
class Total(_File):
    """How many the root has to give away."""

    on_root_alone = True

    def show(self, tx: Transaction, reader: TaskId, cgroup: CgroupId) -> str:
        """The number."""
        return f"{tx.get(Numtasks, cgroup).total}\n"

    def write(self, tx: Transaction, by: By, cgroup: CgroupId, text: str) -> None:
        """EINVAL."""
        total = parameters.number(text)
        if total is None or not 0 <= total <= _MOST:
            raise Errno.EINVAL(f"a number of tasks, 0 to {_MOST}")
        tx.put(cgroup, replace(tx.get(Numtasks, cgroup), total=total))


@cftype("numtasks.shares", cftypes.CONTAINERS)
class Shares(_File):
    """``min_shares=N,max_shares=N,child_shares_divisor=N``: any of them may be written."""

    def show(self, tx: Transaction, reader: TaskId, cgroup: CgroupId) -> str:
        """All of them, in a line."""
        record = tx.get(Numtasks, cgroup)
        least, most = _said(record.min_shares), _said(record.max_shares)
        return f"min_shares={least},max_shares={most},child_shares_divisor={record.divisor}\n"

    def write(self, tx: Transaction, by: By, cgroup: CgroupId, text: str) -> None:
        """EINVAL for what is none of them, and for shares of which there are not so many."""
        record = tx.get(Numtasks, cgroup)
        for word in filter(None, text.split(",")):
            name, _equals, value = word.partition("=")
            if name not in _FIELDS:
                raise Errno.EINVAL(f"{word!r}: {', '.join(_FIELDS)} are what there is to be set")
            field, read = _FIELDS[name]
            record = replace(record, **{field: read(value)})
        tx.put(cgroup, record)
        _check(tx, cgroup, record)


def _said(shares: int) -> str:
    return _WORD if shares == DONT_CARE else str(shares)


def _shares(value: str) -> int:
    found = DONT_CARE if value == _WORD else parameters.number(value)
    if found is None or (found < 0 and value != _WORD):
        raise Errno.EINVAL(f"a number of shares, or {_WORD}, not {value!r}")
    return found


def _divisor(value: str) -> int:
    found = parameters.number(value)
    if found is None or found < 1:
        raise Errno.EINVAL(f"a number of parts, not {value!r}")
    return found


_FIELDS: Final[dict[str, tuple[str, Callable[[str], int]]]] = {
    "min_shares": ("min_shares", _shares),
    "max_shares": ("max_shares", _shares),
    "child_shares_divisor": ("divisor", _divisor),
}


def _check(tx: Transaction, container: CgroupId, record: Numtasks) -> None:
    """EINVAL: shares are of what the one around it has, and siblings' guarantees fit in there."""
    parent = tx.get(Cgroup, container).parent
    divisor = tx.get(Numtasks, parent).divisor
    if parent != container:
        if record.max_shares not in (DONT_CARE, max(0, min(record.max_shares, divisor))):
            raise Errno.EINVAL(f"max_shares are of {divisor}, so many as its parent's are told in")
        if DONT_CARE < record.max_shares < record.min_shares:
            raise Errno.EINVAL("min_shares are no more than max_shares")
    elif (record.min_shares, record.max_shares) != (DONT_CARE, DONT_CARE):
        raise Errno.EINVAL("the root has no shares of anything: numtasks.total is all there is")
    for of in {container, parent}:
        kept = sum(
            max(0, tx.get(Numtasks, child).min_shares)
            for child in tx.get(Cgroup, of).children.values()
        )
        divisor = tx.get(Numtasks, of).divisor
        if kept > divisor:
            raise Errno.EINVAL(f"min_shares of siblings are {kept} together, of {divisor}")
