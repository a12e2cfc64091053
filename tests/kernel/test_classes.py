"""R1-R6, P13: classes of tasks, their members by container, rules, and jobs (S0)."""

from __future__ import annotations

import random

import pytest

from nsh.abi.files import Mount, Umount
from nsh.abi.names import Mkdir, Rmdir
from nsh.abi.process import Clone, CloneFlag, Execve, Exit, Fork, Wait4, WaitOption
from nsh.abi.signals import Kill, Sig
from nsh.kernel.boot import INIT
from nsh.machine.ids import TaskId
from nsh.machine.invariants import violations
from nsh.machine.tasks import State, Task
from nsh.session.session import Session
from tests.kernel._running import THREAD
from tests.kernel.lab import Lab
from tests.kernel.test_cgroups import Box as CgroupBox


class Box(CgroupBox):
    """A machine with classes at /rcfs, and a task ``w``, number 2."""

    def __init__(self) -> None:
        self.session = Session("all", paranoid=True)
        self.do("mkdir /rcfs; mount -t rcfs none /rcfs; mkdir /rcfs/a /rcfs/a/b /rcfs/z; spawn w")

    def at(self, whom: int = 2) -> str:
        return self.told(f"cat /proc/{whom}/class")


def test_mainline_has_no_such_thing() -> None:
    box = CgroupBox("mkdir /rcfs")
    assert box.fails("mount -t rcfs none /rcfs") == "ENODEV"
    assert box.fails("cat /proc/self/class") == "ENOENT"
    assert box.fails("cat /proc/self/job") == "ENOENT"


def test_there_is_one_tree_however_often_it_is_mounted() -> None:
    box = Box()
    box.do("mkdir /other; mount -t rcfs none /other; echo 2 >> /other/a/b/members; umount /rcfs")
    assert box.told("cat /other/a/b/members") == "0:2"
    box.do("umount /other; mount -t rcfs none /rcfs")
    assert box.at() == "/a/b"
    box.do("rmdir /rcfs/a/b /rcfs/a /rcfs/z; umount /rcfs")
    assert box.at() == ""
    assert box.fails("mount -t rcfs -o cpu none /rcfs") == "EINVAL"


@pytest.mark.parametrize(
    ("text", "errno"),
    [("", "EINVAL"), ("x", "EINVAL"), ("1:", "EINVAL"), ("1:x", "EINVAL"), ("-1", "EINVAL"),
     ("99", "ESRCH"), (":99", "ESRCH"), ("0:99", "ESRCH"), ("7:1", "ESRCH"), ("nope:1", "ESRCH")],
)  # fmt: skip
def test_who_is_nobody(text: str, errno: str) -> None:
    box = Box()
    assert box.fails(f"echo '{text}' >> /rcfs/a/members") == errno
    assert box.told("cat /rcfs/a/members") == ""


def test_containers_by_name_and_by_number() -> None:
    box = Box()
    box.do("as w { echo web > /proc/container }; w spawn x; echo web:1 >> /rcfs/a/members")
    box.do("echo 1:2 >> /rcfs/a/members")
    assert box.told("cat /rcfs/a/members").split() == ["1:1", "1:2"]
    assert box.told("w cat /rcfs/a/members").split() == ["1", "2"]
    box.do("w { echo 2 >> /rcfs/z/members }")
    assert box.told("cat /rcfs/z/members") == "1:2"
    for named in ("web:1", "1:1", "0:1"):
        assert box.fails(f"w {{ echo {named} >> /rcfs/z/members }}") == "EINVAL"


def test_others_are_not_classified_by_those_who_may_not() -> None:
    box = Box()
    box.do("chmod 666 /rcfs/a/members")
    told = box.session.run("setpriv --reuid 1000 --clear-groups tee -a /rcfs/a/members <<< 2")
    assert "EACCES" in told.output
    assert box.at() == "/"


