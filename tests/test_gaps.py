"""What is known to differ is said once, in `nsh.abi.gaps`: the pages and ``help`` show all of it.

``python -m tests.test_gaps`` writes the pages' parts anew.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from nsh.abi import gaps
from nsh.session import manual

DOCS = Path(__file__).resolve().parent.parent / "docs"
PAGES = {"gaps.md": gaps.table, "linux.md": gaps.bullets}
WIDTH = 80


def around(page: str) -> tuple[str, str, str]:
    """The page before the part that is made, that part, and what follows it."""
    text = (DOCS / page).read_text(encoding="utf-8")
    first = PAGES[page]().splitlines()[0][:20]
    start = text.index(f"\n{first}") + 1
    end = text.find("\n\n", start) + 1 or len(text)
    return text[:start], text[start:end], text[end:]


@pytest.mark.parametrize("page", PAGES)
def test_the_page_says_what_is_known(page: str) -> None:
    assert around(page)[1] == PAGES[page](), __doc__


def words(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("one", [*gaps.GAPS, *gaps.PECULIARITIES], ids=lambda one: one.what[:40])
def test_help_shows_it_with_every_command_that_meets_it(
    one: gaps.Gap | gaps.Peculiarity,
) -> None:
    assert bool(one.commands) == bool(one.brief)
    label = "Gap:" if isinstance(one, gaps.Gap) else "On Linux:"
    for name in one.commands:
        page = manual.page([name])
        assert page is not None, f"{name} is neither a command nor a construct"
        assert one.brief in words(page)
        assert any(line.startswith(label) for line in page.splitlines())
        assert all(len(line) <= WIDTH for line in page.splitlines() if one.brief[:20] in line)


def test_help_shows_no_gap_where_there_is_none() -> None:
    page = manual.page(["seq"])
    assert page is not None
    assert "Gap:" not in page
    assert "On Linux:" not in page


if __name__ == "__main__":
    for page, part in PAGES.items():
        before, _old, after = around(page)
        (DOCS / page).write_text(before + part() + after, encoding="utf-8")
