"""The person at the terminal: ^C and its like by the ordinary rules, and lines for who reads."""

from collections.abc import Generator

import pytest

from nsh.machine.program import Director
from nsh.machine.tasks import State
from nsh.session import keyboard
from nsh.session.history import Step
from nsh.session.session import Session


class Seat(Session):
    """A session with what is still to come of the statement that was typed."""

    unfinished: Generator[Step, None, None]


def begin(code: str) -> Seat:
    """A session in the midst of *code*: where it reads, or goes on for ever."""
    session = Seat(attended=True, paranoid=True)
    session.unfinished = session.performing(code)
    for count, _ in enumerate(session.unfinished):
        if count > 60 or session.awaiting:
            break
    assert session.busy
    return session


def go_on(session: Seat) -> str:
    """What is printed until the statement ends or reads again."""
    said = ""
    for step in session.unfinished:
        if session.awaiting:
            break
        said += "".join(out.text for out in step.output)
    return said


def comms(session: Session) -> list[str]:
    return [
        task.label or task.record.comm for task in session.tasks() if task.alive and task.record
    ]


@pytest.mark.parametrize(
    ("code", "left"),
    [
        ("as w { while true { } }", ["init"]),
        ("as w cat", ["init"]),
        ("cat | cat", ["init"]),
        ("( while true { } )", ["init"]),
        ("unshare --fork cat", ["init"]),
        ("( cat ) || echo saved", ["init"]),
    ],
)
def test_sigint_ends_the_foreground_group_and_with_it_the_statement(code, left):
    session = begin(f"spawn w; {code}")
    result = session.interrupt()
    assert result.steps[0].typed == b"\x03"
    assert "given up" not in "".join(result.messages)
    go_on(session)
    assert not session.busy
    assert comms(session) == left


def test_the_statement_of_a_task_that_sigint_kills_has_status_130():
    session = begin("spawn w; as w { while true { } }")
    session.interrupt()
    assert session.status == 130
    assert session.submit("echo on").stdout == "on\n"


def test_init_is_immune_so_its_statement_is_given_up():
    session = begin("while true { }")
    result = session.interrupt()
    assert result.messages == ["given up: interrupted"]
    assert session.status == 130
    assert comms(session) == ["init"]


def test_another_session_hears_nothing_and_is_given_up():
    session = begin("spawn d; as d setsid; as d { while true { } }")
    assert session.interrupt().messages == ["given up: interrupted"]
    assert comms(session) == ["init", "d"]


@pytest.mark.parametrize("action", ["{ echo caught }", "ignore"])
def test_who_heeds_sigint_goes_on_and_the_second_gives_it_up(action):
    session = begin(f"spawn w; as w {{ trap INT {action}; while true {{ getpid > /dev/null }} }}")
    said = session.interrupt()
    assert ("caught" in said.stdout) is ("caught" in action)
    assert session.busy
    assert session.interrupt().messages == ["given up: interrupted"]
    assert (session.busy, session.status) == (False, 130)


def test_the_next_statement_has_a_first_interrupt_of_its_own():
    session = begin("trap INT { echo caught }; while true { }")
    session.interrupt()
    session.interrupt()
    steps = session.performing("while true { }")
    for _ in range(20):
        next(steps)
    assert "caught" in session.interrupt().stdout
    assert session.busy


def test_nothing_under_way_is_not_interrupted():
    session = Session(attended=True)
    session.submit("spawn w")
    before = session.digest
    assert session.interrupt().steps == []
    assert session.digest == before


def test_a_step_of_its_own_that_one_can_go_back_from():
    session = begin("spawn w; as w cat")
    before, position = session.digest, session.position
    step = session.type(keyboard.INTERRUPT)
    assert (step.typed, step.output[0].text) == (b"\x03", "^C")
    assert comms(session) == ["init"]
    session.goto(position)
    assert session.digest == before
    assert comms(session) == ["init", "w"]


MEMBER = "spawn a; as a spawn b; as b setpgid 0 0; tcsetpgrp 3; "
"""b in a group of its own in the foreground, and a to continue it."""


@pytest.mark.parametrize("code", ["as b cat", "as b { while true { } }"])
def test_a_stopped_statement_is_given_up_at_once(code):
    """Who is stopped reads nothing: nobody has to type a line to come back to the prompt."""
    session = begin(MEMBER + code)
    assert keyboard.suspends(session.machine)
    session.type(keyboard.SUSPEND)
    go_on(session)
    assert not session.awaiting
    assert not session.busy
    stopped = session.task("b").record
    assert stopped is not None
    assert stopped.state is State.STOPPED
    assert session.step.message == "given up: b is stopped, and nobody is left to wake it"


@pytest.mark.parametrize("code", ["cat", "spawn w; as w cat", "unshare --fork cat", "cat | cat"])
def test_an_orphaned_group_is_not_suspended(code):
    """Nobody could continue those of init."""
    session = begin(code)
    assert not keyboard.suspends(session.machine)
    session.type(keyboard.SUSPEND)
    go_on(session)
    assert session.awaiting
    assert all(task.record.state is not State.STOPPED for task in session.tasks() if task.record)


