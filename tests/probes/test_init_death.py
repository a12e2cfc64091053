"""P10: a namespace ends with its init.

pid_namespaces(7), "The namespace init process", tried.
"""

import os
import signal

from tests.probes._calls import (
    CLONE_NEWPID,
    PR_SET_CHILD_SUBREAPER,
    err,
    kill,
    mount,
    prctl,
    unshare,
    wait4,
)
from tests.probes._inside import (
    Box,
    Gate,
    child,
    end,
    fields,
    fork,
    in_new_pid_ns,
    pids,
    read,
    rest,
    spare,
    state,
    until,
    until_state,
)
from tests.probes._real import need, trial


def test_everyone_inside_is_killed_and_reaped_before_the_parent_hears_of_it():
    def body():
        unshare(CLONE_NEWPID)
        gate, box = Gate(), Box()

        def stubborn():
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            box.put("born")
            rest()

        def init():
            child(stubborn)
            child(lambda: child(stubborn))  # an orphan
            gate.pass_()
            return 5

        pid = child(init)
        box.get(), box.get()
        inside = [vpids for other in pids() if (vpids := fields("NSpid", other)[0]) != str(other)]
        gate.open()
        return [len(inside) >= 3, wait4(pid), pids()]

    assert trial(body) == [True, [3, 5 << 8], [1, 2]]


def test_init_lingers_until_an_outsider_has_reaped_his_own_child_in_there():
    """waitpid(init) would block; the other child has to be waited for first."""

    def body():
        init, _ = in_new_pid_ns(lambda: None)
        other = spare()
        kill(init, signal.SIGKILL)
        until_state(other, "Z")
        until(lambda: read(f"/proc/{init}/wchan") in ("zap_pid_ns_processes", "0"))
        lingering = [state(init), wait4(init, 1), fork()]
        return [lingering, wait4(-1), wait4(init), state(init)]

    assert trial(body) == [["S", [0, 0], "ENOMEM"], [4, 9], [3, 9], ""]


def test_a_zombie_keeps_two_of_its_namespace_links():
    need(root=True)

    def body():
        init, _ = in_new_pid_ns(lambda: None)
        kill(init, signal.SIGKILL)
        until_state(init, "Z")
        names = os.listdir(f"/proc/{init}/ns")
        return [name for name in names if err(os.readlink, f"/proc/{init}/ns/{name}") == "ENOENT"]

    gone = trial(body)
    assert "pid" not in gone
    assert "user" not in gone
    assert {"uts", "mnt", "ipc", "net", "cgroup", "pid_for_children"} <= set(gone)


def test_a_nested_namespace_dies_with_the_one_around_it():
    def body():
        def outer():
            inner, _ = in_new_pid_ns(lambda: child(rest))
            return inner

        init, _ = in_new_pid_ns(outer)
        before = len(pids())
        kill(init, signal.SIGKILL)
        return [before, wait4(init), pids()]

    assert trial(body) == [5, [3, 9], [1, 2]]


def test_who_joined_from_outside_goes_to_the_outer_init_not_to_the_inner():
    """An orphan is adopted where its father lived; getppid stays 0 in there."""

    def body(subreaper):
        prctl(PR_SET_CHILD_SUBREAPER, subreaper)
        box, leave, asked = Box(), Gate(), Gate()

        def joined():
            before = os.getppid()
            asked.pass_()
            box.put([before, os.getppid()])
            rest()

        def father():
            unshare(CLONE_NEWPID)
            box.put([spare(), child(joined)])
            leave.pass_()

        pid = child(father)
        family = box.get()
        before = [fields("PPid", one)[0] == str(pid) for one in family]
        leave.open()
        wait4(pid)
        asked.open()
        return [before, [fields("PPid", one)[0] for one in family], box.get()]

    assert trial(body, 0) == [[True, True], ["1", "1"], [0, 0]]
    assert trial(body, 1) == [[True, True], ["2", "2"], [0, 0]]


def test_a_proc_mount_outlives_its_namespace_without_processes():
    def body():
        mount("tmpfs", "/mnt", "tmpfs")
        os.mkdir("/mnt/proc")
        init, seen = in_new_pid_ns(lambda: mount("proc", "/mnt/proc", "proc"))
        alive = pids("/mnt/proc")
        end(init)
        return [seen, alive, pids("/mnt/proc"), "version" in os.listdir("/mnt/proc")]

    assert trial(body) == [None, [1], [], True]
