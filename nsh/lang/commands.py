"""What the language asks of the commands: a table to find them in, and a way to start them.

The session hands the userland's table to the stepper.  The language knows no command by name but
its own built-ins (:mod:`nsh.lang.builtins`).
"""

from collections.abc import Sequence
from typing import Protocol

from nsh.abi.invocation import Invocation, Started


class CommandSpec(Protocol):
    """One command."""

    @property
    def name(self) -> str:
        """Its first name; what a pipeline's child is called in ``ps``."""
        ...

    @property
    def answers(self) -> bool:
        """Its status is an answer, not a failure: a non-zero one never stops a script.

        So for ``fork``, which answers 0 in the child and 1 in the parent.
        """
        ...

    @property
    def inherits(self) -> bool:
        """Called without an operand, it is given the status of the command before for one."""
        ...

    def run(self, call: Invocation) -> Started:
        """Start it: a fresh generator, which has not yet asked anything; or its last word."""
        ...


class CommandTable(Protocol):
    """All commands."""

    def find(self, name: str) -> CommandSpec | None:
        """The command of that name, or None.  Called at each start of a command: be cheap."""
        ...

    def names(self) -> Sequence[str]:
        """Every name, sorted: for "did you mean" and completion."""
        ...