def test_quit_kills_and_suspend_stops_what_is_in_the_foreground():
    session = begin("spawn w; as w cat")
    session.type(keyboard.QUIT)
    go_on(session)
    assert session.status == 131
    session = begin(
        "spawn sh; as sh spawn w; as w { setpgid 0 0; trap TTOU ignore; tcsetpgrp $$ }; as w cat"
    )
    session.type(keyboard.SUSPEND)
    stopped = session.task("w").record
    assert stopped is not None
    assert stopped.state is State.STOPPED


@pytest.mark.parametrize(
    ("code", "keys", "said"),
    [
        ("read x; echo got $x", b"hello\n", "got hello\n"),
        ("read x y; echo $y $x", b"1 2 3\n", "2 3 1\n"),
        ("read -r x; echo $x", b"a\\tb\n", "a\\tb\n"),
        ("cat", b"a\n\x04", "a\n"),
        ("cat | wc -l", b"a\nb\n\x04", "2\n"),
        ("spawn w; as w cat", b"a\n\x04", "a\n"),
        ("read x || echo end", b"\x04", "end\n"),
        ("unshare --pid --fork cat", b"inner\n\x04", "inner\n"),
        ("cat", keyboard.literal(b"\x03\x04\n") + b"\x04", "\x03\x04\n"),
    ],
)
def test_lines_go_to_who_reads_the_terminal(code, keys, said):
    session = begin(code)
    assert session.reading
    session.type(keys)
    assert go_on(session) == said
    assert not session.busy


def test_without_anybody_at_the_terminal_a_read_is_given_up():
    session = Session()
    assert "nobody is left to wake it" in session.run("read x").messages[-1]
    attended = Session(attended=True)
    assert "given up" in attended.submit("read x").messages[-1]


def test_a_script_waits_for_a_line_and_goes_on():
    session = Session(attended=True)
    session.load("read x\necho $x\n")
    while session.forward() is not None:
        pass
    assert session.awaiting
    assert not session.finished
    session.type(b"line\n")
    said = ""
    while (step := session.forward()) is not None:
        said += "".join(out.text for out in step.output)
    assert said == "line\n"
    assert session.finished


def test_a_reader_behind_does_not_hold_a_statement_up():
    session = Session(attended=True)
    steps = list(session.performing("spawn r { cat }; sleep 5; echo done"))
    assert "".join(out.text for step in steps for out in step.output) == "done\n"
    assert not session.awaiting


SPINNERS = {
    "computes": "( while true { } ) &",
    "asks": "( while true { getpid > /dev/null } ) &",
    "is spawned": "spawn s { while true { } }",
}


@pytest.mark.parametrize("keep", [True, False])
@pytest.mark.parametrize("code", ["read x; echo got $x", "( read x; echo got $x )"])
@pytest.mark.parametrize("spinner", SPINNERS.values(), ids=SPINNERS.keys())
def test_who_reads_gets_a_line_beside_a_program_that_never_rests(spinner, code, keep):
    session = Session(attended=True, keep=keep)
    session.load(f"{spinner}\n{code}\n")
    while session.heard() is not None:
        pass
    assert session.awaiting
    session.type(b"li")
    while session.heard() is not None:
        pass
    assert session.awaiting, "half a line is none"
    session.type(b"ne\n")
    said = ""
    while (step := session.heard()) is not None:
        said += "".join(out.text for out in step.output)
    assert said == "got line\n"
    assert session.finished


def test_a_statement_that_goes_on_does_not_wait_for_the_person():
    session = Session(attended=True, max_steps=20_000)
    session.load("spawn r { read x }\nwhile true { }")
    while session.forward() is not None:
        assert not session.awaiting
    assert "steps are spent" in session.step.message


def test_going_back_before_the_persons_turn_and_on_again_comes_to_the_same():
    session = Session(attended=True)
    session.load("( while true { } ) & read x; echo got $x")
    while session.forward() is not None:
        pass
    digest, last = session.digest, session.position
    session.goto(last - 3)
    assert not session.awaiting
    session.goto(last)
    assert (session.awaiting, session.digest) == (True, digest)
    session.goto(last - 1)
    session.type(b"line\n")
    said = ""
    while (step := session.forward()) is not None:
        said += "".join(out.text for out in step.output)
    assert said == "got line\n"


def test_what_was_put_behind_at_a_prompt_does_not_hear_of_interrupts():
    """As with job control: tried with bash -i, where it leads a group of its own, too."""
    session = Session(attended=True)
    list(session.performing("sleep 1000 &"))
    job = session.machine.get(Director, 0).scope.child
    shown = session.submit("ps -o pid=,pgid=,tpgid= -p $!").stdout.split()
    assert shown == [str(job), str(job), "1"]
    steps = session.performing("spawn w; w { while true { getpid > /dev/null } }")
    for _ in range(60):
        next(steps)
    session.interrupt()
    list(steps)
    assert comms(session) == ["init", "sleep"]


def test_what_a_script_puts_behind_stays_in_its_group():
    session = Session()
    result = session.run("sleep 1000 & ps -o pgid= -p $!")
    assert result.stdout.split() == ["1"]


def test_a_pipeline_put_behind_is_one_group():
    session = Session(attended=True)
    session.submit("sleep 7 | cat & sleep 1")
    groups = session.submit("ps -o pgid=,comm=").stdout.split("\n")
    assert [line.split() for line in groups if line] == [
        *(["1", "init"], ["2", "init"], ["2", "sleep"], ["2", "cat"])
    ]
