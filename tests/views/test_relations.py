"""What has to do with the selected thing, and who sees it, as values."""

from typing import Any

import pytest

from nsh.machine.ids import SpaceId, TerminalId
from nsh.machine.pids import PidSpace
from nsh.machine.ptys import Pty
from nsh.machine.tasks import Task
from nsh.machine.terminals import Terminal
from nsh.machine.value import Machine
from nsh.session.session import Session
from nsh.views.census import Census
from nsh.views.changes import Mark, changes, touches
from nsh.views.consoles import sitting_at
from nsh.views.ids import root
from nsh.views.inside import namespaces_of
from nsh.views.ipc import ipc
from nsh.views.ipc import place as ipc_place
from nsh.views.namespaces import namespaces
from nsh.views.relations import Relations
from nsh.views.selection import (
    NOTHING,
    Sort,
    Thing,
    a_task,
    called,
    exists,
    home,
)
from nsh.views.sight import sight, visible
from nsh.views.whose import Whose

PTY = """\
spawn --pid --mount web
openpty
spawn other
spawn sitting { setsid; exec 5< /dev/pts/0 }
"""
IPC = """\
spawn --pid --ipc web
spawn maker { semget -c private 1 > /dev/null }
spawn sleeper { semop 0 0:-1 }
shmget -c 7 4096 > /dev/null
shmat 0 > /dev/null
web msgget -c 7 > /dev/null
web msgsnd 0 hello
"""


def played(script: str) -> Machine:
    session = Session()
    session.load(script, "script")
    while session.forward() is not None:
        pass
    return session.machine


def task(machine: Machine, comm: str) -> Thing:
    return a_task(next(key for key, found in machine.items(Task) if found.comm == comm))


def slave(machine: Machine) -> Thing:
    return Thing(Sort.TERMINAL, machine.items(Pty)[0][1].terminal)


def namespace(machine: Machine, kind: str, which: int = 0) -> Thing:
    rows = [row for row in namespaces(machine) if row.kind == kind]
    return Thing(Sort.NAMESPACE, rows[which].namespace)


def words(machine: Machine, thing: Thing) -> dict[str, str]:
    """What each task has to do with it, by its name."""
    related = Relations(machine, thing)
    told = {found.comm: related.word(a_task(key)) for key, found in machine.items(Task)}
    return {name: word for name, word in told.items() if word}


def test_a_pty_has_who_sits_at_it_and_who_has_it_open():
    machine = played(PTY)
    assert words(machine, slave(machine)) == {
        "init": "has the master",
        "other": "has the master",
        "sitting": "its terminal",
    }
    related = Relations(machine, task(machine, "sitting"))
    assert related.word(slave(machine)) == "its terminal"
    console = Thing(Sort.TERMINAL, sitting_at(machine, 1)[0])
    assert Relations(machine, console).word(task(machine, "web")) == "its terminal"
    assert Relations(machine, console).word(task(machine, "sitting")) in ("", "has it open")


def test_a_pty_is_in_the_mount_namespaces_where_it_is_mounted():
    machine = played(PTY)
    related = Relations(machine, slave(machine))
    assert related.word(namespace(machine, "mnt")) == "mounted in it"
    assert related.word(namespace(machine, "uts")) == ""
    console = Thing(Sort.TERMINAL, sitting_at(machine, 1)[0])
    assert Relations(machine, console).word(namespace(machine, "tty")) == "in it"
    assert Relations(machine, namespace(machine, "tty")).word(console) == "in it"


def test_a_namespace_has_those_in_it_and_those_who_are_seen_there():
    machine = played("spawn --pid web\nweb spawn --pid inner\nspawn --uts other\n")
    assert words(machine, namespace(machine, "pid", 1)) == {"web": "in it", "inner": "seen in it"}
    assert words(machine, namespace(machine, "uts", 1)) == {"other": "in it"}
    first = namespace(machine, "pid")
    assert words(machine, first)["inner"] == "seen in it"
    related = Relations(machine, first)
    assert related.word(namespace(machine, "pid", 1)) == "below it"
    assert Relations(machine, namespace(machine, "pid", 1)).word(first) == "above it"
    user = namespace(machine, "user")
    assert related.word(user) == "owns it"
    assert Relations(machine, user).word(first) == "owned by it"


