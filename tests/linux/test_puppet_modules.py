"""What a puppet's interpreter loads: each execve(2) on Linux waits for it."""

from __future__ import annotations

import subprocess

from nsh.linux.opening import interpreter

SLOW = {
    "typing",
    "collections",
    "contextlib",
    "functools",
    "re",
    "enum",
    "dataclasses",
    "subprocess",
}
WHOLE = """\
import sys
sys.path.insert(0, {package!r})
from nsh.linux.puppet import roles, stage
roles.load()
print(*sys.modules)
"""


def test_it_is_on_its_own_and_loads_nothing_that_takes_long() -> None:
    *python, main = interpreter()
    package = main.removesuffix("nsh/linux/puppet/__main__.py")
    code = WHOLE.format(package=package)
    shown = subprocess.run([*python, "-c", code], capture_output=True, text=True, check=True)
    loaded = shown.stdout.split()
    assert "nsh.linux.puppet.stage" in loaded
    assert SLOW.isdisjoint(loaded)
    ours = {name for name in loaded if name.startswith("nsh")}
    assert {name for name in ours if not name.startswith("nsh.linux.puppet")} == {
        "nsh",
        "nsh.linux",
    }
