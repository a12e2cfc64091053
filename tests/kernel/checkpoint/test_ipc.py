"""What an ipc namespace keeps is there again after a restart, by the same ids (S4; I2)."""

from __future__ import annotations

from typing import Final

import pytest

from nsh.abi.checkpoint import Checkpoint, Freeze, Restart
from nsh.abi.ipc import IpcCommand as Do
from nsh.abi.ipc import MsgBuf, Msgctl, Msgget, Msgrcv, Msgsnd, Semctl, Semget, Semop
from nsh.abi.process import CloneFlag
from nsh.machine.ids import TaskId
from nsh.machine.pids import PidSpace
from nsh.machine.program import Puppet
from tests.kernel.checkpoint._scripts import damaged, perform, refused
from tests.kernel.proc.computer import Computer

SAVE: Final = "checkpoint -k -o /tmp/w web; wait; restart -i /tmp/w"
SHOWN: Final = (
    "cat /proc/sysvipc/shm",
    "cat /proc/sysvipc/sem",
    "cat /proc/sysvipc/msg",
    "cat /proc/sys/kernel/msgmax",
    "cat /proc/sys/kernel/sem",
    "cat /proc/sys/fs/mqueue/msg_default",
    "cat /proc/sys/kernel/msg_next_id",
    "ipcs -p -t -c -u -l",
)
WEB: Final = """
    spawn --pid --ipc web
    web semget -c private 2; web semget -c 7 3; web ipcrm -s 0; web semget -c private 1
    web spawn worker; web worker semop -u 32769 1:+3; web worker semop 32769 2:+1
    web msgget -c 8; web msgget -c 9; web ipcrm -q 0
    web msgsnd 32769 one; web msgsnd -t 2 32769 two
    web shmget -c 9 10000; web shmat 0; web poke 0 hello; web worker shmat -r 0
    web shmget -c private 5000; web worker shmat 32769; web ipcrm -m 32769
    web { echo 4321 > /proc/sys/kernel/msgmax; echo 7 > /proc/sys/fs/mqueue/msg_default }
"""


@pytest.mark.parametrize("policy", ["sequence", "cyclic"])
def test_all_says_the_same_as_before(policy: str) -> None:
    told = [f"web {each} > /tmp/{number}" for number, each in enumerate(SHOWN)]
    same = [
        f'expect {{ web {each} }} prints "$(cat /tmp/{number})"'
        for number, each in enumerate(SHOWN)
    ]
    web = WEB if policy == "sequence" else WEB.replace("32769", "1")
    after = ("98306", "65536") if policy == "sequence" else ("3", "2")
    perform(
        f"policy ipc.ids {policy}",
        web,
        *told,
        SAVE,
        "semget -c 7 3; msgget -c 9; shmget -c 9 1",
        *same,
        f"expect $(web semget -c private 1) == {after[0]}",
        f"expect $(web msgget -c private) == {after[1]}",
    )


def test_memory_is_where_it_was_and_what_is_marked_goes_with_its_last() -> None:
    perform(
        WEB,
        SAVE,
        "expect { web worker peek 0 } prints hello",
        "web poke 0 other; expect { web worker peek 0 } prints other",
        "web worker poke 32769 mine; expect { web worker peek 32769 } prints mine",
        "expect { web ipcs -m } matches /dest/",
        "expect { web worker poke 0 x } fails",
        "web kill -KILL 2; expect { web ipcs -m } matches /0x00000009 0 .* 1 *$/",
        "expect $(web ipcs -m | grep -c dest) == 0",
    )


def test_what_is_to_be_undone_is_at_the_end_of_the_last_who_has_it() -> None:
    perform(
        WEB,
        SAVE,
        "expect $(web semctl 32769 getval 1) == 3; expect $(web semctl 32769 getpid 1) == 2",
        "web kill -KILL 2",
        "expect $(web semctl 32769 getval 1) == 0; expect $(web semctl 32769 getval 2) == 1",
    )


