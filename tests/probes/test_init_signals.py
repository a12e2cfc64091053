"""P11: signals to a namespace's init, from inside and from an ancestor.

pid_namespaces(7), "The namespace init process", tried.
"""

import os
import signal
import threading
from typing import Any

import pytest

from tests.probes._calls import CLONE_NEWPID, WCONTINUED, WUNTRACED, kill, unshare, wait4
from tests.probes._inside import (
    Box,
    Gate,
    ask,
    child,
    fields,
    in_new_pid_ns,
    pending,
    rest,
    state,
    until_state,
)
from tests.probes._real import trial

TERM, USR1, USR2 = signal.SIGTERM, signal.SIGUSR1, signal.SIGUSR2
HARMLESS_INSIDE = [signal.SIGKILL, signal.SIGSTOP, signal.SIGTSTP, TERM, signal.SIGSEGV]


@pytest.mark.parametrize("number", HARMLESS_INSIDE)
def test_default_actions_from_inside_are_dropped(number):
    def body():
        mine = [kill(1, number), pending()]
        childs = ask(lambda: kill(1, number))
        return [mine, childs, pending(), os.getpid()]

    assert trial(body, as_init=True) == [[0, [[], []]], 0, [[], []], 1]


def _after_a_signal(blocking: str, sender_addresses: str) -> Any:
    """The status of an init with two threads, one of which blocks SIGUSR2 that the other sends."""

    def body():
        def init():
            done = threading.Event()
            mask = signal.SIG_BLOCK if blocking == "leader" else signal.SIG_UNBLOCK
            signal.pthread_sigmask(mask, [USR2])

            def thread():
                other = signal.SIG_BLOCK if blocking == "thread" else signal.SIG_UNBLOCK
                signal.pthread_sigmask(other, [USR2])
                target = os.getpid() if sender_addresses == "leader" else threading.get_native_id()
                os.kill(target, USR2)
                done.set()

            threading.Thread(target=thread).start()
            done.wait()
            os._exit(7)

        assert unshare(CLONE_NEWPID) == 0
        pid = os.fork()
        if not pid:
            init()
        return wait4(pid)[1]

    return trial(body)


@pytest.mark.parametrize("of", ["leader", "thread"])
def test_one_thread_that_blocks_and_one_that_does_not_are_an_inits_death(of):
    """complete_signal(): what the target blocks is queued, and fatal once another can take it."""
    status = _after_a_signal(blocking=of, sender_addresses=of)
    if os.WIFEXITED(status):
        pytest.skip("this kernel spares it")
    assert status == int(USR2)


@pytest.mark.parametrize("of", ["leader", "thread"])
def test_a_target_that_does_not_block_keeps_an_init_alive(of):
    other = "thread" if of == "leader" else "leader"
    assert _after_a_signal(blocking=other, sender_addresses=of) == 7 << 8


def test_handled_signals_from_inside_arrive():
    def body():
        box = Box()
        signal.signal(TERM, lambda *_: box.put("handled"))
        answer = [kill(1, TERM), box.get()]
        return [answer, ask(lambda: kill(1, TERM)), box.get()]

    assert trial(body, as_init=True) == [[0, "handled"], 0, "handled"]


def test_a_blocked_one_stays_pending_and_is_dropped_when_unblocked_without_a_handler():
    def body():
        handled = []
        signal.pthread_sigmask(signal.SIG_BLOCK, [TERM, USR1])
        for number in (TERM, USR1):
            kill(1, number)
        waiting = pending()
        signal.signal(TERM, lambda number, _: handled.append(int(number)))
        signal.pthread_sigmask(signal.SIG_UNBLOCK, [TERM, USR1])
        return [waiting, handled, pending()]

    assert trial(body, as_init=True) == [[[], [USR1, TERM]], [TERM], [[], []]]


def test_an_ancestor_kills_and_stops_it():
    def body():
        init, _ = in_new_pid_ns(lambda: None)
        kill(init, signal.SIGSTOP)
        stop = wait4(init, WUNTRACED)
        kill(init, signal.SIGCONT)
        return [stop, wait4(init, WCONTINUED), kill(init, signal.SIGKILL), wait4(init)]

    assert trial(body) == [[3, 0x137F], [3, 0xFFFF], 0, [3, 9]]


@pytest.mark.parametrize(
    "number", [TERM, signal.SIGQUIT, signal.SIGSEGV, signal.SIGTSTP, signal.SIGHUP]
)
def test_an_ancestors_other_signals_are_dropped_too_without_a_handler(number):
    def body():
        init, _ = in_new_pid_ns(lambda: None)
        return [kill(init, number), pending(init), wait4(init, 1 | WUNTRACED)]

    assert trial(body) == [0, [[], []], [0, 0]]


def test_an_ancestors_handled_signal_arrives():
    def body():
        box = Box()

        def inside():
            signal.signal(TERM, lambda *_: box.put("handled"))

        init, _ = in_new_pid_ns(inside)
        kill(init, TERM)
        return box.get()

    assert trial(body) == "handled"


def test_an_ancestors_blocked_signal_waits_and_is_then_dropped():
    def body():
        unshare(CLONE_NEWPID)
        gate, box = Gate(), Box()

        def init():
            signal.pthread_sigmask(signal.SIG_BLOCK, [TERM])
            box.put("blocked")
            gate.pass_()
            signal.pthread_sigmask(signal.SIG_UNBLOCK, [TERM])
            box.put(["alive", fields("NSpid")[0]])
            rest()

        pid = child(init)
        box.get()
        kill(pid, TERM)
        waiting = pending(pid)
        gate.open()
        return [waiting, box.get()]

    assert trial(body) == [[[], [TERM]], ["alive", "3\t1"]]


def test_a_stop_from_inside_the_parent_namespace_does_not_make_it_mortal():
    """Stopped by an ancestor, still immune to TERM from there."""

    def body():
        init, _ = in_new_pid_ns(lambda: None)
        kill(init, signal.SIGSTOP)
        until_state(init, "T")
        answer = [kill(init, TERM), pending(init)]
        kill(init, signal.SIGCONT)
        until_state(init, "S")
        return [answer, state(init)]

    assert trial(body) == [[0, [[], []]], "S"]


def test_init_is_an_ordinary_process_to_itself_when_it_exits():
    def body():
        unshare(CLONE_NEWPID)
        return wait4(child(lambda: 5))

    assert trial(body) == [3, 5 << 8]
