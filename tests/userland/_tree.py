"""A little tree of files for tools to work on, and what they leave of it."""

import os
import shutil
from pathlib import Path


def scene(root: Path) -> Path:
    """Files, directories, links and a fifo."""
    shutil.rmtree(root, ignore_errors=True)
    for name in ("d/e/f", "full/x/y", "a b", "other"):
        (root / name).mkdir(parents=True)
    for name, text in (("file", "hi\n"), ("full/x/z", "there\n"), ("g", "2\n")):
        (root / name).write_text(text)
    (root / "g").chmod(0o640)
    for name, target in (
        ("link", "file"),
        ("dangling", "nowhere"),
        ("dirlink", "d"),
        ("loop", "loop"),
    ):
        (root / name).symlink_to(target)
    (root / "hard").hardlink_to(root / "file")
    os.mkfifo(root / "fifo")
    return root


def tree(root: Path) -> list[tuple[object, ...]]:
    """What is left: name, mode, number of names, and contents or target."""
    found: list[tuple[object, ...]] = []
    for path in sorted(root.rglob("*")):
        about = path.lstat()
        contents = (
            os.readlink(path) if path.is_symlink() else path.read_text() if path.is_file() else ""
        )
        names = 0 if path.is_dir() else about.st_nlink
        found.append((str(path.relative_to(root)), oct(about.st_mode), names, contents))
    return found
