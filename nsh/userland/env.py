"""The environment: env, printenv.  Every variable of the language is part of it."""

from collections.abc import Mapping

from nsh.abi import Errno, KernelError
from nsh.abi.invocation import Invocation, Running
from nsh.abi.process import Execve
from nsh.userland.children import NOT_EXECUTABLE, NOT_FOUND, apart
from nsh.userland.options import Given, Kind, UsageError, option, optional
from nsh.userland.registry import Topic, command
from nsh.userland.streams import complain, write

TROUBLE = 125


@command(
    "env",
    "print the variables, or let a child perform COMMAND with others",
    Topic.SYSTEM,
    options=(
        option("-i, --ignore-environment", "begin without any"),
        option("-u, --unset=NAME", "without variable NAME", Kind.VARIABLE),
        option("-0, --null", "end each line with NUL, not newline"),
    ),
    operands=(
        optional("NAME=VALUE", Kind.ASSIGNMENTS, many=True),
        optional("COMMAND", Kind.COMMAND, many=True),
    ),
    man="env(1)",
    gap="nsh has no export: every variable is part of the environment",
    examples=("greeting=hi; env", "env -i greeting=hi printenv greeting"),
    see=("printenv",),
    stops=True,
    trouble=TROUBLE,
)
def env(call: Invocation, given: Given) -> Running:
    """Status of COMMAND, 127 if there is none such."""
    variables = {} if given.has("ignore-environment") else dict(call.variables.items())
    for name in given.all("unset"):
        variables.pop(name, None)
    words = given.operands
    if words[:1] == ("-",):
        variables, words = {}, words[1:]
    while words and "=" in words[0]:
        name, _, value = words[0].partition("=")
        variables[name] = value
        words = words[1:]
    if not words:
        yield from write(1, _listed(variables, "\0" if given.has("null") else "\n"))
        return 0
    if given.has("null"):
        raise UsageError("cannot specify --null (-0) with command")
    environ = tuple(f"{name}={value}" for name, value in sorted(variables.items()))

    def work() -> Running:
        try:
            yield Execve(words[0], tuple(words), environ)
        except KernelError as error:
            yield from complain(call, f"'{words[0]}'", error)
            return NOT_FOUND if error.errno is Errno.ENOENT else NOT_EXECUTABLE
        return 0  # not reached: an execve that does not fail does not return

    return (yield from apart(call, work))


@command(
    "printenv",
    "print the values of variables, or all of them with their names",
    Topic.SYSTEM,
    options=(option("-0, --null", "end each line with NUL, not newline"),),
    operands=(optional("NAME", Kind.VARIABLE, many=True),),
    man="printenv(1)",
    examples=("greeting=hi; printenv greeting",),
    see=("env",),
    answers=True,
    trouble=2,
)
def printenv(call: Invocation, given: Given) -> Running:
    """Status 1 if one of them is not set."""
    end = "\0" if given.options else "\n"
    if not given.operands:
        yield from write(1, _listed(call.variables, end))
        return 0
    values = [call.variables.get(name) for name in given.operands]
    yield from write(1, "".join(value + end for value in values if value is not None))
    return 1 if None in values else 0


def _listed(variables: Mapping[str, str], end: str) -> str:
    return "".join(f"{name}={value}{end}" for name, value in sorted(variables.items()))
