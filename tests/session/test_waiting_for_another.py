"""``as``: who waits for another task's program goes on handling its own signals, and waits on."""

from __future__ import annotations

import pytest

from nsh.session.session import Session


@pytest.mark.parametrize("keep", [True, False])
@pytest.mark.parametrize(
    ("script", "printed"),
    [
        ("trap USR1 { echo x }; spawn a; as a { kill -USR1 1; echo done }", ["done", "x"]),
        ("trap USR1 { echo x }; spawn a; as a kill -USR1 0", ["x", "x"]),
        (
            "trap USR1 { sleep 2; echo late }; spawn a; as a { kill -USR1 1; echo done }; echo end",
            ["done", "end", "late"],
        ),
        (
            "trap USR1 { echo x }; spawn a; as a { x=5; kill -USR1 1; sleep 1; x=7 }; echo $x",
            ["7", "x"],
        ),
        (
            "trap USR1 { as a echo second; echo handled }; spawn a; "
            "a { kill -USR1 1; sleep 1; echo first }; echo third",
            ["first", "handled", "second", "third"],
        ),
    ],
)
def test_a_handler_runs_once_and_the_other_performs_once(
    keep: bool, script: str, printed: list[str]
) -> None:
    session = Session(keep=keep)
    result = session.run(script)
    assert result.ok
    assert sorted(result.stdout.split()) == printed


@pytest.mark.parametrize("keep", [True, False])
@pytest.mark.parametrize(
    ("script", "printed"),
    [
        (
            "trap USR1 { as a echo second; echo handled }; spawn a; "
            "a { kill -USR1 1; sleep 1; echo first }; echo end",
            ["first", "second", "handled", "end"],
        ),
        (
            "trap USR1 { as b { sleep 2; echo b }; echo handled }; spawn a; spawn b; "
            "a { kill -USR1 1; echo a }; echo end",
            ["a", "b", "handled", "end"],
        ),
    ],
    ids=["the same task", "another task"],
)
def test_a_handler_that_asks_for_more_is_told_of_what_it_asked_for(
    keep: bool, script: str, printed: list[str]
) -> None:
    result = Session(keep=keep).run(script)
    assert result.ok, result.messages
    assert result.stdout.split() == printed


def test_who_is_stopped_and_goes_on_asks_for_nothing_twice() -> None:
    session = Session()
    result = session.run("""
        spawn boss; spawn a; spawn b
        boss { as a { sleep 2; echo once } } &
        sleep 1
        kill -STOP boss
        kill -CONT boss
        sleep 3
    """)
    assert result.ok
    assert result.stdout.split().count("once") == 1
