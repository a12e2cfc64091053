"""save and source: what is saved leads to the same machine, or says that it does not."""

from __future__ import annotations

from contextlib import suppress

from hypothesis import assume, given
from hypothesis import strategies as st

from nsh.lang import unquote
from nsh.lang.compiler import PROMPT
from nsh.lang.diagnostics import SyntaxProblem
from nsh.session.pacing import GIVEN_UP
from nsh.session.session import Session
from tests.session.seat import Seat

ENTRIES = [
    "spawn w",
    "spawn -n 2 v",
    "as w echo web > /proc/container",
    "as w spawn inner { while true { sleep 1 } }",
    "ps",
    "kill -0 99",
    "expect { kill -0 99 } fails ESRCH",
    "x=$(echo a b)",
    "x=$(kill -0 99)",
    "def f(a) {\n  echo $a > /tmp/out\n}",
    "f 1; f 2",
    "if true { kill -0 99 }",
    "{ kill -0 99; echo no }",
    "! true",
    "kill -0 99 || false",
    "trap USR1 { echo got }",
    "kill -USR1 $$",
    "as w",
    "as 0:1",
    "echo one | cat > /tmp/out",
    "nope",
    "false &",
    "wait",
    "repeat 3 { x=1$x }",
    "policy pid.move any",
    "spawn --pid box; as box spawn child",
]


BUDGET = 5_000
"""Steps for each command: a wait for a program that sleeps again and again is given up."""


@given(st.lists(st.sampled_from(ENTRIES), max_size=8))
def test_what_is_saved_replays_to_the_same_digest(tmp_path_factory, lines):
    seat = Seat(*lines, max_steps=BUDGET)
    assume(not any(step.message.startswith(GIVEN_UP) for step in seat.session.history))
    path = tmp_path_factory.mktemp("saved") / "saved.nsh"
    assert seat.say(f"save {path}").endswith(f"{path}; they lead to the same machine")
    again = Session()
    again.run(path.read_text(encoding="utf-8"), PROMPT)
    assert again.digest == seat.session.digest
    sourced = Seat()
    sourced.say(f"source {path}")
    assert sourced.session.digest == seat.session.digest


LABELS = st.sampled_from(["init", "w", "v", "v.1", "web:1", "0:1", ":2", "nobody"])
TEXTS = st.text(
    st.characters(min_codepoint=32, max_codepoint=0x17F, exclude_categories=["Zs", "Cc"])
)
VALUES = TEXTS.map(lambda text: unquote.quote((text,)))
FILES = st.sampled_from(
    ["/tmp/a", "/tmp/b c", "/proc/container", "/tmp", "/nowhere/x", "/dev/null"]
)
SIGNALS = st.sampled_from(["0", "TERM", "KILL", "STOP", "CONT", "USR1", "CHLD"])


