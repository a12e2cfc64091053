"""cut and tr, held against GNU's."""

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.userland._compare import alike, ours, real
from tests.userland._texts import TEXT, options, quick


@quick
@given(
    st.sampled_from(["1", "2", "1,3", "2-", "-2", "3-4,1", "2-3,3-5", "2,1", "4"]),
    st.sampled_from([["-f"], ["-d:", "-f"], ["-d", " ", "-sf"], ["-c"], ["-b"]]),
    options("--complement", "--output-delimiter=+"),
    TEXT,
)
def test_cut(ranges: str, how: list[str], words: list[str], text: str):
    alike("cut", *words, *how, ranges, stdin=text.encode())


SET = st.sampled_from(
    (
        *("a", "ab", "a-c", "[:lower:]", "[:upper:]", "[:space:]", "\\n", "\\141", "[=a=]"),
        *("[x*]", "[x*2]b", "-a", "b-", "", "z-a", "[:no:]", "\\\\", "1.:"),
    )
)


@settings(quick, max_examples=80)
@given(options("-d", "-s", "-c", "-t"), SET.filter(bool), st.lists(SET, max_size=1), TEXT)
def test_tr(words: list[str], first: str, second: list[str], text: str):
    said = real("tr", *words, "--", first, *second, stdin=text.encode())
    mine = ours("tr", *words, "--", first, *second, stdin=text.encode())
    assert mine[:2] == said[:2], (words, first, second, text, mine, said)


ODD_SET = st.lists(
    st.sampled_from(
        (
            *("a", "a-c", "A-C", "[:lower:]", "[:upper:]", "[:digit:]", r"\n", r"\141", "[=a=]"),
            *("[x*]", "[y*2]", "[z*02]", "-", "]", "[", r"\\", r"\-", "[:", "=]", r"\400", r"\q"),
            *("z-a", "[:no:]", "[=ab=]", "[x*z]", "[==]", "[::]", "\\", r"[:\t:]", r"\t-\a"),
        )
    ),
    min_size=1,
    max_size=3,
).map("".join)


@settings(quick, max_examples=150)
@given(options("-d", "-s", "-c", "-t"), ODD_SET, st.lists(ODD_SET, max_size=1), TEXT)
def test_tr_of_odd_sets(words: list[str], first: str, second: list[str], text: str):
    """All that GNU says too, warnings included."""
    alike("tr", *words, "--", first, *second, stdin=text.encode())


def test_tr_squeezes_over_the_borders_of_reads():
    alike("tr", "-s", "a", stdin=b"b" * 65535 + b"aaa" + b"b" * 65535 + b"aab")


@quick
@given(
    st.sampled_from([["-f"], ["-d:", "-sf"], ["-c"], ["-nb"]]),
    st.lists(
        st.sampled_from([*"123-,0x", "4-", "9" * 20]),
        max_size=5,
    ),
    options("--complement", "--output-delimiter="),
    TEXT,
)
def test_cut_of_odd_lists(how: list[str], pieces: list[str], words: list[str], text: str):
    alike("cut", *words, *how, "".join(pieces), stdin=text.encode())
