"""The stepper: (program, reply) -> (program, what it asks next).

A pure function over :mod:`nsh.machine.program`.  Whoever runs programs does this, over and over::

    program, asked = step(program, commands)      # a Request, or an Action
    program = resume(program, reply)

Any program in between is a value: it may be stored, given to a forked child with another reply, or
resumed a second time.
"""

from typing import Final

from msgspec.structs import replace

from nsh.abi.process import Wait4
from nsh.abi.signals import SigDelivery, signal_name
from nsh.lang import calls, flow, shell
from nsh.lang.actions import Delegate, Finished, PureBudget, Returned
from nsh.lang.commands import CommandTable
from nsh.lang.compiler import code_at
from nsh.lang.frames import Suspended
from nsh.lang.run import PERFORMS, Asked, Run
from nsh.machine.ids import TaskId
from nsh.machine.program import Frame, Program, Scope

BUDGET: Final = 1_000
"""Instructions that a program may perform without asking anything."""

_INSTRUCTIONS: Final = range(BUDGET)
"""To make one takes as long as an instruction or two."""
_HANDLERS = (calls, flow)
"""Importing them is what fills the tables, but for what is loaded late."""


def step(program: Program, commands: CommandTable) -> tuple[Program, Asked]:
    """Let *program* go on until it asks something: a Request or an Action.

    A program that has asked and was not answered asks the same again.  After :class:`Finished`
    there is nothing more to step; :class:`PureBudget` needs no answer.
    """
    run = Run(program, commands)
    asked = advance(run)
    unanswered = type(asked) is Finished or type(asked) is PureBudget
    return run.save(None if unanswered else asked), asked


def advance(run: Run) -> Asked:
    """As :func:`step`, for a program in pieces; whoever goes on with it notes what was asked, and
    the reply, in ``run``, or has it put together by ``run.save``."""
    pending = run.asked
    if pending is not None:
        if run.reply is None:
            return pending  # type: ignore[no-any-return]  # machine/ knows no abi
        asked = run.take_in(pending, run.reply)
        if asked is not None:
            return asked
    if run.folded:
        run.enter_lower()
    for _ in _INSTRUCTIONS:
        try:
            instruction = run.instructions[run.counter]
        except IndexError:
            if run.over:
                return Finished(run.scope.status, run.failed, run.errno, run.trail)
            asked = run.leave()
        else:
            run.counter += 1
            asked = PERFORMS[type(instruction)](run, instruction)
        if asked is not None:
            return asked
    return PureBudget(BUDGET)


def resume(program: Program, reply: object) -> Program:
    """*program* with the answer to what it asked; the next step takes it in."""
    return Program(
        program.frames,
        program.scope,
        program.command,
        program.asked,
        0 if reply is None else reply,
        program.caller,
        program.ends_task,
        program.traced,
        program.errno,
        program.failed,
        program.trail,
    )


def returned(program: Program, told: Returned, performer: TaskId) -> Program:
    """*program*, which had *performer* perform something, with what it is told of that.

    It may be running handlers meanwhile, which may have asked the same: then the outermost of them
    that has no answer is told, for *performer* does one after the other.
    """
    for index, frame in enumerate(program.frames):
        suspended = frame.stack[0] if frame.role == "trap" else None
        if type(suspended) is not Suspended or suspended.reply is not None:
            continue
        if type(suspended.asked) is Delegate and suspended.asked.performer == performer:
            stack = (replace(suspended, reply=told), *frame.stack[1:])
            above = program.frames[index + 1 :]
            frames = (*program.frames[:index], replace(frame, stack=stack), *above)
            return replace(program, frames=frames)
    if type(program.asked) is Delegate and program.reply is None:
        return resume(program, told)
    return program


def deliver(program: Program, delivery: SigDelivery) -> Program:
    """*program* with the signal's trap block on top; what it was doing goes on afterwards.

    The handler's name is the block's source text.  Inside, ``$SIGNAL`` is the signal's name, and
    ``$SI_PID``, ``$SI_UID``, ``$SI_CODE``, ``$SI_STATUS``, ``$SI_VALUE``, ``$SI_FD`` and
    ``$SI_BAND`` are its siginfo.
    """
    told = {
        "SIGNAL": signal_name(delivery.signo),
        "SI_PID": str(delivery.pid),
        "SI_UID": str(delivery.uid),
        "SI_CODE": str(delivery.code),
        "SI_STATUS": str(delivery.status),
        "SI_VALUE": str(delivery.value),
        "SI_FD": str(delivery.fd),
        "SI_BAND": str(delivery.band),
    }
    scope = program.scope
    saved = tuple((name, scope.variables.get(name)) for name in told)
    handler, ends = delivery.handler, False
    if handler == shell.INTERRUPT:
        mine = any(frame.role == "line" for frame in program.frames)
        ends = mine and type(program.asked) is not Wait4  # a child has been sent it, too
        if mine or (program.command is not None and program.command.name == shell.NAME):
            handler = "true"
    suspended = Suspended(
        program.command, program.asked, program.reply, scope.status, delivery.mask, ends
    )
    code = code_at(handler, 0, len(handler), "trap")
    frame = Frame(code, 0, (suspended,), saved, "trap")
    return Program(
        (*program.frames, frame),
        Scope(scope.variables.update(told), scope.functions, scope.status, scope.child),
        None,
        None,
        None,
        program.caller,
        program.ends_task,
        program.traced,
        program.errno,
        program.failed,
        program.trail,
    )
