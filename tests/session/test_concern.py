"""Which steps have to do with one thing."""

from __future__ import annotations

from collections.abc import Sequence

from nsh.machine.ids import TaskId
from nsh.machine.tasks import Task
from nsh.machine.terminals import Terminal
from nsh.machine.uts import Uts
from nsh.session import concern
from nsh.session.concern import written
from nsh.session.history import Step
from nsh.session.session import Session
from nsh.tui.story import Story
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
    story = Story()
    story.follow(history)
    tasks = [a_task(key) for key in machine.rows(Task)]
    things = [Thing(Sort.NAMESPACE, key) for key in machine.rows(Uts)]
    for name in ("a", "b"):
        of = namespaces_of(machine, task(session, name).key)
        things += [Thing(Sort.NAMESPACE, key) for key in of.values()]
    things += [Thing(Sort.TERMINAL, key) for key in machine.rows(Terminal)]
    positions = calls(history)
    for thing in (*tasks, *things):
        found = first(thing, history)
        for position, step in enumerate(history):
            wanted = found is not None and found <= position
            if thing.sort is Sort.TASK:
                assert story.has_call(position, thing.key) == wanted, (thing, position)
            elif position in positions:
                told = written(history[0].machine, step.machine, thing)
                assert told == wanted, (thing, position)


def test_another_way_is_looked_at_anew():
    session = played("spawn a", "true", "true")
    here = list(session.history)
    for line in ("undo", "undo", "kill -0 a"):
        session.submit(line)
    there = list(session.history)
    thing = task(session, "a")
    story = Story()
    for history in (here, there, here[:2], here):
        story.follow(history)
        found = first(thing, history)
        assert story.has_call(len(history) - 1, thing.key) == (found is not None)