def test_what_is_kept_and_what_one_may_have() -> None:
    box = Box()
    box.do("echo res=numtasks,total_numtasks=8 > /rcfs/config")
    box.do("echo res=numtasks,guarantee=50 > /rcfs/z/shares; spawn x; spawn y")
    assert box.fails("spawn q") == "EAGAIN"
    assert box.told("grep failures /rcfs/stats").endswith("tasks=4,failures=1")
    box.do("echo 2 >> /rcfs/z/members; w spawn u; w spawn v")
    box.do("spawn q")
    for wrong in ("res=disk", "guarantee=5", "res=cpu,x=1", "res=cpu,limit=101", "res=cpu,limit"):
        assert box.fails(f"echo {wrong} > /rcfs/a/shares") == "EINVAL"
    assert box.fails("echo res=numtasks,guarantee=51 > /rcfs/a/shares") == "EINVAL"


def test_a_rule_with_several_attributes_and_the_first_that_fits() -> None:
    box = Box()
    box.do('echo "one cmd=job,uid=1000 /a" >> /rcfs/rules; echo "two cmd=job /z" >> /rcfs/rules')
    box.do("spawn job")
    assert box.at(3) == "/z"
    box.do("as job setuid 1000")
    assert box.at(3) == "/a"
    box.do('echo "one cmd=job,uid=7 /a" >> /rcfs/rules; echo 3 > /rcfs/reclassify')
    assert box.at(3) == "/z"
    assert box.fails("echo -three >> /rcfs/rules") == "ENOENT"
    box.do("echo -one >> /rcfs/rules; echo -two >> /rcfs/rules")
    assert box.told("cat /rcfs/rules") == ""
    for wrong in ("x", "x uid=1", "x uid /a", "x uid= /a", "x uid=1 /%c", "x container=* /%c/b"):
        assert box.fails(f'echo "{wrong}" >> /rcfs/rules') == "EINVAL", wrong


def test_execve_is_looked_at() -> None:
    box = Box()
    box.do('echo "s cmd=sleep /a" >> /rcfs/rules; w spawn x { exec sleep infinity }')
    assert box.at(3) == "/a"


def test_a_class_for_each_container() -> None:
    box = Box()
    box.do('echo "align container=* /a/%c" >> /rcfs/rules')
    box.do("as w { echo web > /proc/container }; spawn --pid ns; w spawn x")
    assert box.at(2) == "/a/web"
    assert box.told("cat /rcfs/a/web/members").split() == ["1:1", "1:2"]
    assert box.at(3) == "/a/ns"


def test_a_class_that_a_rule_makes_for_a_fork_that_fails_is_not_there() -> None:
    box = Box()
    box.do('echo "align container=* /%c" >> /rcfs/rules; spawn x; spawn y')
    box.do("echo res=numtasks,total_numtasks=4 > /rcfs/config")
    assert box.fails("w spawn --pid new") == "EAGAIN"
    assert box.told("ls -d /rcfs/*/").split() == ["/rcfs/a/", "/rcfs/z/"]
    box.do("echo res=numtasks,total_numtasks=5 > /rcfs/config; w spawn --pid new")
    assert box.told("cat /rcfs/new/members").endswith(":1")


def test_a_rule_by_job_holds_at_birth_and_when_the_job_begins() -> None:
    box = Box()
    box.do('echo "j job=* /a" >> /rcfs/rules; as w { echo 1 > /proc/self/job }; w spawn x')
    assert [box.at(2), box.at(3)] == ["/a", "/a"]
    for wrong in ("0", "x", ""):
        assert box.fails(f"echo '{wrong}' > /proc/self/job") == "EINVAL"


def test_no_class_is_called_by_a_directory() -> None:
    box = Box()
    box.do('echo "align container=* /%c" >> /rcfs/rules; as w { echo .. > /proc/container }')
    assert box.at(2) == "/"
    box.do('echo "under container=* /z/%c" >> /rcfs/rules')
    assert box.fails("rmdir /rcfs/z") == "EBUSY"


