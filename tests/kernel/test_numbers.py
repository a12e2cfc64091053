"""Which number is next: as a search from scratch finds it, however often a full space is asked."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from immutables import Map

from nsh.abi.errno import KernelError
from nsh.kernel import pids
from nsh.machine.ids import NamespaceId, SpaceId, TaskId
from nsh.machine.pids import PidSpace, SpaceKind

ROOT = SpaceId(1)


def space(taken: Map[int, TaskId], last: int, limit: int) -> PidSpace:
    owner = NamespaceId(0)
    return PidSpace(1, 1, owner, (ROOT,), SpaceKind.NAMESPACE, 0, "", taken, last, limit)


def found(asked: PidSpace) -> int | None:
    try:
        return pids.next_free(asked)
    except KernelError:
        return None


def from_scratch(taken: Map[int, TaskId], last: int, limit: int) -> int | None:
    low = pids.RESERVED_PIDS if last >= pids.RESERVED_PIDS else 1
    order = [*range(last + 1, limit), *range(low, limit)]
    return next((number for number in order if number not in taken), None)


@given(
    st.integers(301, 312),
    st.lists(
        st.tuples(st.sampled_from(["free", "limit", "last", "ask"]), st.integers(290, 320)),
        min_size=1,
    ),
)
def test_a_full_space_that_changes_is_searched_again(limit, changes) -> None:
    taken = Map({number: TaskId(number) for number in range(1, 320)})
    last = 310
    for change, number in changes:
        if change == "free":
            taken = taken.delete(number) if number in taken else taken.set(number, TaskId(number))
        elif change == "limit":
            limit = max(number, 301)
        elif change == "last":
            last = number
        assert found(space(taken, last, limit)) == from_scratch(taken, last, limit)
