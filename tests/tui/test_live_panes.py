"""What the panes tell of the real machine."""

from __future__ import annotations

import os

import pytest

from nsh.linux.observe.facts import Devpts, PtyHolder
from nsh.views.selection import Sort
from tests.linux.observe.fake import NAMESPACES
from tests.tui.live_stage import bar, live
from tests.tui.stage import LARGE, MEDIUM, SMALL, shown, text, title


async def test_each_pane_shows_the_real_machine(reader):
    async with live(reader, LARGE) as (app, _pilot):
        assert [line.split()[-4:] for line in shown(app, "tree")[1:5]] == [
            ["1", "init", "S", "0"],
            ["└─", "shim", "S", "0"],
            ["└─", "web", "S", "1"],
            ["└─", "worker", "S", "1"],
        ]
        assert title(app, "table-0") == "pid namespace 1"
        assert shown(app, "table-0")[1].split()[:4] == ["1", "11", "S", "web"]
        kept = [line for line in shown(app, "namespaces") if "fd 3 of 10" in line]
        assert kept[0].split()[:3] == ["?", "uts", "4026532009"]
        assert "4 tasks in 2 pid spaces" in bar(app)


MNT = NAMESPACES["mnt"]
HOST = Devpts("0:24", MNT, b"/dev/pts", (0, 1), uids=(0, 1000))
OTHER = Devpts("0:31", MNT, b"/c/dev/pts", (0,), uids=(0,))


@pytest.mark.parametrize("size", [SMALL, MEDIUM, LARGE])
async def test_instances_of_devpts_with_owners_and_openers(reader, size):
    reader.devpts += [HOST, OTHER]
    reader.fake.process(20, b"sshd", ppid=1, start=8)
    reader.fake.process(21, b"bash", ppid=20, start=9, tty=136 << 8)
    reader.ptys.append(PtyHolder("0:24", 0, 20, 7, master=True))
    reader.ptys.append(PtyHolder("0:24", 0, 21, 0, master=False))
    async with live(reader, size) as (app, pilot):
        await pilot.press("6")
        await pilot.pause()
        await pilot.pause()
        rows = shown(app, "devpts")[1:4]
        assert rows[0].split()[-5:-1] == ["0", "bash", "1+m", "21"]
        assert [row.split()[-5:] for row in rows[1:]] == [
            ["1", "nobody", "0", "-", "-"],
            ["0", "nobody", "0", "-", "-"],
        ]
        assert "0:24" in rows[0]
        assert "0:31" in rows[2]
        below = str(app.query_one("#devpts").border_subtitle)
        assert "on /dev/pts" in below
        if size != SMALL:
            assert "sshd 20: master 7" in below
        await pilot.press("enter")  # nobody sees a real screen
        await pilot.pause()
        assert app.focused is app.query_one("#devpts")


async def test_whose_a_number_is_that_two_instances_have_was_concluded(reader):
    reader.devpts += [HOST, OTHER]
    reader.fake.process(21, b"bash", ppid=1, start=9, tty=136 << 8)
    async with live(reader) as (app, pilot):
        await pilot.press("6")
        await pilot.pause()
        await pilot.pause()
        rows = [line for line in shown(app, "devpts")[1:] if line]
        assert "~bash" in rows[0]
        assert "nobody" in rows[2]


async def test_ipc_objects_of_the_observers_namespace(reader):
    sysvipc = reader.root / "sysvipc"
    sysvipc.mkdir()
    (sysvipc / "shm").write_text(
        " key shmid perms size cpid lpid nattch uid gid cuid cgid atime dtime ctime rss swap\n"
        "  12     5  1600 4096   11   12      2   7   0    7    0     0     0     0 4096    0\n"
        "what nobody wrote\n"
    )
    async with live(reader) as (app, pilot):
        await pilot.press("8")
        await pilot.pause()
        await pilot.pause()
        (row,) = (line for line in shown(app, "ipc")[1:] if line and "none here" not in line)
        assert row.split() == ["?", "shm", "x5", "0x0000000c", "2", "0", "11", "12"]
        below = str(app.query_one("#ipc").border_subtitle)
        assert "observer's own namespace" in below
        await pilot.press("down", "enter")
        await pilot.pause()
        assert app.focused is app.query_one("#ipc")


async def test_networks_with_who_listens(reader):
    net = reader.root / "11" / "net"
    net.mkdir()
    (net / "dev").write_text("Inter-|\n face |\n    lo: 1\n  eth0: 2\n")
    (net / "tcp").write_text("head\n 0: 00000000:0050 00000000:0000 0A 0:0 00:0 0 0 0 4711 1 0\n")
    os.symlink("socket:[4711]", reader.root / "12" / "fd" / "5")
    async with live(reader, LARGE) as (app, pilot):
        await pilot.press("9")
        await pilot.pause()
        await pilot.pause()
        rows = [line.split() for line in shown(app, "net")[1:] if line]
        assert [word for row in rows[:2] for word in row if word in ("lo", "eth0")] == [
            "lo",
            "eth0",
        ]
        assert rows[2][-4:] == ["tcp", "LISTEN", "0.0.0.0:80", "12"]
        await pilot.press("down", "down", "down")
        await pilot.pause()
        assert "worker" in next(line for line in shown(app, "tree") if line.startswith("▸"))


async def test_a_name_cannot_move_the_cursor(reader):
    reader.fake.process(50, b"\033[2J\nx\xff", ppid=1, start=20)
    async with live(reader) as (app, _pilot):
        assert all("\033" not in line for line in text(app))
        assert any("^[[2J" in line for line in shown(app, "tree"))


async def test_a_namespace_lights_up_its_tasks_and_a_task_its_namespaces(reader):
    async with live(reader, LARGE) as (app, pilot):
        await pilot.press("1", "ctrl+end")
        await pilot.pause()
        own = [line.split() for line in shown(app, "namespaces") if line.startswith("▹")]
        assert ["pid", "4026532001"] in [row[1:3] for row in own]
        while app.look.thing.sort is not Sort.NAMESPACE or "4026532002" not in "".join(
            line for line in shown(app, "namespaces") if line.startswith("▸")
        ):
            await pilot.press("0", "down")
            await pilot.pause()
        marked = [line.split() for line in shown(app, "tree") if line.startswith("▹")]
        assert [row[1] for row in marked] == ["11", "12"]
        assert all(" in it" in " ".join(row) for row in marked)
