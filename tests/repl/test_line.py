"""The line shell without a terminal emulator: on pipes, on a pseudo-terminal, piece by piece."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from prompt_toolkit.formatted_text import fragment_list_to_text
from prompt_toolkit.styles import Style

from nsh.lang.pasting import script
from nsh.repl import around, help
from nsh.repl.history import RememberedHistory
from nsh.repl.lexer import RoleLexer
from nsh.repl.style import colour, style_of
from nsh.session import themes
from nsh.session.remembered import Remembered
from nsh.session.session import Session
from nsh.session.words import WORDS
from nsh.userland.registry import is_command
from nsh.views.themes import ROLES
from tests.repl import interrupting
from tests.repl._pty import Line

ROOT = Path(__file__).parents[2]


def plain(text: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "nsh", "repl", *arguments],
        input=text,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_on_a_pipe_it_appends_and_colours_nothing():
    run = plain("spawn w {\n  exit\n}\nread y\nfoo bar\necho [$y]\nif {\nundo\n")
    assert run.returncode == 0
    assert run.stdout == (
        "0:1 init # > > 0:1 init # 0:1 init # [foo bar]\n0:1 init # 0:1 init # "
        "undone: read y (1 that changed nothing was passed over)\n0:1 init # \n"
    )
    assert "[0:2] w: exited 0; a zombie until its parent waits" in run.stderr
    assert "\x1b" not in run.stdout + run.stderr
    assert "error[NSH-E0214]" in run.stderr


def test_of_several_lines_it_tells_which_was_the_last(tmp_path):
    file = tmp_path / "some.nsh"
    file.write_text("echo one\nkill 77\necho two\n", encoding="utf-8")
    run = plain(f"source {file}\nkill 88\ntrue; kill 99\n", str(file))
    ends = "the script ends here, for nothing tests whether this fails: kill 77\n"
    assert run.stdout.count("one") == 2
    assert [line + "\n" for line in run.stderr.splitlines() if "ends here" in line] == [
        f"{file}:2: {ends}",
        f"<prompt>:2: {ends}",
    ]


@pytest.mark.parametrize("word", ["exit", "quit"])
def test_words_that_leave(word):
    run = plain(f"{word}\necho on\n")
    assert (run.returncode, run.stdout, run.stderr) == (0, "0:1 init # ", "")
    run = plain(f"spawn w\nas w\n{word}\nas init\nps -o stat= w\n")
    assert ("Z" in run.stdout) == (word == "exit")
    run = plain("exit 3\n")
    assert "panic" in run.stderr


def test_a_script_may_come_first():
    run = plain("ps -o comm\n", "demos/s0/first-container.nsh")
    assert run.returncode == 0
    assert "httpd.1" in run.stdout
    assert plain("", "no/such/file").returncode == 2
    assert plain("", "--profile", "nobody").returncode == 2


def test_the_end_of_input_in_the_middle_performs_nothing():
    run = plain("spawn w {\n")
    assert run.returncode == 0
    assert "came in the middle" in run.stderr


LOADED = """
import sys
sys.argv = ["nsh", "repl", "--no-history"]
from nsh.cli import main
status = main()
print("loaded:", *sorted({name.split(".")[0] for name in sys.modules}))
"""


def test_it_loads_no_textual(tmp_path):
    line = Line(tmp_path, code=LOADED)
    line.wait(b"step")
    line.send(b"ps\r")
    line.wait(b"CMD")
    line.send(b"unsh\t\r")
    line.read(0.5)
    line.send(b"\x03")
    assert line.leave() == 0
    line.read(0.2)
    modules = line.text.rpartition("loaded:")[2].split()
    line.close()
    assert {"prompt_toolkit", "pygments", "lark"} <= set(modules)
    assert not {"textual", "rich"} & set(modules)


AHEAD = """
import os, sys
sys.argv = ["nsh", "repl", "--no-history"]
from prompt_toolkit.renderer import Renderer
from nsh.cli import main
from nsh.repl import screen
screen.WAIT = 60
drawn = Renderer.render
def render(*given, **more):
    drawn(*given, **more)
    print("loaded:", *sorted({n.split(".")[0] for n in sys.modules}), ":all", flush=True)
    os._exit(0)
Renderer.render = render
main()
"""


def test_the_first_prompt_does_not_wait_for_the_grammar_nor_for_colours(tmp_path):
    line = Line(tmp_path, code=AHEAD)
    line.wait(b":all")
    modules = line.text.partition("loaded:")[2].partition(":all")[0].split()
    line.close()
    assert "prompt_toolkit" in modules
    assert not {"lark", "pygments"} & set(modules)


def test_ctrl_c_is_the_person_s_whoever_started_it(tmp_path):
    """A shell's background jobs have SIGINT ignored, and so has what they start."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        line = Line(tmp_path)
    finally:
        signal.signal(signal.SIGINT, before)
    line.wait(b"step")
    line.send(b"cat\r")
    line.read(0.3)
    since = len(line.output)
    line.send(b"\x03")
    line.wait(b"step", since)  # what is typed before the prompt is there, the terminal throws away
    line.send(b"echo status-$?\r")
    line.wait(b"status-130")
    assert line.leave() == 0
    line.close()


