"""What each task is doing: its program, with counter, variables and stack, and the system call that
it waits in (C4: "registers").

To the kernel that is memory: it is saved as it stands, and nobody here knows what it means.  A call
that waits is made anew after a restart, with what is left of its time; one that waits until a point
of time (TIMER_ABSTIME) waits until its clock shows that, as Linux restarts it: what the clock shows
is the same as before in a time namespace of the container's own only.
"""

import zlib
from collections.abc import Iterator
from typing import Any

import msgspec
from msgspec.structs import replace

from nsh.abi.checkpoint import Checkpoint
from nsh.abi.clocks import ClockNanosleep
from nsh.abi.errno import Errno
from nsh.abi.mqueue import MqTimedreceive, MqTimedsend
from nsh.abi.request import Request
from nsh.kernel import clock, waiting
from nsh.kernel.checkpoint import codes, parts
from nsh.kernel.checkpoint.image import Object
from nsh.kernel.checkpoint.state import Dump, Restart
from nsh.machine import checking, store
from nsh.machine.ids import NOBODY, TaskId
from nsh.machine.program import Labels, Program, Puppet
from nsh.machine.timens import OF_CPU
from nsh.machine.value import Transaction
from nsh.machine.waiting import Channel, RunQueue, Waiter


class Memory(Object, frozen=True, tag="program"):
    """Of one task."""

    pid: int
    label: str = ""
    program: Any = None
    """As nsh.machine.store writes it; None: it waits to be told what to do."""
    call: Any = None
    """The system call that it waits in."""
    sum: int = 0
    """CRC-32 of both: nobody but the language could say whether they have any meaning."""
    remaining: int | None = None
    """Virtual nanoseconds till that gives up; below 0: it is late."""
    interrupted: int = 0
    """A signal to be handled has come meanwhile: which, or -1."""
    vain: bool = False


@parts.saves(Memory, 90, Puppet, Waiter)
def _save(dump: Dump) -> Iterator[Memory]:
    """EBUSY: it performs something for a task outside, or has one perform something (``as``)."""
    for task in _by_arrival(dump):
        puppet = dump.tx.find(Puppet, task)
        waiter = dump.tx.find(Waiter, task)
        if puppet is None:
            continue
        with dump.going_on():
            yield _told(dump, task, puppet, None if task == dump.caller else waiter)


def _by_arrival(dump: Dump) -> list[TaskId]:
    """Its tasks: first those who wait, for they ask anew, by when they began to; then the others,
    by whose turn it is to run."""
    tx = dump.tx
    waits = [task for _key, row in tx.items(Channel) for task in row.tasks]
    turns = sorted((tx.find(RunQueue, 0) or RunQueue()).entries.items())
    order = dict.fromkeys([*waits, *(task for _turn, task in turns), *dump.tasks])
    return [task for task in order if task in dump]


def _told(dump: Dump, task: TaskId, puppet: Puppet, waiter: Waiter | None) -> Memory:
    program = puppet.program
    own = task == dump.caller
    if puppet.queue or (program is not None and program.caller != NOBODY and not own):
        dump.refuse(f"{dump.name(task)} performs something for another task (as)")
    if program is not None:
        if getattr(program.asked, "performer", NOBODY) != NOBODY:
            dump.refuse(f"{dump.name(task)} has another task perform something (as)")
        reply = b"" if own and isinstance(program.asked, Checkpoint) else program.reply
        program = replace(program, caller=NOBODY, reply=reply)
    memory = Memory(dump.number(task), puppet.label)
    if program is not None:
        memory = replace(memory, program=store.encoded(codes.told(program)))
    if waiter is None:
        return replace(memory, sum=_sum(memory))
    deadline = waiter.deadline
    memory = replace(memory, call=store.encoded(waiter.request))
    return replace(
        memory,
        sum=_sum(memory),
        remaining=None if deadline is None else deadline - dump.tx.clock,
        interrupted=(waiter.by or -1) if waiter.interrupted else 0,
        vain=waiter.vain,
    )


@parts.makes(Memory, "pid")
def _make(restart: Restart, saved: Memory) -> None:
    """EINVAL: it is no program, or no call."""
    tx = restart.tx
    task = restart.task(saved.pid)
    if saved.sum != _sum(saved):
        raise Errno.EINVAL("sum: the program is not as it was saved")
    program = _program(saved)
    call = _decoded("call", saved.call, Request)
    if program is not None and call is not None and program.asked != call:
        raise Errno.EINVAL("call: its program has asked something else")
    labels = tx.find(Labels, 0) or Labels()
    label = saved.label if saved.label not in labels.by_name else ""
    if label:
        tx.put(0, Labels(labels.by_name.set(label, task)))
    tx.put(task, Puppet(label, program))
    if call is not None:
        late = _until(tx, task, call)
        if late is None and saved.remaining is not None:
            late = tx.clock + saved.remaining
        interrupted = bool(saved.interrupted)
        by = max(saved.interrupted, 0)
        tx.put(task, Waiter(call, (), late, interrupted, by, saved.vain, anew=True))
        if late is not None:
            waiting.wind(tx, task, late)
    if (program is not None or call is not None) and saved.pid not in restart.asleep:
        waiting.enqueue(tx, task)


def _until(tx: Transaction, task: TaskId, call: Request) -> int | None:
    """The point of time, by the machine's clock, until which a call waits that names one."""
    match call:
        case ClockNanosleep(absolute=True) if call.clock not in OF_CPU:
            return clock.at(tx, task, call.clock, call.time, absolute=True)
        case MqTimedreceive(deadline=int(deadline)) | MqTimedsend(deadline=int(deadline)):
            return deadline - clock.EPOCH
    return None


def _sum(memory: Memory) -> int:
    return zlib.crc32(msgspec.json.encode((memory.program, memory.call), order="sorted"))


def _program(saved: Memory) -> Program | None:
    found: Program | None = _decoded("program", saved.program, Program)
    try:
        return None if found is None else codes.made(found)
    except ValueError as problem:
        raise Errno.EINVAL(f"program: {problem}") from None


def _decoded(field: str, value: Any, kind: type[Any]) -> Any:
    if value is None:
        return None
    try:
        found = store.decoded(value)
    except (checking.Wrong, RecursionError) as problem:
        raise Errno.EINVAL(f"{field}: {problem}") from None
    if not isinstance(found, kind):
        raise Errno.EINVAL(f"{field}: {type(found).__name__} is none")
    return found
