"""Scripts that say what Linux does, each run on both kernels: the model, and Linux itself.

A folder a mechanism; the first line of a script names the rule that it shows and where the rule is
written.  What a script expects was tried on Linux first.  Where the machine cannot run one, or
nsh cannot run any on it yet, the test says which, and why.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import pytest

from nsh.abi.process import Clone
from nsh.abi.request import Request
from nsh.kernel import waiting
from nsh.kernel.waiting import WouldBlock
from nsh.lang.actions import Expected
from nsh.linux.manners import SLEEPY
from nsh.linux.puppet import nest
from nsh.machine.ids import TaskId
from nsh.machine.value import Transaction
from nsh.session import director
from nsh.session.session import Session
from tests.kernel._linux import forgets

ROOT = Path(__file__).resolve().parent.parent.parent
SCRIPTS = sorted(Path(__file__).parent.rglob("*.nsh"))
SOURCE = re.compile(r"\w+\(\d\w*\)|\w+\(\)")
"""A man page, or a function of the kernel."""
SINCE = re.compile(r"since Linux (\d+)\.(\d+)", re.IGNORECASE)
FORGOTTEN = "some kernels forget"
"""What pends for dead threads."""
LAST_PID = "/proc/sys/kernel/ns_last_pid"
PATIENCE = 120
"""Seconds that a script may take on Linux, on a busy machine."""


OWN = {
    "net/forwarding": "one inode for a setting of all network namespaces",
    "net/unprivileged-ports": "one inode for a setting of all network namespaces",
    "proc/limits-and-mountstats": "the limits of the machine",
    "proc/loginuid": "sessions are counted for the whole machine",
    "sockets/broken-pipe": "whether a handler runs before the call returns",
    "terminals/drivers": "the devices of the machine",
    "terminals/sigio-of-a-line": "whether a handler runs before the call returns",
    "terminals/sigio-of-a-master": "whether a handler runs before the call returns",
    "user/three-hundred-and-forty-lines": "where one read of a long map ends",
}
"""Scripts whose steps differ by something that is each kernel's own; they hold on both."""


def name(path: Path) -> str:
    return f"{path.parent.name}/{path.stem}"


def text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


# ---- what a script is


def test_there_are_enough_of_them() -> None:
    assert len(SCRIPTS) >= 80
    assert len({path.parent for path in SCRIPTS}) >= 12


@pytest.mark.parametrize("script", SCRIPTS, ids=name)
def test_a_script_says_what_it_shows(script: Path) -> None:
    lines = text(script).splitlines()
    assert lines[0].startswith("# "), "its first line says what rule it shows"
    where, colon, rule = lines[0].removeprefix("# ").partition(": ")
    assert SOURCE.search(where), "and where that is written"
    assert colon
    assert rule
    assert len(lines) <= 25
    assert all(len(line) <= 100 for line in lines)


@pytest.mark.parametrize("script", SCRIPTS, ids=name)
def test_a_script_asks_for_what_every_linux_has(script: Path) -> None:
    """No policies, no containers of the model's own, and no time that really passes."""
    code = "\n".join(line for line in text(script).splitlines() if not line.startswith("#"))
    for word in ("profile", "policy", "/proc/container", "container ", "lies"):
        assert not re.search(rf"(?<![\w-]){re.escape(word)}", code), f"{word} is not mainline's"
    assert all(time == "infinity" for time in re.findall(r"\bsleep ([\w.]+)", code))


# ---- on the model


