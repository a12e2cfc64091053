"""Themes: every file in themes/ is readable in both senses, and a bad one says what is wrong."""

from itertools import combinations

import msgspec
import pytest

from nsh import _resources
from nsh.session import themes
from nsh.views.themes import READABLE, ROLES, ThemeError, contrast, parse, unreadable

FILES = sorted(_resources.folder("themes").glob("*.toml"))
DARK = (_resources.folder("themes") / "dark.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_theme_can_be_read(path):
    theme = parse(path.read_text(encoding="utf-8"), path.name)
    assert theme.name == path.stem
    assert theme.styles.keys() == ROLES.keys()
    assert unreadable(theme) == []
    if not theme.ansi:
        assert contrast(theme.palette.foreground, theme.palette.background) >= 7
    for one, other in combinations(("zombie", "stopped", "running", "frozen", "dead"), 2):
        assert theme.styles[one].glyph != theme.styles[other].glyph
        assert theme.styles[one].ascii != theme.styles[other].ascii


def test_the_six_that_were_promised_are_there():
    names = {path.stem for path in FILES}
    assert names >= {"dark", "light", "high-contrast", "mono", "okabe-ito", "terminal"}


def test_the_terminals_own_theme_names_no_colour_of_ours():
    text = (_resources.folder("themes") / "terminal.toml").read_text(encoding="utf-8")
    theme = parse(text, "terminal")
    assert theme.ansi
    used = {style.color for style in theme.styles.values()} | set(
        msgspec.structs.astuple(theme.palette)
    )
    assert all(colour.startswith("ansi_") for colour in used)
    assert not used & {"ansi_blue", "ansi_white", "ansi_black"}
    assert {style.on for style in theme.styles.values()} == {None}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_what_is_typed_is_told_apart(path):
    theme = parse(path.read_text(encoding="utf-8"), path.name)
    looks = {
        (theme.styles[role].color, theme.styles[role].attributes)
        for role in ("keyword", "command", "string", "comment", "mistake")
    }
    assert len(looks) == 5 or theme.name == "mono"


def test_high_contrast_is():
    text = (_resources.folder("themes") / "high-contrast.toml").read_text(encoding="utf-8")
    theme = parse(text, "high-contrast")
    words = [theme.styles[name] for name, role in ROLES.items() if not role.symbol]
    assert min(contrast(word.color, theme.palette.surface) for word in words) >= 7


def test_contrast_is_that_of_wcag():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
    assert contrast("#123456", "#123456") == 1


def test_a_role_left_out_looks_like_what_it_falls_back_to():
    theme = parse(DARK, "dark")
    assert theme.styles["zombie"].color == theme.palette.error
    assert theme.styles["zombie"].glyph == "†"
    assert theme.styles["selected"].on == "#22344d"
    own = parse(DARK + '\nzombie = { glyph = "z" }\n', "dark")
    assert own.styles["zombie"].glyph == "z"
    assert own.styles["zombie"].color == theme.palette.error


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ('title = "Dark"', 'title = "Dark', "bad.toml: "),
        ('title = "Dark"', "", "missing required field `title`"),
        ('primary = "#7cb7ff"', 'primary = "blue"', r"\$.textual.primary"),
        ('primary = "#7cb7ff"', "primary = 7", r"Expected `str`, got `int` - at `\$.textual.prim"),
        ('primary = "#7cb7ff"', "", "missing required field `primary`"),
        ("[nsh]", '[nsh]\npidd = "#ffffff"', "no such role: pidd"),
        ("[nsh]", '[nsh]\npid = { colour = "#ffffff" }', "unknown field `colour`"),
        ("[nsh]", '[nsh]\npid = { attributes = ["blink"] }', "Invalid enum value 'blink'"),
        ("[nsh]", '[nsh]\npid = { glyph = "二" }', "the glyph of pid must be one cell wide"),
        ("[nsh]", '[nsh]\npid = { glyph = "->" }', "the glyph of pid must be one cell wide"),
        ("[nsh]", '[nsh]\npid = { ascii = "→" }', "the ASCII fallback of pid is '→'"),
        ("[nsh]", '[nsh]\npid = "#222a33"', f"pid on background has contrast 1.3, not {READABLE}"),
        ("[nsh]", "[nsh]\n[nsh]", "bad.toml: "),
    ],
)
def test_a_bad_theme_says_where_and_why(before, after, message):
    with pytest.raises(ThemeError, match=message) as caught:
        parse(DARK.replace(before, after, 1), "bad.toml")
    assert str(caught.value).startswith("bad.toml: ")


def test_a_theme_is_found_by_its_name_alone():
    every, complaints = themes.load()
    assert complaints == []
    for name, theme in every.items():
        assert themes.one(name) == (theme, [])
    for name in ("no-such", "../themes/dark", "", "DARK"):
        theme, complaints = themes.one(name)
        assert theme.name == themes.OWN
        assert complaints == [f"no theme is called {name}; there are {', '.join(sorted(every))}"]
