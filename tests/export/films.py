"""Films of small scripts."""

from functools import cache

from nsh.export.film import Film, shoot
from nsh.export.measure import Pace, Size
from nsh.session.session import Session

SCRIPT = """\
#: # Two of them
#:
#: Both *believe* that they are `2`.
spawn --pid --mount-proc web
spawn --pid db
as web ps -e -o pid=,comm=

#: And one of them ends.
as db exit 3
waitpid
"""
SMALL = Size(80, 24)
HOSTILE = "</script><script>alert(1)</script>&lt;\\033]0;PWN\\007\\302\\233\\342\\200\\256"
"""As printf has it."""


def session(script: str = SCRIPT) -> Session:
    made = Session()
    made.load(script, "two.nsh")
    return made


@cache
def film(
    script: str = SCRIPT, *, size: Size = SMALL, theme: str = "dark", speed: float = 1.0
) -> Film:
    return shoot(session(script), "two.nsh", size=size, theme=theme, pace=Pace(speed))


@cache
def still(script: str = SCRIPT, *, size: Size = SMALL, theme: str = "dark") -> Film:
    made = session(script)
    return shoot(
        made,
        "two.nsh",
        size=size,
        theme=theme,
        still=lambda studio: len(studio.player.history) - 1,
    )
