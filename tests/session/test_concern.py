"""Which steps have to do with one thing."""

from __future__ import annotations

from collections.abc import Sequence

from nsh.machine.ids import TaskId
from nsh.machine.tasks import Task
from nsh.machine.uts import Uts
from nsh.session import concern
from nsh.session.concern import Concerns
from nsh.session.history import Step
from nsh.session.session import Session
from nsh.views.ids import label
from nsh.views.inside import namespaces_of
from nsh.views.selection import Sort, Thing, a_task


def played(*lines: str) -> Session:
    session = Session()
    for line in lines:
        assert session.submit(line).ok, line
    return session


def calls(history: Sequence[Step]) -> list[int]:
    return [at for at, step in enumerate(history) if step.request is not None]


def task(session: Session, called: str) -> Thing:
    keys = session.machine.rows(Task)
    return a_task(next(key for key in keys if label(session.machine, TaskId(key)) == called))


def first(thing: Thing, history: Sequence[Step]) -> int | None:
    """The first call that has to do with it, asked step by step."""
    return next((at for at in calls(history) if concern.concern(history[at], thing)), None)


def test_a_task_calls_and_is_named():
    session = played("spawn a", "a true", "kill -0 a")
    words = [concern.concern(step, task(session, "a")) for step in session.history]
    assert {"named", "its call"} <= set(words)
    assert words[0] == ""


def test_whether_any_has_is_what_asking_each_says():
    session = played("spawn a", "openpty > /dev/null", "spawn --uts b", "b hostname x", "true")
    history, machine = session.history, session.machine
    things = [task(session, name) for name in ("a", "b")]
    things += [Thing(Sort.NAMESPACE, key) for key in machine.rows(Uts)]
    for name in ("a", "b"):
        of = namespaces_of(machine, task(session, name).key)
        things += [Thing(Sort.NAMESPACE, key) for key in of.values()]
    positions = calls(history)
    for thing in things:
        found = first(thing, history)
        for counts in (range(len(positions) + 1), range(len(positions), -1, -1)):
            asked = Concerns(thing)
            for count in counts:
                wanted = found is not None and found in positions[:count]
                assert asked.any_of(history, positions, count) == wanted, (thing, count)


def test_another_way_is_looked_at_anew():
    session = played("spawn a", "true", "true")
    here = list(session.history)
    session.submit("undo")
    session.submit("undo")
    session.submit("kill -0 a")
    there = list(session.history)
    thing = task(session, "a")
    asked = Concerns(thing)
    for history in (here, there, here[:2], here):
        positions = calls(history)
        count = len(positions)
        found = first(thing, history)
        assert asked.any_of(history, positions, count) == (found is not None)
