"""Real processes on the kernel that the tests run on; skipped, by name, where it allows none."""

from __future__ import annotations

import functools
from collections.abc import Iterator

import pytest

from nsh.linux.opening import Unavailable
from nsh.session.real.session import RealSession


@functools.cache
def forbidden() -> str:
    """Why no stage can be opened here; "" when one can."""
    try:
        RealSession().close()
    except Unavailable as missing:
        return str(missing)
    return ""


@pytest.fixture
def stage() -> None:
    if why := forbidden():
        pytest.skip(f"no real processes here: {why}")


@pytest.fixture
def real(stage: None) -> Iterator[RealSession]:
    del stage
    with RealSession() as session:
        yield session
