"""true and false: end with a status."""

from nsh.abi.invocation import Invocation, Running
from nsh.userland.options import Given, Kind, optional
from nsh.userland.registry import Topic, command


@command(
    "true",
    "do nothing, successfully",
    Topic.SCRIPTS,
    operands=(optional("IGNORED", Kind.TEXT, many=True),),
    man="true(1)",
    examples=("true && echo yes",),
    see=("false",),
)
def true(call: Invocation, given: Given) -> Running:
    """Status 0."""
    yield from ()
    return 0


@command(
    "false",
    "do nothing, unsuccessfully",
    Topic.SCRIPTS,
    operands=(optional("IGNORED", Kind.TEXT, many=True),),
    man="false(1)",
    examples=("false || echo no",),
    see=("true",),
)
def false(call: Invocation, given: Given) -> Running:
    """Status 1."""
    yield from ()
    return 1
