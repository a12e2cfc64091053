"""Going back, forward and elsewhere: a moment is a value."""

from __future__ import annotations

import pytest

from nsh.session.session import Session

SCRIPT = """
spawn sshd
as sshd { echo web > /proc/container }
as sshd spawn -n 2 httpd
as web:1 kill -TERM 2
as sshd wait 2 || true
sleep 3
if fork { exit 7 } else { wait $! || true }
"""


def played() -> Session:
    session = Session()
    assert session.run(SCRIPT, "script").ok
    return session


def test_every_moment_has_the_digest_it_had_when_it_was_made() -> None:
    session = Session()
    session.load(SCRIPT)
    digests = [session.digest]
    while session.forward() is not None:
        digests.append(session.digest)
    assert len(digests) > 30
    assert len(set(digests)) > 25
    for position in (*range(len(digests)), *reversed(range(len(digests)))):
        session.goto(position)
        assert session.digest == digests[position]


def test_two_runs_of_a_script_take_the_same_steps_to_the_same_machine() -> None:
    one, other = played(), played()
    assert [repr(step.request) for step in one.history] == [
        repr(step.request) for step in other.history
    ]
    assert one.digest == other.digest
    assert one.machine == other.machine


def test_back_and_forward_are_inverse() -> None:
    session = played()
    end = session.position
    for _ in range(end):
        assert session.back() is not None
    assert session.back() is None
    assert session.position == 0
    for _ in range(end):
        assert session.forward() is not None
    assert session.forward() is None
    assert session.finished


@pytest.mark.parametrize("position", [-1, 10_000])
def test_there_are_no_moments_outside_the_history(position: int) -> None:
    session = played()
    with pytest.raises(IndexError, match="the last is"):
        session.goto(position)


def test_a_running_program_goes_on_from_any_moment_of_its_life() -> None:
    """What is resumed from data alone asks what the live one asked."""
    session = Session()
    session.load("for x in a b c { echo $(echo $x | tr a-c A-C) }")
    while session.forward() is not None:
        pass
    whole = "".join(out.text for step in session.history for out in step.output)
    assert whole == "A\nB\nC\n"
    end = session.digest
    for position in range(1, len(session.history) - 1):
        again = Session(machine=session.history[position].machine)
        before = "".join(
            out.text for step in session.history[: position + 1] for out in step.output
        )
        rest = again.run()
        assert rest.ok
        assert before + rest.stdout == whole
        assert again.digest == end


def test_doing_something_else_forgets_the_future_and_keeps_the_script() -> None:
    session = Session()
    session.load("hostname one\nhostname two\nuname -n")
    session.next_statement()
    middle = session.position
    session.next_statement()
    session.goto(middle)
    assert session.submit("uname -n").stdout == "one\n"
    rest = session.run()
    assert rest.stdout == "two\n"


def test_statements_are_chapters() -> None:
    session = Session()
    session.load("true\nif true { echo one; echo two }\nps")
    positions = []
    while session.next_statement().steps:
        positions.append(session.position)
    assert len(positions) == 3
    session.previous_statement()
    assert session.position == positions[1]
    session.previous_statement()
    assert session.position == positions[0]
    session.previous_statement()
    assert session.position == 0
    session.next_statement()
    assert session.position == positions[0]


def test_without_keeping_only_the_present_is_there() -> None:
    session = Session(keep=False)
    session.run(SCRIPT)
    assert len(session.history) == 1
    assert session.digest == played().digest