def typed(*parts: str | st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """A line of these parts, with a blank between each two."""
    return st.tuples(*(st.just(one) if isinstance(one, str) else one for one in parts)).map(
        " ".join
    )


COMMANDS = st.one_of(
    typed("spawn", LABELS),
    typed("spawn --pid --mount-proc", LABELS, "{ while true { sleep 5 } }"),
    typed("as", LABELS),
    typed("as", LABELS, "exit", st.integers(0, 300).map(str)),
    typed("as", LABELS, "echo", VALUES, ">", FILES.map(lambda path: unquote.quote((path,)))),
    typed("echo", VALUES, ">>", FILES.map(lambda path: unquote.quote((path,)))),
    typed("kill -s", SIGNALS, LABELS),
    typed("as", LABELS, "unshare", st.sampled_from(["--pid", "--uts", "--mount", "-Ur", "--ipc"])),
    VALUES.map(lambda value: f"x={value}"),
    typed("x=$(cat", FILES.map(lambda path: unquote.quote((path,))), ")"),
    typed("def f(a) { echo $a", VALUES, "}"),
    typed("f", VALUES),
    typed("hostname", VALUES),
    typed("policy pid.move", st.sampled_from(["never", "any", "wrong"])),
    typed("trap", SIGNALS, "{ echo", VALUES, "}"),
    typed("if test -n", VALUES, "{ spawn", LABELS, "} else { false }"),
    typed("cd", FILES.map(lambda path: unquote.quote((path,)))),
    typed("container new", VALUES),
    VALUES,
)


@given(st.lists(st.one_of(COMMANDS, st.sampled_from(["undo", "redo", "branch b"])), max_size=12))
def test_whatever_is_typed_what_is_saved_leads_there_again(tmp_path_factory, lines):
    seat = Seat(max_steps=BUDGET)
    for line in lines:
        with suppress(SyntaxProblem):  # the prompt tells of it
            seat.enter(line)
    assume(not any(step.message.startswith(GIVEN_UP) for step in seat.session.history))
    path = tmp_path_factory.mktemp("saved") / "saved.nsh"
    assert seat.say(f"save {path}").endswith("they lead to the same machine")
    again = Session()
    again.run(path.read_text(encoding="utf-8"), PROMPT)
    assert again.digest == seat.session.digest


def test_what_was_given_up_is_left_out_of_what_is_saved(tmp_path):
    """A script would end there: nobody is left to wake who waits."""
    seat = Seat("spawn w", "wait", "spawn v")
    path = tmp_path / "saved.nsh"
    assert seat.say(f"save {path}").endswith("they lead to the same machine")
    text = path.read_text(encoding="utf-8")
    assert text == "spawn w\n# wait\nfalse && true  # that was given up\nspawn v\n"


GOING = ["expect 1 == 2", "undo", "redo", "branch b", "branch main", "goto 1"]


@given(st.lists(st.sampled_from([*ENTRIES, *GOING]), max_size=10))
def test_wherever_one_goes_saving_says_whether_it_leads_there(tmp_path_factory, lines):
    seat = Seat(*lines, max_steps=BUDGET)
    path = tmp_path_factory.mktemp("saved") / "saved.nsh"
    said = seat.say(f"save {path}")
    again = Session()
    again.run(path.read_text(encoding="utf-8"), PROMPT)
    same = again.digest == seat.session.digest
    assert said.endswith("they lead to the same machine") == same
    if not same:
        text = path.read_text(encoding="utf-8")
        assert (
            "not as expected" in text
            or "was given up" in text
            or said.endswith("no moment between two commands")
        )


def test_a_saved_script_says_what_it_cannot_do_again(tmp_path):
    seat = Seat(profile="mainline")
    seat.session._attended = True
    steps = seat.session.performing("read x")
    for _ in steps:
        if seat.session.awaiting:
            seat.session.type(b"hello\n")
    path = tmp_path / "saved.nsh"
    assert seat.say(f"save {path}") == (
        f"1 command in {path}; they do not lead to the same machine: somebody typed at the terminal"
    )
    assert path.read_text(encoding="utf-8").splitlines() == [
        "# nsh run --profile mainline",
        "# somebody typed at the terminal here",
        "read x",
    ]


def test_source_performs_a_whole_script_or_nothing(tmp_path):
    path = tmp_path / "script.nsh"
    path.write_text("spawn a\nspawn b\n", encoding="utf-8")
    seat = Seat()
    assert seat.say(f"source {path}") == ""
    assert seat.labels() == ["init", "a", "b"]
    path.write_text("spawn c\n}\n", encoding="utf-8")
    assert f"--> {path}:2:1" in seat.refuse(f"source {path}")
    assert seat.labels() == ["init", "a", "b"]
    assert "No such file" in seat.refuse("source /nowhere")
    assert "No such file" in seat.refuse("save /nowhere/file")


def test_files_of_the_person_are_found_by_their_home(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    seat = Seat("spawn w")
    assert f"1 command in {tmp_path}/kept.nsh" in seat.say("save ~/kept.nsh")
    assert (tmp_path / "kept.nsh").read_text().endswith("spawn w\n")
    again = Seat()
    again.enter("source ~/kept.nsh")
    assert again.session.digest == seat.session.digest
