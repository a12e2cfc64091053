"""What tools are tried on."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

import nsh
from nsh.session.session import Session


@pytest.fixture(scope="module")
def texts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of a few files, some of them odd."""
    root = tmp_path_factory.mktemp("text")
    (root / "one").write_text("alpha\nbeta beta\n\nGamma\nno newline")
    (root / "two").write_text("")
    (root / "num").write_text("1\n2\n")
    (root / "binary").write_bytes(b"alpha\0beta\nalpha\n")
    (root / "latin").write_bytes(b"caf\xe9 alpha\n")
    (root / "dir").mkdir()
    return root


@pytest.fixture
def tmpfs() -> Iterator[Path]:
    """A directory on a tmpfs, which counts directory sizes and blocks as the model does.

    It stands in one of its own, so that nobody else changes what ``..`` is.
    """
    parent = Path("/dev/shm") / f"nsh-test-{os.getpid()}"
    if not parent.parent.is_dir():
        pytest.skip("no /dev/shm here")
    parent.mkdir(exist_ok=True)
    yield parent / "place"
    shutil.rmtree(parent, ignore_errors=True)


@pytest.fixture
def machine() -> Session:
    return nsh.boot(paranoid=True)
