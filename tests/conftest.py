"""What every test stands on: hypothesis profiles, and an environment sealed from the machine."""

from __future__ import annotations

import contextlib
import ctypes
import gc
import os
import platform
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

PROFILE_VARIABLE = "NSH_HYPOTHESIS"
"""Names the hypothesis profile to use: dev (the default), ci (`make test`) or long."""

# Examples are bounded by number, never by time: the machine that runs the tests may be busy.
_COMMON = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True)
settings.register_profile("dev", _COMMON, max_examples=50)
settings.register_profile("ci", _COMMON, max_examples=80, derandomize=True, database=None)
settings.register_profile("long", _COMMON, max_examples=5_000)
settings.load_profile(os.environ.get(PROFILE_VARIABLE, "dev"))

_RT_SIGACTION = {"x86_64": 13, "aarch64": 134}


_ROOMS_OF_VALUES = frozenset({"machine", "lang", "views", "emulator", "export"})
_MORE_TRIES = 2
"""What else is at work may cost a test of real processes or terminals its only try."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Try a test again that fails where a busy machine has a say; the summary names each (RERUN).

    Rooms of values alone get one try. A mistake of the model fails every try elsewhere, too: all
    examples are derandomized, and what is to be the same each time is compared within one test.
    """
    here = Path(__file__).parent
    for item in items:
        if item.path.relative_to(here).parts[0] not in _ROOMS_OF_VALUES:
            item.add_marker(pytest.mark.flaky(reruns=_MORE_TRIES))


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    """Let a worker's two small messages about each test leave at once: it would wait 40 ms between
    them for the first to be acknowledged (tcp(7), TCP_NODELAY)."""
    wire = getattr(getattr(config, "failures_db", None), "sock", None)
    if isinstance(wire, socket.socket):
        wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def pytest_collection_finish() -> None:
    """Have no garbage collection go through modules and tests again, which stay."""
    gc.collect()
    gc.freeze()


def _reset_internal_signals() -> None:
    """Give signals 32 and 33 their default action again.

    What posix_spawn(3) of glibc starts, and so whatever make starts, ignores these two, which are
    glibc's own; tests that hold the model to the real kernel would see it in SigIgn.
    """
    number = _RT_SIGACTION.get(platform.machine())
    if sys.platform != "linux" or number is None:
        return
    default = ctypes.create_string_buffer(32)
    for signo in (32, 33):
        ctypes.CDLL(None).syscall(number, signo, default, None, 8)


_reset_internal_signals()
# From Python 3.13 on subprocess is such a one, unless it is told not to be, as its manual says.
setattr(subprocess, "_USE_POSIX_SPAWN", False)  # noqa: B010  # Final, as types have it

with contextlib.suppress(PermissionError):  # ps shows who is nice, and in most models nobody
    os.setpriority(os.PRIO_PROCESS, 0, 0)

# What a front end may read of its surroundings: each would let one person's tests differ from
# another's. Tests that are about one of them set it themselves.
_UNSET = (
    "CI",
    "CLICOLOR",
    "CLICOLOR_FORCE",
    "COLORTERM",
    "COLUMNS",
    "FORCE_COLOR",
    "LINES",
    "NO_COLOR",
    "PYTHONDONTWRITEBYTECODE",  # each process that a test starts would compile nsh first
    "PYTHONPATH",
    "TEXTUAL",
    "TEXTUAL_ANIMATIONS",
    "TEXTUAL_THEME",
    "TMUX",
)
_SET = {"LC_ALL": "C.UTF-8", "TERM": "xterm-256color", "TEXTUAL_ANIMATIONS": "none", "TZ": "UTC"}
_HOMES = ("HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME")


@pytest.fixture(scope="session", autouse=True)
def _sealed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Give the tests an environment of their own: no colours, sizes, settings or home leak in."""
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        for name in list(os.environ):
            if name in _UNSET or name.startswith("NSH_"):
                patch.delenv(name)
        for name, value in _SET.items():
            patch.setenv(name, value)
        for name in _HOMES:
            patch.setenv(name, str(home))
        yield


@pytest.fixture
def nsh(monkeypatch: pytest.MonkeyPatch) -> Callable[..., int]:
    """The command line, called in this process with arguments; replies the status."""
    from nsh import cli

    def run(*arguments: str) -> int:
        monkeypatch.setattr("sys.argv", ["nsh", *arguments])
        try:
            return cli.main()
        except SystemExit as end:
            return int(end.code or 0)

    return run
