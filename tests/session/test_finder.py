"""What is remembered of a search is what a search from the beginning would find."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nsh.session import finder as finder_module
from nsh.session import search
from nsh.session.finder import Finder
from nsh.session.search import every, parse
from nsh.session.session import Session

SCRIPT = """\
#: # Two that come and go
spawn web
as web echo web > /proc/container
as web spawn -n 3 httpd
kill -STOP httpd.2
kill -CONT httpd.2
as web kill 99 || true
echo so far
as web exit
spawn db { exit 3 }
wait db
kill -9 httpd.1 || true
"""
QUERIES = (
    *("web starts", "web dies", "httpd.2 stops", "httpd.2 continues", "web:1 changes"),
    *("db reaped", ":1 changes", "web moves", "ESRCH", "refused", "failed", "calls kill"),
    *("by web", "by web:1", "by :1", "prints far", "w", "we", "web", "web spawn", "kill", "k st"),
    *("refused by web", "web spawn calls clone", "nobody dies", "two that"),
)


@pytest.fixture(scope="module")
def history():
    session = Session()
    assert session.run(SCRIPT) is not None
    return session.history


@pytest.mark.parametrize("text", QUERIES)
def test_one_query_is_answered_as_from_the_beginning(history, text):
    assert Finder().every(history, parse(text)) == every(history, parse(text))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 10**6), st.sampled_from(QUERIES)), max_size=12))
def test_whatever_was_asked_before_of_however_much(history, asked):
    """The history grows and is cut between the questions."""
    finder = Finder()
    for length, text in asked:
        some = history[: 1 + length % len(history)]
        assert finder.every(some, parse(text)) == every(some, parse(text))


def test_another_way_is_looked_at_anew():
    session, finder = Session(), Finder()
    session.run("spawn a\nspawn b\nkill a")
    assert finder.every(session.history, parse("a dies"))
    session.goto(1)
    for line in ("spawn b", "kill b", "spawn c", "spawn d"):
        session.submit(line)
    assert finder.every(session.history, parse("a dies")) == []
    assert finder.every(session.history, parse("b dies")) == every(session.history, parse("b dies"))


@pytest.fixture
def looked(monkeypatch):
    """The steps that a term was held against."""
    steps, true = [], search.true

    def watched(term, before, step):
        steps.append(step)
        return true(term, before, step)

    monkeypatch.setattr(search, "true", watched)
    return steps


def test_no_step_is_looked_at_twice_for_the_same(history, looked):
    finder = Finder()
    finder.every(history[:20], parse("by web"))
    finder.every(history, parse("by web"))
    finder.every(history, parse("by web"))
    assert looked == list(history[1:])


def test_a_term_is_held_against_the_steps_of_its_kind_alone(history, looked):
    finder = Finder()
    assert finder.prepare(history, lambda: False)
    found = finder.every(history, parse("refused"))
    assert looked == [history[at] for at in found]


@pytest.mark.parametrize("pieces", [1, 20, 1000])
@pytest.mark.parametrize("text", QUERIES)
def test_what_was_prepared_in_part_is_found_all_the_same(history, text, pieces, monkeypatch):
    monkeypatch.setattr(finder_module, "SLICE", 1)
    finder = Finder()
    for _ in range(pieces):
        finder.prepare(history, lambda: True)
    assert finder.every(history, parse(text)) == every(history, parse(text))


def test_a_longer_text_is_looked_for_where_the_shorter_was(history, looked):
    finder = Finder()
    found = finder.every(history, parse("we"))
    looked.clear()
    finder.every(history, parse("web"))
    assert looked == [history[at] for at in found]
