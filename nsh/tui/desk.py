"""The presenter's desk: a file through which the play tells a second terminal what it shows.

It is in a folder that is the user's alone, and written whole or not at all, so that whoever reads
it reads no half of it.
"""

import os
import stat
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from nsh.session.history import Step

if TYPE_CHECKING:
    from nsh.tui.player import Player


class Desk:
    """Where the play lays what the presenter reads."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._told: Sheet | None = None

    def tell(self, title: str, player: "Player", *, playing: bool) -> None:
        """Lay the present moment there.  What cannot be written is not: the play goes on."""
        sheet = _sheet(title, player, playing=playing)
        if sheet == self._told:
            return
        self._told = sheet
        with suppress(OSError):
            handle, name = tempfile.mkstemp(dir=self.path.parent, prefix=".notes-")
            with open(handle, "wb") as file:
                file.write(msgspec.json.encode(sheet))
            os.replace(name, self.path)

    def clear(self) -> None:
        """Nothing is played any more."""
        with suppress(OSError):
            self.path.unlink()


class Sheet(msgspec.Struct, frozen=True):
    """What the presenter reads."""

    title: str
    chapter: int
    chapters: int
    narration: str
    notes: str
    next: str
    """The statement that comes next."""
    upcoming: str
    """The narration of the next chapter."""
    position: int
    last: int
    playing: bool
    waits: bool
    """The script has a pause here."""


def _sheet(title: str, player: "Player", *, playing: bool) -> Sheet:
    story, position, history = player.story, player.position, player.history
    chapter = story.chapter(position)
    begin = story.chapters[chapter - 1] if chapter else 0
    first = 0 if chapter else next(iter(story.chapters), 0)  # its text is told from the boot on
    later = story.chapters[chapter:] if chapter else story.chapters[1:]
    return Sheet(
        title,
        chapter,
        len(story.chapters),
        story.narration(position),
        "\n".join(_notes(history[begin : max(position, first) + 1])),
        player.next_line(),
        history[later[0]].narration if later else "",
        position,
        len(history) - 1,
        playing,
        player.pauses and not playing,
    )


def _notes(steps: Sequence[Step]) -> list[str]:
    found = {step.cursor: step.place.notes for step in steps if step.place.notes}
    return list(found.values())


def read(path: Path) -> Sheet | None:
    """What lies there; None if there is nothing, or nothing of ours."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=Sheet)
    except (OSError, msgspec.DecodeError):
        return None


def place(environ: Mapping[str, str]) -> Path:
    """Where the desk is unless somebody says otherwise: in the user's own runtime folder, which is
    made if need be.  ``OSError`` if there is none that is theirs alone."""
    runtime = environ.get("XDG_RUNTIME_DIR")
    folder = (
        Path(runtime) / "nsh" if runtime else Path(tempfile.gettempdir()) / f"nsh-{os.getuid()}"
    )
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & 0o077:
        raise PermissionError(f"{folder} is not this user's alone")
    return folder / "notes.json"
