"""Guarantees and limits out of shares (S0, S1): what is kept for a container or a class, and
what it may have at most, in numbers of the resource."""

from collections.abc import Callable

from nsh.abi.errno import Errno
from nsh.kernel.fs import parameters
from nsh.machine.cgroups import Cgroup
from nsh.machine.ids import CgroupId
from nsh.machine.shares import DONT_CARE, Shares
from nsh.machine.value import Transaction

_WORD = "dont_care"


class Division:
    """One resource, as a hierarchy divides it: *of* tells a member's shares, *total* is what the
    root has to give away."""

    def __init__(self, tx: Transaction, of: Callable[[CgroupId], Shares], total: int) -> None:
        self._tx = tx
        self._of = of
        self._total = total

    def _parent(self, cgroup: CgroupId) -> CgroupId | None:
        parent = self._tx.get(Cgroup, cgroup).parent
        return None if parent == cgroup else parent

    def guarantee(self, cgroup: CgroupId) -> int:
        """What is kept for it."""
        parent, own = self._parent(cgroup), self._of(cgroup)
        if parent is None:
            return self._total
        if own.least == DONT_CARE:
            return 0
        return self.guarantee(parent) * own.least // self._of(parent).of_least

    def limit(self, cgroup: CgroupId) -> int:
        """What it may have at most."""
        parent, own = self._parent(cgroup), self._of(cgroup)
        if parent is None:
            return self._total
        if own.most == DONT_CARE:
            return self.limit(parent)
        return self.limit(parent) * own.most // self._of(parent).of_most

    def needed(self, cgroup: CgroupId, used: Callable[[CgroupId], int]) -> int:
        """What is *used* in it itself, and for each child what it needs or what is kept for it."""
        children = self._tx.get(Cgroup, cgroup).children.values()
        kept = (max(self.needed(each, used), self.guarantee(each)) for each in children)
        return used(cgroup) + sum(kept)

    def check(self, cgroup: CgroupId) -> None:
        """EINVAL where its shares are more than there are, or more is kept for it than it may have;
        and where the guarantees of siblings, with its own or of those in it, are more than all."""
        parent, own = self._parent(cgroup), self._of(cgroup)
        if parent is None:
            if (own.least, own.most) != (DONT_CARE, DONT_CARE):
                raise Errno.EINVAL("the root has no shares of anything: it has all there is")
        else:
            parts = self._of(parent).of_most
            if own.most > parts:
                raise Errno.EINVAL(f"its parent's limit is told in {parts} parts, not {own.most}")
            if DONT_CARE < own.most < own.least:
                raise Errno.EINVAL("what is kept for it is no more than it may have")
            self._check_children(parent)
        self._check_children(cgroup)

    def _check_children(self, cgroup: CgroupId) -> None:
        own = self._of(cgroup)
        below = [self._of(child) for child in self._tx.get(Cgroup, cgroup).children.values()]
        kept = sum(max(0, each.least) for each in below)
        if kept > own.of_least:
            what = "what is kept for siblings"
            raise Errno.EINVAL(f"{what} is {kept} parts together, of {own.of_least}")
        most = max((each.most for each in below), default=0)
        if most > own.of_most:
            raise Errno.EINVAL(f"one in it may have {most} parts, which is more than {own.of_most}")


def told(shares: int) -> str:
    """As files tell them."""
    return _WORD if shares == DONT_CARE else str(shares)


def read(value: str) -> int:
    """As they are written.  EINVAL."""
    found = DONT_CARE if value == _WORD else parameters.number(value)
    if found is None or (found < 0 and value != _WORD):
        raise Errno.EINVAL(f"a number of shares, or {_WORD}, not {value!r}")
    return found


def read_parts(value: str) -> int:
    """How many there are to be of, as that is written.  EINVAL."""
    found = parameters.number(value)
    if found is None or found < 1:
        raise Errno.EINVAL(f"a number of parts, not {value!r}")
    return found
