"""Where the values in a word come from while it is put together."""

from collections.abc import Iterator

from immutables import Map

from nsh.lang.templates import Mixed


class ExpansionError(Exception):
    """A word has no value; the text says why, for people."""


class Values:
    """Where the values in a word come from: the scope, and what was computed before."""

    __slots__ = ("_operands", "_variables", "child", "status")

    def __init__(
        self, variables: Map[str, str], status: int, child: int, operands: Iterator[object]
    ) -> None:
        self._variables = variables
        self._operands = operands
        self.status = status
        self.child = child

    def variable(self, name: str) -> str:
        """A variable's value, "" if it has none."""
        if name == "?":
            return str(self.status)
        if name == "!":
            return str(self.child) if self.child else ""
        if name[:1] == "#":
            return str(len(self._variables.get(name[1:], "")))
        return self._variables.get(name, "")

    def operand(self) -> str:
        """The next of the values that were computed before."""
        return _flat(self.runs())

    def runs(self) -> str | Mixed:
        """The same, in parts if it has parts."""
        value = next(self._operands)
        return value if type(value) is Mixed else str(value)


def _flat(value: str | Mixed) -> str:
    return "".join(text for text, _ in value.runs) if isinstance(value, Mixed) else value