def test_who_is_below_a_user_namespace():
    machine = played(
        "spawn --user web\n"
        "echo '0 0 10' > /proc/2/uid_map\necho '0 0 10' > /proc/2/gid_map\n"
        "as web spawn --user inner\n"
    )
    assert words(machine, namespace(machine, "user")) == {
        "init": "in it",
        "web": "below it",
        "inner": "below it",
    }
    assert words(machine, namespace(machine, "user", 1)) == {"web": "in it", "inner": "below it"}


def test_ipc_objects_have_those_who_made_and_attached_and_wait():
    machine = played(IPC)
    rows = {(row.kind, row.whose): Thing(Sort.IPC, row.object) for row in ipc(machine)}
    assert words(machine, rows["shm", "0"]) == {"init": "attached"}
    assert words(machine, rows["sem", "0"]) == {"sleeper": "waits"}
    assert words(machine, rows["msg", "web"]) == {"web": "sent last"}
    inner = namespace(machine, "ipc", 1)
    assert [Relations(machine, inner).word(rows[key]) for key in sorted(rows)] == ["in it", "", ""]
    assert Relations(machine, rows["msg", "web"]).word(inner) == "in it"
    assert Relations(machine, task(machine, "web")).word(rows["msg", "web"]) == "sent last"


def test_threads_are_of_one_process():
    machine = played("spawn server\nas server spawn --thread worker\n")
    related = Relations(machine, task(machine, "server"))
    assert related.word(a_task(max(machine.rows(Task)))) == "same process"
    assert related.word(task(machine, "init")) == ""
    assert related.word(task(machine, "server")) == ""


def test_whether_anything_of_a_sort_is_concerned():
    machine = played(IPC)
    assert Relations(machine, task(machine, "init")).any_of(Sort.IPC)
    assert not Relations(machine, task(machine, "maker")).any_of(Sort.IPC)
    assert Relations(machine, Thing(Sort.IPC, 1)).any_of(Sort.IPC)
    assert Relations(machine, task(machine, "maker")).any_of(Sort.NAMESPACE)
    assert not Relations(machine, Thing(Sort.IPC, 999_999)).any_of(Sort.NAMESPACE)


def test_only_what_is_asked_about_is_looked_at(monkeypatch):
    machine = played("spawn -n 50 w\n")
    asked: list[Any] = []
    find = Machine.find

    def watched(*args: Any) -> Any:
        asked.append(args)
        return find(*args)

    monkeypatch.setattr(Machine, "find", watched)
    related = Relations(machine, namespace(machine, "uts"))
    asked.clear()
    assert related.word(a_task(max(machine.rows(Task)))) == "in it"
    once = len(asked)
    assert once < 20
    assert related.word(a_task(max(machine.rows(Task)))) == "in it"
    assert len(asked) == once


@pytest.mark.parametrize("thing", [NOTHING, *(Thing(sort, 999_999) for sort in Sort)])
def test_what_is_gone_has_to_do_with_nothing(thing):
    machine = played(PTY)
    assert not exists(machine, thing)
    assert words(machine, thing) == {}
    assert called(machine, thing, Whose(), Census()) == "?"
    assert home(machine, thing, Whose()) is None
    assert sight(machine, thing, [root(machine)], Census()) == ()


def test_things_have_names_and_homes():
    machine = played(IPC + "openpty\nas web unshare --uts\n")
    web = next(key for key, space in machine.items(PidSpace) if space.name == "web")

    def name(thing: Thing) -> str:
        return called(machine, thing, Whose(), Census())

    assert name(task(machine, "web")) == "web:1 web"
    assert name(slave(machine)) == "0:pts/0"
    assert name(namespace(machine, "uts", 1)) == "uts of web"
    names = [name(Thing(Sort.IPC, row.object)) for row in ipc(machine)]
    assert names == ["0: shm 0", "0: sem 0", "web: msg 0"]
    homes = [
        task(machine, "web"),
        namespace(machine, "uts", 1),
        namespace(machine, "pid", 1),
        Thing(Sort.IPC, ipc(machine)[-1].object),
    ]
    assert [home(machine, thing, Whose()) for thing in homes] == [web] * 4


def test_each_container_sees_what_is_in_its_namespaces():
    machine = played(IPC + PTY.replace("web", "db"))
    spaces = [SpaceId(key) for key in sorted(machine.rows(PidSpace))]

    def seen(thing: Thing) -> list[bool]:
        return [visible(machine, thing, space) for space in spaces]

    objects = {(row.kind, row.whose): Thing(Sort.IPC, row.object) for row in ipc(machine)}
    assert seen(objects["shm", "0"]) == [True, False, True]
    assert seen(objects["msg", "web"]) == [False, True, False]
    assert seen(slave(machine)) == [True, True, True]
    assert seen(task(machine, "web")) == [True, True, False]
    assert seen(namespace(machine, "pid", 1)) == [True, True, False]
    assert seen(namespace(machine, "ipc", 1)) == [False, True, False]


