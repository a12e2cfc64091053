"""Every command declares itself once, and what is made of that is fit to be shown."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

import nsh
from nsh.abi.invocation import Invocation, steps
from nsh.lang.manual import CONSTRUCTS
from nsh.userland import usage
from nsh.userland.options import Grammar, Kind, required
from nsh.userland.registry import Declaration, Topic, command, commands

HEIGHT, WIDTH = 24, 80
EVERY = list(commands)


def named(declaration: Declaration) -> str:
    return declaration.name


@pytest.mark.parametrize("declaration", EVERY, ids=named)
def test_help_fits_a_screen_and_shows_an_example(declaration: Declaration) -> None:
    lines = usage.text(declaration).splitlines()
    assert len(lines) <= HEIGHT
    assert max(map(len, lines)) <= WIDTH
    assert lines[0].startswith(f"Usage: {declaration.name}")
    assert any(line.startswith("Example:  ") for line in lines)


def test_an_example_is_broken_between_statements_and_help_fits_a_narrow_screen() -> None:
    found = commands.find("pidfd")
    assert found is not None
    lines = usage.text(found, 68).splitlines()
    assert max(map(len, lines)) <= 68
    at = next(index for index, line in enumerate(lines) if line.startswith("Example:"))
    assert lines[at : at + 2] == [
        "Example:  spawn w; pidfd open w; pidfd signal 3 KILL; pidfd poll 3;",
        "            waitpid -P 3; pidfd poll 3",
    ]


@pytest.mark.parametrize("declaration", EVERY, ids=named)
def test_a_command_says_where_it_comes_from(declaration: Declaration) -> None:
    assert declaration.man or declaration.gap, "neither a manual page nor what it is instead"
    assert not declaration.man or re.fullmatch(r"[\w.]+(\[)?\(\d\w*\)|\[\(1\)", declaration.man)
    for name in declaration.see:
        assert name != declaration.name
        assert name in commands.names() or name in CONSTRUCTS, f"see also {name}"
    for row in declaration.rows:
        assert re.fullmatch(r"[PRGNCIX]\d+b?", row)


@pytest.mark.parametrize("declaration", EVERY, ids=named)
def test_its_line_in_the_index_fits(declaration: Declaration) -> None:
    assert declaration.summary
    assert not declaration.summary.endswith(".")
    assert len(f"  {declaration.name:<14} {declaration.summary}") <= WIDTH


@pytest.mark.parametrize("declaration", EVERY, ids=named)
def test_an_operand_that_is_one_of_a_few_words_has_them_completed(declaration: Declaration) -> None:
    for operand in declaration.grammar.operands:
        if re.fullmatch(r"[a-z]+(\|[a-z]+)+", operand.name):
            assert [word for word, _about in operand.choices] == operand.name.split("|")


@pytest.mark.parametrize("declaration", EVERY, ids=named)
def test_options_are_told_apart_and_values_have_a_kind(declaration: Declaration) -> None:
    letters = "".join(option.letters for option in declaration.grammar.options)
    words = [word for option in declaration.grammar.options for word in option.words]
    assert len(set(letters)) == len(letters)
    assert len(set(words)) == len(words)
    assert "help" not in words
    for option in declaration.grammar.options:
        assert bool(option.takes) == (option.kind is not Kind.NOTHING), option.spec
    for operand in declaration.grammar.operands:
        assert operand.kind is not Kind.NOTHING


def test_an_option_that_help_does_not_list_is_told_of_elsewhere() -> None:
    silent = []
    for declaration in EVERY:
        told = usage.text(declaration) + declaration.gap
        for option in declaration.grammar.options:
            if option.help:
                continue
            names = [f"-{letter}" for letter in option.letters]
            names += [f"--{word}" for word in option.words]
            if not any(re.search(rf"(?<![\w-]){name}(?![\w-])", told) for name in names):
                silent.append(f"{declaration.name} {option.spec}")
    # taken for the sake of habits and old scripts, and without any effect
    assert sorted(silent) == [
        "cat -u",
        "findmnt --tree",
        "findmnt -A, --all",
        "findmnt -k, --kernel",
        "findmnt -u, --notruncate",
        "ip --color",
        "lsns -W, --nowrap",
        "lsns -u, --notruncate",
        "mount -a, --all",
        "mount -l, --show-labels",
        "mount -n, --no-mtab",
        "ps --no-heading",
        "ps -w",
        "pstree -l, --long",
    ]


def test_two_commands_cannot_have_one_name() -> None:
    with pytest.raises(ValueError, match="two commands called ps"):
        command("ps", "another", Topic.SYSTEM)(lambda call, given: usage.show(EVERY[0]))


def test_a_usage_error_of_the_body_is_told_like_one_of_the_parser() -> None:
    declaration = commands.find("prctl")
    assert declaration is not None
    for argv in (("nonsense",), (), ("--nonsense",)):
        written = next(steps(declaration.run(Invocation("prctl", argv))))
        text = written.data.decode()  # type: ignore[attr-defined]  # a Write
        assert text.startswith("nsh: prctl: ")
        assert text.endswith("\nTry 'help prctl' for more.\n")


def test_the_table_knows_its_names() -> None:
    names = commands.names()
    assert names == sorted(names)
    assert [declaration.name for declaration in commands] == names
    assert commands.find("no such command") is None
    assert commands.find("registry") is None, "a module is no command"


def test_usage_shows_how_often_an_operand_may_stand() -> None:
    operands = (required("FROM"), required("TO", many=True))
    assert [str(operand) for operand in Grammar((), operands).operands] == ["FROM", "TO..."]


LOADED = """
import json, sys
from nsh.userland.registry import commands
before = [name for name in sys.modules if name.startswith("nsh.userland.")]
commands.find(sys.argv[1])
after = [name for name in sys.modules if name.startswith("nsh.userland.")]
print(json.dumps([before, after]))
"""


def modules_loaded(name: str) -> tuple[set[str], set[str]]:
    run = subprocess.run(
        [sys.executable, "-c", LOADED, name],
        cwd=Path(nsh.__file__).parents[1],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    before, after = json.loads(run.stdout)
    return set(before), set(after)


def test_a_command_is_loaded_when_it_is_asked_for_and_not_before() -> None:
    before, after = modules_loaded("ps")
    assert not before & {"nsh.userland.ps", "nsh.userland.lsns", "nsh.userland.proc"}
    assert "nsh.userland.ps" in after
    assert not after & {"nsh.userland.lsns", "nsh.userland.pstree", "nsh.userland.kill"}
