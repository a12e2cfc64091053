"""What every test of the interface takes for granted of the terminal, and a machine to look at."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from textual import _wait
from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet

from tests.tui.live_stage import Reader


@pytest.fixture(autouse=True, scope="session")
def _parsed_once() -> Iterator[None]:
    """A style sheet is read once, not by every app: the rules are the same for the same variables,
    and nobody changes them."""
    known: dict[Any, list[RuleSet]] = {}
    parse = Stylesheet._parse_rules

    def parsed(self: Stylesheet, *source: Any, **more: Any) -> list[RuleSet]:
        key = (source, *more.items(), *self._variables.items())
        if key not in known:
            known[key] = parse(self, *source, **more)
        return known[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Stylesheet, "_parse_rules", parsed)
        yield


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


@pytest.fixture
def reader(tmp_path: Path) -> Reader:
    """Of a machine with one container, which has two tasks."""
    return Reader(tmp_path)
