"""What the instructions of ``${name:-word}`` and its kin do."""

from nsh.lang import expansion
from nsh.lang import instructions as op
from nsh.lang.flow import performs, push_made
from nsh.lang.patterns import trimmed
from nsh.lang.run import Asked, Run


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
    return push_made(run, expansion.mixed, instruction)


@performs(op.Quote)
def _quote(run: Run, instruction: op.Quote) -> Asked | None:
    return push_made(run, expansion.pattern, instruction)


@performs(op.Trim)
def _trim(run: Run, instruction: op.Trim) -> None:
    pattern = run.stack.pop()
    run.stack[-1] = trimmed(run.stack[-1], instruction.operator, pattern)
