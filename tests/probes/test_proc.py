"""P4, P12: what a proc mount shows, to whom, in what words, and what it refuses.

proc(5) and its parts, pid_namespaces(7) on mounts of proc, tried.
"""

import os

import pytest

from tests.probes._calls import (
    err,
    libc,
    mount,
    wait4,
)
from tests.probes._inside import (
    child,
    fields,
    pids,
    read,
    spare,
    status,
    stopped,
    until,
    until_state,
    write,
    zombie,
)
from tests.probes._real import need, trial

LAST = "/proc/sys/kernel/ns_last_pid"
HOSTNAME = "/proc/sys/kernel/hostname"


# -- the root -------------------------------------------------------------------------------------


def test_processes_come_last_and_by_number():
    def body():
        for last in ("20", "9", "100"):
            write(LAST, last)
            spare()
        names = os.listdir("/proc")
        return [pids(), names[-5:], names[-7:-5]]

    need()
    if not os.path.exists(LAST):
        pytest.skip("no ns_last_pid here")
    assert trial(body) == [
        [1, 2, 10, 21, 101],
        ["1", "2", "10", "21", "101"],
        ["self", "thread-self"],
    ]


def test_self_thread_self_and_mounts():
    def body():
        return [os.readlink(f"/proc/{name}") for name in ("self", "thread-self", "mounts")]

    assert trial(body) == ["2", "2/task/2", "self/mounts"]


def test_names_that_are_not_there():
    def body():
        pid = spare()
        names = ("9999", "0", f"0{pid}", "-1", "x")
        return [
            [err(os.listdir, f"/proc/{name}") for name in names],
            [err(os.readlink, f"/proc/{pid}/fd/999"), err(os.listdir, f"/proc/{pid}/nothing")],
        ]

    assert trial(body) == [["ENOENT"] * 5, ["ENOENT", "ENOENT"]]


def test_nothing_can_be_made_or_removed():
    need(root=True)

    def body():
        pid = spare()
        create = os.O_CREAT | os.O_WRONLY
        dirs = ("/proc", f"/proc/{pid}", "/proc/sys/kernel")
        return {
            "mkdir": [err(os.mkdir, f"{place}/x") for place in dirs],
            "create": [err(os.open, f"{place}/x", create) for place in dirs],
            "symlink": err(os.symlink, "a", "/proc/x"),
            "unlink": [err(os.unlink, f"/proc/{pid}/{name}") for name in ("status", "comm")],
            "rmdir": [err(os.rmdir, f"/proc/{pid}"), err(os.rmdir, "/proc/sys")],
            "chmod": err(os.chmod, f"/proc/{pid}/comm", 0o777),
            "read a directory": err(lambda: os.read(os.open(f"/proc/{pid}", os.O_RDONLY), 1)),
        }

    assert trial(body) == {
        "mkdir": ["ENOENT"] * 3,
        "create": ["ENOENT"] * 3,
        "symlink": "ENOENT",
        "unlink": ["EPERM", "EPERM"],
        "rmdir": ["EPERM", "EPERM"],
        "chmod": "EPERM",
        "read a directory": "EISDIR",
    }


def test_modes():
    def body():
        names = "status stat cmdline comm environ cwd fd ns task ns/pid fd/0"
        modes = {name: oct(os.lstat(f"/proc/self/{name}").st_mode) for name in names.split()}
        modes["."] = oct(os.stat("/proc/self").st_mode)
        for name in ("pid_max", "hostname"):
            modes[name] = oct(os.stat(f"/proc/sys/kernel/{name}").st_mode)
        return modes

    fd_0 = trial(body).pop("fd/0")
    assert fd_0.startswith("0o120")
    assert {name: mode for name, mode in trial(body).items() if name != "fd/0"} == {
        "status": "0o100444",
        "stat": "0o100444",
        "cmdline": "0o100444",
        "comm": "0o100644",
        "environ": "0o100400",
        "cwd": "0o120777",
        "fd": "0o40500",
        "ns": "0o40511",
        "task": "0o40555",
        "ns/pid": "0o120777",
        ".": "0o40555",
        "pid_max": "0o100644",
        "hostname": "0o100644",
    }


# -- one process ----------------------------------------------------------------------------------


def test_the_first_lines_of_status():
    def body():
        pid = child(lambda: os.execv("/bin/sleep", ["sleep", "1000"]))
        until(lambda: fields("Name", pid) == ["sleep"])
        until_state(pid, "S")
        return read(f"/proc/{pid}/status").splitlines()[:16]

    lines = trial(body)
    assert lines[:8] == [
        "Name:\tsleep",
        f"Umask:\t{_umask():04o}",
        "State:\tS (sleeping)",
        "Tgid:\t3",
        "Ngid:\t0",
        "Pid:\t3",
        "PPid:\t2",
        "TracerPid:\t0",
    ]
    assert [line.split(":")[0] for line in lines[8:12]] == ["Uid", "Gid", "FDSize", "Groups"]
    assert lines[12:] == ["NStgid:\t3", "NSpid:\t3", "NSpgid:\t2", "NSsid:\t2"]


