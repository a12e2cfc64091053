"""Ranges of locks against the plainest model of them: a type for each byte and owner."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from nsh.kernel.fs.locking.lock_ranges import changed, conflict, own, same_owner
from nsh.machine.ids import FileId, TaskId
from nsh.machine.locks import LAST, OFD, POSIX, READ, UNLOCK, WRITE, Held

BYTES = 12


def lock(kind: int, type_: int, start: int, length: int, owner: int) -> Held:
    end = LAST if start + length > BYTES else start + length - 1
    file, task = (1, owner) if kind == POSIX else (owner, 1)
    return Held(kind, type_, start, end, FileId(file), TaskId(task), owner)


LOCKS = st.builds(
    lock,
    st.sampled_from([POSIX, POSIX, OFD]),
    st.sampled_from([READ, WRITE, UNLOCK]),
    st.integers(0, BYTES - 1),
    st.integers(1, BYTES),
    st.integers(1, 3),
)
Plain = dict[tuple[int, int, int], int]


def plain(locks: tuple[Held, ...]) -> Plain:
    return {
        (held.kind, held.owner, byte): held.type
        for held in locks
        for byte in range(BYTES + 1)
        if held.start <= byte <= held.end
    }


def conflicts(bytes_: Plain, wanted: Held) -> bool:
    return any(
        wanted.start <= byte <= wanted.end
        and (kind, owner) != (wanted.kind, wanted.owner)
        and WRITE in (type_, wanted.type)
        for (kind, owner, byte), type_ in bytes_.items()
    )


@given(st.lists(LOCKS, max_size=25))
def test_they_are_what_each_byte_has(wanted: list[Held]) -> None:
    locks: tuple[Held, ...] = ()
    bytes_: Plain = {}
    for number, each in enumerate(wanted, 1):
        if each.type != UNLOCK:
            assert (conflict(locks, each) is not None) == conflicts(bytes_, each)
            if conflicts(bytes_, each):
                continue
        before = locks
        locks = changed(before, each)
        for byte in range(each.start, min(each.end, BYTES) + 1):
            bytes_.pop((each.kind, each.owner, byte), None)
            if each.type != UNLOCK:
                bytes_[each.kind, each.owner, byte] = each.type
        assert plain(locks) == bytes_
        assert len([held for held in locks if not held.number]) <= 2
        others = [held for held in before if not same_owner(held, each)]
        assert [held for held in locks if not same_owner(held, each)] == others
        mine = [held for held in locks if same_owner(held, each)]
        assert mine == sorted(mine, key=lambda held: held.start)
        for one, next_ in pairwise(mine):
            assert one.end < next_.start
            assert one.type != next_.type or one.end + 1 < next_.start
        found = own(locks, each)
        assert (found is None) == (each.type == UNLOCK)
        locks = tuple(
            held if held.number else replace(held, number=100 * number + place)
            for place, held in enumerate(locks)
        )
