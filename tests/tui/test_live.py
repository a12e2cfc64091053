"""The interface over the real machine, with a reader that shows what the test says."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.pilot import Pilot

from nsh.linux import observe
from nsh.linux.observe.building import Observer
from nsh.linux.observe.facts import Devpts, PtyHolder
from nsh.machine.value import Machine
from nsh.session.watch import KEPT, Watch
from nsh.tui.bars import TitleBar
from nsh.tui.live import LiveApp
from nsh.tui.panes.tree import TreePane
from nsh.tui.prompt import Prompt
from nsh.tui.rows import Rows
from nsh.views.selection import Sort
from tests.linux.observe.fake import NAMESPACES, Fake
from tests.tui.stage import LARGE, MEDIUM, SMALL, shown, text, title

INSIDE = {"pid": 4026532001, "net": 4026532002}


class Reader:
    """Looks at a fake /proc that the test changes."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.fake = Fake(root)
        self.observer = Observer()
        self.trouble = False
        self.devpts: list[Devpts] = []
        self.ptys: list[PtyHolder] = []
        """What a file that is none cannot tell."""
        self.fake.process(1, b"init")
        self.fake.process(10, b"shim", ppid=1, start=5, fds={3: "uts:[4026532009]"})
        self.fake.process(11, b"web", ppid=10, pids="11\t1", ns=INSIDE, start=6)
        self.fake.process(12, b"worker", ppid=11, pids="12\t2", ns=INSIDE, start=7)

    def gone(self, pid: int) -> None:
        (self.root / str(pid)).rename(self.root / f"gone-{pid}")

    def __call__(self) -> Machine:
        if self.trouble:
            raise PermissionError(13, "Permission denied", str(self.root))
        snapshot = observe.read(str(self.root), observe.EVERYTHING)
        snapshot.devpts += self.devpts
        snapshot.ptys += self.ptys
        return self.observer.machine(snapshot)


@pytest.fixture
def reader(tmp_path):
    return Reader(tmp_path)


@asynccontextmanager
async def live(
    reader: Reader, size: tuple[int, int] = MEDIUM
) -> AsyncIterator[tuple[LiveApp, Pilot[None]]]:
    app = LiveApp(reader, reader(), interval=3600)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        yield app, pilot


async def look(app: LiveApp, pilot: Pilot[None]) -> None:
    """Have the app look once more."""
    app._look()
    await app.workers.wait_for_complete()
    await pilot.pause()


def bar(app: LiveApp) -> str:
    title_bar = app.query_one(TitleBar)
    return "  ".join((title_bar.name_shown, *title_bar.facts))


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


async def test_nothing_can_be_typed(reader):
    async with live(reader) as (app, pilot):
        assert not app.query(Prompt)
        await pilot.press("colon", "i", "e", "enter", "escape")
        assert "KPID" in shown(app, "tree")[0]


@pytest.mark.parametrize("size", [SMALL, MEDIUM, LARGE])
async def test_the_selection_stays_with_its_task(reader, size):
    async with live(reader, size) as (app, pilot):
        await pilot.press("j", "j", "j")
        (chosen,) = (line for line in shown(app, "tree") if line.startswith("▸"))
        assert "worker" in chosen
        reader.fake.process(2, b"early", ppid=1, start=1)
        reader.gone(11)
        await look(app, pilot)
        (chosen,) = (line for line in shown(app, "tree") if line.startswith("▸"))
        assert "worker" in chosen
        lines = shown(app, "tree")
        assert any(line.startswith("+") and "early" in line for line in lines)
        assert any(line.startswith("-") and "web" in line for line in lines)


async def test_a_look_that_shows_no_difference_repaints_nothing(reader, monkeypatch):
    async with live(reader) as (app, pilot):
        await look(app, pilot)
        painted: list[object] = []
        monkeypatch.setattr(Rows, "refresh", lambda self, *_a, **_k: painted.append(self))
        before = text(app)
        await look(app, pilot)
        assert painted == []
        assert text(app)[:-1] == before[:-1]


