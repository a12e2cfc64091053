"""The page that plays: whole, harmless, and for everybody."""

import base64
import hashlib
import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from nsh.export import html, ink, moments, transcript
from nsh.export.measure import Pace
from nsh.machine.ids import SpaceId
from nsh.machine.pids import PidSpace
from nsh.session import themes
from nsh.views import ids
from nsh.views.table import pid_table
from tests.export.films import HOSTILE, SCRIPT, session

VOID = {"meta", "input", "br"}
BROWSER = (
    shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
)


class Elements(HTMLParser):
    """Every element with its attributes; tags that do not match fail."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, list[str]] = {}
        self._open: list[str] = []
        self.feed(text)
        assert not self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.setdefault(self._open[-1] if self._open else "", []).append(data)

    def all(self, tag: str) -> Iterator[dict[str, str | None]]:
        return (attributes for one, attributes in self.found if one == tag)


@cache
def page(script: str = SCRIPT, theme: str = "dark") -> str:
    found, _ = themes.load()
    play = moments.play(session(script), "two.nsh", Pace())
    told = transcript.transcript(session(script), "two.nsh")
    return html.page(play, told, found[theme], ink.paper(found[theme]))


def data(text: str) -> dict[str, Any]:
    (found,) = re.findall(r'<script type="application/json" id="play">(.*?)</script>', text)
    loaded: dict[str, Any] = json.loads(found)
    return loaded


def test_it_is_whole_and_fetches_nothing():
    text = page()
    elements = Elements(text)
    for tag, attributes in elements.found:
        assert tag not in ("link", "img", "iframe", "object", "base")
        assert not [name for name in attributes if name.startswith("on") or name == "style"]
        for name in ("src", "href", "action"):
            assert (attributes.get(name) or "#").startswith("#")
    assert "url(" not in text
    assert "@import" not in text
    assert "fetch(" not in text
    assert "innerHTML" not in text


def test_its_policy_lets_it_run_only_what_is_in_it():
    text = page()
    (policy,) = [one["content"] or "" for one in Elements(text).all("meta") if "http-equiv" in one]
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    for tag in ("style", "script"):
        (own,) = re.findall(f"<{tag}>(.*?)</{tag}>", text, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(own.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy


def test_every_moment_has_the_tables_that_the_views_have():
    made = data(page())
    play = session()
    while play.forward():
        pass
    for moment in made["moments"]:
        machine = play.history[moment["position"]].machine
        tables = [made["tables"][n] for n in moment["tables"]]
        spaces = [table for table in tables if table["kind"] == "space"]
        for table in spaces:
            numbers = [
                (str(row.vpid), str(row.kpid), row.comm)
                for space in machine.rows(PidSpace)
                for row in pid_table(machine, SpaceId(space)).rows
                if ids.cid(machine, SpaceId(space)) == table["name"]
            ]
            shown = [
                (row["cells"][0], row["cells"][1], row["cells"][3])
                for row in table["rows"]
                if row["mark"] != "-"
            ]
            assert shown == numbers
    assert [moment["position"] for moment in made["moments"]][-1] == made["last"]


def test_tables_are_there_once():
    made = data(page())
    tables = [json.dumps(table) for table in made["tables"]]
    assert len(set(tables)) == len(tables)


def test_what_was_printed_adds_up():
    made = data(page())
    printed = [line for moment in made["moments"] for line in moment["output"]]
    play = session()
    out = "".join(out.text for step in iter(play.forward, None) for out in step.output)
    assert printed == out.splitlines()
    assert [one for moment in made["moments"] for one in moment["commands"]] == [
        line for line in SCRIPT.splitlines() if line and not line.startswith("#")
    ]


def test_people_who_do_not_see_or_point_can_use_it():
    elements = Elements(page())
    assert next(elements.all("html"))["lang"] == "en"
    assert [one for one in elements.all("p") if one.get("aria-live") == "polite"]
    for control in ("button", "input", "select"):
        for one in elements.all(control):
            if control != "button":
                assert one.get("aria-label")
    assert "prefers-reduced-motion: no-preference" in page()
    assert page().count("animation:") == page().split("no-preference")[1].count("animation:")
    assert [one for one in elements.all("section") if one.get("id") == "chapter-2"]


def test_without_a_script_the_transcript_is_there():
    text = page()
    body = text[text.index("<body") : text.index("<script")]
    assert '<body class="no-script">' in text
    assert '<details id="transcript" open>' in body
    assert "0:1 init # as web ps -e -o pid=,comm=" in body
    assert "<em>believe</em>" in body
    assert "<code>2</code>" in body


def test_hostile_text_stays_text():
    script = (
        f"#: # {HOSTILE} <img src=x onerror=alert(1)>\n"
        "#: [click](javascript:alert(1)) [there](https://example.org/x?a=1&b=2)\n"
        f"printf '{HOSTILE}\\n'\nls '<b>{HOSTILE}</b>' || true\nhostname '<i>' || true\n"
    )
    text = page(script)
    elements = Elements(text)
    assert len(list(elements.all("script"))) == 2
    assert not list(elements.all("img"))
    assert not list(elements.all("b"))[1:]  # the header's is ours
    assert not list(elements.all("i"))
    links = [one.get("href") for one in elements.all("a")]
    assert "https://example.org/x?a=1&b=2" in links
    assert not [link for link in links if link and "javascript" in link]
    assert "<script>alert" in "".join(data(text)["moments"][-1]["commands"]) or "alert" in text
    assert not [char for char in text if not char.isprintable() and char != "\n"]


def test_lists_are_lists():
    text = page("#: # Two\n#: - *one*\n#: - <two>\n#:\n#: 1. three\ntrue\n")
    assert (
        "<h2>Two</h2><ul><li><em>one</em></li><li>&lt;two&gt;</li></ul><ol><li>three</li></ol>"
    ) in text


@pytest.mark.parametrize("theme", sorted(themes.load()[0]))
def test_every_theme_gives_real_colours(theme):
    (rules,) = re.findall(r":root \{ (--.*?) \}", page(theme=theme))
    for rule in rules.strip().rstrip(";").split("; "):
        name, value = rule.split(": ")
        assert name == "--scheme" or re.fullmatch("#[0-9a-f]{6}", value), rule


@pytest.mark.slow
@pytest.mark.skipif(BROWSER is None, reason="no browser here")
def test_a_browser_plays_it(tmp_path: Path) -> None:
    assert BROWSER is not None
    out = tmp_path / "two.html"
    out.write_text(page(), encoding="utf-8")
    last = data(page())["last"]
    run = subprocess.run(
        [BROWSER, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path}/p",
         "--virtual-time-budget=3000", "--dump-dom", f"file://{out}#step={last}"],
        capture_output=True, text=True, timeout=120, check=True,
    )  # fmt: skip
    body = run.stdout[run.stdout.index("<body") : run.stdout.index("<script type")]
    assert "no-script" not in body[:40]
    assert f"Step {last} of {last}" in body
    assert 'aria-pressed="false">web</button>' in body
    assert "And one of them ends." in body[: body.index("<nav")]
    assert 'aria-current="step"' in body
