"""echo, printf, seq, date, test, cat: held against GNU's on this machine."""

import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.userland import _linux
from tests.userland._compare import alike, ours, real

quick = settings(max_examples=40, deadline=None, derandomize=True)
WORD = st.text(st.sampled_from("ab-neE \\0174xuUc'\"\t%"), max_size=8)


@quick
@given(st.lists(WORD, max_size=4))
def test_echo(words: list[str]):
    if words != ["--help"]:
        alike("echo", *words)


@pytest.mark.parametrize(
    "word", [r"\x", r"\xg", r"\x4g", r"\0", r"\0101", r"\101", r"\q", "\\", r"a\cb"]
)
def test_echo_expands_like_gnu(word: str):
    alike("echo", "-e", word, "z")
    alike("echo", "-ne", word)
    alike("echo", word)


@quick
@given(
    st.text(st.sampled_from("-+ #0"), max_size=2),
    st.sampled_from(["", "0", "3", "12", "*"]),
    st.sampled_from(["", ".", ".0", ".3", ".12", ".*"]),
    st.sampled_from("diouxXeEfFgGscbq%"),
    st.lists(
        st.sampled_from(
            (
                *("0", "7", "-3", "42abc", "x", "0x1F", "017", "9223372036854775808", "-1", ""),
                *(" 5", "+2", "0.35", "-2.5", "1e10", "1e-7", "12345", "inf", "-nan", ".5"),
                *("0x1.8p3", "'A", '"é', "a b"),
            )
        ),
        max_size=3,
    ),
)
def test_printf(flags: str, width: str, precision: str, kind: str, arguments: list[str]):
    alike("printf", f"<%{flags}{width}{precision}{kind}>\\n", *arguments)


@quick
@given(
    st.decimals(
        allow_nan=False, allow_infinity=False, min_value=-(10**6), max_value=10**6, places=3
    )
)
def test_printf_rounds_like_a_long_double(value: object):
    for form in ("%.0f", "%.1f", "%.2f", "%.20f", "%g", "%.3e", "%#.4g"):
        alike("printf", form + "\\n", str(value))


@pytest.mark.parametrize(
    "argv",
    [
        ("%s\\n",),
        ("a\\x41\\101\\u00e9\\U0001F600\\n",),
        ("%b|", r"a\tb", r"\0101\c", "no"),
        ("%s %d\\n", "a", "1", "b"),
        ("plain\\n", "extra"),
        ("%d %y\\n", "1"),
        ("\\xzz",),
        ("\\u12",),
        ("\\u0041",),
        ("%5b", "x"),
        ("%",),
        ("%q %q %q\\n", "a b", "it's", "a\nb"),
        ("%c%c%c", "abc", "", "é"),
        ("%.2s|%5.1s|\\n", "abc", "def"),
        ("%d\\n", "'ab"),
        ("%*d|%-*d|\\n", "5", "42", "-6", "7"),
        ("%*d", "x", "1"),
        ("\\c%d", "7"),
        ("%1$s", "a"),
    ],
)
def test_printf_cases(argv: tuple[str, ...]):
    alike("printf", *argv)


def test_printf_without_a_format():
    assert ours("printf") == real("printf")


NUMBERS = st.sampled_from(
    ["0", "1", "-1", "3", "10", "0.1", "-.5", "2.50", "1e1", "007", "5.", "x", "-0", "+4"]
)


@quick
@given(
    st.lists(
        st.sampled_from(["-w", "-s,", "-s", "-f%g", "-f%05.1f", "-f%e"]), max_size=2, unique=True
    ),
    st.lists(NUMBERS, min_size=1, max_size=3),
)
def test_seq(options: list[str], numbers: list[str]):
    words = [word for option in options for word in ([option, ":"] if option == "-s" else [option])]
    alike("seq", *words, *numbers)


@pytest.mark.parametrize("form", ["%d", "x", "%g%g", "%%%g%%", "%", "%*g", "a%gb"])
def test_seq_formats(form: str):
    alike("seq", "-f", form, "2")


