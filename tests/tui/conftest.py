"""What every test of the interface takes for granted of the terminal."""

import pytest
from textual import _wait


@pytest.fixture(autouse=True)
def _many_colours(monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal with few would have another theme."""
    monkeypatch.setenv("COLORTERM", "truecolor")


@pytest.fixture(autouse=True)
def _soon_idle(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Behind each key the pilot sleeps until nobody works: for a little more than the ten
    milliseconds after which the interface goes on with what takes long, not for twice that; in a
    module where nothing does, for less (``IDLE``, in seconds)."""
    idle = getattr(request.module, "IDLE", 0.0125)
    monkeypatch.setattr(_wait, "SLEEP_GRANULARITY", idle)
    monkeypatch.setattr(_wait, "SLEEP_IDLE", idle / 20)
