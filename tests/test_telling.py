"""How the command line tells what came of it: colours, quiet, JSON, reports, statuses."""

from __future__ import annotations

import io
import json
import sys
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import TextIO

import pytest

from nsh import Session, cli, console, hues
from nsh.performance import Performance
from nsh.session import stored

DEMOS = Path(__file__).parents[1] / "demos"
SCRIPT = "expect 1 == 1\nexpect 1 == 2\nexpect { kill 99 } fails ESRCH\n"
ESCAPE = "\033["


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "some.nsh").write_text(SCRIPT, encoding="utf-8")
    (tmp_path / "good.nsh").write_text("expect 1 == 1\n", encoding="utf-8")
    (tmp_path / "bad.nsh").write_text("spawn w {\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    for name in ("NO_COLOR", "CLICOLOR_FORCE"):  # --color sets them
        monkeypatch.setenv(name, "")
    return tmp_path


# ---- colours


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("stream", "environ", "wanted"),
    [
        (Terminal(), {}, True),
        (io.StringIO(), {}, False),
        (Terminal(), {"TERM": "dumb"}, False),
        (Terminal(), {"NO_COLOR": "1"}, False),
        (Terminal(), {"NO_COLOR": ""}, True),
        (io.StringIO(), {"CLICOLOR_FORCE": "1"}, True),
        (io.StringIO(), {"CLICOLOR_FORCE": "0"}, False),
        (Terminal(), {"CLICOLOR_FORCE": "1", "NO_COLOR": "1"}, False),
    ],
)
def test_whether_there_are_colours(stream: TextIO, environ, wanted, monkeypatch) -> None:
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    assert console.coloured(stream) is wanted


@pytest.mark.parametrize(
    ("options", "environ", "wanted"),
    [
        (["--color=always"], {}, True),
        (["--color", "always"], {"NO_COLOR": "1"}, True),
        (["--color=always"], {"TERM": "dumb"}, True),
        (["--no-color"], {"CLICOLOR_FORCE": "1"}, False),
        (["--color=never"], {"CLICOLOR_FORCE": "1"}, False),
        (["--color=auto"], {"CLICOLOR_FORCE": "1"}, True),
        (["--color=auto"], {}, False),
        (["--color=always", "--no-color"], {}, False),
        ([], {}, False),
    ],
)
def test_the_option_wins_over_the_environment(
    options, environ, wanted, nsh, monkeypatch, capsys
) -> None:
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    assert nsh("check", *options, "some.nsh") == 1
    assert (ESCAPE in capsys.readouterr().out) is wanted
    assert nsh("run", *options, "bad.nsh") == 2
    assert (ESCAPE in capsys.readouterr().err) is wanted


def test_no_other_word_is_taken(nsh, capsys) -> None:
    assert nsh("run", "--color=pink", "good.nsh") == 2
    assert "'pink' is none of auto, always, never" in capsys.readouterr().err


def test_colours_change_no_word(nsh, capsys) -> None:
    def printed(*arguments: str) -> str:
        nsh(*arguments)
        said = capsys.readouterr()
        return str(said.out + said.err)

    for arguments in (
        ("check", "some.nsh", "bad.nsh"),
        ("check", "-q", "some.nsh"),
        ("-c", "spawn w {"),
        ("compare", "some.nsh", "--profile", "all", "--profile", "franke-2005"),
    ):
        plain = printed(*arguments, "--no-color")
        dyed = printed(*arguments, "--color=always")
        for code in (hues.BOLD, hues.DIM, hues.GOOD, hues.BAD, hues.PLACE, "0"):
            dyed = dyed.replace(f"{ESCAPE}{code}m", "")
        assert dyed == plain


def test_what_a_script_is_called_cannot_colour_it(nsh, folder, capsys, monkeypatch) -> None:
    name = "\033[31mred.nsh"
    (folder / name).write_text(SCRIPT, encoding="utf-8")
    monkeypatch.setattr(console, "coloured", lambda _stream: True)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    nsh("check", name)
    assert "\033[31mred" not in capsys.readouterr().out


def test_the_option_may_stand_in_front(nsh, capsys) -> None:
    for option in (["--color=always"], ["--color", "always"], ["--no-color", "--color=always"]):
        assert nsh(*option, "check", "some.nsh") == 1
        assert ESCAPE in capsys.readouterr().out
    assert nsh("--no-color", "-c", "echo hi") == 0
    assert nsh("--colour", "check", "some.nsh") == 2


