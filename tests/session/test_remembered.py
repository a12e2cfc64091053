"""What is typed is remembered from run to run, in a file that only its owner reads."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from prompt_toolkit.history import FileHistory

from nsh.session.remembered import NEWEST, Remembered, path_of, recall


def test_it_is_private_ordered_and_bounded(tmp_path):
    environ = {"XDG_STATE_HOME": str(tmp_path)}
    remembered, complaint = recall(environ)
    assert complaint == ""
    for line in ("first", "second", "second", "  ", "third\nline"):
        remembered.add(line)
    path = Path(path_of(environ))
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    again = recall(environ)[0]
    assert again.entries == ["first", "second", "third\nline"]
    again.add("third\nline")
    again.add("fourth")
    assert recall(environ)[0].entries[-2:] == ["third\nline", "fourth"]
    path.write_text("".join(f"\n# t\n+{i}\n" for i in range(NEWEST + 5)), encoding="utf-8")
    assert recall(environ)[0].entries == [str(i) for i in range(5, NEWEST + 5)]


LINES = st.lists(st.text(st.characters(exclude_categories=["Cs"])), max_size=8)


@given(one=LINES, other=LINES)
def test_two_at_a_time_lose_nothing(tmp_path_factory, one, other):
    path = tmp_path_factory.mktemp("state") / "history"
    first, second = Remembered(str(path)), Remembered(str(path))
    for entry in one:
        first.add(entry)
    for entry in other:
        second.add(entry)
    assert Remembered(str(path)).entries == first.entries + second.entries
    assert [*FileHistory(path).load_history_strings()] == Remembered(str(path)).entries[::-1]


def test_that_it_cannot_be_kept_is_no_obstacle(tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("", encoding="utf-8")
    remembered, complaint = recall({"XDG_STATE_HOME": str(blocked)})
    assert complaint.startswith("history is not kept: ")
    remembered.add("in memory")
    assert remembered.entries == ["in memory"]
    assert Path(path_of({})) == Path.home() / ".local" / "state" / "nsh" / "history"
    assert path_of({"XDG_STATE_HOME": "relative"}) == path_of({})


def test_a_disk_that_is_full_loses_the_file_alone(tmp_path):
    path = tmp_path / "history"
    remembered = Remembered(str(path))
    path.unlink()
    path.mkdir()
    remembered.add("still there")
    assert remembered.entries == ["still there"]
