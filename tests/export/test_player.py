"""The player of the page, with its keys pressed and its tables read, where there is a Node.js."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from nsh.export import html
from tests.export.test_html import data, page

NODE = shutil.which("node")
PLAYER = Path(html.__file__).with_name("page") / "player.js"
pytestmark = pytest.mark.skipif(NODE is None, reason="no Node.js here")


def pressed(tmp_path: Path, *keys: str) -> list[dict[str, Any]]:
    """What the page says after each of *keys*; ``task N`` is a click on that task."""
    assert NODE is not None
    play = tmp_path / "play.json"
    play.write_text(json.dumps(data(page())), encoding="utf-8")
    harness = Path(__file__).with_name("player_in_node.js")
    run = subprocess.run(
        [NODE, str(harness), str(PLAYER), str(play)],
        input=json.dumps(keys), capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    said: list[dict[str, Any]] = json.loads(run.stdout)
    return said


def steps(said: list[dict[str, Any]]) -> list[int]:
    return [int(one["status"].split()[1]) for one in said]


def test_keys_go_through_the_play_as_those_of_asciinemas_player(tmp_path):
    play = data(page())
    at = [moment["position"] for moment in play["moments"]]
    chapter = next(m["position"] for m in play["moments"] if m["chapter"] and m["position"])
    said = pressed(
        tmp_path, ".", ".", ",", "End", ".", "Home", "]", "[", "0", "End", "shift+ArrowLeft"
    )
    assert steps(said)[:9] == [at[1], at[2], at[1], at[-1], at[-1], at[0], chapter, at[0], at[0]]
    assert at[0] < steps(said)[10] <= at[-1]
    tenths = steps(pressed(tmp_path, *"0123456789"))
    assert tenths == sorted(tenths)
    assert len(set(tenths)) > 3
    forward, back = steps(pressed(tmp_path, "ArrowRight", "ArrowLeft"))
    assert back < forward


def test_space_plays_and_pauses(tmp_path):
    said = pressed(tmp_path, " ", " ", "End", " ", "?")
    assert [one["play"] for one in said[:4]] == ["Pause", "Play", "Again", "Pause"]
    assert [one["help"] for one in said] == [False] * 4 + [True]


def test_one_selection_in_all_tables_and_who_does_not_see_it_says_so(tmp_path):
    play = data(page())
    there = [[play["tables"][n] for n in moment["tables"]] for moment in play["moments"]]
    spaces = [[table for table in tables if table["kind"] == "space"] for tables in there]
    at = next(n for n, some in enumerate(spaces) if len(some) > 1 and all(t["rows"] for t in some))
    task = spaces[at][0]["rows"][0]["task"]
    said = pressed(tmp_path, *"." * at, f"task {task}", f"task {task}")[at - 1 :]
    assert [bool(one["pressed"]) for one in said] == [False, True, False]
    assert {pane[:5] for pane in said[1]["pressed"]} >= {"tasks", "space"}
    unseen = [one for one in said[1]["unseen"] if one.endswith("is not visible here")]
    blind = [t for t in spaces[at] if all(row["task"] != task for row in t["rows"])]
    assert len(unseen) == len(blind) > 0


def test_tables_have_captions_and_heads_for_screen_readers(tmp_path):
    (said,) = pressed(tmp_path, "End")
    assert said["captions"] == said["tables"] > 2
    assert {"row", "col"} == set(said["scopes"])
