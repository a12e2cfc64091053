"""What the instructions of ``${name:-word}`` and its kin do."""

from collections.abc import Callable

from nsh.lang import expansion, templates
from nsh.lang import instructions as op
from nsh.lang.flow import performs
from nsh.lang.patterns import trimmed
from nsh.lang.run import Asked, Run
from nsh.lang.values import ExpansionError, Values


@performs(op.Default)
def _default(run: Run, instruction: op.Default) -> None:
    value = run.scope.variables.get(instruction.name)
    if value == "" and instruction.operator[0] == ":":
        value = None
    if instruction.operator[-1] == "+":
        if value is None:
            run.stack.append("")
            run.counter = instruction.target
    elif value is not None:
        run.stack.append(value)
        run.counter = instruction.target


@performs(op.Missing)
def _missing(run: Run, instruction: op.Missing) -> Asked:
    null = "null or " if instruction.operator[0] == ":" else ""
    text = run.stack.pop() or f"parameter {null}not set"
    return run.complain(f"{instruction.name}: {text}", 1, tested=False)


@performs(op.Runs)
def _runs(run: Run, instruction: op.Runs) -> Asked | None:
    return _pushed(
        run, lambda values: templates.Mixed(expansion.runs(instruction.word, values)), instruction
    )


@performs(op.Quote)
def _quote(run: Run, instruction: op.Quote) -> Asked | None:
    return _pushed(run, lambda values: expansion.pattern(instruction.word, values), instruction)


def _pushed(
    run: Run, make: Callable[[Values], object], instruction: op.Runs | op.Quote
) -> Asked | None:
    try:
        run.stack.append(make(run.values(instruction.operands)))
    except ExpansionError as error:
        return run.complain(str(error), 1, tested=False)
    return None


@performs(op.Trim)
def _trim(run: Run, instruction: op.Trim) -> None:
    pattern = run.stack.pop()
    run.stack[-1] = trimmed(run.stack[-1], instruction.operator, pattern)