def _umask() -> int:
    umask = os.umask(0)
    os.umask(umask)
    return umask


def test_status_lines_of_the_signals_stand_in_this_order():
    names = "Threads SigQ SigPnd ShdPnd SigBlk SigIgn SigCgt CapInh CapPrm CapEff CapBnd CapAmb"
    present = trial(lambda: list(status()))
    begin = present.index("Threads")
    assert present[begin : begin + 12] == names.split()


def test_words_for_states():
    def body():
        resting, halted, dead, traced = spare(), stopped(), zombie(), spare()
        until_state(resting, "S")
        traceable = libc.ptrace(16, traced, None, None) == 0  # PTRACE_ATTACH
        if traceable:
            until_state(traced, "t")
        words = [fields("State", pid)[0] for pid in ("self", resting, halted, dead)]
        return [words, [*fields("State TracerPid", traced)] if traceable else None]

    words, traced = trial(body)
    assert words == ["R (running)", "S (sleeping)", "T (stopped)", "Z (zombie)"]
    if traced is not None:
        assert traced == ["t (tracing stop)", "2"]


def test_stat():
    def body():
        pid = child(lambda: os.execv("/bin/sleep", ["sleep", "1000"]))
        until(lambda: fields("Name", pid) == ["sleep"])
        until_state(pid, "S")
        text = read(f"/proc/{pid}/stat")
        dead = zombie(5)
        return [
            text.split()[:8],
            len(text.split()),
            text[-1],
            read(f"/proc/{dead}/stat").split()[-1],
        ]

    assert trial(body) == [
        ["3", "(sleep)", "S", "2", "2", "2", "0", "-1"],
        52,
        "\n",
        str(5 << 8),  # a zombie's last field is its wait status
    ]


def test_what_is_left_of_a_zombie():
    need(root=True)

    def body():
        pid = zombie()
        have = status(pid)
        return {
            "status": ["Umask" in have, "VmSize" in have, have["FDSize"], have["Threads"]],
            "cmdline": read(f"/proc/{pid}/cmdline"),
            "comm": read(f"/proc/{pid}/comm") == read("/proc/self/comm"),
            "links": [err(os.readlink, f"/proc/{pid}/{name}") for name in ("cwd", "root", "exe")],
            "fd": os.listdir(f"/proc/{pid}/fd"),
            "task": os.listdir(f"/proc/{pid}/task") == [str(pid)],
            "environ": err(read, f"/proc/{pid}/environ"),
        }

    assert trial(body) == {
        "status": [False, False, "0", "1"],
        "cmdline": "",
        "comm": True,
        "links": ["ENOENT"] * 3,
        "fd": [],
        "task": True,
        "environ": "ESRCH",
    }


def test_namespace_links():
    def body():
        names = os.listdir("/proc/self/ns")
        links = {name: os.readlink(f"/proc/self/ns/{name}") for name in names}
        return [names, [link.split(":")[0] for link in links.values()], links["pid"]]

    names, kinds, pid = trial(body)
    order = "net uts ipc pid pid_for_children user mnt cgroup time time_for_children"
    assert " ".join(names) == order
    assert kinds == [name.removesuffix("_for_children") for name in names]
    assert pid.startswith("pid:[")
    assert pid[5:-1].isdigit()


def test_cmdline_and_links():
    def body():
        os.mkdir("/tmp/probe-gone")
        os.chdir("/tmp/probe-gone")
        os.rmdir("/tmp/probe-gone")
        pid = child(lambda: os.execv("/bin/sleep", ["sleep", "1000", "0", "0.5"]))
        until(lambda: read(f"/proc/{pid}/cmdline").startswith("sleep"))  # later than its name
        reader, writer = os.pipe()
        inode = os.fstat(reader).st_ino
        modes = [oct(os.lstat(f"/proc/self/fd/{fd}").st_mode) for fd in (reader, writer)]
        return [
            read(f"/proc/{pid}/cmdline"),
            os.readlink("/proc/self/cwd"),
            os.readlink(f"/proc/self/fd/{reader}") == f"pipe:[{inode}]",
            modes,
        ]

    def in_tmpfs():
        mount("tmpfs", "/tmp", "tmpfs")
        return body()

    assert trial(in_tmpfs) == [
        "sleep\x001000\x000\x000.5\x00",
        "/tmp/probe-gone (deleted)",
        True,
        ["0o120500", "0o120300"],
    ]


def test_what_was_opened_before_the_process_was_reaped():
    def body():
        pid = zombie()
        files = [os.open(f"/proc/{pid}/{name}", os.O_RDONLY) for name in ("status", "cmdline")]
        directory = os.open(f"/proc/{pid}", os.O_RDONLY)
        os.chdir(f"/proc/{pid}")
        wait4(pid)
        return [
            [err(os.read, fd, 10) for fd in files],
            os.listdir(directory),
            err(lambda: os.open("status", os.O_RDONLY, dir_fd=directory)),
            [err(os.listdir, "."), err(os.getcwd)],
        ]

    assert trial(body) == [["ESRCH", "ESRCH"], [], "ESRCH", ["ESRCH", "ENOENT"]]
