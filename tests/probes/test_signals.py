"""P2, P11: sending, pending, queueing, blocking, ignoring; what fork and exec keep.

signal(7), sigaction(2), rt_sigqueueinfo(2), proc_pid_status(5), tried.
"""

import os
import resource
import signal

from tests.probes._calls import (
    SI_QUEUE,
    SI_TKILL,
    SI_USER,
    WCONTINUED,
    WNOHANG,
    WUNTRACED,
    call,
    dequeue,
    handle,
    kill,
    sigqueue,
    wait4,
)
from tests.probes._inside import (
    Box,
    ask,
    child,
    end,
    fields,
    pending,
    rest,
    signals,
    spare,
    state,
    status,
    stopped,
    until_state,
)
from tests.probes._real import trial

USR1, USR2, TERM, WINCH = signal.SIGUSR1, signal.SIGUSR2, signal.SIGTERM, signal.SIGWINCH
STOP, CONT, TSTP, TTIN = signal.SIGSTOP, signal.SIGCONT, signal.SIGTSTP, signal.SIGTTIN
CHLD, KILL, HUP = signal.SIGCHLD, signal.SIGKILL, signal.SIGHUP
RT = 34  # the first the kernel's users may have: glibc keeps 32 and 33


def block(*numbers):
    signal.pthread_sigmask(signal.SIG_BLOCK, numbers)


def unblock(*numbers):
    signal.pthread_sigmask(signal.SIG_UNBLOCK, numbers)


def take(*numbers):
    """Dequeue all of these that are pending: [[number, si_code, si_pid]]."""
    taken = []
    while info := dequeue(numbers):
        taken.append(info)
    return taken


def masks(*names, of=None):
    """Masks of a status file, without the two signals that are glibc's own."""
    have = of or status()
    return [[number for number in signals(have[name]) if number not in (32, 33)] for name in names]


def blocking(*numbers):
    """A child that blocks these and rests."""
    box = Box()

    def sleeper():
        block(*numbers)
        box.put("blocked")
        rest()

    pid = child(sleeper)
    box.get()
    return pid


def ignoring(number):
    box = Box()

    def sleeper():
        signal.signal(number, signal.SIG_IGN)
        box.put("ignored")
        rest()

    pid = child(sleeper)
    box.get()
    return pid


def test_standard_signals_merge_and_thread_and_process_pend_apart():
    def body():
        me = os.getpid()
        block(USR1)
        twice = [kill(me, USR1), kill(me, USR1), pending()]
        call("tgkill", me, me, USR1)
        return [twice, pending(), take(USR1)]

    assert trial(body) == [
        [0, 0, [[], [USR1]]],
        [[USR1], [USR1]],
        [[USR1, SI_TKILL, 2], [USR1, SI_USER, 2]],  # the thread's own first
    ]


def test_realtime_signals_queue_each_in_order_and_after_the_standard_ones():
    def body():
        me = os.getpid()
        block(USR1, USR2, TERM, RT, RT + 2)
        for number in (RT + 2, RT, TERM, RT, USR2, USR1):
            kill(me, number)
        return [number for number, _, _ in take(USR1, USR2, TERM, RT, RT + 2)]

    assert trial(body) == [USR1, USR2, TERM, RT, RT, RT + 2]


def test_sigqueue():
    def body():
        me, other = os.getpid(), spare()
        block(USR1, RT)
        for value in (1, 2, 3):
            sigqueue(me, RT, value=value)
        merged = [sigqueue(me, USR1), sigqueue(me, USR1)]
        return {
            "taken": [merged, take(USR1, RT)],
            "kernel's codes": [sigqueue(other, 0, code) for code in (SI_USER, SI_TKILL)],
            "own codes": [sigqueue(me, 0, code) for code in (SI_USER, SI_TKILL)],
            "nobody": sigqueue(9999, 0),
            "signal": sigqueue(me, 65),
        }

    one = [RT, SI_QUEUE, 2]
    assert trial(body) == {
        "taken": [[0, 0], [[USR1, SI_QUEUE, 2], one, one, one]],
        "kernel's codes": ["EPERM", "EPERM"],
        "own codes": [0, 0],
        "nobody": "ESRCH",
        "signal": "EINVAL",
    }


def test_a_full_queue_refuses_sigqueue_but_never_kill():
    def body():
        resource.setrlimit(resource.RLIMIT_SIGPENDING, (3, 3))
        me = os.getpid()
        block(RT, RT + 1, USR1, USR2)
        # other processes of this user count too: fill up whatever room they leave
        filled = [sigqueue(me, RT) for _ in range(5)]
        answers = [sigqueue(me, RT + 1), kill(me, RT + 1), kill(me, USR1), sigqueue(me, USR2)]
        return ["EAGAIN" in filled[-2:], answers, [number for number, _, _ in take(USR1, USR2)]]

    assert trial(lambda: ask(body)) == [True, ["EAGAIN", 0, 0, 0], [USR1, USR2]]


