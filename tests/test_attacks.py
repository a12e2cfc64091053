"""What tasks write, and what they call things, never acts on the person's own terminal.

Every way out of nsh is run on a real terminal, with what attacks terminals in everything that a
task may choose; on a pipe the same bytes come out as they are.
"""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from nsh import console, hues
from tests._command import ROOT, on_terminal

ATTACKS = {
    "title": b"\x1b]0;PWN\x07",
    "clipboard": b"\x1b]52;c;UFdO\x07",
    "link": b"\x1b]8;;http://PWN\x1b\\x\x1b]8;;\x1b\\",
    "answerback": b"\x05",
    "cursor report": b"\x1b[6n",
    "title report": b"\x1b[21t",
    "setting report": b"\x1bP$qm\x1b\\",
    "device attributes": b"\x1b[c\x1b[>c\x1bZ",
    "alternate screen": b"\x1b[?1049h\x1b[2J\x1b[H",
    "colours": b"\x1b[8mhidden\x1b[0m",
    "reset": b"\x1bc",
    "keys": b"\x1b[?1000h\x1b[?2004h\x1b=",
    "C1 in UTF-8": "\x9b6n\x9d0;PWN\x9c\x90$qm\x9c\x85\x84".encode(),
    "C1 raw": b"\x9b6n\x9d0;PWN\x9c\x90",
    "directions": "\u202etxt.exe\u2066\u2067\u2069\u200f\u061c".encode(),
    "line ends": "a\rb\x0b\x0cc\x08\u2028\u2029\x85".encode(),
    "tags": "\U000e0041\U000e0042".encode(),
    "delete": b"a\x7f\x00b",
    "unended": b"\x1b]0;PWN",
}
ALL = b"".join(ATTACKS.values())
FORBIDDEN = {
    *map(chr, range(9)), *map(chr, range(11, 13)), *map(chr, range(14, 32)),
    *map(chr, range(0x7F, 0xA0)),
    *"\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u2028\u2029",
    *map(chr, range(0xE0000, 0xE0080)),
}  # fmt: skip


