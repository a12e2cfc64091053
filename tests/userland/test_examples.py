"""Every example in help runs as it stands in a new session, and also from its replies alone."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

import nsh
from nsh.abi.invocation import Invocation, Started
from nsh.lang import manual
from nsh.lang.live import LIVE
from nsh.session.result import Result
from nsh.userland.registry import commands

EXAMPLES = [(each.name, example) for each in commands for example in each.examples]
FAILS = {
    "cat /proc/1/ns/x",  # shows what a failure looks like
}


def perform(line: str) -> Result:
    return nsh.boot(paranoid=True).run(line)


def test_everything_that_has_help_has_an_example() -> None:
    assert len(commands.names()) > 150
    assert sorted({name for name, _ in EXAMPLES}) == commands.names()
    assert manual.EXAMPLES.keys() == manual.CONSTRUCTS.keys()
    for name, line in manual.EXAMPLES.items():
        assert f"Example:  {line}\n" in manual.CONSTRUCTS[name]


@pytest.mark.parametrize(("name", "line"), EXAMPLES, ids=lambda text: text)
def test_an_example_runs_as_it_stands(
    monkeypatch: pytest.MonkeyPatch, name: str, line: str
) -> None:
    declaration = commands.find(name)
    assert declaration is not None
    body = declaration.run
    ran: list[Invocation] = []

    def run(call: Invocation) -> Started:
        ran.append(call)
        return body(call)

    watched = msgspec.structs.replace(declaration, run=run)
    monkeypatch.setitem(commands.declared, name, watched)
    result = perform(line)
    assert ran, "it shows another command"
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


@pytest.mark.parametrize(("word", "line"), manual.EXAMPLES.items())
def test_an_example_of_the_language_runs_as_it_stands(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, word: str, line: str
) -> None:
    monkeypatch.chdir(tmp_path)  # where `export` writes
    assert word in line.split()
    result = perform(line)
    assert result.ok, result.output
    assert not [message for message in result.messages if word != "trace"]
