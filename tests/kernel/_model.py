"""The model performing the same programs as `tests.kernel._linux`, told the same way."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from typing import Any

from nsh.abi import Blocked, Failure, Request, files, namespaces, process, signals
from nsh.abi.prctl import Prctl
from nsh.abi.process import CloneFlag, IdType
from nsh.kernel import perform, pids
from nsh.kernel import signals as kernel_signals
from nsh.kernel.boot import INIT, boot
from nsh.kernel.terminals import of_process
from nsh.machine.ids import TaskId
from nsh.machine.pids import PidSpace
from nsh.machine.signals import SigInfo
from nsh.machine.tasks import Flag, Group, Session, State, Task
from nsh.machine.value import begin
from nsh.machine.waiting import Waiter
from tests.kernel import _model_ipc, _model_locks, _model_timers
from tests.kernel._linux import Step
from tests.kernel._model_locks import Locks
from tests.kernel._model_terminals import SIMPLE, Terminals
from tests.kernel._model_terminals import plain as _plain_terminal
from tests.kernel._model_timers import Timers
from tests.kernel._running import THREAD, Running

BLOCKED = object()
"""The answer of a call that has none yet."""


class World(Terminals, Locks, Timers, _model_ipc.Ipc, Running):
    """One program's machine, and who is which puppet."""

    def __init__(self) -> None:
        machine = perform(boot(), INIT, process.Clone(int(CloneFlag.CLONE_NEWPID))).machine
        init, task = machine.items(Task)[-1]
        self.space = task.space
        """The world's own pid namespace: as on the stage, the machine's init is outside."""
        super().__init__(perform(machine, TaskId(init), process.Setsid()).machine)
        self.tasks: dict[int, TaskId] = {0: TaskId(init)}
        self._blocked: dict[TaskId, int] = {}
        """Which step's answer a blocked task still owes."""
        self._held: dict[TaskId, tuple[int, Any]] = {}
        """Answers of tasks that were stopped before they could tell them."""

    def copy(self) -> World:
        """Another of the same state."""
        other = copy.copy(self)
        other.tasks = dict(self.tasks)
        other._blocked = dict(self._blocked)
        other._held = dict(self._held)
        return other

    def mortal(self) -> bool:
        """Whether the world ends when its init is killed.

        It never does where an init is in a process group, or session, that is called by a dead
        task of its own namespace: that number is only free when the init is gone, and the init
        waits for all numbers but its own to be free.  Linux hangs there too, for good.
        """
        if not self._bound():
            return True
        init = self.machine.get(PidSpace, self.space).init
        record = self.machine.find(Task, init)
        if record is None or (record.state is State.ZOMBIE and not record.threads):
            return True
        machine = perform(self.machine, INIT, signals.Kill(record.pids[0], 9)).machine
        left = machine.find(Task, init)
        return left is not None and left.state is State.ZOMBIE

    def _bound(self) -> bool:
        """Whether an init is in a group or session that is called by another task, dead or alive,
        of its own namespace."""
        for _key, space in self.machine.items(PidSpace):
            init = self.machine.find(Task, space.init)
            if init is None:
                continue
            group = self.machine.find(Group, init.group)
            session = self.machine.find(Session, init.session)
            for name, found in ((init.group, group), (init.session, session)):
                if name != space.init and found and len(found.pids) >= len(init.pids):
                    return True
        return False

    def told_otherwise(self, before: World) -> bool:
        """Whether what has just happened looks otherwise on Linux.

        Of an init with threads that waits for the end of its namespace it is the last thread that
        lingers, and in the model the first.  A process that was stopped while a handler was due has
        the handler's mask already, and in the model a pending signal still.  Who waits for its
        own group waits for the one that it was in when it began.  And of several that die at once,
        somebody who waits sees any one first; inits take longer; and whether who ignores SIGCHLD
        still buries a child is a matter of which of the two is first.
        """
        dead = before.living() - self.living()
        if len(dead) > 1 and (
            before.waits()
            or any(before.machine.get(Task, tid).pids[-1] == 1 for tid in dead)
            or any(before.forgets(tid, dead) for tid in dead)
        ):
            return True
        for key, task in self.machine.items(Task):
            old = before.machine.find(Task, key)
            if old is None:
                continue
            if old.threads and task.flags & Flag.LINGERING:
                return True
            if old.group != task.group and any(map(self._waits_for_group, (key, *task.threads))):
                return True
            if task.state is State.STOPPED and old.state is not State.STOPPED:
                leader = self.machine.get(Task, task.leader)
                pending = _mask(task.pending) | _mask(leader.shared)
                if pending & leader.actions.handled & ~task.blocked:
                    return True
        return False

    def living(self) -> set[TaskId]:
        """The processes that are not dead."""
        tasks = self.machine.items(Task)
        return {
            TaskId(key)
            for key, task in tasks
            if task.leader == key and (task.state is not State.ZOMBIE or task.threads)
        }

    def forgets(self, tid: TaskId, dead: set[TaskId]) -> bool:
        """Whether *tid* is the child of one of the *dead* that ignores its end."""
        parent = self.machine.get(Task, tid).parent
        if parent not in dead:
            return False
        action = self.machine.get(Task, parent).actions.by_signal.get(signals.Sig.SIGCHLD)
        return action is not None and bool(
            action.handler == "ignore" or action.flags & signals.SaFlag.SA_NOCLDWAIT
        )

    def waits(self) -> bool:
        """Whether somebody waits for children."""
        waiters = self.machine.items(Waiter)
        return any(isinstance(w.request, (process.Wait4, process.Waitid)) for _key, w in waiters)

    def _waits_for_group(self, tid: int) -> bool:
        waiter = self.machine.find(Waiter, tid)
        match None if waiter is None else waiter.request:
            case process.Wait4(pid=0) | process.Waitid(idtype=IdType.P_PGID, id=0):
                return True
        return False

    # ---- performing

    def step(self, number: int, step: Step) -> dict[str, Any]:
        """Make a call; its answer and those of calls that it unblocked, and the world."""
        slot, name, *args = step
        caller = self.tasks[slot]
        answers = {}
        request = _REQUESTS.get(name)
        if request is not None:
            answer = self.ask(caller, request(*args))
        else:
            answer = getattr(self, f"_{name}")(caller, *args)
        if answer is BLOCKED:
            self._blocked[caller] = number
        else:
            if name == "exec":
                caller = self.tasks[slot]
            self._held[caller] = (number, answer)
        self.settle()
        maybe = {}
        for task, (which, told) in sorted(self._held.items()):
            record = self.machine.find(Task, task)
            if (
                record is not None
                and record.state is State.ALIVE
                and not record.flags & Flag.EXITING
            ):
                answers[str(which)] = told
                del self._held[task]
                continue
            maybe[str(which)] = told
            if record is None or record.state is not State.STOPPED:
                del self._held[task]
        return {
            "answers": answers,
            "maybe": maybe,
            "world": self.look(),
            "terminals": self.look_at_terminals(),
            "users": self.look_at_users(),
        }

    def ask(self, caller: TaskId, request: Request) -> Any:
        """The reply; the errno's name if it failed, BLOCKED if it waits."""
        return _plain(request, self.raw(caller, request))

    def answered(self, task: TaskId, request: Request, reply: object) -> None:
        self._held[task] = (self._blocked.pop(task), _plain(request, reply))

    # ---- the calls that are more than a request

    def _clone(self, me: TaskId, new: int, flags: int, exit_signal: int, set_tid: list[int]) -> Any:
        return self._birth(me, new, process.Clone(flags, exit_signal, tuple(set_tid)))

    def _thread(self, me: TaskId, new: int) -> Any:
        got = self._birth(me, new, process.Clone(THREAD, 0))
        return got if isinstance(got, str) else 0

    def _birth(self, me: TaskId, new: int, request: Request) -> Any:
        before = self.machine.rows(Task)
        got = self.ask(me, request)
        for key, _task in self.machine.items(Task):
            if key not in before:
                self.tasks[new] = TaskId(key)
        return got

    def _exec(self, me: TaskId) -> Any:
        """The puppet goes on as its process's first thread, and there is no other."""
        leader = self.machine.get(Task, me).leader
        slot = next(slot for slot, task in self.tasks.items() if task == me)
        got = self.ask(me, process.Execve("/bin/puppet", ("puppet",)))
        self.tasks = {other: task for other, task in self.tasks.items() if task != leader}
        self.tasks[slot] = leader
        return got

    def _sigaction(self, me: TaskId, signo: int, handler: str, flags: int, mask: int) -> Any:
        got = self.ask(me, signals.Sigaction(signo, handler, mask, flags))
        return got if got == "EINVAL" else 0

    def _sigtimedwait(self, me: TaskId, mask: int, wait: bool) -> Any:
        return self.ask(me, signals.Sigtimedwait(mask, None if wait else 0))

    def _tkill(self, me: TaskId, tid: int, signo: int) -> Any:
        return self.ask(me, signals.Tgkill(-1, tid, signo))

    def _getpid(self, me: TaskId) -> Any:
        return [self.ask(me, ask()) for ask in (process.Getpid, process.Gettid, process.Getppid)]

    def _setns(self, me: TaskId, number: int, entry: str, kind: int) -> Any:
        target = self.machine.get(PidSpace, self.space).task_of[number]
        outside = self.machine.get(Task, target).pids[0]
        fd = self.ask(me, files.Open(f"/proc/{outside}/ns/{entry}"))
        if isinstance(fd, str):
            return fd
        got = self.ask(me, namespaces.Setns(fd, kind))
        self.ask(me, files.Close(fd))
        return got

    def _last_pid(self, me: TaskId, text: str) -> Any:
        fd = self.ask(me, files.Open("/proc/sys/kernel/ns_last_pid", files.OpenFlag.O_RDWR))
        got = self.ask(me, files.Write(fd, text.encode()))
        self.ask(me, files.Close(fd))
        return got

    # ---- looking

    def puppets(self) -> Iterator[tuple[int, TaskId]]:
        """The puppets that could make a call now."""
        free = set(self.free())
        return ((slot, task) for slot, task in sorted(self.tasks.items()) if task in free)

    def standing(self) -> list[Task]:
        """Everybody in the world."""
        return [task for _key, task in self.machine.items(Task) if len(task.pids) > 1]

    def look(self) -> dict[str, Any]:
        """Every thread by its number in the world: state, numbers, parent, group, session, and
        signals: pending (own, shared), blocked, ignored and handled ones."""
        rows = self.machine.items(Task)
        return dict(self._row(TaskId(key), task) for key, task in rows if key != INIT)

    def look_at_terminals(self) -> dict[str, list[int]]:
        """Every thread's terminal and the group in its foreground, as /proc/PID/stat has them."""
        tx = begin(self.machine)
        rows = self.machine.items(Task)
        return {
            str(task.pids[1]): list(of_process(tx, tx.get(Task, task.leader), self.space))
            for key, task in rows
            if key != INIT
        }

    def look_at_users(self) -> dict[str, list[Any]]:
        """Every thread's credentials, where they are looked at."""
        return {}

    def _row(self, tid: TaskId, task: Task) -> tuple[str, list[Any]]:
        process = self.machine.get(Task, task.leader)
        parent = self.machine.find(Task, process.parent)
        state = {State.ALIVE: "A", State.STOPPED: "T", State.ZOMBIE: "Z"}[task.state]
        path = self.machine.get(PidSpace, task.space).path[1:]
        tx = begin(self.machine)
        group = self.machine.get(Group, process.group)
        session = self.machine.get(Session, process.session)
        row: list[Any] = [
            state,
            list(task.pids[1:]),
            0 if parent is None else pids.number(tx, parent, self.space),
            [pids.number(tx, group, level) for level in path],
            [pids.number(tx, session, level) for level in path],
        ]
        row += [
            _mask(task.pending),
            _mask(process.shared),
            kernel_signals.blocked(tx, tid),
            process.actions.ignored,
            process.actions.handled,
        ]
        return str(task.pids[1]), row


