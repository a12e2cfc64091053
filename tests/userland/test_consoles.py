"""N9-N11: the commands about consoles, serial lines and the kernel's log."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import nsh
from nsh.kernel.terminals import CONSOLE
from nsh.machine.consoles import Consoles
from nsh.machine.printed import since
from nsh.machine.terminals import Terminal
from nsh.session.session import Session
from tests.userland._compare import ours, real
from tests.userland._said import complaint, printed

# ---- consoles ----


def test_consoles_in_the_viewers_numbers(machine):
    """N9, P2"""
    printed(machine, "spawn filler; spawn --tty --pid web; as web setsid; as web spawn worker")
    printed(machine, "as worker { setsid; tty < /dev/tty3 }")
    outside = printed(machine, "consoles -o +dev,opens")
    assert outside == (
        "        NS CONTAINER CONSOLE ACTIVE SID PGRP COMMAND DEV OPENS\n"
        "4026531820 0         console          1    1 init    5:1     1\n"
        "4026532001 web       tty3             4    4 worker  4:3     0\n"
    )
    printed(machine, "as web mount -t proc proc /proc")
    assert printed(machine, "as web consoles -o sid,pgrp,command") == (
        "SID PGRP COMMAND\n  2    2 worker\n"
    )


def test_consoles_of_one_and_for_programs(machine):
    printed(machine, "spawn --tty web; as web { echo x > /dev/tty2; chvt 2 }")
    assert printed(machine, "consoles -r -n -o console,active,kept web") == "tty1  0\ntty2 * 3\n"
    found = json.loads(printed(machine, "consoles --json -o console,sid,attached web"))
    assert found == {
        "consoles": [
            {"console": "tty1", "sid": 0, "attached": 0},
            {"console": "tty2", "sid": 0, "attached": 0},
        ]
    }
    assert "unknown column: x; there are NS, CONTAINER, " in complaint(machine, "consoles -o x")
    assert "unknown column: pgr; did you mean 'PGRP'?" in complaint(machine, "consoles -o sid,pgr")
    assert "ESRCH" in complaint(machine, "consoles nobody")


def test_a_name_that_would_move_the_cursor_is_not_shown_as_it_is(machine):
    printed(machine, "spawn --tty web; as web setsid; as web { tty < /dev/tty1 }")
    printed(machine, "as web { printf 'a\\033[2Jb' > /proc/self/comm } || true")
    assert "\x1b" not in printed(machine, "consoles")


# ---- switching ----


def test_switching(machine):
    assert printed(machine, "fgconsole; chvt 3; fgconsole; fgconsole -n") == "1\n3\n1\n"
    assert "ENXIO" in complaint(machine, "chvt 7")
    assert "invalid console number" in complaint(machine, "chvt 0")
    assert "invalid console number" in complaint(machine, "chvt -1 || chvt -- -1")


def test_openvt(machine):
    assert printed(machine, "openvt -c 5 -s -w tty; fgconsole") == "1\n"
    assert screen(machine, 5) == "/dev/tty5\n"
    assert printed(machine, "openvt -s sleep 50; fgconsole; ps -o tty= -C sleep") == "2\ntty2\n"
    assert complaint(machine, "openvt -c 2 true") == (
        "nsh: openvt: Console 2 is in use; -f takes it all the same\n"
    )
    assert machine.run("openvt -f -w -c 2 exit 3 || echo $?").stdout == "3\n"


def screen(machine: Session, number: int, space: int = 0) -> str:
    terminals = machine.machine.items(Consoles)[space][1].terminals
    record = machine.machine.get(Terminal, terminals[number])
    return since(record.printed, 0).decode().replace("\r\n", "\n")


def test_openvt_when_none_is_free(machine):
    opened = " ".join(f"exec {n + 2}< /dev/tty{n};" for n in range(1, 7))
    assert "Couldn't find a free console" in complaint(machine, f"{opened} openvt true")
    assert machine.run("fgconsole -n").status == 1


# ---- type ----


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (r"a\tb\x41\n", "a\tbA\n"), ("^H^?x", "^Hx"), ("a b  c", "a b  c"), (r"\\n", r"\n"),
        (r"\x5eC", "^C"), ("^", "^"), ("a^1", "a^1"), ("é", "é"),
    ],
)  # fmt: skip
def test_what_keys_are(machine, text, shown):
    printed(machine, f"type tty2 '{text}'")
    seen = screen(machine, 2)
    assert seen.replace("\b \b", "") == shown or "^H" in shown


def test_literal_keys(machine):
    printed(machine, r"type -l tty2 'a\n^C'")
    assert screen(machine, 2) == r"a\n^C"


# ---- attach ----


def test_attaching_from_a_script(machine):
    printed(machine, "spawn --tty web; as web { printf 'one\\ntwo\\n' > /dev/ttyS0 }")
    assert (
        printed(machine, "attach -1 web")
        == printed(machine, "attach web < /dev/null")
        == ("one\ntwo\n")
    )
    printed(machine, 'as web spawn reader { read x < /dev/ttyS0; echo "[$x]" > /dev/ttyS0 }')
    assert printed(machine, r"attach -i 'hi\n' -u ']' web") == "one\ntwo\nhi\n[hi]\n"
    assert printed(machine, "attach -u two web") == "one\ntwo\nhi\n[hi]\n", "it was there already"
    said = machine.run("attach -u gone web < /dev/null").messages
    assert "init is blocked in read" in said[0]
    assert printed(machine, "echo piped | attach web | tail -n 2") == "[hi]\npiped\n"


def test_attaching_by_hand():
    """What is typed goes in as it is, ^C too; Ctrl-] leaves, and the terminal is as before."""
    session = nsh.boot(paranoid=True, attended=True)
    session.run("spawn --tty --pid web { spawn getty { getty -a root ttyS0 } }")
    before = session.machine.get(Terminal, CONSOLE).termios
    steps = session.performing("attach web")
    shown = ""
    keys = iter([b"echo hello\n", b"sleep 100\n", b"\x03", b"echo $?\n", b"\x1d"])
    for step in steps:
        shown += "".join(out.text for out in step.output)
        if session.awaiting:
            shown += "".join(out.text for out in session.type(next(keys)).output)
    text = shown.replace("\r", "")
    assert text == "# echo hello\nhello\n# sleep 100\n^C\n# echo $?\n130\n# "
    assert session.machine.get(Terminal, CONSOLE).termios == before
    assert next(keys, None) is None


def test_who_may_not_attach(machine):
    printed(machine, "spawn --tty web; spawn --tty db")
    assert "EPERM" in complaint(machine, "as web attach -1 db")
    assert "EPERM" in complaint(machine, "attach -1 1")
    assert "ESRCH" in complaint(machine, "attach -1 nobody")


# ---- dmesg ----

LOG = """\
<6>[    0.000000] hello
<30>[    1.250000] a daemon's
<3>[   12.000001] an error
<12>[   12.500000] a user's
<12>[   12.500000] again
<7>[ 1000.123456] debug \\x1b escaped
<2047>[ 1000.200000] of no facility
"""
OPTIONS = [
    (), ("-x",), ("-t",), ("-r",), ("-d",), ("-l", "err,info"), ("-f", "user,kern"), ("-k",),
    ("-u",),
    ("-x", "-t"), ("-p",), ("-t", "-d"), ("-x", "-d"), ("-l", "emerg"), ("-l", "3"), ("-x", "-u"),
    ("--time-format", "delta"), ("-l", "warn", "-l", "err"), ("-k", "-l", "debug"), ("--noescape",),
    ("-f", "daemon", "-d"), ("-f", "1"),
]  # fmt: skip


@pytest.mark.parametrize("options", OPTIONS, ids=" ".join)
def test_dmesg_prints_as_util_linux_does(tmp_path: Path, options: tuple[str, ...]):
    (tmp_path / "log").write_text(LOG)
    argv = ("dmesg", "-F", "log", *options)
    assert ours(*argv, cwd=tmp_path) == real(*argv, cwd=tmp_path)


@pytest.mark.parametrize(
    "options",
    [("-l", "warn+"), ("-f", "bogus"), ("-r", "-t"), ("-c", "-C"), ("-n", "9"), ("extra",),
     ("-l", "8"), ("--time-format", "x")],
    ids=" ".join,
)  # fmt: skip
def test_dmesg_refuses_as_util_linux_does(options: tuple[str, ...]):
    assert ours("dmesg", *options).status == real("dmesg", *options).status == 1


@given(
    st.lists(
        st.tuples(st.integers(0, 63), st.integers(0, 10**9), st.text("ab <>[].", min_size=1)),
        min_size=1,
        max_size=8,
    ),
    st.sampled_from(OPTIONS),
)
def test_any_log_is_printed_as_util_linux_does(
    tmp_path_factory: pytest.TempPathFactory, lines: list[tuple[int, int, str]], options: tuple[str]
) -> None:
    directory = tmp_path_factory.mktemp("dmesg", numbered=True)
    times = sorted(time for _priority, time, _text in lines)
    (directory / "log").write_text("".join(
        f"<{priority}>[{time // 10**6:5d}.{time % 10**6:06d}] x{text}\n"
        for (priority, _time, text), time in zip(lines, times, strict=True)
    ))  # fmt: skip
    argv = ("dmesg", "-F", "log", *options)
    assert ours(*argv, cwd=directory) == real(*argv, cwd=directory)


def test_dmesg_of_the_machine(machine):
    assert printed(machine, "dmesg | wc -l") == "3\n"
    assert re.search("late", machine.run("sleep 90; echo '<3>late' > /dev/kmsg").stdout)
    late = printed(machine, "dmesg -l err")
    assert re.fullmatch(r"\[   90\.\d{6}\] late\n", late)
    assert printed(machine, "dmesg -S -l err") == late
    assert printed(machine, "dmesg -T -l err").endswith(":30 2008] late\n")
    assert json.loads(printed(machine, "dmesg -J -x -l err"))["dmesg"][0]["fac"] == "user"
    assert printed(machine, "dmesg -c | tail -n 1") == late
    assert printed(machine, "dmesg") == ""
    printed(machine, "dmesg -n 8; cat /proc/sys/kernel/printk > /tmp/level")
    assert printed(machine, "cat /tmp/level") == "8\t4\t1\t7\n"
    printed(machine, "dmesg -n err; cat /proc/sys/kernel/printk > /tmp/level")
    assert printed(machine, "cat /tmp/level") == "4\t4\t1\t7\n"


def test_dmesg_follows(machine):
    printed(machine, "spawn follower { dmesg -W -t > /tmp/log }")
    printed(machine, "echo one > /dev/kmsg; echo two > /dev/kmsg")
    assert printed(machine, "cat /tmp/log") == "one\ntwo\n"


def test_dmesg_makes_escapes_harmless(machine):
    printed(machine, "printf 'a\\033[2J\\\\b\\nc' > /dev/kmsg")
    assert printed(machine, "dmesg -t -u") == "a\\x1b[2J\\b\nc\n"
    assert printed(machine, "dmesg -t -u --noescape") == "a\x1b[2J\\b\nc\n"
