"""The pane of what the last step changed."""

from itertools import pairwise

from nsh.machine.shm import ShmSegment
from nsh.machine.tasks import Task
from nsh.session.difference import difference, written
from nsh.session.session import Session
from nsh.tui.panes.changes import ChangesPane
from nsh.views.selection import Sort, Thing
from tests.tui.stage import LARGE, shown, stage

SCRIPT = """\
spawn web
shmget -c 7 4096 > /dev/null
spawn --uts other
as web cd /tmp
as web unshare --uts
kill -STOP web
"""


def session() -> Session:
    made = Session()
    made.load(SCRIPT, "script")
    while made.forward() is not None:
        pass
    return made


def test_a_step_is_told_as_two_moments_are():
    history = session().history
    for before, step in pairwise(history):
        told = written(before.machine, step.machine, step.changes(), step.task)
        assert sorted(each.line for each in told) == sorted(
            difference(before.machine, step.machine)
        ), step.place.text


def test_tasks_are_told_first():
    history = session().history
    step = next(s for s in history if s.place.text == "spawn web" and s.changes())
    told = written(history[step.number - 1].machine, step.machine, step.changes(), step.task)
    assert told[0].line == "+ task 0:2 web"
    assert told[0].change.kind is Task
    assert len(told) > 1


async def test_each_row_has_a_mark_and_can_be_selected():
    async with stage(SCRIPT, LARGE) as (app, pilot):
        await pilot.press("end", "d")
        await pilot.pause()
        assert isinstance(app.focused, ChangesPane)
        assert shown(app, "changes")[0].split()[:4] == ["▸~", "task", "0:2", "web"]
        assert "state ALIVE → STOPPED" in shown(app, "changes")[0]
        await pilot.press("up")
        await pilot.pause()
        web = next(k for k, task in app.player.machine.items(Task) if task.comm == "web")
        assert app.look.thing == Thing(Sort.TASK, web)
        made = [s for s in app.player.history if any(c.kind is ShmSegment for c in s.changes())]
        at = made[0].number
        app.player.seek(at)
        app.show()
        await pilot.pause()
        lines = shown(app, "changes")
        assert any(line.startswith("+ shm 0 of 0") for line in lines)
        assert "shmget: " in str(app.query_one("#changes").border_subtitle)
        while app.look.thing.sort is not Sort.IPC:
            await pilot.press("down")
            await pilot.pause()
        assert any(line.startswith("▸+ shm 0 of 0") for line in shown(app, "changes"))


async def test_where_nothing_has_changed_that_is_said():
    async with stage(SCRIPT, LARGE) as (app, pilot):
        await pilot.press("home", "d")
        await pilot.pause()
        assert shown(app, "changes")[-1] == "· nothing that a person would notice"
