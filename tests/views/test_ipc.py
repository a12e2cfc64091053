"""Objects of ipc as rows: whose, how full, by whom."""

from nsh.kernel.boot import INIT, boot
from nsh.machine.ids import TaskId
from nsh.machine.tasks import Task
from nsh.session.session import Session
from nsh.views.ipc import ipc
from nsh.views.order import LAST

SCRIPT = """
policy ipc.ids cyclic
spawn --pid --ipc web
shmget -c 7 5000 > /dev/null
shmat 0 > /dev/null
semget -c private 2 > /dev/null
web msgget -c 7 > /dev/null
web msgsnd 0 hello
web mq_open -c /q > /dev/null
web mq_send 3 hello
spawn w { semop 0 1:-1 }
"""


def _machine():
    session = Session(keep=False)
    session.load(SCRIPT, "script")
    while session.forward() is not None:
        pass
    return session.machine


def test_each_object_has_a_row_and_pids_are_the_viewers():
    machine = _machine()
    rows = ipc(machine)
    told = [(row.whose, row.first, row.kind, row.id, row.name, row.amount) for row in rows]
    assert told == [
        ("0", True, "shm", 0, "0x00000007", 2),
        ("0", False, "sem", 0, "0x00000000", 2),
        ("web", True, "msg", 0, "0x00000007", 1),
        ("web", False, "mqueue", 0, "/q", 1),
    ]
    assert [row.waiting for row in rows] == [0, 1, 0, 0]
    assert [row.made for row in rows] == [1, 0, 2, 0]
    web = next(TaskId(key) for key, task in machine.items(Task) if len(task.pids) == 2)
    assert [row.made for row in ipc(machine, web)] == [0, 0, 1, 0]


def test_windows_begin_where_they_are_asked_to():
    machine = _machine()
    keys = [row.key for row in ipc(machine)]
    assert keys == sorted(keys)
    assert [row.key for row in ipc(machine, at=keys[1], count=2)] == keys[1:3]
    assert [row.key for row in ipc(machine, at=keys[1] + 1, count=1)] == keys[2:3]
    assert [row.key for row in ipc(machine, at=LAST, skip=-1, count=2)] == keys[2:]
    assert [row.key for row in ipc(machine, at=LAST, skip=-9, count=2)] == keys[:2]
    assert ipc(boot()) == ()
    assert ipc(boot(), INIT, at=LAST) == ()