@pytest.mark.parametrize("arguments", [(), ("--vi",)], ids=str)
def test_keys_of_signals_put_nothing_into_a_line(tmp_path, arguments):
    line = Line(tmp_path, *arguments)
    line.wait(b"step")
    line.send(b"echo \x1aon-\x1c$?\r")
    line.wait(b"on-0")
    assert line.leave() == 0
    line.close()
    kept = (tmp_path / "nsh" / "history").read_text(encoding="utf-8")
    assert kept.splitlines()[-1] == "+echo on-$?"


def test_ctrl_z_stops_who_can_be_continued_and_says_of_others_that_it_cannot(tmp_path):
    line = Line(tmp_path)
    line.wait(b"step")
    line.send(b"echo be''gun; cat\r")
    line.wait(b"begun")
    line.send(b"\x1a")
    line.wait(b"the process group is orphaned; ^C interrupts")
    since = len(line.output)
    line.send(b"\x03")
    line.wait(b"step", since)
    line.send(b"spawn a; as a spawn b; as b setpgid 0 0; tcsetpgrp 3; echo on''ward; as b cat\r")
    line.wait(b"onward")
    since = len(line.output)
    line.send(b"\x1a")
    line.wait(b"[0:3] b: stopped by TSTP", since)
    line.wait(b"step", since)  # without a line for b to read
    assert b"orphaned" not in line.output[since:]
    assert line.leave() == 0
    line.close()


@pytest.mark.slow
def test_interrupts_at_random_moments(tmp_path):
    """A few; ``python -m tests.repl.interrupting`` does two hundred."""
    for seed in range(5):
        state = tmp_path / str(seed)
        assert interrupting.run(random.Random(seed), state) == ""


def test_every_theme_has_a_style_for_every_role():
    for theme in themes.load()[0].values():
        style = style_of(theme)
        assert isinstance(style, Style)
        for role in ROLES:
            found = style.get_attrs_for_style_str(f"class:{role}")
            wanted = colour(theme.styles[role].color)
            assert found.color == wanted.removeprefix("fg:").lstrip("#")
            assert bool(found.bold) == ("bold" in theme.styles[role].attributes)


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("#012345", "#012345"),
        ("ansi_default", "fg:default"),
        ("ansi_red", "ansired"),
        ("ansi_bright_red", "ansibrightred"),
        ("ansi_white", "ansigray"),
        ("ansi_bright_white", "ansiwhite"),
    ],
)
def test_colours_have_other_names_there(ours, theirs):
    assert colour(ours) == theirs
    Style.from_dict({"x": theirs})


@pytest.mark.parametrize("width", range(8, 130, 7))
def test_the_prompt_leaves_room_to_type(width):
    whole = "a-very-long-container:12345 an-extremely-long-program # "
    shown = fragment_list_to_text(around.prompt(whole, width))
    assert shown.endswith("# ")
    assert shown.startswith("a-very-long-container:12345")
    if width >= around.NARROW:
        assert shown == whole
    assert fragment_list_to_text(around.prompt("0:1 init # ", 40)) == "0:1 init # "
    machine = Session().machine
    line = around.toolbar(around.facts(machine, 3, 9), width)
    assert len(line) <= max(width, 1)
    assert around.facts(machine, 3, 9)[1] == "step 3 of 9: redo, or goto 9"


def test_the_colours_of_lines():
    from prompt_toolkit.document import Document

    line = RoleLexer().lex_document(Document("if a {\n echo 'b\nc'\n}"))
    assert line(0)[0] == ("class:keyword", "if")
    assert ("class:string", "'b") in line(1)
    assert line(2)[0] == ("class:string", "c'")
    assert line(99) == []


@pytest.mark.parametrize(
    ("pasted", "typed"),
    [
        ("ps\n", "ps"),
        ("a\r\nb\r\n", "a\nb"),
        ("0:1 init # ps\n  PID TTY\n    1 console\n0:1 init # echo a\na\n", "ps\necho a"),
        ("web:1 sshd $ if a {\n> b\n         > }\nx\n", "if a {\nb\n}"),
        ("0:1 init # if a {\nb\n}\nx\n", "if a {\nb\n}"),
        ("(nobody) # ps\n", "ps"),
        ("0:1 init # ", ""),
        ("echo 0:1 init is who acts\n", "echo 0:1 init is who acts"),
        ("#: narration\n# a comment\nps", "#: narration\n# a comment\nps"),
        ("spawn w\n0:2 ps # what w sees\nps\n", "spawn w\n0:2 ps # what w sees\nps"),
        ("0:1 # echo a\na\nweb:1 ss… # ps\n", "echo a\nps"),  # of a narrow terminal
        ("the rest of an answer\n0:1 init # ps\n  PID TTY\n", "ps"),
        ("0:1 init # as 2\n0:2 sleep # ps\n", "as 2\nps"),  # sleep is who acts there
    ],
)
def test_a_transcript_becomes_a_script(pasted, typed):
    assert script(pasted, is_command) == typed


