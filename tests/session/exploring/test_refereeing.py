"""Orders that the model finds, on Linux itself."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from nsh.linux.opening import Unavailable
from nsh.session.comparing.stage import like_a_stage
from nsh.session.exploring.refereeing import on_linux
from nsh.session.exploring.search import Search
from nsh.session.real.ordered import Diverged, OrderedReal, Turn
from nsh.session.real.session import RealSession
from nsh.session.statements import pending
from tests._command import ROOT, nsh
from tests.session.exploring._programs import DEADLOCK

SLEEPERS = "par { sleep 0.01; echo a > /tmp/x } { echo b > /tmp/x; sleep 0.02; cat /tmp/x }"
FAILING = "par { cat /tmp/x } { echo on > /tmp/x }"


@pytest.fixture(autouse=True)
def stage() -> None:
    try:
        RealSession().close()
    except Unavailable as missing:
        pytest.skip(f"no real processes here: {missing}")


@pytest.mark.parametrize("text", [DEADLOCK, FAILING, SLEEPERS])
def test_every_outcome_is_had_on_linux_by_its_order(text: str) -> None:
    search = Search(pending(text, "t"), like_a_stage())
    outcomes = search.run().outcomes
    verdicts = [on_linux(partial(search.ordered, outcome)) for outcome in outcomes]
    assert [verdict.same for verdict in verdicts] == [True] * len(outcomes)
    for outcome, verdict in zip(outcomes, verdicts, strict=True):
        last = verdict.pairs[-1].other
        assert last is not None
        assert last.failed == outcome.end.failed


def test_who_cannot_go_on_linux_is_told_of(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nsh.session.real.ordered.LONGEST", 0.1)
    script = pending("true", "t")
    with OrderedReal(script, [Turn(1, 1), Turn(77, 1)]) as session:
        assert session.forward() is not None
        with pytest.raises(Diverged, match="pid 77 cannot go on"):
            session.forward()


def test_what_is_otherwise_on_linux_is_shown_and_does_not_pass(tmp_path: Path) -> None:
    """The model's kernel names itself in its own way, and uname says so."""
    path = tmp_path / "otherwise.nsh"
    path.write_text("par { true } { true }\ntest $(uname -r) == 6.18.0-nsh\n")
    ran = nsh("explore", "--linux", "--outcome", "0", str(path))
    assert ran.returncode == 1
    assert " differences in " in ran.stdout
    assert "where Linux differs in 1:" in ran.stdout
    demo = ROOT / "demos/s4/next-id-race.nsh"
    fine = nsh("explore", "--linux", str(demo))
    assert fine.returncode == 0
    assert fine.stdout.count("on Linux the same, in all ") == 5
