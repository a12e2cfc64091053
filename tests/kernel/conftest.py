"""Where programs of tests are performed: real processes, and computers of the model."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.kernel._linux import Linux
from tests.kernel._stages import opened
from tests.kernel.desk import Desk
from tests.kernel.lab import Lab


@pytest.fixture(scope="module")
def linux() -> Iterator[Linux]:
    """A stage, which the test is skipped without."""
    with opened() as stage:
        yield stage


@pytest.fixture
def lab() -> Lab:
    return Lab()


@pytest.fixture
def desk() -> Desk:
    return Desk()
