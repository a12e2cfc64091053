"""The word `explore` at a prompt."""

from __future__ import annotations

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


def test_what_it_cannot_do_is_said() -> None:
    _words, answers = prompt("explore", "true", "explore x", "explore 1 2", "explore 7")
    assert [answer.removeprefix("nsh: explore: ") for answer in answers] == [
        "nothing has been done yet",
        "it wants the number of an outcome, or nothing",
        "it wants the number of an outcome, or nothing",
        "there is no outcome 7; there is 1",
    ]
