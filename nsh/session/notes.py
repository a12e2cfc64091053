"""What a demo says to whoever presents it: comments in its narration.

As in other tools for presenters they are HTML's, so that a narration stays Markdown::

    #: Now two containers have a pid 2.
    #: <!-- note: ask who is killed before you go on -->
    #: <!-- pause -->

A note is for the presenter's eyes; at a pause the play waits for its key.  Any other comment is for
nobody.
"""

import re
from typing import Final

from nsh.machine.record import Record

_COMMENT: Final = r"(?s)<!--(.*?)-->"
_NOTE: Final = r"(?s)(?:speaker[_ ])?notes?:\s*(.*)"


class Told(Record):
    """A passage of narration, taken apart."""

    text: str
    """For the audience."""
    notes: str
    """For the presenter; several are lines."""
    pause: bool


def parted(narration: str) -> Told:
    """The parts of a passage."""
    notes, pause = [], False
    for comment in re.findall(_COMMENT, narration):
        words = comment.strip()
        note = re.fullmatch(_NOTE, words)
        if note:
            notes.append(" ".join(note[1].split()))
        pause = pause or words == "pause"
    if not re.search(_COMMENT, narration):
        return Told(narration, "", False)
    text = re.sub(_COMMENT, "", narration)
    lines = [line.rstrip() for line in text.split("\n")]
    return Told("\n".join(lines).strip(), "\n".join(notes), pause)
