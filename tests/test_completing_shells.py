"""Tab in real bash, zsh and fish: what they make of ``nsh completion``."""

from __future__ import annotations

import os
import pty
import re
import select
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from nsh.shells import SHELLS

FILES = ("README.md", "pyproject.toml", "my demo.nsh")
PATIENCE = 30.0

RC = {
    "bash": r"""
PS1='READY> '
bind 'set bell-style none'
bind -x '"\C-t": printf "<%s>\n" "$READLINE_LINE"; READLINE_LINE='
source FOLDER/script
""",
    "zsh": """
PROMPT='READY> '
fpath=(FOLDER $fpath)
autoload -Uz compinit; compinit -u -d FOLDER/dump
shown() { zle -I; print -r -- "<$BUFFER>"; BUFFER= }
zle -N shown; bindkey '^T' shown; setopt nobeep
""",
    "fish": r"""
function fish_prompt; echo 'READY> '; end
function fish_greeting; end
source FOLDER/script
bind \ct 'echo "<"(commandline)">"; commandline ""; commandline -f repaint'
""",
}
"""What each reads at its start: ^T prints the line that stands there, and empties it."""


class Shell:
    """An interactive shell on a terminal of its own."""

    def __init__(self, name: str, folder: Path) -> None:
        script = subprocess.run(
            [sys.executable, "-m", "nsh", "completion", name],
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
        ).stdout
        rc = RC[name].replace("FOLDER", str(folder))
        for file, text in (("script", script), ("_nsh", script), ("rc", rc), (".zshrc", rc)):
            (folder / file).write_text(text, encoding="utf-8")
        command = {
            "bash": ["bash", "--noprofile", "--rcfile", str(folder / "rc"), "-i"],
            "zsh": ["zsh", "-i"],
            "fish": ["fish", "--no-config", "-i", "-C", f"source {folder}/rc"],
        }[name]
        home = {"HOME": str(folder), "ZDOTDIR": str(folder), "XDG_DATA_HOME": str(folder)}
        self.output = b""
        place = folder / "cwd"
        place.mkdir()
        for file in FILES:
            (place / file).touch()
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.chdir(place)
            os.execvpe(command[0], command, {**os.environ, **home, "TERM": "xterm"})
        self.wait(b"READY> ")

    def read(self, seconds: float) -> bytes:
        end = time.monotonic() + seconds
        begun = len(self.output)
        while (left := end - time.monotonic()) > 0:
            ready, _, _ = select.select([self.fd], [], [], left)
            if ready:
                self.output += os.read(self.fd, 65536)
        return self.output[begun:]

    def wait(self, wanted: bytes, since: int = 0) -> None:
        end = time.monotonic() + PATIENCE
        while wanted not in self.output[since:]:
            assert time.monotonic() < end, self.output[-2000:]
            self.read(0.05)

    def tab(self, line: str) -> str:
        """What stands there once *line* is typed, and Tab pressed."""
        since = len(self.output)
        os.write(self.fd, line.encode() + b"\t\x14")
        self.wait(b">\r\n", since)
        found: list[bytes] = re.findall(rb"<([^<>]*)>\r\n", self.output[since:])
        return found[-1].decode().rstrip()

    def close(self) -> None:
        os.close(self.fd)
        os.waitpid(self.pid, 0)


@pytest.fixture(scope="module", params=SHELLS)
def shell(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Shell]:
    name: str = request.param
    if shutil.which(name) is None:
        pytest.skip(f"{name} is not installed")
    made = Shell(name, tmp_path_factory.mktemp(name))
    yield made
    made.close()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("nsh re", "nsh repl"),
        ("nsh --he", "nsh --help"),
        ("nsh run --k", "nsh run --kernel"),
        ("nsh run --kernel l", "nsh run --kernel linux"),
        ("nsh run --profile frank", "nsh run --profile franke-2005"),
        ("nsh run --max-steps REA", "nsh run --max-steps REA"),
        ("nsh run --from REA", "nsh run --from README.md"),
        ("nsh repl --theme okabe", "nsh repl --theme okabe-ito"),
        ("nsh repl --v", "nsh repl --vi"),
        ("nsh play --no-h", "nsh play --no-history"),
        ("nsh live sa", "nsh live save"),
        ("nsh live --onc", "nsh live --once"),
        ("nsh help unsha", "nsh help unshare"),
        ("nsh help pid.mo", "nsh help pid.move"),
        ("nsh explain NSH-E010", "nsh explain NSH-E010"),
        ("nsh explain ENAME", "nsh explain ENAMETOOLONG"),
        ("nsh completion fi", "nsh completion fish"),
        ("nsh check README.md pypro", "nsh check README.md pyproject.toml"),
        ("nsh check my", r"nsh check my\ demo.nsh"),
        (r"nsh check my\ de", r"nsh check my\ demo.nsh"),
        ("nsh run --kernel=l", "nsh run --kernel=linux"),
        ("nsh run --from=REA", "nsh run --from=README.md"),
        ("nsh check --no-c", "nsh check --no-color"),
        ("nsh check --color al", "nsh check --color always"),
        ("nsh -c ps --ker", "nsh -c ps --kernel"),
        ("nsh -c ps --kernel l", "nsh -c ps --kernel linux"),
        ("nsh export README.md -o pypro", "nsh export README.md -o pyproject.toml"),
        ("nsh export pr", "nsh export proc"),
        ("nsh export README.md --at st", "nsh export README.md --at start"),
    ],
)
def test_tab(shell, typed, wanted):
    assert shell.tab(typed).removesuffix("=") == wanted  # zsh goes on to the value
