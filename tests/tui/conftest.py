"""What every test of the interface takes for granted of the terminal."""

import pytest


@pytest.fixture(autouse=True)
def _many_colours(monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal with few would have another theme."""
    monkeypatch.setenv("COLORTERM", "truecolor")
