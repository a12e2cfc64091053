"""A kernel of a few hundred lines, to step programs against.

It knows files, pipes, descriptors, children and signals, and runs its tasks in turn.  With
``frozen`` it stores every program as plain data after each step and makes a new one from that.
"""

from __future__ import annotations

from typing import Any

import msgspec

from nsh.abi import files, process, signals
from nsh.abi.errno import Errno, KernelError
from nsh.abi.request import Failure
from nsh.lang import actions, stepper
from nsh.lang.compiler import compile_script
from nsh.lang.live import LIVE
from nsh.lang.parser import parse
from nsh.machine.program import Frame, Program, Scope
from tests.lang.fake_commands import COMMANDS
from tests.lang.freezing import freeze, thaw


class Stream:
    """What descriptors lead to: a file, or a pipe with its two ends."""

    def __init__(self, data: bytes = b"", *, pipe: bool = False) -> None:
        self.data = data
        self.pipe = pipe
        self.writers = 0
        self.readers = 0


class End:
    """An open file description."""

    def __init__(self, stream: Stream, *, writes: bool) -> None:
        self.stream = stream
        self.writes = writes
        self.offset = 0


class Task:
    def __init__(self, pid: int, parent: int, program: Program | None) -> None:
        self.pid = pid
        self.parent = parent
        self.program = program
        self.fds: dict[int, End] = {}
        self.status: int | None = None
        self.comm = "init"
        self.handlers: dict[int, str] = {}
        self.mask = 0
        self.pending: list[signals.SigDelivery] = []
        self.label = ""


BLOCK = object()


