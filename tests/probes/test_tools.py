"""P3, P4, P10: what util-linux, procps and coreutils say where the kernel's answer shows through.

unshare(1), nsenter(1), ps(1), lsns(1), kill(1), mountpoint(1), tried in the C locale. Wording that
differs between releases of a tool is left out.
"""

import os
import shutil
import subprocess

import pytest

from tests.probes._calls import CLONE_NEWPID, mount, setns, unshare
from tests.probes._inside import child, fields, in_new_pid_ns, spare, until, write, zombie
from tests.probes._real import need, trial

ENOMEM = "Cannot allocate memory"


def needs(*tools: str) -> None:
    """Skip the test where one of these tools is not installed."""
    for tool in tools:
        if not shutil.which(tool):
            pytest.skip(f"no {tool} here")
    need()


def run(*argv: str) -> list[str | int]:
    """[stdout, stderr, exit status] of a tool."""
    environment = {**os.environ, "LC_ALL": "C", "COLUMNS": "80"}
    done = subprocess.run(argv, capture_output=True, text=True, check=False, env=environment)
    return [done.stdout, done.stderr, done.returncode]


def test_unshare_without_fork_leaves_the_tool_where_it_was():
    needs("unshare", "readlink")

    def body():
        link = os.readlink("/proc/self/ns/pid")
        return run("unshare", "--pid", "readlink", "/proc/self/ns/pid") == [link + "\n", "", 0]

    assert trial(body) is True


def test_unshare_with_fork_and_a_proc_of_its_own():
    needs("unshare", "ps")

    def body():
        answer = run("unshare", "--pid", "--fork", "--mount-proc", "ps", "-o", "pid=,comm=")
        return [str(answer[0]).split(), *answer[1:]]

    assert trial(body) == [["1", "ps"], "", 0]


def test_a_shell_in_an_unshared_namespace_can_fork_but_once():
    needs("unshare", "bash")

    def body():
        out, err, code = run("unshare", "--pid", "bash", "-c", "/bin/true; /bin/true; echo reached")
        return [out, ENOMEM in str(err), code != 0]

    assert trial(body) == ["", True, True]


def test_unshare_passes_the_exit_status_on_and_init_survives_itself():
    needs("unshare", "sh")

    def body():
        fork = ("unshare", "--pid", "--fork", "sh", "-c")
        return [run(*fork, "exit 7"), run(*fork, "kill -9 $$; echo survived")]

    assert trial(body) == [["", "", 7], ["survived\n", "", 0]]


def test_tools_that_cannot_find_their_command():
    needs("unshare", "setsid", "env")

    def body():
        return [run(tool, "nosuchcommand")[2] for tool in ("unshare", "setsid", "env")]

    assert trial(body) == [127, 127, 127]


def test_nsenter_to_nobody():
    needs("nsenter")

    def body():
        return run("nsenter", "-t", "99999", "-p", "true")

    assert trial(body) == [
        "",
        "nsenter: cannot open /proc/99999/ns/pid: No such file or directory\n",
        1,
    ]


def test_kill_of_nobody():
    needs("bash", "dash", "kill")

    def body():
        kill = shutil.which("kill") or "kill"
        tries = ([kill, "-9", "99999"], ["dash", "-c", "kill -9 99999"])
        told = [run(*argv) for argv in (*tries, ["bash", "-c", "kill -9 99999"])]
        return [["No such process" in str(err), code] for _, err, code in told]

    assert trial(body) == [[True, 1]] * 3


def test_ps_makes_room_for_the_largest_pid():
    """As many columns as pid_max has digits: seven in every namespace made since 6.14."""
    needs("ps")
    need(release=(6, 14))

    def body():
        found = []
        for largest in ("4194304", "32768", "100000", "99999", "400"):
            write("/proc/sys/kernel/pid_max", largest)
            found.append(str(run("ps", "-p", "1")[0]).splitlines()[0].index(" TTY"))
        return found

    assert trial(body) == [7, 5, 6, 5, 3]


