"""What is observed of real processes, against what they say of themselves."""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import termios
from collections.abc import Callable

import pytest

from nsh.linux import observe
from nsh.linux.observe import reading
from nsh.linux.observe.building import Observer
from nsh.linux.observe.sight import Sight
from nsh.machine.invariants import violations
from nsh.machine.observed import (
    Sighting,
)
from nsh.machine.pids import PidSpace
from nsh.machine.tasks import State, Task
from nsh.views import terminals
from tests.linux.observe._real import child, need
from tests.linux.observe.colony import colony


@pytest.mark.slow
@pytest.mark.parametrize("split", [False, True])
def test_every_pid_at_every_level_is_what_the_process_is_called_there(split: bool):
    need("pid")
    with colony(9, 12, depth=3) as told:
        snapshot = observe.read(wanted=observe.USUAL, split=split)
        sight = Sight(snapshot)
        seen = {one.pid: one for one in snapshot.processes}
        for numbers in told["tasks"]:
            assert list(seen[numbers[0]].pids) == numbers
        inums = {int(name): inum for name, inum in told["inums"].items()}
        for first in (0, 3, 6):  # chains of three
            path = sight.placing.paths[inums[first + 2]]
            assert path[1:] == (inums[first], inums[first + 1], inums[first + 2])
        assert not sight.placing.derived & set(inums.values())
    assert violations(Observer().machine(snapshot)) == []


@pytest.mark.slow
def test_the_machine_has_them_all_in_their_spaces():
    need("pid")
    with colony(4, 5, depth=2) as told:
        machine = Observer().machine(observe.read(wanted=observe.EVERYTHING))
    by_kpid = {task.pids[0]: task for _key, task in machine.items(Task)}
    for numbers in told["tasks"]:
        task = by_kpid[numbers[0]]
        path = machine.get(PidSpace, task.space).path
        assert list(task.pids) == numbers
        for space, number in zip(path, numbers, strict=True):
            whom = machine.get(Task, machine.get(PidSpace, space).task_of[number])
            assert whom is task
    spaces = {space.inum: space for _key, space in machine.items(PidSpace)}
    for inum in told["inums"].values():
        assert machine.get(Task, spaces[inum].init).pids[-1] == 1


def test_states_terminals_and_groups_are_as_they_are():
    master, slave = os.openpty()

    def lead(say: Callable[[str], object]) -> None:
        """Lead a session with a stopped child in a group of its own, and a zombie."""
        os.setsid()
        fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
        if os.fork() == 0:
            os.setpgid(0, 0)
            os.kill(os.getpid(), signal.SIGSTOP)
            os._exit(0)
        if os.fork() == 0:
            os._exit(0)
        say("ready")

    with child(lead) as (pid, _said):
        while True:
            machine = Observer().machine(observe.read(wanted=observe.EVERYTHING))
            tasks = {task.pids[0]: (key, task) for key, task in machine.items(Task)}
            key, leader = tasks[pid]
            states = {machine.get(Task, kid).state for kid in leader.children}
            if states == {State.STOPPED, State.ZOMBIE}:
                break
        assert leader.session == leader.group == key
        assert terminals.name(machine, leader.tty) == os.ttyname(slave).removeprefix("/dev/")
        for kid in leader.children:
            task = machine.get(Task, kid)
            assert task.session == key
            assert (task.group == kid) == (task.state is State.STOPPED)
        assert violations(machine) == []
    os.close(master)
    os.close(slave)


def test_who_has_ended_since_the_pids_were_read_is_counted():
    ended = subprocess.Popen(["true"])
    ended.wait()
    top = os.open("/proc", os.O_RDONLY | os.O_DIRECTORY)
    try:
        found = reading.part(top, [ended.pid, os.getpid()], observe.EVERYTHING)
    finally:
        os.close(top)
    assert (found.vanished, found.unreadable) == (1, 0)
    assert {one.pid for one in found.processes} == {os.getpid()}


def test_who_ends_while_being_read_does_no_harm():
    ending = [subprocess.Popen(["true"]) for _ in range(20)]
    snapshot = observe.read(wanted=observe.EVERYTHING)
    for one in ending:
        one.wait()
    assert violations(Observer().machine(snapshot)) == []


def test_whoever_is_seen_again_keeps_their_id_and_an_unchanged_row_is_the_same():
    observer = Observer()
    first = observer.machine(observe.read(wanted=observe.EVERYTHING))
    second = observer.machine(observe.read(wanted=observe.EVERYTHING))
    ours = os.getpid()
    (one,) = (key for key, task in first.items(Task) if task.pids[0] == ours)
    (two,) = (key for key, task in second.items(Task) if task.pids[0] == ours)
    assert one == two
    assert first.get(Sighting, one).started == second.get(Sighting, two).started
    same = [key for key, task in first.items(Task) if second.find(Task, key) is task]
    assert same


def test_threads_are_seen_when_asked_for():
    import threading

    done = threading.Event()
    thread = threading.Thread(target=done.wait)
    thread.start()
    try:
        snapshot = observe.read(wanted=observe.EVERYTHING._replace(threads=True))
        machine = Observer().machine(snapshot)
        (ours,) = (t for _key, t in machine.items(Task) if t.pids[0] == os.getpid())
        tids = [machine.get(Task, tid).pids[0] for tid in ours.threads]
        assert thread.native_id in tids
        assert violations(machine) == []
    finally:
        done.set()
        thread.join()
