"""Whatever /proc says: nothing breaks, nothing reaches the terminal, nothing is lost in silence."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nsh.linux import observe
from nsh.linux.observe import columns, schema
from nsh.linux.observe.building import Observer
from nsh.linux.observe.gaps import gaps
from nsh.linux.observe.listing import Style, listing
from nsh.linux.observe.sight import Sight
from nsh.machine import store
from nsh.machine.digest import digest
from nsh.machine.invariants import violations
from nsh.machine.observed import DevptsSighting, Sighting, Vantage
from nsh.machine.tasks import Task
from nsh.session.graft import runnable
from tests.linux.observe.fake import Fake

NAMES = st.one_of(
    st.binary(max_size=20).map(lambda name: name.replace(b"\0", b"")),
    st.sampled_from(
        [
            b"a) S 1 1 1 (b",
            b"evil\nNSpid:\t1\nUid:\t0",
            b"\033[2J\033]0;owned\007",
            b"\xff\xfe\xc3",
            "\u202egnp.exe".encode(),
            b"",
            b")",
            b"\\n\\",
        ]
    ),
)
NUMBERS = st.one_of(
    st.integers(-2, 12).map(str),
    st.sampled_from(["", "x", "99999999999999999999", "1 2 3", "0", "4294967296", "１", "1_0"]),
)
TARGETS = st.one_of(
    st.integers(4026531830, 4026531840).map(lambda inum: f"net:[{inum}]"),
    st.sampled_from(["pid:[", "pid:[x]", "[1]", "uts:[99999999999999999999]", "/etc/passwd", "x"]),
)
INUMS = st.one_of(st.none(), st.integers(4026531830, 4026531840), TARGETS)
FILES = st.sampled_from(["status", "stat", "cmdline", "cgroup", "mountinfo"])


@st.composite
def processes(draw: Any) -> dict[int, dict[str, Any]]:
    found = {}
    for pid in draw(st.lists(st.integers(1, 9), unique=True, max_size=6)):
        pids = draw(st.one_of(st.just(""), st.lists(NUMBERS, max_size=3).map("\t".join)))
        found[pid] = {
            "name": draw(NAMES),
            "ppid": draw(NUMBERS),
            "pids": f"{pid}\t{pids}" if draw(st.booleans()) else pids,
            "pgids": draw(st.lists(NUMBERS, max_size=3).map("\t".join)),
            "sids": draw(st.lists(NUMBERS, max_size=3).map("\t".join)),
            "state": draw(st.sampled_from(["S", "R", "Z", "T", "t", "X", "?", "", "\033"])),
            "tty": draw(NUMBERS),
            "start": draw(NUMBERS),
            "ns": draw(st.dictionaries(st.sampled_from(["pid", "user", "mnt", "uts"]), INUMS)),
            "fds": draw(st.dictionaries(st.integers(0, 5), TARGETS)),
            "cut": draw(st.dictionaries(FILES, st.integers(-1, 200), max_size=2)),
            "mountinfo": draw(
                st.sampled_from(
                    [
                        b"",
                        b"1 2 0:4 net:[4026531999] /run/a\\040b\\012\\ rw - nsfs nsfs rw\n",
                        b"1 2 0:24 / /dev/pts rw - devpts devpts rw\nrubbish\n1 2 x:y - - devpts",
                        b"1 2 :: / / rw - devpts devpts rw\n1 2 0: / / rw - proc proc rw\n",
                        b"\xff - \xff\n - nsfs\n",
                    ]
                )
            ),
        }
    return found


def write(root: Path, told: dict[int, dict[str, Any]]) -> None:
    fake = Fake(root)
    for pid, one in told.items():
        folder = fake.process(pid, **{name: one[name] for name in one if name != "cut"})
        for name, size in one["cut"].items():
            if size < 0:
                (folder / name).unlink(missing_ok=True)
            elif (folder / name).exists():
                os.truncate(folder / name, min(size, (folder / name).stat().st_size))


@given(processes())
def test_a_hostile_proc_breaks_neither_the_parser_nor_the_terminal(told):
    with tempfile.TemporaryDirectory() as root:
        write(Path(root), told)
        wanted = observe.EVERYTHING._replace(threads=True)
        snapshot = observe.read(root, wanted)
        sight = Sight(snapshot)
        chosen = [*columns.COLUMNS.values()]
        lines = list(listing(sight, chosen, Style(80)))
        assert all(line.isprintable() for line in lines)
        assert len(lines) >= 1 + len(snapshot.processes)
        json = msgspec.json.decode(schema.encode(sight, wanted), type=schema.Look)
        assert {task.pid for task in json.tasks} == {one.pid for one in snapshot.processes}
        machine = Observer().machine(snapshot)
        assert violations(machine) == []
        assert machine.count(Task) == len(snapshot.processes)
        again = store.load(store.dump(machine))
        assert again == machine
        assert digest(again) == digest(machine)
        assert violations(runnable(machine)) == []


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        (b"a) S 1 (b", "a) S 1 (b"),
        (b"two\nlines", "two\\nlines"),
        (b"\033[2Jx", "\\x1b[2Jx"),
        (b"\xffx", "\\xffx"),
        ("\u202ex".encode(), "\\u202ex"),
        ("žluť".encode(), "žluť"),
    ],
)
def test_a_name_is_shown_whole_and_harmless(tmp_path, name, shown):
    Fake(tmp_path).process(1, name)
    for wanted in (observe.USUAL, observe.EVERYTHING):
        sight = Sight(observe.read(str(tmp_path), wanted))
        assert sight.snapshot.processes[0].name == name
        assert list(listing(sight, columns.chosen("comm")[0], Style()))[1] == shown
        (task,) = schema.look(sight, wanted).tasks
        if isinstance(task.comm_hex, str):
            assert bytes.fromhex(task.comm_hex) == name
        else:
            assert task.comm.encode() == name


def test_values_say_how_they_are_known(tmp_path):
    fake = Fake(tmp_path)
    fake.process(1, b"init")
    fake.process(5, b"orphan", ppid=4)
    fake.process(6, b"odd", ppid=1, pids="7", stat=b"")
    sight = Sight(observe.read(str(tmp_path), observe.EVERYTHING))
    rows = {line.split()[-1]: line for line in listing(sight, columns.chosen("+ppid")[0], Style())}
    assert "~1" in rows["orphan"].split()
    weak = {task.comm: task.evidence for task in schema.look(sight, observe.EVERYTHING).tasks}
    assert weak == {
        "init": {},
        "orphan": {"parent": "derived"},
        "odd": {
            "pids": "derived",
            "group": "derived",
            "session": "derived",
            "tty": "derived",
            "started": "derived",
        },
    } or set(weak["odd"]) >= {"pids", "tty", "started"}


def test_what_is_hidden_is_no_fact_and_named(tmp_path):
    fake = Fake(tmp_path)
    fake.process(7, b"mine", ns={"mnt": "?"}, ppid=1)
    snapshot = observe.read(str(tmp_path), observe.EVERYTHING)
    assert gaps(snapshot) == (
        "the namespaces of 1 process are hidden",
        "pid 1 is hidden, and others may be (hidepid)",
    )
    machine = Observer().machine(snapshot)
    ((_key, seen),) = machine.items(Sighting)
    assert {field: how.name for field, how in seen.evidence.items()} == {
        "ns.mnt": "HIDDEN",
        "parent": "HIDDEN",
    }
    assert machine.get(Vantage, 0).gaps == gaps(snapshot)
    sight = Sight(snapshot)
    assert list(listing(sight, columns.chosen("pid,ppid,mntns")[0], Style()))[1].split() == [
        "7",
        "?",
        "?",
    ]


def test_spaces_nest_as_the_process_tree_says_where_the_kernel_does_not(tmp_path):
    fake = Fake(tmp_path)
    fake.process(1, b"init")
    fake.process(2, b"outer", ppid=1, pids="2\t1", ns={"pid": 4026532001})
    fake.process(3, b"inner", ppid=2, pids="3\t2\t1", ns={"pid": 4026532002})
    fake.process(4, b"secret", ppid=3, pids="4\t3\t2", ns={"pid": None})
    fake.process(5, b"other", ppid=1, pids="5\t1", ns={"pid": None})
    sight = Sight(observe.read(str(tmp_path)))
    path = sight.placing.of
    assert path[3] == (4026531836, 4026532001, 4026532002)
    assert path[4] == path[3]
    assert path[5][:-1] == path[1]
    assert path[5] != path[2]
    lines = list(listing(sight, columns.chosen("pid,inside")[0], Style()))
    assert [line.split() for line in lines[1:6]] == [
        ["1"],
        ["2", "1:1"],
        ["3", "1:2", "3:1"],
        ["4", "~1:3", "3:2"],
        ["5", "~2:1"],
    ]


def test_mounts_of_devpts_are_told_apart_by_their_device(tmp_path):
    fake = Fake(tmp_path)
    line = b"9 1 0:%d / %b rw - devpts devpts rw\n"
    info = line % (24, b"/dev/pts") + line % (31, b"/c\\040c/dev/pts") + line % (24, b"/also")
    fake.process(1, b"init", mountinfo=info)
    machine = Observer().machine(observe.read(str(tmp_path)))
    rows = [row for _key, row in machine.items(DevptsSighting)]
    assert [(row.device, [path for _mnt, path in row.mounts]) for row in rows] == [
        ("0:24", ["/also", "/dev/pts"]),
        ("0:31", ["/c c/dev/pts"]),
    ]


def test_no_proc_is_an_error_of_the_system(tmp_path):
    with pytest.raises(FileNotFoundError):
        observe.read(str(tmp_path / "nowhere"))
    snapshot = observe.read(str(tmp_path))
    assert snapshot.processes == []
    assert violations(Observer().machine(snapshot)) == []
