"""date -d, held against GNU's on this machine, and on the machine's own clock."""

import shlex

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nsh.session.session import Session
from nsh.userland.calendar import SECOND
from nsh.userland.date import format_time
from nsh.userland.date_words import parse
from nsh.userland.options import UsageError
from tests.userland._compare import Outcome, ours, real

NOW = 1155522896 * SECOND
"""2006-08-14 02:34:56, a Monday."""
WORDS = """
@0|@1.5|@-1|@ 5|now|today|tomorrow|yesterday|tomorrow 10:00|midnight|noon|2020-01-02
2020-01-02 10:30|2020-01-02T10:30:15Z|2020-01-02T10:30:15.25+02:00|2020-01-02T10:30:15-0530
2020-01-02 10:30 UTC|2020-01-02 10:30 +3 days|2020-01-02 +3 days|2020-01-02 + 3 days
2020-01-02 - 3 days|3 days ago
1 fortnight ago|1 month ago|1 year ago|90 minutes ago|5 min ago|1.5 seconds ago
+2 weeks|-1 month
1 day 2 hours ago|day|next day|next week|next month|next year|last day|last week|last year|this week
monday|Monday,|next monday|last monday|this friday|last thursday|thu|third friday|2 monday
next fri 10:00|fri 5pm|12am|12pm|12:30 am|13 pm|10:30:15 pm|10|1030|930|24:00|10:60|Jan 1|Jan 1 2020
1 Jan|1 Jan 10:00|Jan 1, 2020|January 1, 2020 10:00|1-Jan-2020|Jan-1-2020|14 Aug 2006 02:34:56
Mon, 14 Aug 2006 02:34:56 +0000|Mon Aug 14 02:34:56 UTC 2006|sept 3|1/2|1/2/2020|1/2/20|1/2/70
2020/1/2|20200102|20200102 1030|200102|20200102 +1 day|2020-02-30|2019-02-29|2020-13-01|2020-01-32
2020-01-31 +1 month|2020-02-29 +1 year|2020-03-31 1 month ago|2020-01-01 next monday
10:00 10:00|2020-01-01 2020-01-02|monday tuesday|+3|3|ago|3 ago|10:00 EST|10:00 CET|10:00 UTC+3
UTC|Z|2020-01-02 (comment) 10:00|10:00 a|first monday|12th|2020-1-2|92-06-17|68-06-17|0001-01-01
-1 day ago|friday last week|TOMORROW|now + 1 hour|now - 1 hour|'|@1 +1 day|2020-W01|25th Dec
- +1 day|10+3|Jan -2|Jan+3min3|1.5 +1 +3 month|20200102 week
"""


def both(words: str, form: str = "+%F %T %N") -> tuple[Outcome, Outcome]:
    """What both say of one moment: the clock may tick in between."""
    for _ in range(5):
        theirs = real("date", "-d", words, form.replace(" %N", ""))
        mine = ours("date", "-d", words, form.replace(" %N", ""))
        if mine[:2] == theirs[:2]:
            break
    return mine, theirs


@pytest.mark.parametrize("words", ["", " ", *WORDS.strip().replace("\n", "|").split("|")])
def test_as_gnu_has_it(words: str):
    mine, theirs = both(words)
    assert mine[:2] == theirs[:2]
    assert len(mine.complaints) == len(theirs.complaints)


TOKENS = """
now today tomorrow yesterday monday fri next last this third 1 2 3 10 1030 20200102 2020-01-02
2020-01-31 10:00 10:30:15 23:59 +1 -2 +3 days day week weeks month months year years hour min
sec second ago am pm Z UTC EST Jan Aug, 14 2006 , 1/2 12/31/2020 T10:00 - + foo 0 99 1.5 :
"""


@settings(max_examples=150, deadline=None, derandomize=True)
@given(
    st.lists(
        st.tuples(st.sampled_from(shlex.split(TOKENS)), st.sampled_from([" ", " ", ""])), max_size=4
    ),
)
def test_words_at_random(pieces: list[tuple[str, str]]):
    words = "".join(word + blank for word, blank in pieces)
    mine, theirs = both(words)
    if not (mine.status == 1 and "-" in theirs.out[:1]):  # before the year 0 there is nothing here
        assert mine[:2] == theirs[:2], words


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.text(max_size=30))
def test_any_text_is_a_date_or_is_refused(text: str):
    try:
        parse(text, NOW)
    except UsageError as problem:
        said = str(problem)
    else:
        said = "invalid date "
    assert said.startswith("invalid date ")


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ("now", "2006-08-14 02:34:56"),
        ("yesterday", "2006-08-13 02:34:56"),
        ("monday", "2006-08-14 00:00:00"),
        ("next monday", "2006-08-21 00:00:00"),
        ("last monday", "2006-08-07 00:00:00"),
        ("next tuesday", "2006-08-15 00:00:00"),
        ("2 weeks ago", "2006-07-31 02:34:56"),
        ("tomorrow 9am", "2006-08-15 09:00:00"),
        ("10:00", "2006-08-14 10:00:00"),
        ("Dec 25", "2006-12-25 00:00:00"),
    ],
)
def test_on_a_clock_that_stands(words: str, meant: str):
    assert format_time("%F %T", parse(words, NOW)) == meant


@pytest.mark.parametrize(("words", "meant"), [("tomorow", "tomorrow"), ("2 weks ago", "week")])
def test_what_was_mistyped_is_offered(words: str, meant: str):
    said = Session().run(f"date -d '{words}'").stderr.splitlines()[0]
    assert said == f"nsh: date: invalid date '{words}'; did you mean '{meant}'?"


def test_it_goes_by_the_machines_clock():
    result = Session().run("date -d '1 hour' +%s; date +%s; sleep 3600; date -d now +%s")
    later, now, then = map(int, result.stdout.split())
    assert later == then == now + 3600


@pytest.mark.parametrize("form", shlex.split("%F %+F %10F %_F %12F %+5Y %+C %+3d %-F %012F"))
@pytest.mark.parametrize("seconds", [0, 999999999999])
def test_years_of_more_digits(form: str, seconds: int):
    mine, theirs = both(f"@{seconds}", f"+{form}")
    assert mine == theirs
