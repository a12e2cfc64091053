"""Putting instructions together: labels, and the constructs that an exit has to clean up."""

from typing import Any, Final

from msgspec.structs import replace

from nsh.lang import instructions as op
from nsh.machine.program import Code

Label = int
"""Stands for an instruction's index until all of them are known."""

_TARGETS: Final = ("target", "after")


class Loop:
    """A loop around the place being compiled."""

    __slots__ = ("after", "depth", "turn")

    def __init__(self, turn: Label, after: Label, depth: int) -> None:
        self.turn = turn
        """Where ``continue`` goes."""
        self.after = after
        """Where ``break`` goes."""
        self.depth = depth
        """How many cleanups were open outside of it."""


class Assembler:
    """The instructions of one block in the making."""

    def __init__(self) -> None:
        self._instructions: list[op.Instruction] = []
        self._places: list[int] = []
        self._spans: list[tuple[int, int]] = []
        self.span = (0, 0)
        """Where the statement stands that is being compiled."""
        self.cleanups: list[tuple[op.Instruction, ...]] = []
        """What to do on the way out of each construct that is open here, outermost first."""
        self.loops: list[Loop] = []

    def emit(self, *instructions: op.Instruction) -> None:
        """Append."""
        self._instructions += instructions
        self._spans += [self.span] * len(instructions)

    def label(self) -> Label:
        """A new label, to be placed later."""
        self._places.append(-1)
        return len(self._places) - 1

    def place(self, label: Label) -> None:
        """The label is the next instruction's."""
        self._places[label] = len(self._instructions)

    def here(self) -> Label:
        """A label for the next instruction."""
        label = self.label()
        self.place(label)
        return label

    def guard(self, *cleanup: op.Instruction) -> Label:
        """Open a guarded stretch that ends in *cleanup*."""
        label = self.label()
        self.emit(op.Guard(label))
        self.cleanups.append((op.Unguard(), *cleanup))
        return label

    def unguard(self, label: Label) -> None:
        """Close it, cleanup included: a failure and the ordinary end meet here."""
        unguard, *cleanup = self.cleanups.pop()
        self.emit(unguard)
        self.place(label)
        self.emit(*cleanup)

    def leave(self, depth: int) -> None:
        """Clean up all that was opened since *depth*, for a jump out of it."""
        for cleanup in reversed(self.cleanups[depth:]):
            self.emit(*cleanup)
            if type(cleanup[0]) is op.Unguard and type(cleanup[-1]) is not op.Rethrow:
                self.emit(op.Drop(1))  # the flag, or what a capture holds

    def finish(self, source: str, start: int, end: int, name: str) -> Code:
        """The block, its labels resolved."""
        resolved = tuple(self._resolve(instruction) for instruction in self._instructions)
        return Code(source, start, end, resolved, name, tuple(self._spans))

    def _resolve(self, instruction: op.Instruction) -> op.Instruction:
        changes: dict[str, Any] = {
            field: self._places[getattr(instruction, field)]
            for field in _TARGETS
            if field in instruction.__struct_fields__
        }
        if type(instruction) is op.Children:
            changes["targets"] = tuple(self._places[label] for label in instruction.targets)
        return replace(instruction, **changes) if changes else instruction
