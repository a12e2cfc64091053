"""What is told of a process, where Linux says it in another way than the model keeps it."""

from __future__ import annotations

from nsh.abi.signals import Sig, bit
from nsh.session.comparing.seen import Seen, of_model
from nsh.session.session import Session


def test_what_a_thread_waits_for_is_not_blocked() -> None:
    """do_sigtimedwait() lets it in meanwhile, and so `/proc/PID/status` says; timeout waits so."""
    session = Session("mainline", keep=False)
    session.load("timeout 9 sleep 3\n", "x.nsh")
    asleep = [step.tasks for step in of_model(session) if "sleep" in names(step)]
    masks = [facts.blocked for tasks in asleep for facts in tasks.values() if facts.ppid == 1]
    assert masks[0] == bit(Sig.SIGALRM) | bit(Sig.SIGCHLD)
    assert 0 in masks


def names(step: Seen) -> set[str]:
    return {facts.comm for facts in step.tasks.values()}