class Kernel:
    """Runs scripts to their end; ``out``, ``errors`` and ``log`` tell what happened."""

    def __init__(self, *, frozen: bool = False) -> None:
        self.frozen = frozen
        self.files: dict[str, Stream] = {}
        self.console = Stream()
        self.tasks: dict[int, Task] = {}
        self.errors = ""
        self.expected: list[tuple[bool, str]] = []
        self.log: list[tuple[int, Any, Any]] = []
        self.settings: list[tuple[str, ...]] = []
        self.finished: actions.Finished | None = None
        self.actor = self.performer = 1
        self.scope = Scope()
        init = self.born(0, None)
        for fd in range(3):
            init.fds[fd] = End(self.console, writes=True)

    @property
    def out(self) -> str:
        return self.console.data.decode()

    def born(self, parent: int, program: Program | None) -> Task:
        pid = max(self.tasks, default=0) + 1
        task = self.tasks[pid] = Task(pid, parent, program)
        if parent:
            mother = self.tasks[parent]
            task.comm, task.handlers = mother.comm, dict(mother.handlers)
            for fd, end in mother.fds.items():
                self.open(task, end, fd)
        return task

    def run(self, text: str, steps: int = 20_000) -> Kernel:
        """Perform a script: its statements one after the other, until one fails."""
        script = parse(text, "test")
        for code in compile_script(script):
            if code is None:
                continue
            self.performer = self.actor
            actor = self.tasks[self.actor]
            actor.program = Program((Frame(code),), self.scope)
            self.finished = None
            if not self.ends_well(steps):
                break
        return self

    def ends_well(self, steps: int) -> bool:
        self.settle(steps)
        return self.finished is not None and not self.finished.failed

    def settle(self, steps: int) -> None:
        for _ in range(steps):
            alive = [task for task in self.tasks.values() if task.status is None]
            changed = [self.turn(task) for task in alive]
            if not any(changed):
                return
        raise AssertionError("it does not come to an end")

    def turn(self, task: Task) -> bool:
        """One step of *task*; whether anything has changed."""
        program = task.program
        if program is None or task.status is not None:
            return False
        if isinstance(program.asked, actions.Delegate) and program.reply is None:
            return False
        if task.pending:
            delivery = task.pending.pop(0)
            if program.asked is not None and program.reply is None:
                program = stepper.resume(program, Failure(Errno.EINTR))
            delivery = msgspec.structs.replace(delivery, mask=task.mask)
            task.mask |= signals.bit(delivery.signo)
            program = stepper.deliver(program, delivery)
        program, asked = stepper.step(program, COMMANDS)
        if self.frozen:
            LIVE.clear()
            program = thaw(freeze(program))
        task.program = program
        if isinstance(asked, actions.Action):
            return self.act(task, program, asked)
        try:
            reply = self.call(task, asked)
        except KernelError as error:
            reply = Failure(error.errno, error.reason)
        if reply is BLOCK:
            return False
        self.log.append((task.pid, asked, reply))
        if task.status is None:
            task.program = stepper.resume(program, reply)
        return True

    def act(self, task: Task, program: Program, asked: actions.Action) -> bool:
        reply: Any = 0
        match asked:
            case actions.Finished():
                if program.ends_task:
                    self.die(task, process.exited(asked.status))
                else:
                    self.done(task, program, asked)
                return True
            case actions.PureBudget():
                return True
            case actions.Report():
                task.fds[2].stream.data += asked.text.encode() if 2 in task.fds else b""
                self.errors += asked.text
            case actions.Expected():
                self.expected.append((asked.ok, asked.detail))
            case actions.SpawnChild():
                child = self.born(task.pid, asked.program)
                child.label = child.comm = asked.request.name
                reply = child.pid
            case actions.Switch() | actions.Delegate():
                found = [t for t in self.tasks.values() if asked.ref in (t.label, f":{t.pid}")]
                if not found:
                    reply = Failure(Errno.ESRCH, "nobody")
                elif isinstance(asked, actions.Switch):
                    self.actor = found[0].pid
                else:
                    lent = msgspec.structs.replace(asked.program, caller=task.pid)
                    found[0].program = lent
                    return True
            case actions.SetPolicy():
                self.settings.append((asked.name, asked.value))
            case actions.ShowPolicies():
                reply = "".join(f"{name} {value}\n" for name, value in self.settings)
            case actions.ShowProfile():
                reply = "none"
            case actions.SetProfile():
                reply = Failure(Errno.EINVAL, f"no profile {asked.name}")
        task.program = stepper.resume(program, reply)
        return True

    def done(self, task: Task, program: Program, end: actions.Finished) -> None:
        task.program = None
        if program.caller:
            caller = self.tasks[program.caller]
            told = actions.Returned(end.status, end.failed, program.scope, end.errno)
            if caller.program is not None:
                caller.program = stepper.resume(caller.program, told)
        elif task.pid == self.performer:
            self.finished = end
            self.scope = program.scope

    def die(self, task: Task, wait_status: int) -> None:
        task.status = wait_status
        task.program = None
        for fd in list(task.fds):
            self.close(task, fd)
        if task.pid == self.performer:
            self.finished = actions.Finished(0, False)

    def open(self, task: Task, end: End, fd: int | None = None) -> int:
        if fd is None:
            fd = next(n for n in range(256) if n not in task.fds)
        elif fd in task.fds:
            self.close(task, fd)
        task.fds[fd] = end
        if end.writes:
            end.stream.writers += 1
        else:
            end.stream.readers += 1
        return fd

    def close(self, task: Task, fd: int) -> None:
        end = task.fds.pop(fd)
        if end.writes:
            end.stream.writers -= 1
        else:
            end.stream.readers -= 1

    def end(self, task: Task, fd: int) -> End:
        if fd not in task.fds:
            raise Errno.EBADF()
        return task.fds[fd]

    def call(self, task: Task, asked: Any) -> Any:
        match asked:
            case process.Getpid():
                return task.pid
            case process.Getppid():
                return task.parent
            case process.Fork():
                assert task.program is not None
                copy = msgspec.structs.replace(task.program, caller=0)
                return self.born(task.pid, stepper.resume(copy, 0)).pid
            case process.Execve():
                task.comm = asked.path
                return 0
            case process.ExitGroup():
                self.die(task, process.exited(asked.status))
                return 0
            case process.Wait4():
                return self.wait(task, asked)
            case files.Open():
                return self.open_file(task, asked)
            case files.MemfdCreate():
                return self.open(task, End(Stream(), writes=True))
            case files.Pipe():
                pipe = Stream(pipe=True)
                read = self.open(task, End(pipe, writes=False))
                return read, self.open(task, End(pipe, writes=True))
            case files.Close():
                self.end(task, asked.fd)
                self.close(task, asked.fd)
                return 0
            case files.Dup():
                end = self.end(task, asked.fd)
                free = next(n for n in range(asked.least, 256) if n not in task.fds)
                return self.open(task, end, free)
            case files.Dup2():
                return self.open(task, self.end(task, asked.old), asked.new)
            case files.Lseek():
                self.end(task, asked.fd).offset = asked.offset
                return asked.offset
            case files.Read():
                return self.read(task, asked)
            case files.Write():
                end = self.end(task, asked.fd)
                if end.stream.pipe and not end.stream.readers:
                    raise Errno.EPIPE()
                end.stream.data += asked.data
                return len(asked.data)
            case signals.Sigaction():
                if asked.signo == 9:
                    raise Errno.EINVAL("SIGKILL cannot be handled")
                task.handlers[asked.signo] = asked.handler or ""
                return "default"
            case signals.Kill():
                return self.kill(task, asked)
            case signals.Sigreturn():
                task.mask = asked.mask
                return 0
            case signals.Pause():
                return BLOCK
        raise Errno.ENOSYS(type(asked).__name__)

    def wait(self, task: Task, asked: process.Wait4) -> Any:
        children = [t for t in self.tasks.values() if t.parent == task.pid]
        if asked.pid > 0:
            children = [t for t in children if t.pid == asked.pid]
        if not children:
            raise Errno.ECHILD()
        for child in children:
            if child.status is not None:
                child.parent = 0
                return process.WaitResult(child.pid, child.status)
        return BLOCK

    def open_file(self, task: Task, asked: files.Open) -> int:
        stream = self.files.get(asked.path)
        if stream is None:
            if not asked.flags & files.OpenFlag.O_CREAT or asked.path.startswith("/nowhere"):
                raise Errno.ENOENT()
            stream = self.files[asked.path] = Stream()
        if asked.flags & files.OpenFlag.O_TRUNC:
            stream.data = b""
        return self.open(task, End(stream, writes=bool(asked.flags & 3)))

    def read(self, task: Task, asked: files.Read) -> Any:
        end = self.end(task, asked.fd)
        stream = end.stream
        if stream.pipe:
            if not stream.data:
                return BLOCK if stream.writers else b""
            data, stream.data = stream.data[: asked.size], stream.data[asked.size :]
            return data
        data = stream.data[end.offset : end.offset + asked.size]
        end.offset += len(data)
        return data

    def kill(self, task: Task, asked: signals.Kill) -> int:
        target = self.tasks.get(asked.pid)
        if target is None or target.status is not None:
            raise Errno.ESRCH(f"nobody is called {asked.pid}")
        handler = target.handlers.get(asked.signo, "default")
        if handler == "default":
            self.die(target, process.killed(asked.signo))
        elif handler != "ignore":
            info = signals.SigDelivery(asked.signo, 0, task.pid, 0, 0, 0, 0, 0, handler, 0)
            target.pending.append(info)
        return 0
