"""The wheel, not the tree: what a stranger installs runs, and carries what nsh reads."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parent.parent
RESOURCES = ("grammar", "themes", "demos")
FIRST_DEMO = "s0/first-container.nsh"

pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class Installed:
    """An environment that holds the wheel, and a folder far from the checkout to stand in."""

    bin: Path
    cwd: Path

    def run(self, command: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command of that environment, told nothing about this one."""
        return subprocess.run(
            [self.bin / command, *arguments],
            cwd=self.cwd,
            env={"PATH": os.defpath, "HOME": str(self.cwd), "LC_ALL": "C.UTF-8"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )


def _call(*command: str | Path) -> None:
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the sdist, and the wheel from the sdist: what is missing there is missing here."""
    out = tmp_path_factory.mktemp("dist")
    _call(sys.executable, "-m", "build", "--no-isolation", "--outdir", out, CHECKOUT)
    (built,) = out.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """Install the wheel alone into a new environment; its dependencies are borrowed.

    A .pth file puts this environment's site-packages behind the new one's, so that no index is
    asked and nothing is copied. Python reads .pth files in site folders only, not in those that a
    .pth file adds: an editable nsh here stays unknown there.
    """
    root = tmp_path_factory.mktemp("installed")
    venv.create(root / "env", with_pip=False, symlinks=True)
    scripts = root / "env" / "bin"
    places = {"base": str(root / "env"), "platbase": str(root / "env")}
    site = Path(sysconfig.get_path("purelib", "venv", places))
    borrowed = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    (site / "borrowed.pth").write_text("".join(f"{path}\n" for path in sorted(borrowed)))
    pip = (sys.executable, "-m", "pip", "--python", scripts / "python")
    _call(*pip, "install", "--quiet", "--no-index", "--no-deps", "--force-reinstall", wheel)
    elsewhere = root / "elsewhere"
    elsewhere.mkdir()
    return Installed(scripts, elsewhere)


def test_the_wheel_carries_every_grammar_theme_and_demo(wheel: Path) -> None:
    carried = {name for name in zipfile.ZipFile(wheel).namelist() if "/_data/" in name}
    expected = {
        f"nsh/_data/{path.relative_to(CHECKOUT).as_posix()}"
        for folder in RESOURCES
        for path in (CHECKOUT / folder).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert {name.split("/")[2] for name in expected} == set(RESOURCES)
    assert expected == carried


def test_the_wheel_carries_the_licence_and_the_type_marker(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert "nsh/py.typed" in names
    assert [name for name in names if name.endswith("licenses/LICENSE")]
    assert not [name for name in names if name.startswith("tests/")]


def test_the_examples_of_help_can_be_typed_anywhere(installed: Installed) -> None:
    ran = installed.run("nsh", "check", "demos/s0/first-container.nsh")
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout.startswith("TAP version 14\nok 1")


def test_man_finds_the_page_beside_the_command(installed: Installed) -> None:
    page = installed.bin.parent / "share" / "man" / "man1" / "nsh.1"
    assert page.read_text(encoding="utf-8") == installed.run("nsh", "man").stdout


def test_what_runs_is_the_wheel(installed: Installed) -> None:
    where = installed.run(
        "python",
        "-c",
        "import nsh; from nsh._resources import folder\n"
        "print(nsh.__file__)\n"
        f"for kind in {RESOURCES}: print(folder(kind))",
    )
    assert where.returncode == 0, where.stderr
    paths = [Path(line) for line in where.stdout.splitlines()]
    assert len(paths) == 1 + len(RESOURCES)
    assert all(path.is_relative_to(installed.bin.parent) for path in paths)


def test_the_installed_command_runs_a_line(installed: Installed) -> None:
    ran = installed.run("nsh", "-c", "echo hello")
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "hello\n", "")


def test_the_installed_command_tells_its_version(installed: Installed) -> None:
    ran = installed.run("nsh", "--version")
    assert (ran.returncode, ran.stdout) == (0, f"nsh {version('nsh-explorer')}\n")


@pytest.mark.parametrize("verb", ["run", "play", "check"])
def test_the_installed_command_runs_the_packaged_first_demo(
    installed: Installed, verb: str
) -> None:
    found = installed.run(
        "python", "-c", "from nsh._resources import folder; print(folder('demos'))"
    )
    ran = installed.run("nsh", verb, str(Path(found.stdout.strip()) / FIRST_DEMO))
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.strip()
    assert not ran.stderr