QUEUES: Final = """
    spawn --pid --ipc web {
        semget -c private 1; msgget -c private; mq_open -c --maxmsg=1 --msgsize=9 /q; mq_send 3 m
        for n in 3 2 1 {
            { sleep 0.$n; semop 0 0:-1; echo sem $n >> /tmp/out; sleep infinity } &
            { sleep 0.$n; echo $(msgrcv 0) $n >> /tmp/out; sleep infinity } &
            { sleep 0.$n; mq_send 3 p$n; echo sent $n >> /tmp/out; sleep infinity } &
        }
        sleep 5
        semop 0 0:+1; sleep 1; semop 0 0:+2; sleep 1
        msgsnd 0 x; sleep 1; msgsnd 0 y; sleep 1; msgsnd 0 z; sleep 1
        for n in 1 2 3 4 { echo $(mq_receive 3) >> /tmp/out; sleep 1 }
        sleep infinity
    }
    sleep 1
"""
ORDER: Final = "sem 1,sem 2,sem 3,x 1,y 2,z 3,sent 1,m,sent 2,p1,sent 3,p2,p3,"


@pytest.mark.parametrize("save", ["", SAVE, "checkpoint web > /tmp/w"])
def test_who_sleeps_longest_is_served_first(save: str) -> None:
    perform(QUEUES, save, "sleep 20", f'expect $(tr "\\n" , < /tmp/out) == "{ORDER}"')


def test_who_sleeps_gives_up_when_it_would_have_or_is_interrupted_or_stopped() -> None:
    perform(
        """
        spawn --pid --ipc web { semget -c private 1; msgget -c private
            { semop -t 5 0 0:-1 2> /tmp/late; sleep infinity } &
            { trap USR1 { }; msgrcv 0 2> /tmp/signal; sleep infinity } &
            { msgrcv 0 > /tmp/stopped; sleep infinity } &
            sleep infinity
        }
        sleep 2; kill -STOP $(pgrep -n .)
        """,
        SAVE,
        "date +%s > /tmp/began; for n in 1 2 3 4 { sleep 1; grep -q EAGAIN /tmp/late && break }",
        "expect $(( $(date +%s) - $(cat /tmp/began) )) == 3",
        "nsenter -t web --pid kill -USR1 3; sleep 1",
        "expect { cat /tmp/signal } matches /EINTR/",
        "nsenter -t web --ipc msgsnd 0 hello; sleep 1; expect { cat /tmp/stopped } prints ''",
        "nsenter -t web --pid kill -CONT 4; sleep 1; expect { cat /tmp/stopped } prints hello",
    )


class Pair(Computer):
    """A container of two, its first task and a child of that; 0 is its only queue, and set."""

    def __init__(self) -> None:
        super().__init__()
        flags = int(CloneFlag.CLONE_NEWPID | CloneFlag.CLONE_NEWIPC)
        self.web = self.spawn("web", flags=flags)
        self.child = self.spawn("child", self.web)
        for task in (self.web, self.child):
            self.patch(task, Puppet, Puppet())
        assert self.ask(Msgget(0, 0o1600), self.web) == 0
        assert self.ask(Semget(0, 1, 0o1600), self.web) == 0

    def restart(self) -> tuple[TaskId, TaskId]:
        """A copy beside the original: its two tasks."""
        self.ask(Freeze(2))
        image = self.ask(Checkpoint(2))
        assert isinstance(image, bytes), image
        assert isinstance(self.ask(Restart(image, "copy")), int)
        space = max(self.machine.rows(PidSpace))
        found = self.machine.get(PidSpace, space).task_of
        return found[1], found[2]


def test_who_has_been_given_a_message_has_it_once() -> None:
    pair = Pair()
    assert pair.ask(Msgrcv(0, 100), pair.child) == "blocked"
    assert pair.ask(Msgsnd(0, 7, b"for the child"), pair.web) == 0
    web, child = pair.restart()
    assert pair.again(child) == MsgBuf(7, b"for the child")
    assert pair.ask(Msgrcv(0, 100, 0, 0o4000), web) == "ENOMSG"


