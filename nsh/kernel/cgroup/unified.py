"""The files of cgroups in the unified hierarchy (cgroup-v2.rst; kernel/cgroup/cgroup.c).

Each line of what lists somebody is in the reader's numbers, 0 for whom it does not see.
"""

from collections.abc import Collection, Iterable
from typing import Final

from msgspec.structs import replace

from nsh.abi.errno import Errno
from nsh.abi.signals import SiCode, Sig
from nsh.kernel import cgroupns, kill, pids
from nsh.kernel.cgroup import (
    attaching,
    cftypes,
    controllers,
    domains,
    events,
    freezing,
    legacy,
    members,
    population,
    tree,
)
from nsh.kernel.cgroup.cftypes import By, Cftype, cftype
from nsh.kernel.fs import parameters
from nsh.machine.cgroups import (
    CONTROLLERS,
    UNIFIED,
    UNLIMITED,
    Cgroup,
    CgroupSpace,
    InCgroups,
    above,
    dead,
)
from nsh.machine.ids import CgroupId, TaskId
from nsh.machine.tasks import Flag, Task
from nsh.machine.value import Transaction

_OURS: Final = cftypes.UNIFIED
_INT: Final = 1 << 31


def integer(text: str) -> int:
    """kstrtoint: EINVAL for what is no number, ERANGE for what an int does not hold."""
    found = parameters.number(text)
    if found is None:
        raise Errno.EINVAL(f"{text!r} is no number")
    if not -_INT <= found < _INT:
        raise Errno.ERANGE(f"{found} is more than an int holds")
    return found


class _Pids(Cftype):
    threads = False
    delegatable = True

    def show(self, tx: Transaction, reader: TaskId, cgroup: CgroupId) -> str:
        space = tx.get(Task, reader).space
        shown = (pids.number(tx, tx.get(Task, each), space) for each in self.who(tx, cgroup))
        return "".join(f"{nr}\n" for nr in shown)

    def who(self, tx: Transaction, cgroup: CgroupId) -> list[TaskId]:
        """Whom it lists."""
        raise NotImplementedError

    def write(self, tx: Transaction, by: By, cgroup: CgroupId, text: str) -> None:
        """Move somebody there.  ESRCH, and what :func:`attaching.check` has."""
        found = attaching.wanted(tx, by.caller, legacy.number(text), threads=self.threads)
        source = cgroupns.of(tx, found, UNIFIED)
        assert by.file.opener is not None
        opener = (by.file.opener, by.file.space, by.file.root)
        attaching.check(tx, opener, source, cgroup, threads=self.threads)
        attaching.move(tx, attaching.company(tx, found, threads=self.threads), cgroup)


@cftype("cgroup.procs", _OURS)
class Procs(_Pids):
    """Processes: of a domain, all of it, the first thread's cgroup counting; also such whose first
    thread is dead, while others live."""

    def who(self, tx: Transaction, cgroup: CgroupId) -> list[TaskId]:
        """ENOTSUP where only threads are."""
        if tx.get(Cgroup, cgroup).threaded:
            raise Errno.ENOTSUP("its members are threads: cgroup.threads tells them")
        parts = domains.subtree(tx, cgroup)
        return [each for part in parts for each in members.by_arrival(tx, processes(tx, part))]


@cftype("cgroup.threads", _OURS)
class Threads(_Pids):
    """Threads."""

    threads = True

    def who(self, tx: Transaction, cgroup: CgroupId) -> list[TaskId]:
        """All of this cgroup alone."""
        return members.by_arrival(tx, population.members(tx, cgroup))


def processes(tx: Transaction, cgroup: CgroupId) -> list[TaskId]:
    """The first threads in *cgroup* of processes that live."""
    found = []
    for key in population.placed(tx, cgroup):
        task = tx.get(Task, key)
        if task.leader == key and (not dead(task) or task.threads):
            found.append(key)
    return found


@cftype("cgroup.type", _OURS)
class Type(Cftype):
    """What it is to its members; once threaded it stays so."""

    on_root = False

    def show(self, tx: Transaction, reader: TaskId, cgroup: CgroupId) -> str:
        """What it is."""
        return f"{domains.kind(tx, cgroup)}\n"

    def write(self, tx: Transaction, by: By, cgroup: CgroupId, text: str) -> None:
        """EINVAL for anything but "threaded"; ENOTSUP."""
        if text != "threaded":
            raise Errno.EINVAL("a cgroup can be made threaded, and nothing else")
        domains.make_threaded(tx, cgroup)