# ---- check


def test_quiet_is_what_failed_alone(nsh, capsys) -> None:
    assert nsh("check", "-q", "good.nsh", "some.nsh") == 1
    assert capsys.readouterr().out == "some.nsh:2: expect 1 == 2\n  `1` == `2` does not hold\n"
    assert nsh("check", "--quiet", "good.nsh") == 0
    assert capsys.readouterr().out == ""


def test_json_is_an_object_an_expectation(nsh, capsys) -> None:
    assert nsh("check", "--json", "some.nsh", "good.nsh") == 1
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {tuple(line) for line in lines} == {("file", "line", "command", "ok", "detail")}
    assert [(line["file"], line["line"], line["ok"]) for line in lines] == [
        ("some.nsh", 1, True),
        ("some.nsh", 2, False),
        ("some.nsh", 3, True),
        ("good.nsh", 1, True),
    ]
    assert lines[1]["command"] == "expect 1 == 2"
    assert lines[1]["detail"]
    assert nsh("check", "--json", "-q", "some.nsh", "good.nsh") == 1
    assert [json.loads(line) for line in capsys.readouterr().out.splitlines()] == [lines[1]]


def test_a_report_can_be_what_is_printed(nsh, capsys) -> None:
    assert nsh("check", "--junit", "-", "some.nsh") == 1
    (suite,) = ET.fromstring(capsys.readouterr().out.encode())
    assert (suite.get("tests"), suite.get("failures")) == ("3", "1")
    assert nsh("check", "--junit", "-", "--json", "some.nsh") == 2
    assert "both want standard output" in capsys.readouterr().err


def test_scripts_behind_one_that_cannot_be_performed_are_given_up(nsh, folder, capsys) -> None:
    assert nsh("check", "good.nsh", "bad.nsh", "good.nsh", "--junit", "report.xml") == 2
    said = capsys.readouterr()
    assert said.out.splitlines() == [
        "TAP version 14",
        "ok 1 - good.nsh:1: expect 1 == 1",
        "1..1",
        "Bail out! bad.nsh cannot be performed",
    ]
    assert "bad.nsh:1:9" in said.err
    assert not (folder / "report.xml").exists()


def test_nothing_is_performed_where_a_file_cannot_be_read(nsh, capsys) -> None:
    assert nsh("check", "good.nsh", "none.nsh") == 2
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", "nsh: none.nsh: No such file or directory\n")


@pytest.mark.parametrize(("end", "status"), [("exit 0", 0), ("exit 3", 1)])
def test_an_init_that_ends_badly_leaves_no_script_in_order(
    end, status, nsh, folder, capsys
) -> None:
    """What is behind it has not been tried."""
    (folder / "ends.nsh").write_text(f"{end}\nexpect 1 == 2\n", encoding="utf-8")
    assert nsh("check", "ends.nsh") == status
    assert ("not ok 1 - ends.nsh:1: exit 3" in capsys.readouterr().out) is bool(status)


# ---- the script's own status


@pytest.mark.parametrize(
    ("script", "status"),
    [
        ("true", 0),
        ("false", 1),
        ("exit 0", 0),
        ("exit 3", 3),
        ("exit 300", 44),
        ("( exit 7 )", 7),
        ("( exit 7 ) || exit 8", 8),
        ("( exit 7 ) || true", 0),
        ("nosuch", 127),
        ("spawn w { sleep 1; exit 9 }; wait $!", 9),
        ("spawn w { kill -TERM $$ }; wait $!", 143),
        ("expect 1 == 2", 1),
        ("as nobody ps", 1),
        ("if {", 2),
    ],
)
def test_the_scripts_own_status_is_that_of_a_shell(script, status, nsh, capsys) -> None:
    assert nsh("-c", script, "--return") == status
    assert nsh("-c", script, "--return", "--json") == status


def test_a_machine_that_is_killed_has_the_signals_status(monkeypatch) -> None:
    session = Session()
    monkeypatch.setattr(
        Session, "halted", property(lambda _self: "Kernel panic - … exitcode=0x0000000b")
    )
    assert Performance(session).own_status == 128 + 11


