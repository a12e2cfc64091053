"""Scripts about timers that go off meanwhile: in which step, is each kernel's own affair, so they
are run on both, and not compared step by step."""

from __future__ import annotations

from pathlib import Path

import pytest

from nsh.session.real.session import RealSession
from nsh.session.session import Session

SCRIPTS = sorted((Path(__file__).parent / "timers").glob("*.nsh"))


def test_there_are_some() -> None:
    assert len(SCRIPTS) >= 4


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
def test_on_the_model(path: Path) -> None:
    session = Session("mainline", paranoid=True)
    result = session.run(path.read_text(encoding="utf-8"), path.name)
    assert result.ok, result.output + "\n".join(result.messages)


@pytest.mark.usefixtures("stage")
@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
def test_on_linux(path: Path) -> None:
    with RealSession() as session:
        result = session.run(path.read_text(encoding="utf-8"), path.name)
    assert result.ok, result.output + "\n".join(result.messages)
