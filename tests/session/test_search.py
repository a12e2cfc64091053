"""Questions to a history."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nsh.session import search
from nsh.session.finder import Finder
from nsh.session.search import QueryError, every, parse
from nsh.session.session import Session

SCRIPT = """\
#: # A death in the family
spawn --pid web
as web spawn httpd
as web:2 spawn helper
kill -STOP httpd
kill -CONT httpd
as httpd exit 3
as web waitpid
kill 99 || true
as web kill 77 || true
echo all done
"""


@pytest.fixture(scope="module")
def history():
    session = Session()
    session.load(SCRIPT, "x.nsh")
    while session.forward():
        pass
    return session.history


def typed(history, query: str) -> list[str]:
    """The statements under way at the steps that are found."""
    return [history[at].place.text or "#" for at in every(history, parse(query))]


@pytest.mark.parametrize(
    ("query", "statements"),
    [
        ("httpd starts", ["as web spawn httpd"]),
        ("httpd dies", ["as httpd exit 3"]),
        ("web:2 dies", ["as httpd exit 3"]),
        (":3 dies", ["as httpd exit 3"]),
        ("when did web:2 die?", ["as httpd exit 3"]),
        ("httpd was reaped", ["as web waitpid"]),
        ("httpd stops", ["kill -STOP httpd"]),
        ("httpd continues", ["kill -CONT httpd"]),
        ("first ESRCH", ["kill 99 || true", "as web kill 77 || true"]),
        ("refused by web", ["as web kill 77 || true"]),
        ("by web:1 ESRCH", ["as web kill 77 || true"]),
        ("by :1 calls kill ESRCH", ["kill 99 || true"]),
        ("prints all done", ["echo all done"]),
        ("the family", ["#"]),
        ("who dies", ["as httpd exit 3"]),
        ("waitpid", ["as web waitpid"]),
        ("EPERM", []),
        ("web:2 moves", []),
        ("db:1 dies", []),
        ("failed", []),
    ],
)
def test_what_is_asked_is_found(history, query, statements):
    assert typed(history, query) == statements


def test_without_a_task_it_is_any(history):
    one_by_one = {at for who in ("httpd", "web") for at in every(history, parse(f"{who} dies"))}
    assert one_by_one
    assert one_by_one <= set(every(history, parse("when dies")))
    assert every(history, parse("dies")) == Finder().every(history, parse("dies"))


def test_a_task_that_changed_its_name_has_both(history):
    session = Session()
    session.load("spawn a\nas a prctl PR_SET_NAME b\nas a exit\n", "x.nsh")
    while session.forward():
        pass
    assert typed(session.history, "b dies") == typed(session.history, "a dies") == ["as a exit"]


def test_a_move_is_found_under_the_new_number_and_the_old():
    session = Session("franke-2005")
    session.load("spawn a\nas a { echo web > /proc/container }\n", "x.nsh")
    while session.forward():
        pass
    moved = every(session.history, parse("web:1 moves"))
    assert len(moved) == 1
    assert every(session.history, parse("a moves")) == moved


def test_next_and_previous_go_round(history):
    query = parse("ESRCH")
    one, two = every(history, query)
    assert Finder().next(history, query, 0) == one
    assert Finder().next(history, query, one) == two
    assert Finder().next(history, query, two) == one
    assert Finder().next(history, query, two, -1) == one
    assert Finder().next(history, query, one, -1) == two
    assert Finder().next(history, query, 0, -1) == two
    assert Finder().next(history, parse("EPERM"), 0) is None


@given(st.sampled_from(["ESRCH", "calls clone", "by web", "refused", "kill"]), st.data())
def test_find_is_the_nearest_of_every(history, text, data):
    query = parse(text)
    there = every(history, query)
    at = data.draw(st.integers(0, len(history) - 1))
    assert Finder().next(history, query, at) == next((one for one in there if one > at), there[0])
    below = [one for one in there if one < at]
    assert Finder().next(history, query, at, -1) == (below or there)[-1]


@pytest.mark.parametrize("text", ["", "   ", "when", "by", "calls", "prints", "first the"])
def test_a_query_that_asks_nothing_says_what_one_could(text):
    with pytest.raises(QueryError, match="REF dies"):
        parse(text)


@given(st.text(max_size=30))
def test_any_text_is_a_query_or_an_error(text):
    with suppress(QueryError):
        assert parse(text)


def test_a_step_is_told_in_a_line(history):
    (at,) = every(history, parse("httpd dies"))
    assert search.told(history, at) == "web:2 httpd: exit_group(3) = 0"
    assert search.told(history, 0) == "the boot"
    assert all("\n" not in search.told(history, at) for at in range(len(history)))
