"""What each pane shows of one machine, and that nothing moves that need not."""

import pytest
from textual import events

from nsh.session.session import Session
from nsh.tui.app import NshApp
from nsh.tui.bars import Timeline
from nsh.tui.panes.table import TablePane
from nsh.tui.panes.tree import TreePane
from nsh.tui.prompt import PromptInput
from nsh.tui.rows import Rows
from nsh.tui.tables import Tables
from tests.tui.stage import LARGE, MEDIUM, SCRIPT, SMALL, shown, stage, text, title, until
from tests.views.machines import crowd

AT_DB = SCRIPT[: SCRIPT.index("as db:1")]


async def test_the_tree_marks_the_actor_and_where_each_lives():
    async with stage(AT_DB) as (app, pilot):
        await pilot.press("end")
        assert [line.split() for line in shown(app, "tree")[:8]] == [
            ["KPID", "TREE", "S", "CID"],
            ["1", "init", "●", "S", "0"],
            ["2", "├─", "sshd", "S", "web"],
            ["3", "│", "├─", "httpd.1", "S", "web"],
            ["4", "│", "└─", "httpd.2", "S", "web"],
            ["5", "└─", "postgres", "S", "db"],
            ["▸+", "6", "└─", "writer", "S", "db"],
            [],
        ]


DEEP = """\
spawn a
as a spawn b
as b spawn c
as c spawn d
as d spawn e
as e spawn f
as e spawn g
as c spawn h
"""


async def test_a_deep_tree_is_indented_anew_where_it_is_narrow():
    async with stage(DEEP, SMALL) as (app, pilot):
        await pilot.press("end", "1")
        await pilot.pause()
        tree = [line.lstrip("▸+ ").split(" S ")[0].rstrip() for line in shown(app, "tree")[1:9]]
        assert tree == [
            "2 └─ a",
            "3    └─ b",
            "4       └─ c",
            "5  4┄├─ d",
            "6  5┄│  └─ e",
            "7  6┄├─ f",
            "8  6┄└─ g",
            "9  4┄└─ h",
        ]


async def test_tables_stand_side_by_side_and_say_who_is_not_visible():
    async with stage(AT_DB) as (app, pilot):
        await pilot.press("end")
        assert title(app, "table-0") == "container web (1)"
        assert title(app, "table-1") == "container db (2)"
        web, db = shown(app, "table-0"), shown(app, "table-1")
        assert [line.split() for line in web[:4]] == [
            ["VPID", "KPID", "S", "COMMAND", "TTY"],
            ["1", "2", "S", "sshd", "console"],
            ["2", "3", "S", "httpd.1", "console"],
            ["3", "4", "S", "httpd.2", "console"],
        ]
        assert web[-1].split() == ["·", "6", "writer", "not", "visible"]
        assert db[2].split()[:5] == ["▸+", "2", "6", "S", "writer"]
        assert db[-1] == ""


async def test_a_zombie_has_a_letter_and_a_glyph_and_its_orphans_move():
    async with stage() as (app, pilot):
        await pilot.press("end")
        lines = [line.split() for line in shown(app, "tree")]
        assert lines[1:5] == [
            ["1", "init", "●", "S", "0"],
            ["▸~", "2", "├─", "sshd", "Z†", "web"],
            ["~", "3", "├─", "httpd.1", "S", "web"],
            ["~", "4", "├─", "httpd.2", "S", "web"],
        ]


async def test_ids_begin_with_the_pid_however_little_room_there_is():
    async with stage(AT_DB, SMALL) as (app, pilot):
        await pilot.press("end", "4")
        await pilot.pause()
        assert [line.split()[0] for line in shown(app, "ids")][:3] == ["in", "pid", "ppid"]


async def test_ids_are_shown_as_each_space_says_them():
    async with stage(AT_DB) as (app, pilot):
        await pilot.press("end")
        assert title(app, "ids") == "db:2 writer in every space"
        assert [line.split() for line in shown(app, "ids")[:5]] == [
            ["in", "0", "db", "web"],
            ["pid", "6", "2", "unseen"],
            ["ppid", "5", "1", "·"],
            ["pgrp", "1", "0", "·"],
            ["sid", "1", "0", "·"],
        ]


async def test_the_boundary_cuts_what_was_asked_and_not_the_answer():
    async with stage("spawn --pid web; web spawn --pid inner", MEDIUM) as (app, pilot):
        await pilot.press("end")
        (call,) = [line for line in shown(app, "boundary") if "web:1" in line and "kpid" in line]
        assert "… = 2 kpid 3 → web:2" in call


async def test_the_boundary_shows_each_id_before_and_after():
    async with stage() as (app, pilot):
        await pilot.press("end")
        lines = shown(app, "boundary")
        kill = next(line for line in app_lines(app) if "kill(3" in line)
        assert "= -1 ESRCH" in kill
        assert "db:3 → nobody" in kill
        (now,) = [line for line in lines if line.startswith("▸")]
        assert "exit_group(0)" in now


