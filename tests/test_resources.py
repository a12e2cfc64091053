"""Resources are found where they are, and missed with a message that helps."""

from __future__ import annotations

from pathlib import Path

import pytest

from nsh import _resources
from nsh._resources import MissingResource


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in for an installed package, in a folder of its own."""
    home = tmp_path / "nsh"
    home.mkdir()
    monkeypatch.setattr(_resources, "_PACKAGE", home)
    return home


def put(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True)
    path.write_text(text, encoding="utf-8")


def test_a_checkout_is_read_in_place(package: Path) -> None:
    put(package.parent / "demos" / "s0" / "a.nsh", "echo ünïcode\n")
    assert _resources.folder("demos") == package.parent / "demos"
    assert _resources.read("demos", "s0/a.nsh") == "echo ünïcode\n"


def test_packaged_data_comes_before_a_folder_that_happens_to_be_called_the_same(
    package: Path,
) -> None:
    put(package.parent / "themes" / "a.toml", "stranger")
    put(package / "_data" / "themes" / "a.toml", "ours")
    assert _resources.read("themes", "a.toml") == "ours"


def test_a_missing_folder_names_both_places(package: Path) -> None:
    with pytest.raises(MissingResource) as caught:
        _resources.folder("grammar")
    assert str(package / "_data" / "grammar") in str(caught.value)
    assert str(package.parent / "grammar") in str(caught.value)


def test_a_missing_file_names_itself(package: Path) -> None:
    put(package / "_data" / "grammar" / "nsh.lark", "")
    with pytest.raises(MissingResource, match=r"other\.lark is missing"):
        _resources.read("grammar", "other.lark")
