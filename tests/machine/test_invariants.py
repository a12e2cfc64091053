"""Every check complains of a machine that is broken in its way, and of no other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from immutables import Map
from msgspec.structs import replace

from nsh.abi.consoles import AttachSerial
from nsh.abi.files import Mount as MountRequest
from nsh.abi.files import MountFlag, Open, OpenFlag, Pipe, Write
from nsh.abi.locks import FcntlLock, Flock, FlockOperation, LockCommand, LockType
from nsh.abi.names import Mkdir
from nsh.abi.net import Newlink, Newroute, Setlink
from nsh.abi.process import Clone, CloneFlag, Execve, Fork, Nanosleep, Setsid, Wait4
from nsh.abi.request import Blocked, Failure, Request
from nsh.abi.signals import Kill, Sig
from nsh.abi.sockets import Bind, Connect, Listen, Sendmsg, Socket, Socketpair
from nsh.abi.terminals import SetControllingTty
from nsh.abi.timers import TimerCreate, TimerfdCreate, TimerSettime
from nsh.kernel import perform
from nsh.kernel.boot import INIT, boot
from nsh.kernel.netns import FIRST as FIRST_NET
from nsh.kernel.terminals import CONSOLE
from nsh.machine import Record, Transaction, invariants
from nsh.machine.consoles import Console, Consoles
from nsh.machine.context import Context, Descriptor
from nsh.machine.devices import DevSpace
from nsh.machine.devpts import PtsFile, PtsSpace, Ptys
from nsh.machine.files import File, Superblock, SuperblockId
from nsh.machine.ids import FIRST_USER, ContextId, FileId, MountId, NamespaceId, SpaceId, TaskId
from nsh.machine.indices import Indices
from nsh.machine.invariants import violations
from nsh.machine.locks import WRITE, FileLocks, LockIndex
from nsh.machine.locks import Inode as Locked
from nsh.machine.mounts import Mount
from nsh.machine.namespaces import Proxy
from nsh.machine.net import NO_LINK, Link, LinkId, Net, SocketId
from nsh.machine.ns_containers import NsContainer
from nsh.machine.pids import Containers, PidSpace
from nsh.machine.pipes import Page, Progress
from nsh.machine.pipes import Pipe as PipeRecord
from nsh.machine.printed import Printed
from nsh.machine.printk import Log
from nsh.machine.propagation import PeerGroup, PeerGroupIds
from nsh.machine.ptys import Pty
from nsh.machine.serial import SerialLine
from nsh.machine.sigio import Asynchronous
from nsh.machine.sockets import Inet, SocketFile, UnixName
from nsh.machine.sockets import Socket as SocketRecord
from nsh.machine.tasks import ROOT_CREDS, Flag, Group, Session, State, Task
from nsh.machine.terminals import (
    Arriving,
    Chunk,
    Foreground,
    HalfDone,
    Input,
    Shown,
    Terminal,
    Termios,
)
from nsh.machine.timers import OF_FILE, ProcessTimers, Timer
from nsh.machine.tmpfs import Dentry, Inode
from nsh.machine.users import Ucounts, ucounts_key
from nsh.machine.uts import Uts
from nsh.machine.value import Machine, begin
from nsh.machine.waiting import Channel, Deadlines, On, RunQueue, Waiter, channel
from tests.machine import cgroup_cases, ipc_cases

THREAD = int(
    CloneFlag.CLONE_VM
    | CloneFlag.CLONE_FS
    | CloneFlag.CLONE_FILES
    | CloneFlag.CLONE_SIGHAND
    | CloneFlag.CLONE_THREAD
)
NOBODY_AT_ALL = TaskId(987654)


class Busy:
    """A machine with something of everything going on."""

    def __init__(self) -> None:
        self.machine = boot()
        self.ask(INIT, MountRequest("shared", "/mnt", "tmpfs"))
        self.ask(INIT, MountRequest("", "/mnt", flags=int(MountFlag.MS_SHARED)))
        self.ask(INIT, Mkdir("/containers"))
        self.ask(INIT, MountRequest("none", "/containers", "ns_container"))
        self.ask(INIT, Mkdir("/containers/web"))
        self.told = self.birth(INIT, Clone(int(CloneFlag.CLONE_NEWNS)))
        self.ask(self.told, MountRequest("", "/mnt", flags=int(MountFlag.MS_SLAVE)))
        self.parent = self.birth(INIT, Fork())
        self.child = self.birth(self.parent, Fork())
        self.ask(self.parent, Wait4())
        self.leader = self.birth(INIT, Fork())
        self.ask(self.leader, Setsid())
        self.thread = self.birth(self.leader, Clone(THREAD))
        self.grandchild = self.birth(self.thread, Fork())
        self.inner = self.birth(INIT, Clone(int(CloneFlag.CLONE_NEWPID | CloneFlag.CLONE_NEWUTS)))
        self.sleeper = self.birth(self.inner, Fork())
        self.ask(self.sleeper, Nanosleep(5))
        self.stopped = self.birth(INIT, Fork())
        self.stopped_thread = self.birth(self.stopped, Clone(THREAD))
        self.ask(INIT, Kill(self.pid(self.stopped), Sig.SIGSTOP))
        self.writer = self.birth(INIT, Fork())
        _reader, end = self.ask(self.writer, Pipe())
        self.ask(self.writer, Write(end, bytes(70_000)))
        self.ask(INIT, Open("/tmp/file", OpenFlag.O_CREAT | OpenFlag.O_WRONLY))
        self.ask(INIT, Open("/dev/ptmx", OpenFlag.O_RDWR | OpenFlag.O_NOCTTY))
        self.spaces = self.birth(INIT, Clone(int(CloneFlag.CLONE_NEWDEV)))
        self.ask(INIT, SetControllingTty(0))
        self.ask(INIT, Write(1, b"hello\n"))
        self.hall = self.birth(INIT, Clone(int(CloneFlag.CLONE_NEWTTY)))
        self.ask(self.hall, Open("/dev/tty1", OpenFlag.O_RDWR | OpenFlag.O_NOCTTY))
        self.ask(INIT, AttachSerial(self.ask(INIT, Open(f"/proc/{self.pid(self.hall)}/ns/tty"))))
        receiver, taker = self.birth(INIT, Fork()), self.birth(INIT, Fork())
        for caller, request in ipc_cases.something_of_everything(
            self.ask, self.birth(INIT, Fork()), (receiver, taker)
        ):
            self.machine = perform(self.machine, caller, request).machine
        cgroup_cases.some(self.ask, self.birth(INIT, Fork()))
        self.holder = self.birth(INIT, Fork())
        fd = self.ask(INIT, Open("/tmp/file", OpenFlag.O_RDWR))
        for caller, start in ((INIT, 0), (self.holder, 20)):
            opened = fd if caller == INIT else self.ask(caller, Open("/tmp/file", OpenFlag.O_RDWR))
            self.ask(caller, FcntlLock(opened, LockCommand.F_SETLK, LockType.F_WRLCK, start, 10))
        self.ask(INIT, Flock(fd, FlockOperation.LOCK_SH))
        self.ask(INIT, TimerfdCreate(1))
        self.ask(INIT, TimerCreate(1))
        self.ask(INIT, TimerSettime(0, 1000))
        self._network()
        tx = begin(self.machine)
        tx.put(0, RunQueue(Map({4: self.child, 5: self.leader}), 4, 6))
        self.machine = tx.commit()

    def _network(self) -> None:
        """Two network namespaces with a pair between them, names, ports, and a file on its way."""
        self.web = self.birth(INIT, Clone(int(CloneFlag.CLONE_NEWNET)))
        self.ask(INIT, Newlink("v0", "veth", "eth0", self.pid(self.web)))
        one, other = self.ask(INIT, Socketpair(1, 1))
        self.ask(INIT, Sendmsg(one, b"take this", None, (other,)))
        for type_, name in ((1, UnixName("\0here")), (2, UnixName("/tmp/there"))):
            self.ask(INIT, Bind(self.ask(INIT, Socket(1, type_)), name))
        listener = self.ask(INIT, Socket(2, 1))
        self.ask(INIT, Bind(listener, Inet("0.0.0.0", 80)))
        self.ask(INIT, Listen(listener))
        self.ask(INIT, Setlink(1, 1))
        self.ask(INIT, Newroute("10.0.0.0", 8, 1))
        self.ask(INIT, Connect(self.ask(INIT, Socket(2, 1)), Inet("127.0.0.1", 80)))

    def ask(self, caller: TaskId, request: Request) -> Any:
        outcome = perform(self.machine, caller, request)
        assert not isinstance(outcome.reply, Failure), outcome.reply
        assert isinstance(outcome.reply, Blocked) == isinstance(
            request, (Wait4, Nanosleep)
        ) or isinstance(request, Write)
        self.machine = outcome.machine
        return outcome.reply

    def birth(self, caller: TaskId, request: Request) -> TaskId:
        before = self.machine.rows(Task)
        self.ask(caller, request)
        (found,) = [key for key, _task in self.machine.items(Task) if key not in before]
        return TaskId(found)

    def pid(self, task: TaskId) -> int:
        return self.machine.get(Task, task).pids[0]


BUSY = Busy()


def task(whose: str, **changes: Any) -> Callable[[Transaction], None]:
    return row(Task, whose, **changes)


def row(kind: type[Record], whose: str | int, **changes: Any) -> Callable[[Transaction], None]:
    """Change fields of one row; a callable computes the new value from the old."""

    def corrupt(tx: Transaction) -> None:
        key = getattr(BUSY, whose) if isinstance(whose, str) else whose
        record: Any = tx.get(kind, key)
        values = {
            name: value(getattr(record, name)) if callable(value) else value
            for name, value in changes.items()
        }
        tx.put(key, replace(record, **values))

    return corrupt


def some(kind: type[Record], **changes: Any) -> Callable[[Transaction], None]:
    """As `row`, for the last row of a table."""
    return lambda tx: row(kind, list(tx.items(kind))[-1][0], **changes)(tx)


def without(kind: type[Record], whose: str) -> Callable[[Transaction], None]:
    return lambda tx: tx.drop(kind, getattr(BUSY, whose))


def sent(**changes: Any) -> Callable[[Transaction], None]:
    """Change the one message that is on its way."""

    def corrupt(tx: Transaction) -> None:
        key, found = next(row for row in tx.items(SocketRecord) if row[1].queue)
        tx.put(key, replace(found, queue=(replace(found.queue[0], **changes),)))

    return corrupt


def more(value: int) -> int:
    return value + 1


def _foreign_space(tx: Transaction) -> None:
    space = tx.get(Task, BUSY.inner).space
    row(PidSpace, space, path=(space, SpaceId(1)))(tx)


def _renumber(tx: Transaction) -> None:
    row(PidSpace, 1, task_of=lambda taken: taken.set(77, BUSY.child))(tx)


def _unnumber(tx: Transaction) -> None:
    row(PidSpace, 1, task_of=lambda taken: taken.delete(BUSY.pid(BUSY.child)))(tx)


def _namesake(tx: Transaction) -> None:
    space = tx.get(Task, BUSY.inner).space
    row(PidSpace, space, name="web")(tx)


def _number_gone(tx: Transaction) -> None:
    row(Containers, 0, by_number=lambda numbers: numbers.delete(1))(tx)


def _number_more(tx: Transaction) -> None:
    row(Containers, 0, by_number=lambda numbers: numbers.set(99, SpaceId(1)))(tx)


def _init_gone(tx: Transaction) -> None:
    row(PidSpace, tx.get(Task, BUSY.inner).space, init=NOBODY_AT_ALL)(tx)


def _descriptor_of_nothing(tx: Transaction) -> None:
    key = tx.get(Task, BUSY.writer).context
    files = tx.get(Context, key).files.set(99, Descriptor(FileId(987654)))
    row(Context, key, files=files)(tx)


def _session_of_group(tx: Transaction) -> None:
    row(Group, BUSY.leader, session=INIT)(tx)


def _deadline(tx: Transaction) -> None:
    tx.put(0, Deadlines(((9, 1, BUSY.sleeper), (5, 2, BUSY.sleeper))))


def _deadline_of_nobody(tx: Transaction) -> None:
    tx.put(0, Deadlines(((9, 1, BUSY.child),)))


def _terminal(**changes: Any) -> Callable[[Transaction], None]:
    return row(Terminal, CONSOLE, **changes)


def _uncover(tx: Transaction) -> None:
    covered = [key for key, record in tx.items(Superblock) if record.covered]
    row(Superblock, covered[0], covered=Map())(tx)


def _instance(**changes: Any) -> Callable[[Transaction], None]:
    """Change what the instance that has a pseudo terminal keeps."""

    def corrupt(tx: Transaction) -> None:
        key = tx.get(PtsFile, _slave(tx)).superblock
        data: Any = tx.get(Superblock, key).data
        row(Superblock, key, data=replace(data, **changes))(tx)

    return corrupt


def _slave(tx: Transaction) -> int:
    return list(tx.items(PtsFile))[-1][0]


def _nobodys_foreground(tx: Transaction) -> None:
    row(Session, INIT, tty=0)(tx)
    for key, each in tx.items(Task):
        tx.put(key, replace(each, tty=0))
    _terminal(session=TaskId(0), foreground=Foreground(INIT, (SpaceId(1),), (1,)))(tx)


LOST = replace(ROOT_CREDS, userns=NamespaceId(999_999))
CASES: dict[str, list[Callable[[Transaction], None]]] = {
    "_numbers": [
        task("child", space=SpaceId(987654)),
        task("child", pids=(5, 6)),
        task("child", pids=(4000,)),
        _unnumber,
    ],
    "_spaces": [
        _foreign_space,
        row(PidSpace, 1, live=more),
        row(PidSpace, 1, number=8),
        _namesake,
        _renumber,
        _init_gone,
        _number_gone,
        _number_more,
    ],
    "_families": [
        task("thread", leader=BUSY.parent),
        task("leader", threads=()),
        task("leader", threads=(BUSY.thread, NOBODY_AT_ALL)),
        task("child", parent=NOBODY_AT_ALL),
        task("child", parent=BUSY.leader),
        task("grandchild", parent_thread=BUSY.parent),
        task("parent", children=Map()),
        task("parent", children=lambda found: found.set(BUSY.leader, 1)),
        task("parent", state=State.ZOMBIE),
    ],
    "_groups": [
        task("child", group=BUSY.leader),
        task("child", session=BUSY.leader),
        row(Group, "leader", members=Map()),
        row(Group, "leader", members=lambda found: found.set(BUSY.child, 1)),
        row(Group, "leader", pids=(4000,)),
        _session_of_group,
        row(Session, "leader", groups=Map()),
        row(Session, "leader", groups=lambda found: found.set(INIT, None)),
        without(Group, "leader"),
        without(Session, "leader"),
    ],
    "_contexts": [
        task("child", context=ContextId(987654)),
        task("child", context=ContextId(0)),
        some(Context, users=more),
        some(Proxy, users=more),
    ],
    "_waiting": [
        without(Task, "sleeper"),
        task("sleeper", state=State.ZOMBIE),
        lambda tx: tx.drop(Channel, channel(On.CHILD, BUSY.parent)),
        row(Waiter, "parent", channels=()),
        without(Waiter, "parent"),
        _deadline,
        _deadline_of_nobody,
        lambda tx: tx.put(0, RunQueue(Map({1: BUSY.child}), 0, 2)),
    ],
    "_stopped": [
        task("stopped_thread", state=State.ALIVE),
        task("leader", flags=Flag.CLD_CONTINUED),
    ],
    "_open_files": [
        _descriptor_of_nothing,
        some(File, users=lambda users: users + 2),
        some(File, users=0),
    ],
    "_locks": [
        some(FileLocks, inode=Locked(1, 1)),
        some(FileLocks, ranges=()),
        some(FileLocks, ranges=lambda found: found[::-1] + found),
        some(FileLocks, ranges=lambda found: (replace(found[0], end=25), found[1])),
        some(FileLocks, ranges=lambda found: (replace(found[0], end=-1), found[1])),
        some(FileLocks, ranges=lambda found: (replace(found[0], process=NOBODY_AT_ALL), found[1])),
        some(FileLocks, whole=lambda found: (replace(found[0], file=FileId(987654)),)),
        some(FileLocks, whole=lambda found: (found[0], replace(found[0], type=WRITE))),
        lambda tx: tx.drop(LockIndex, 0),
    ],
    "_timers": [
        some(Timer, expires=7),
        some(Timer, process=NOBODY_AT_ALL),
        some(Timer, number=OF_FILE),
        lambda tx: tx.drop(ProcessTimers, INIT),
        lambda tx: tx.drop(Timer, BUSY.machine.items(Timer)[-1][0]),
    ],
    "_mounts": [
        some(Mount, users=more),
        some(Mount, writers=more),
        row(Mount, BUSY.machine.items(Mount)[-1][0], space=NamespaceId(987654)),
        lambda tx: tx.drop(Mount, tx.get(Context, tx.get(Task, INIT).context).fs.cwd.mount),
    ],
    "_peer_groups": [
        row(PeerGroup, 1, members=()),
        some(Mount, group=1),
        lambda tx: tx.drop(PeerGroup, 1),
    ],
    "_peer_group_ids": [
        row(PeerGroupIds, 0, freed=(1,)),
        row(PeerGroupIds, 0, next=more),
    ],
    "_masters": [
        some(Mount, master=MountId(987654)),
        some(Mount, slaves=(MountId(987654),)),
        row(Mount, BUSY.machine.get(PeerGroup, 1).members[0], slaves=()),
    ],
    "_ns_containers": [
        some(NsContainer, name="other"),
        some(NsContainer, parent=987654),
        lambda tx: tx.drop(NsContainer, list(tx.items(NsContainer))[-1][0]),
    ],
    "_superblocks": [
        some(Superblock, mounts=Map()),
        _uncover,
    ],
    "_namespaces": [
        row(PidSpace, 1, users=more),
        some(Uts, users=more),
        lambda tx: tx.drop(Uts, list(tx.items(Uts))[-1][0]),
    ],
    "_ends": [
        some(PipeRecord, readers=more),
        some(PipeRecord, pages=(Page(b""),)),
        some(PipeRecord, pages=(Page(b"x"),) * 17),
        lambda tx: tx.drop(PipeRecord, list(tx.items(PipeRecord))[-1][0]),
    ],
    "_progress": [
        lambda tx: tx.put(NOBODY_AT_ALL, tx.get(Progress, BUSY.writer)),
        row(Progress, "writer", file=FileId(987654)),
    ],
    "_dentries": [
        some(Dentry, users=more),
        some(Dentry, inode=987654),
        some(Dentry, name="other"),
        some(Dentry, linked=False, users=0),
    ],
    "_inodes": [
        some(Inode, dentries=more),
        some(Inode, nlink=more),
    ],
    "_devpts": [
        _instance(used=Indices()),
        _instance(shown=Map()),
        lambda tx: _instance(shown=Map({0: _slave(tx), 7: _slave(tx)}))(tx),
        lambda tx: row(Superblock, tx.get(PtsFile, _slave(tx)).superblock, pins=more)(tx),
        lambda tx: row(Pty, list(tx.items(Pty))[-1][0], index=more)(tx),
        lambda tx: row(Pty, list(tx.items(Pty))[-1][0], sb=SuperblockId(987654))(tx),
        lambda tx: tx.put(0, Ptys(7)),
        some(PtsFile, users=more),
        some(PtsFile, nlink=0),
        some(PtsFile, index=more),
        lambda tx: tx.drop(PtsFile, _slave(tx)),
        lambda tx: tx.drop(Terminal, _slave(tx)),
    ],
    "_pts_spaces": [
        some(PtsSpace, mount=MountId(987654)),
        some(PtsSpace, superblock=SuperblockId(987654)),
    ],
    "_white_lists": [
        some(DevSpace, listed=None),
        lambda tx: row(DevSpace, next(tx.items(DevSpace))[0], listed=frozenset())(tx),
    ],
    "_consoles": [
        some(Consoles, path=(NamespaceId(5), NamespaceId(6))),
        some(Consoles, active=0),
        some(Consoles, active=7),
        some(Consoles, terminals=Map({2: CONSOLE})),
        some(Console, opens=more),
        some(Console, number=more),
        some(Console, namespace=NamespaceId(99)),
        lambda tx: tx.drop(Terminal, next(iter(tx.items(Consoles)))[1].terminals[0]),
    ],
    "_serial_lines": [
        some(SerialLine, attached=more),
        lambda tx: tx.drop(SerialLine, list(tx.items(SerialLine))[-1][0]),
    ],
    "_logs": [
        some(Log, following=more),
        some(Log, first=more),
        some(Log, size=more),
        some(Log, cleared=99),
        some(Log, taken=99),
    ],
    "_terminals": [
        _terminal(session=BUSY.leader),
        _nobodys_foreground,
        row(Session, "leader", tty=CONSOLE),
        task("leader", tty=CONSOLE),
    ],
    "_disciplines": [
        _terminal(printed=Printed(kept=1)),
        _terminal(printed=Printed(Map({1: b"x"}), kept=1, written=1)),
        _terminal(printed=Printed(sizes=((0, 24, 80), (5, 1, 1)))),
        _terminal(termios=Termios(cc=b"short")),
        _terminal(input=Input(b"x", canon=2)),
        _terminal(input=Input(bytes(4097))),
        _terminal(input=Input(b"a\nb\n", ends=(3, 1))),
        _terminal(input=Input(b"a\n", ends=(2,))),
        _terminal(input=Input(ahead=1)),
        _terminal(shown=Shown(committed=1)),
        _terminal(arriving=Arriving((Chunk(256, 2, b"abc"),))),
        _terminal(arriving=Arriving((Chunk(256, 600, b"abc"),))),
    ],
    "_halves": [
        _terminal(input=Input(reader=BUSY.leader)),
        _terminal(shown=Shown(writer=BUSY.leader)),
        lambda tx: tx.put(999_999, HalfDone(CONSOLE, master=False)),
    ],
    "_credentials": [
        lambda tx: tx.put(BUSY.leader, replace(tx.get(Task, BUSY.leader), creds=LOST)),
        some(Task, creds=replace(ROOT_CREDS, permitted=0)),
        some(Task, creds=replace(ROOT_CREDS, ambient=1)),
        lambda tx: tx.put(
            next(iter(tx.items(Proxy)))[0],
            Proxy(1, next(iter(tx.items(Proxy)))[1].kinds.set("user", NamespaceId(999_999))),
        ),
    ],
    "_charges": [
        lambda tx: tx.put(ucounts_key(FIRST_USER, 7), Ucounts(Map({"uts": 1}))),
        some(Uts, creator=7),
    ],
    "_told": [
        lambda tx: tx.put(CONSOLE, Asynchronous()),
        lambda tx: tx.put(CONSOLE, Asynchronous((FileId(999_999),))),
    ],
    "_pairs": [
        some(Pty, master=False),
        some(Pty, slaves=more),
        some(Pty, ready=bytes(4097)),
        some(Pty, arriving=Arriving((Chunk(256, 600, b""),))),
        some(Pty, terminal=CONSOLE),
        lambda tx: tx.drop(Pty, next(iter(tx.items(Pty)))[0]),
        lambda tx: tx.drop(Terminal, next(iter(tx.items(Pty)))[1].terminal),
    ],
    "_links": [
        some(Link, name="lo"),
        some(Link, peer=NO_LINK),
        some(Link, index=7),
        lambda tx: tx.drop(Link, list(tx.items(Link))[-1][0]),
        row(Net, FIRST_NET, links=lambda old: old.set(9, LinkId(9))),
        row(Net, FIRST_NET, routes=lambda old: (replace(old[0], link=LinkId(9)),)),
    ],
    "_sockets": [
        some(SocketRecord, file=FileId(1)),
        some(SocketRecord, used=more),
        some(SocketRecord, peer=SocketId(1)),
        some(SocketRecord, waiting=(SocketId(1),)),
        some(SocketFile, socket=SocketId(1)),
        sent(files=(FileId(1),)),
        row(Net, FIRST_NET, names=lambda old: old.set("1here", SocketId(1))),
        lambda tx: tx.drop(SocketRecord, next(iter(tx.items(SocketRecord)))[0]),
    ],
    **ipc_cases.CASES,
    **cgroup_cases.CASES,
}


def test_the_busy_machine_is_sound() -> None:
    assert violations(BUSY.machine) == []


@pytest.mark.parametrize(
    ("check", "number"), [(name, n) for name, cases in CASES.items() for n in range(len(cases))]
)
def test_a_broken_machine_is_complained_of(check: str, number: int) -> None:
    tx = begin(BUSY.machine)
    CASES[check][number](tx)
    broken = tx.commit()
    invariants._silent.clear()
    all_told = violations(broken)
    told = [text for text in all_told if text.startswith(f"{check[1:]}: ")]
    assert told, f"{check} has nothing against case {number}"
    assert violations(BUSY.machine) == []
    assert violations(broken) == all_told, "what was remembered of the sound one hides something"
    assert not any("refers to" in text for text in told), "it stumbled, and told nothing of use"


def test_only_checks_that_read_what_has_changed_are_asked_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[str] = []

    def noted(check: invariants.Check) -> invariants.Check:
        def asking(machine: Machine) -> Iterator[str]:
            asked.append(check.__name__)
            return check(machine)

        return asking

    monkeypatch.setattr(invariants, "_checks", [noted(check) for check in invariants._checks])
    invariants._silent.clear()
    assert violations(BUSY.machine) == []
    assert len(asked) == len(invariants._checks)
    asked.clear()
    assert violations(BUSY.machine) == []
    assert not asked
    tx = begin(BUSY.machine)
    key, queue = next(iter(tx.items(Deadlines)))
    tx.put(key, queue)
    assert violations(tx.commit()) == []
    assert sorted(asked) == ["_timers", "_waiting"], "who read deadlines"


def test_a_check_that_stumbles_says_over_what() -> None:
    tx = begin(BUSY.machine)
    tx.drop(Containers, 0)
    assert "spaces: something refers to 0, which is gone" in violations(tx.commit())


def test_every_check_is_tried() -> None:
    assert {check.__name__ for check in invariants._checks} == CASES.keys()


def test_complaints_name_their_check_in_a_fixed_order() -> None:
    tx = begin(BUSY.machine)
    for corrupt in (CASES["_stopped"][0], CASES["_disciplines"][0]):
        corrupt(tx)
    told = violations(tx.commit())
    assert [text.split(":")[0] for text in told] == ["stopped", "disciplines"]


def test_execve_of_a_thread_keeps_the_machine_sound() -> None:
    outcome = perform(BUSY.machine, BUSY.thread, Execve("/bin/x", ("x",)))
    assert violations(outcome.machine) == []
