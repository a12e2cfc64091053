"""One script on both kernels, and where the steps differ."""

from __future__ import annotations

from nsh.session.comparing.differences import compare
from nsh.session.comparing.seen import of_linux, of_model
from nsh.session.comparing.stage import like_a_stage
from nsh.session.comparing.telling import text_lines
from nsh.session.real.session import RealSession
from nsh.session.session import Session

WIDTH = 100


def differences(text: str, name: str) -> list[str]:
    """As ``nsh compare`` tells them, a line each; none: the same on both.

    Raises :class:`nsh.linux.opening.Unavailable` where there are no real processes to be had.
    """
    model = Session(machine=like_a_stage(), keep=False)
    model.load(text, name)
    with RealSession(keep=False) as linux:
        linux.load(text, name)
        pairs = list(compare(list(of_model(model)), list(of_linux(linux))))
        restless = linux.restless
    assert not restless, f"it was not seen {restless} times that whoever has work is asleep"
    return list(text_lines(pairs, ("model", "linux"), WIDTH))