def app_lines(app: NshApp) -> list[str]:
    boundary = app.query_one("#boundary", Rows)
    assert boundary.scene is not None
    return [
        "".join(segment.text for segment in boundary._row(row, 120))
        for row in boundary.scene.story.calls
    ]


async def test_why_a_call_was_refused_is_in_the_border():
    async with stage() as (app, pilot):
        await pilot.press("end")
        at = next(s.number for s in app.player.history if s.failure and s.task != 0)
        app.player.seek(at)
        app.show()
        await pilot.pause()
        assert app.player.step.failure is not None
        subtitle = str(app.query_one("#boundary").border_subtitle)
        assert subtitle == app.player.step.failure.reason


async def test_tasks_can_be_filtered_and_sorted():
    async with stage(AT_DB) as (app, pilot):
        await pilot.press("end", "backslash", *"httpd", "enter")
        await pilot.pause()
        assert [row.comm for row in app.query_one(TreePane).rows] == ["httpd.1", "httpd.2"]
        await pilot.press("comma", "comma", "full_stop")  # it stays while one steps
        assert title(app, "tree") == "tasks with httpd"
        await pilot.press("backslash", *["backspace"] * 5, "enter", "s", "s")
        await pilot.pause()
        assert title(app, "tree") == "tasks by name"
        names = [row.comm for row in app.query_one(TreePane).rows]
        assert names == sorted(names)
        await pilot.press("ctrl+home")
        assert app.look.selected == app.query_one(TreePane).rows[0].task


async def test_output_follows_time_both_ways():
    async with stage("spawn a\nps -e -o pid=\nps -e -o comm=\n") as (app, pilot):
        await pilot.press("end")
        assert shown(app, "output")[:5] == ["1", "2", "init", "a", ""]
        await pilot.press("left_square_bracket")
        assert shown(app, "output")[:3] == ["1", "2", ""]
        await pilot.press("home")
        assert shown(app, "output")[0] == ""


async def test_a_line_longer_than_the_pane_goes_on_in_the_next_row():
    line = "".join(f"{n:04}" for n in range(75))
    async with stage(f"echo {line}\necho short\n", SMALL) as (app, pilot):
        await pilot.press("end", "3")
        await pilot.pause()
        width = app.query_one("#output").content_region.width - 1
        rows = [row for row in shown(app, "output") if row]
        assert rows[-1] == "short"
        assert [row[0] for row in rows[:-1]] == ["0", *"…" * (len(rows) - 2)]
        assert "".join(row.removeprefix("…") for row in rows[:-1]) == line
        assert all(len(row.removeprefix("…")) == width for row in rows[:-2])
        await pilot.resize_terminal(*LARGE)
        await pilot.pause()
        rows = [row for row in shown(app, "output") if row]
        assert "".join(row.removeprefix("…") for row in rows[:-1]) == line


async def test_output_is_scrolled_through_row_by_row():
    async with stage("".join(f"echo {n}{'x' * 100}\n" for n in range(30)), SMALL) as (app, pilot):
        await pilot.press("end", "3")
        await pilot.pause()
        assert shown(app, "output")[-2].startswith("29x")
        await pilot.press("up")
        assert shown(app, "output")[-1].startswith("29x")
        await pilot.press(*["pageup"] * 40)
        assert shown(app, "output")[0].startswith("0x")
        await pilot.press("down")
        assert shown(app, "output")[0].startswith("…x")
        await pilot.press(*["pagedown"] * 40)
        assert shown(app, "output")[-2].startswith("29x")


@pytest.mark.parametrize("size", [SMALL, MEDIUM, LARGE, (101, 34), (79, 23)])
async def test_a_new_size_is_shown_at_once(size):
    """As it would be shown anew."""
    async with stage(size=LARGE if size == SMALL else SMALL) as (app, pilot):
        await pilot.press("end")
        await pilot.resize_terminal(*size)
        await pilot.pause()
        at_once = text(app)
        app.show(reveal=False)
        await pilot.pause()
        assert text(app) == at_once
        room = app.query_one(Tables).room
        assert len(app.query_one(Tables).panes) == min(2, room)


async def test_errors_have_a_bar_and_control_characters_are_shown():
    async with stage("") as (app, pilot):
        await pilot.press(*"nosuchcommand", "enter")
        assert shown(app, "output")[0].startswith("▏nsh: nosuchcommand")
        assert not any("\x1b" in line for line in text(app))


async def test_a_failed_expectation_takes_the_place_of_the_narration():
    async with stage("#: Say something.\nspawn a\nexpect 1 == 2\n") as (app, pilot):
        await pilot.press("end")
        narration = app.query_one("#narration").region.y
        assert "✖ expect failed" in text(app)[narration]
        await pilot.press("left_square_bracket")
        assert "Say something." in text(app)[narration]


