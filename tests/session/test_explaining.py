"""What explain says of a refusal is true: it is tried."""

from __future__ import annotations

import re

import pytest

from nsh.session import explaining
from nsh.session.entries import entries
from nsh.session.session import Session
from nsh.session.words import Words

CONTAINER = [
    "spawn sshd",
    "as sshd echo web > /proc/container",
    "as sshd spawn -n 2 httpd",
    "as web:1",
]

FLAT = [
    "policy pid.levels flat",
    "spawn a",
    "as a echo web > /proc/container",
    "as a spawn b",
]

REFUSALS = [
    ([*CONTAINER, "ps"], "kill 4", "ESRCH"),
    (["spawn a", "unshare --pid", "true"], "unshare --pid", "EINVAL"),
    (["spawn httpd"], "kill htpd", "ESRCH"),
    (FLAT, "as b echo db > /proc/container", "EPERM"),
    (["spawn a", "as a setsid"], "as a setsid", "EPERM"),
    (["spawn a"], "cat /nowhere", "ENOENT"),
    (["mkdir /tmp/d"], "mkdir /tmp/d", "EEXIST"),
    ([], "setpgid 99 99", "ESRCH"),
    (["spawn a"], "kill -0 99 || true", "ESRCH"),
    (["spawn a"], "expect { kill -0 99 } fails ESRCH", "ESRCH"),
    (["spawn a"], "cat /nowhere 2> /dev/null", "ENOENT"),
    (["mkdir /tmp/d"], "mkdir /tmp/d || umount /proc", "EEXIST"),  # umount tries a readlink
]


def page(lines: list[str]) -> tuple[Session, str]:
    session = Session()
    words = Words(session)
    words.columns = 200
    for line in lines:
        list(session.performing(line))
    answer = words.perform("explain")
    assert answer is not None
    return session, answer.text


def labelled(text: str, label: str) -> list[str]:
    """The values behind a label."""
    found: list[str] = []
    current = ""
    for line in text.splitlines()[1:]:
        current = line[:9].strip(": ") or current
        if current == label:
            found.append(line[10:])
    return found


@pytest.mark.parametrize(("before", "command", "errno"), REFUSALS)
def test_what_it_says_is_so(before, command, errno):
    session, text = page([*before, command])
    done = entries(session.history)
    refusal = explaining.last_refusal(session.history, session.position)
    assert refusal is not None
    failure = refusal.step.failure
    assert failure is not None
    assert text.startswith(f"{failure.errno.text} ({failure.errno.name}), at step ")
    assert labelled(text, "Rule") == [failure.reason]
    assert failure.errno.name == errno
    machine = session.history[done[-1].start].machine
    for instead in labelled(text, "Instead"):
        assert explaining.outcome(machine, instead) is None
    for debate in labelled(text, "Debate"):
        assert explaining.outcome(machine, f"{debate.partition('   ')[0]}; {command}") is None
    (since,) = labelled(text, "Since")
    began = re.fullmatch(r"(.*)   \(steps (\d+)-\d+; (\S+) began there, .*\)", since)
    if began is not None:
        (entry,) = [one for one in done if one.start + 1 == int(began[2])]
        assert entry.text.partition("\n")[0] == began[1]
        assert explaining.outcome(session.history[entry.start].machine, f"as {began[3]} true")
        assert not explaining.outcome(session.history[entry.end].machine, f"as {began[3]} true")
        return
    told = re.fullmatch(r"(.*)   \(steps (\d+)-(\d+); before, it would have (.*)\)", since)
    if told is None:
        assert since == "the boot: it was never otherwise"
        for entry in done:
            earlier = explaining.outcome(session.history[entry.start].machine, command)
            assert earlier is not None
            assert earlier.errno.name == errno
        return
    (entry,) = [one for one in done if one.start + 1 == int(told[2])]
    assert entry.text.partition("\n")[0] == told[1]
    before_it = explaining.outcome(session.history[entry.start].machine, command)
    behind_it = explaining.outcome(session.history[entry.end].machine, command)
    assert behind_it is not None
    assert behind_it.errno.name == errno
    went = "succeeded" if before_it is None else f"failed with {before_it.errno.name}"
    assert told[4] == went != f"failed with {errno}"


@pytest.mark.parametrize("columns", [40, 60, 80])
def test_it_fits_the_screen_but_for_commands(columns):
    session, wide = page([*CONTAINER, f"kill 4 {'4 ' * 30}"])
    words = Words(session)
    words.columns = columns
    answer = words.perform("explain")
    assert answer is not None
    commands = [line for line in wide.splitlines() if "kill 3" in line or "as init" in line]
    assert max(len(line) for line in commands) > columns
    lines = answer.text.splitlines()
    assert [line for line in lines if len(line) > columns] == [
        line for line in commands if len(line) > columns
    ]
    assert answer.text.split() == wide.split()
    for line in lines[2:]:
        assert line[:10].strip() in ("", "Asked:", "Rule:", "Since:", "Instead:", "See:")


