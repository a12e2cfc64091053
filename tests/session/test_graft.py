"""What was observed can be explored in the model."""

from __future__ import annotations

import re

import pytest
from immutables import Map

from nsh.linux import observe
from nsh.linux.observe.building import Observer
from nsh.machine.invariants import violations
from nsh.machine.observed import Sighting, Vantage
from nsh.machine.pids import PidSpace
from nsh.machine.settings import Halted
from nsh.machine.store import StoreError
from nsh.machine.tasks import Task
from nsh.session import stored
from nsh.session.graft import runnable
from nsh.session.session import Session
from tests.linux.observe.fake import Fake

PROC = b"1 2 0:5 / /proc rw - proc proc rw\n"
OTHER = b"1 2 0:99 / /proc rw - proc proc rw\n"


@pytest.fixture
def seen(tmp_path):
    fake = Fake(tmp_path / "proc")
    (tmp_path / "proc").mkdir()
    fake.process(1, b"systemd", mountinfo=PROC)
    fake.process(2, b"kthreadd", pgids="0", sids="0")
    fake.process(40, b"shim", ppid=1)
    inside = {"pid": 4026532001, "mnt": 4026532002, "uts": 4026532003}
    fake.process(41, b"nginx", ppid=40, pids="41\t1", ns=inside, mountinfo=OTHER)
    fake.process(42, b"worker", ppid=41, pids="42\t7", pgids="41\t1", sids="41\t1", ns=inside)
    fake.process(50, b"sh", ppid=1, tty=34817)
    fake.process(51, b"dead", ppid=50, state="Z", sids="50", tty=34817)
    return Observer().machine(observe.read(str(tmp_path / "proc"), observe.EVERYTHING))


def test_an_observed_machine_runs(seen):
    session = Session(machine=runnable(seen), paranoid=True)
    assert violations(session.machine) == []
    told = session.run("ps -e -o pid,ppid,comm --no-headers").stdout
    assert [tuple(line.split()) for line in told.splitlines()] == [
        ("1", "0", "systemd"),
        ("2", "1", "kthreadd"),
        ("40", "1", "shim"),
        ("41", "40", "nginx"),
        ("42", "41", "worker"),
        ("50", "1", "sh"),
        ("51", "50", "dead"),
    ]
    told = session.run("as 41 ps -e -o pid,comm --no-headers").stdout
    assert told.split() == ["1", "nginx", "7", "worker"]
    session.run("as 41 kill -KILL 7; as 1:1 wait")
    told = session.run("ps -e -o pid --no-headers").stdout
    assert told.split() == ["1", "2", "40", "41", "50", "51"]
    session.run("as 50 wait; spawn new; unshare --pid --fork --mount-proc ps -e")
    assert session.run("lsns -t pid -o ns,nprocs --noheadings").stdout.split() == [
        "4026531836",
        "5",
        "4026532001",
        "1",
    ]


def test_numbers_names_and_sessions_are_as_they_were(seen):
    session = Session(machine=runnable(seen))
    one = session.run("ps -o pid,pgid,sid,tty,comm -p 42,51 --no-headers").stdout.split("\n")
    assert [line.split() for line in one[:2]] == [
        ["42", "41", "41", "?", "worker"],
        ["51", "51", "50", "pts/1", "dead"],
    ]


def test_the_evidence_stays_behind(seen):
    machine = runnable(seen)
    assert not machine.count(Sighting)
    assert machine.find(Vantage, 0) is None


def test_without_a_pid_1_the_model_has_its_own(tmp_path):
    fake = Fake(tmp_path)
    fake.process(7, b"mine", ppid=1)
    machine = runnable(Observer().machine(observe.read(str(tmp_path))))
    assert violations(machine) == []
    names = sorted((task.pids[0], task.comm) for _key, task in machine.items(Task))
    assert names == [(1, "init"), (7, "mine")]
    assert machine.get(PidSpace, 1).live == 2


def test_a_model_machine_is_what_it_was():
    machine = Session().machine
    assert runnable(machine) is machine


def test_a_stored_machine_is_started_by_whom_one_likes(seen, tmp_path):
    path = str(tmp_path / "seen.nsh")
    stored.save(seen, path)
    assert stored.load(path) == seen
    session = Session(machine=stored.start(path, "all", "1:7"))
    assert session.prompt() == "1:7 worker # "
    assert session.run("getpid").stdout == "7\n"
    with pytest.raises(StoreError, match="51 is dead"):
        stored.start(path, "all", "51")


def test_what_cannot_be_written_is_called_as_the_person_called_it(seen, tmp_path):
    for path in (tmp_path / "no" / "seen.nsh", tmp_path):
        with pytest.raises(OSError, match=re.escape(str(path))) as refused:
            stored.save(seen, str(path))
        assert refused.value.filename == str(path)
    assert not list(tmp_path.glob(".nsh*"))


def test_a_file_is_written_whole_or_not_at_all(seen, tmp_path):
    path = tmp_path / "seen.nsh"
    path.write_text("precious")
    broken = type(seen)((Map({1: Halted(1.5)}),) * 60)  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        stored.save(broken, str(path))
    assert path.read_text() == "precious"
    assert [entry.name for entry in tmp_path.iterdir() if entry.name.startswith(".nsh")] == []
