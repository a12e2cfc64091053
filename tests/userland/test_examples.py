"""Every example in help runs as it stands in a new session, and also from its replies alone."""

from __future__ import annotations

import re

import pytest

import nsh
from nsh.lang.live import LIVE
from nsh.session.result import Result
from nsh.userland.registry import commands

EXAMPLES = [(each.name, example) for each in commands for example in each.examples]
FAILS = {
    "cat /proc/1/ns/x",  # shows what a failure looks like
}


def perform(line: str) -> Result:
    return nsh.boot(paranoid=True).run(line)


@pytest.mark.parametrize(("name", "line"), EXAMPLES, ids=lambda text: text)
def test_an_example_runs_as_it_stands(name: str, line: str) -> None:
    assert re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", line)
    result = perform(line)
    assert result.ok is (line not in FAILS), result.output
    assert not result.messages
    assert bool(result.stderr) is (line in FAILS), result.stderr


@pytest.mark.parametrize(("name", "line"), EXAMPLES, ids=lambda text: text)
def test_a_command_is_resumed_from_its_replies(
    monkeypatch: pytest.MonkeyPatch, name: str, line: str
) -> None:
    expected = perform(line).output
    monkeypatch.setattr(type(LIVE), "take", lambda self, command: None)
    assert perform(line).output == expected
