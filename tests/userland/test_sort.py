"""sort and uniq, held against GNU's."""

from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.userland._compare import alike, ours, real
from tests.userland._texts import options, quick

SORTABLE = st.lists(st.text(st.sampled_from("ab 1209.-\t:_B"), max_size=7), max_size=9).map(
    "\n".join
)


@settings(quick, max_examples=100)
@given(
    options("-n", "-r", "-u", "-f", "-b", "-s"),
    st.lists(
        st.sampled_from(
            [
                "1",
                "2",
                "1,1",
                "2,2",
                "2n",
                "1r",
                "1,2",
                "1.2",
                "1.2,1.3",
                "2b,2",
                "1bn,1r",
                "2.2b,2.1b",
                "1,1.0",
                "3f",
            ]
        ),
        max_size=2,
    ),
    st.sampled_from([[], ["-t:"], ["-t", "a"]]),
    SORTABLE,
)
def test_sort(words: list[str], keys: list[str], separator: list[str], text: str):
    """Bytes are compared: LC_ALL=C's order, which is C.UTF-8's too."""
    alike("sort", *words, *[f"-k{key}" for key in keys], *separator, stdin=text.encode())


@quick
@given(options("-n", "-r", "-u", "-s"), SORTABLE)
def test_sort_checks(words: list[str], text: str):
    alike("sort", "-c", *words, stdin=text.encode())


@quick
@given(options("-c", "-d", "-u", "-i"), st.lists(st.sampled_from(["a", "A", "b", ""]), max_size=8))
def test_uniq(words: list[str], lines: list[str]):
    alike("uniq", *words, stdin="\n".join(lines).encode())


@quick
@given(
    options("-d", "-u", "-i", "-f1", "-s1", "-w1", "-w0"),
    st.sampled_from([[], ["-c"], ["-D"], ["--all-repeated=prepend"], ["--all-repeated=sep"]]),
    st.lists(st.sampled_from(["a", "A", "b", "", "a b", "c b", " b", "a bc", "ab"]), max_size=8),
)
def test_uniq_of_parts(words: list[str], more: list[str], lines: list[str]):
    alike("uniq", *words, *more, stdin="\n".join(lines).encode())


SIZES = st.lists(
    st.tuples(
        st.sampled_from(["", "-", " "]),
        st.sampled_from(["0", "1", "2.5", "10", "9", "1024", "x", ".5", "1.024"]),
        st.sampled_from(["", "K", "k", "M", "G", "Ki", " K"]),
    ).map("".join),
    max_size=8,
)
VERSIONS = st.lists(
    st.lists(
        st.sampled_from(["a", "b", "1", "9", "10", "09", "0", ".", "~", "-", ".tar", ".c", "é"]),
        max_size=6,
    ).map("".join),
    max_size=8,
)


@quick
@given(options("-h", "-r", "-u", "-s", "-k1", "-k2,2hr", "-z"), SIZES)
def test_sort_by_size(words: list[str], lines: list[str]):
    end = "\0" if "-z" in words else "\n"
    alike("sort", *words, stdin=end.join(lines).encode())


@quick
@given(options("-r", "-u", "-s", "-f"), VERSIONS)
def test_sort_by_version(words: list[str], lines: list[str]):
    alike("sort", "-V", *words, stdin="\n".join(lines).encode())


def test_uniq_and_sort_into_files(tmp_path: Path):
    for run in (ours, real):
        (tmp_path / "in").write_text("b\na\na\n")
        assert run("sort", "in", "-o", "in", cwd=tmp_path).status == 0
        assert (tmp_path / "in").read_text() == "a\na\nb\n"
        assert run("uniq", "in", "out", cwd=tmp_path).status == 0
        assert (tmp_path / "out").read_text() == "a\nb\n"
