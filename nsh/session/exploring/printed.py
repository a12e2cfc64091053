"""What a program has printed, as a value: another piece costs no more than itself."""

from hashlib import blake2b
from typing import Any, Final

import msgspec


class Printed(msgspec.Struct, frozen=True, eq=False, gc=False):
    """What was printed up to a moment."""

    before: "Printed | None" = None
    piece: str = ""
    state: Any = blake2b(digest_size=8)
    """Of the hash of all of it, which is never written to."""

    def and_then(self, piece: str) -> "Printed":
        """This, and *piece* behind it."""
        state = self.state.copy()
        state.update(piece.encode("utf-8", "surrogatepass"))
        return Printed(self, piece, state)

    @property
    def name(self) -> bytes:
        """Equal where the text is, in whatever pieces it was printed."""
        digest: bytes = self.state.digest()
        return digest

    @property
    def text(self) -> str:
        """All of it."""
        pieces: list[str] = []
        one: Printed | None = self
        while one is not None:
            pieces.append(one.piece)
            one = one.before
        return "".join(reversed(pieces))


NOTHING: Final = Printed()