async def test_looks_are_kept_and_gone_back_to(reader):
    async with live(reader) as (app, pilot):
        reader.fake.process(30, b"late", ppid=1, start=9)
        await look(app, pilot)
        assert any("late" in line for line in shown(app, "tree"))
        await pilot.press("comma")
        assert not any("late" in line for line in shown(app, "tree"))
        assert "1 look ago" in bar(app)
        await look(app, pilot)  # looking goes on, and moves nobody who looks back
        assert not any("late" in line for line in shown(app, "tree"))
        assert "2 looks ago" in bar(app)
        await pilot.press("G")
        assert any("late" in line for line in shown(app, "tree"))


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


async def test_it_can_be_paused_and_told_how_often_to_look(reader):
    async with live(reader) as (app, pilot):
        assert "▶ 3600 s" in bar(app)
        await pilot.press("space")
        assert "‖ 3600 s" in bar(app)
        await pilot.press("space", "greater_than_sign", "greater_than_sign")
        assert "▶ 10 s" in bar(app)
        await pilot.press("less_than_sign")
        assert "▶ 30 s" in bar(app)


async def test_a_look_that_fails_says_so_and_the_next_is_tried(reader):
    async with live(reader) as (app, pilot):
        reader.trouble = True
        await look(app, pilot)
        assert "Permission denied" in bar(app)
        reader.trouble = False
        await look(app, pilot)
        assert "Permission denied" not in bar(app)


async def test_the_keys_page_tells_what_they_mean_here(reader):
    async with live(reader, LARGE) as (app, pilot):
        await pilot.press("f1")
        page = "\n".join(text(app))
        assert "freeze, go on looking" in page
        assert "look now" in page
        assert "only tasks with these words" in page
        assert "prompt" not in page
        assert "1 2 4 … 6 8 … 0" in page
        assert "that terminal" not in page  # nobody sees what stands on them


@pytest.mark.parametrize("size", [SMALL, MEDIUM, LARGE])
async def test_what_is_hidden_is_told_as_far_as_there_is_room(reader, size):
    reader.fake.process(40, b"shy", ppid=1, start=9, ns={"mnt": "?"})
    async with live(reader, size) as (app, pilot):
        told = bar(app).partition("incomplete: ")[2]
        assert told.startswith("see F1" if size == SMALL else "the namespaces of 1 process")
        assert "…" not in bar(app)
        await pilot.press("f1")
        assert "the namespaces of 1 process are hidden" in "\n".join(text(app))


async def test_who_is_gone_is_not_counted(reader):
    async with live(reader) as (app, pilot):
        await pilot.press("s")
        reader.gone(12)
        await look(app, pilot)
        assert any(line.startswith("-") for line in shown(app, "tree"))
        assert str(app.query_one("#tree").border_subtitle) == "3 tasks"
        await pilot.press("backslash", "w")
        await pilot.pause()
        assert "1 of 3" in "\n".join(text(app)[-3:])  # web; worker has ended


@pytest.mark.parametrize("size", [SMALL, MEDIUM, LARGE])
@pytest.mark.parametrize("key", ["backslash", "f4", "slash", "f3"])
async def test_only_tasks_with_some_words_are_shown(reader, size, key):
    async with live(reader, size) as (app, pilot):
        await pilot.press(key, *"WORK")
        await pilot.pause()
        assert "1 of 4" in "\n".join(text(app)[-3:])
        tree = app.query_one(TreePane)  # behind the line
        assert [row.comm for row in tree.rows] == ["worker"]
        await pilot.press("enter")
        await pilot.pause()
        assert title(app, "tree") == "tasks with WORK"
        assert str(app.query_one("#tree").border_subtitle) == "1 of 4 tasks"
        assert [line.split()[-2] for line in shown(app, "table-0")[1:2]] == ["worker"]
        reader.fake.process(13, b"worker2", ppid=11, pids="13\t3", ns=INSIDE, start=8)
        reader.fake.process(14, b"other", ppid=11, pids="14\t4", ns=INSIDE, start=9)
        await look(app, pilot)
        rows = [line for line in shown(app, "tree")[1:] if line]
        assert [row.split()[-3] for row in rows] == ["worker", "worker2"]
        await pilot.press(key, "ctrl+u", *"web", "escape")  # as before
        await pilot.pause()
        assert title(app, "tree") == "tasks with WORK"
        await pilot.press(key, *["backspace"] * 4, "enter")
        await pilot.pause()
        assert len([line for line in shown(app, "tree")[1:] if line]) == 6


