"""undo, redo, goto, branches and the rest: what prompts know beside the language."""

from __future__ import annotations

import pytest

from nsh.lang.foreign import PROMPT_WORDS
from nsh.session.difference import difference
from nsh.session.entries import changed
from nsh.session.session import Session
from nsh.session.words import COMMANDS_TOO, WORDS
from nsh.userland.registry import commands
from tests.session.seat import Seat


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
    assert seat.refuse("goto 9999") == f"nsh: goto: there is no step 9999; the last step is {last}"


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
    told = (
        "nsh: undo: command not found; a word of the prompt (`nsh repl`), to be entered by itself"
    )
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


@pytest.mark.parametrize("typed", ["web", "web ps"])
def test_a_container_named_alone_is_told_how_its_tasks_are_called(typed):
    made = "spawn sshd; as sshd echo web > /proc/container; "
    told = "nsh: web: command not found; web is a container: `web:1 COMMAND`, `as web:1`\n"
    assert Session().run(made + typed).stderr == told
    assert "container" not in Session().run(made + "as sshd exit; " + typed).stderr


@pytest.mark.parametrize("script", ["web", "spawn web { exit }; sleep 1; web", "spawn web; wab"])
def test_who_is_not_there_or_dead_is_no_task_to_go_to(script):
    assert "is a task" not in Session().run(script).stderr