@cftype(events.EVENTS, _OURS)
class Events(Cftype):
    """Whether anybody lives in it or below, and whether nobody there runs."""

    mode = 0o444
    on_root = False
    notifies = True

    def show(self, tx: Transaction, reader: TaskId, cgroup: CgroupId) -> str:
        """Of this moment."""
        return events.text(tx, cgroup)


@cftype("cgroup.freeze", _OURS)
class Freeze(Cftype):
    """1: nobody in it or below is to run."""

    on_root = False

    def show(self, tx: Transaction, reader: TaskId, cgroup: CgroupId) -> str:
        """What was asked for here, whatever is above."""
        return f"{int(tx.get(Cgroup, cgroup).freeze)}\n"

    def write(self, tx: Transaction, by: By, cgroup: CgroupId, text: str) -> None:
        """EINVAL, ERANGE."""
        wanted = integer(text)
        if wanted not in (0, 1):
            raise Errno.ERANGE("1 freezes, 0 lets go")
        record = tx.get(Cgroup, cgroup)
        if record.freeze == bool(wanted):
            return
        tx.put(cgroup, replace(record, freeze=bool(wanted)))
        for each in tree.below(tx, cgroup):
            freezing.note(tx, each)
            for task in population.members(tx, each):
                freezing.settle(tx, task)
        if freezing.to_freeze(tx, record.parent):  # it was frozen, and is: no use to wait
            events.notify(tx, cgroup, events.EVENTS)
            return
        for each in tree.below(tx, cgroup):
            events.update(tx, each)


@cftype("cgroup.kill", _OURS)
class Kill(Cftype):
    """1: everybody in it and below is sent SIGKILL."""

    mode = 0o200
    on_root = False

    def write(self, tx: Transaction, by: By, cgroup: CgroupId, text: str) -> None:
        """EINVAL, ERANGE; ENOTSUP where threads alone are members (cgroup_kill_write)."""
        if integer(text) != 1:
            raise Errno.ERANGE("1 kills all that are in it")
        if tx.get(Cgroup, cgroup).threaded:
            raise Errno.ENOTSUP("its members are threads, and a process dies as a whole")
        sender = kill.sender_of(tx, by.caller)
        for each in tree.below(tx, cgroup):
            for victim in processes(tx, each):
                if not tx.get(Task, victim).flags & Flag.KTHREAD:
                    sender.deliver(tx, victim, int(Sig.SIGKILL), SiCode.SI_USER, thread=True)


def _line(names: Iterable[str]) -> str:
    """Nothing at all where there are none (cgroup_print_ss_mask)."""
    told = " ".join(names)
    return told + "\n" if told else ""


@cftype("cgroup.controllers", _OURS)
class Controllers(Cftype):
    """What could be counted in those in it."""

    mode = 0o444

    def show(self, tx: Transaction, reader: TaskId, cgroup: CgroupId) -> str:
        """By name."""
        return _line(controllers.available(tx, cgroup))


@cftype("cgroup.subtree_control", _OURS)
class SubtreeControl(Cftype):
    """What is counted in each cgroup in it."""

    delegatable = True

    def show(self, tx: Transaction, reader: TaskId, cgroup: CgroupId) -> str:
        """By name."""
        return _line(tx.get(Cgroup, cgroup).enabled)

    def write(self, tx: Transaction, by: By, cgroup: CgroupId, text: str) -> None:
        """``+NAME`` and ``-NAME``, each as the last says.  EINVAL for what there is not, ENOENT:
        it does not count here, EBUSY, ENOTSUP (cgroup_subtree_control_write)."""
        asked = {}
        for word in filter(None, text.split(" ")):
            if word[0] not in "+-" or not controllers.offered(word[1:]):
                raise Errno.EINVAL(f"+ or - and the name of a controller, not {word!r}")
            asked[word[1:]] = word[0] == "+"
        record = tx.get(Cgroup, cgroup)
        changed = [name for name, on in asked.items() if on != (name in record.enabled)]
        for name in changed:
            self._check(tx, cgroup, name, on=asked[name])
        if any(asked[name] for name in changed):
            domains.check_enable(tx, cgroup)
        enabled = {*record.enabled, *changed} - {name for name in changed if not asked[name]}
        ordered = tuple(each for each in CONTROLLERS if each in enabled)
        tx.put(cgroup, replace(record, enabled=ordered))
        creds = tx.get(Task, by.caller).creds
        for child in sorted(record.children.values()):
            for name in changed:
                if asked[name]:
                    controllers.begin(tx, child, (name,), creds.fsuid, creds.fsgid)
                else:
                    controllers.end(tx, child, (name,))

    @staticmethod
    def _check(tx: Transaction, cgroup: CgroupId, name: str, *, on: bool) -> None:
        if on and name not in controllers.available(tx, cgroup):
            raise Errno.ENOENT(f"{name} does not count here: see cgroup.controllers")
        below = tx.get(Cgroup, cgroup).children.values()
        if not on and any(name in tx.get(Cgroup, child).enabled for child in below):
            raise Errno.EBUSY(f"{name} is enabled further below")


