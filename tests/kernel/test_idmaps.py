"""Id maps: what a text means, and that going in and out again leads back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import nsh
from nsh.abi import KernelError
from nsh.kernel import idmaps
from nsh.kernel.fs.proc.id_maps import MAX_EXTENTS, parse
from nsh.machine.ids import FIRST_USER
from nsh.machine.users import Extent, up

LAST = (1 << 32) - 2
MACHINE = nsh.boot().machine
NUMBERS = st.integers(0, LAST)


@st.composite
def maps(draw: st.DrawFn) -> tuple[Extent, ...]:
    """Lines that do not overlap, in any order."""
    firsts = draw(st.lists(st.integers(0, 400), min_size=1, max_size=8, unique=True))
    lowers = draw(st.permutations(range(0, 10 * len(firsts), 10)))
    return tuple(
        Extent(first * 10, 50_000 + lower, draw(st.integers(1, 10)))
        for first, lower in zip(firsts, lowers, strict=True)
    )


def text(extents: tuple[Extent, ...]) -> bytes:
    return b"".join(b"%d\t%d  %d\n" % (e.first, e.lower, e.count) for e in extents)


@given(maps())
def test_a_map_is_what_it_says(extents: tuple[Extent, ...]) -> None:
    assert parse(text(extents)) == extents
    assert parse(text(extents).rstrip(b"\n")) == extents


@given(maps(), st.integers(0, 5000))
def test_in_and_out_again_is_back(extents: tuple[Extent, ...], number: int) -> None:
    outside = idmaps.down(extents, number)
    known = any(e.first <= number < e.first + e.count for e in extents)
    assert (outside is not None) == known
    if outside is not None:
        assert up(extents, outside) == number


@given(maps(), st.integers(0, 5000), st.integers(1, 20))
def test_a_range_is_mapped_within_one_line_or_not_at_all(
    extents: tuple[Extent, ...], first: int, count: int
) -> None:
    outside = idmaps.down(extents, first, count)
    each = [idmaps.down(extents, first + n) for n in range(count)]
    if outside is not None:
        assert each == list(range(outside, outside + count))
    elif None not in each:
        assert (
            len({e for e in extents if e.first < first + count and first < e.first + e.count}) > 1
        )


@given(maps(), st.data())
def test_an_overlap_is_refused(extents: tuple[Extent, ...], data: st.DataObject) -> None:
    one = data.draw(st.sampled_from(extents))
    inside = data.draw(st.integers(one.first, one.first + one.count - 1))
    outside = data.draw(st.integers(one.lower, one.lower + one.count - 1))
    for extra in (Extent(inside, 900_000, 1), Extent(900_000, outside, 1)):
        with pytest.raises(KernelError):
            parse(text((*extents, extra)))


@given(st.binary(max_size=40))
def test_whatever_is_written_is_a_map_or_refused(data: bytes) -> None:
    refusal = None
    extents: tuple[Extent, ...] = ()
    try:
        extents = parse(data)
    except KernelError as error:
        refusal = error
    if refusal is not None:
        assert refusal.errno.name == "EINVAL"
        assert refusal.reason
        return
    assert 1 <= len(extents) <= MAX_EXTENTS
    for extent in extents:
        assert extent.count >= 1
        assert extent.first + extent.count <= LAST + 1
        assert extent.lower + extent.count <= LAST + 1


@given(NUMBERS)
def test_in_the_first_user_namespace_a_number_is_itself(number: int) -> None:
    assert idmaps.find_uid(MACHINE, FIRST_USER, number) == number
    assert idmaps.uid_inside(MACHINE, FIRST_USER, number) == number


def test_trace_shows_what_is_translated() -> None:
    session = nsh.boot()
    session.run("spawn --user w")
    session.run("echo '0 1000 10' > /proc/$!/uid_map")
    told = session.run("w trace setuid 5").messages[-1]
    assert told == "setuid(5) = 0   [uid 5@user:[4026532000] -> kuid 1005]"