def test_seq_in_several_writes():
    alike("seq", "-s,", "4001")
    alike("seq", "4000")


@quick
@given(
    st.integers(-(10**10), 10**11), st.sampled_from("aAbBcCdDeFgGhHIjklmMnNpPqrRsStTuUVwWxXyYzZ")
)
def test_date(seconds: int, kind: str):
    stem = "+" + " ".join(
        f"<%{flag}{kind}>" for flag in ("", "-", "_", "0", "^", "#", "10", "_12", "-3")
    )
    alike("date", "-u", "-d", f"@{seconds}.{abs(seconds) % 1000:03}", stem)


@pytest.mark.parametrize(
    "argv",
    [
        ("+%F %R",),
        ("-R",),
        ("-I",),
        ("-Iseconds",),
        ("-Ins",),
        ("--iso-8601=hours",),
        ("+%3N %:z %::z %:::z %Q %%F",),
        ("-R", "+%F"),
        (),
    ],
)
def test_date_forms(argv: tuple[str, ...]):
    alike("date", "-u", "-d", "@1234567890.25", *argv)


EXPRESSION = st.lists(
    st.sampled_from(
        (
            *("!", "(", ")", "-a", "-o", "a", "", "-n", "-z", "=", "!=", "-eq", "-lt", "1", "2"),
            *("-f", "/etc/passwd", "-d", "/etc", "-nt", "-ef", "-q", "-e", "-x"),
        )
    ),
    max_size=7,
)


@settings(quick, max_examples=150)
@given(EXPRESSION)
def test_test(words: list[str]):
    alike("test", *words)


@pytest.mark.parametrize(
    "words",
    [
        *(
            [f"-{letter}", path]
            for letter in "bcdefghkLprsSuwxGO"
            for path in ("/etc", "/dev/null", "/nope")
        ),
        *(["-t", fd] for fd in ("0", "9", "x", "-1")),
        [" 7 ", "-eq", "+7"],
        ["7x", "-eq", "7"],
        ["-7", "-lt", "99999999999999999999999999999999"],
        ["/etc", "-nt", "/nope"],
        ["/nope", "-ot", "/etc"],
        ["/etc", "-ef", "/etc/../etc"],
        ["(", "(", "a", "=", "a", ")", "-a", "!", "b", "=", "a", ")"],
    ],
)
def test_test_of_files_and_numbers(words: list[str]):
    alike("test", *words)
    alike("[", *words, "]")


def test_bracket_wants_its_other_half():
    assert ours("[", "a").status == real("[", "a").status == 2


LINES = st.binary(max_size=40) | st.text(st.sampled_from("a\t\n\r\x01é"), max_size=20).map(
    str.encode
)


@quick
@given(LINES, LINES, st.lists(st.sampled_from(list("nbsETvAet")), max_size=3))
def test_cat(
    tmp_path_factory: pytest.TempPathFactory, first: bytes, second: bytes, letters: list[str]
):
    place = tmp_path_factory.getbasetemp()
    (place / "one").write_bytes(first)
    options = [f"-{letter}" for letter in letters]
    alike("cat", *options, "one", "-", "missing", "one", stdin=second, cwd=place)


def test_cat_of_odd_names_and_directories(tmp_path):
    (tmp_path / "a\x1b[1m\nb").mkdir()
    alike("cat", ".", "a\x1b[1m\nb", "it's", "a:b", "c\udcff", cwd=tmp_path)


def test_cat_does_not_feed_itself(tmp_path, capfd):
    path = tmp_path / "f"
    path.write_text("x\n")
    with path.open("a") as out:
        pid = os.fork()
        if pid == 0:
            os.dup2(out.fileno(), 1)
            os._exit(_linux.status_of(("cat", str(path)), {}))
        assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 1
    assert capfd.readouterr().err == f"nsh: cat: {path}: input file is output file\n"
    assert path.read_text() == "x\n"


@pytest.mark.parametrize("words", ["-- -1 1", "-- 2", "-w -- 9 10", "-s -- 3", "-- -3 -1"])
def test_seq_knows_where_options_end(words: str):
    alike("seq", *words.split())
