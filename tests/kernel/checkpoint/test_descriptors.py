"""Descriptors that are more than a path: of processes, of namespaces, of files without a name."""

from __future__ import annotations

import pytest

from nsh.abi.checkpoint import Checkpoint, Freeze, Restart, Thaw
from nsh.abi.files import Lseek, MemfdCreate, Read, Write
from nsh.abi.request import Blocked, Failure, Request
from nsh.abi.signals import Kill
from nsh.kernel import perform as performed
from nsh.machine.ids import TaskId
from nsh.machine.invariants import violations
from nsh.machine.tasks import Task
from nsh.machine.value import Machine
from tests.kernel.checkpoint._scripts import damaged, perform, refused

SAVE = "checkpoint -k -o /tmp/w web; restart -i /tmp/w"


def test_a_process_is_named_as_before() -> None:
    perform(
        """
        spawn --pid web {
            spawn kid { sleep 3; exit 4 }; pidfd open kid
            spawn dead { exit 3 }; pidfd open dead; wait dead || true
            spawn zombie { exit 5 }; pidfd open zombie; pidfd open 1; pidfd open --thread 1
            sleep 1
            pidfd poll 3; waitpid -P 3 > /tmp/out; echo $? >> /tmp/out; pidfd poll 4
            pidfd signal 4 KILL || echo $? >> /tmp/out; waitpid -P 5 >> /tmp/out
            sleep 100
        }
        sleep 0.5
        """,
        SAVE,
        "ckptinfo -i /tmp/w -o pidfd > /tmp/told",
        "expect $(grep -c status=768 /tmp/told) == 1",
        "expect $(grep -c flags=130 /tmp/told) == 1",
        "sleep 5; cat /tmp/out",
        "expect { cat /tmp/out } matches /^2 exited 4\\n0\\n1\\n4 exited 5$/",
        damaged('"status":768', '"odd":7', "odd"),
        damaged('"gone":1', '"gone":0', "pidfd: pid: it is of nobody"),
    )


def test_one_of_a_process_outside_is_in_the_way() -> None:
    perform(
        "spawn other; pidfd open other; spawn --pid web { sleep 100 }; exec 3<&-; sleep 1",
        refused(
            "checkpoint web", "EBUSY", "descriptor 3 of web:1 web is of 0:2 other, which is outs"
        ),
        "kill other; wait other || true; checkpoint -k -o /tmp/w web; restart -i /tmp/w",
    )


def test_namespaces_are_the_same_ones() -> None:
    perform(
        """
        spawn --pid --uts web {
            hostname first; exec 3< /proc/self/ns/uts; exec 4< /proc/self/ns/ipc
            exec 5< /proc/self/ns/pid
            sleep 10; readlink /proc/self/fd/3 /proc/self/fd/4 /proc/self/fd/5 > /tmp/links
            readlink /proc/self/ns/uts /proc/1/ns/ipc /proc/self/ns/pid > /tmp/ns
            nsenter --uts=/proc/self/fd/3 hostname > /tmp/name; sleep 100
        }
        sleep 1
        """,
        SAVE,
        'sleep 11; expect { cat /tmp/links } prints "$(cat /tmp/ns)"',
        "expect { cat /tmp/name } prints first",
        "kill -KILL web; wait web || true",
        damaged('"kind":"ipc"', '"kind":"odd"', "nsfile: kind: 'odd' is no kind"),
        damaged('"kind":"uts","namespace":1', '"kind":"uts","namespace":7', "namespace 7: no task"),
        damaged(
            '"kind":"uts","namespace":1', '"kind":"ipc","namespace":1', "namespace 1 is of the kind"
        ),
        damaged('"kind":"ipc","around":true', '"kind":"ipc"', "namespace: it is of none"),
    )


def test_a_namespace_in_which_nobody_is_cannot_be_saved() -> None:
    perform(
        "spawn --uts other; spawn --pid web { exec 3< /proc/2/ns/uts; sleep 100 }; sleep 1",
        refused("checkpoint web", "ENOTSUP", "in which nobody is"),
    )


REMOVED = """
    mkdir /tmp/d
    spawn --pid --uts web {
        umask 027; exec 3> /tmp/d/x; exec 4< /tmp/d/x; rm /tmp/d/x; echo one >&3; exec 5>&3
        echo old > /tmp/a; ln /tmp/a /tmp/b; exec 6< /tmp/a; rm /tmp/a
        mkdir /tmp/e; exec 7< /tmp/e; rmdir /tmp/e; open --path /tmp/d
        sleep 10; echo two >&5; cat <&4 > /tmp/out
        stat -L -c '%a %u %h' /proc/self/fd/4 >> /tmp/out
        echo more >> /tmp/b; cat <&6 >> /tmp/out
        readlink /proc/self/fd/3 /proc/self/fd/6 /proc/self/fd/7 /proc/self/fd/8 >> /tmp/out
        sleep 100
    }
    sleep 1
"""
TOLD = ("one", "two", "640 0 0", "old", "more", "/tmp/d/x (deleted)", "/tmp/a (deleted)")


def test_files_without_a_name_are_kept() -> None:
    perform(
        REMOVED,
        SAVE,
        "sleep 11",
        *(
            f"expect {{ sed -n {line}p /tmp/out }} prints '{text}'"
            for line, text in enumerate((*TOLD, "/tmp/e (deleted)", "/tmp/d"), 1)
        ),
        "expect { ls /tmp/d } prints ''",
    )


