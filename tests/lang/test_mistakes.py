"""Every mistake in the table is recognised, placed and explained."""

from __future__ import annotations

import re

import pytest

from nsh.lang.compiler import compile_script
from nsh.lang.diagnostics import Diagnostic, SyntaxProblem, render
from nsh.lang.mistakes import OTHERS, STRUCTURE
from nsh.lang.parser import parse
from nsh.lang.source import Span
from nsh.spelling import nearest

EXAMPLES = [(known.code, example) for known in STRUCTURE for example in known.examples]


def diagnosed(text: str, name: str = "-c") -> Diagnostic:
    with pytest.raises(SyntaxProblem) as caught:
        compile_script(parse(text, name))
    return caught.value.diagnostic


@pytest.mark.parametrize(("code", "text"), EXAMPLES)
def test_structural_mistakes(code: str, text: str) -> None:
    found = diagnosed(text)
    assert found.code == code
    assert found.help
    assert 0 <= found.span.start <= found.span.end <= len(text) + 1


# text, code, line, column, the words that must be in it
OTHER_MISTAKES = [
    ("echo \x00", "NSH-E0001", 1, 6, "U+0000"),
    ("echo a\x1b[0m", "NSH-E0001", 1, 7, "U+001B"),
    ("echo \ud800", "NSH-E0001", 1, 6, "surrogate"),
    ("echo a\rb", "NSH-E0001", 1, 7, "U+000D"),
    ('{"format":"nsh-machine","version":1}', "NSH-E0003", 1, 1, "--from"),
    ("{" * 10_000, "NSH-E0002", 1, 41, "level 41"),
    ("echo $(" * 10_000, "NSH-E0002", 1, 286, "too deeply"),
    ("echo $((" + "(" * 10_000, "NSH-E0002", 1, 48, "too deeply"),
    ('echo "$x$(' * 500, "NSH-E0002", 1, 206, "too deeply"),
    ("if a { b }\nfor", "NSH-E0202", 2, 4, "for NAME in"),
    ("spawn w {\n  exit\n", "NSH-E0101", 1, 9, "close it with `}`"),
    ("x=$(ls", "NSH-E0102", 1, 3, "close it with `)`"),
    ("x=$((1 + 2", "NSH-E0102", 1, 3, "close it with `))`"),
    ("( a", "NSH-E0102", 1, 1, "close it with `)`"),
    ('echo a"b $x', "NSH-E0103", 1, 7, 'close it with `"`'),
    ('echo "abc', "NSH-E0103", 1, 6, 'close it with `"`'),
    ("echo it's", "NSH-E0103", 1, 8, "close it with `'`"),
    ("echo `date", "NSH-E0103", 1, 6, "backquote"),
    ("echo \\", "NSH-E0104", 1, 6, "backslash"),
    ("echo $1", "NSH-E0105", 1, 6, "def f(name)"),
    ("echo x$@", "NSH-E0105", 1, 7, "$@"),
    ("echo ${1}", "NSH-E0105", 1, 6, ": ${1}"),
    ("echo a${2:-b}", "NSH-E0105", 1, 7, "def f(name)"),
    ("echo ${#}", "NSH-E0105", 1, 6, "def f(name)"),
    ("echo ${@}", "NSH-E0105", 1, 6, "def f(name)"),
    ("echo ${x", "NSH-E0110", 1, 6, "close it with `}`"),
    ("if true {\n echo ${x\n}", "NSH-E0110", 2, 7, "close it with `}`"),
    ("echo ${", "NSH-E0110", 1, 6, "close it with `}`"),
    ("echo ${x/a/b}", "NSH-E0106", 1, 6, "${name}"),
    ("echo a${x:-b c", "NSH-E0110", 1, 7, "close it with `}`"),
    ('echo "${x%$(a)*"', "NSH-E0103", 1, 16, "close it"),
    ("echo\u00a0hi", "NSH-E0107", 1, 5, "NO-BREAK SPACE"),
    ("cat << $x", "NSH-E0108", 1, 5, "write `<<EOF`"),
    ("cat <<EOF\na", "NSH-E0111", 1, 5, "nothing but EOF"),
    ("cat <<-'E' 5<<F\nE\n", "NSH-E0111", 1, 12, "nothing but F"),
    ("cat <<EOF | wc\nEOF", "NSH-E0112", 1, 11, "put it in braces"),
    ("{ cat <<EOF }\nEOF", "NSH-E0112", 1, 13, "put it in braces"),
    ("echo\ncat <<E\na $(b\nE\n", "NSH-E0102", 3, 3, "close it with `)`"),
    ("cat <<E\n\n  $(fi)\nE\n", "NSH-E0301", 3, 5, "a block ends with `}`"),
    ("diff <(a) b", "NSH-E0109", 1, 6, "`<(`"),
    ("a |& b", "NSH-E0109", 1, 3, "`|&`"),
    ("fi", "NSH-E0301", 1, 1, "a block ends with `}`"),
    ("echo {1..3}", "NSH-E0301", 1, 6, "`$(seq 1 3)` counts"),
    ("for i in {1..9..2} { echo $i }", "NSH-E0301", 1, 10, "`$(seq 1 2 9)` counts"),
    ("true\nls a{b,c}d", "NSH-E0301", 2, 5, "write the words one by one"),
    ("x={1..3}", "NSH-E0301", 1, 3, "`$(seq 1 3)` counts"),
    ("((a=1))", "NSH-E0301", 1, 1, "`a=$((a + 1))` computes"),
    ("if ((a < 3)) { true }", "NSH-E0301", 1, 4, "`if $a < 3 { … }` compares"),
    ("a; export X=1", "NSH-E0301", 1, 4, "NAME=value"),
    ("else { a }", "NSH-E0301", 1, 1, "`}` of an `if`"),
    ("def spawn() { a }", "NSH-E0302", 1, 5, "`spawn`"),
    ("expect { a } fails EPREM", "NSH-E0303", 1, 20, "did you mean `EPERM`?"),
    ("expect { a } fails ENOTREAL", "NSH-E0303", 1, 20, "errno"),
    ("expect { a } matches /(/", "NSH-E0304", 1, 22, "unterminated subpattern"),
    ("def f(a, a) { b }", "NSH-E0305", 1, 10, "`a`"),
    ("echo 999>f", "NSH-E0306", 1, 6, "0 to 255"),
    ("if a==b { c }", "NSH-E0307", 1, 4, "blanks around"),
    ("echo `a \\`b\\``", "NSH-E0309", 1, 6, "$( … )"),
    ("echo $((99999999999999999999999))", "NSH-E0310", 1, 9, "64 bits"),
    ("echo a; break", "NSH-E0311", 1, 9, "`break`"),
    ("while a { def f() { continue } }", "NSH-E0311", 1, 21, "`continue`"),
    ("while a { x=$(break) }", "NSH-E0311", 1, 15, "`break`"),
    ("while a { (break) }", "NSH-E0311", 1, 12, "`break`"),
    ("while a { as w { break } }", "NSH-E0311", 1, 18, "`break`"),
    ("break 2", "NSH-E0312", 1, 1, "`break`"),
    ("trace", "NSH-E0312", 1, 1, "trace COMMAND"),
    ("as", "NSH-E0312", 1, 1, "as REF"),
    ("spawn", "NSH-E0312", 1, 1, "NAME"),
    ("spawn a b", "NSH-E0312", 1, 1, "one NAME only"),
    ("spawn 3a", "NSH-E0312", 1, 1, "label"),
    ("spawn --pidd w", "NSH-E0312", 1, 7, "did you mean `--pid`?"),
    ("spawn -n 0 w", "NSH-E0312", 1, 1, "no positive number"),
    ("exec", "NSH-E0312", 1, 1, "exec COMMAND"),
    ("X=1 as w a", "NSH-E0312", 1, 1, "as REF"),
    ("trap TREM { a }", "NSH-E0313", 1, 6, "did you mean `TERM`?"),
    ("trap TERM", "NSH-E0312", 1, 1, "ignore|default"),
    ("read x { a }", "NSH-E0314", 1, 8, "`read`"),
    ("a && expect b", "NSH-E0315", 1, 6, "`expect`"),
    ("if == b { c }", "NSH-E0316", 1, 4, "A == B"),
]


