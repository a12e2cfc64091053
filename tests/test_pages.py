"""Completions for other shells and the manual page: made of what there is, and taken by their
readers."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from nsh import cli, pages, shells
from nsh.kernel import policies
from nsh.session import manual
from nsh.session.mechanisms import DOCUMENTS, MECHANISMS
from nsh.session.words import WORDS
from nsh.userland.registry import commands


@cache
def printed(*arguments: str) -> str:
    command = [sys.executable, "-m", "nsh", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout


@pytest.fixture(scope="module")
def subcommands() -> list[pages.Subcommand]:
    return pages.describe(cli._subcommands())


@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed")
@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        (["re"], {"repl"}),
        (["c"], {"check", "compare", "completion"}),
        (["run", "--k"], {"--kernel"}),
        (["run", "--kernel", "l"], {"linux"}),
        (["run", "--profile", "frank"], {"franke-2005"}),
        (["repl", "--theme", "okabe"], {"okabe-ito"}),
        (["repl", "--v"], {"--vi"}),
        (["help", "unsha"], {"unshare"}),
        (["help", "pid.m"], {"pid.move"}),
        (["explain", "NSH-E010"], {f"NSH-E010{n}" for n in range(10)}),
        (["completion", "fi"], {"fish"}),
        (["play", "README"], {"README.md"}),
        (["run", "--kernel", "=", "l"], {"linux"}),
        (["run", "--kernel", "="], {"model", "linux"}),
        (["-c", "ps", "--pro"], {"--profile"}),
        (["export", "x", "-o", "README"], {"README.md"}),
        (["run", "--max-steps", "R"], set()),
    ],
)
def test_bash_completes(words, wanted):
    script = printed("completion", "bash") + (
        f"COMP_WORDS=(nsh {' '.join(words)}); COMP_CWORD={len(words)}; _nsh\n"
        'printf "%s\\n" "${COMPREPLY[@]}"\n'
    )
    run = subprocess.run(
        ["bash", "--norc", "-c", script], capture_output=True, text=True, check=True, timeout=60
    )
    assert run.stderr == ""
    assert set(run.stdout.split()) == wanted


@pytest.mark.parametrize("shell", shells.SHELLS)
def test_every_subcommand_and_option_is_in_the_script(shell, subcommands):
    text = printed("completion", shell)
    for one in subcommands:
        assert re.search(rf"(?<!\w){one.name}\b", text)
        for flag in one.flags:
            for name in flag.names:
                if name.startswith("--"):
                    assert name.removeprefix("--" if shell == "fish" else "") in text
    if shutil.which(shell) is not None:
        run = subprocess.run(
            [shell, "-n"], input=text, capture_output=True, text=True, timeout=60, check=False
        )
        assert (run.returncode, run.stderr) == (0, "")


def test_all_subcommands_are_described(subcommands):
    assert [one.name for one in subcommands] == list(pages.SAID)
    assert list(pages.SAID) == ["-c", *cli._COMMANDS]
    assert {one.name for one in subcommands if one.scripts} >= {"run", "check", "play", "repl"}


def test_the_manual_page_that_is_installed_is_the_one_that_is_printed():
    file = Path(__file__).parents[1] / "docs" / "nsh.1"
    assert file.read_text(encoding="utf-8") == printed("man"), "`make man` writes it again"


@pytest.mark.skipif(shutil.which("mandoc") is None, reason="mandoc is not installed")
def test_mandoc_finds_no_fault_with_the_manual_page():
    run = subprocess.run(
        ["mandoc", "-T", "lint", "-W", "warning"],
        input=printed("man"),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    faults = [line for line in run.stdout.splitlines() if "missing date" not in line]
    assert not faults  # a page has no date, or it would be another one every day


@pytest.mark.skipif(shutil.which("groff") is None, reason="groff is not installed")
def test_the_manual_page_is_taken_without_a_warning(subcommands):
    run = subprocess.run(
        ["groff", "-Kutf-8", "-man", "-Tutf8", "-ww", "-P-cbou"],
        input=printed("man").encode(),
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert (run.returncode, run.stderr) == (0, b"")
    text = run.stdout.decode()
    for one in subcommands:
        assert re.search(rf"^ +{one.name}\b", text, re.MULTILINE)
        assert all(example in text for example in one.examples)
    for command in commands:
        assert re.search(rf"^ +{re.escape(command.name)}\s+", text, re.MULTILINE), command.name
    assert "nsh -c 'unshare --pid --fork --mount-proc ps'" in text


def test_there_is_a_page_on_every_topic():
    for topic in manual.topics():
        found = manual.page(topic.split())
        assert found, topic
        assert all(len(line) <= 80 for line in found.splitlines()), topic
    assert manual.page(["no", "such"]) is None
    narrow = manual.page(["as"], 60)
    assert narrow is not None
    assert all(len(line) <= 60 for line in narrow.splitlines())
    sent_to = set(re.findall(r"help ([a-z]+)", manual.index()))
    assert {"mechanisms", "documents"} <= sent_to <= set(manual.topics())


@pytest.mark.parametrize(
    ("topic", "told"),
    [
        ("all", "every mechanism"),
        ("commands", "  unshare "),
        ("topics", "mechanisms, demos"),
        ("SIGTERM", "SIGTERM (15): by default it ends the process"),
        ("sigtstp", "it stops the process"),
        ("kill(2)", "Usage: kill"),
        ("clone(2)", "Usage: clone2"),
        ("REF", "CID:PID"),
        ("unshare ps", "Usage: ps"),
        ("export", "nsh export --help"),
        ("explore", "nsh explore --help"),
        ("unshare nothing", None),
        ("SIGNOTHING", None),
        ("nothing(2)", None),
    ],
)
def test_what_other_pages_and_people_ask_for_is_helped_on(topic, told, capsys):
    status = cli._help(topic.split())
    assert status == (2 if told is None else 0)
    assert told is None or told in capsys.readouterr().out


def test_policies_are_told_of_where_no_machine_was_booted():
    index, position = printed("help"), printed("help", "S2")
    for policy in policies.policies():
        assert f"  {policy.name} " in index
        if "summit-2007" in policy.profiles:
            assert f"  {policy.name} " in position
    assert "sequence | cyclic" in printed("help", "ipc.ids")
    assert "lsm" in printed("completion", "bash").split()


def test_a_mechanism_lists_the_commands_that_show_it():
    named = {row for command in commands for row in command.rows}
    assert named <= MECHANISMS.keys()
    for name in MECHANISMS:
        found = manual.page([name.lower()])
        assert found is not None
        for command in commands:
            shown = any(line.startswith(f"  {command.name} ") for line in found.splitlines())
            assert shown == (name in command.rows)


def test_a_document_tells_its_position():
    for name, (profile, about) in DOCUMENTS.items():
        assert manual.page([name]) == manual.page([profile])
        assert about in (manual.page([name]) or "")
    assert "pid.levels     flat" in (manual.page(["S0"]) or "")


def test_the_index_names_every_command_and_word():
    index = manual.index()
    for name in [*(command.name for command in commands), *WORDS]:
        assert f"  {name} " in index
