"""true and false: end with a status."""

from collections.abc import Sequence

from nsh.abi.invocation import Invocation
from nsh.userland.options import HELP, Given, Kind, optional
from nsh.userland.registry import Topic, command


def _ignored(argv: Sequence[str]) -> Sequence[str]:
    """Nothing is an option but --help, where it stands alone."""
    return argv if list(argv) == [f"--{HELP.key}"] else ["--", *argv]


@command(
    "true",
    "do nothing, successfully",
    Topic.SCRIPTS,
    operands=(optional("IGNORED", Kind.TEXT, many=True),),
    man="true(1)",
    examples=("true && echo yes",),
    see=("false",),
    prepare=_ignored,
)
def true(call: Invocation, given: Given) -> int:
    """Status 0."""
    return 0


@command(
    "false",
    "do nothing, unsuccessfully",
    Topic.SCRIPTS,
    operands=(optional("IGNORED", Kind.TEXT, many=True),),
    man="false(1)",
    examples=("false || echo no",),
    see=("true",),
    prepare=_ignored,
)
def false(call: Invocation, given: Given) -> int:
    """Status 1."""
    return 1