async def test_long_narration_has_pages():
    words = " ".join(f"word{n}" for n in range(100))
    async with stage(f"#: {words}\nspawn a\n", SMALL) as (app, pilot):
        await pilot.press("full_stop")
        top = app.query_one("#narration").region.y
        assert "word0" in text(app)[top]
        assert text(app)[top + 2].endswith(" p 1/4")
        await pilot.press("p")
        assert "word0 " not in text(app)[top]
        for _ in range(3):
            await pilot.press("p")
        assert "word0" in text(app)[top]


async def test_what_is_typed_happens_and_the_script_goes_on_behind_it():
    async with stage(AT_DB) as (app, pilot):
        await pilot.press("right_square_bracket", "right_square_bracket")
        before = app.player.position
        await pilot.press("colon", *"spawn mine", "enter")
        assert "mine" in "".join(shown(app, "tree"))
        assert app.player.position > before
        await pilot.press("escape", "end")
        assert [line.split()[-3] for line in shown(app, "tree")[1:8]].count("mine") == 1
        assert title(app, "table-1") == "container db (2)"


async def test_a_syntax_error_is_said_and_changes_nothing():
    async with stage() as (app, pilot):
        await pilot.press("colon", *"if {", "enter")
        assert app.player.position == 0
        assert len(app._notifications) == 1


async def test_an_endless_command_leaves_the_screen_awake_and_can_be_given_up():
    async with stage("") as (app, _):
        app.SLICE = 0.02
        running = "running, Ctrl+C stops it"
        editor = app.query_one(PromptInput)
        editor.value = "while true { getpid > /dev/null }"
        app.post_message(events.Key("enter", "\r"))
        await until(lambda: running in text(app)[0])
        editor.value = "spawn a"
        app.post_message(events.Key("enter", "\r"))
        await until(lambda: bool(app._notifications))
        for key in ("escape", "escape", "ctrl+c"):
            app.post_message(events.Key(key, None))
        await until(lambda: running not in text(app)[0])
        assert app.player.step.message == "given up: interrupted"
        assert app.player.at_end
        app.post_message(events.Key("comma", ","))
        await until(lambda: not app.player.at_end)


async def test_the_prompt_greys_what_the_script_says_next():
    async with stage() as (app, pilot):
        assert app.query_one("PromptInput").placeholder == "spawn sshd"  # type: ignore[attr-defined]
        await pilot.press("end")
        assert app.query_one("PromptInput").placeholder == ""  # type: ignore[attr-defined]
        assert text(app)[-2].strip().startswith("0:1 init #")


async def test_clicks_select_tasks_and_moments():
    async with stage(AT_DB) as (app, pilot):
        await pilot.press("end")
        await pilot.click("#table-0", offset=(12, 3))
        assert title(app, "ids") == "web:2 httpd.1 in every space"
        timeline = app.query_one(Timeline)
        await pilot.click(timeline, offset=(2, 0))
        assert app.player.position == 0
        await pilot.click(timeline, offset=(1 + timeline._bar(timeline.size.width), 0))
        assert app.player.position == len(app.player.history) - 1


async def test_only_lines_that_changed_are_painted_again():
    async with stage(AT_DB) as (app, pilot):
        await pilot.press("end")
        tree = app.query_one(TreePane)
        painted: list[int] = []
        repaint, refresh = tree.repaint_region, tree.refresh

        def watched(*regions):
            painted.extend(y for region in regions for y in region.line_range)
            repaint(*regions)

        def whole(*regions, **options):
            raise AssertionError("the whole pane was painted again")

        tree.repaint_region = watched  # type: ignore[method-assign]
        tree.refresh = whole  # type: ignore[method-assign]
        app.show()
        assert painted == []
        await pilot.press("up")
        tree.refresh = refresh  # type: ignore[method-assign]
        assert sorted(set(painted)) == [6, 7]


async def test_rows_above_the_window_move_nothing():
    app = NshApp(Session(machine=crowd(300)))
    async with app.run_test(size=MEDIUM) as pilot:
        await pilot.press("escape", *["pagedown"] * 3)
        before = shown(app, "tree")
        tree = app.query_one(TreePane)
        top = tree.rows[0].task
        assert top != tree.window(0, 0, 1)[0].task
        await pilot.resize_terminal(120, 41)
        await pilot.pause()
        assert tree.rows[0].task == top
        assert shown(app, "tree")[1] == before[1]


async def test_many_tasks_cost_what_is_visible():
    app = NshApp(Session(machine=crowd(30_000)))
    async with app.run_test(size=MEDIUM) as pilot:
        await pilot.press("escape", "ctrl+end")
        assert "w29999" in shown(app, "tree")[-1]
        asked = 0
        for pane in app.query(Rows):
            asked += len(pane.rows)
        assert asked < 200
        await pilot.press("pageup", "k")
        assert app.query(TablePane)
