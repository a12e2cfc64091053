"""A statement that is given up leaves the descriptors of its tasks as it found them."""

from __future__ import annotations

import pytest

from nsh.kernel import contexts
from nsh.machine.invariants import violations
from nsh.machine.value import begin
from nsh.session.jobs import Jobs
from nsh.session.session import Session

ENDLESS = "read z"


STATEMENTS = (
    f"{{ {ENDLESS} }} > /dev/null",
    f"{{ {ENDLESS} }} > /dev/null 2>&1",
    f"{{ {{ {ENDLESS} }} > /tmp/a }} 2> /tmp/b < /dev/null",
    f"x=$({ENDLESS})",
    f"x=$(echo a; y=$({ENDLESS}))",
    f"{{ x=$(echo a; {ENDLESS}) }} > /dev/null",
    f"def f(a) {{ {ENDLESS} }}; {{ f 1; }} > /dev/null",
    f"exec 5> /tmp/kept; {{ {ENDLESS} }} 5> /tmp/other",
    f"exec 1>&-; {{ {ENDLESS} }} > /tmp/other",
    f"as w {{ {{ {ENDLESS} }} > /dev/null }}",
    f"{{ as w {{ {ENDLESS} }} }} > /dev/null",
    "cat > /dev/null",
    "{ cat > /dev/null } < /dev/console",
    "cat /dev/console",
    "echo a | cat > /tmp/out | cat",
    "echo $(echo $(cat /proc/1/status) > /tmp/a) > /tmp/b",
    "cp /proc/1/status /tmp/a; ls -l /proc > /tmp/a; mount > /tmp/b",
    "trap INT { cat /proc/1/status > /tmp/x }; { while true { cat /proc/1/stat } } > /tmp/y",
)


@pytest.mark.parametrize("moment", [*range(1, 12), 25, 40])
@pytest.mark.parametrize("statement", STATEMENTS)
def test_redirections_are_undone(statement, moment):
    session = Session(attended=True)
    first, _, rest = statement.rpartition("; {")
    assert session.run("spawn w; as w setsid").ok
    if first and first.startswith(("exec", "def", "trap")):
        session.run(first)
        statement = "{" + rest
    before = tables(session)
    steps = session.performing(statement)
    for number, _step in enumerate(steps):
        if number == moment or session.awaiting:
            session.interrupt()
            session.interrupt()
    assert tables(session) == before
    assert not session.busy
    assert violations(session.machine) == []


def tables(session: Session) -> list[object]:
    tx = begin(session.machine)
    return [sorted(contexts.files(tx, task.id).items()) for task in session.tasks()]


def test_after_the_acting_tasks_end_init_says_who_acts():
    session = Session()
    assert session.run("spawn w; spawn v; as w").ok
    jobs = Jobs()
    for step in session.performing("exit 7"):
        jobs.watch(step)
    assert jobs.news(session.machine) == [
        "[0:2] w: exited 7; a zombie until its parent waits; `as init` has init act"
    ]
    for line in ("ps", "x=1", "as v ps", "exit"):
        result = Session(machine=session.machine).run(line)
        assert result.messages == [
            "given up: w is dead and performs nothing; `as init` has init act"
        ]
    assert "no task is called nobody" in session.run("as nobody").stderr
    assert session.run("as v").ok
    assert session.prompt() == "0:3 v # "
    assert session.run("exit 3").ok
    assert session.run("as init; wait v || wait w || true; ps -o comm=").ok
    assert session.prompt() == "0:1 init # "
