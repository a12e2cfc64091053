"""P2: setsid and setpgid, every rule and errno.

setsid(2), setpgid(2), credentials(7), tried.
"""

import os

from tests.probes._calls import Answer, call, kill, wait4
from tests.probes._inside import (
    Box,
    Gate,
    ask,
    child,
    end,
    fields,
    rest,
    spare,
    until,
    zombie,
)
from tests.probes._real import trial


def setpgid(pid: int, pgid: int) -> Answer:
    return call("setpgid", pid, pgid)


def getpgid(pid: int) -> Answer:
    return call("getpgid", pid)


def test_setsid_makes_a_session_and_a_group():
    def body():
        return ask(lambda: [call("setsid"), os.getpid(), os.getpgrp(), os.getsid(0)])

    assert trial(body) == [3, 3, 3, 3]


def test_setsid_by_a_group_leader():
    def body():
        return [call("setsid"), ask(lambda: [setpgid(0, 0), call("setsid")])]

    assert trial(body) == ["EPERM", [0, "EPERM"]]


def _setsid_with_a_group_of_my_number(prepare):
    """What setsid says to a child that moved out of the group it led, PREPARE(member) later."""
    gate, box = Gate(), Box()

    def former_leader():
        gate.pass_()
        box.put(call("setsid"))
        rest()

    leader, member = child(former_leader), spare()
    setpgid(leader, 0)
    setpgid(member, leader)
    setpgid(leader, os.getpgrp())
    prepare(member)
    gate.open()
    return box.get()


def test_setsid_while_another_is_in_a_group_of_my_number():
    def dies(member):
        kill(member, 9)
        until(lambda: fields("State", member) == ["Z (zombie)"])

    def body():
        steps = (lambda member: None, dies, end)
        return [_setsid_with_a_group_of_my_number(step) for step in steps]

    assert trial(body) == ["EPERM", "EPERM", 7]  # a zombie member still counts


def test_setpgid_looks_at_the_pgid_first():
    def body():
        pid = spare()
        negative = [setpgid(one, -1) for one in (pid, 0, 9999, -1)]
        return [negative, setpgid(-1, 0), setpgid(-1, 2), setpgid(9999, 0)]

    # setpgid(-1, 0) asks for group -1
    assert trial(body) == [["EINVAL"] * 4, "EINVAL", "ESRCH", "ESRCH"]


def test_setpgid_of_oneself():
    def body():
        leader = [setpgid(0, 0), setpgid(os.getpid(), os.getpid()), setpgid(0, 9999)]

        def other():
            own = [setpgid(0, 0), os.getpgrp() == os.getpid(), setpgid(0, 0)]
            return [own, setpgid(0, os.getppid()), os.getpgrp()]

        return [leader, ask(other)]

    assert trial(body) == [["EPERM"] * 3, [[0, True, 0], 0, 2]]


def test_setpgid_of_a_child():
    def body():
        one, two = spare(), spare()
        alone = [setpgid(one, 0), getpgid(one) == one, setpgid(one, one)]
        joined = [setpgid(two, one), getpgid(two) == one]
        left = [setpgid(one, 2), getpgid(one), getpgid(two) == one]
        return [alone, joined, left, setpgid(one, 9999)]

    assert trial(body) == [[0, True, 0], [0, True], [0, 2, True], "EPERM"]


def test_setpgid_of_a_stranger():
    def body():
        box = Box()

        def parent():
            box.put(spare())
            rest()

        child(parent)
        grandchild = box.get()
        stranger = [setpgid(grandchild, 0), setpgid(1, 0)]
        return [*stranger, ask(lambda: setpgid(os.getppid(), 0))]

    assert trial(body) == ["ESRCH", "ESRCH", "ESRCH"]


def test_setpgid_of_a_child_that_has_executed_a_program():
    def body():
        pid = child(lambda: os.execv("/bin/sleep", ["sleep", "1000"]))
        until(lambda: fields("Name", pid) == ["sleep"])
        return [setpgid(pid, pgid) for pgid in (0, pid, 9999, -1)]

    assert trial(body) == ["EACCES", "EACCES", "EACCES", "EINVAL"]


def test_setpgid_across_sessions():
    def body():
        box = Box()

        def leader():
            os.setsid()
            box.put("away")
            rest()

        away = child(leader)
        box.get()
        stays = spare()
        of_it = [setpgid(away, pgid) for pgid in (0, 2, 9999)]
        return [of_it, setpgid(stays, away), setpgid(stays, 1)]

    assert trial(body) == [["EPERM"] * 3, "EPERM", "EPERM"]


def test_zombies_have_groups_too():
    def body():
        dead = zombie(5)
        moved = [setpgid(dead, 0), getpgid(dead) == dead]
        late = spare()
        joined = [setpgid(late, dead), getpgid(late) == dead]  # its one member is the zombie
        return [moved, joined, wait4(-dead)[1], kill(-dead, 0), kill(dead, 0)]

    assert trial(body) == [[0, True], [0, True], 5 << 8, 0, "ESRCH"]


def test_a_group_ends_with_its_last_member():
    def body():
        leader, member = spare(), spare()
        setpgid(leader, 0)
        setpgid(member, leader)
        end(leader)
        late = spare()
        still = [kill(-leader, 0), getpgid(member) == leader, setpgid(late, leader)]
        end(member, late)
        return [still, kill(-leader, 0), setpgid(spare(), leader)]

    assert trial(body) == [[0, True, 0], "ESRCH", "EPERM"]