class _Limit(Cftype):
    field = ""

    def show(self, tx: Transaction, reader: TaskId, cgroup: CgroupId) -> str:
        limit = getattr(tx.get(Cgroup, cgroup), self.field)
        return "max\n" if limit == UNLIMITED else f"{limit}\n"

    def write(self, tx: Transaction, by: By, cgroup: CgroupId, text: str) -> None:
        """EINVAL, ERANGE."""
        limit = UNLIMITED if text == "max" else integer(text)
        if limit < 0:
            raise Errno.ERANGE("a limit is not negative")
        tx.put(cgroup, replace(tx.get(Cgroup, cgroup), **{self.field: limit}))


@cftype("cgroup.max.depth", _OURS)
class MaxDepth(_Limit):
    """How many levels may be below it."""

    field = "max_depth"


@cftype("cgroup.max.descendants", _OURS)
class MaxDescendants(_Limit):
    """How many cgroups may be below it."""

    field = "max_descendants"


@cftype("cgroup.stat", _OURS)
class Stat(Cftype):
    """How many are below it, and how many removed ones that somebody refers to still."""

    mode = 0o444

    def show(self, tx: Transaction, reader: TaskId, cgroup: CgroupId) -> str:
        """Of this moment."""
        live, dying = list(tree.below(tx, cgroup)), _dying(tx, cgroup)
        names = [
            name
            for name in CONTROLLERS
            if controllers.offered(name) and controllers.hierarchy(tx, name) == UNIFIED
        ]
        lines = [
            f"nr_descendants {len(live) - 1}",
            *(f"nr_subsys_{name} {_counting(tx, live, name)}" for name in names),
            f"nr_dying_descendants {len(dying)}",
            *(f"nr_dying_subsys_{name} {_counting(tx, dying, name)}" for name in names),
        ]
        return "".join(f"{line}\n" for line in lines)


@cftype("cgroup.stat.local", _OURS)
class StatLocal(Cftype):
    """For how long it has been frozen, since it was asked for, here or above."""

    mode = 0o444
    on_root = False

    def show(self, tx: Transaction, reader: TaskId, cgroup: CgroupId) -> str:
        """In microseconds."""
        return f"frozen_usec {freezing.time_frozen(tx, tx.get(Cgroup, cgroup)) // 1000}\n"


def _counting(tx: Transaction, cgroups: Collection[CgroupId], name: str) -> int:
    """In how many of *cgroups* a controller counts."""
    found = (tx.get(Cgroup, each) for each in cgroups)
    return sum(1 for one in found if not one.name or f"{name}.max" in one.files)


def _dying(tx: Transaction, cgroup: CgroupId) -> set[CgroupId]:
    """Those whose last members are not reaped yet, that are namespaces' roots, or that such are in;
    an open file keeps nothing of a cgroup."""
    kept = {row.cgroups[UNIFIED] for _key, row in tx.items(InCgroups) if UNIFIED in row.cgroups}
    spaces = (space.roots.get(UNIFIED) for _key, space in tx.items(CgroupSpace))
    kept |= {root for root in spaces if root is not None}
    dying = {
        each
        for one in kept
        for each in above(tx, one)
        if tx.get(Cgroup, each).removed and tree.is_below(tx, each, cgroup)
    }
    return dying - {cgroup}
