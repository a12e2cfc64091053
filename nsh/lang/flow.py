"""What the instructions for words, variables, flow and expectations do."""

import re
from collections.abc import Callable
from itertools import chain
from typing import Any, Final, TypeVar

from nsh.abi.errno import Errno
from nsh.abi.names import Getcwd
from nsh.abi.namespaces import Uname, Utsname
from nsh.abi.process import Getpid, Getppid, Getuid, Ids
from nsh.abi.request import Failure, Request
from nsh.lang import expansion
from nsh.lang import instructions as op
from nsh.lang.actions import Expected
from nsh.lang.frames import Guarded
from nsh.lang.run import PERFORMS, STARTS, TAKES, Asked, Perform, Run
from nsh.lang.source import Span
from nsh.lang.templates import Template
from nsh.lang.values import ExpansionError, Values
from nsh.machine.program import Command, Scope

P = TypeVar("P", bound=Perform)

_SHOWN: Final = 2000
"""Characters of a text that a failed expectation shows."""
_COUNT: Final = r"[0-9]{1,15}"


def performs(kind: type[op.Instruction]) -> Callable[[P], P]:
    """Register the decorated function as what instructions of type *kind* do."""

    def register(function: P) -> P:
        PERFORMS[kind] = function
        return function

    return register


# ---- words and variables


@performs(op.Expand)
def _expand(run: Run, instruction: op.Expand) -> Asked | None:
    try:
        fields = expansion.fields(instruction.words, run.values(instruction.operands))
    except ExpansionError as error:
        return run.complain(str(error), 1, tested=False)
    if expansion.Pattern in map(type, fields):
        pairs = (
            ("", field) if isinstance(field, str) else (field.pattern, field.text)
            for field in fields
        )
        command = Command("", tuple(chain.from_iterable(pairs)))
        return run.go_on(command, STARTS[op.Expand](run, instruction, command))
    run.stack.append(fields)
    return None


@performs(op.Value)
def _value(run: Run, instruction: op.Value) -> Asked | None:
    word = instruction.word
    if type(word) is str:
        run.stack.append(word)
        return None
    return push_made(run, expansion.text, instruction)


def push_made(
    run: Run,
    make: Callable[[Template, Values], object],
    instruction: op.Value | op.Runs | op.Quote,
) -> Asked | None:
    """Push what *make* makes of the instruction's word, or say why it makes nothing."""
    try:
        made = make(instruction.word, run.values(instruction.operands))
    except ExpansionError as error:
        return run.complain(str(error), 1, tested=False)
    run.stack.append(made)
    return None


@performs(op.Load)
def _load(run: Run, instruction: op.Load) -> None:
    run.stack.append(run.values(0).variable(instruction.name))


_REQUESTS: Final[dict[str, Request]] = {
    "$": Getpid(),
    "PPID": Getppid(),
    "PWD": Getcwd(),
    "UID": Getuid(),
    "HOSTNAME": Uname(),
}


@performs(op.Identity)
def _identity(run: Run, instruction: op.Identity) -> Asked | None:
    assigned = run.scope.variables.get(instruction.name) if instruction.name in op.ASKED else None
    if assigned is None:
        return _REQUESTS[instruction.name]
    run.stack.append(assigned)
    return None


def _identified(run: Run, instruction: op.Identity, asked: Asked, reply: Any) -> Asked | None:
    del asked
    match reply:
        case Failure():
            return run.complain(f"{instruction.name}: {reply}", 1, tested=False, failure=reply)
        case Ids():
            run.stack.append(str(reply.uid))
        case Utsname():
            run.stack.append(reply.nodename)
        case _:
            run.stack.append(str(reply))
    return None


for _request in _REQUESTS.values():
    TAKES[type(_request)] = _identified


@performs(op.Length)
def _length(run: Run, instruction: op.Length) -> None:
    del instruction
    run.stack[-1] = str(len(run.stack[-1]))


@performs(op.Assign)
def _assign(run: Run, instruction: op.Assign) -> None:
    run.set_variables(run.scope.variables.set(instruction.name, run.stack.pop()))


@performs(op.Define)
def _define(run: Run, instruction: op.Define) -> None:
    scope, function = run.scope, instruction.function
    functions = scope.functions.set(function.name, function)
    run.scope = Scope(scope.variables, functions, 0, scope.child)


# ---- flow


@performs(op.Push)
def _push(run: Run, instruction: op.Push) -> None:
    run.stack.append(instruction.value)


@performs(op.Join)
def _join(run: Run, instruction: op.Join) -> None:
    del instruction
    behind = run.stack.pop()
    run.stack[-1] += behind


@performs(op.Drop)
def _drop(run: Run, instruction: op.Drop) -> None:
    del run.stack[len(run.stack) - instruction.count :]


@performs(op.Status)
def _status(run: Run, instruction: op.Status) -> None:
    run.set_status(instruction.value)


@performs(op.Jump)
def _jump(run: Run, instruction: op.Jump) -> None:
    run.counter = instruction.target


