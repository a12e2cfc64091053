"""A restart gives nobody what no call would give."""

from __future__ import annotations

import pytest

from tests.kernel.checkpoint._scripts import perform, refused


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        (
            '"nodename":"[^"]*"',
            '"nodename":"' + "x" * 65 + '"',
            "uts: nodename: a name has 64 bytes",
        ),
        (
            '"comm":"[^"]*"',
            '"comm":"' + "x" * 16 + '"',
            "task: comm: a task.s name has 15 printable",
        ),
        ('"last_pid":1', '"last_pid":-4', "container: last_pid: it is below pid_max"),
        ('"name":"web"', '"name":"7"', "container: a container.s name is made of letters"),
    ],
)
def test_values_that_no_call_takes(old: str, new: str, reason: str) -> None:
    perform(
        "spawn --pid --uts web { while true { sleep 1 } }; sleep 1; checkpoint web > /tmp/w",
        f"sed 's|{old}|{new}|' /tmp/w > /tmp/bad",
        refused("restart -i /tmp/bad", "EINVAL", reason),
    )


SLEEPS = "spawn --pid web { while true { sleep 1 } }; sleep 1; checkpoint -o /tmp/w web"


def test_a_name_that_is_asked_for_is_given_or_refused() -> None:
    perform(
        SLEEPS,
        'restart -n twin -i /tmp/w; expect { ps -o cid= -p $! } prints "twin"',
        refused("restart -n twin -i /tmp/w", "EEXIST", "there is a container twin already"),
        refused("restart -n 0 -i /tmp/w", "EINVAL", "is not all digits"),
        "restart -i /tmp/w; expect { ps -o cid= -p $! } matches /^ *[0-9]+$/",
    )


@pytest.mark.parametrize(
    ("gives_up", "then"),
    [
        ("prctl no_new_privs 1", "expect { grep NoNewPrivs /proc/$!/status } matches /1/"),
        ("setpriv --bounding-set=-chown", ""),
        ("setpriv --securebits=+noroot,+noroot_locked", ""),
    ],
)
def test_nobody_gets_back_what_he_has_given_up(gives_up: str, then: str) -> None:
    restart = "restart -i /tmp/w"
    refusal = refused(restart, "EPERM", "credentials: pid 1: ")
    perform(SLEEPS, f"spawn v; as v {{ {gives_up}; {f'{restart}; {then}' if then else refusal} }}")


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ('"counter":[0-9]*', '"counter":999', "program: sum: the program is not as it was saved"),
        ('"handler":"[^"]*"', '"handler":"{ echo ((( "', "signals: actions: . echo ((( : "),
    ],
)
def test_a_program_that_means_nothing(old: str, new: str, reason: str) -> None:
    escaped = reason.replace("(", "[(]")
    perform(
        "spawn --pid web { trap USR1 { echo hi }; while true { sleep 1 } }; sleep 1",
        "checkpoint web > /tmp/w",
        f"sed 's|{old}|{new}|' /tmp/w > /tmp/bad",
        refused("restart -i /tmp/bad", "EINVAL", escaped),
    )


def test_an_image_has_no_more_of_code_than_its_text() -> None:
    perform(
        "true  # hunter2",
        "spawn --pid web { def f() { while true { sleep 1; nosuch || true } }; f }; sleep 1",
        "checkpoint -o /tmp/w web  # hunter2",
        "expect { grep -c hunter /tmp/w || true } prints 0",
        """expect { grep -c '"record":"lang.instr' /tmp/w || true } prints 0""",
        "restart -i /tmp/w; sleep 2; expect { ps -o s= -p $! } prints S",
    )
