"""``shares``, ``stats`` and ``config``: what classes have of processors, memory and tasks (S0; R4).

Tasks are counted and refused; of the others nobody uses any here, so that it is only told who would
have how much.  "The change in distribution can be done by changing shares of a class, manually
moving processes between classes, by making or deleting classes": all of it holds at once.
"""

from collections import Counter
from typing import Final, NoReturn

from msgspec.structs import replace

from nsh.abi.errno import Errno
from nsh.kernel import cgroupns, pids
from nsh.kernel.cgroup import cftypes, population, shares
from nsh.kernel.cgroup.cftypes import By, Cftype, cftype
from nsh.kernel.cgroup.shares import Division
from nsh.kernel.fs import parameters
from nsh.kernel.fs.proc import hardware
from nsh.kernel.spaces import ROOT
from nsh.machine.cgroups import Cgroup, above, dead
from nsh.machine.classes import ClassShares
from nsh.machine.ids import CgroupId, TaskId
from nsh.machine.pids import PidSpace
from nsh.machine.tasks import Flag, Task
from nsh.machine.value import Transaction

TASKS: Final = "numtasks"
TOTAL: Final = 32_768
"""How many tasks there are to give away till somebody says otherwise: PID_MAX_DEFAULT."""
_MOST: Final = 1 << 22
_TOTALS: Final = {"cpu": 100 * hardware.CPUS, "mem": hardware.MEMORY, TASKS: 0}
"""In percent of a processor, in KiB, and as ``config`` says."""


def division(tx: Transaction, resource: str, cgroup: CgroupId) -> Division:
    """How classes divide a resource."""
    *_rest, root = above(tx, cgroup)
    total = _TOTALS[resource] or tx.get(ClassShares, root).total
    return Division(tx, lambda each: tx.get(ClassShares, each).of(resource), total)


def check_fork(tx: Transaction, child: TaskId, cgroup: CgroupId) -> None:
    """EAGAIN: *child*, which is in the class already, is more than it may have, or than there is
    but for what is kept for others; the kernel's own are not refused.

    O(tasks) where somebody has said what a class has of tasks; else O(classes).
    """
    *_rest, root = above(tx, cgroup)
    divided = any(TASKS in row.shares for row in tx.rows(ClassShares).values())
    plenty = tx.get(PidSpace, ROOT).live <= tx.get(ClassShares, root).total
    if tx.get(Task, child).flags & Flag.KTHREAD or (plenty and not divided):
        return
    number = tx.get(Cgroup, cgroup).hierarchy
    there = Counter(
        cgroupns.of(tx, TaskId(key), number)
        for key, task in tx.rows(Task).items()
        if not dead(task)
    )
    tasks = division(tx, TASKS, cgroup)
    for each in above(tx, cgroup):
        if tasks.needed(each, lambda one: there[one]) > tasks.limit(each):
            _reject(tx, child, cgroup, each, tasks.limit(each))


def _reject(
    tx: Transaction, child: TaskId, cgroup: CgroupId, full: CgroupId, limit: int
) -> NoReturn:
    def count(tx: Transaction) -> None:
        record = tx.find(ClassShares, cgroup)
        if record is not None:  # a rule had not made it for the child
            tx.put(cgroup, replace(record, failures=record.failures + 1))

    reason = f"class {cgroupns.whole_path(tx, full)} may have {limit} tasks, "
    reason += "with those that are kept for others"
    pids.refuse(tx, child, reason, count)


def _words(text: str) -> dict[str, str]:
    """``res=NAME,FIELD=VALUE,...``.  EINVAL."""
    found = {}
    for word in filter(None, text.split(",")):
        name, equals, value = word.partition("=")
        if not equals:
            raise Errno.EINVAL(f"{word!r} is not of the form NAME=VALUE")
        found[name] = value
    if found.get("res") not in _TOTALS:
        raise Errno.EINVAL(f"res= says which resource: {', '.join(_TOTALS)}")
    return found


@cftype("shares", cftypes.CLASSES)
class SharesFile(Cftype):
    """``res=NAME,guarantee=N,limit=N,total_guarantee=N,max_limit=N``: what is kept for it and what
    it may have, of its parent's total_guarantee and max_limit."""

    def show(self, tx: Transaction, reader: TaskId, cgroup: CgroupId) -> str:
        """A line for each resource."""
        lines = []
        for name in _TOTALS:
            own = tx.get(ClassShares, cgroup).of(name)
            least, most = shares.told(own.least), shares.told(own.most)
            lines.append(
                f"res={name},guarantee={least},limit={most},"
                f"total_guarantee={own.of_least},max_limit={own.of_most}\n"
            )
        return "".join(lines)

    def write(self, tx: Transaction, by: By, cgroup: CgroupId, text: str) -> None:
        """EINVAL for what there is not, or not so much of."""
        words = _words(text)
        resource = words.pop("res")
        record = tx.get(ClassShares, cgroup)
        own = record.of(resource)
        for name, value in words.items():
            match name:
                case "guarantee":
                    own = replace(own, least=shares.read(value))
                case "limit":
                    own = replace(own, most=shares.read(value))
                case "total_guarantee":
                    own = replace(own, of_least=shares.read_parts(value))
                case "max_limit":
                    own = replace(own, of_most=shares.read_parts(value))
                case _:
                    known = "guarantee, limit, total_guarantee and max_limit"
                    raise Errno.EINVAL(f"{name!r}: there are {known} to be set")
        tx.put(cgroup, replace(record, shares=record.shares.set(resource, own)))
        division(tx, resource, cgroup).check(cgroup)


@cftype("stats", cftypes.CLASSES)
class Stats(Cftype):
    """What comes of the shares, in numbers of the resource."""

    mode = 0o444

    def show(self, tx: Transaction, reader: TaskId, cgroup: CgroupId) -> str:
        """A line for each; ``tasks`` are those in it itself."""
        lines = []
        for name in _TOTALS:
            parts = division(tx, name, cgroup)
            lines.append(
                f"res={name},guarantee={parts.guarantee(cgroup)},limit={parts.limit(cgroup)}"
            )
        lines[-1] += f",tasks={len(population.members(tx, cgroup))}"
        lines[-1] += f",failures={tx.get(ClassShares, cgroup).failures}"
        return "".join(f"{line}\n" for line in lines)


@cftype("config", cftypes.CLASSES)
class Config(Cftype):
    """``res=numtasks,total_numtasks=N``: how many tasks there are to give away."""

    on_root_alone = True

    def show(self, tx: Transaction, reader: TaskId, cgroup: CgroupId) -> str:
        """The same."""
        return f"res={TASKS},total_numtasks={tx.get(ClassShares, cgroup).total}\n"

    def write(self, tx: Transaction, by: By, cgroup: CgroupId, text: str) -> None:
        """EINVAL."""
        words = _words(text)
        if {*words} != {"res", "total_numtasks"} or words["res"] != TASKS:
            raise Errno.EINVAL(f"res={TASKS},total_numtasks=N is all that there is to be set")
        total = parameters.amount(words["total_numtasks"], _MOST, "tasks")
        tx.put(cgroup, replace(tx.get(ClassShares, cgroup), total=total))
