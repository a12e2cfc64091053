"""Scripts about checkpoints, performed with invariants checked after each step."""

from __future__ import annotations

from nsh.session.session import Session


def perform(*parts: str) -> Session:
    """Perform a script, in which nothing may fail."""
    session = Session(paranoid=True, keep=False)
    session.load("\n".join(parts), "script")
    while (step := session.forward()) is not None:
        assert not step.failed, f"{step.place.line}: {step.place.text} {step.message}"
    return session


def refused(command: str, errno: str, reason: str) -> str:
    """Lines which expect that *command* fails, and says why."""
    return f"""
        expect {{ {command} }} fails {errno}
        expect {{ {command} 2>&1 }} matches /{reason}/
    """


def damaged(old: str, new: str, reason: str, errno: str = "EINVAL") -> str:
    """Lines which expect a restart of the image /tmp/w to fail that has *new* for *old*."""
    return f"""
        expect $(grep -c '{old}' /tmp/w) >= 1
        sed 's|{old}|{new}|' /tmp/w > /tmp/bad
        {refused("restart -i /tmp/bad", errno, reason)}
    """