def test_ps_of_chosen_columns():
    needs("ps")

    def body():
        spare()
        child(lambda: os.execv("/bin/sleep", ["sleep", "1000"]))
        until(lambda: fields("Name", 4) == ["sleep"])
        out = run("ps", "-e", "-o", "pid,ppid,pgid,sid,tty,stat,comm")[0]
        return [line.split() for line in str(out).splitlines() if "sleep" in line or "PID" in line]

    assert trial(body) == [
        ["PID", "PPID", "PGID", "SID", "TT", "STAT", "COMMAND"],
        ["4", "2", "2", "2", "?", "S", "sleep"],
    ]


def test_ps_shows_a_zombie_as_defunct():
    needs("ps")

    def body():
        pid = str(zombie())
        return str(run("ps", "-p", pid, "-o", "stat=,args=")[0]).split()

    status, name, word = trial(body)
    assert [status, word] == ["Z", "<defunct>"]
    assert name.startswith("[")


def test_ps_of_nobody_and_of_an_unknown_column():
    needs("ps")

    def body():
        out, err, code = run("ps", "-p", "99999")
        unknown = run("ps", "-o", "cid")
        return [str(out).split(), err, code, str(unknown[1]).splitlines()[0], unknown[2]]

    assert trial(body) == [
        ["PID", "TTY", "TIME", "CMD"],
        "",
        1,
        'error: unknown user-defined format specifier "cid"',
        1,
    ]


def test_lsns_finds_each_pid_namespace_and_its_first_process():
    needs("lsns")

    def body():
        init, _ = in_new_pid_ns(lambda: None)
        spare()
        setns("/proc/self/ns/pid")  # or lsns would be one of them
        out = str(run("lsns", "-t", "pid", "-o", "NS,TYPE,NPROCS,PID")[0])
        links = [os.readlink(f"/proc/{pid}/ns/pid")[5:-1] for pid in (1, init)]
        return [[line.split() for line in out.splitlines()], links, init]

    rows, (outer, inner), init = trial(body)
    assert rows[0] == ["NS", "TYPE", "NPROCS", "PID"]
    assert [outer, "pid"] in [row[:2] for row in rows]
    assert [inner, "pid", "2", str(init)] in rows


def test_lsns_knows_its_types():
    needs("lsns")
    assert trial(lambda: run("lsns", "-t", "bogus")) == [
        "",
        "lsns: unknown namespace type: bogus\n",
        1,
    ]


def test_mountpoint():
    needs("mountpoint")

    def body():
        mount("tmpfs", "/mnt", "tmpfs")
        os.mkdir("/mnt/dir")
        paths = ("/mnt", "/mnt/dir", "/mnt/nothing")
        return [run("mountpoint", *options, path) for path in paths for options in ([], ["-q"])]

    said = trial(body)
    assert said[0] == ["/mnt is a mountpoint\n", "", 0]
    assert said[2][2] == said[3][2] == 32
    assert said[2][0] == "/mnt/dir is not a mountpoint\n"
    assert said[4] == ["", "mountpoint: /mnt/nothing: No such file or directory\n", 1]
    assert [quiet[0] for quiet in said[1::2]] == ["", "", ""]


def test_coreutils_on_what_is_not_there():
    needs("cat", "ls", "readlink", "rm")

    def body():
        os.chdir("/proc/sys")
        tries = (["cat", "x"], ["ls", "x"], ["readlink", "x"], ["cat", "."], ["readlink", "."])
        return [run(*argv) for argv in tries]

    missing = "No such file or directory\n"
    assert trial(body) == [
        ["", f"cat: x: {missing}", 1],
        ["", f"ls: cannot access 'x': {missing}", 2],
        ["", "", 1],
        ["", "cat: .: Is a directory\n", 1],
        ["", "", 1],
    ]


def test_subprocesses_of_a_holder_of_a_dead_namespace_fail():
    def body():
        unshare(CLONE_NEWPID)
        first = run("true")[2]
        try:
            run("true")
        except OSError as problem:
            return [first, problem.strerror]
        return [first, "no error"]

    assert trial(body) == [0, ENOMEM]
