"""The puppeteer's own transactions: beginning a statement, giving one up, letting time pass."""

from msgspec.structs import replace

from nsh.kernel import perform, waiting
from nsh.kernel.boot import INIT
from nsh.lang import unwinding
from nsh.lang.instructions import AsTask
from nsh.machine.ids import NOBODY, TaskId
from nsh.machine.program import DIRECTOR, Code, Director, Frame, Program, Puppet
from nsh.machine.tasks import State, Task
from nsh.machine.value import Machine, begin
from nsh.machine.waiting import Deadlines, RunQueue, Waiter
from nsh.session import puppets
from nsh.session.history import Step
from nsh.session.naming import asleep, named
from nsh.userland.registry import commands

INTERRUPTED = 130
"""``$?`` after a statement that was given up: 128 + SIGINT, as a shell has it."""


def start(machine: Machine, code: Code) -> Machine:
    """Have the acting task perform *code* as the next statement; init, if that one is dead and
    the statement says who acts from now on."""
    tx = begin(machine)
    director = tx.get(Director, 0)
    tx.put(0, Director(director.actor, director.scope, busy=True))
    program = Program((Frame(code),), director.scope, caller=DIRECTOR)
    dead = not puppets.alive(tx, director.actor)
    puppets.lend(tx, INIT if dead and switches(code) else director.actor, program)
    return tx.commit()


def switches(code: Code) -> bool:
    """Whether *code* is ``as REF`` alone."""
    last = code.instructions[-1] if code.instructions else None
    return isinstance(last, AsTask) and last.code is None


def no_actor(label: str) -> str:
    """What to say where the acting task, called *label*, is dead."""
    return f"{label or 'the acting task'} is dead and performs nothing; `as init` has init act"


def settled(machine: Machine, cost: int) -> Machine:
    """A step that cost so much has gone to the programs behind."""
    tx = begin(machine)
    director = tx.get(Director, 0)
    tx.put(0, replace(director, settled=director.settled + cost))
    return tx.commit()


def stirred(machine: Machine) -> Machine:
    """The programs behind have their share anew, for something came from outside."""
    director = machine.get(Director, 0)
    if not director.settled:
        return machine
    tx = begin(machine)
    tx.put(0, replace(director, settled=0))
    return tx.commit()


def check(step: Step) -> None:
    """AssertionError if an invariant of the machine does not hold after *step*."""
    from nsh.machine.invariants import violations  # noqa: PLC0415  # few runs check

    wrong = violations(step.machine)
    if wrong:
        raise AssertionError(f"after step {step.number}: " + "; ".join(wrong))


def pass_time(machine: Machine) -> Machine | None:
    """Move the clock to when the first sleeper wakes; None if nobody sleeps."""
    tx = begin(machine)
    deadline = waiting.next_deadline(tx)
    if deadline is None:
        return None
    waiting.advance(tx, deadline)
    return tx.commit()


def waits(machine: Machine) -> bool:
    """Whether the statement under way waits for others, and nobody for time to pass."""
    deadlines = machine.find(Deadlines, 0)
    return (deadlines is None or not deadlines.entries) and stalls(machine)


def stalls(machine: Machine) -> bool:
    """Whether the statement under way can do nothing before others have done something."""
    if not machine.get(Director, 0).busy:
        return False
    queue = machine.find(RunQueue, 0)
    return queue is None or not any(performs(machine, task) for task in queue.entries.values())


def why_stuck(machine: Machine) -> str:
    """Who performs the statement, and what for it waits, in words."""
    for key, puppet in reversed(machine.items(Puppet)):
        if puppet.program is None or not _statement(machine, puppet):
            continue
        who = named(machine, TaskId(key))
        task = machine.find(Task, key)
        if task is not None and task.state is State.STOPPED:
            return f"{who} is stopped"
        if task is not None and task.state in (State.TRAPPED, State.FROZEN):
            return f"{who} is frozen"
        waiter = machine.find(Waiter, key)
        if waiter is not None:
            return f"{who} {asleep(waiter.request)}"
    return "the acting task cannot go on"


def exit_code(last_words: str) -> int | None:
    """With what init has ended, as wait(2) has it, by the kernel's *last_words*; None if there are
    none, for it lives."""
    return int(last_words.rpartition("exitcode=")[2], 16) if last_words else None


def why_over(machine: Machine) -> str:
    """Why the statement under way, where nobody can do anything any more, comes to no end."""
    return why_nobody_acts(machine) or (f"{why_stuck(machine)}, and nobody is left to wake it")


def why_nobody_acts(machine: Machine) -> str:
    """That the acting task is dead, in words; "" if it is not."""
    actor = machine.get(Director, 0).actor
    if puppets.alive(machine, actor):
        return ""
    return no_actor(puppets.of(machine, actor).label)


def give_up(machine: Machine, status: int = INTERRUPTED) -> Machine:
    """End the statement that is under way with *status*: whoever performs a part of it stops, and
    has its descriptors as they were before it redirected them."""
    given_up: list[tuple[TaskId, Program]] = []
    for key, puppet in machine.items(Puppet):
        if puppet.program is not None and _statement(machine, puppet):
            given_up.append((TaskId(key), puppet.program))
    tx = begin(machine)
    for task, _program in given_up:
        waiting.done(tx, task)
    machine = tx.commit()
    for task, program in given_up:
        for request in (
            unwinding.put_back(program, commands) if puppets.alive(machine, task) else ()
        ):
            machine = perform(machine, task, request).machine
    tx = begin(machine)
    for task, _program in given_up:
        puppets.finish(tx, task)
    director = tx.get(Director, 0)
    scope = replace(director.scope, status=status)
    tx.put(0, Director(director.actor, scope))
    return tx.commit()


def performs(machine: Machine, task: TaskId) -> bool:
    """Whether *task* performs the statement that is under way, or a part of it."""
    puppet = machine.find(Puppet, task)
    return puppet is not None and _statement(machine, puppet)


def _statement(machine: Machine, puppet: Puppet) -> bool:
    """Whether the puppet's program is the statement, or a part that ``as`` gave it."""
    caller = NOBODY if puppet.program is None else puppet.program.caller
    while caller not in (NOBODY, DIRECTOR):
        above = machine.find(Puppet, caller)
        if above is None or above.program is None:
            return False
        caller = above.program.caller
    return caller == DIRECTOR