@pytest.mark.parametrize("width", [80, 40, around.NARROW - 1, 20, 12])
@pytest.mark.parametrize("whole", ["0:1 init # ", "web:12 a-program $ ", "(nobody) # "])
def test_a_prompt_of_any_width_is_taken_away(whole, width):
    shown = fragment_list_to_text(around.prompt(whole, width))
    assert script(f"{shown}echo a\na\n", is_command) == "echo a"


def test_history_is_what_is_remembered():
    remembered = Remembered()
    remembered.add("first")
    history = RememberedHistory(remembered)
    assert history.load_history_strings() == ["first"]
    for line in ("first", "second", "second", "  ", "third\nline"):
        history.append_string(line)
    assert remembered.entries == ["first", "second", "third\nline"]
    assert history.get_strings() == ["second", "third\nline"]  # the first was not loaded yet
    assert history.load_history_strings() == ["third\nline", "second", "first"]


@pytest.mark.parametrize("signo", [signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("typed", [b"", b"echo half", b"cat\r", b"while true { }\r"])
def test_who_ends_it_from_outside_gets_the_terminal_back(tmp_path, signo, typed):
    line = Line(tmp_path)
    line.wait(b"step")
    line.send(typed)
    line.wait(typed.split()[-1] if typed else b"step")
    os.kill(line.pid, signo)
    assert line.end() == 128 + signo
    assert line.after == line.settings
    assert "Traceback" not in line.text
    line.close()


PLAINLY = (
    (b"spawn w { exit 3 }\r", b"a zombie until its parent waits"),
    (b"if true {\r", b"> "),
    (b"echo four''teen }\r", b"\r\nfourteen\r\n"),
    (b"nope 'a\r", b"> "),
    (b"\x03", b"0:1 init # "),
    (b"unshre\r", b"did you mean"),
    (b"echo } x\r", b"error[NSH-E"),
    (b"kill 99\r", b"ESRCH"),
    (b"explain\r", b"Rule:"),
    (b"cat\r", b"cat\r\n"),
    (b"typed\r", b"typed\r\ntyped\r\n"),
    (b"\x04", b"0:1 init # "),
    (b"echo be''gun; while true { }\r", b"begun\r\n"),  # before that, ^C empties the terminal
    (b"\x03", b"given up"),
    (b"\x1b[A\r", b"^[[A"),
    (b"printf 'a\\033[2Jb\\rc\\b'\r", b"a^[[2Jb^Mc^H\r\n"),
    (b"help undo\r", b"at a prompt"),
)
"""What is typed, and what comes of it."""


@pytest.mark.parametrize(
    ("arguments", "terminal"), [((), "dumb"), (("--plain",), "xterm-256color")]
)
def test_lines_are_only_appended(tmp_path, arguments, terminal):
    """Where nothing can be drawn, and for who asks for it: nothing that a terminal would obey."""
    line = Line(tmp_path, *arguments, environ={"TERM": terminal, "COLORTERM": "truecolor"})
    line.wait(b"0:1 init # ")
    for typed, wanted in PLAINLY:
        since = len(line.output)
        line.send(typed)
        line.wait(wanted, since)
    assert line.leave() == 0
    line.close()
    lines = line.output.decode().replace("\r\n", "\n").split("\n")
    assert [one for one in lines if not one.isprintable()] == []
    assert not (tmp_path / "nsh").exists()


def test_f1_names_every_word(tmp_path):
    for word in WORDS.values():
        assert word.usage in help.text()
    assert all(len(line) < 80 for line in help.text().splitlines())
    line = Line(tmp_path, "--no-history")
    line.wait(b"step")
    line.send(b"\x1bOP")
    line.wait(b"what could stand here")
    assert line.leave() == 0
    line.close()
    assert os.listdir(tmp_path) == []


def test_a_sentence_is_broken_between_words(tmp_path):
    shell = Line(tmp_path, "--plain")
    try:
        shell.wait(b"init # ")
        words = "echo some words that make of it a line as long as many are > aa"
        shell.send(f"{words}\ntrue\nundo\n".encode())
        shell.wait(b"over)")
        answer = shell.text.partition("undone: ")[2].partition("0:1 init")[0]
        lines = f"undone: {answer}".split()
        assert " ".join(lines) == f"undone: {words} (1 that changed nothing was passed over)"
        assert all(len(line) < 80 for line in f"undone: {answer}".splitlines())
        assert shell.leave() == 0
    finally:
        shell.close()
