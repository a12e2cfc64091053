"""Looking again and again: what is remembered, and what is forgotten."""

from __future__ import annotations

from pathlib import Path

from nsh.linux import observe
from nsh.linux.observe import process
from nsh.linux.observe.building import Observer
from nsh.linux.observe.identities import Identities
from nsh.linux.observe.memory import TURNS, Memory
from nsh.machine.tasks import Task
from tests.linux.observe.fake import Fake


def test_what_changes_seldom_is_read_in_turns_and_what_is_new_at_once(tmp_path, monkeypatch):
    fake = Fake(tmp_path)
    for pid in range(1, 11):
        fake.process(pid, start=pid, fds={3: "net:[4026532001]"})
    read: list[int] = []
    extras = process.extras

    def noting(folder, one, wanted):
        read.append(one.pid)
        extras(folder, one, wanted)

    monkeypatch.setattr(process, "extras", noting)
    memory = Memory()

    def look() -> list[int]:
        read.clear()
        seen = observe.read(str(tmp_path), observe.EVERYTHING, memory=memory)
        assert {one.argv for one in seen.processes} <= {(b"task",), (b"new",)}
        assert len(seen.holders) == len(seen.processes)
        return sorted(read)

    assert look() == list(range(1, 11))
    turns = [look() for _ in range(TURNS)]
    assert sorted(pid for turn in turns for pid in turn) == list(range(1, 11))
    assert {len(turn) for turn in turns} == {2}
    (tmp_path / "4").rename(tmp_path / "gone")  # its pid is given again
    fake.process(4, b"new", start=99, fds={3: "net:[4026532001]"})
    assert 4 in look()


def test_a_name_that_changes_is_an_execve(tmp_path):
    Fake(tmp_path).process(1, b"before")
    memory = Memory()
    observe.read(str(tmp_path), observe.EVERYTHING, memory=memory)
    folder = Path(tmp_path, "1")
    for name in ("status", "stat", "cmdline"):
        (folder / name).write_bytes((folder / name).read_bytes().replace(b"before", b"after!"))
    seen = observe.read(str(tmp_path), observe.EVERYTHING, memory=memory)
    assert seen.processes[0].argv == (b"after!",)


def test_ids_are_kept_for_who_is_seen_and_forgotten_for_the_many_who_are_gone():
    ids = Identities()
    first = ids.of("task", 1, 0)
    for number in range(5000):
        assert ids.of("task", 1, 0) == first
        ids.of("task", number, "short")
        ids.forget()
    assert len(ids._known) < 2000
    assert ids.of("task", 1, 0) == first
    assert ids.of("task", 0, "short") > 5000  # nobody is mixed up with who was there before


def test_a_pid_that_is_given_again_is_somebody_else(tmp_path):
    fake = Fake(tmp_path)
    fake.process(1, b"init")
    fake.process(7, b"old", start=10, ppid=1)
    observer = Observer()
    first = observer.machine(observe.read(str(tmp_path), observe.EVERYTHING))
    (tmp_path / "7").rename(tmp_path / "gone")
    fake.process(7, b"new", start=20, ppid=1)
    second = observer.machine(observe.read(str(tmp_path), observe.EVERYTHING))
    named = [{task.comm: key for key, task in m.items(Task)} for m in (first, second)]
    assert named[0]["init"] == named[1]["init"]
    assert named[0]["old"] != named[1]["new"]
