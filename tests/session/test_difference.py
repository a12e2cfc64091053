"""What differs between two moments, in words that people have for it."""

from __future__ import annotations

import re
from itertools import islice, pairwise
from pathlib import Path

import pytest

from nsh.machine.ids import TaskId
from nsh.machine.tasks import Task
from nsh.session.difference import difference, differences, written
from nsh.session.session import Session
from nsh.views.pairs import paired
from tests.session.seat import Seat

DEMOS = Path(__file__).parents[2] / "demos"
RAW = re.compile(r"\w+\(\w*\)|\w+\(\w+=|<\w|0x[0-9a-f]{6}|object at")
"""How Python writes values, which no person asked for."""


def told(*lines: str) -> list[str]:
    """What the last line changed."""
    session = Session()
    for line in lines[:-1]:
        assert session.submit(line).ok, line
    before = session.machine
    assert session.submit(lines[-1]).ok, lines[-1]
    return difference(before, session.machine)


CGROUPS = (
    "mkdir /tmp/m",
    "mount -t cgroup -o none,name=x x /tmp/m",
    "mkdir /tmp/m/a /tmp/m/b",
    "spawn w",
    "echo 2 > /tmp/m/a/tasks",
)


@pytest.mark.parametrize(
    ("lines", "wanted"),
    [
        (("spawn web",), "+ task 0:2 web"),
        (("spawn web",), "~ process group 0:1: members +0:2 web"),
        (("spawn --pid web",), "+ pid namespace web"),
        (("spawn web", "as web echo web > /proc/container"), "+ container web"),
        (("spawn --uts web",), "+ uts:[4026532000]"),
        (("openpty",), "+ terminal 0:pts/0"),
        (("ipcmk -Q > /dev/null",), "+ msg 0 of 0"),
        (("spawn a", "as a setsid"), "+ session 0:2"),
        (("mkdir /tmp/x",), "+ file x"),
        (("mkdir /tmp/x", "mount -t tmpfs none /tmp/x"), "+ mount tmpfs on /tmp/x"),
        (("echo a > /tmp/f", "echo bcd > /tmp/f"), "~ file f: size 2 → 4"),
        (("spawn w", "kill -STOP w"), "~ task 0:2 w: state ALIVE → STOPPED, status 0 → STOP"),
        (("spawn w", "as w spawn kid", "w exit 3"), "~ task 0:3 kid: parent 0:2 w → 0:1 init"),
        (CGROUPS[:2], "+ hierarchy x"),
        (CGROUPS[:3], "+ cgroup x:/b"),
        (CGROUPS, "+ cgroups of 0:2 w"),
        ((*CGROUPS, "echo 2 > /tmp/m/b/tasks"), "~ cgroups of 0:2 w: cgroups ~x"),
        ((*CGROUPS, "mkdir /tmp/m/a/c"), "+ cgroup x:/a/c"),
    ],
    ids=lambda value: value[-1] if isinstance(value, tuple) else value,
)
def test_a_row_is_called_what_people_call_it(lines, wanted):
    found = told(*lines)
    assert any(line.startswith(wanted) for line in found), found


@pytest.mark.parametrize("path", sorted(DEMOS.glob("*/*.nsh"))[::6], ids=lambda path: path.stem)
def test_no_demo_changes_anything_that_has_no_words(path):
    session = Session()
    session.load(path.read_text(encoding="utf-8"), path.name)
    for _ in islice(iter(session.forward, None), 1_500):
        pass
    for before, step in pairwise(session.history):
        for one in written(before.machine, step.machine, step.changes(), step.task):
            words = re.sub(r"'.*?'|\"[^\"]*\"", "", one.line)  # what programs wrote
            assert not RAW.search(words), one.line
            assert "ucounts" not in words


def test_what_came_on_two_branches_is_held_against_its_like():
    """Keys that came up on both sides mean nothing: a file was held against a terminal."""
    lines = ("spawn --pid --uts web", "openpty > /dev/null", "ipcmk -Q > /dev/null")
    common = Session()
    common.submit("spawn a")
    parted = common.machine.serial
    sides = []
    for first in ("spawn x", "spawn --ipc y"):
        session = Session(machine=common.history[0].machine)
        session.take_up(common.timeline())
        for line in (first, *lines):
            assert session.submit(line).ok
        sides.append(session.machine)
    left, right = sides
    found = list(differences(paired(left, right, parted)))
    named = [line[:2] + line[2:].partition(":")[0] for line in found]
    assert "- task 0" in named
    assert "+ task 0" in named
    assert "+ ipc" in named
    for thing in ("web", "msg", "pts/0", "uts"):
        assert not any(thing in line for line in found), found
    assert not list(differences(paired(left, left, parted)))


def test_branches_that_open_other_things_are_told_apart():
    """This used to end the interface."""
    seat = Seat(
        *("spawn a", "branch other", "spawn --pid --ipc web", "web ipcmk -Q > /dev/null"),
        *("openpty > /dev/null", "branch main", "spawn c", "spawn --pid --ipc web"),
        *("web ipcmk -Q > /dev/null", "openpty > /dev/null"),
    )
    rows = seat.say("beside main other").splitlines()
    assert [row[0] for row in rows if " c " in f"{row} "][:1] == ["-"]
    assert not any("pts/0" in row or "msg" in row for row in rows), rows


def test_a_dead_parent_is_nobody_and_keys_of_tasks_never_show():
    session = Session()
    for line in ("spawn p", "as p spawn c", "p exit", "wait p"):
        session.submit(line)
    keys = {str(key) for key in session.machine.rows(Task) if key > TaskId(100)}
    for before, step in pairwise(session.history):
        for line in difference(before.machine, step.machine):
            assert not keys & set(re.findall(r"\b\d+\b", line)), line
