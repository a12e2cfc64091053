"""ls, and what it and stat tell of devices, held against GNU's."""

import os
from pathlib import Path

import pytest

from tests.userland._compare import alike, ours, real
from tests.userland._tree import scene

OPTIONS = "-l -la -1 -i -li -F -lF -R -lR -aR -t -S -r -tr -ltr -d -ld -A -n -q -lq -p -N -Si"


@pytest.mark.parametrize("option", ["", *OPTIONS.split()])
def test_ls(option: str, tmpfs: Path):
    root = scene(tmpfs)
    (root / "run.sh").touch(0o755)
    (root / "d" / ".hidden").write_text("x" * 5000)
    for name in ("it's", "new\nline", "\u00e9", "\x1b[1m"):
        (root / name).touch()
    os.utime(root / "g", (10**9, 10**9))
    options = [option] if option else []
    for operands in (
        [],
        ["d"],
        ["file", "d", "link", "nope", "dirlink"],
        [".", "d"],
        ["dangling", "fifo"],
    ):
        alike("ls", *options, *operands, cwd=root)


def test_ls_in_columns(tmpfs: Path):
    root = scene(tmpfs)
    for columns in range(40):
        (root / f"name{'x' * (columns * 7 % 13)}{columns}").touch()
    wanted = real("ls", "-C", "-w80", cwd=root)
    assert ours("ls", "-C", cwd=root).out == wanted.out.expandtabs(8)


@pytest.mark.parametrize("device", ["/dev/null", "/dev/tty", "/dev/full"])
def test_devices(device: str):
    alike("ls", "-l", device, "/dev/zero")
    alike("stat", "-c", "%A %F %t %T %Hr %Lr %r %R", device)


@pytest.mark.parametrize(
    "words",
    ["-L", "-Ld todir", "-LF", "-L dangling", "-LR", "-lnL f tof", "-Li f tof todir", "-l todir"],
)
def test_ls_looks_behind_links(words: str, tmp_path: Path) -> None:
    (tmp_path / "sub" / "deep").mkdir(parents=True)
    (tmp_path / "f").write_text("x")
    for name, target in (("todir", "sub"), ("tof", "f"), ("dangling", "nowhere")):
        (tmp_path / name).symlink_to(target)
    alike("ls", *words.split(), cwd=tmp_path)
