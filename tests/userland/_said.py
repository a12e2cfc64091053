"""What scripts say on the model: those that end well, and those that fail."""

from __future__ import annotations

from nsh.session.session import Session


def printed(machine: Session, text: str) -> str:
    """What a script that ends well prints."""
    result = machine.run(text)
    assert result.ok, result.output + "\n".join(result.messages)
    assert not result.stderr
    return result.stdout


def complaint(machine: Session, text: str) -> str:
    """What a script that is expected to fail says."""
    result = machine.run(text)
    assert not result.ok
    return result.stderr
