"""tail -f: what it shows is what GNU's showed (see tests/userland/_following.py)."""

from __future__ import annotations

import re

import pytest

from nsh.session.session import Session
from tests.userland._following import scenes

SCENES = scenes()
REASON = re.compile(r" \(E[A-Z]+\).*")


def shown(session: Session) -> str:
    """Both streams, without what nsh alone says: its own name, and why."""
    text = "".join(output.text for step in session.history for output in step.output)
    return REASON.sub("", text).replace("nsh: ", "").rstrip("\n")


@pytest.mark.parametrize("script", SCENES)
def test_it_shows_what_the_real_one_does(script: str) -> None:
    session = Session("mainline", paranoid=True)
    assert session.run(script).ok
    assert shown(session) == SCENES[script]


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("-f -s x y", "invalid number of seconds: 'x'"),
        ("-f -s -1 y", "invalid number of seconds: '-1'"),
        ("-f --pid=-1 y", "invalid PID: '-1'"),
        ("-F -", "cannot follow '-' by name"),
        ("--follow=x y", "invalid argument 'x' for '--follow'"),
    ],
)
def test_what_it_refuses(words: str, why: str) -> None:
    session = Session()
    assert not session.run(f"tail {words}").ok
    assert why in shown(session)


def test_it_asks_again_only_when_time_passes() -> None:
    """Who follows sleeps: the end of a script is not put off by it, nor is a prompt."""
    session = Session()
    session.run("echo a > log; tail -f log &")
    session.run("echo b >> log")
    assert shown(session) == "a"
    session.run("sleep 1")
    assert shown(session) == "a\nb"


def test_a_label_stands_for_the_process() -> None:
    """Which is gone when somebody has waited for it: until then a signal finds it."""
    session = Session("mainline")
    session.run("echo a > log; spawn web { sleep 3; exit 7 }; tail -f --pid=web log &")
    assert session.run("follower=$!; sleep 9; grep State /proc/$follower/status").ok
    assert "S (sleeping)" in shown(session)
    assert session.run("wait web || wait $follower").ok, "it has ended, and well"
