"""A screen is a function of what was printed, however one comes to ask, and costs what it may."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from immutables import Map

from nsh.emulator.feeding import Fed
from nsh.emulator.keeping import Screens, screen
from nsh.machine import printed
from nsh.machine.printed import MOST, Printed
from tests._work import calls

PIECES = st.one_of(
    st.binary(max_size=40),
    st.text(max_size=20).map(str.encode),
    st.sampled_from(
        [
            b"\x1b[", b"\x1b]", b"\x1bP", b"\x1b", b"\x9b", "\x9b".encode(), "\x9d".encode(),
            b"\x1b[?1049h", b"\x1b[?1049l", b"\x1b[?47h", b"\x1b[?6h", b"\x1b[?7l", b"\x1b[?5h",
            b"\x1b[4h", b"\x1b[20h", b"\x1b[?3h", b"\x1b#8", b"\x1bc", b"\x1b[!p", b"\x1b7",
            b"\x1b8", b"\x1b[s", b"\x1b[u", b"\x1bM", b"\x1bD", b"\x1bE", b"\x1bH", b"\x1b[3g",
            b"\x1b[99999999999999999999C", b"\x1b[9999b", b"\x1b[999S", b"\x1b[999T", b"\x1b[2;1r",
            b"\x1b[2;3r", b"\x1b[r", b"\x1b[;;;;m", b"\x1b[38;5m", b"\x1b[38;2;999;1m", b"\x1b(0",
            b"\x0e", b"\x0f", b"\x1b]0;title\x07", b"\x1b]52;c;AAAA\x07", "中".encode(),
            "e\u0301".encode(), "\u202e".encode(), b"\xff\xfe", b"\r\n", b"\n", b"\t", b"\b",
            b"\x1b[?1;1H", b"\x1b['w", b"\x1b[1'z", b"\x1b[\xc2\xb2m", b"\x18", b"\x1a", b"x" * 200,
        ]
    ),
    st.builds(
        lambda prefix, numbers, final: b"\x1b[" + prefix + numbers + final,
        st.sampled_from([b"", b"?", b">", b"=", b"!", b"1 "]),
        st.lists(st.integers(0, 10**6), max_size=4).map(
            lambda numbers: b";".join(b"%d" % number for number in numbers)
        ),
        st.integers(0x40, 0x7E).map(lambda code: bytes((code,))),
    ),
)  # fmt: skip
SIZES = st.tuples(st.integers(0, 40), st.integers(0, 100)) | st.sampled_from(
    [(1, 1), (1000, 1000), (1, 1000), (1000, 1), (65535, 65535)]
)
EVENTS = st.lists(PIECES | SIZES, max_size=12)


def after(event: bytes | tuple[int, int], before: Printed) -> Printed:
    if isinstance(event, bytes):
        return printed.add(before, event)
    return printed.resized(before, *event)


@given(EVENTS, st.lists(st.integers(0, 12), max_size=8))
def test_looking_now_and_then_changes_nothing(
    events: list[bytes | tuple[int, int]], looks: list[int]
) -> None:
    history = [Printed()]
    for event in events:
        history.append(after(event, history[-1]))
    screens = Screens()
    for look in [*sorted(looks), *looks, len(history) - 1]:  # forth, then back and forth
        moment = history[min(look, len(history) - 1)]
        assert screens.screen(1, moment) == screen(moment)


@given(st.lists(PIECES, max_size=12), st.lists(st.integers(1, 30), min_size=1))
def test_how_bytes_are_cut_does_not_matter(pieces: list[bytes], cuts: list[int]) -> None:
    data = b"".join(pieces)
    parts: list[bytes] = []
    at = 0
    while at < len(data):
        step = cuts[len(parts) % len(cuts)]
        parts.append(data[at : at + step])
        at += step
    chunks = Map(enumerate(parts))
    cut = Printed(chunks, 0, len(parts) - 1, len(data), len(data))
    assert screen(cut) == screen(printed.add(Printed(), data))


@given(EVENTS)
def test_a_screen_is_whole(events: list[bytes | tuple[int, int]]) -> None:
    record = Printed()
    for event in events:
        record = after(event, record)
    seen = screen(record)
    assert len(seen.rows) == seen.height
    assert 0 <= seen.row < seen.height
    assert 0 <= seen.column < seen.width
    assert seen.title.isprintable()
    for row in seen.rows:
        for run in row:
            assert run.text.isprintable()


@given(st.lists(SIZES, max_size=3), st.integers(0, 30), st.integers(0, 30))
def test_a_screen_on_which_nobody_wrote(sizes: list[tuple[int, int]], first: int, count: int):
    record = Printed()
    for size in sizes:
        record = printed.resized(record, *size)
    display = Fed(record).display
    expected = display.screen(first, count)
    assert Screens().screen(1, record, first, count) == expected


def test_what_continues_is_gone_on_from_and_what_does_not_is_begun_anew() -> None:
    screens = Screens()
    one = printed.add(Printed(), b"a" * 600)
    screens.screen(1, one)
    two = printed.add(printed.add(one, b"b" * 600), b"c")
    screens.screen(1, two)
    assert (screens.begun, screens.fed) == (1, 1201)
    screens.screen(1, two)
    assert (screens.begun, screens.fed) == (1, 1201)
    other = printed.add(printed.add(one, b"B" * 600), b"cd")
    assert screens.screen(1, other) == screen(other)
    assert screens.begun == 2
    assert screens.screen(1, printed.add(Printed(), b"a" * 600)) == screen(one)
    assert screens.begun == 3


def test_who_goes_to_and_fro_sees_again_what_was_seen() -> None:
    screens = Screens()
    one = printed.add(Printed(), b"one\r\n")
    two = printed.add(one, b"two\r\n")
    there = [screens.screen(1, record) for record in (one, two)]
    begun, fed = screens.begun, screens.fed
    assert [screens.screen(1, record) for record in (one, two, one)] == [*there, there[0]]
    assert (screens.begun, screens.fed) == (begun, fed)
    assert screens.screen(1, two, 1, 1).rows == there[1].rows[1:2]


def test_what_was_seen_long_ago_is_forgotten() -> None:
    screens = Screens()
    records = [Printed()]
    for _ in range(2 * Screens.SEEN):
        records.append(printed.add(records[-1], b"x"))
        screens.screen(1, records[-1])
    assert len(screens._seen) == Screens.SEEN
    assert screens.screen(1, records[1]) == screen(records[1])


def test_another_window_size_at_the_same_moment() -> None:
    one = printed.add(Printed(), b"a\r\n" * 20)
    screens = Screens()
    for size in ((2, 2), (24, 80), (0, 0), (30, 100)):
        one = printed.resized(one, *size)
        assert screens.screen(1, one) == screen(one)


def test_when_the_front_is_dropped_the_screen_is_of_what_is_kept() -> None:
    screens = Screens()
    record = printed.add(Printed(), b"\x1b[31m")
    for number in range(3 * MOST // 100):
        record = printed.add(record, b"%099d\n" % number)
        if number % 50 == 0:
            assert screens.screen(1, record) == screen(record)
    assert record.first > 0
    assert screens.begun < 10


def test_rows_can_be_asked_for_alone() -> None:
    record = printed.add(Printed(), b"\r\n".join(b"%d" % n for n in range(24)))
    whole, part = screen(record), Screens().screen(1, record, 3, 2)
    assert (part.first, part.rows) == (3, whole.rows[3:5])


def test_few_are_kept() -> None:
    screens = Screens()
    for key in range(3 * Screens.KEPT):
        screens.screen(key, printed.add(Printed(), b"x"))
    screens.screen(3 * Screens.KEPT - 1, printed.add(Printed(), b"x"))
    assert screens.begun == 3 * Screens.KEPT
    screens.screen(0, printed.add(Printed(), b"x"))
    assert screens.begun == 3 * Screens.KEPT + 1


HOSTILE = {
    "alignment": b"\x1b#8",
    "alignment and erasure": b"\x1b#8\x1b[2J",
    "linefeeds": b"\n",
    "reverse index": b"\x1bM",
    "repetition": b"a\x1b[9999b",
    "lines inserted": b"\x1b[L",
    "characters inserted": b"\x1b[@",
    "insert mode": b"\x1b[4hx",
    "scrolling": b"\x1b[9999S",
    "colours": b"\x1b[1;2;38;2;1;2;3m",
    "alternate screens": b"\x1b[?1049h\x1b[?1049l",
    "saved cursors": b"\x1b7",
    "combining": "a\u0301\u0301".encode(),
    "wide": "中".encode(),
    "tab stops": b" \x1bH\t\x1b[Z",
    "title": b"\x1b]0;",
    "device control": b"\x1bP",
    "parameters": b"\x1b[1;",
    "junk": bytes(range(256)),
}


@pytest.mark.parametrize("size", [(1, 1), (24, 80), (1000, 1000)], ids=str)
@pytest.mark.parametrize("name", HOSTILE)
def test_no_byte_costs_much(name: str, size: tuple[int, int]) -> None:
    data = HOSTILE[name] * (16384 // len(HOSTILE[name]))
    record = printed.add(printed.resized(Printed(), *size), data)
    _rows, columns = size
    assert calls(lambda: screen(record)) < len(data) * (25 + columns // 5)


@pytest.mark.parametrize(
    "begin", [b"\x1b]0;", b"\x1b]52;c;", b"\x1bP", b"\x1b_", b"\x1b[", b"\x1b"]
)
def test_sequences_that_never_end(begin: bytes) -> None:
    body = b"1" * 200_000
    record = printed.add(printed.add(Printed(), b"seen\r\n"), begin + body)
    assert calls(lambda: screen(record)) < 4 * len(body)
    assert screen(record).title == ""


def test_resizing_without_end() -> None:
    record = Printed()
    for number in range(400):
        size = (1, 1) if number % 2 else (1000, 1000)
        record = printed.resized(printed.add(record, b"x\n"), *size)
    assert calls(lambda: screen(record)) < 400 * 2000


@settings(max_examples=20)
@given(st.binary(min_size=2000, max_size=6000))
def test_junk(data: bytes) -> None:
    seen = screen(printed.add(Printed(), data))
    assert all(run.text.isprintable() for row in seen.rows for run in row)
