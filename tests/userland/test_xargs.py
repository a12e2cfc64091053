"""xargs: command lines and statuses as GNU's on this machine has them, and jobs side by side."""

import os
import re
import shutil
import subprocess

import pytest

from nsh.session.session import Session
from tests.userland import _linux

LINES = [
    ("-L 1 echo", "a b\nc d\n\ne f \ng\n"),
    ("-L 2 echo", "a b\nc d\n\ne f \ng\n"),
    ("-L 2 echo", "a \nb\nc\nd"),
    ("-L 1 echo", "a b\\\nc d\ne\n"),
    ("-L 1 echo", "'a\tb' c\n\"d\"\n"),
    ("-L 1 -t echo", " a\n\n  b  \n"),
    ("-0 -L 1 echo", "a b\0c\0"),
    ("-d , -L 2 echo", "a,b,c"),
    ("-L1 echo none", ""),
    ("-r -L1 echo none", ""),
    ("-L 0 echo", "a"),
    ("-L x echo", "a"),
    ("-L 1 -n 1 echo", "a b\n"),
    ("-n 1 -L 1 echo", "a b\n"),
    ("-I X -L 1 echo X", "a b\n"),
    ("-L 1 -I X echo X", "a b\n"),
    ("-n 1 -I X echo X", "a b\n"),
    ("-I X -n 1 echo X", "a b\n"),
    ("-I X -n 2 echo X", "a b\n"),
    ("-s 12 echo", "1 2 3 4 5 6 7 8 9 10"),
    ("-s 11 echo", "1 2 3 4 5 6 7 8 9 10"),
    ("-s 7 echo", "1 2 10 3"),
    ("-s 5 echo", "1 2"),
    ("-s 4 echo", "1"),
    ("-s 10 echo", "aaaaaaaaaaaaa"),
    ("-s 12 -n 5 echo", "1 2 3 4 5 6 7 8"),
    ("-s 12 -x -n 5 echo", "1 2 3 4 5 6 7 8"),
    ("-s 12 -x -n 2 echo", "1 2 3 4 5 6 7 8"),
    ("-s 12 -x echo", "1 2 3 4 5 6 7 8"),
    ("-s 12 -L 1 echo", "a b c d e f g h\n"),
    ("-s x", "1"),
    ("-s 0", "1"),
    ("-P 1 -n 1 echo", "1 2 3"),
    ("-P x", "1"),
    ("-P -1 echo", "1"),
    ("-P 2 no-such-command", "1 2 3"),
    ("no-such-command", "1 2"),
    ("-n 1 false", "1 2"),
    ("-n 1 test 1 =", "1 2 1"),
    ("-n 1 -P 2 test 1 =", "1 2 1"),
    ("-n 1 -P 0 true", "1 2 1"),
    ("-n 1 xargs -Z", "1"),
    ("-n", "a"),
    ("-Z", "a"),
    ("--nope", "a"),
    ("echo", "a'"),
    ("-x -I X echo X X", "a\nb"),
]


@pytest.mark.parametrize(("line", "text"), LINES)
def test_a_line(line: str, text: str) -> None:
    if shutil.which("xargs") is None:
        pytest.skip("no xargs here")
    argv = ["xargs", *line.split()]
    environ = {"PATH": os.environ["PATH"], "LC_ALL": "C"}
    done = subprocess.run(argv, input=text.encode(), capture_output=True, check=False, env=environ)
    mine = _linux.run(*argv, stdin=text.encode())
    theirs = (done.returncode, done.stdout.decode(), _plain(done.stderr.decode()))
    assert (mine.status, mine.out, _plain(mine.err)) == theirs


def _plain(err: str) -> list[str]:
    lines = (line.removeprefix("nsh: ") for line in err.splitlines())
    return [re.sub(r" \(E[A-Z]+\).*", "", line) for line in lines if not line.startswith("Try ")]


@pytest.mark.parametrize(
    ("options", "seconds"), [("-P 3", 3), ("-P 0", 3), ("-P 2", 4), ("-P 1", 6), ("", 6)]
)
def test_jobs_run_side_by_side(options: str, seconds: int) -> None:
    result = Session().run(f"seq 3 | xargs {options} -n 1 sleep; cat /proc/uptime")
    assert float(result.stdout.split()[0]) == pytest.approx(seconds, abs=0.01)


def test_they_take_turns_the_same_way_every_time() -> None:
    script = "seq 20 | xargs -P 4 -n 1 echo; ps -e -o pid,comm"
    said = [Session().run(script).stdout for _ in range(2)]
    assert said[0] == said[1]
    assert sorted(map(int, said[0].split()[:20])) == list(range(1, 21))
    assert "xargs" not in said[0]


@pytest.mark.parametrize(
    ("script", "status", "said"),
    [
        ("printf '3 255 1' | xargs -n 1 exit", 124, "exit: exited with status 255; aborting"),
        ("printf '3 1 126 127' | xargs -n 1 exit", 123, ""),
        ("printf '3 255 1' | xargs -P 3 -n 1 exit", 124, "exited with status 255; aborting"),
        (
            "spawn k { sleep 1; kill -9 $(pgrep sleep) }; echo 9 | xargs sleep",
            125,
            "sleep: terminated by signal 9",
        ),
    ],
)
def test_a_job_that_ends_badly(script: str, status: int, said: str) -> None:
    result = Session().run(f"{script} || echo $?")
    assert result.stdout.split()[-1] == str(status)
    assert said in result.stderr


def test_other_children_of_the_caller_are_left_to_it() -> None:
    result = Session().run(
        "spawn c { exit 7 }; seq 4 > /tmp/n; xargs -P 2 -n 1 true < /tmp/n; wait c"
    )
    assert result.status == 7
