"""What is told of a process, where Linux says it in another way than the model keeps it."""

from __future__ import annotations

from nsh.session.comparing.seen import of_model
from nsh.session.session import Session


def test_what_a_thread_waits_for_is_not_blocked() -> None:
    """do_sigtimedwait() lets it in meanwhile, and so `/proc/PID/status` says; timeout waits so."""
    session = Session("mainline", keep=False)
    session.load("spawn w\nw timeout 9 sleep infinity &\ntrue\n", "x.nsh")
    tasks = list(of_model(session))[-1].tasks
    waiter = next(facts for facts in tasks.values() if facts.comm == "timeout")
    assert waiter.blocked == 0