def assert_harmless(shown: bytes) -> None:
    text = shown.replace(b"\r\n", b"\n").decode("utf-8")  # raw bytes would be an error
    odd = {char for char in text if char in FORBIDDEN or char == "\r"}
    assert not odd, [line for line in text.split("\n") if odd & set(line)][:3]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Scripts that bring an attack to wherever a task can bring it."""
    octal = {name: "".join(f"\\{byte:03o}" for byte in data) for name, data in ATTACKS.items()}
    lines = []
    for data in octal.values():
        text = data.replace("'", "")
        lines += [f"printf '{text}\\n'", f"printf '{text}\\n' 1>&2"]
    for name in ("title", "clipboard", "C1 in UTF-8", "directions", "colours", "alternate screen"):
        data = octal[name]
        lines += [
            f"x = $(printf '{data}')",
            'cat "$x" || true',
            'echo hi > "/tmp/$x"',
            "ls /tmp || true",
            "ls -l /tmp || true",
            'prctl PR_SET_NAME "$x" || true',
            "ps -e || true",
            "pstree || true",
            'hostname "$x" || true',
            "uname -n",
            'echo "$x" > /proc/container || true',
            "nosuch_$x || true",
            'kill "$x" || true',
            'spawn -n 1 "$x" || true',
        ]
    (tmp_path / "attack.nsh").write_text("\n".join(lines) + "\n", encoding="utf-8")
    told = ALL.decode("utf-8", "replace").replace("\r", "").replace("\x00", "")
    told = "".join(char for char in told if char not in "\x0b\x0c\x85\u2028\u2029\x1c\x1d\x1e")
    (tmp_path / "told.nsh").write_text(
        f"#: # {told}\n#: {told}\necho '{told}'\nexpect 1 == 2\n", encoding="utf-8"
    )
    return tmp_path


PLAIN = {"NO_COLOR": "1"}
WAYS = {
    "run": ("run", "attack.nsh"),
    "json": ("run", "--json", "attack.nsh"),
    "check": ("check", "attack.nsh"),
    "told": ("run", "told.nsh"),
    "told as json": ("run", "--json", "told.nsh"),
    "expectations": ("check", "told.nsh"),
    "compare": ("compare", "--profile", "all", "--profile", "mainline", "attack.nsh"),
    "compare as json": (
        "compare", "--json", "--profile", "all", "--profile", "mainline", "attack.nsh",
    ),
    "nothing such": ("run", ATTACKS["title"].decode()),
    "no such command": (ATTACKS["title"].decode(),),
    "help": ("help", ATTACKS["title"].decode()),
}  # fmt: skip


@pytest.mark.parametrize("way", WAYS)
def test_a_terminal_gets_nothing_that_it_would_obey(way: str, folder: Path) -> None:
    assert_harmless(on_terminal(*WAYS[way], cwd=folder, environ=PLAIN))


@pytest.mark.parametrize("way", ["check", "told", "expectations"])
def test_colours_are_nsh_s_own(way: str, folder: Path) -> None:
    dyed = on_terminal(*WAYS[way], cwd=folder)
    for code in (hues.BOLD, hues.DIM, hues.GOOD, hues.BAD, hues.PLACE, "0"):
        dyed = dyed.replace(f"\x1b[{code}m".encode(), b"")
    assert dyed == on_terminal(*WAYS[way], cwd=folder, environ=PLAIN)


@pytest.mark.slow
@pytest.mark.parametrize("script", ["attack.nsh", "told.nsh"])
@pytest.mark.parametrize("kind", ["svg", "cast", "cast2", "html", "tape", "txt", "md"])
def test_what_is_exported_is_harmless_to_look_at(kind: str, script: str, folder: Path) -> None:
    shown = on_terminal(
        "export", script, "--format", kind, "--size", "80x24", cwd=folder, environ=PLAIN
    )
    typed = (kind, script) == ("tape", "attack.nsh")  # not what is printed then: octal digits
    assert (rb"\120\127\116" if typed else b"PWN") in shown
    assert_harmless(shown)


@pytest.mark.parametrize("script", ["attack.nsh", "told.nsh"])
def test_a_transcript_on_a_dumb_terminal(script: str, folder: Path) -> None:
    assert_harmless(on_terminal("play", script, cwd=folder, environ={"TERM": "dumb"}))


@pytest.mark.parametrize("name", ATTACKS)
def test_each_attack_from_the_command_line(name: str, tmp_path: Path) -> None:
    octal = "".join(f"\\{byte:03o}" for byte in ATTACKS[name]).replace("'", "")
    line = f"printf 'begin{octal}end\\n'; screen console; screen -f console; screen --json console"
    shown = on_terminal("-c", line, cwd=tmp_path)
    assert b"begin" in shown
    assert_harmless(shown)


@pytest.mark.parametrize("name", ATTACKS)
def test_a_pipe_gets_the_bytes_as_they_are(name: str, tmp_path: Path) -> None:
    octal = "".join(f"\\{byte:03o}" for byte in ATTACKS[name])
    run = subprocess.run(
        [sys.executable, "-m", "nsh", "-c", f"printf '{octal}'"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    assert run.stdout == ATTACKS[name].decode("utf-8", "replace").encode() or (
        run.stdout == ATTACKS[name]
    )


@pytest.fixture
def hostile() -> Iterator[None]:
    """A process of this machine with a name that attacks."""
    code = (
        "import ctypes, time; ctypes.CDLL(None).prctl(15, b'\\x1b]0;PWN\\x07\\xc2\\x9b');"
        "print(flush=True); time.sleep(100)"
    )
    process = subprocess.Popen([sys.executable, "-c", code, "\x1b]52;c;PWN\x07"], stdout=-1)
    assert process.stdout is not None
    process.stdout.readline()
    yield
    process.send_signal(signal.SIGKILL)
    process.stdout.close()
    process.wait()


@pytest.mark.skipif(sys.platform != "linux", reason="looks at Linux")
@pytest.mark.parametrize("options", [["--once"], ["--once", "--json"], ["--columns", "pid,comm"]])
def test_live_names_hostile_processes(options: list[str], hostile: None, tmp_path: Path) -> None:
    options = options if "--once" in options else ["--once", *options]
    shown = on_terminal("live", *options, cwd=tmp_path, environ=PLAIN)
    assert b"PWN" in shown
    assert_harmless(shown)


@pytest.mark.slow
@pytest.mark.parametrize("script", ["attack.nsh", "told.nsh"])
def test_the_interface_sends_only_its_own(script: str, folder: Path) -> None:
    shown = on_terminal("play", script, cwd=folder, quit_with=b"\x1b[F7\r\x1b[F\x11")
    text = re.sub("\x1b]22;[a-z]+\x07", "", shown.decode("utf-8"))  # Textual's: the pointer's shape
    for part in ("\x1b]0;", "\x1b]52", "\x1b]8;", "\x1bP$q", "\x1bc", "\x1b[6n", "\x1b[21t"):
        assert part not in text, part
    assert not {char for char in text if char in FORBIDDEN} - {"\x1b"}


def test_json_says_the_same_in_other_escapes(capsys: pytest.CaptureFixture[str]) -> None:
    import json

    text = "a\x7f\x9b\u202e\U000e0041b"
    line = json.dumps(text, ensure_ascii=False)
    assert json.loads(console.escaped(line)) == text
    assert console.escaped(line).isascii()
    console.write_json(line)
    assert capsys.readouterr().out == line + "\n"
