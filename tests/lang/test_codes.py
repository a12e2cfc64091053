"""Each code has a page, with an example that is so wrong and one that runs."""

from __future__ import annotations

import pytest

from nsh.lang import codes
from nsh.lang.compiler import compile_script
from nsh.lang.diagnostics import SyntaxProblem
from nsh.lang.parser import parse
from nsh.session.session import Session


@pytest.mark.parametrize("code", codes.known())
def test_a_page(code):
    page = codes.page(code.lower())
    assert page is not None
    assert page.startswith(f"{code}: ")
    assert page.isprintable() or "\n" in page
    pair = codes.examples(code)
    if code == "NSH-E0100":  # what no example fits
        assert pair is None
        return
    assert pair is not None
    wrong, right = pair
    with pytest.raises(SyntaxProblem) as caught:
        compile_script(parse(wrong))
    assert caught.value.diagnostic.code == code
    assert Session().run(right).ok
    assert right in page


def test_there_are_no_other_pages():
    assert codes.page("NSH-E9999") is None
    assert len(codes.known()) > 35