def test_a_private_devpts_is_out_of_sight():
    machine = played(
        "spawn --pid --mount web\nas web mount -t devpts -o newinstance devpts /dev/pts\n"
        "as web openpty -p /dev/pts/ptmx\n"
    )
    outer, web = map(SpaceId, sorted(machine.rows(PidSpace)))
    (pty,) = (Thing(Sort.TERMINAL, record.terminal) for _key, record in machine.items(Pty))
    assert not visible(machine, pty, outer)
    rows = {row.what: row.seen for row in sight(machine, pty, [outer, web], Census())}
    assert rows == {
        "name": (None, "pts/0"),
        "owner": (None, 0),
        "sid": (None, 0),
        "tpgid": (None, 0),
    }


def test_a_pts_namespace_has_ptys_of_its_own():
    machine = played(
        "policy devpts newpts\nopenpty\nspawn --pid --pts web\nas web openpty\n",
    )
    outer, web = map(SpaceId, sorted(machine.rows(PidSpace)))
    first, inner = (Thing(Sort.TERMINAL, record.terminal) for _key, record in machine.items(Pty))
    own = namespace(machine, "pts", 1)
    assert Relations(machine, own).word(inner) == "in it"
    assert Relations(machine, own).word(first) == ""
    assert [visible(machine, inner, space) for space in (outer, web)] == [False, True]
    assert [visible(machine, first, space) for space in (outer, web)] == [True, False]
    rows = {row.what: row.seen for row in sight(machine, inner, [outer, web], Census())}
    assert rows["name"] == (None, "pts/0")


def test_ipc_objects_are_told_by_the_ids_and_pids_of_each_space():
    machine = played(IPC)
    spaces = [SpaceId(key) for key in sorted(machine.rows(PidSpace))]
    shm, sem, msg = (Thing(Sort.IPC, row.object) for row in ipc(machine))

    def told(thing: Thing) -> dict[str, tuple[int | str | None, ...]]:
        return {row.what: row.seen for row in sight(machine, thing, spaces, Census())}

    assert told(shm) == {"id": ("0", None), "cpid": (1, None), "lpid": (1, None)}
    assert told(sem) == {"id": ("0", None), "pid 0": (0, None)}
    assert told(msg) == {"id": (None, "0"), "lspid": (None, 1), "lrpid": (None, 0)}


def test_a_row_is_found_by_its_thing():
    machine = played(IPC)
    for row in ipc(machine):
        assert ipc_place(machine, row.object) == row.key
    assert ipc_place(machine, 999_999) is None


def test_which_steps_touched_a_thing():
    session = Session()
    session.load("openpty\nspawn a\nshmget -c 7 4096\nunshare --uts\n", "script")
    while session.forward() is not None:
        pass
    machine = session.machine

    def steps(thing: Thing) -> list[str]:
        return [step.place.text for step in session.history if touches(step.changes(), thing)]

    assert set(steps(slave(machine))) == {"openpty"}
    assert set(steps(Thing(Sort.IPC, ipc(machine)[0].object))) == {"shmget -c 7 4096"}
    own = namespaces_of(machine, min(machine.rows(Task)))["uts"]
    assert set(steps(Thing(Sort.NAMESPACE, own))) == {"unshare --uts"}
    assert set(steps(task(machine, "a"))) == {"spawn a"}
    assert TerminalId(slave(machine).key) in machine.rows(Terminal)


def test_a_step_marks_the_rows_of_every_pane():
    session = Session()
    session.load("openpty\nshmget -c 7 4096\nshmat 0\nunshare --uts\n", "script")
    while session.forward() is not None:
        pass
    machine = session.machine
    segment = ipc(machine)[0].object
    own = namespaces_of(machine, min(machine.rows(Task)))["uts"]
    wanted = {"openpty": slave(machine).key, "shmget -c 7 4096": segment, "unshare --uts": own}
    told: dict[tuple[str, int], set[Mark]] = {}
    for step in session.history:
        for key, mark in changes(step.changes()).rows.items():
            told.setdefault((step.place.text, key), set()).add(mark)
    for text, key in wanted.items():
        assert Mark.ADDED in told[text, key], text
    assert told["shmat 0", segment] == {Mark.CHANGED}
    assert ("shmat 0", own) not in told
