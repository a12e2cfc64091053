"""What is observed of real terminals: both ends of them, and who sits there."""

from __future__ import annotations

import fcntl
import os
import termios
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from nsh.linux import observe
from nsh.linux.observe.building import Observer
from nsh.machine.ids import NO_TERMINAL
from nsh.machine.invariants import violations
from nsh.machine.observed import (
    DevptsSighting,
    Evidence,
    SlaveSighting,
)
from nsh.machine.tasks import Task
from nsh.machine.terminals import Terminal
from nsh.machine.value import Machine
from tests.linux.observe._real import child


def slaves(machine: Machine, name: str) -> list[tuple[DevptsSighting, SlaveSighting]]:
    """The slaves of that name in all instances."""
    index = int(name.rpartition("/")[2])
    found = []
    for _key, row in machine.items(DevptsSighting):
        found += [(row, slave) for slave in row.slaves if slave.index == index]
    return found


@contextmanager
def pair() -> Iterator[tuple[int, int]]:
    """A pseudo terminal whose number is not one of the first: those a terminal of another instance
    has as well, as of a stage of tests at work beside this one."""
    pairs = [os.openpty() for _pair in range(10)]
    try:
        yield pairs[-1]
    finally:
        for fd in (end for each in pairs for end in each):
            os.close(fd)


def test_ends_of_pseudo_terminals_are_told_by_descriptor_and_by_instance() -> None:
    with pair() as (master, slave):
        name = os.ttyname(slave)
        device = os.fstat(slave).st_dev
        machine = Observer().machine(observe.read(wanted=observe.EVERYTHING))
        found = [
            seen
            for row, seen in slaves(machine, name)
            if row.device == f"{os.major(device)}:{os.minor(device)}"
        ]
        assert len(found) == 1, name
        me = next(key for key, task in machine.items(Task) if task.pids[0] == os.getpid())
        mine = {(one.fd, one.master) for one in found[0].openers if one.task == me}
        assert mine == {(master, True), (slave, False)}
        assert found[0].uid == os.stat(name).st_uid
        assert found[0].terminal == NO_TERMINAL


@pytest.mark.parametrize("keeps", [True, False])
def test_who_sits_at_a_terminal_is_a_fact_where_it_has_it_open(keeps: bool) -> None:
    with pair() as (_master, slave):
        name = os.ttyname(slave)

        def sit(say: Callable[[str], object]) -> None:
            os.setsid()
            fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
            if not keeps:
                for fd in (0, 1, 2, slave):
                    os.close(fd)
            say("here")

        with child(sit) as (pid, _said):
            machine = Observer().machine(observe.read(wanted=observe.EVERYTHING))
        found = [seen for _row, seen in slaves(machine, name) if seen.terminal != NO_TERMINAL]
        assert len(found) == 1
        leader = machine.get(Terminal, found[0].terminal).session
        assert machine.get(Task, leader).pids[0] == pid
        weak = found[0].evidence.get("terminal", Evidence.FACT)
        assert weak is (Evidence.FACT if keeps else Evidence.DERIVED)
        assert violations(machine) == []