def _mask(queue: tuple[SigInfo, ...]) -> int:
    mask = 0
    for info in queue:
        mask |= signals.bit(info.signo)
    return mask


def _plain(request: Any, reply: object) -> Any:
    match reply:
        case Failure():
            return reply.errno.name
        case Blocked():
            return BLOCKED
        case process.WaitResult():
            return [reply.pid, reply.status]
        case process.WaitInfo():
            return [reply.pid, reply.code, reply.status]
        case signals.SigDelivery():
            return [reply.signo, reply.code, reply.pid, reply.uid, reply.status or reply.value]
        case _:
            told = _plain_terminal(request, _model_timers.plain(request, _model_locks.plain(reply)))
            return _model_ipc.plain(told) if told is reply else told


_REQUESTS: dict[str, Callable[..., Request]] = {
    "exit": process.Exit,
    "exit_group": process.ExitGroup,
    "getpgid": process.Getpgid,
    "getsid": process.Getsid,
    "kill": signals.Kill,
    "pause": signals.Pause,
    "prctl": Prctl,
    "prctl_get": Prctl,
    "setpgid": process.Setpgid,
    "setsid": process.Setsid,
    "sigpending": signals.Sigpending,
    "sigprocmask": signals.Sigprocmask,
    "sigqueue": signals.Sigqueue,
    "tgkill": signals.Tgkill,
    "unshare": namespaces.Unshare,
    "wait4": process.Wait4,
    "waitid": process.Waitid,
    **SIMPLE,
    **_model_locks.SIMPLE,
    **_model_timers.SIMPLE,
    **_model_ipc.SIMPLE,
}