def test_who_has_been_let_through_has_decremented_once() -> None:
    pair = Pair()
    assert pair.ask(Semop(0, ((0, -1, 0),)), pair.child) == "blocked"
    assert pair.ask(Semop(0, ((0, 2, 0),)), pair.web) == 0
    web, child = pair.restart()
    assert pair.again(child) == 0
    assert pair.ask(Semctl(0, 0, Do.GETVAL), web) == 1


def test_whose_queue_has_been_removed_is_told_so() -> None:
    pair = Pair()
    assert pair.ask(Msgrcv(0, 100), pair.child) == "blocked"
    assert pair.ask(Msgctl(0, Do.IPC_RMID), pair.web) == 0
    _web, child = pair.restart()
    assert pair.again(child) == "EIDRM"


ENTER: Final = "spawn other; other setns /proc/2/ns/ipc"
LEAVE: Final = "other setns /proc/1/ns/ipc"


def test_what_is_shared_with_somebody_outside_stands_in_the_way() -> None:
    busy = "checkpoint -o /tmp/w web"
    perform(
        WEB,
        "web mq_open -c /q",
        f"{ENTER}; other shmat 0; {LEAVE}",
        refused(busy, "EBUSY", "other, which is outside, has its shared memory segment 0 attached"),
        f"other shmdt 0; {ENTER.partition(' ')[2].partition(' ')[2]}; other mq_open /q; {LEAVE}",
        refused(busy, "EBUSY", "other, which is outside, has queue q open"),
        "other exec 3>&-; web mount -t mqueue none /mnt",
        refused(busy, "EBUSY", "the queues of its ipc namespace are mounted outside"),
        "umount /mnt; checkpoint -o /tmp/w web",
        "expect $(web semctl 32769 getval 1) == 3",
    )


AROUND: Final = """
    shmget -c 5 100; semget -c 5 1; mq_open -c /q; exec 3>&-
    spawn --pid web { sleep 1; shmat 0; poke 0 mine; mq_open /q
         mq_send 3 hello; semop -u 0 0:+1; semop -u 0 0:-1; sleep infinity }
    sleep 2
"""


def test_what_is_around_the_container_is_there_or_not() -> None:
    perform(
        AROUND,
        "checkpoint -k -o /tmp/w web; wait; restart -i /tmp/w",
        "kill -KILL $!; wait; shmat 0; expect { peek 0 } prints mine; shmdt 0; mq_unlink /q",
        refused("restart -i /tmp/w", "ENOENT", "mqueuefile: name: there is no queue q around"),
        "mq_open -c /q; ipcrm -m 0; shmget -c 5 200",
        refused("restart -i /tmp/w", "EINVAL", "attached: there is no shared memory segment 0"),
        "policy ipc.ids cyclic",
    )


def test_what_is_around_it_and_would_be_another_stands_in_the_way() -> None:
    busy = "checkpoint -o /tmp/w web"
    perform(
        AROUND,
        "ipcrm -m 0",
        refused(busy, "EBUSY", "segment 0 attached, which is outside, and marked for destruction"),
        "kill -KILL web; wait; spawn --pid web { semop -u 0 0:+1; sleep infinity }; sleep 1",
        refused(busy, "EBUSY", "web has to undo something in semaphore set 0, which is outside"),
        "kill -KILL web; wait",
        "spawn --pid web { mq_open /q; mq_unlink /q; sleep infinity }; sleep 1",
        refused(busy, "EBUSY", "queue q, which is outside, and has been removed"),
        "clone2 -n box NEWPID SYSVSEM",
        refused("checkpoint box", "EBUSY", "init, which is outside, has to undo the same"),
    )


