"""P12: thread groups: whose pid is whose, who is whose child, and what is left when a thread ends.

clone(2), gettid(2), tgkill(2), execve(2), wait(2), proc_pid_task(5), tried.
"""

import os
import signal
import sys
import threading
from collections.abc import Callable
from typing import Any

from tests.probes._calls import (
    P_PID,
    WALL,
    WEXITED,
    WNOHANG,
    WNOTHREAD,
    call,
    err,
    kill,
    wait4,
    waitid,
)
from tests.probes._inside import (
    Box,
    Gate,
    ask,
    child,
    fields,
    pids,
    rest,
    spare,
    stat,
    until,
    until_state,
)
from tests.probes._real import need, trial

KILL, TERM = signal.SIGKILL, signal.SIGTERM


def with_leader_gone(function: Callable[[], Any]) -> int:
    """A child whose leader has called exit(4) and whose other thread runs FUNCTION."""

    def leader() -> None:
        def other() -> None:
            until_state(os.getpid(), "Z")
            function()

        threading.Thread(target=other).start()
        call("exit", 4)

    return child(leader)


def test_ids_of_a_second_thread():
    def body():
        box, done = Box(), Gate()

        def other():
            me = threading.get_native_id()
            box.put([me, os.getpid(), fields("Pid Tgid NSpid NStgid", f"self/task/{me}")])
            done.pass_()

        thread = threading.Thread(target=other)
        thread.start()
        tid, pid, ids = box.get()
        tasks = sorted(map(int, os.listdir("/proc/self/task")))
        answer = [pid, ids, tasks == [pid, tid], tid in pids()]
        answer.append(fields("Pid Tgid Threads", tid))
        done.open()
        thread.join()
        return [tid, *answer]

    assert trial(body) == [
        3,
        2,
        ["3", "2", "3", "2"],
        True,
        False,  # /proc does not list it, yet opens it
        ["3", "2", "2"],
    ]


def test_a_child_belongs_to_the_process_and_first_of_all_to_its_thread():
    def body():
        born, done, box = Gate(), Gate(), Box()
        found: dict[str, int] = {}

        def other():
            found["pid"] = child(lambda: 1)
            born.open()
            done.pass_()
            box.put(wait4(found["pid"], WNOTHREAD))

        thread = threading.Thread(target=other)
        thread.start()
        born.pass_()
        pid = found["pid"]
        until_state(pid, "Z")
        strangers = [wait4(pid, WNOTHREAD), wait4(-1, WNOTHREAD | WNOHANG)]
        done.open()
        thread.join()
        return [stat(pid), strangers, box.get() == [pid, 256]]

    assert trial(body) == [[], [["ECHILD"], ["ECHILD"]], True]


def test_the_child_of_a_thread_that_ended_is_the_processs():
    def body():
        born: list[int] = []
        thread = threading.Thread(target=lambda: born.append(spare()))
        thread.start()
        thread.join()
        parent = fields("PPid", born[0])
        kill(born[0], TERM)
        return [parent, wait4(born[0])[1]]

    assert trial(body) == [["2"], TERM]


def test_a_dead_leader_is_a_zombie_that_nobody_can_wait_for_yet():
    def body():
        box, gate = Box(), Gate()

        def other():
            me, tid = os.getpid(), threading.get_native_id()
            offspring = spare()
            box.put(
                {
                    "status": fields("State Threads"),
                    "tasks": sorted(map(int, os.listdir("/proc/self/task"))) == [me, tid],
                    "alive": stat(f"{me}/task/{tid}")[0],
                    "links": [err(os.readlink, f"/proc/{me}/{name}") for name in ("exe", "ns/uts")],
                    "fds": err(os.listdir, f"/proc/{me}/fd"),
                    "kill": kill(me, 0),
                    "child's parent": fields("PPid", offspring) == [str(me)],
                }
            )
            gate.pass_()
            os._exit(6)  # exit_group

        pid = with_leader_gone(other)
        seen = box.get()
        waiting = [wait4(pid, WNOHANG), waitid(P_PID, pid, WEXITED | WNOHANG)]
        gate.open()
        return [seen, waiting, wait4(pid)[1]]

    assert trial(body) == [
        {
            "status": ["Z (zombie)", "2"],
            "tasks": True,
            "alive": "R",
            "links": ["ENOENT", "ENOENT"],
            "fds": [],
            "kill": 0,
            "child's parent": True,
        },
        [[0, 0], []],
        6 << 8,
    ]


