"""The parts that tools share: dates, /proc's lines, columns, trees, tables."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from typing import TypeAlias

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nsh.abi.process import CONTINUED, exited, killed, stopped
from nsh.userland import ps_columns, ps_layout, table
from nsh.userland.calendar import days_of, moment
from nsh.userland.options import UsageError
from nsh.userland.proc import Process, printable, terminal_name
from nsh.userland.pstree_draw import ASCII, UTF8, Node, Style, draw, quoted
from nsh.userland.refs import number
from nsh.userland.table import Heading, Line
from nsh.userland.users import Names
from nsh.userland.wait import described

STAT = "S 1 2 3 34816 5 4194304 0 0 0 0 150 50 0 0 20 0 4 0 4242 0 0 " + " ".join(["0"] * 28)


@given(st.integers(-62135596800, 253402300799))
def test_a_moment_is_broken_down_as_by_datetime(seconds: int) -> None:
    when = datetime.fromtimestamp(0, UTC).toordinal()  # 1970-01-01
    expected = datetime.fromordinal(when + seconds // 86400)
    found = moment(seconds)
    assert found.date == (expected.year, expected.month, expected.day)
    rest = seconds % 86400
    assert (found.hour, found.minute, found.second) == (rest // 3600, rest // 60 % 60, rest % 60)
    assert found.weekday == expected.isoweekday() % 7
    assert found.yearday == expected.timetuple().tm_yday - 1
    assert days_of(*found.date) == seconds // 86400


@given(st.text(st.characters(exclude_characters="\0"), max_size=15))
def test_a_process_may_be_called_anything(comm: str) -> None:
    process = Process("/proc/7", 7, f"7 ({comm}) {STAT}\n")
    assert (process.pid, process.comm, process.state) == (7, comm, "S")
    assert (process.ppid, process.pgrp, process.session, process.tpgid) == (1, 2, 3, 5)
    assert (process.threads, process.nice, process.ticks, process.start) == (4, 0, 200, 4242)
    assert terminal_name(process.tty) == "pts/0"


@pytest.mark.parametrize("text", ["", "7", "7 (x", "x (y) S 1", "7 (x)", "7 (x) S a b"])
def test_what_is_no_stat_line_is_refused(text: str) -> None:
    with pytest.raises((ValueError, IndexError)):
        Process("/proc/7", 7, text)


@pytest.mark.parametrize(
    ("device", "name"),
    [
        (0, "?"),
        (os.makedev(136, 0), "pts/0"),
        (os.makedev(136, 255), "pts/255"),
        (os.makedev(137, 1), "pts/257"),
        (os.makedev(4, 1), "tty1"),
        (os.makedev(4, 64), "ttyS0"),
        (os.makedev(5, 1), "console"),
        (os.makedev(88, 4), "88,4"),
    ],
)
def test_a_terminal_is_named_by_its_device_number(device: int, name: str) -> None:
    assert terminal_name(device) == name


@given(st.text())
def test_what_is_printed_of_a_name_stays_on_its_line(text: str) -> None:
    assert len(printable(text)) == len(text)
    assert printable(text).isprintable()
    assert quoted(text).isprintable()


@pytest.mark.parametrize(
    ("text", "found"), [("7", 7), ("-7", -7), ("+7", 7), ("", None), ("-", None), ("7a", None)]
)
def test_a_pid_is_a_decimal_number(text: str, found: int | None) -> None:
    assert number(text) == found
    assert number("٣") is None, "a digit, but not one of these"


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (exited(0), "exited 0"),
        (exited(255), "exited 255"),
        (killed(9), "killed KILL"),
        (killed(11, core=True), "killed SEGV (core dumped)"),
        (killed(36), "killed RTMIN+2"),
        (stopped(20), "stopped TSTP"),
        (CONTINUED, "continued"),
    ],
)
def test_a_wait_status_in_words(status: int, words: str) -> None:
    assert described(status) == words


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "00:00:00"), (59, "00:00:59"), (3600, "01:00:00"), (86400 * 3 + 61, "3-00:01:01")],
)
def test_processor_time(seconds: int, text: str) -> None:
    assert ps_columns.clock(seconds) == text


@pytest.mark.parametrize("spec", ["", "pid,,comm", "pid:", "pid:0", "pid:x", "pid:1000", ","])
def test_a_list_of_columns_has_to_be_one(spec: str) -> None:
    with pytest.raises(UsageError, match="improper format list"):
        ps_layout.choose(spec)


NARROW = ["pid", "ppid", "comm", "tname", "stat", "nlwp", "etime", "s", "tpgid"]


@given(st.lists(st.sampled_from(NARROW), min_size=1), st.integers(5, 9))
def test_what_fits_its_column_stands_below_the_header(names: list[str], width: int) -> None:
    world = ps_columns.World(Names("", ""), 10_000, 0)
    process = Process("/proc/7", 7, f"7 (sshd) {STAT}\n")
    chosen = ps_layout.choose(",".join(names))
    header, line = ps_layout.page([ps_layout.Row(process)], chosen, world, width, True)
    start = 0
    for each in chosen:
        end = start + (each.width or width)
        value = str(each.column.value(process, world))
        assert header[start:end].strip() == each.header
        assert line[start:end] == (value.rjust if each.column.right else value.ljust)(
            len(line[start:end])
        )
        assert line[end : end + 1] in ("", " ")
        start = end + 1


def test_what_does_not_fit_pushes_the_next_only_as_far_as_it_must() -> None:
    world = ps_columns.World(Names("", ""), 10_000, 0)
    process = Process("/proc/1234567", 1234567, f"1234567 (sshd) {STAT}\n")
    chosen = ps_layout.choose("pid,ppid,tname")
    assert ps_layout.page([ps_layout.Row(process)], chosen, world, 5, False) == [
        "1234567   1 pts/0"
    ]


Shape: TypeAlias = tuple["Shape", ...]
"""A tree, by its branches alone."""


def tree(shape: Shape) -> Node:
    """A tree of that shape; pids in order of appearance."""
    counter = iter(range(1, 10_000))

    def build(part: Shape) -> Node:
        node = Node("n", next(counter), 1, 0)
        for child in part:
            below = build(child)
            below.parent = node
            node.children.append(below)
        return node

    return build(shape)


shapes = st.recursive(
    st.just(()), lambda below: st.lists(below, max_size=4).map(tuple), max_leaves=20
)


def count(shape: Shape) -> int:
    return 1 + sum(count(child) for child in shape)


@given(shapes)
def test_a_tree_shows_every_process_once(shape: Shape) -> None:
    style = Style(ASCII, False, False, lambda node, above: [str(node.pid)])
    lines = draw(tree(shape), style)
    text = "\n".join(lines)
    for pid in range(1, count(shape) + 1):
        assert text.count(f"n({pid})") == 1
    assert len(lines) == max(1, leaves(shape))


def leaves(shape: Shape) -> int:
    return sum(leaves(child) for child in shape) if shape else 1


@given(shapes)
def test_merging_keeps_the_number_of_processes(shape: Shape) -> None:
    style = Style(UTF8, True, False, lambda node, above: [])
    text = "\n".join(draw(tree(shape), style))
    assert text.count("[") <= text.count("]")
    assert ("[" in text) == has_twins(shape)


def has_twins(shape: Shape) -> bool:
    return len(set(shape)) < len(shape) or any(has_twins(part) for part in shape)


def test_a_deep_tree_is_drawn_without_recursion() -> None:
    root = node = Node("n", 1, 1, 0)
    for pid in range(2, 5_000):
        below = Node("n", pid, 1, 0)
        node.children.append(below)
        node = below
    (line,) = draw(root, Style(ASCII, True, False, lambda node, above: []))
    assert line.count("n") == 4_999


HEADS = (Heading("A", right=True), Heading("B", tree=True), Heading("C"))


def test_a_table_is_as_wide_as_what_is_in_it() -> None:
    first = Line((1, "root", "x"))
    first.below += [Line((22, "child", "y")), Line((333, "last", ""))]
    first.below[0].below.append(Line((4, "grandchild", "z")))
    assert table.text(HEADS, [first]) == [
        "  A B              C",
        "  1 root           x",
        " 22 ├─child        y",
        "  4 │ └─grandchild z",
        "333 └─last         ",
    ]
    assert table.text(HEADS, []) == []
    assert table.raw(HEADS, [Line((1, "two words", "\\"))]) == [
        "A B C",
        "1 two\\x20words \\x5c",
    ]


cells = st.tuples(st.integers(0, 99), st.text(max_size=8), st.text(max_size=8))


@given(st.lists(cells, max_size=4), st.lists(cells, max_size=3))
def test_a_table_as_json_is_json(
    rows: list[tuple[int, str, str]], below: list[tuple[int, str, str]]
) -> None:
    lines = [Line(row) for row in rows]
    if lines:
        lines[0].below += [Line(row) for row in below]
    found = json.loads("\n".join(table.json("things", HEADS, lines)))["things"]
    assert [(each["a"], each["b"], each["c"]) for each in found] == rows
    if rows and below:
        assert [(each["a"], each["b"], each["c"]) for each in found[0]["children"]] == below