async def test_tasks_are_sorted_and_the_selection_stays(reader):
    async with live(reader) as (app, pilot):
        await pilot.press("j", "j", "j")

        def names() -> list[str]:
            return [row.split()[-3] for row in shown(app, "tree")[1:5]]

        def chosen() -> str:
            return next(row for row in shown(app, "tree") if row.startswith("▸")).split()[-3]

        seen = []
        for _ in range(7):
            await pilot.press("s")
            await pilot.pause()
            seen.append((title(app, "tree").partition(" by ")[2], names()))
            assert chosen() == "worker"
        assert dict(seen) == {
            "pid": ["init", "shim", "web", "worker"],
            "name": ["init", "shim", "web", "worker"],
            "age": ["worker", "web", "shim", "init"],
            "state": ["init", "shim", "web", "worker"],
            "user": ["init", "shim", "web", "worker"],
            "pid space": ["init", "shim", "web", "worker"],
            "": ["init", "shim", "web", "worker"],
        }
        await pilot.press("s", "S")
        await pilot.pause()
        assert "└─" in shown(app, "tree")[2]


async def test_the_selection_follows_what_is_new_where_that_is_wanted(reader):
    async with live(reader) as (app, pilot):
        await pilot.press("F")
        assert "follows what is new" in bar(app)
        reader.fake.process(30, b"late", ppid=1, start=9)
        await look(app, pilot)
        assert "late" in next(line for line in shown(app, "tree") if line.startswith("▸"))
        await pilot.press("ctrl+home")
        assert "follows what is new" not in bar(app)
        reader.fake.process(31, b"later", ppid=1, start=10)
        await look(app, pilot)
        assert "init" in next(line for line in shown(app, "tree") if line.startswith("▸"))


@pytest.mark.parametrize("key", ["r", "f5"])
async def test_one_can_look_at_once_though_it_is_frozen(reader, key):
    async with live(reader) as (app, pilot):
        await pilot.press("space")
        reader.fake.process(30, b"late", ppid=1, start=9)
        await pilot.pause()
        assert not any("late" in line for line in shown(app, "tree"))
        await pilot.press(key)
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert any("late" in line for line in shown(app, "tree"))
        assert "‖ 3600 s" in bar(app)


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


async def test_a_name_cannot_move_the_cursor(reader):
    reader.fake.process(50, b"\033[2J\nx\xff", ppid=1, start=20)
    async with live(reader) as (app, _pilot):
        assert all("\033" not in line for line in text(app))
        assert any("^[[2J" in line for line in shown(app, "tree"))


def test_a_long_watch_keeps_no_more_than_so_many_looks(reader):
    machine = reader()
    watch = Watch(machine)
    for _ in range(KEPT + 5):
        watch.take(machine)
    assert len(watch.history) == KEPT
    assert watch.position == KEPT - 1
    watch.goto(0)
    watch.take(machine)
    assert watch.position == 0


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


async def test_panes_are_enlarged_and_moved_here_too(reader):
    async with live(reader) as (app, pilot):
        await pilot.press("4", "z")
        await pilot.pause()
        assert app.query_one("#ids").region.height > 30
        assert "z all panes" in bar(app)
        await pilot.press("z", "M")
        await pilot.pause()
        assert app.arrangement.place("ids") == 0
        await pilot.press("R", "P")
        await pilot.pause()
        assert app.arrangement.place("ids") == 4


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


async def test_nothing_is_made_ready_for_a_prompt_that_is_not_there(reader, monkeypatch):
    """Textual has every class's own handler of a message called, not the last one's alone."""
    made: list[LiveApp] = []
    for name in ("_prepare", "_rehearse"):
        monkeypatch.setattr(LiveApp, name, made.append)
    async with live(reader) as (app, pilot):
        await pilot.press("down", "z")
        await pilot.pause()
        assert app.focused is app.query_one(TreePane)
        assert not made
