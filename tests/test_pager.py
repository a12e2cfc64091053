"""Whether something is paged, and by what."""

from __future__ import annotations

import pytest

from nsh import pager


@pytest.mark.parametrize(
    ("environ", "wanted"),
    [
        ({"NSH_PAGER": "most", "PAGER": "more"}, "most"),
        ({"PAGER": "more -d"}, "more -d"),
        ({"PAGER": ""}, ""),
        ({"NSH_PAGER": "cat", "PAGER": "more"}, ""),
        ({"NSH_PAGER": "  "}, ""),
    ],
)
def test_the_pager_is_the_persons(environ, wanted):
    assert pager.chosen(environ) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("a\n" * 23, False),
        ("a\n" * 24, True),
        ("x" * 80 * 23 + "\n", False),
        ("x" * (80 * 23 + 1) + "\n", True),
        ("\n" * 24, True),
        ("", False),
    ],
)
def test_what_runs_off_a_screen_wrapped_lines_and_all(text, wanted):
    assert pager.runs_off(text, 80, 24) == wanted
