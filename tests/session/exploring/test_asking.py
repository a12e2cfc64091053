"""The word `explore` at a prompt."""

from __future__ import annotations

from nsh.machine.invariants import violations
from nsh.session.session import Session
from nsh.session.words import Words


def prompt(*typed: str) -> tuple[Words, list[str]]:
    words, answers = Words(Session()), []
    for line in typed:
        answer = words.perform(line)
        if answer is None:
            words.session.submit(line)
        else:
            answers.append(answer.text)
    return words, answers


def test_it_is_the_last_command_that_is_explored_from_where_it_began() -> None:
    _words, (told, again, story) = prompt(
        "echo 1 > /tmp/x", "par { rm /tmp/x } { cat /tmp/x }", "explore", "explore", "explore 1"
    )
    assert told == again
    assert told.startswith("par { rm /tmp/x } { cat /tmp/x }: 2 outcomes; complete (")
    assert "prints '1'" in told
    assert story.startswith("how 1 comes about: ")
    assert "unlink" in story


def test_the_machine_hears_nothing_of_it() -> None:
    words, _answers = prompt("echo 1 > /tmp/x", "explore")
    assert words.session.step.place.text == "echo 1 > /tmp/x"
    before = words.session.digest
    words.perform("explore 1")
    assert words.session.digest == before


def test_an_outcome_becomes_a_branch_to_look_around_in_and_go_on_from() -> None:
    words, (_told, gone, back) = prompt(
        "echo 0 > /tmp/n",
        "def more { read n < /tmp/n; echo $((n + 1)) > /tmp/n }",
        "par { more } { more }",
        "explore",
        "explore 2 second",
        "cat /tmp/n",
        "branch main",
    )
    assert gone.startswith("on second: step ")
    assert back.startswith("on main: step ")
    session = words.session
    printed = []
    for name in ("second", "main"):
        if name != words.branch:
            words.perform(f"branch {name}")
        assert [step.number for step in session.history] == list(range(len(session.history)))
        assert not violations(session.machine)
        printed.append(session.submit("cat /tmp/n").stdout)
        words.perform("undo")
        assert words.perform("explore") is not None
        while session.back() is not None:
            pass
        session.goto(len(session.history) - 1)
    assert set(printed) == {"1\n", "2\n"}
    assert words.branches == ["main", "second"]


def test_what_it_cannot_do_is_said() -> None:
    _words, answers = prompt(
        "explore", "true", "explore x", "explore 1 2 3", "explore 7", "explore 0", "explore 1 main"
    )
    assert [answer.removeprefix("nsh: explore: ") for answer in answers] == [
        "nothing has been done yet",
        "it wants the number of an outcome, and maybe the NAME of a branch",
        "it wants the number of an outcome, and maybe the NAME of a branch",
        "there is no outcome 7; there is 1",
        "there is no outcome 0; there is 1",
        "there is a branch main already",
    ]
