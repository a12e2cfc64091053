"""A script on both kernels, and what of its output two kernels have in common."""

from __future__ import annotations

import re

from nsh.session.real.session import RealSession
from nsh.session.session import Session


def shown(session: Session | RealSession, script: str) -> tuple[list[str], list[str], int]:
    """Lines on terminals but 2, lines on 2, and ``$?``."""
    result = session.run(script)
    answers = [_plain(line) for line in result.stdout.splitlines()]
    errors = [_errno(line) for line in (result.stderr + "\n".join(result.messages)).splitlines()]
    return answers, errors, result.status


def on_model(script: str) -> tuple[list[str], list[str], int]:
    return shown(Session(), script)


def on_linux(script: str) -> tuple[list[str], list[str], int]:
    with RealSession() as session:
        return shown(session, script)


def _plain(line: str) -> str:
    """Columns by single blanks; a pty is not called console."""
    return re.sub(r"\bpts/0\b", "console", " ".join(line.split()))


def _errno(line: str) -> str:
    """A message up to its errno: reasons are the model's own."""
    return re.sub(r"(\(E[A-Z0-9]+\)).*", r"\1", line)
