"""What people call a moment of a play: where ``--step`` and ``--at`` lead."""

from collections.abc import Sequence

from nsh.export.film import heading
from nsh.session.history import Step
from nsh.tui.story import Story


class NoSuchMoment(ValueError):
    """Nothing is called so; the message says what is."""


def step(history: Sequence[Step], number: int) -> int:
    """The position of step *number*.  :class:`NoSuchMoment`."""
    if number >= len(history):
        raise NoSuchMoment(f"there is no step {number}; the last is {len(history) - 1}")
    return number


def mark(history: Sequence[Step], story: Story, name: str) -> int:
    """The position that *name* means, as :data:`nsh.export.measure.MARKS` has it: of a chapter the
    end of what its statements did, for that is what it shows; of a line the end of its statement.
    :class:`NoSuchMoment`."""
    last = len(history) - 1
    if name in ("start", "end"):
        return 0 if name == "start" else last
    if name.startswith("line:"):
        return _line(history, name.removeprefix("line:"))
    names = [heading(history[position].narration) for position in story.chapters]
    found = [n for n, one in enumerate(names) if one.casefold().startswith(name.casefold())]
    if name.isascii() and name.isdigit() and 0 < int(name) <= len(names):
        found = [int(name) - 1]
    if len(found) != 1:
        known = "; ".join(f"{n} {one}" for n, one in enumerate(names, 1)) or "none"
        what = "two chapters begin" if found else "no chapter begins"
        raise NoSuchMoment(f"{what} with {name!r}; the chapters are: {known}")
    after = found[0] + 1
    return story.chapters[after] - 1 if after < len(names) else last


def _line(history: Sequence[Step], number: str) -> int:
    lines = {one.place.line for one in history if one.place.text}
    if not (number.isascii() and number.isdigit()) or int(number) not in lines:
        known = ", ".join(map(str, sorted(lines))) or "none"
        raise NoSuchMoment(f"no statement begins on line {number}; some do on {known}")
    wanted = int(number)
    places = (at for at, one in enumerate(history) if one.place.text and one.place.line == wanted)
    return max(places)
