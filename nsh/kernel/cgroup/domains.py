"""Threaded domains: where threads of one process may be apart (cgroup-v2.rst, "Threads").

A cgroup that is *threaded* belongs to the domain of the next one above that is not.  Whoever has
threads in several cgroups has them in one domain.
"""

from collections.abc import Iterable

from msgspec.structs import replace

from nsh.abi.errno import Errno
from nsh.kernel.cgroup import population
from nsh.machine.cgroups import Cgroup, above
from nsh.machine.ids import CgroupId
from nsh.machine.value import Transaction


def domain(tx: Transaction, cgroup: CgroupId) -> CgroupId:
    """The domain that *cgroup* is in, or is (``dom_cgrp``)."""
    return next(each for each in above(tx, cgroup) if not tx.get(Cgroup, each).threaded)


def subtree(tx: Transaction, top: CgroupId) -> Iterable[CgroupId]:
    """The domain *top* and the threaded cgroups that belong to it."""
    yield top
    for child in sorted(tx.get(Cgroup, top).children.values()):
        if tx.get(Cgroup, child).threaded:
            yield from subtree(tx, child)


def _is_root(tx: Transaction, cgroup: CgroupId) -> bool:
    """The root of the hierarchy may have children of either sort (cgroup_is_mixable)."""
    return tx.get(Cgroup, cgroup).parent == cgroup


def is_thread_root(tx: Transaction, cgroup: CgroupId) -> bool:
    """Whether there are threaded cgroups in this domain, or members beside controllers for those
    below, all of which may be threaded (cgroup_is_thread_root)."""
    record = tx.get(Cgroup, cgroup)
    if record.threaded:
        return False
    if any(tx.get(Cgroup, child).threaded for child in record.children.values()):
        return True
    return bool(record.enabled and population.members(tx, cgroup))


def can_be_thread_root(tx: Transaction, cgroup: CgroupId) -> bool:
    """Whether threaded cgroups may be in it: not with members in a child that is none
    (cgroup_can_be_thread_root)."""
    if _is_root(tx, cgroup):
        return True
    record = tx.get(Cgroup, cgroup)
    if record.threaded:
        return False
    domains = (key for key in record.children.values() if not tx.get(Cgroup, key).threaded)
    return not any(population.populated(tx, each) for each in domains)


def is_valid(tx: Transaction, cgroup: CgroupId) -> bool:
    """Whether a domain may have members: all above it are domains that no threaded cgroup is in,
    the root excepted (cgroup_is_valid_domain)."""
    if tx.get(Cgroup, cgroup).threaded:
        return False
    over = list(above(tx, cgroup))[1:]
    return not any(
        tx.get(Cgroup, each).threaded or (not _is_root(tx, each) and is_thread_root(tx, each))
        for each in over
    )


def kind(tx: Transaction, cgroup: CgroupId) -> str:
    """What ``cgroup.type`` says."""
    if tx.get(Cgroup, cgroup).threaded:
        return "threaded"
    if not is_valid(tx, cgroup):
        return "domain invalid"
    return "domain threaded" if is_thread_root(tx, cgroup) else "domain"


def make_threaded(tx: Transaction, cgroup: CgroupId) -> None:
    """ENOTSUP with members in it or below, or where the domain above cannot have it
    (cgroup_enable_threaded)."""
    record = tx.get(Cgroup, cgroup)
    if record.threaded:
        return
    if population.populated(tx, cgroup):
        raise Errno.ENOTSUP("a cgroup with members in it stays what it is")
    top = domain(tx, record.parent)
    if not is_valid(tx, top):
        raise Errno.ENOTSUP("it is in no valid domain: see cgroup.type of those above")
    if not can_be_thread_root(tx, top):
        raise Errno.ENOTSUP("there are members in a domain beside it")
    tx.put(cgroup, replace(record, threaded=True))


def check_destination(tx: Transaction, cgroup: CgroupId) -> None:
    """ENOTSUP unless tasks may be in *cgroup* (cgroup_migrate_vet_dst)."""
    if not is_valid(tx, domain(tx, cgroup)):
        raise Errno.ENOTSUP("the cgroup is in no valid domain: see its cgroup.type")
    record = tx.get(Cgroup, cgroup)
    if record.enabled and not record.threaded and not can_be_thread_root(tx, cgroup):
        raise Errno.EBUSY("controllers are enabled for the domains in it: it has no members itself")


def check_enable(tx: Transaction, cgroup: CgroupId) -> None:
    """ENOTSUP, EBUSY: whether a controller that minds no threads may be enabled for the cgroups in
    *cgroup* (cgroup_vet_subtree_control_enable)."""
    if not is_valid(tx, domain(tx, cgroup)):
        raise Errno.ENOTSUP("the cgroup is in no valid domain: see its cgroup.type")
    if tx.get(Cgroup, cgroup).threaded or can_be_thread_root(tx, cgroup):
        return
    if population.members(tx, cgroup):
        raise Errno.EBUSY("it has members itself, who would compete with the domains in it")
