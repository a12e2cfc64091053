"""``numtasks``: how many tasks there may be, as shares among siblings (S1: ResGroups; G9).

A container's ``max_shares`` are what it may have of its parent's limit, in parts of that one's
``child_shares_divisor``; its ``min_shares`` are what is kept for it of its parent's guarantee, so
that nobody else's forks take them.  The root has ``numtasks.total`` to give away.  A limit is asked
of forks alone, and may be changed at any time.
"""

from typing import Final, NoReturn

from msgspec.structs import replace

from nsh.abi.errno import Errno
from nsh.kernel import cgroupns, pids
from nsh.kernel.cgroup import cftypes, population, shares
from nsh.kernel.cgroup.cftypes import By, Cftype, cftype
from nsh.kernel.cgroup.shares import Division
from nsh.kernel.fs import parameters
from nsh.kernel.subsystems.registry import Subsystem, subsystem
from nsh.machine.cgroups import Cgroup, above
from nsh.machine.ids import CgroupId, TaskId
from nsh.machine.numtasks import Numtasks
from nsh.machine.shares import Shares
from nsh.machine.tasks import Flag, Task
from nsh.machine.value import Transaction

NAME: Final = "numtasks"
_TOTAL: Final = 32_768
"""What there is to give away till somebody says otherwise: PID_MAX_DEFAULT."""
_MOST: Final = 1 << 22


@subsystem(NAME)
class NumTasks(Subsystem):
    """It counts whoever is in a container, and refuses forks."""

    def create(self, tx: Transaction, container: CgroupId) -> None:
        """With whom is there already."""
        total = _TOTAL if tx.get(Cgroup, container).parent == container else 0
        tx.put(container, Numtasks(total=total))
        _charge(tx, container, len(population.members(tx, container)))

    def destroy(self, tx: Transaction, container: CgroupId) -> None:
        """Nothing is left of it."""
        tx.drop(Numtasks, container)

    def duplicate(self, tx: Transaction, source: CgroupId, container: CgroupId) -> None:
        """The limit is the source's anyway; what is kept for one cannot be kept for two."""
        old = tx.get(Numtasks, source).shares
        shares = Shares(of_least=old.of_least, of_most=old.of_most)
        tx.put(container, replace(tx.get(Numtasks, container), shares=shares))

    def attach(self, tx: Transaction, task: TaskId, source: CgroupId, container: CgroupId) -> None:
        """Whoever comes is let in."""
        _charge(tx, source, -1)
        _charge(tx, container, 1)

    def fork(self, tx: Transaction, child: TaskId, container: CgroupId) -> None:
        """EAGAIN where it would take more than there is, or what is kept for others; the kernel's
        own are not refused."""
        _charge(tx, container, 1)
        if tx.get(Task, child).flags & Flag.KTHREAD:
            return
        division = _division(tx, container)
        kept = any(row.shares.least > 0 for row in tx.rows(Numtasks).values())
        for each in above(tx, container):
            needed = tx.get(Numtasks, each).tasks
            if kept:  # O(containers)
                needed = division.needed(each, lambda one: _itself(tx, one))
            if needed > division.limit(each):
                _reject(tx, child, container, each, (needed, division.limit(each)))

    def exit(self, tx: Transaction, task: TaskId, container: CgroupId) -> None:
        """One less."""
        _charge(tx, container, -1)


def _charge(tx: Transaction, container: CgroupId, change: int) -> None:
    for each in above(tx, container):
        record = tx.get(Numtasks, each)
        tasks = record.tasks + change
        tx.put(each, replace(record, tasks=tasks, most=max(tasks, record.most)))


def _itself(tx: Transaction, container: CgroupId) -> int:
    """How many tasks there are in it, and not below."""
    below = tx.get(Cgroup, container).children.values()
    return tx.get(Numtasks, container).tasks - sum(tx.get(Numtasks, each).tasks for each in below)


def _division(tx: Transaction, container: CgroupId) -> Division:
    """Of the hierarchy that *container* is in."""
    *_rest, root = above(tx, container)
    total = tx.get(Numtasks, root).total
    return Division(tx, lambda each: tx.get(Numtasks, each).shares, total)


def _reject(
    tx: Transaction, child: TaskId, container: CgroupId, full: CgroupId, room: tuple[int, int]
) -> NoReturn:
    """The fork fails, and is counted; its number is spent.  *room*: what was needed, and the limit
    of the one that is *full*."""
    needed, limit = room

    def count(tx: Transaction) -> None:
        record = tx.get(Numtasks, container)
        tx.put(container, replace(record, failures=record.failures + 1))

    kept = needed - tx.get(Numtasks, full).tasks
    reason = f"numtasks: {cgroupns.whole_path(tx, full)} may have {limit} tasks"
    reason += f", {kept} of which are kept for others" if kept else ""
    pids.refuse(tx, child, reason, count)


class _File(Cftype):
    controller = NAME


@cftype("numtasks.stats", cftypes.CONTAINERS)
class Stats(_File):
    """What it has, and may have."""

    mode = 0o444

    def show(self, tx: Transaction, reader: TaskId, cgroup: CgroupId) -> str:
        """Of it and those below; failures are of forks in it."""
        record, division = tx.get(Numtasks, cgroup), _division(tx, cgroup)
        told = {
            "tasks": record.tasks,
            "most": record.most,
            "guarantee": division.guarantee(cgroup),
            "limit": division.limit(cgroup),
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
        total = parameters.amount(text, _MOST, "tasks")
        tx.put(cgroup, replace(tx.get(Numtasks, cgroup), total=total))


@cftype("numtasks.shares", cftypes.CONTAINERS)
class SharesFile(_File):
    """``min_shares=N,max_shares=N,child_shares_divisor=N``: any of them may be written."""

    def show(self, tx: Transaction, reader: TaskId, cgroup: CgroupId) -> str:
        """All of them, in a line."""
        own = tx.get(Numtasks, cgroup).shares
        least, most = shares.told(own.least), shares.told(own.most)
        return f"min_shares={least},max_shares={most},child_shares_divisor={own.of_least}\n"

    def write(self, tx: Transaction, by: By, cgroup: CgroupId, text: str) -> None:
        """EINVAL for what is none of them, and for shares of which there are not so many."""
        record = tx.get(Numtasks, cgroup)
        own = record.shares
        for word in filter(None, text.split(",")):
            name, _equals, value = word.partition("=")
            match name:
                case "min_shares":
                    own = replace(own, least=shares.read(value))
                case "max_shares":
                    own = replace(own, most=shares.read(value))
                case "child_shares_divisor":
                    parts = shares.read_parts(value)
                    own = replace(own, of_least=parts, of_most=parts)
                case _:
                    known = "min_shares, max_shares and child_shares_divisor"
                    raise Errno.EINVAL(f"{word!r}: there are {known} to be set")
        tx.put(cgroup, replace(record, shares=own))
        _division(tx, cgroup).check(cgroup)
