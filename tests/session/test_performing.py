"""Statements, programs behind, references, failures: what a script does."""

from __future__ import annotations

import pytest

from nsh import KernelError, SyntaxProblem
from nsh.session.session import Session


def output(script: str, profile: str = "all") -> str:
    result = Session(profile).run(script)
    assert result.ok, (result.stderr, result.messages)
    return result.stdout


def failure(script: str) -> str:
    result = Session().run(script)
    assert not result.ok
    return result.stderr


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("echo hello", "hello\n"),
        ("x=5; echo $x", "5\n"),
        ("spawn w { x=6 }; x=5; echo $x", "5\n"),
        ("spawn w; as w { x=6 }; echo $x", "6\n"),
        ("spawn w; w getpid", "2\n"),
        ("spawn w; as :2 getpid", "2\n"),
        ("spawn w; 0:2 getpid", "2\n"),
        ("spawn --pid web; web:1 getpid", "1\n"),
        ("spawn w; as w\ngetpid", "2\n"),
        ("spawn -n 3 w; w.3 getpid", "4\n"),
        ("spawn w; x=$(as w getpid); echo $x", "2\n"),
        ("spawn w; as w echo hi | tr a-z A-Z", "HI\n"),
        ("spawn w; as w echo hi > /tmp/f; cat /tmp/f", "hi\n"),
        ("if fork { exit 3 } else { wait $! || echo $? }", "3\n"),
        ("sleep 100 & wait; echo done", "done\n"),
        ("spawn w { sleep 5; echo late; exit }; sleep 1; echo early; wait", "early\nlate\n"),
        ("unshare --pid --fork echo in | cat", "in\n"),
        ("echo a | cat | cat | wc -l", "1\n"),
        ("false || echo saved", "saved\n"),
        ("echo `echo inner`", "inner\n"),
        ("policy pid.move any; policy pid.move never; echo ok", "ok\n"),
    ],
)
def test_what_is_printed(script: str, expected: str) -> None:
    assert output(script) == expected


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("kill 99", ("kill", "No such process", "ESRCH")),
        ("as nobody ps", ("nobody", "ESRCH")),
        ("spawn w; spawn w", ("w", "EEXIST")),
        ("spawn w; kill -STOP $!; as w ps", ("stopped", "EBUSY")),
        ("spawn w { sleep 9 }; as w ps", ("blocked", "EBUSY")),
        ("policy no.such value", ("no.such",)),
        ("policy pid.move sideways", ("never", "sideways")),
        ("profile nobody-2005", ("franke-2005",)),
        ("unshare --pid; unshare --pid", ("unshare", "EINVAL")),
    ],
)
def test_a_refusal_names_command_errno_and_cause(script: str, words: tuple[str, ...]) -> None:
    said = failure(script)
    assert all(word in said for word in words), said


def test_a_failure_stops_a_script_and_nothing_behind_it_happens() -> None:
    result = Session().run("echo before\nkill 99\necho after")
    assert result.stdout == "before\n"


def test_what_was_typed_may_fail_and_the_next_line_is_performed() -> None:
    session = Session()
    assert not session.submit("kill 99").ok
    assert session.submit("echo next").stdout == "next\n"


def test_a_wait_that_nobody_will_end_is_given_up() -> None:
    session = Session()
    result = session.submit("spawn w; wait")
    assert not result.ok
    assert "nobody is left to wake it" in result.messages[-1]
    assert session.status == 130
    assert session.submit("echo alive").stdout == "alive\n"


@pytest.mark.parametrize("script", ["while true { }", "repeat 1000000 { x=1 }", "def f() { f }; f"])
def test_endless_and_deep_programs_end_with_a_word(script: str) -> None:
    result = Session(max_steps=20_000).run(script)
    assert not result.ok
    said = "".join(result.messages) + result.stderr
    assert "--max-steps" in said or "deep" in said


def test_a_syntax_error_performs_nothing_and_says_where() -> None:
    session = Session()
    before = session.digest
    with pytest.raises(SyntaxProblem) as caught:
        session.run("echo fine\nif true { echo")
    assert caught.value.diagnostic.line == 2
    assert session.digest == before
    assert len(session.history) == 1


def test_an_unknown_profile_is_refused_with_the_known_ones() -> None:
    with pytest.raises(KernelError, match="mainline"):
        Session("nobody-2005")


def test_the_machine_halts_with_its_init() -> None:
    session = Session()
    session.run("exit 3")
    assert session.halted.endswith("exitcode=0x00000300")
    assert session.finished
    assert session.run("echo more").steps == []


def test_mainline_has_no_proc_container() -> None:
    result = Session("mainline").run("echo web > /proc/container")
    assert not result.ok
    assert "ENOENT" in result.stderr


def test_trace_shows_both_sides_of_the_boundary() -> None:
    session = Session()
    session.run("spawn sshd; as sshd { echo web > /proc/container }; as sshd spawn httpd")
    result = session.submit("as web:1 trace kill -0 2")
    (line,) = [text for text in result.messages if text.startswith("kill(")]
    assert line == "kill(2, 0) = 0   [pid 2@web -> kpid 3]"


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("( echo a > /tmp/f; echo b ); cat /tmp/f", "b\na\n"),
        ("( echo $(echo a) )", "a\n"),
        ("( ( echo a > /tmp/f ); cat /tmp/f )", "a\n"),
        ("par { echo a > /tmp/f } { echo b > /tmp/g }; cat /tmp/f /tmp/g", "a\nb\n"),
        ("{ echo a > /tmp/f; echo b > /tmp/g } & wait; cat /tmp/f /tmp/g", "a\nb\n"),
    ],
)
def test_parent_and_child_go_on_with_routines_of_their_own(script: str, expected: str) -> None:
    assert output(script) == expected


def test_sessions_in_one_process_do_not_mix() -> None:
    one, other = Session(), Session()
    one.load("echo one > /tmp/f; cat /tmp/f")
    other.load("x=$(echo other); echo $x")
    said = {one: "", other: ""}
    going = [one, other]
    while going:
        for session in tuple(going):
            step = session.forward()
            if step is None:
                going.remove(session)
            else:
                said[session] += "".join(out.text for out in step.output)
    assert list(said.values()) == ["one\n", "other\n"]
