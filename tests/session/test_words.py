"""undo, redo, goto, branches and the rest: what prompts know beside the language."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from nsh.lang import unquote
from nsh.lang.compiler import PROMPT
from nsh.lang.diagnostics import SyntaxProblem
from nsh.lang.foreign import PROMPT_WORDS
from nsh.session.answers import Answer
from nsh.session.difference import difference
from nsh.session.entries import changed
from nsh.session.pacing import GIVEN_UP, MAX_STEPS
from nsh.session.session import Session
from nsh.session.words import COMMANDS_TOO, WORDS, Words
from nsh.userland.registry import commands


class Seat:
    """A prompt without a terminal."""

    def __init__(self, *lines: str, profile: str = "all", max_steps: int = MAX_STEPS) -> None:
        self.session = Session(profile, max_steps=max_steps)
        self.words = Words(self.session)
        for line in lines:
            self.enter(line)

    def enter(self, line: str) -> Answer | None:
        answer = self.words.perform(line)
        text = line if answer is None else answer.perform
        if text:
            for _ in self.session.performing(text):
                pass
        return answer

    def say(self, line: str) -> str:
        answer = self.enter(line)
        assert answer is not None
        assert answer.ok, answer.text
        return answer.text

    def refuse(self, line: str) -> str:
        answer = self.enter(line)
        assert answer is not None
        assert not answer.ok
        return answer.text

    def labels(self) -> list[str]:
        return [task.label for task in self.session.tasks()]


def test_undo_goes_back_before_what_changed_something_and_redo_forward_again():
    seat = Seat("spawn a", "spawn b", "ps", "getpid", "kill -0 99", "ls /proc")
    assert seat.say("undo") == "undone: spawn b (4 that changed nothing were passed over)"
    assert seat.labels() == ["init", "a"]
    assert seat.say("undo") == "undone: spawn a"
    assert seat.refuse("undo") == "nsh: undo: nothing has been changed yet"
    assert seat.say("redo") == "done again: spawn a"
    assert seat.say("redo") == "done again: spawn b"
    assert seat.labels() == ["init", "a", "b"]
    assert "nothing that is left changes" in seat.say("redo")
    assert seat.refuse("redo") == "nsh: redo: this is the present"


@pytest.mark.parametrize(
    "command",
    [
        "spawn other",
        "x=1",
        "def f() { true }",
        "cd /tmp",
        "exec > /dev/null",
        "echo hi > /tmp/f",
        "hostname other",
        "unshare --uts",
        "policy pid.move any",
        "trap INT { echo }",
        "as w getpid > /tmp/g",
        "mount -t tmpfs none /tmp",
        "as w",
        "kill -9 w",
        "setsid spawn leader || setsid true",
    ],
)
def test_what_changes_something_can_be_undone(command):
    seat = Seat("spawn w", "true")
    before = seat.session.digest
    seat.enter(command)
    seat.say("undo")
    assert seat.session.digest == before


@pytest.mark.parametrize(
    "command",
    ["ps", "true", "false", "getpid", "ls -l /proc", "cat /proc/1/status", "lsns", "nope"],
)
def test_what_only_looks_changes_nothing(command):
    seat = Seat("spawn w", "as w spawn v")
    before = seat.session.machine
    seat.enter(command)
    assert not changed(before, seat.session.machine)
    assert difference(before, seat.session.machine) == []


def test_a_future_that_is_left_is_kept_as_a_branch():
    seat = Seat("spawn a", "spawn b")
    seat.say("undo")
    seat.enter("spawn c")
    assert seat.labels() == ["init", "a", "c"]
    assert seat.say("branch undone").startswith("on undone: step ")
    seat.say("redo")
    assert seat.labels() == ["init", "a", "b"]
    seat.say("branch main")
    assert seat.labels() == ["init", "a", "c"]


def test_branches_go_their_own_ways():
    seat = Seat("spawn a")
    assert seat.say("branch what-if") == "on what-if, from here on; the other history is kept"
    seat.enter("as a exit")
    assert not seat.session.task("a").alive
    seat.say("branch main")
    assert seat.session.task("a").alive
    seat.enter("spawn b")
    seat.say("branch what-if")
    assert seat.labels() == ["init", "a"]
    lines = seat.say("branches").splitlines()
    assert lines == [
        "  main        4 steps, last: spawn b",
        "* └─ what-if  from step 2, 5 steps, last: as a exit",
    ]
    assert seat.refuse("branch what-if") == "nsh: branch: this is what-if"


def test_steps_goto_and_diff():
    seat = Seat("spawn a", "x=1", "ps")
    assert [line.split("  ")[-1] for line in seat.say("steps").splitlines()] == [
        "spawn a",
        "x=1",
        "ps",
    ]
    assert seat.say("steps 1").splitlines()[0] == "(2 earlier ones: steps 3)"
    last = len(seat.session.history) - 1
    assert seat.say("goto 2") == f"step 2 of {last}, after: spawn a"
    assert "> 1-2   0:1  spawn a" in seat.say("steps").splitlines()
    assert seat.say("goto 1") == f"step 1 of {last}, in the middle of: spawn a"
    seat.say("goto 2")
    assert seat.say("diff 0").splitlines()[0] == "+ task 0:2 a"
    assert seat.say("diff 2 3") == "~ script: variables +x"
    assert seat.say("diff 3 2") == "~ script: variables -x"
    assert seat.say("diff 2 2") == "steps 2 and 2 do not differ"
    assert seat.say("goto 0") == f"step 0 of {last}, the boot"
    assert seat.refuse("goto 9999") == f"nsh: goto: there is no step 9999; the last is {last}"


def test_changes_are_told_on_request():
    seat = Seat("spawn a")
    before = seat.session.position
    seat.enter("spawn b")
    assert seat.words.told(before) == ""
    seat.say("changes on")
    before = seat.session.position
    seat.enter("spawn c")
    assert seat.words.told(before).splitlines()[0] == "+ task 0:4 c"
    before = seat.session.position
    seat.enter("true")
    assert seat.words.told(before) == "(nothing has changed)"
    seat.say("changes off")
    assert seat.words.told(before) == ""


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


def test_a_word_is_only_one_by_itself():
    seat = Seat()
    for line in ("$x undo", "echo undo", "undo {", "x=1 undo", "undo-it", "undo=1", "help | wc -l"):
        assert seat.words.perform(line) is None
    for line in ("undo; ps", "undo > f", "undo &", "undo $x", "undo && ps", "undo\nps"):
        assert seat.refuse(line) == "nsh: undo: a word of the prompt stands alone on its line"
    seat.enter("def undo() { echo mine }")
    assert seat.words.perform("undo") is None


def test_a_word_refuses_what_it_does_not_understand():
    seat = Seat("spawn a")
    for line in (
        "undo 3",
        "redo x",
        "steps x",
        "steps 0",
        "goto",
        "diff 1 2 3",
        "changes maybe",
        "branch",
    ):
        assert seat.refuse(line).startswith(f"nsh: {line.split()[0]}: ")


@pytest.mark.parametrize("word", WORDS)
def test_the_example_of_each_word_runs(word, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    seat = Seat()
    for line in WORDS[word].example.splitlines():
        answer = seat.enter(line)
        assert answer is None or answer.ok
        assert seat.session.status == 0
    assert (commands.find(word) is not None) == (word in COMMANDS_TOO)


def test_the_language_knows_the_words_by_name():
    assert set(PROMPT_WORDS) == set(WORDS)


@pytest.mark.parametrize(
    ("mistyped", "meant"), [("whne", "when"), ("udno", "undo"), ("brnach x", "branch")]
)
def test_a_mistyped_word_is_answered_with_the_right_one_where_it_is_known(mistyped, meant):
    name = mistyped.split()[0]
    told = f"nsh: {name}: command not found; did you mean `{meant}`?\n"
    seat = Seat(mistyped)
    said = [output.text for step in seat.session.history for output in step.output]
    assert said == [told]
    assert meant not in Session().run(mistyped).stderr, "a script does not know it"


def test_a_script_that_has_a_word_of_the_prompt_is_told_so():
    told = "nsh: undo: command not found; a word of the prompt (`nsh repl`), where it stands alone "
    assert Session().run("x=1\nundo\n").stderr.startswith(told)


def test_the_words_match_no_names_and_take_signs_of_patterns_as_they_are():
    seat = Seat("spawn w", "kill -9 w")
    assert "kill(2, SIGKILL)" in seat.say("when did w die?")
    assert seat.say("mark x?").startswith("step ")
    assert seat.say("goto x?") == seat.say("goto 5")
    assert seat.say("branch [ab]*").startswith("on [ab]*, ")
    assert seat.refuse("help *") == "nsh: help: there is no help on '*'"
    seat.enter("echo 'a*b'")
    assert "write(1" in seat.say("when prints a*b")


def test_files_of_the_person_are_found_by_their_home(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    seat = Seat("spawn w")
    assert f"1 command in {tmp_path}/kept.nsh" in seat.say("save ~/kept.nsh")
    assert (tmp_path / "kept.nsh").read_text().endswith("spawn w\n")
    again = Seat()
    again.enter("source ~/kept.nsh")
    assert again.session.digest == seat.session.digest


@pytest.mark.parametrize(
    ("script", "ref"),
    [
        ("spawn web; web", "web"),
        ("spawn touc; touc", "touc"),  # its name is nearer than that of a command
        ("x=web; spawn web; $x", "web"),
        ("spawn sshd; as sshd echo web > /proc/container; web:1", "web:1"),
    ],
)
def test_a_task_named_alone_is_told_what_one_does_with_it(script, ref):
    told = f"nsh: {ref}: command not found; {ref} is a task: `{ref} COMMAND` has it perform that, "
    assert Session().run(script).stderr == f"{told}`as {ref}` goes there\n"


@pytest.mark.parametrize("script", ["web", "spawn web { exit }; sleep 1; web", "spawn web; wab"])
def test_who_is_not_there_or_dead_is_no_task_to_go_to(script):
    assert "is a task" not in Session().run(script).stderr
