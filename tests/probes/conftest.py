"""What some of the trials cannot do without."""

import os

import pytest

from tests.probes._real import need


@pytest.fixture
def ptys():
    """Skip where no pseudoterminal can be had."""
    need()
    try:
        for fd in os.openpty():
            os.close(fd)
    except OSError as problem:
        pytest.skip(f"no pty: {problem}")
