"""What an observer of the real machine cannot see or only concludes, and what is the host's own."""

from __future__ import annotations

import os

import pytest

from tests.linux.observe.fake import NAMESPACES
from tests.tui.live_stage import Reader, bar, live
from tests.tui.stage import LARGE, MEDIUM, SMALL, shown, text


async def test_what_is_known_and_how(reader):
    reader.fake.process(40, b"stray", ppid=39, start=9, ns={"mnt": "?"})
    async with live(reader, LARGE) as (app, pilot):
        await pilot.press("ctrl+end")
        while "stray" not in next(line for line in shown(app, "tree") if line.startswith("▸")):
            await pilot.press("k")
        lines = [line.split(maxsplit=2) for line in shown(app, "facts")]
        assert ["~", "parent", "1 init"] in lines
        await pilot.press("5")
        await pilot.press("pagedown")
        lines = [line.split() for line in shown(app, "facts")]
        assert ["?", "mnt", "?"] in lines
        assert "incomplete: the namespaces of 1 process are hidden" in bar(app)
        await pilot.press("f1")
        await pilot.pause()
        page = " ".join(str(part.render()) for part in app.screen.query("Static"))
        assert "the namespaces of 1 process are hidden" in " ".join(page.split())


@pytest.mark.parametrize("size", [SMALL, MEDIUM, LARGE])
async def test_what_is_hidden_is_told_as_far_as_there_is_room(reader, size):
    reader.fake.process(40, b"shy", ppid=1, start=9, ns={"mnt": "?"})
    async with live(reader, size) as (app, pilot):
        told = bar(app).partition("incomplete: ")[2]
        assert told.startswith("see F1" if size == SMALL else "the namespaces of 1 process")
        assert "…" not in bar(app)
        await pilot.press("f1")
        assert "the namespaces of 1 process are hidden" in "\n".join(text(app))


async def test_what_is_shared_with_the_host_is_marked(reader):
    """`web` and `worker` have a pid and a net namespace of their own, and the host's otherwise."""
    async with live(reader, LARGE) as (app, pilot):
        below = str(app.query_one("#table-0").border_subtitle)
        assert below == "2 tasks  = host's cgroup ipc mnt time user uts"
        rows = [line for line in shown(app, "namespaces")[1:] if line]
        marked = {line.lstrip("▸▹~? =").split()[0] for line in rows if "=" in line[:3]}
        assert marked == {"cgroup", "ipc", "mnt", "time", "user", "uts"}
        await pilot.press("ctrl+end")
        await pilot.pause()
        await pilot.press("5")
        facts: set[str] = set()
        for _ in range(6):
            await pilot.press("down", "down")
            await pilot.pause()
            facts.update(line for line in shown(app, "facts") if "the host's own" in line)
        assert {line.split()[0] for line in facts} == marked
        await pilot.press("1", "ctrl+home")
        await pilot.pause()
        assert not [line for line in shown(app, "facts") if "the host's own" in line]


async def test_where_the_first_tasks_namespaces_are_hidden_the_observers_are_the_hosts(tmp_path):
    reader = Reader(tmp_path)
    for kind in NAMESPACES:
        (tmp_path / "1" / "ns" / kind).unlink()
        os.symlink("hidden", tmp_path / "1" / "ns" / kind)
    os.symlink(str(os.getpid()), tmp_path / "self")
    reader.fake.process(os.getpid(), b"nsh", ppid=1, start=50)
    async with live(reader, SMALL) as (app, _pilot):
        below = str(app.query_one("#table-0").border_subtitle)
        assert below == "2 tasks  = host's 6 namespaces"
        rows = [line for line in shown(app, "namespaces") if "=" in line[:3]]
        assert rows
        assert [row.lstrip("?= ").split()[2] for row in rows] == ["0"] * len(rows), rows


async def test_what_the_first_task_hides_is_not_said_to_be_out_of_its_sight(tmp_path):
    made = Reader(tmp_path)
    for shut in (False, True):
        if shut:
            for kind in ("uts", "net", "ipc"):
                (tmp_path / "1" / "ns" / kind).unlink()
                os.symlink("hidden", tmp_path / "1" / "ns" / kind)
        async with live(made, LARGE) as (app, pilot):
            await pilot.press("0", "ctrl+end")
            for _ in range(20):
                if any("4026532009" in row for row in shown(app, "namespaces") if row[:1] == "▸"):
                    break
                await pilot.press("up")
                await pilot.pause()
            said = any("not visible" in line for line in shown(app, "tree"))
            assert said is not shut