def test_run_takes_it_as_well(nsh, folder, capsys) -> None:
    (folder / "five.nsh").write_text("exit 5\n", encoding="utf-8")
    assert nsh("run", "five.nsh", "--return") == 5
    assert nsh("run", "five.nsh") == 1


# ---- help


@pytest.mark.parametrize("command", ["", *cli._COMMANDS])
def test_a_glance_is_shorter_than_help_and_names_every_option(command, nsh, capsys) -> None:
    words = [command] if command else []
    assert nsh(*words, "-h") == 0
    short = capsys.readouterr().out
    assert nsh(*words, "--help") == 0
    long = capsys.readouterr().out
    assert "examples:" not in short
    assert short.splitlines()[0] == long.splitlines()[0]
    assert short.endswith(f"\nmore: {' '.join(['nsh', *words])} --help\n")
    options = long.partition("examples:")[0]
    for option in cli._parser_of(command)._option_string_actions if command else ():
        assert (option in options) == (option in short) or option in ("-h", "--help")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["run", "--jsn", "good.nsh"], "unrecognized arguments: --jsn; did you mean '--json'?"),
        (["check", "--qiet", "good.nsh"], "--qiet; did you mean '--quiet'?"),
        (["live", "--onec"], "--onec; did you mean '--once'?"),
        (["run", "--kernel", "lniux", "good.nsh"], "none of model, linux; did you mean 'linux'?"),
        (["completion", "zhs"], "'zhs' is none of bash, zsh, fish; did you mean 'zsh'?"),
        (["run", "good.nsh", "b"], "unrecognized arguments: b (see nsh run --help)"),
        (["run", "--zzz=1", "good.nsh"], "unrecognized arguments: --zzz=1 (see nsh run --help)"),
    ],
)
def test_a_slip_is_answered_with_what_was_meant(arguments, told, nsh, capsys) -> None:
    assert nsh(*arguments) == 2
    assert told in capsys.readouterr().err


@pytest.mark.parametrize("command", ["run", "check", "play", "live", "completion", "man"])
def test_help_knows_the_subcommands_as_well(command, nsh, capsys) -> None:
    assert nsh("help", command) == 0
    said = capsys.readouterr().out
    assert nsh(command, "--help") == 0
    assert capsys.readouterr().out == said


# ---- demos


def test_the_demos_of_the_examples_are_there_wherever_one_is(nsh, folder, capsys) -> None:
    assert nsh("check", "-q", "demos/s0/first-container.nsh") == 0
    assert nsh("run", "demos/s0/nosuch.nsh") == 2
    assert capsys.readouterr().err == "nsh: demos/s0/nosuch.nsh: No such file or directory\n"
    assert nsh("play", "s0/first-contaner") == 2
    assert "; did you mean 'demos/s0/first-container.nsh'?" in capsys.readouterr().err
    (folder / "demos" / "s0").mkdir(parents=True)
    (folder / "demos" / "s0" / "first-container.nsh").write_text("echo mine\n", encoding="utf-8")
    capsys.readouterr()
    assert nsh("run", "demos/s0/first-container.nsh") == 0
    assert capsys.readouterr().out == "mine\n"


def test_help_lists_the_demos(nsh, capsys) -> None:
    assert nsh("help", "demos") == 0
    said = capsys.readouterr().out
    assert "  demos/s0/first-container.nsh          The first container\n" in said
    assert said.count("demos/") == sum(1 for _ in DEMOS.rglob("*.nsh"))


# ---- standard input and output


def test_a_machine_can_come_by_a_pipe_but_not_the_script_as_well(nsh, capsys) -> None:
    for arguments in (("run", "-"), ("check", "good.nsh", "-"), ("export", "-", "--format", "md")):
        assert nsh(*arguments, "--from", "-") == 2
        assert "cannot be both the script and the machine" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["run", "check", "play"])
def test_a_stored_machine_is_no_script(command, nsh, folder, capsys) -> None:
    (folder / "here.nsh").write_bytes(stored.dumped(Session().machine))
    assert nsh(command, "here.nsh") == 2
    assert "--from here.nsh" in capsys.readouterr().err


def test_a_piped_script_with_options_is_told_how_to_be_run(nsh, capsys) -> None:
    assert nsh("--kernel", "linux") == 2
    assert "nsh run - --kernel linux" in capsys.readouterr().err
