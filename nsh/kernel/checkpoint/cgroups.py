"""In which cgroups tasks are, and what cgroup namespaces show as roots (cgroup_namespaces(7)).

Cgroups are no container's own: they are assumed to stay (S3), and are told by the way there from
that of who takes the checkpoint.  From that of who restarts them tasks go the same way, if it leads
to where that one may put them; else they stay with that one.
"""

from collections.abc import Iterator
from typing import Final

import msgspec
from msgspec.structs import replace

from nsh.abi.errno import Errno, KernelError
from nsh.kernel import cgroupns, contexts
from nsh.kernel.cgroup import attaching
from nsh.kernel.checkpoint import parts
from nsh.kernel.checkpoint.image import Object
from nsh.kernel.checkpoint.state import Dump, Restart
from nsh.machine.cgroups import (
    LEGACY,
    UNIFIED,
    UNIFIED_TYPE,
    Arrival,
    Cgroup,
    CgroupSpace,
    Hierarchy,
    InCgroups,
)
from nsh.machine.ids import CgroupId, HierarchyId, TaskId
from nsh.machine.tasks import Task
from nsh.machine.value import Transaction

KIND: Final = "cgroup"
_SAME: Final = "."

Ways = dict[str, str]
"""From a cgroup to another, by hierarchy: that is called as in /proc/PID/cgroup."""

parts.saves_namespaces(KIND)
parts.needs_no_saving(Arrival)


class CgroupsOf(Object, frozen=True, tag="cgroupns"):
    """What one namespace shows as roots."""

    namespace: int
    roots: Ways = msgspec.field(default_factory=dict)


class Cgroups(Object, frozen=True):
    """Where one task is, if that is elsewhere than who takes the checkpoint."""

    pid: int
    ways: Ways


@parts.saves(CgroupsOf, 40)
def _save_namespaces(dump: Dump) -> Iterator[CgroupsOf]:
    for key in dump.namespaces:
        space = dump.tx.find(CgroupSpace, key)
        if space is not None:
            roots = {
                name: _way(dump.tx, dump.outsider, number, space.roots.get(number) or record.root)
                for number, (name, record) in _hierarchies(dump.tx).items()
            }
            yield CgroupsOf(dump.namespaces.of(key), roots)


@parts.saves(Cgroups, 63, InCgroups)
def _save(dump: Dump) -> Iterator[Cgroups]:
    tx = dump.tx
    for task, _record in dump.living():
        ways = {
            name: _way(tx, dump.outsider, number, cgroupns.of(tx, task, number))
            for number, (name, _hierarchy) in _hierarchies(tx).items()
        }
        ways = {name: way for name, way in ways.items() if way != _SAME}
        if ways:
            yield Cgroups(dump.number(task), ways)


def _hierarchies(tx: Transaction) -> dict[HierarchyId, tuple[str, Hierarchy]]:
    """Those of cgroups, by number, with what they are called."""
    found = {}
    for key, record in sorted(tx.items(Hierarchy)):
        if record.type in (LEGACY, UNIFIED_TYPE):
            name = [f"name={record.name}"] if record.name else []
            found[HierarchyId(key)] = ",".join((*record.controllers, *name)), record
    if UNIFIED in found:
        found[UNIFIED] = "", found[UNIFIED][1]  # which has controllers or not, as it comes
    return found


def _way(tx: Transaction, task: TaskId, number: HierarchyId, cgroup: CgroupId) -> str:
    """From where *task* is to *cgroup*: ``web``, ``../db``."""
    return cgroupns.path(tx, cgroup, cgroupns.of(tx, task, number)).lstrip("/") or _SAME


def _at(restart: Restart, number: HierarchyId, way: str) -> CgroupId | None:
    """Where *way* leads from where the caller is; None: nowhere, or out of its namespace."""
    tx = restart.tx
    top = cgroupns.root_of(tx, restart.caller, number)
    found: CgroupId | None = cgroupns.of(tx, restart.caller, number)
    for name in () if way == _SAME else way.split("/"):
        if found is None or (name == ".." and found == top):
            return None
        record = tx.get(Cgroup, found)
        found = record.parent if name == ".." else record.children.get(name)
    return found


@parts.makes(CgroupsOf, "namespace")
def _make_namespace(restart: Restart, saved: CgroupsOf) -> None:
    """EINVAL: a root is not there."""
    tx = restart.tx
    key = restart.namespace(saved.namespace, KIND)
    space = tx.get(CgroupSpace, key)
    roots = space.roots
    for number, (name, record) in _hierarchies(tx).items():
        way = saved.roots.get(name)
        found = None if way is None else _at(restart, number, way)
        if way is not None and found is None:
            raise Errno.EINVAL(f"roots: there is no cgroup {way} in {name or 'cgroup2'} from here")
        if found is not None:
            roots = roots.delete(number) if number in roots else roots
            roots = roots if found == record.root else roots.set(number, found)
    for cgroup in roots.values():
        cgroupns.hold(tx, cgroup)
    tx.put(key, replace(space, roots=roots))
    for cgroup in space.roots.values():
        cgroupns.put(tx, cgroup)


@parts.makes(Cgroups, "pid")
def _make(restart: Restart, saved: Cgroups) -> None:
    restart.task(saved.pid)
    restart.keep(saved)


@parts.finishes(30)
def _move(restart: Restart) -> None:
    """Before they are whom they were: it is by the caller's right."""
    for saved in restart.kept(Cgroups):
        for number, (name, record) in _hierarchies(restart.tx).items():
            found = _at(restart, number, saved.ways[name]) if name in saved.ways else None
            if found is not None:
                _put_into(restart, restart.task(saved.pid), number, record, found)


def _put_into(
    restart: Restart, task: TaskId, number: HierarchyId, record: Hierarchy, cgroup: CgroupId
) -> None:
    """Move a task, and the other threads of a process, unless the caller may not."""
    tx, caller = restart.tx, restart.caller
    source = cgroupns.of(tx, task, number)
    thread = tx.get(Task, task).leader != task
    creds = tx.get(Task, caller).creds
    if source == cgroup:
        return
    try:
        if record.type == LEGACY:
            attaching.check_write(tx, creds, cgroup)
        else:
            root = cgroupns.root_of(tx, caller, number)
            opener = creds, contexts.namespace(tx, caller, KIND), root
            attaching.check(tx, opener, source, cgroup, threads=thread)
    except KernelError:
        return
    attaching.move(tx, attaching.company(tx, task, threads=thread), cgroup)
