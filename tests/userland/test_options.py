"""Command lines are taken apart as getopt_long(3) does; Python's own is the oracle."""

from __future__ import annotations

import getopt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nsh.userland.options import Given, Grammar, Kind, UsageError, optional, required
from nsh.userland.options import option as declare

ANY = optional("ARG", many=True)
OPTIONS = (
    declare("-a, --all", "x"),
    declare("-b", "x"),
    declare("-n, --number=N", "x", Kind.NUMBER),
    declare("-q=TEXT", "x"),
    declare("--along", "x"),
    declare("--name=NAME", "x"),
)
LETTERS = "abn:q:"
WORDS = ["all", "number=", "along", "name=", "help"]

arguments = st.lists(
    st.one_of(
        st.sampled_from(["-a", "-ab", "-n", "-n1", "-abn", "-q-", "-x", "--", "-", "--all"]),
        st.sampled_from(["--al", "--alo", "--num", "--number=3", "--na=", "--all=1", "--nope", ""]),
        st.text("ab-nq=1", max_size=5),
        st.text(max_size=5),
    ),
    max_size=6,
)


def ours(argv: list[str], *, stops: bool) -> tuple[list[tuple[str, str]], list[str]] | None:
    try:
        given_ = Grammar(OPTIONS, (ANY,), stops=stops).parse(argv)
    except UsageError:
        return None
    return [(key, value or "") for key, value in given_.options], list(given_.operands)


def theirs(argv: list[str], *, stops: bool) -> tuple[list[tuple[str, str]], list[str]] | None:
    try:
        found, rest = (getopt.getopt if stops else getopt.gnu_getopt)(argv, LETTERS, WORDS)
    except getopt.GetoptError:
        return None
    names = {"-a": "all", "-n": "number"}
    return [(names.get(name, name.lstrip("-")), value) for name, value in found], rest


@given(arguments, st.booleans())
def test_a_command_line_is_read_as_by_getopt(argv: list[str], stops: bool) -> None:
    # what follows --help is not looked at, and getopt has no such word
    expected = theirs(argv, stops=stops)
    if expected is not None and any(name == "help" for name, _ in expected[0]):
        return
    if any(word.startswith("--h") for word in argv):
        return
    assert ours(argv, stops=stops) == expected


def parse(*argv: str, **how: bool) -> Given:
    return Grammar(OPTIONS, (ANY,), **how).parse(argv)


@pytest.mark.parametrize(
    ("argv", "complaint"),
    [
        (["-z"], "invalid option -- 'z'"),
        (["-az"], "invalid option -- 'z'"),
        (["--zzz"], "unrecognized option '--zzz'"),
        (["-n"], "option requires an argument -- 'n'"),
        (["--number"], "option '--number' requires an argument"),
        (["--all=1"], "option '--all' doesn't allow an argument"),
        (["--al"], "option '--al' is ambiguous; possibilities: '--all' '--along'"),
        (["--n=1"], "option '--n' is ambiguous; possibilities: '--name' '--number'"),
    ],
)
def test_what_does_not_fit_is_refused_in_getopts_words(argv: list[str], complaint: str) -> None:
    with pytest.raises(UsageError) as error:
        parse(*argv)
    assert str(error.value) == complaint


def test_the_last_value_counts_and_all_are_kept() -> None:
    given_ = parse("-n1", "--number", "2", "--num=3", "x", "-a")
    assert given_.get("number") == "3"
    assert given_.all("number") == ["1", "2", "3"]
    assert given_.has("all")
    assert not given_.has("along")
    assert given_.operands == ("x",)
    assert given_.last("all", "number") == "all"
    assert given_.get("name", "none") == "none"


def test_negative_numbers_are_operands_where_that_is_declared() -> None:
    assert parse("-1", "-12", negatives=True).operands == ("-1", "-12")
    with pytest.raises(UsageError):
        parse("-1")


def test_an_optional_value_stands_behind_its_word_or_its_letter_if_that_takes_it() -> None:
    bundled = Grammar((declare("-m, --mount[=FILE]", "x"), declare("-u", "x")), (ANY,))
    assert bundled.parse(["-mu", "f"]).options == (("mount", None), ("u", None))
    assert bundled.parse(["--mount=f"]).options == (("mount", "f"),)
    attached = Grammar((declare("-m[FILE], --mount[=FILE]", "x"), declare("-u", "x")), (ANY,))
    assert attached.parse(["-mu", "f"]).options == (("mount", "u"),)
    assert attached.parse(["-m", "f"]).operands == ("f",)


def test_operands_are_counted() -> None:
    grammar = Grammar((), (required("FROM"), required("TO"), optional("HOW")))
    assert grammar.parse(["a", "b"]).operand(2, "-") == "-"
    for argv, complaint in (
        ([], "missing operand"),
        (["a"], "missing operand after 'a'"),
        (["a", "b", "c", "d"], "extra operand 'd'"),
    ):
        with pytest.raises(UsageError) as error:
            grammar.parse(argv)
        assert str(error.value) == complaint


def test_help_wins_over_what_is_missing_and_what_comes_behind() -> None:
    grammar = Grammar(OPTIONS, (required("ARG"),))
    assert grammar.parse(["--help"]).wants_help
    assert grammar.parse(["--he", "--nonsense"]).wants_help
    with pytest.raises(UsageError):
        grammar.parse(["--nonsense", "--help"])
