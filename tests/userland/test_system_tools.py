"""id, uname, env, tty, kill and their like, beside the tools of the machine that runs the tests."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator

import pytest

import nsh
from tests.userland import _compare
from tests.userland._linux import run

ENVIRONMENT = {"LC_ALL": "C", "A": "1", "B": "two words", "PATH": os.environ["PATH"]}


def real(*argv: str) -> tuple[int, str, bool]:
    found = subprocess.run(
        ["/usr/bin/env", *argv],
        capture_output=True,
        text=True,
        env=ENVIRONMENT,
        stdin=subprocess.DEVNULL,
        check=False,
    )
    return found.returncode, found.stdout, bool(found.stderr)


def ours(*argv: str) -> tuple[int, str, bool]:
    said = run(*argv, variables=ENVIRONMENT)
    return said.status, said.out, bool(said.err)


@pytest.mark.parametrize(
    "line",
    [
        "id",
        "id -u",
        "id -g",
        "id -G",
        "id -un",
        "id -gn",
        "id -Gn",
        "id -ru",
        "id root",
        "id -u 0",
        "id -G daemon",
        "id no-such-user",
        "id -ug",
        "id -n",
        "whoami",
        "whoami x",
        "uname",
        "uname -a",
        "uname -s -r",
        "uname -rs",
        "uname -nvm",
        "uname -p -i -o",
        "uname --kernel-name --machine",
        "uname x",
        "uname -z",
        "hostname",
        "hostname -s",
        "domainname",
        "tty",
        "tty -s",
        "tty x",
        "printenv A B",
        "printenv A NONE",
        "printenv -0 A",
        "env -i",
        "env -i X=1 Y=",
        "env -i X=1 X=2",
        "env -u A -u B -u PATH",
        "env -0 -i X=1",
        "env -0 true",
        "env -i no-such-command",
        "env --nonsense",
        "env - Z=1",
        "chroot",
        "chroot /no-such-directory true",
        "kill",
        "kill -l",
        "kill -l 9",
        "kill -l TERM",
        "kill -l SIGTERM",
        "kill 999999",
        "kill 999998 999999",
        "kill -s NONSENSE 1",
        "kill -9",
        "kill nonsense",
    ],
)
def test_it_says_what_the_real_tool_says(line: str) -> None:
    argv = line.split()
    path = ["/bin/kill", *argv[1:]] if argv[0] == "kill" else argv
    expected = real(*path)
    if argv == ["env", "-i"] or argv[:3] == ["env", "-u", "A"]:
        expected = (expected[0], expected[1].replace("LC_ALL=C\n", ""), expected[2])
        mine = ours(*argv)
        assert (mine[0], mine[1].replace("LC_ALL=C\n", ""), mine[2]) == expected
        return
    if line == "kill -l":
        expected = (expected[0], expected[1].replace("POLL", "IO"), expected[2])
    assert ours(*argv) == expected


def test_the_table_of_signals_is_procps_s() -> None:
    status, text, _ = real("/bin/kill", "-L")
    lines = [line.rstrip().replace("POLL", "IO  ") for line in text.splitlines()]
    assert ours("kill", "-L") == (status, "".join(line + "\n" for line in lines), False)


@pytest.fixture
def children() -> Iterator[list[int]]:
    started = [subprocess.Popen(["sleep", "60"]) for _ in range(2)]
    yield [each.pid for each in started]
    for each in started:
        each.kill()
        each.wait()


@pytest.mark.parametrize("spelling", ["-s KILL", "-KILL", "-9", "-sKILL", "--signal=9", "-n 9"])
def test_a_signal_may_be_spelt_in_many_ways(children: list[int], spelling: str) -> None:
    said = run("kill", *spelling.split(), str(children[0]))
    assert said == (0, "", "")
    assert os.waitstatus_to_exitcode(os.waitpid(children[0], 0)[1]) == -signal.SIGKILL


def test_kill_fails_when_only_some_could_be_signalled(children: list[int]) -> None:
    line = ("-0", str(children[0]), "999999", str(children[1]))
    assert run("kill", *line).status == real("/bin/kill", *line)[0]
    said = run("kill", str(children[0]), "999999", str(children[1]))
    assert said.status == 1
    assert said.err == "nsh: kill: (999999): No such process (ESRCH)\n"
    for pid in children:
        assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == -signal.SIGTERM


def test_a_negative_number_behind_a_signal_is_a_group() -> None:
    leader = subprocess.Popen(["sleep", "60"], process_group=0)
    assert run("kill", "-9", f"-{leader.pid}").status == 0
    assert leader.wait() == -signal.SIGKILL


def test_commands_run_in_a_child_whose_status_they_pass_on() -> None:
    assert run("env", "-i", "X=1", "env").status == 0
    assert run("setsid", "-w", "tty", "-s").status == 1
    assert run("unshare", "--nonsense").status == 1
    said = run("setsid", "-w", "no-such-command")
    assert said.status == 127
    assert said.err.startswith("nsh: setsid: failed to execute no-such-command: No such file")


@pytest.mark.parametrize(
    "line",
    [
        "kernel.ostype kernel/osrelease",
        "-n kernel.ostype",
        "-N kernel.ostype kernel.pid_max",
        "-b kernel.ostype kernel.arch",
        "kernel.keys",
        "kernel.printk",
        "kernel.no_such kernel.ostype",
        "-e kernel.no_such",
        "kernel.no_such=1",
        "net.ipv4.conf.lo.forwarding net/ipv4/conf/lo/forwarding",
        "-a -r ^kernel.(host|domain)name",
        "-a -n -r ^kernel.ostype",
        "-N -a --pattern=user.max_.*_namespaces",
        "kernel.pid_max=1",
        "-p /no-such-file",
    ],
)
def test_sysctl_prints_what_the_real_one_does(line: str) -> None:
    _compare.alike("sysctl", *line.split())


@pytest.mark.parametrize(
    "line",
    [
        "",
        "--nproc --nofile",
        "-p 9999999 --sigpending=5:",
        "-n --noheadings",
        "-o RESOURCE,SOFT --raw",
        "-p 9999999",
        "-o no",
    ],
)
def test_prlimit_prints_what_the_real_one_does(line: str) -> None:
    _compare.alike("prlimit", *line.split())


def test_prlimit_tells_the_limits_that_hold() -> None:
    session = nsh.boot(paranoid=True)
    session.run("spawn web")
    assert session.run("prlimit -p web -n -o soft,hard --noheadings").stdout == "1024 1024\n"
    refused = session.run("prlimit --nofile=9")
    assert "the limit nofile cannot be set: only sigpending is here" in refused.stderr


@pytest.mark.parametrize("limit", ["5:4", "abc", ":", "1:x"])
def test_prlimit_refuses_what_is_no_limit_as_the_real_one_does(limit: str) -> None:
    _compare.alike("prlimit", f"--sigpending={limit}")


def test_prlimit_sets_the_limit_of_pending_signals() -> None:
    session = nsh.boot(paranoid=True)
    told = "prlimit -i --raw --noheadings -o soft,hard"
    session.run("prlimit --sigpending=5:9")
    assert session.run(told).stdout == "5 9\n"
    session.run("prlimit --sigpending=:7; prlimit --sigpending=6:")
    assert session.run(told).stdout == "6 7\n"
    assert session.run(f"prlimit --sigpending=unlimited; {told}").stdout == "unlimited unlimited\n"
    assert "Max pending signals       unlimited" in session.run("cat /proc/self/limits").stdout


def test_sysctl_sets_what_may_be_set() -> None:
    session = nsh.boot(paranoid=True)
    lines = "# limits\n; none\nkernel.pid_max = 400\n-kernel.no_such=1\nnonsense\nfs.none = 2\n"
    echo = session.run(f"printf '{lines}' > /tmp/s; sysctl -p /tmp/s || true")
    assert echo.stdout == "kernel.pid_max = 400\n"
    assert "/tmp/s(5): invalid syntax, continuing...\n" in echo.stderr
    assert "cannot stat /proc/sys/fs/none: No such file" in echo.stderr
    assert session.run("sysctl -q kernel.hostname=box; hostname").stdout == "box\n"
    assert session.run("sysctl --dry-run kernel.hostname=x; hostname").stdout == (
        "kernel.hostname = x\nbox\n"
    )
    refused = session.run("spawn w; as w setuid 1000; as w sysctl kernel.hostname=x")
    assert 'permission denied on key "kernel.hostname" (EACCES): uid 1000' in refused.stderr
    assert session.run("as w ls /proc/self/fd").stdout == "0  1  2  3\n"
