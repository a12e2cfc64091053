"""The commands of `tests.lang.fake`, each of which asks its kernel for a little."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from nsh.abi import files, process, signals
from nsh.abi.errno import Errno, KernelError
from nsh.abi.invocation import Invocation, Running


class Spec:
    def __init__(self, name: str, body: Callable[[Invocation], Running], answers: bool) -> None:
        self.name = name
        self.answers = answers
        self.inherits = False
        self.run = body


class Table:
    def __init__(self) -> None:
        self.specs: dict[str, Spec] = {}

    def command(self, name: str, *, answers: bool = False) -> Callable[[Any], Any]:
        def register(body: Any) -> Any:
            self.specs[name] = Spec(name, body, answers)
            return body

        return register

    def find(self, name: str) -> Spec | None:
        return self.specs.get(name)

    def names(self) -> Sequence[str]:
        return sorted(self.specs)


COMMANDS = Table()


@COMMANDS.command("echo")
def echo(call: Invocation) -> Running:
    yield files.Write(1, (" ".join(call.argv) + "\n").encode())
    return 0


@COMMANDS.command("twice")
def twice(call: Invocation) -> Running:
    for _ in range(2):
        yield files.Write(1, (" ".join(call.argv) + "\n").encode())
    return 0


@COMMANDS.command("cat")
def cat(call: Invocation) -> Running:
    for name in call.argv or ("",):
        fd = (yield files.Open(name)) if name else 0
        while data := (yield files.Read(fd, 4)):
            yield files.Write(1, data)
        if fd:
            yield files.Close(fd)
    return 0


@COMMANDS.command("env")
def env(call: Invocation) -> Running:
    yield files.Write(1, f"{call.argv[0]}={call.variables.get(call.argv[0], '')}\n".encode())
    return 0


@COMMANDS.command("true")
def true(call: Invocation) -> Running:
    yield from ()
    return 0


@COMMANDS.command("status")
def status(call: Invocation) -> Running:
    yield from ()
    return int(call.argv[0])


@COMMANDS.command("fail")
def fail(call: Invocation) -> Running:
    yield from ()
    raise Errno[call.argv[0]](" ".join(call.argv[1:]))


@COMMANDS.command("kill")
def kill(call: Invocation) -> Running:
    yield signals.Kill(int(call.argv[1]), signals.signal_number(call.argv[0]) or 0)
    return 0


@COMMANDS.command("fork", answers=True)
def fork(call: Invocation) -> Running:
    return 0 if (yield process.Fork()) == 0 else 1


@COMMANDS.command("forever")
def forever(call: Invocation) -> Running:
    yield signals.Pause()
    return 0


@COMMANDS.command("exit")
def exit_(call: Invocation) -> Running:
    yield process.ExitGroup(int(call.argv[0]) if call.argv else 0)
    return 0


@COMMANDS.command("wait")
def wait(call: Invocation) -> Running:
    try:
        while True:
            yield process.Wait4()
    except KernelError as error:
        if error.errno is Errno.ECHILD:
            return 0
        raise


@COMMANDS.command("chain")
def chain(call: Invocation) -> Running:
    """Runs a command in a child, as ``setsid`` and ``unshare --fork`` do."""
    pid = yield process.Fork()
    if pid == 0:
        yield process.Execve(call.argv[0], call.argv, ("FROM=chain",))
    result = yield process.Wait4(pid)
    return process.shell_status(result.status)