def test_what_is_no_system_call_is_said_to_be_none():
    _session, text = page(["spawn a", "spawn a"])
    assert labelled(text, "Asked") == ["0:1 init: no system call; it is nsh itself that refuses"]
    assert labelled(text, "Rule") == ["a is the label of a task that still exists"]


@pytest.mark.parametrize("command", ["echo $((1/0))", "ls -z", "expect 1 == 2"])
def test_what_failed_by_itself_is_not_taken_for_a_refusal(command):
    _session, text = page(["kill 77", command])
    assert text.splitlines()[:4] == [
        f"`{command}` failed by itself: no system call of it was refused.",
        "The last that was:",
        "",
        "No such process (ESRCH), at step 1: kill 77",
    ]
    assert page(["kill 77", command, "true"])[1].startswith("No such process (ESRCH)")
    assert page([command])[1] == (
        f"nsh: explain: `{command}` failed by itself: no system call of it was refused"
    )


def test_a_command_that_is_not_there_is_mended():
    assert labelled(page(["spwan a"])[1], "Instead") == ["spawn a"]


def test_the_page_of_the_design():
    _session, text = page([*CONTAINER, "kill 4"])
    assert text.splitlines() == [
        "No such process (ESRCH), at step 20: kill 4",
        "Asked:    web:1 sshd: kill(4, SIGTERM) = -1 ESRCH (No such process)   "
        "[pid 4@web -> nobody]",
        "Rule:     pid 4 is not visible in container web (kpid 4 is httpd.2, vpid 3 here)",
        "Since:    as web:1   (steps 18-19; before, it would have succeeded)",
        "Instead:  kill 3",
        "          as init kill 4",
        "See:      kill(2), kill(1), help kill",
    ]


TOLD = ["web:1 kill 4", "as web:1 kill 4", "as web:1 { kill 4 }", "as sshd kill 4"]


@pytest.mark.parametrize("command", TOLD)
def test_who_was_told_to_is_who_is_asked_before_and_who_does_it_instead(command):
    """Earlier there was no web:1, but the task was there, and what it sees makes the number."""
    _session, text = page([*CONTAINER[:3], command])
    (since,) = labelled(text, "Since")
    name = command.removeprefix("as ").split()[0]
    assert since == f"spawn sshd   (steps 1-2; {name} began there, and it was never otherwise)"
    by_himself = "{ kill 4 }" if "{" in command else "kill 4"
    assert labelled(text, "Instead") == [command.replace("4", "3"), by_himself]


def test_a_task_that_moved_is_asked_before_it_did():
    moved = ["policy pid.levels flat", "spawn -n 2 a", "as a.1 echo web > /proc/container"]
    _session, text = page([*moved, "web:1 kill 3"])
    (since,) = labelled(text, "Since")
    assert since.startswith("as a.1 echo web > /proc/container   (steps ")
    assert since.endswith("; before, it would have succeeded)")


def test_several_commands_are_not_taken_for_one_that_somebody_was_told():
    """What stands behind && is the asking task's own."""
    _session, text = page(["spawn -n 2 a", "as a.1 kill 99 && true"])
    assert labelled(text, "Since") == ["the boot: it was never otherwise"]


def test_a_debate_is_named_whose_other_side_allows_it():
    _session, text = page([*FLAT, "as b echo db > /proc/container"])
    (debate,) = labelled(text, "Debate")
    assert debate.startswith("policy pid.levels hierarchical   (whether ")


@pytest.mark.parametrize("line", ["false", "umount /proc", "test -e /nowhere"])
def test_nothing_is_explained_where_nothing_was_refused(line):
    """What a command tries on its way, and is told no, it was not refused if it succeeds."""
    session, text = page(["echo hi", line])
    itself = "`false` failed by itself: no system call of it was refused"
    told = itself if line == "false" else "no system call has been refused yet"
    assert text == f"nsh: explain: {told}"
    assert (line == "false") == all(step.failure is None for step in session.history)


def test_the_last_mistake_is_explained_by_its_code():
    session = Session()
    words = Words(session)
    assert words.perform("if true; then") is None
    answer = words.perform("explain")
    assert answer is not None
    assert "error[NSH-E0201]" in answer.text
    assert "Right:    if true { echo yes }" in answer.text
    assert words.perform("echo a; break") is None
    answer = words.perform("explain")
    assert answer is not None
    assert "error[NSH-E0311]" in answer.text
    answer = words.perform("explain nsh-e0101")
    assert answer is not None
    assert answer.text.startswith("NSH-E0101: this block is never closed")
    answer = words.perform("explain eperm")
    assert answer is not None
    assert answer.text.startswith("EPERM (1): Operation not permitted")
    answer = words.perform("explain NSH-E9999")
    assert answer is not None
    assert not answer.ok
