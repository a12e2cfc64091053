"""P2, P3, P10: which ids are seen from where, and who can signal whom, across a namespace border.

pid_namespaces(7), kill(2), tried.
"""

import os
import signal

from tests.probes._calls import (
    CLD_EXITED,
    CLD_KILLED,
    CLONE_NEWNS,
    CLONE_NEWPID,
    SI_USER,
    call,
    err,
    kill,
    mount,
    unshare,
    wait4,
)
from tests.probes._inside import (
    Box,
    ask,
    child,
    end,
    fields,
    in_new_pid_ns,
    pids,
    rest,
    spare,
    stat,
    zombie,
)
from tests.probes._real import need, trial

USR1, KILL, TERM, CHLD = signal.SIGUSR1, signal.SIGKILL, signal.SIGTERM, signal.SIGCHLD


def test_ids_from_outside_read_as_zero():
    def body():
        def inside():
            own = [os.getpid(), os.getppid(), os.getpgrp(), os.getsid(0)]
            others = [os.getpgid(1), os.getsid(1)]
            before = fields("Pid PPid NSpid NSpgid NSsid")
            unshare(CLONE_NEWNS)
            mount("proc", "/proc", "proc")
            after = fields("Pid PPid NSpid NSpgid NSsid")
            return [own, others, before, after, stat()[1:], pids()]

        return in_new_pid_ns(inside)

    assert trial(body) == [
        3,
        [
            [1, 0, 0, 0],
            [0, 0],
            ["3", "2", "3\t1", "2\t0", "2\t0"],
            ["1", "0", "1", "0", "0"],
            ["0", "0", "0", "0", "-1"],
            [1],
        ],
    ]


def test_an_invisible_pid_is_as_good_as_none():
    def body():
        outside = os.getpid()

        def inside():
            return [
                [call(name, pid) for pid in (outside, 99, -1)] for name in ("getpgid", "getsid")
            ] + [[kill(pid, 0) for pid in (outside, 99)], err(os.listdir, "/proc/99")]

        return in_new_pid_ns(inside)[1]

    assert trial(body) == [["ESRCH"] * 3, ["ESRCH"] * 3, ["ESRCH"] * 2, "ENOENT"]


def test_groups_and_sessions_get_numbers_of_the_namespace_once_they_are_led_from_it():
    def body():
        def inside():
            grouped = [call("setpgid", 0, 0), os.getpgrp(), call("setpgid", 0, 7), call("setsid")]
            return [grouped, ask(lambda: [call("setsid"), os.getpgrp(), os.getsid(0)])]

        init, answer = in_new_pid_ns(inside)
        outside = call("getpgid", init)
        plain = spare()
        moved = [call("setpgid", plain, 0), call("getpgid", plain) == plain]
        moved += [call("setpgid", plain, 2), call("getpgid", plain)]
        return [answer, outside == init, moved]

    assert trial(body) == [
        [[0, 1, "EPERM", "EPERM"], [2, 2, 2]],
        True,
        [0, True, 0, 2],
    ]


def test_kill_minus_one_spares_the_caller_and_init():
    def body():
        alone = [kill(-1, 0), kill(-1, TERM)]
        pid = spare()
        return [alone, kill(-1, TERM), wait4(pid), kill(1, 0)]

    assert trial(body) == [["ESRCH", "ESRCH"], 0, [3, TERM], 0]


def test_kill_minus_one_by_init_spares_init():
    def body():
        alone = kill(-1, KILL)
        pid = spare()
        return [alone, kill(-1, KILL), wait4(pid)]

    assert trial(body, as_init=True) == ["ESRCH", 0, [2, KILL]]


def test_kill_minus_one_reaches_down_into_nested_namespaces_but_not_out():
    def body():
        near = spare()

        def inside():
            deep = spare()
            return [kill(-1, KILL), wait4(deep), kill(-1, 0)]

        init, answer = in_new_pid_ns(inside)
        untouched = wait4(near, 1)
        return [answer, untouched, kill(-1, KILL), wait4(init), wait4(near)]

    assert trial(body) == [[0, [2, KILL], "ESRCH"], [0, 0], 0, [4, KILL], [3, KILL]]


def test_a_zombie_counts_as_someone_to_signal():
    def body():
        pid = zombie(3)
        answers = [kill(pid, 0), kill(pid, KILL), kill(-1, TERM)]
        ids = [call("getpgid", pid), call("getsid", pid)]
        return [answers, ids, wait4(pid), kill(pid, 0), kill(-1, 0)]

    assert trial(body) == [[0, 0, 0], [2, 2], [3, 3 << 8], "ESRCH", "ESRCH"]


def test_kill_looks_for_the_process_before_it_looks_at_the_signal():
    def body():
        return {
            "bad signal": [kill(1, 65), kill(1, -1)],
            "nobody": [kill(9999, 0), kill(9999, 65), kill(-9999, 0)],
            "INT_MIN": [kill(-(2**31), 0), kill(-(2**31), 65)],
            "self": kill(os.getpid(), 0),
        }

    assert trial(body) == {
        "bad signal": ["EINVAL", "EINVAL"],
        "nobody": ["ESRCH", "ESRCH", "ESRCH"],
        "INT_MIN": ["ESRCH", "ESRCH"],
        "self": 0,
    }


def test_kill_zero_reaches_the_whole_group_even_outside():
    """The one way up: the inherited group spans the border, and si_pid is *not* translated."""

    def body():
        signal.pthread_sigmask(signal.SIG_BLOCK, [USR1])
        answer = in_new_pid_ns(lambda: ask(lambda: [os.getpid(), kill(0, USR1)]))[1]
        got = signal.sigwaitinfo([USR1])
        return [answer, got.si_pid, got.si_code]

    assert trial(body) == [[2, 0], 2, SI_USER]


def test_si_pid_is_zero_for_a_sender_out_of_sight():
    def body():
        signal.pthread_sigmask(signal.SIG_BLOCK, [USR1, CHLD])
        unshare(CLONE_NEWPID)
        box = Box()

        def took(number):
            info = signal.sigwaitinfo([number])
            return [info.si_pid, info.si_code]

        def receiver():
            box.put("ready")
            box.put(took(USR1))
            child(lambda: kill(1, USR1))
            box.put(took(USR1))
            box.put(took(CHLD))
            rest()

        init = child(receiver)
        box.get()
        kill(init, USR1)
        seen = {"parent": box.get(), "child": box.get(), "death of child": box.get()}
        end(init)
        return {**seen, "death of init": took(CHLD)}

    assert trial(body) == {
        "parent": [0, SI_USER],
        "child": [2, SI_USER],
        "death of child": [2, CLD_EXITED],
        "death of init": [3, CLD_KILLED],
    }


def test_an_ordinary_user_may_signal_only_his_own():
    need(root=True)

    def body():
        other = spare()

        def user():
            os.setgid(1000)
            os.setuid(1000)
            one = [kill(other, 0), kill(9999, 0), call("tgkill", other, other, 0)]
            many = [kill(-1, 0), call("getsid", other)]
            return [one, many]

        return ask(user)

    # kill(-1) says 0 although every process it found refused
    assert trial(body) == [["EPERM", "ESRCH", "EPERM"], [0, 2]]


def test_wait_numbers_a_child_as_the_waiter_sees_it():
    def body():
        init, answer = in_new_pid_ns(lambda: wait4(zombie_of(7)))
        end(init)
        return answer

    def zombie_of(code):
        return child(lambda: code)  # no /proc of its own in there to wait for its death with

    assert trial(body) == [2, 7 << 8]