@pytest.mark.parametrize(
    ("text", "code", "line", "column", "words"),
    OTHER_MISTAKES,
    ids=[f"{code}-{text[:24]!r}" for text, code, *_ in OTHER_MISTAKES],
)
def test_other_mistakes(text: str, code: str, line: int, column: int, words: str) -> None:
    found = diagnosed(text)
    assert (found.code, found.line, found.column) == (code, line, column)
    assert words in render(found)


def test_every_code_is_tested_and_none_is_used_twice() -> None:
    codes = [known.code for known in STRUCTURE + OTHERS]
    assert len(set(codes)) == len(codes)
    tested = {code for code, _ in EXAMPLES} | {code for _, code, *_ in OTHER_MISTAKES}
    assert set(codes) - tested == {"NSH-E0100"}  # what no example fits


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (
            "echo a\nspawn w { exit\n",
            "error[NSH-E0101]: this block is never closed\n"
            " --> demo.nsh:2:9\n"
            "  |\n"
            "2 | spawn w { exit\n"
            "  |         ^ opened here\n"
            "  |\n"
            "  = help: close it with `}`",
        ),
        (
            "\techo タスク (x)",
            "error[NSH-E0210]: a parenthesis cannot stand here\n"
            " --> demo.nsh:1:11\n"
            "  |\n"
            "1 |     echo タスク (x)\n"
            "  |                 ^\n"
            "  |\n"
            "  = help: put it in quotes; a subshell `( … )` stands where a command may begin",
        ),
        (
            "expect { kill 4 } fails ESCRH",
            "error[NSH-E0303]: there is no errno called `ESCRH`\n"
            " --> demo.nsh:1:25\n"
            "  |\n"
            "1 | expect { kill 4 } fails ESCRH\n"
            "  |                         ^^^^^\n"
            "  |\n"
            "  = help: did you mean `ESRCH`?",
        ),
    ],
)
def test_how_it_looks(text: str, shown: str) -> None:
    assert render(diagnosed(text, "demo.nsh")) == shown


