"""P4: proc mounts of several namespaces, side by side: each keeps its mounter's view.

pid_namespaces(7), "/proc and PID namespaces", tried.
"""

import os

from tests.probes._calls import (
    CLONE_NEWPID,
    err,
    kill,
    mount,
    unshare,
)
from tests.probes._inside import (
    ask,
    child,
    end,
    fields,
    in_new_pid_ns,
    pids,
    read,
    rest,
    spare,
    stat,
    state,
    until,
)
from tests.probes._real import trial

LAST = "/proc/sys/kernel/ns_last_pid"
HOSTNAME = "/proc/sys/kernel/hostname"


def _nested():
    """A namespace whose proc is seen from here as well, at /mnt; its init, outer number 3.

    In there: 1 init, 2 in our own session and group, 3 in its own session.
    """
    mount("tmpfs", "/mnt", "tmpfs")

    def lead():
        os.setsid()
        rest()

    def inside():
        mount("proc", "/mnt", "proc")
        spare()
        leader = child(lead)
        until(lambda: stat(leader, "/mnt")[3] == str(leader))

    return in_new_pid_ns(inside)[0]


IDS = "Pid PPid Tgid NStgid NSpid NSpgid NSsid"


def test_each_mount_keeps_its_namespaces_view():
    def body():
        _nested()
        return [
            {pid: fields(IDS, pid) for pid in pids() if pid > 2},
            {pid: fields(IDS, pid, "/mnt") for pid in pids("/mnt")},
            {pid: stat(pid)[1:] for pid in pids() if pid > 2},
            {pid: stat(pid, "/mnt")[1:] for pid in pids("/mnt")},
        ]

    outer, inner, outer_stat, inner_stat = trial(body)
    assert outer == {
        "3": ["3", "2", "3", "3\t1", "3\t1", "2\t0", "2\t0"],
        "4": ["4", "3", "4", "4\t2", "4\t2", "2\t0", "2\t0"],
        "5": ["5", "3", "5", "5\t3", "5\t3", "5\t3", "5\t3"],
    }
    assert inner == {
        "1": ["1", "0", "1", "1", "1", "0", "0"],
        "2": ["2", "1", "2", "2", "2", "0", "0"],
        "3": ["3", "1", "3", "3", "3", "3", "3"],
    }
    assert outer_stat == {
        "3": ["2", "2", "2", "0", "-1"],
        "4": ["3", "2", "2", "0", "-1"],
        "5": ["3", "5", "5", "0", "-1"],
    }
    assert inner_stat == {
        "1": ["0", "0", "0", "0", "-1"],
        "2": ["1", "0", "0", "0", "-1"],
        "3": ["1", "3", "3", "0", "-1"],
    }


def test_self_is_absent_for_a_reader_from_elsewhere():
    def body():
        _nested()
        links = [err(os.readlink, f"/mnt/{name}") for name in ("self", "thread-self")]
        inside = ask(lambda: [os.readlink("/mnt/self"), os.readlink("/proc/self")])
        return [links, "self" in os.listdir("/mnt"), err(read, "/mnt/mounts"), inside]

    assert trial(body) == [["ENOENT", "ENOENT"], True, "ENOENT", ["4", "6"]]


def test_the_mount_decides_not_the_reader():
    """P4: whoever enters the namespace later and reads the old mount still sees its view."""

    def body():
        unshare(CLONE_NEWPID)
        init = spare()
        seen = ask(lambda: [os.getpid(), os.readlink("/proc/self"), len(pids())])
        end(init)
        return [seen, state(init)]

    assert trial(body) == [[2, "4", 4], ""]


def test_killing_by_the_number_a_foreign_mount_shows_hits_another():
    """Why transparency needs mount and caller to agree."""

    def body():
        _nested()
        return [pids("/mnt"), kill(3, 0), fields("NSpid", 3)]

    assert trial(body) == [[1, 2, 3], 0, ["3\t1"]]
