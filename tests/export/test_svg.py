"""Pictures: what they show at any time is what the screen showed."""

import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from nsh.export import ink
from nsh.export.boxes import STROKES
from nsh.export.film import Film
from nsh.export.measure import Size
from nsh.export.svg import EDGE, HIGH, WIDE, svg
from tests.export.films import HOSTILE, film, still

NAME = "{http://www.w3.org/2000/svg}"


def visible(root: ET.Element, share: float, *, moves: bool = True) -> list[ET.Element]:
    """The elements that are seen after so much of the whole, in percent."""
    style = root.findtext(f"{NAME}style") or ""
    motions = {}
    for name, rules in re.findall(r"@keyframes (k\d+)\{((?:[\d.%,]+\{[a-z:]+\})+)\}", style):
        states = [
            (float(at.removesuffix("%")), state.partition(":")[2] == "visible")
            for times, state in re.findall(r"([\d.%,]+)\{([a-z:]+)\}", rules)
            for at in times.split(",")
        ]
        motions[name] = sorted(states)
    found = []
    for group in root.iter(f"{NAME}g"):
        words = (group.get("class") or "").split()
        seen = "o" not in words
        if moves and words:
            seen = [state for at, state in motions[words[-1]] if at <= share + 1e-9][-1]
        if seen:
            found += [each for each in group if each.tag != f"{NAME}g"]
    return found


def text_of(elements: list[ET.Element], size: Size) -> list[str]:
    """What is written, on a grid of cells."""
    grid = [[" "] * size.columns for _ in range(size.rows)]
    for element in elements:
        if element.tag == f"{NAME}text":
            row = (int(element.get("y") or 0) - 15) // HIGH
            column = int(element.get("x") or 0) // WIDE
            for n, char in enumerate(element.text or ""):
                assert grid[row][column + n] == " ", "two things in one place"
                grid[row][column + n] = char
    return ["".join(row) for row in grid]


def written(film: Film, number: int) -> list[str]:
    """The frame without what is drawn."""
    lines = ink.plain(film.frames[number].rows)
    return ["".join(" " if char in STROKES else char for char in line) for line in lines]


def test_at_every_time_it_shows_the_frame_of_that_time():
    made = film()
    root = ET.fromstring(svg(made))
    start = 0
    for number, frame in enumerate(made.frames):
        share = (start + frame.duration / 2) * 100 / made.duration
        assert text_of(visible(root, share), made.size) == written(made, number)
        start += frame.duration


@pytest.mark.parametrize("theme", ["dark", "light", "mono", "terminal"])
def test_who_wants_no_motion_sees_the_end(theme):
    made = film(theme=theme)
    root = ET.fromstring(svg(made))
    last = len(made.frames) - 1
    assert text_of(visible(root, 0, moves=False), made.size) == written(made, last)
    style = root.findtext(f"{NAME}style") or ""
    before, _, behind = style.partition("@media (prefers-reduced-motion:no-preference){")
    assert "animation" not in before
    assert "@keyframes" in behind


def test_a_still_has_no_motion_at_all():
    made = still()
    text = svg(made)
    root = ET.fromstring(text)
    assert "animation" not in text
    assert text_of(visible(root, 0), made.size) == written(made, 0)
    assert root.get("viewBox") == f"0 0 {80 * WIDE + 2 * EDGE} {24 * HIGH + 2 * EDGE}"


def test_every_glyph_stands_on_the_colour_that_the_screen_had():
    made = still(theme="light")
    root = ET.fromstring(svg(made))
    grounds = {
        (int(one.get("x") or 0) // WIDE + n, int(one.get("y") or 0) // HIGH): one.get("fill")
        for one in visible(root, 0)
        if one.tag == f"{NAME}rect"
        for n in range(int(one.get("width") or 0) // WIDE)
    }
    for y, row in enumerate(made.frames[0].rows):
        for run in row:
            bg = made.paper.colours(run.ink)[1]
            for x in range(run.column, run.column + run.width):
                assert grounds.get((x, y), made.paper.bg) == bg


def test_it_fetches_nothing_runs_nothing_and_says_what_it_shows():
    text = svg(film(f"printf '{HOSTILE}\\n'\nls '{HOSTILE}' || true\n"))
    root = ET.fromstring(text)
    assert {one.tag.removeprefix(NAME) for one in root.iter()} <= {
        *("svg", "title", "desc", "style", "g", "rect", "text", "path"),
    }
    for one in root.iter():
        assert not [name for name in one.attrib if name.startswith("on") or "href" in name]
    assert "url(" not in text
    assert "@import" not in text
    assert text.count("http") == 1  # the namespace
    assert "script>alert" in "".join(root.itertext())
    assert root.findtext(f"{NAME}desc", "").startswith("Step ")
    assert text.isprintable() or set(filter(lambda c: not c.isprintable(), text)) == {"\n"}


def test_wide_characters_take_two_cells():
    root = ET.fromstring(svg(still("echo 中文x\n", size=Size(120, 40))))
    found = [one for one in root.iter(f"{NAME}text") if "中" in (one.text or "")]
    assert found
    assert all(int(one.get("textLength") or 0) == 5 * WIDE for one in found)


def test_frames_are_drawn_without_gaps():
    root = ET.fromstring(svg(still()))
    paths = [one.get("d") or "" for one in root.iter(f"{NAME}path")]
    assert any("Q" in path for path in paths)  # round corners
    longest = max(
        float(end) - float(begin)
        for path in paths
        for begin, end in re.findall(r"M([\d.]+) [\d.]+H([\d.]+)", path)
    )
    assert longest > 20 * WIDE


@pytest.mark.parametrize(
    ("picture", "demo", "options"),
    [
        ("screen.svg", "demos/s2/side-by-side.nsh", ("--at", "end")),
        ("play.svg", "demos/s0/same-pid-twice.nsh", ()),
    ],
)
def test_the_pictures_on_the_pages_are_what_export_makes(
    picture, demo, options, tmp_path, monkeypatch
):
    from nsh import cli

    out = tmp_path / picture
    monkeypatch.setattr("sys.argv", ["nsh", "export", demo, *options, "-o", str(out)])
    assert cli.main() == 0
    assert out.read_bytes() == (Path("docs") / picture).read_bytes(), "run `make pictures`"
    recipe = " ".join(["nsh export", demo, *options, "-o", f"docs/{picture}"])
    assert recipe in Path("Makefile").read_text(encoding="utf-8")


def test_a_demo_of_twenty_seconds_stays_small():
    made = film(Path("demos/s0/nested-spaces.nsh").read_text(encoding="utf-8"), size=Size())
    assert made.duration > 20_000
    assert len(svg(made)) < 300_000