def test_the_last_thread_to_leave_says_how_the_process_ended():
    def body():
        leader_first = wait4(with_leader_gone(lambda: call("exit", 7)))[1]

        def leader():
            threading.Thread(target=lambda: call("exit", 7)).start()
            until(lambda: len(os.listdir("/proc/self/task")) == 1)
            call("exit", 4)

        return [leader_first, wait4(child(leader))[1]]

    assert trial(body) == [7 << 8, 4 << 8]


def test_a_process_with_a_dead_leader_can_be_killed():
    def body():
        pid = with_leader_gone(rest)
        until_state(pid, "Z")
        return [kill(pid, KILL), wait4(pid)]

    assert trial(body) == [0, [3, KILL]]


def test_what_a_tid_is_good_for():
    need(release=(6, 18))  # pidfd_open's errno has changed over time

    def body():
        box = Box()

        def two_threads():
            def other():
                box.put(threading.get_native_id())
                rest_in_thread.pass_()

            threading.Thread(target=other).start()
            rest()

        rest_in_thread = Gate()
        pid = child(two_threads)
        tid = box.get()
        answers = {
            "wait": [wait4(tid, WNOHANG | flag) for flag in (0, WALL)],
            "waitid": waitid(P_PID, tid, WEXITED | WNOHANG),
            "getpgid": [call("getpgid", tid), call("getsid", tid)],
            "setpgid": [call("setpgid", tid, 0), call("setpgid", pid, tid)],
            "pidfd_open": call("pidfd_open", tid, 0),
            "kill": [kill(-tid, 0), kill(tid, TERM)],
        }
        return {**answers, "died of": wait4(pid)[1]}

    assert trial(body) == {
        "wait": [["ECHILD"], ["ECHILD"]],
        "waitid": "ECHILD",
        "getpgid": [2, 2],
        "setpgid": ["EINVAL", "EPERM"],
        "kill": ["ESRCH", 0],
        "pidfd_open": "ENOENT",
        "died of": TERM,  # kill(2) by a tid reaches the whole process
    }


def test_tgkill_and_tkill():
    def body():
        box, done = Box(), Gate()

        def other():
            box.put(threading.get_native_id())
            done.pass_()

        thread = threading.Thread(target=other)
        thread.start()
        me, tid = os.getpid(), box.get()
        answers = {
            "found": [call("tgkill", me, tid, 0), call("tgkill", me, me, 0)],
            "other group": call("tgkill", tid, tid, 0),
            "nobody": [call("tgkill", me, 9999, number) for number in (0, 65)],
            "not positive": [call("tgkill", *ids, 0) for ids in ((me, 0), (0, me), (-1, me))],
            "signal": call("tgkill", me, tid, 65),
            "tkill": [call("tkill", *args) for args in ((tid, 0), (9999, 0), (0, 0), (me, 65))],
        }
        done.open()
        thread.join()
        return answers

    assert trial(body) == {
        "found": [0, 0],
        "other group": "ESRCH",
        "nobody": ["ESRCH", "ESRCH"],
        "not positive": ["EINVAL"] * 3,
        "signal": "EINVAL",
        "tkill": [0, "ESRCH", "EINVAL", "EINVAL"],
    }


SAY_WHO = """
import os, sys, threading
os.write(int(sys.argv[1]), b"[%d, %d, %d]\\n" % (
    os.getpid(), threading.get_native_id(), len(os.listdir("/proc/self/task"))))
"""


def test_exec_by_another_thread_takes_the_leaders_place():
    def body():
        box = Box()

        def two_threads():
            def other():
                os.set_inheritable(box.writer, True)
                box.put(threading.get_native_id())
                os.execv(sys.executable, [sys.executable, "-ISc", SAY_WHO, str(box.writer)])

            threading.Thread(target=other).start()
            rest()

        pid = child(two_threads)
        return [pid, box.get(), box.get(), wait4(pid)]

    assert trial(body) == [3, 4, [3, 3, 1], [3, 0]]


def test_a_signal_to_the_process_pends_once_for_all_threads():
    def body():
        signal.pthread_sigmask(signal.SIG_BLOCK, [TERM, signal.SIGUSR1])

        def two_threads():
            box, done = Box(), Gate()

            def other():
                box.put(threading.get_native_id())
                done.pass_()

            threading.Thread(target=other).start()
            me, tid = os.getpid(), box.get()
            kill(me, TERM)
            call("tgkill", me, tid, signal.SIGUSR1)
            got = [
                fields("SigPnd ShdPnd", f"self/task/{one}") for one in sorted((me, tid))
            ]  # the leader has the lower number
            done.open()
            return got

        return ask(two_threads)

    term, usr1 = f"{1 << TERM - 1:016x}", f"{1 << signal.SIGUSR1 - 1:016x}"
    assert trial(body) == [[f"{0:016x}", term], [usr1, term]]
