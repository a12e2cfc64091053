"""How large a picture is, and how fast it goes: what can be said before anything is drawn."""

from typing import Final, NamedTuple

MARKS: Final = "start, end, a chapter's number or the beginning of its name, or line:N"
"""What people call a moment of a play."""


class Size(NamedTuple):
    """Of the screen, in cells."""

    columns: int = 120
    rows: int = 40


class Pace(NamedTuple):
    """How fast a film goes."""

    speed: float = 1.0
    idle_limit: float | None = None
    """Seconds that a frame stays at the most."""

    def milliseconds(self, wanted: float) -> int:
        """How long a frame stays that wants so many milliseconds."""
        wanted /= self.speed
        if self.idle_limit is not None:
            wanted = min(wanted, self.idle_limit * 1000)
        return max(1, round(wanted))