def test_what_is_damaged_in_them_is_named() -> None:
    perform(
        REMOVED,
        "checkpoint -k -o /tmp/w web",
        damaged('"size":4', '"size":-1', "removed: size: a file"),
        damaged('"size":4,"pages":{"0"', '"size":4,"pages":{"1"', "pages: there is no page 1 of 4"),
        damaged('"mode":33184', '"mode":8192', "removedfile: mode: "),
        damaged('"directory":"/tmp/d"', '"directory":"/gone"', "gone: ", "ENOENT"),
        damaged('"directory":"/tmp/d"', '"directory":"/proc"', "directory: proc has no removed"),
        damaged('"link":"/tmp/b"', '"link":"/proc/cpuinfo"', "link: it is in another file system"),
        damaged('"removed":1', '"removed":9', "removed: number: no file before this line"),
        "rmdir /tmp/d",
        refused("restart -i /tmp/w", "ENOENT", "tmp.d"),
    )


@pytest.mark.parametrize(
    ("made", "errno", "reason"),
    [
        ("mkdir /tmp/d; exec 3> /tmp/d/x; rm /tmp/d/x; rmdir /tmp/d", "ENOTSUP", "been removed"),
        ("mknod /tmp/z c 1 5; open /tmp/z; rm /tmp/z", "ENOTSUP", "been removed"),
        ("mkdir /tmp/d; cd /tmp/d; rmdir /tmp/d", "ENOTSUP", "been removed"),
        ("cd /proc/self", "ENOTSUP", "in a proc of pids outside"),
        ("exec 3< /proc/1/status", "EBUSY", "is of 0:1 init, which is outside"),
    ],
)
def test_others_are_refused(made: str, errno: str, reason: str) -> None:
    perform(
        f"spawn --pid web {{ {made}; sleep 100 }}; sleep 1",
        refused("checkpoint web", errno, reason),
    )


def test_a_fifo_without_a_name_is_kept() -> None:
    perform(
        """
        spawn --pid web {
            mknod /tmp/p p; open /tmp/p; rm /tmp/p; echo one >&3
            spawn reader { read line <&3; read more <&3; echo $line $more > /tmp/out; exit }
            sleep 5; echo two >&3; sleep 100
        }
        sleep 1; rm /tmp/p || true
        """,
        SAVE,
        "sleep 5; expect { cat /tmp/out } prints 'one two'",
        damaged('"pipe":1', '"pipe":0', "pipe: it is an end of none"),
    )


def test_a_removed_file_that_is_open_outside_is_in_the_way() -> None:
    perform(
        "spawn --pid web { exec 3> /tmp/x; sleep 100 }; sleep 1; open /tmp/x; rm /tmp/x",
        refused("checkpoint web", "EBUSY", "web:1 web has x open, .* 0:1 init, which is outside"),
    )


def test_files_of_processes_are_found_again_under_other_numbers() -> None:
    perform(
        """
        spawn --pid web {
            exec 3< /proc/self/status; exec 4< /proc/self/task/2/comm; exec 5< /proc/self/fd
            sleep 10; readlink /proc/self/fd/3 /proc/self/fd/4 /proc/self/fd/5 > /tmp/out
            grep ^NSpid <&3 >> /tmp/out; sleep 100
        }
        sleep 1
        """,
        SAVE,
        "sleep 11; sed -n 2p /tmp/out; expect { sed -n 4p /tmp/out } matches /NSpid:.3.1$/",
        *(
            f"expect {{ sed -n {line}p /tmp/out }} prints /proc/3/{path}"
            for line, path in ((1, "status"), (2, "task/3/comm"), (3, "fd"))
        ),
    )


class Caller:
    """Somebody in a container, whose system calls are made one by one."""

    def __init__(self) -> None:
        session = perform("spawn --pid web")
        self.machine: Machine = session.machine
        self.init, self.web = TaskId(0), TaskId(0)
        self._look()

    def _look(self) -> None:
        by_pids = {task.pids: TaskId(key) for key, task in self.machine.items(Task)}
        self.init = by_pids[(1,)]
        self.web = by_pids[max(pids for pids in by_pids if pids[1:] == (1,))]

    def ask(self, task: TaskId, request: Request) -> object:
        outcome = performed(self.machine, task, request)
        assert not isinstance(outcome.reply, (Failure, Blocked)), (request, outcome.reply)
        self.machine = outcome.machine
        assert violations(self.machine) == []
        return outcome.reply

    def pass_through_an_image(self) -> None:
        pid = self.machine.rows(Task)[self.web].pids[0]
        self.ask(self.init, Freeze(pid))
        image = self.ask(self.init, Checkpoint(pid))
        assert isinstance(image, bytes)
        self.ask(self.init, Thaw(pid))
        self.ask(self.init, Kill(pid, 9))
        self.ask(self.init, Restart(image))
        self._look()


def test_a_file_in_memory_is_kept() -> None:
    web = Caller()
    fd = web.ask(web.web, MemfdCreate("words"))
    assert isinstance(fd, int)
    web.ask(web.web, Write(fd, b"a" * 5000))
    web.ask(web.web, Lseek(fd, 9000, 0))
    web.ask(web.web, Write(fd, b"b"))
    web.pass_through_an_image()
    assert web.ask(web.web, Lseek(fd, 0, 1)) == 9001
    web.ask(web.web, Lseek(fd, 0, 0))
    assert web.ask(web.web, Read(fd, 10000)) == b"a" * 5000 + bytes(4000) + b"b"