@pytest.mark.parametrize("script", SCRIPTS, ids=name)
def test_on_the_model(script: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blocked = set()
    block = waiting.block

    def noted(tx: Transaction, caller: TaskId, request: Request, why: WouldBlock) -> object:
        if not isinstance(request, Clone):  # CLONE_VFORK, whose child is announced before it waits
            blocked.add(type(request))
        return block(tx, caller, request, why)

    monkeypatch.setattr(waiting, "block", noted)
    session = Session("mainline", keep=False)
    session.load(text(script), script.name)
    expectations = line = 0
    while (step := session.forward()) is not None:
        assert not step.failed, f"{name(script)}:{step.place.line}: {step.message}"
        expectations += isinstance(step.action, Expected)
        if step.place.line != line:  # each step would take four times as long
            line = step.place.line
            director.check(step)
    director.check(session.step)
    assert expectations >= 1, "a script that expects nothing cannot fail"
    assert blocked <= SLEEPY, "who makes these on Linux would be waited for in vain"


# ---- on Linux


def check_on_linux(*scripts: Path, junit: str = os.devnull) -> subprocess.CompletedProcess[str]:
    names = [str(script) for script in scripts]
    return subprocess.run(
        [sys.executable, "-m", "nsh", "check", "--kernel", "linux", "--junit", junit, *names],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=PATIENCE * len(scripts),
        check=False,
    )


@pytest.fixture(scope="session")
def linux(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Why no script can be run on Linux: "" when they can."""
    script = tmp_path_factory.mktemp("linux") / "trivial.nsh"
    script.write_text("expect $(getpid) == 1\n", encoding="utf-8")
    done = check_on_linux(script)
    if done.returncode == 0:
        return ""
    if "--kernel" not in done.stderr:
        pytest.fail(f"the simplest script fails on Linux:\n{done.stdout}{done.stderr}")
    if "unrecognized arguments" in done.stderr:
        return "nsh check has no --kernel linux yet"
    return done.stderr.strip().splitlines()[-1].removeprefix("nsh: ")


def too_old(needs: str) -> str:
    """Why this kernel is too old for what *needs* says (``since Linux 6.18``); "": it is not."""
    here = tuple(int(number) for number in re.findall(r"\d+", os.uname().release)[:2])
    since = SINCE.search(needs)
    if since is None or here >= (int(since[1]), int(since[2])):
        return ""
    return f"needs Linux {since[1]}.{since[2]}; this is {os.uname().release}"


@cache
def nested() -> bool:
    """Whether a stage has a cgroup of its own here."""
    own = nest.make()
    if own is not None:
        nest.remove(own.path)
    return own is not None


@cache
def lacking(script: Path) -> str:
    """What this machine lacks for that script; "" if nothing."""
    if reason := too_old(text(script)):
        return reason
    if FORGOTTEN in text(script) and forgets():
        return "this kernel forgets what pends for a thread that dies"
    if "cgroup2" in text(script) and not nested():
        return "no cgroup2 here in which a stage could have a cgroup of its own"
    if LAST_PID in text(script) and not os.path.exists(LAST_PID):
        return f"no {LAST_PID}: the kernel was built without CONFIG_CHECKPOINT_RESTORE"
    return ""


def apart() -> list[Path]:
    """Those that are not compared step by step, for test_comparison performs the others on Linux;
    and one in each folder.  One command checks them all."""
    folders = {script.parent: script for script in reversed(SCRIPTS)}
    first = set(folders.values())
    return [script for script in SCRIPTS if script in first or name(script) in OWN]


@cache
def performed(junit: Path) -> Mapping[str, Element]:
    """What one command reports of all of them, by path."""
    junit.unlink(missing_ok=True)
    done = check_on_linux(*filter(lambda script: not lacking(script), apart()), junit=str(junit))
    assert junit.exists(), f"{done.stdout}\n{done.stderr}"
    suites = {suite.attrib["name"]: suite for suite in ElementTree.parse(junit).getroot()}
    failed = any(suite.attrib["failures"] != "0" for suite in suites.values())
    assert done.returncode == failed, f"{done.stdout}\n{done.stderr}"
    return suites


@pytest.mark.parametrize("script", apart(), ids=name)
def test_on_linux(script: Path, linux: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    if reason := linux or lacking(script):
        pytest.skip(f"{name(script)}: {reason}")
    suite = performed(tmp_path_factory.getbasetemp() / "on-linux.xml")[str(script)]
    unmet = [(case.attrib["name"], case.findtext("failure")) for case in suite if len(case)]
    if unmet:
        performed.cache_clear()  # so that another try is one
    assert not unmet
    assert len(suite), "a script that expects nothing cannot fail"
