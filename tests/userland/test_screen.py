"""screen: what a person sees, of which terminals, and who may look."""

from __future__ import annotations

import json

import pytest

from nsh import Session
from nsh.abi.screens import Seen, ShowScreen
from nsh.machine.program import Puppet
from nsh.session.result import Result


def said(script: str) -> tuple[str, list[str], int]:
    """What a script prints, its complaints, and its status."""
    session = Session()
    results: list[Result] = [session.run(line) for line in script.strip().split("\n")]
    out = "".join(result.stdout for result in results)
    return (
        out,
        [line for result in results for line in result.stderr.splitlines()],
        results[-1].status,
    )


def test_what_was_written_is_seen_as_a_person_would() -> None:
    out, _err, status = said(r"""
printf 'one\r\ntwo\r\n\033[1;5Hmoved\033]0;a title\a' > /dev/console
screen -c console > /tmp/seen
cat /tmp/seen
""")
    assert status == 0
    assert "one moved\ntwo\ncursor: line 1, column 10\ntitle: a title\n" in out


def test_a_frame_has_the_size_of_the_screen() -> None:
    out, _err, _status = said("screen --frame /dev/console > /tmp/seen\ncat /tmp/seen")
    lines = out.splitlines()
    assert len(lines) == 26
    assert lines[0].startswith("┌─ console ─")
    assert {len(line) for line in lines} == {82}


def test_json_has_it_all() -> None:
    out, _err, _status = said(r"""
printf '\033[31mred\033[?25l' > /dev/console
screen --json console > /tmp/seen
cat /tmp/seen
""")
    seen = json.loads(out[out.index("{") :])
    assert seen["name"] == "console"
    assert seen["screen"]["rows"][0][0]["text"] == "red"
    assert seen["screen"]["rows"][0][0]["style"]["fg"] == "red"
    assert not seen["screen"]["visible"]


@pytest.mark.parametrize(
    ("terminal", "errno"),
    [
        ("/dev/null", "ENOTTY"),
        ("/dev/nosuch", "ENOENT"),
        ("pts/99", "ENOENT"),
        ("pts:0/99", "ENOENT"),
        ("nosuch:console", "ESRCH"),
        ("tty:nosuch/1", "ESRCH"),
        ("", "EINVAL"),
        ("/etc/passwd", "ENOTTY"),
        ("../etc/passwd", "EINVAL"),
        ("0:pts/../null", "EINVAL"),
        ("0:", "EINVAL"),
    ],
)
def test_what_is_no_terminal(terminal: str, errno: str) -> None:
    _out, err, status = said(f"screen '{terminal}'")
    assert status != 0
    assert errno in err[0]


def test_looking_changes_nothing() -> None:
    session = Session()
    result = session.run("screen console > /dev/null")
    looked = next(step for step in result.steps if isinstance(step.request, ShowScreen))
    assert isinstance(looked.reply, Seen)
    assert {change.kind for change in looked.changes()} == {Puppet}


def test_one_sees_the_terminals_of_ones_own_container_and_of_those_below() -> None:
    session = Session()
    assert session.run("spawn -p web").status == 0
    assert session.run("screen web:console > /dev/null").status == 0
    assert session.run("screen 0:console > /dev/null").status == 0
    assert session.run("as web screen web:console > /dev/null").status == 0
    hidden = session.run("as web screen 0:console")
    assert hidden.status != 0
    assert "ESRCH" in hidden.stderr
    assert session.run("spawn --tty db").status == 0
    assert session.run("screen db:console > /dev/null").status == 0  # by its task: no container
    assert "does not see" in session.run("as web screen db:console").stderr