def test_the_kernel_is_not_refused() -> None:
    box = Box()
    box.do("mkdir /x; mount -t cgroup -o none,name=x none /x; mkdir /x/in; echo 2 > /x/in/tasks")
    box.do("printf '#!/bin/nsh\\necho x > /tmp/ran\\n' > /tmp/agent; chmod 755 /tmp/agent")
    box.do("echo /tmp/agent > /x/release_agent; echo 1 > /x/in/notify_on_release")
    box.do("echo res=numtasks,total_numtasks=2 > /rcfs/config; kill -9 2; sleep 1")
    assert box.told("cat /tmp/ran") == "x"


def test_jobs_are_for_good() -> None:
    box = Box()
    box.do("as w { echo 1 > /proc/self/job }; w spawn x; x spawn y; kill -9 2")
    assert [box.told(f"cat /proc/{pid}/job") for pid in (1, 3, 4)] == ["0", "2", "2"]
    assert box.fails("as x { echo 1 > /proc/self/job }") == "EPERM"
    assert box.fails("echo 1 > /proc/3/job") == "EPERM"
    box.do('echo "j job=2 /z" >> /rcfs/rules; echo 0 > /rcfs/reclassify')
    assert box.told("cat /rcfs/z/members").split() == ["0:3", "0:4"]


@pytest.mark.parametrize("seed", range(6))
def test_any_order_of_anything_leaves_the_machine_sound(seed: int) -> None:
    chance = random.Random(seed)
    lab = Lab()
    for request in (Mkdir("/r"), Mount("none", "/r", "rcfs"), Mkdir("/r/a")):
        lab.ask(request)
    lab.move("any")
    paths = ("/r", "/r/a", "/r/b", "/r/a/a", "/r/c0")
    rules = (
        *("x cmd=two /a", "y uid=7 /", "z container=* /%c", "z job=* /a", "-x", "-y", "-z"),
        "v pgrp=1 /a",
    )
    for number in range(150):
        living = [
            TaskId(key)
            for key, row in lab.machine.items(Task)
            if row.state is State.ALIVE and row.context
        ]
        who, whom = chance.choice(living), chance.choice(living)
        pid, path = lab.task(whom).pids[0], chance.choice(paths)
        match chance.randrange(14):
            case 0 | 1:
                lab.ask(Mkdir(path))
            case 2:
                lab.ask(Rmdir(path))
            case 3 | 4:
                lab.write(
                    f"{path}/members", f"{chance.choice(('', ':', '0:', '1:'))}{pid}".encode()
                )
            case 5:
                lab.write("/r/rules", chance.choice(rules).encode())
            case 6:
                lab.write("/r/reclassify", str(chance.choice((0, pid))).encode())
            case 7:
                lab.ask(chance.choice((Fork(), Clone(THREAD, 0))), who)
            case 8:
                lab.ask(Clone(int(CloneFlag.CLONE_NEWPID), 17), who)
            case 9:
                lab.ask(Execve("/bin/two", ("two",)), who)
            case 10 if pid != 1:
                lab.ask(chance.choice((Exit(0), Execve("/bin/x", ("x",)))), whom)
            case 11 if pid != 1:
                lab.ask(Kill(pid, Sig.SIGKILL))
                lab.ask(Wait4(-1, WaitOption.WNOHANG))
            case 12:
                lab.write(
                    "/proc/container",
                    chance.choice(("0", f"c{number}", f"c0 tree {pid}")).encode(),
                    who,
                )
                lab.write("/proc/self/job", b"1", who)
            case 13:
                name = chance.choice(("guarantee", "limit"))
                text = f"res=numtasks,{name}={chance.choice((0, 50, 100))}"
                lab.write(f"{path}/shares", text.encode())
                lab.ask(chance.choice((Umount("/r"), Mount("none", "/r", "rcfs"))), INIT)
    assert violations(lab.machine) == []
