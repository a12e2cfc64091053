"""``--kernel linux`` on the command line."""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from nsh.linux.opening import Unavailable
from nsh.session.real.session import RealSession
from tests._command import nsh

pytestmark = pytest.mark.usefixtures("stage")


def test_code() -> None:
    done = nsh("-c", "echo hello; ls /nowhere; echo no", "--kernel", "linux")
    assert done.returncode == 1
    assert done.stdout == "hello\n"
    told, failure, end = done.stderr.splitlines()
    assert "namespaces" in told
    assert "(ENOENT)" in failure
    assert end.startswith("-c:1: the script ends here")


def test_who_acts_performs_itself_what_it_is_told() -> None:
    script = "as init { echo $$; false; echo not } || echo failed; spawn w; as w { w getpid }"
    done = nsh("-c", script, "--kernel", "linux")
    assert (done.returncode, done.stdout) == (0, "1\nfailed\n2\n")


def test_who_reads_gets_a_line_beside_a_program_that_never_rests() -> None:
    script = "( while true { } ) & read x; read y; echo $x $y"
    done = nsh("-c", script, "--kernel", "linux", text="a\nb\n")
    assert done.stdout.endswith("a b\n"), done.stderr  # its console has echoed what was typed


def test_who_reads_something_else_is_not_waited_for() -> None:
    script = "mkfifo /tmp/p /tmp/q; spawn w { cat < /tmp/p > /tmp/q }; cat > /tmp/p < /tmp/q"
    done = nsh("-c", script, "--kernel", "linux", text="a\n")
    assert "is blocked in read, and nobody is left to wake it" in done.stderr
    assert (done.stdout, done.returncode) == ("", 1)


def test_a_file_as_json(tmp_path: Path) -> None:
    script = tmp_path / "a.nsh"
    script.write_text("spawn --pid web\nweb:1 getpid\nkill 99\n", encoding="utf-8")
    done = nsh("run", str(script), "--kernel", "linux", "--json")
    first, second, third = map(json.loads, done.stdout.splitlines())
    assert (first["task"], second["stdout"], third["errno"]) == ("0:1", "1\n", "ESRCH")


@pytest.mark.parametrize(
    ("code", "status", "told"),
    [
        ("expect { echo hi } prints ho", 1, "it printed:\nhi"),
        ("while true { }", 130, "-c:1: given up: 100 steps are spent"),
        ("foo", 127, "-c:1: the script ends here"),
    ],
)
def test_json_tells_why(code: str, status: int, told: str) -> None:
    done = nsh("-c", code, "--kernel", "linux", "--json", "--max-steps", "100")
    found = json.loads(done.stdout)
    assert (found["task"], found["status"]) == ("0:1", status)
    assert told in found["detail"]


def test_a_program_behind_that_fails_says_where_as_on_the_model() -> None:
    code = "def f() { kill 44 }; spawn b { f; true }; { kill 45; true } &"
    ends = [
        [line for line in nsh("-c", code, *kernel).stderr.splitlines() if line.startswith("-c:")]
        for kernel in ((), ("--kernel", "linux"))
    ]
    assert ends[0] == ends[1]
    assert ends[0][0].startswith("-c:1: b's program ends here, and b waits to be told")


def test_check_reports_every_expectation(tmp_path: Path) -> None:
    script = tmp_path / "a.nsh"
    script.write_text("expect $$ == 1\nexpect $$ == 2\nexpect { true }\n", encoding="utf-8")
    done = nsh("check", str(script), "--kernel", "linux")
    marks = [line.split(" - ")[0] for line in done.stdout.splitlines() if "ok" in line]
    assert marks == ["ok 1", "not ok 2", "ok 3"]


def test_what_mainline_lacks_is_said() -> None:
    done = nsh("-c", "policy pid.levels flat", "--kernel", "linux")
    assert "(ENOSYS): mainline Linux" in done.stderr
    done = nsh("-c", "echo web > /proc/container", "--kernel", "linux")
    assert "(ENOENT): mainline Linux has no /proc/container" in done.stderr
    done = nsh("-c", "true", "--kernel", "linux", "--profile", "summit-2007")
    assert done.returncode == 2


def test_the_exit_of_init_is_shown_as_the_model_does() -> None:
    assert nsh("-c", "exit 0", "--kernel", "linux").returncode == 0
    done = nsh("-c", "exit 3", "--kernel", "linux")
    assert done.returncode == 1
    assert "exitcode=0x00000300" in done.stderr


def test_another_processor_is_refused_in_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform, "machine", lambda: "aarch64")
    with pytest.raises(Unavailable, match=r"those of x86_64, and this is aarch64$"):
        RealSession()


def test_too_few_descriptors_are_refused_in_one_sentence() -> None:
    command = 'ulimit -n 300; exec "$0" -m nsh -c true --kernel linux'
    done = subprocess.run(
        ["sh", "-c", command, sys.executable], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "needs 1024 descriptors, and may have 300 (ulimit -Hn)" in done.stderr


def test_without_privileges() -> None:
    if os.geteuid() != 0:
        pytest.skip("the other tests have shown it: they do not run as root")
    program = shutil.which("python3", path="/usr/bin:/usr/local/bin")
    setpriv = shutil.which("setpriv")
    if program is None or setpriv is None:
        pytest.skip("needs setpriv, and a python3 outside root's home")
    here = Path(__file__).parents[2]
    packages = [path for path in sys.path if path.endswith("site-packages")]
    script = "getpid; unshare --pid --fork --mount-proc ps -o pid=,comm="
    nobody = [setpriv, "--reuid=65534", "--regid=65534", "--clear-groups"]
    done = subprocess.run(
        [*nobody, program, "-m", "nsh", "-c", script, "--kernel", "linux"],
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
        env={"PYTHONPATH": os.pathsep.join([str(here), *packages]), "PYTHONDONTWRITEBYTECODE": "1"},
    )
    if "No module named" in done.stderr:
        pytest.skip(f"nobody's python3 has not what nsh needs: {done.stderr.splitlines()[-1]}")
    assert done.stdout.split() == ["1", "1", "ps"], done.stderr
