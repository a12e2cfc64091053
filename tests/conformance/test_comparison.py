"""Every script on both kernels, held against each other step by step, as ``nsh compare`` does."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from nsh.linux.opening import Unavailable
from nsh.session.comparing.differences import compare
from nsh.session.comparing.seen import of_linux, of_model
from nsh.session.comparing.stage import like_a_stage
from nsh.session.comparing.telling import text_lines
from nsh.session.real.session import RealSession
from nsh.session.session import Session
from tests.conformance.test_scripts import OWN, SCRIPTS, lacking, name, text

DEEP = "nested/thirty-two-levels"
"""How many levels are left depends on where nsh itself is."""
FIRST = "pid:[4026531836]"
"""The machine's own pid namespace (PROC_PID_INIT_INO)."""


@pytest.fixture(scope="module")
def stage() -> str:
    """Why there are no real processes; "" when there are."""
    try:
        RealSession().close()
    except Unavailable as missing:
        return str(missing)
    return ""


def differences(script: Path) -> list[str]:
    model = Session(machine=like_a_stage(), keep=False)
    model.load(text(script), script.name)
    with RealSession(keep=False) as linux:
        linux.load(text(script), script.name)
        pairs = list(compare(list(of_model(model)), list(of_linux(linux))))
    return list(text_lines(pairs, ("model", "linux"), 100))


@pytest.mark.parametrize("script", SCRIPTS, ids=name)
def test_both_kernels_do_the_same(script: Path, stage: str) -> None:
    if reason := stage or lacking(script) or OWN.get(name(script), ""):
        pytest.skip(f"{name(script)}: {reason}")
    if name(script) == DEEP and os.readlink("/proc/self/ns/pid") != FIRST:
        pytest.skip(f"{DEEP}: these tests run in a nested pid namespace")
    found = differences(script)
    if found:
        assert not differences(script), "\n".join(found)  # once may be the machine's own rhythm
