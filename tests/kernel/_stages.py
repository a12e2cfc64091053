"""A stage of real processes for tests, where there can be one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.kernel._linux import Linux, Silent
from tests.probes._real import need


@contextmanager
def opened(*, root: bool = False) -> Iterator[Linux]:
    """A stage, while the block lasts; the calling test is skipped, with the reason, without.

    ROOT: as `need` has it.
    """
    need(root=root)
    try:
        linux = Linux()
    except (PermissionError, Silent) as problem:
        pytest.skip(f"no stage for real processes: {problem}")
    try:
        yield linux
    finally:
        linux.close()
