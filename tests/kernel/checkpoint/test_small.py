"""What tasks have that is no more than a few numbers: limits, personality, jobs, and where their
programs were loaded."""

from __future__ import annotations

from nsh.machine.ids import FIRST_USER
from nsh.machine.tasks import State, Task
from tests.kernel.checkpoint._scripts import damaged, perform, refused

SAVE = "checkpoint -k -o /tmp/w web; wait web || true; restart -i /tmp/w"


def test_limits_and_personality_are_kept() -> None:
    perform(
        "spawn --pid web; as web prlimit --sigpending=5:9",
        "as web spawn one { setarch --uname-2.6 sleep 100 }; as web prlimit --sigpending > /tmp/a",
        "sleep 1",
        SAVE,
        'expect { as web prlimit --sigpending } prints "$(cat /tmp/a)"',
        "expect { cat /proc/$(pgrep -n sleep)/personality } prints 00020000",
    )


def test_a_job_that_began_inside_begins_anew() -> None:
    perform(
        "profile all; spawn --pid web; as web spawn one",
        "as one { echo 1 > /proc/self/job; spawn two }",
        "cat /proc/3/job > /tmp/job",
        SAVE,
        "expect $(as two cat /proc/self/job) == $(as one cat /proc/self/job)",
        "expect $(as one cat /proc/self/job) != $(cat /tmp/job)",
        "expect { as web cat /proc/self/job } prints 0",
    )


def test_one_that_began_outside_is_that_of_who_restarts_it() -> None:
    """Who restarts it in no job puts it into none."""
    perform(
        "profile all; spawn starter; as starter { echo 1 > /proc/self/job; spawn --pid web }",
        SAVE.replace("wait web", "as starter wait -n"),
        "expect { as web cat /proc/self/job } prints 0",
        "kill -KILL web; wait web || true; as starter restart -i /tmp/w",
        "expect { as web cat /proc/self/job } prints 2",
        damaged('"job":0', '"job":7', "attributes: pid 7: the image has no such task"),
    )


def test_one_whose_leader_is_dead_stands_in_the_way() -> None:
    perform(
        "profile all; spawn starter; as starter { echo 1 > /proc/self/job; spawn --pid web }",
        "as starter exit; wait starter",
        refused("checkpoint web", "ENOTSUP", "web:1 web is in job 2, whose first process is dead"),
    )


def test_who_loaded_a_program_in_a_user_namespace_has_it_of_that() -> None:
    session = perform(
        "spawn --pid --user web { exec sleep 100 }; sleep 1",
        "checkpoint -k -o /tmp/w web; wait web || true; restart -i /tmp/w",
    )
    (inner,) = [
        task
        for _key, task in session.machine.items(Task)
        if task.creds.userns != FIRST_USER and task.state is State.ALIVE
    ]
    assert inner.image.userns == inner.creds.userns
