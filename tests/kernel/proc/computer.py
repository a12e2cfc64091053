"""A machine to act on: any task performs any request, and reads files by path."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from nsh.abi import Blocked, Failure, Request
from nsh.abi.attributes import Stat as StatRequest
from nsh.abi.attributes import StatResult
from nsh.abi.files import Close, Getdents, Open, OpenFlag, Read, Readlink, Write
from nsh.abi.process import Clone, CloneFlag, Exit, Wait4
from nsh.abi.signals import Sig
from nsh.kernel import perform
from nsh.kernel.boot import INIT, boot
from nsh.machine.ids import TaskId
from nsh.machine.invariants import violations
from nsh.machine.record import Record
from nsh.machine.tasks import ROOT_CREDS, State, Task, ordinary
from nsh.machine.value import Machine, begin
from nsh.machine.waiting import Waiter
from tests.kernel._running import THREAD


class Computer:
    """Holds the current machine.  Failures are told by the errno's name."""

    def __init__(self, profile: str = "all") -> None:
        self.machine: Machine = boot(profile)

    def raw(self, request: Request, who: TaskId = INIT) -> object:
        """The reply itself: a value, a :class:`Failure` or :class:`Blocked`."""
        outcome = perform(self.machine, who, request)
        self.machine = outcome.machine
        assert violations(self.machine) == []
        return outcome.reply

    def ask(self, request: Request, who: TaskId = INIT) -> Any:
        """The reply; the errno's name if it failed, "blocked" if it waits."""
        reply = self.raw(request, who)
        if isinstance(reply, Failure):
            return reply.errno.name
        return "blocked" if isinstance(reply, Blocked) else reply

    def again(self, who: TaskId) -> object:
        """Ask the blocked call of *who* once more, as the scheduler does for whoever was woken."""
        waiter = self.machine.get(Waiter, who)
        assert waiter.channels == (), "nobody has woken it"
        assert isinstance(waiter.request, Request)
        reply = self.ask(waiter.request, who)
        if reply != "blocked":
            self.patch(who, Waiter, None)
        return reply

    def patch(self, key: int, kind: type[Record], record: Record | None) -> None:
        """Write a row behind the kernel's back."""
        tx = begin(self.machine)
        if record is None:
            tx.drop(kind, key)
        else:
            tx.put(key, record)
        self.machine = tx.commit()

    # ---- tasks ----

    def spawn(
        self, name: str = "", who: TaskId = INIT, *, flags: int = 0, set_tid: tuple[int, ...] = ()
    ) -> TaskId:
        """The new child (or thread) of *who*."""
        before = set(self.machine.rows(Task))
        signo = 0 if flags & CloneFlag.CLONE_THREAD else int(Sig.SIGCHLD)
        reply = self.ask(Clone(flags, signo, set_tid, name), who)
        assert isinstance(reply, int), reply
        (child,) = set(self.machine.rows(Task)) - before
        return TaskId(child)

    def thread(self, who: TaskId, name: str = "") -> TaskId:
        """A new thread of *who*'s process."""
        return self.spawn(name, who, flags=THREAD)

    def zombie(self, name: str = "", who: TaskId = INIT, status: int = 0) -> TaskId:
        """A child of *who* that has exited and is not waited for."""
        child = self.spawn(name, who)
        self.ask(Exit(status), child)
        assert self.task(child).state is State.ZOMBIE
        return child

    def reap(self, who: TaskId = INIT) -> None:
        """Wait for any child."""
        assert not isinstance(self.ask(Wait4(), who), str)

    def task(self, who: TaskId) -> Task:
        """Its record."""
        return self.machine.get(Task, who)

    def become(self, who: TaskId, uid: int) -> None:
        """Give a task another user and group."""
        creds = ordinary(uid, uid) if uid else ROOT_CREDS
        self.patch(who, Task, replace(self.task(who), creds=creds))

    # ---- files ----

    def open(self, path: str, flags: int = 0, who: TaskId = INIT) -> int:
        """A descriptor; the open must not fail."""
        fd = self.ask(Open(path, flags), who)
        assert isinstance(fd, int), fd
        return fd

    def raw_text(self, path: str, who: TaskId = INIT) -> Any:
        """What one read(2) has of a file; the errno's name, of open or read."""
        fd = self.ask(Open(path, OpenFlag.O_RDONLY), who)
        if not isinstance(fd, int):
            return fd
        data = self.ask(Read(fd), who)
        self.ask(Close(fd), who)
        return data

    def cat(self, path: str, who: TaskId = INIT) -> str:
        """The text of a file, or the errno's name."""
        data = self.raw_text(path, who)
        return data.decode("utf-8", "surrogateescape") if isinstance(data, bytes) else str(data)

    def write(self, path: str, data: bytes, who: TaskId = INIT) -> object:
        """What one write(2) replies; the errno's name, of open or write."""
        fd = self.ask(Open(path, OpenFlag.O_WRONLY), who)
        if not isinstance(fd, int):
            return fd
        reply = self.ask(Write(fd, data), who)
        self.ask(Close(fd), who)
        return reply

    def ls(self, path: str, who: TaskId = INIT) -> list[str]:
        """The names in a directory but for . and .. ; [the errno's name]."""
        fd = self.ask(Open(path, OpenFlag.O_DIRECTORY), who)
        if not isinstance(fd, int):
            return [str(fd)]
        entries = self.ask(Getdents(fd), who)
        self.ask(Close(fd), who)
        if not isinstance(entries, tuple):
            return [str(entries)]
        return [entry.name for entry in entries if entry.name not in (".", "..")]

    def pids(self, path: str = "/proc", who: TaskId = INIT) -> list[int]:
        """The processes that a proc lists, in its order."""
        return [int(name) for name in self.ls(path, who) if name.isdigit()]

    def readlink(self, path: str, who: TaskId = INIT) -> object:
        """Where a link leads, or the errno's name."""
        return self.ask(Readlink(path), who)

    def stat(self, path: str, who: TaskId = INIT, *, follow: bool = True) -> StatResult:
        """The stat of what must exist."""
        found = self.ask(StatRequest(path, follow), who)
        assert isinstance(found, StatResult), found
        return found

    def status(self, pid: object, who: TaskId = INIT, proc: str = "/proc") -> dict[str, str]:
        """``status`` by field, stripped."""
        lines = self.cat(f"{proc}/{pid}/status", who).splitlines()
        pairs = (line.partition(":") for line in lines)
        return {name: value.strip() for name, _, value in pairs}

    def fields(self, pid: object, who: TaskId = INIT, proc: str = "/proc") -> list[str]:
        """``stat`` from the state on (field 3 at index 0)."""
        return self.cat(f"{proc}/{pid}/stat", who).rpartition(") ")[2].split()
