"""Redirections, captured output and children: what takes several system calls.

Routines are generators like commands, and are replayed like them; what they work on stays on the
stack until they are done.
"""

from collections.abc import Generator, Sequence
from contextlib import suppress
from typing import Any, Final, TypeAlias

from nsh.abi.errno import Errno, KernelError
from nsh.abi.files import Close, Dup, Dup2, Lseek, MemfdCreate, Open, OpenFlag, Pipe, Read
from nsh.abi.process import Fork, Setpgid, Wait4, WaitResult, shell_status
from nsh.abi.request import Request
from nsh.lang import instructions as op
from nsh.lang.expansion import MAX_TEXT
from nsh.lang.flow import performs
from nsh.lang.live import AtWork
from nsh.lang.run import ENDS, STARTS, Asked, Refused, Run
from nsh.lang.shell import put
from nsh.lang.values import ExpansionError
from nsh.machine.program import Command

Saved: TypeAlias = tuple[tuple[int, int], ...]
"""Descriptors and the copies they were put aside as; -1: it was closed."""

_FLAGS: Final = {
    ">": OpenFlag.O_WRONLY | OpenFlag.O_CREAT | OpenFlag.O_TRUNC,
    ">>": OpenFlag.O_WRONLY | OpenFlag.O_CREAT | OpenFlag.O_APPEND,
    "<": OpenFlag.O_RDONLY,
}
_TEXTS: Final = {"<<": "", "<<<": "\n"}
"""What gives a command a text to read, and what is added to it."""
_ASIDE: Final = 10
"""Lowest descriptor that a saved one gets, as in every shell."""
_CHUNK: Final = 65536


def _launch(run: Run, instruction: op.Instruction) -> Asked | None:
    command = Command("", ())  # a new one: live generators are found by its identity
    return run.go_on(command, STARTS[type(instruction)](run, instruction, command))


for _kind in (op.Redirect, op.Restore, op.Capture, op.Release, op.Children, op.Job):
    performs(_kind)(_launch)


# ---- redirections


def _start_redirect(run: Run, instruction: op.Redirect, command: Command) -> AtWork:
    del command
    count = _names(instruction)
    names = [str(name) for name in run.stack[len(run.stack) - count :]]
    return redirect(instruction.plans, names, keep=instruction.keep)


def _names(instruction: op.Redirect) -> int:
    return sum(plan.operator != ">&" for plan in instruction.plans)


def redirect(
    plans: Sequence[op.Plan], names: Sequence[str], *, keep: bool
) -> Generator[Request, Any, Saved]:
    """Carry out *plans* from left to right; what has been done is undone if one fails."""
    saved: list[tuple[int, int]] = []
    rest = iter(names)
    for plan in plans:
        name = f"descriptor {plan.source}" if plan.operator == ">&" else next(rest)
        try:
            yield from _one(plan, name, saved, keep)
        except KernelError as error:
            yield from restore(tuple(saved))
            raise Refused(plan.operator if plan.operator in _TEXTS else name, error) from None
    return tuple(saved)


def _one(
    plan: op.Plan, name: str, saved: list[tuple[int, int]], keep: bool
) -> Generator[Request, Any, None]:
    target, source, opened = plan.descriptor, plan.source, False
    if plan.operator in _TEXTS:
        source, opened = (yield from _told(name + _TEXTS[plan.operator])), True
    elif plan.operator != ">&":
        source, opened = (yield Open(name, int(_FLAGS[plan.operator]))), True
    if source == target and opened:  # it was closed, and is the lowest free one
        if not keep:
            saved.append((target, -1))
        return
    if not keep:
        try:
            saved.append((target, (yield Dup(target, _ASIDE, True))))
        except KernelError as error:
            if error.errno is not Errno.EBADF:
                if opened:
                    yield Close(source)
                raise
            saved.append((target, -1))
    if source >= 0:
        yield Dup2(source, target)
    elif keep or saved[-1][1] >= 0:
        yield Close(target)
    if opened:
        yield Close(source)


def _told(text: str) -> Generator[Request, Any, int]:
    """A descriptor from which *text* is read: of a memory file."""
    memory: int = yield MemfdCreate("here")
    try:
        yield from put(memory, text.encode("utf-8", "surrogateescape"))
        yield Lseek(memory, 0)
    except KernelError:
        yield Close(memory)
        raise
    return memory


def restore(saved: Saved) -> Generator[Request, Any, None]:
    """Put the descriptors back, the last first."""
    for descriptor, copy in reversed(saved):
        if copy >= 0:
            yield Dup2(copy, descriptor)
            yield Close(copy)
        else:
            try:
                yield Close(descriptor)
            except KernelError as error:  # what was there has closed it
                if error.errno is not Errno.EBADF:
                    raise


def _end_redirect(run: Run, instruction: op.Redirect, command: Command, saved: Saved) -> None:
    del command
    del run.stack[len(run.stack) - _names(instruction) :]
    if not instruction.keep:
        run.stack.append(saved)


def _start_restore(run: Run, instruction: op.Restore, command: Command) -> AtWork:
    del instruction, command
    return restore(run.stack[-2])


def _end_restore(run: Run, instruction: op.Restore, command: Command, done: None) -> None:
    del instruction, command, done
    del run.stack[-2]