def test_a_long_line_is_cut_around_its_mark() -> None:
    found = diagnosed("echo " + "x" * 500 + " )" + " y" * 300)
    _, _, _, source, mark, *_ = render(found).split("\n")
    assert len(source) < 110
    assert source[mark.index("^")] == ")"


def test_nothing_is_said_in_the_parser_s_own_words() -> None:
    for _, text in EXAMPLES + [(code, text) for text, code, *_ in OTHER_MISTAKES[:40]]:
        shown = render(diagnosed(text))
        assert re.search(r"\b(WORD|LBRACE|_NEWLINE|RPAR|\$END|STRING_TEXT|Token)\b", shown) is None


def test_a_nearest_name_is_near() -> None:
    names = ["ps", "pstree", "kill", "unshare", "EPERM"]
    assert nearest("unsahre", names) == "unshare"
    assert nearest("sp", names) == "ps"
    assert nearest("eperm", names) == "EPERM"
    assert nearest("PS", names) == "ps"
    assert nearest("pdi", ["pid", "pri"]) == "pid"
    assert nearest("frobnicate", names) == ""
    assert nearest("--bogus", ["--uts", "--user"]) == ""
    assert nearest("--usr", ["--uts", "--user"]) == "--user"
    assert nearest("--pud", ["--pid", "pid"]) == "--pid"


def test_a_mark_at_the_end_of_the_text_has_a_place() -> None:
    end = Diagnostic("NSH-E0100", "x", "ab\n", "n", Span(3, 3))
    assert " --> n:2:1" in render(end)
