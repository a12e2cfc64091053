"""No command line, however strange, is met with a traceback or leaves a machine that is not one."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

import nsh
from nsh.lang.live import LIVE
from nsh.machine.digest import digest
from nsh.userland.registry import Declaration, commands

WORDS = [
    *("1", "2", "0", "-1", "-2", "77", "99999999999", "init", "web", "web:1", "0:2", ":1", "-web"),
    *(
        "TERM",
        "-9",
        "-KILL",
        "RTMIN+1",
        "65",
        "on",
        "off",
        "list",
        "new",
        "move",
        "name",
        "subreaper",
    ),
    *("/proc", "/proc/self/ns/uts", "/nonsense", "/", ".", "", "-", "--", "pid,comm", "ns", "x=1"),
    *("a b", "é", "\U0001f427", "%s\\n", "*", "NEWPID", "newuts|fs", "+%F", "1,2", "(", "["),
]


def option_words(declaration: Declaration) -> st.SearchStrategy[str]:
    specs: list[str] = []
    for option in declaration.grammar.options:
        specs += [f"-{letter}" for letter in option.letters]
        specs += [f"--{word}" for word in option.words]
        specs += [f"--{word}=1" for word in option.words if option.takes]
    return st.sampled_from([*specs, "--help"])


@st.composite
def command_lines(draw: st.DrawFn) -> str:
    declaration = draw(st.sampled_from(list(commands)))
    word = st.one_of(st.sampled_from(WORDS), option_words(declaration), st.text(max_size=6))
    words = draw(st.lists(word, max_size=5))
    return " ".join([declaration.name, *(quote(word) for word in words)])


def quote(word: str) -> str:
    kept = "".join(each for each in word if each.isprintable())  # the parser wants no others
    return "'" + kept.replace("'", "'\"'\"'") + "'"


SCENE = "spawn --uts --pid web; spawn other; as other { echo box > /proc/container }; "


def perform(line: str, *, paranoid: bool = False) -> tuple[str, int, str]:
    session = nsh.boot(keep=False, paranoid=paranoid, max_steps=2_000)
    session.run(SCENE)
    result = session.run(f"as other {{ {line} < /dev/null }}")
    return result.output, result.status, digest(session.machine)


@given(command_lines())
def test_a_command_line_is_answered_and_answered_the_same_again(line: str) -> None:
    output, status, end = perform(line, paranoid=True)
    assert "Traceback" not in output
    assert 0 <= status <= 255
    take = type(LIVE).take
    try:
        type(LIVE).take = lambda self, command: None  # type: ignore[method-assign]  # resumed from replies
        assert perform(line) == (output, status, end)
    finally:
        type(LIVE).take = take  # type: ignore[method-assign]  # as it was
