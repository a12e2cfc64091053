"""Where programs of tests are performed: real processes, and computers of the model."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.kernel._linux import Linux, Silent
from tests.kernel.desk import Desk
from tests.kernel.lab import Lab
from tests.probes._real import need


@pytest.fixture(scope="module")
def linux() -> Iterator[Linux]:
    """A stage, which the test is skipped without."""
    need()
    try:
        stage = Linux()
    except (PermissionError, Silent) as problem:
        pytest.skip(f"no stage for real processes: {problem}")
    yield stage
    stage.close()


@pytest.fixture
def lab() -> Lab:
    return Lab()


@pytest.fixture
def desk() -> Desk:
    return Desk()
