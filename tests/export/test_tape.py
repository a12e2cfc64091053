"""Tapes for VHS, read as its own lexer and parser do, and typed at a real prompt."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nsh.export.measure import Pace, Size
from nsh.export.tape import _type, tape
from nsh.lang.compiler import PROMPT
from nsh.session.session import Session
from tests.export.films import SCRIPT
from tests.repl._pty import Line

DEMOS = Path(__file__).parents[2] / "demos"
TIME = re.compile(r"[0-9]+ms")
STRING = re.compile(r"""(Type(?:@[0-9]+ms)?|Output|Set Shell) ("[^"]*"|'[^']*'|`[^`]*`)""")
BLOCKS = """\
if true {
  echo "it's a \\`quote\\`"
} else {
\techo no
}
def twice(word) {
  for one in a b {
      if true {
    echo $word
      }
  }

}
twice x
cat <<'END'
  as it stands
    }
END
spawn web { exit 3 }
wait $! || echo done: $?
"""


def made(script: str, out: str = "it.tape", repl: tuple[str, ...] = (), **options: Any) -> str:
    session = Session()
    session.load(script, "it.nsh")
    pace = options.get("pace", Pace())
    text, _failed = tape(session, "it.nsh", out, repl, size=Size(80, 24), pace=pace)
    return text


def events(text: str) -> Iterator[tuple[str, str]]:
    """Command and argument of each line; anything that VHS would not take fails."""
    for line in text.splitlines():
        word, _, rest = line.partition(" ")
        if not line or line.startswith("#"):
            continue
        if found := STRING.fullmatch(line):
            yield found[1], found[2][1:-1]
        elif word == "Sleep":
            assert TIME.fullmatch(rest), line
            yield word, rest
        elif word == "Backspace":
            assert rest.isdigit()
            yield word, rest
        elif word == "Set":
            assert re.fullmatch(
                r"(FontSize|Width|Height|Padding) [0-9]+|TypingSpeed [0-9]+ms", rest
            )
            yield line, ""
        else:
            assert line in ("Enter", "Alt+Enter", "Hide", "Show", "Require nsh", "Wait /# ?$/"), (
                line
            )
            yield line, ""


def entries(text: str) -> Iterator[str]:
    """What is entered at the prompt, once it is there."""
    typed = ""
    for word, argument in events(text[text.index("\nShow\n") :]):
        if word.startswith("Type"):
            for letter in argument:
                last = typed.rpartition("\n")[2]
                if letter == "}" and len(last) >= 2 and not last.strip():
                    typed = typed[:-2]
                typed += letter
        elif word == "Backspace":
            typed = typed[: -int(argument)]
        elif word == "Alt+Enter":
            last = typed.rpartition("\n")[2]
            typed += "\n" + " " * (len(last) - len(last.lstrip()))
        elif word == "Enter":
            yield typed
            typed = ""
    assert not typed


def keys(text: str) -> Iterator[bytes]:
    """Those that are pressed at the prompt, up to each Enter."""
    pressed = b""
    for word, argument in events(text[text.index("\nShow\n") :]):
        if word.startswith("Type"):
            pressed += argument.encode()
        elif word == "Backspace":
            pressed += b"\x7f" * int(argument)
        elif word == "Alt+Enter":
            pressed += b"\x1b\r"
        elif word == "Enter":
            yield pressed + b"\r"
            pressed = b""


def printed(session: Session) -> str:
    return "".join(out.text for step in session.history for out in step.output)


@pytest.mark.parametrize(
    "script",
    [
        SCRIPT,
        BLOCKS,
        *(
            (DEMOS / name).read_text(encoding="utf-8")
            for name in ("s0/first-container.nsh", "s2/hijack.nsh", "s0/threads.nsh")
        ),
    ],
)
def test_what_is_typed_is_the_demo(script):
    seat, demo = Session(), Session()
    demo.run(script, "it.nsh")
    for entry in entries(made(script)):
        seat.run(entry, PROMPT)
    assert printed(seat) == printed(demo)
    assert printed(demo)


@given(st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"])))
def test_every_line_can_be_typed(text):
    lines = list(_type(text))
    assert "".join(argument for _, argument in map(one, lines)) == text


def one(line: str) -> tuple[str, str]:
    ((word, argument),) = events(line)
    assert word == "Type"
    return word, argument


def test_settings_come_first_and_the_picture_lies_beside_the_tape():
    text = made(SCRIPT, "some/where.tape", ("--profile", "franke-2005", "--from", "a b"))
    words = [word for word, _ in events(text)]
    assert words.index("Hide") > max(n for n, word in enumerate(words) if word.startswith("Set"))
    assert ("Output", "some/where.gif") in events(text)
    assert (
        "Type", "clear; exec nsh repl --no-history --profile franke-2005 --from 'a b'"
    ) in events(text)  # fmt: skip
    assert ("Output", "demo.gif") in events(made(SCRIPT, "-"))


def test_narration_is_a_comment_and_there_is_time_to_read_it():
    lines = made("#: # One\n#: " + "word " * 100 + "\necho hi\n").splitlines()
    assert 'Type@8ms "# One"' in lines
    assert "Sleep 28560ms" in lines  # 102 words
    assert "Sleep 14280ms" in made("#: " + "word " * 102, pace=Pace(2)).splitlines()
    assert "Sleep 500ms" in made("#: " + "word " * 102, pace=Pace(1, 0.5)).splitlines()


def test_what_only_the_presenter_reads_is_not_typed():
    text = made("#: <!-- note: ask them -->\necho hi\n")
    assert "ask them" not in text
    assert "Type@" not in text


def test_that_a_demo_fails_is_told():
    session = Session()
    session.load("false\necho no\n", "it.nsh")
    text, failed = tape(session, "", "x.tape", (), size=Size(), pace=Pace())
    assert failed
    assert list(entries(text)) == ["false"]


@pytest.mark.slow
def test_the_line_shell_takes_it_as_it_is_typed(tmp_path):
    line = Line(tmp_path, "--no-history")
    line.wait(b"init")
    for pressed in keys(made(BLOCKS)):
        line.send(pressed)
    line.wait(b"done: 3")
    assert "it's a `quote`" in line.text
    assert "\n  as it stands\n    }\n" in line.text.replace("\r", "")
    assert "error[" not in line.text
    line.leave()
