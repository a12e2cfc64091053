"""Themes, colours and their absence; pictures."""

import re

import pytest

from nsh import _resources
from nsh.session import themes
from nsh.session.session import Session
from nsh.tui.app import NshApp
from nsh.tui.narration import Narration
from nsh.tui.paint import rich_name
from nsh.views.themes import ROLES
from tests.tui.stage import SMALL, session, stage, text
from tests.views.machines import Web

NAMES = sorted(path.stem for path in _resources.folder("themes").glob("*.toml"))


def colours(app: NshApp) -> set[str]:
    """Every colour on the screen, ground or text."""
    found = set()
    for strip in app.screen._compositor.render_strips():
        for segment in strip:
            if segment.style is not None:
                found |= {str(one) for one in (segment.style.color, segment.style.bgcolor) if one}
    return {
        name
        for colour in found
        for name in re.findall(r"#[0-9a-f]{6}|(?<=')[a-z_]+(?=')|default", colour)
    }


@pytest.mark.parametrize("name", NAMES)
async def test_a_theme_paints_every_role(name):
    async with stage(theme=name) as (app, pilot):
        await pilot.press("end", "f1", "f1")
        theme = app.paint.theme
        assert app.theme == theme.name == name
        assert rich_name(theme.palette.surface) in colours(app)
        assert rich_name(theme.styles["pid"].color) in colours(app)
        for role in ROLES:
            assert app.paint.style(role).color is not None
            assert len(app.paint.glyph(role)) == 1


async def test_f2_leads_through_all_themes():
    async with stage() as (app, pilot):
        seen = []
        for _ in NAMES:
            await pilot.press("f2")
            seen.append(app.paint.theme.name)
            assert rich_name(app.paint.theme.palette.surface) in colours(app)
        assert sorted(seen) == NAMES


async def test_an_unknown_theme_is_said_and_the_usual_one_used():
    async with stage(theme="beige") as (app, _):
        assert app.theme == "dark"
        assert "no theme is called beige" in str(next(iter(app._notifications)).message)


@pytest.mark.parametrize(
    ("environ", "colour", "expected"),
    [
        ({}, True, "dark"),
        ({"COLORFGBG": "0;15"}, True, "light"),
        ({"COLORFGBG": "15;default;0"}, True, "dark"),
        ({"NSH_THEME": "okabe-ito", "COLORFGBG": "0;15"}, True, "okabe-ito"),
        ({"COLORFGBG": "0;15"}, False, "mono"),
        ({"TERM": "screen"}, True, "terminal"),
        ({"TERM": "linux", "COLORFGBG": "0;15"}, True, "terminal"),
        ({"TERM": "screen-256color"}, True, "dark"),
        ({"TERM": "tmux-256color", "COLORFGBG": "0;15"}, True, "light"),
        ({"TERM": "xterm", "COLORTERM": "truecolor"}, True, "dark"),
        ({"TERM": "xterm-kitty"}, True, "dark"),
        ({"TERM": "linux"}, False, "mono"),
    ],
)
def test_the_terminal_decides_where_nobody_does(environ, colour, expected):
    assert themes.suited(environ, colour=colour) == expected


async def test_no_color_is_no_colour_at_all(monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    app = NshApp(Session(machine=Web().machine))
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("escape", "down", "f1", "f1")
        assert app.paint.theme.name == "mono"
        assert colours(app) == {"default"} or colours(app) == set()
        chosen = [
            segment
            for strip in app.screen._compositor.render_strips()
            for segment in strip
            if segment.style is not None and segment.style.reverse and "sshd" in segment.text
        ]
        assert chosen


def test_a_theme_file_that_is_broken_does_not_stop_the_others(tmp_path, monkeypatch):
    (tmp_path / "good.toml").write_text(_resources.read("themes", "dark.toml"), encoding="utf-8")
    (tmp_path / "bad.toml").write_text("name = ", encoding="utf-8")
    (tmp_path / "worse.toml").write_bytes(b"\xff")
    monkeypatch.setattr(_resources, "folder", lambda kind: tmp_path)
    found, failures = themes.load()
    assert list(found) == ["dark"]
    assert [failure.split(":")[0] for failure in failures[:1]] == ["bad.toml"]
    assert len(failures) == 2
    (tmp_path / "good.toml").unlink()
    with pytest.raises(_resources.MissingResource, match=r"no theme in .* can be used: bad.toml"):
        themes.load()


@pytest.mark.parametrize("name", NAMES)
async def test_narration_is_written_in_the_colours_of_the_theme(name):
    app = NshApp(session("#: # A heading\n#:\n#: Some words.\ntrue\n"), theme=name)
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("end")
        paint = app.paint
        narration = app.query_one(Narration)
        written = [
            segment.style
            for y in range(2)
            for segment in narration.render_line(y)
            if segment.text.strip() in ("A heading", "Some words.")
        ]
        assert [style.color for style in written if style] == [paint.style("narration").color] * 2
        assert written[0] is not None
        assert written[0].bold


async def test_a_file_name_cannot_paint_the_screen():
    app = NshApp(session("spawn a\n"), title="evil\x1b]0;x\x07.nsh")
    async with app.run_test(size=SMALL) as pilot:
        await pilot.pause()
        assert text(app)[0].startswith(" nsh  evil^[]0;x^G.nsh")
