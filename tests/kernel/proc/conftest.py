"""The computer that files of proc are read on."""

from __future__ import annotations

import pytest

from tests.kernel.proc.computer import Computer


@pytest.fixture
def box() -> Computer:
    return Computer()