def test_all_that_is_in_the_way_is_told_of() -> None:
    ways = (
        "other, which is outside, has its shared memory segment 0 attached",
        "other, which is outside, has queue q open",
        "the queues of its ipc namespace are mounted outside, too",
        "leaver has segment 0 of ipc:.[0-9]*. attached, in which nobody inside is",
        "worker is to be told of messages in queue around, which is outside",
    )
    perform(
        "mq_open -c /around > /tmp/fd; exec 3>&-",
        WEB,
        "web mq_open -c /q; web mount -t mqueue none /mnt",
        f"{ENTER}; other shmat 0; other mq_open /q; {LEAVE}",
        "web spawn leaver; web leaver { unshare --ipc; shmget -c 4 1; shmat 0; unshare --ipc }",
        "web worker { setns /proc/1/ns/ipc; mq_open /around; mq_notify 3; setns /proc/2/ns/ipc }",
        "checkpoint -n web > /tmp/told || true",
        *(f"expect {{ cat /tmp/told }} matches /{way}/" for way in ways),
    )


def test_queues_come_back_where_they_are_mounted() -> None:
    perform(
        "spawn --pid --ipc --mount-proc web; web mount -t mqueue none /mnt; web mq_open -c /q",
        "web { touch /mnt/p; open /mnt/p; mq_send 4 hello; chmod 640 /mnt/p; chmod 1770 /mnt }",
        "web mq_open -c /gone; web mq_unlink /gone; web mq_send 5 still",
        "web ls -la /mnt > /tmp/before",
        SAVE,
        'expect { web ls -la /mnt } prints "$(cat /tmp/before)"',
        "expect { web cat /mnt/p } matches /QSIZE:5 /; expect { web mq_receive 4 } prints hello",
        "expect { web mq_receive 5 } prints still",
    )


def test_who_reads_on_is_told_of_the_same_moment() -> None:
    perform(
        "spawn --pid --ipc web; web semget -c 5 1; web semget -c 6 1; web spawn child",
        "web child { exec 8< /proc/sysvipc/sem; read line <&8 }; web semget -c 7 1",
        SAVE,
        "expect { web child { cat <&8 } } matches /^ +5 .*\\n +6 /",
        "expect $(web child { grep -c . /proc/sysvipc/sem }) == 4",
    )


def test_tasks_undo_together_what_they_did_together() -> None:
    perform(
        "spawn --pid --ipc web; web { semget -c 1 1; spawn a; a clone2 -n b SYSVSEM }",
        "web as a semop -u 0 0:+2; web as b semop -u 0 0:+1",
        SAVE,
        "web kill -KILL 2; expect $(web semctl 0 getval 0) == 3",
        "web kill -KILL 3; expect $(web semctl 0 getval 0) == 0",
    )


def test_users_are_those_of_its_user_namespace() -> None:
    told = "as web cat /proc/sysvipc/msg", "nsenter -t $c --ipc cat /proc/sysvipc/msg"
    perform(
        "spawn --pid --user --ipc web; c=$!",
        "echo 0 1000 500 > /proc/$c/uid_map; echo 0 1000 500 > /proc/$c/gid_map",
        "as web { setgid 0; setuid 0; mq_open -c /q; spawn user; as user { setgid 7; setuid 8 } }",
        "as web as user msgget -c -m 666 5; as web msgget -c 6",
        f"{told[0]} > /tmp/inside; {told[1]} > /tmp/outside",
        "expect { cat /tmp/outside } matches / 1008 +1007 /",
        f"{SAVE}; c=$!",
        f'expect {{ {told[0]} }} prints "$(cat /tmp/inside)"',
        f"expect {{ {told[1]} }} matches / 1008 +1007 /",
        refused("as web as user msgsnd 32769 x", "EACCES", "owner 0"),
    )


def test_who_has_no_number_inside_is_who_restarts_it() -> None:
    perform(
        "spawn --pid --user --ipc web; web semget -c 7 1; web shmget -c 7 1",
        SAVE,
        "expect { web cat /proc/sysvipc/sem } matches / 65534 65534 65534 65534 /",
        "expect { nsenter -t $! --ipc cat /proc/sysvipc/shm } matches / 0 +0 +0 +0 /",
    )


