"""What tools are tried on."""

from pathlib import Path

import pytest


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