def test_stop_and_continue_signals_cancel_each_other():
    def body():
        pid = blocking(TSTP, TTIN, CONT)
        found = []
        for number in (TSTP, TTIN, CONT, TSTP):
            kill(pid, number)
            found.append(pending(pid)[1])
        kill(pid, STOP)
        wait4(pid, WUNTRACED)
        found.append(pending(pid)[1])
        return found

    # STOP clears a pending CONT, not the other stops
    assert trial(body) == [[TSTP], [TSTP, TTIN], [CONT], [TSTP], [TSTP]]


def test_cont_continues_even_if_blocked_or_ignored():
    def body():
        answers = []
        for pid in (blocking(CONT), ignoring(CONT)):
            kill(pid, STOP)
            wait4(pid, WUNTRACED)
            kill(pid, CONT)
            answers.append([wait4(pid, WCONTINUED)[1], until_state(pid, "S"), pending(pid)[1]])
        return answers

    assert trial(body) == [[0xFFFF, "S", [CONT]], [0xFFFF, "S", []]]


def test_an_ignored_stop_does_not_stop():
    def body():
        pid = ignoring(TSTP)
        kill(pid, TSTP)
        return [pending(pid), wait4(pid, WUNTRACED | WNOHANG), state(pid) in "SR"]

    assert trial(body) == [[[], []], [0, 0], True]


def test_a_stopped_process_keeps_what_it_is_sent_until_continued():
    def body():
        pid = stopped()
        for number in (TERM, WINCH, CHLD):
            kill(pid, number)
        kept = [pending(pid)[1], state(pid)]
        kill(pid, CONT)
        return [kept, wait4(pid)]

    assert trial(body) == [[[TERM], "T"], [3, TERM]]


def test_ignored_signals_pend_only_while_blocked():
    def body():
        me = os.getpid()
        signal.signal(USR1, signal.SIG_IGN)
        kill(me, USR1)
        kill(me, WINCH)
        free = pending()
        block(USR1, WINCH, CHLD)
        for number in (USR1, WINCH, CHLD):
            kill(me, number)
        blocked = pending()[1]
        signal.signal(USR1, signal.SIG_IGN)
        signal.signal(WINCH, signal.SIG_DFL)
        return [free, sorted(blocked), pending()[1]]

    # setting what means "ignore" throws the pending one away
    assert trial(body) == [[[], []], sorted([USR1, WINCH, CHLD]), [CHLD]]


def test_fork_clears_what_is_pending_and_keeps_the_rest():
    def body():
        block(USR1, TERM)
        signal.signal(USR2, signal.SIG_IGN)
        handle(HUP, 0)
        kill(os.getpid(), TERM)

        def sets():
            return [pending(), *masks("SigBlk", "SigIgn", "SigCgt")]

        return [sets(), ask(sets)]

    sets = [[USR1, TERM], [USR2], [HUP]]
    assert trial(body) == [[[[], [TERM]], *sets], [[[], []], *sets]]


def test_exec_keeps_pending_blocked_and_ignored_but_no_handlers():
    def body():
        reader, writer = os.pipe()

        def program():
            os.dup2(writer, 1)
            block(USR1)
            kill(os.getpid(), USR1)
            signal.signal(USR2, signal.SIG_IGN)
            handle(HUP, 0)
            os.execv("/bin/cat", ["cat", "/proc/self/status"])

        pid = child(program)
        os.close(writer)
        with os.fdopen(reader) as file:
            after = dict(line.split(":\t", 1) for line in file.read().splitlines())
        wait4(pid)
        return masks("ShdPnd", "SigBlk", "SigIgn", "SigCgt", of=after)

    assert trial(body) == [[USR1], [USR1], [USR2], []]


def test_default_actions():
    def body():
        actions = {}
        for number in sorted(signal.valid_signals()):
            pid = spare()
            call("setpgid", pid, pid)  # not orphaned, so that stops stop
            kill(pid, number)
            if number in (CHLD, CONT, signal.SIGURG, WINCH):
                actions[int(number)] = "ignore"
                kill(pid, TERM)
                if wait4(pid)[1] != TERM:
                    actions[int(number)] = "terminate"
                continue
            word = wait4(pid, WUNTRACED)[1]
            actions[int(number)] = "stop" if word & 0xFF == 0x7F else "terminate"
            if word & 0x7F not in (number, 0x7F):
                actions[int(number)] = hex(word)
            if word & 0xFF == 0x7F:
                end(pid)
        return actions

    actions = {int(number): action for number, action in trial(body).items()}
    assert {number for number, action in actions.items() if action == "ignore"} == {17, 18, 23, 28}
    assert {number for number, action in actions.items() if action == "stop"} == {19, 20, 21, 22}
    assert set(actions.values()) == {"ignore", "stop", "terminate"}


def test_the_status_file_counts_the_queue():
    def body():
        block(RT)
        for _ in range(20):  # the count is of the user's processes all together
            before, limit = str(fields("SigQ")[0]).split("/")
            kill(os.getpid(), RT)
            kill(os.getpid(), RT)
            after = str(fields("SigQ")[0]).split("/")
            if int(after[0]) - int(before) >= 2:
                break
        return [int(after[0]) - int(before) >= 2, after[1] == limit]

    assert trial(body) == [True, True]