STARTS[op.Redirect], ENDS[op.Redirect] = _start_redirect, _end_redirect
STARTS[op.Restore], ENDS[op.Restore] = _start_restore, _end_restore


# ---- captured output


def capture() -> Generator[Request, Any, tuple[int, int]]:
    """Let descriptor 1 be a memory file; its descriptor, and where the old one was put aside."""
    memory: int = yield MemfdCreate("capture")
    high: int = yield Dup(memory, _ASIDE, True)
    yield Close(memory)
    try:
        copy: int = yield Dup(1, _ASIDE, True)
    except KernelError as error:
        if error.errno is not Errno.EBADF:
            raise
        copy = -1
    yield Dup2(high, 1)
    return high, copy


def release(memory: int, copy: int) -> Generator[Request, Any, str]:
    """Put descriptor 1 back and return what was written, less the newlines at its end."""
    yield from restore(((1, copy),))
    yield Lseek(memory, 0)
    chunks: list[bytes] = []
    size = 0
    while size <= MAX_TEXT:
        chunk: bytes = yield Read(memory, _CHUNK)
        if not chunk:
            break
        chunks.append(chunk)
        size += len(chunk)
    yield Close(memory)
    if size > MAX_TEXT:
        raise ExpansionError(f"the output of $( ) is longer than {MAX_TEXT} bytes")
    return b"".join(chunks).replace(b"\0", b"").decode("utf-8", "replace").rstrip("\n")


def _start_capture(run: Run, instruction: op.Capture, command: Command) -> AtWork:
    del run, instruction, command
    return capture()


def _end_capture(
    run: Run, instruction: op.Capture, command: Command, record: tuple[int, int]
) -> None:
    del instruction, command
    run.stack.append(record)


def _start_release(run: Run, instruction: op.Release, command: Command) -> AtWork:
    del instruction, command
    return release(*run.stack[-2])


def _end_release(run: Run, instruction: op.Release, command: Command, text: str) -> None:
    del instruction, command
    run.stack[-2:] = [text]


STARTS[op.Capture], ENDS[op.Capture] = _start_capture, _end_capture
STARTS[op.Release], ENDS[op.Release] = _start_release, _end_release


# ---- children


class _Child(int):
    """The number of the child that a fork has made of us."""


def children(count: int, *, piped: bool) -> Generator[Request, Any, int]:
    """Fork *count* children and wait for all.

    Returns a :class:`_Child` in each child, and the status in the parent: the last part's of a
    pipeline, else the first that is not 0.  If no more can be made, those there are end first.
    """
    pids: list[int] = []
    behind = -1
    failure: Refused | None = None
    for number in range(count):
        read = write = -1
        call = "pipe"
        try:
            if piped and number < count - 1:
                read, write = yield Pipe()
            call = "fork"
            pid: int = yield Fork()
        except KernelError as error:
            failure = Refused(call, error)
            yield from _close(read, write)
            break
        if pid == 0:
            yield from _close(read)  # first: where 0 or 1 was closed, it may be that number
            yield from _move(behind, 0)
            yield from _move(write, 1)
            return _Child(number)
        pids.append(pid)
        yield from _close(behind, write)
        behind = read
    yield from _close(behind if failure is not None else -1)
    outcome = 0
    for pid in pids:
        status = yield from _wait(pid)
        outcome = status if piped else outcome or status
    if failure is not None:
        raise failure
    return outcome


def _wait(pid: int) -> Generator[Request, Any, int]:
    while True:
        try:
            result: WaitResult = yield Wait4(pid)
        except KernelError as error:
            if error.errno is Errno.EINTR:
                continue
            if error.errno is Errno.ECHILD:  # SIGCHLD is ignored: the kernel has reaped it
                return 0
            raise
        return shell_status(result.status)


def _move(source: int, target: int) -> Generator[Request, Any, None]:
    if source >= 0 and source != target:
        yield Dup2(source, target)
        yield Close(source)


def _close(*descriptors: int) -> Generator[Request, Any, None]:
    for descriptor in descriptors:
        if descriptor >= 0:
            yield Close(descriptor)


def job() -> Generator[Request, Any, int]:
    """Fork a child that leads a process group: a :class:`_Child` there, its pid in the parent.

    Both see to that, as in shells with job control: who comes first nobody knows.
    """
    try:
        pid: int = yield Fork()
    except KernelError as error:
        raise Refused("fork", error) from None
    with suppress(KernelError):  # it has executed something, or ended; or may not
        yield Setpgid(pid, pid)
    return pid or _Child(0)


def _start_job(run: Run, instruction: op.Job, command: Command) -> AtWork:
    del run, instruction, command
    return job()


def _end_job(run: Run, instruction: op.Job, command: Command, result: int) -> None:
    del command
    if isinstance(result, _Child):
        run.forked()
        run.counter = instruction.target
    else:
        run.set_child(result)


STARTS[op.Job], ENDS[op.Job] = _start_job, _end_job


def _start_children(run: Run, instruction: op.Children, command: Command) -> AtWork:
    del run, command
    return children(len(instruction.targets), piped=instruction.piped)


def _end_children(run: Run, instruction: op.Children, command: Command, result: int) -> None:
    del command
    if isinstance(result, _Child):
        run.forked()
        run.counter = instruction.targets[int(result)]
    else:
        run.set_status(result)


STARTS[op.Children], ENDS[op.Children] = _start_children, _end_children