@performs(op.Branch)
def _branch(run: Run, instruction: op.Branch) -> None:
    if (run.scope.status == 0) is instruction.when:
        run.counter = instruction.target


@performs(op.Negate)
def _negate(run: Run, instruction: op.Negate) -> None:
    del instruction
    run.set_status(int(run.scope.status == 0))


@performs(op.Compare)
def _compare(run: Run, instruction: op.Compare) -> None:
    right = run.stack.pop()
    left = run.stack.pop()
    run.set_status(int(not expansion.compares(left, instruction.operator, right)))


@performs(op.Count)
def _count(run: Run, instruction: op.Count) -> Asked | None:
    del instruction
    text = run.stack.pop()
    if re.fullmatch(_COUNT, text) is None:
        return run.complain(f"repeat: {text[:40]!r} is no number of times", 2, tested=False)
    run.stack.append(int(text))
    return None


@performs(op.Turn)
def _turn(run: Run, instruction: op.Turn) -> None:
    stack = run.stack
    if stack[-1]:
        stack[-1] -= 1
    else:
        stack.pop()
        run.counter = instruction.target


@performs(op.Each)
def _each(run: Run, instruction: op.Each) -> None:
    stack = run.stack
    fields, index = stack[-2], stack[-1]
    if index == len(fields):
        del stack[-2:]
        run.counter = instruction.target
        return
    stack[-1] = index + 1
    run.set_variables(run.scope.variables.set(instruction.name, fields[index]))


@performs(op.Guard)
def _guard(run: Run, instruction: op.Guard) -> None:
    run.stack.append(Guarded(instruction.target))


@performs(op.Unguard)
def _unguard(run: Run, instruction: op.Unguard) -> None:
    del instruction
    while type(run.stack.pop()) is not Guarded:
        pass
    run.stack.append(False)


@performs(op.Rethrow)
def _rethrow(run: Run, instruction: op.Rethrow) -> None:
    held = run.stack.pop()
    if held and not instruction.tested:
        run.fail(held.trail, again=True)


@performs(op.Check)
def _check(run: Run, instruction: op.Check) -> None:
    del instruction
    if run.scope.status:
        run.fail()


@performs(op.Forget)
def _forget(run: Run, instruction: op.Forget) -> None:
    del instruction
    run.errno = 0
    run.set_status(0)


@performs(op.Trace)
def _trace(run: Run, instruction: op.Trace) -> None:
    run.traced += instruction.step


@performs(op.Return)
def _return(run: Run, instruction: op.Return) -> Asked | None:
    if instruction.valued:
        text = run.stack.pop()
        if re.fullmatch(_COUNT, text) is None:
            return run.complain(f"return: {text[:40]!r} is no status", 2, tested=False)
        run.set_status(int(text) & 0xFF)
    if run.role == "trap":
        run.counter = len(run.instructions)
        return None
    return run.leave()


@performs(op.End)
def _end(run: Run, instruction: op.End) -> None:
    del instruction
    run.end()


# ---- expectations


def _verdict(run: Run, span: Span, ok: bool, detail: str) -> Expected:
    run.set_status(int(not ok))
    text = run.code.source[span.start : span.end]
    site = run.code.site(run.counter - 1)
    return Expected(ok, text, "" if ok else detail, span, site)


@performs(op.ExpectStatus)
def _expect_status(run: Run, instruction: op.ExpectStatus) -> Asked:
    status = run.scope.status
    return _verdict(run, instruction.span, status == 0, f"its status is {status}")


@performs(op.ExpectComparison)
def _expect_comparison(run: Run, instruction: op.ExpectComparison) -> Asked:
    right = run.stack.pop()
    left = run.stack.pop()
    ok = expansion.compares(left, instruction.operator, right)
    detail = f"`{left[:_SHOWN]}` {instruction.operator} `{right[:_SHOWN]}` does not hold"
    return _verdict(run, instruction.span, ok, detail)


@performs(op.ExpectOutput)
def _expect_output(run: Run, instruction: op.ExpectOutput) -> Asked:
    wanted = run.stack.pop()
    printed = run.stack.pop()
    if instruction.matches:
        try:
            ok = re.search(wanted, printed, re.MULTILINE) is not None
        except (re.error, OverflowError, RecursionError) as error:
            return _verdict(run, instruction.span, False, f"{wanted!r} is no regex: {error}")
    else:
        ok = wanted in printed if wanted else not printed
    detail = f"it printed:\n{printed[:_SHOWN]}" if printed else "it printed nothing"
    return _verdict(run, instruction.span, ok, detail)


@performs(op.ExpectFailure)
def _expect_failure(run: Run, instruction: op.ExpectFailure) -> Asked:
    run.stack.pop()
    status, wanted = run.scope.status, instruction.errno
    got = Errno(run.errno).name if run.errno else ""
    ok = status != 0 and (not wanted or got == wanted)
    if status == 0:
        detail = "it did not fail"
    elif got:
        detail = f"it failed with {got}"
    else:
        detail = f"it failed with status {status}, but no system call was refused"
    return _verdict(run, instruction.span, ok, detail)