def test_who_restarts_it_does_not_hand_on_what_it_has_attached() -> None:
    perform(
        "spawn --pid --ipc web; checkpoint -o /tmp/w web; shmget -c 5 100; shmat 0",
        "restart -n two -i /tmp/w; expect { ipcs -m } matches / 1 *$/",
    )


def test_damaged_fields_are_named() -> None:
    more = "web mq_open -c /q; web mq_send -p 3 3 hello; web mq_open -c /gone; web mq_unlink /gone"
    perform(
        WEB,
        more,
        "web worker mq_open /q; web worker mq_notify 3",
        "checkpoint -k -o /tmp/w web; wait",
        damaged('"ids":"sequence"', '"ids":"cyclic"', "ipc: ids: policy ipc.ids is sequence"),
        damaged('"shmmni":4096', '"shmmni":40960', "limits: shmmni is 0 to 32768, not 40960"),
        damaged('"msgmni"', '"msgmnj"', "limits: this kernel has no msgmnj"),
        damaged('"sequence":3', '"sequence":65536', "ipc: sem: there are no such ids"),
        damaged(
            '"id":65536', '"id":32769', "id: the place of semaphore set 32769 is taken", "EBUSY"
        ),
        damaged('"id":65536', '"id":-1', "sem: id: -1 is none"),
        damaged('"mode":896', '"mode":4096', "shm: mode: 0o10000 has bits that mean nothing"),
        damaged('"size":5000', '"size":0', "shm: size: no segment has 0 bytes"),
        damaged('"page":0', '"page":3', "shm: pages: there are 3, of 4096 bytes"),
        damaged('"values":.0,3,1.', '"values":[0,3,-1]', "sem: values: .* each is 0 to 32767"),
        damaged('"pids":.0,2,2.', '"pids":[0,2]', "sem: pids, blocking: one for each"),
        damaged('"values":.0,-3,0.', '"values":[0]', "undo: adjustments: one for each semaphore"),
        damaged('{"object":"undo","pids":.2.', '{"object":"undo","pids":[7]', "undo: pid 7"),
        damaged('"type":2', '"type":-2', "msg: messages: the type of one is above 0"),
        damaged('"type":3', '"type":32768', "mqueue: messages: the queue cannot hold these"),
        damaged('"maxmsg":7', '"maxmsg":0', "mqueue: maxmsg, msgsize: no queue holds 0 of 8192"),
        damaged('"name":"gone"', '"name":".."', "mqueue: name: '..' is none"),
        damaged('"signo":10', '"signo":99', "mqueue: notify: nobody is told in that way"),
        damaged('"queue":2', '"queue":9', "mqueuefile: queue: the image has no queue 9"),
        damaged('"address":140737487286272', '"address":4097', "no segment can be attached at"),
        damaged(
            '"address":140737487286272', '"address":140737487294464', "attached at 0x.* already"
        ),
        damaged('"id":32769}.}', '"id":3}]}', "attached: id: namespace 1 has no shared memory"),
        damaged('"attached","pid":2', '"attached","pid":3', "attached: pid 3"),
        "restart -i /tmp/w",
    )


def test_damaged_sleepers_are_named() -> None:
    perform(
        QUEUES,
        "checkpoint -k -o /tmp/w web; wait",
        damaged('"sleepers":.8', '"sleepers":[3', "sleeper: pid 3 does not sleep in semop"),
        damaged('"sleepers":.8', '"sleepers":[5', "sleeper: pid 5 sleeps on two things"),
        damaged('{"object":"sleeper","pid":4}', '{"object":"sleeper","pid":1}', "sleeper: pid"),
        damaged('"blocking":.0', '"blocking":[5', "blocking: pid .* cannot wait for that"),
        damaged('"senders":.10,7,4.', '"senders":[]', "nothing says that pid . sleeps on it"),
    )
