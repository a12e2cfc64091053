"""Every script on both kernels, held against each other step by step, as ``nsh compare`` does."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from nsh.abi.request import Blocked
from nsh.linux.opening import Unavailable
from nsh.session.real.session import RealSession
from nsh.session.session import Session
from tests.conformance import (
    _link_scripts,
    _mixed_scripts,
    _network_scripts,
    _order_scripts,
    _pidfd_scripts,
)
from tests.conformance._scripts import differences
from tests.conformance.test_scripts import OWN, SCRIPTS, lacking, name, text, too_old

DEEP = "nested/thirty-two-levels"
"""How many levels are left depends on where nsh itself is."""
AS_SINCE = "since Linux 6.18"
RHYTHM = 5
"""Once or twice may be the machine's own: who of two that are woken runs first, say."""
FIRST = "pid:[4026531836]"
"""The machine's own pid namespace (PROC_PID_INIT_INO)."""


@pytest.fixture(scope="module")
def stage() -> str:
    """Why there are no real processes; "" when there are."""
    try:
        RealSession().close()
    except Unavailable as missing:
        return str(missing)
    return ""


def agree(script: str, called: str) -> None:
    """The kernels do the same in one of RHYTHM runs."""
    for _time in range(RHYTHM):
        found = differences(script, called)
        if not found:
            return
    pytest.fail("\n".join(found))


@pytest.mark.parametrize("script", SCRIPTS, ids=name)
def test_both_kernels_do_the_same(script: Path, stage: str) -> None:
    if reason := stage or lacking(script) or OWN.get(name(script), ""):
        pytest.skip(f"{name(script)}: {reason}")
    if name(script) == DEEP and os.readlink("/proc/self/ns/pid") != FIRST:
        pytest.skip(f"{DEEP}: these tests run in a nested pid namespace")
    agree(text(script), script.name)


@pytest.mark.parametrize("seed", range(12))
def test_links_addresses_and_routes_are_the_same_on_both(seed: int, stage: str) -> None:
    """More of them: ``python -m tests.conformance --links``."""
    if stage:
        pytest.skip(stage)
    found = differences(_link_scripts.script(seed), f"links-{seed}")
    assert not found, "\n".join(found)


@pytest.mark.parametrize("seed", range(8))
def test_processes_by_descriptor_are_the_same_on_both(seed: int, stage: str) -> None:
    """More of them: ``python -m tests.conformance --pidfds``."""
    if reason := stage or too_old(AS_SINCE):
        pytest.skip(reason)
    agree(_pidfd_scripts.script(seed), f"pidfds-{seed}")


@pytest.mark.parametrize("seed", range(12))
def test_mixtures_of_mechanisms_are_the_same_on_both(seed: int, stage: str) -> None:
    """More of them: ``python -m tests.conformance --mixtures``."""
    if reason := stage or too_old(AS_SINCE):
        pytest.skip(reason)
    agree(_mixed_scripts.script(seed), f"mixtures-{seed}")


@pytest.mark.parametrize("seed", range(8))
def test_traffic_over_routers_is_the_same_on_both(seed: int, stage: str) -> None:
    """More of them: ``python -m tests.conformance --networks``."""
    if stage:
        pytest.skip(stage)
    agree(_network_scripts.script(seed), f"networks-{seed}")


@pytest.mark.parametrize("seed", range(16))
def test_programs_that_go_on_at_once_do_the_same_in_any_order(seed: int, stage: str) -> None:
    """More of them: ``python -m tests.conformance --orders``."""
    if stage:
        pytest.skip(stage)
    steps, found = _order_scripts.differences(seed)
    assert steps > 20
    assert not found, "\n".join(found)


def test_those_programs_block_and_wake_each_other() -> None:
    blocked: Counter[str] = Counter()
    woken: Counter[str] = Counter()
    switches = 0
    for seed in range(150):
        session = _order_scripts.in_some_order(seed)
        session.perform()
        asleep: set[tuple[int, object]] = set()
        for before, step in pairwise(session.history):
            call = step.task, step.request
            name = type(step.request).__name__
            blocked[name] += isinstance(step.reply, Blocked)
            woken[name] += call in asleep and not isinstance(step.reply, Blocked)
            (asleep.add if isinstance(step.reply, Blocked) else asleep.discard)(call)
            switches += before.task != step.task
    assert switches > 500
    for name in ("Semop", "Msgrcv", "MqTimedsend", "Wait4", "FcntlLock", "Open", "Read"):
        assert blocked[name] >= 3, (name, blocked)
        assert woken[name] >= 1, (name, woken)


def done_alone(write: Callable[[int], str], seeds: int) -> Iterator[tuple[list[str], bool]]:
    """The words of each command of so many scripts, and whether it succeeds on the model."""
    for seed in range(seeds):
        session = Session("mainline", keep=False)
        for line in write(seed).splitlines():
            command = line.removesuffix(" || true")
            words = command.split()
            who = len(words) > 1 and len(words[0]) == 1
            yield words[who:], session.run(command).ok


def test_those_scripts_are_not_refused_all_along() -> None:
    done: Counter[str] = Counter()
    for words, ok in done_alone(_pidfd_scripts.script, 30):
        done[" ".join(words[:2]) if words[0] == "pidfd" else words[0]] += ok
    assert done["pidfd open"] >= 90, done
    for command in ("pidfd signal", "pidfd poll", "waitpid", "setns", "ioctl", "grep"):
        assert done[command] >= 10, done
    assert done["pidfd getfd"] >= 5, done


def test_those_scripts_do_more_than_being_refused() -> None:
    done: Counter[str] = Counter()
    for words, ok in done_alone(_link_scripts.script, 60):
        done[" ".join(words[:3])] += ok
    for command in ("ip link add", "ip link set", "ip addr add", "ip route get"):
        assert done[command] >= 10, done
    for command in ("ip link del", "ip addr del", "ip route add", "ip route del"):
        assert done[command] >= 1, done


def test_mixtures_reach_what_they_mix() -> None:
    done: Counter[str] = Counter()
    for words, ok in done_alone(_mixed_scripts.script, 120):
        done[words[0]] += ok
    for command in ("mount", "umount", "unshare", "nsenter", "spawn", "setns", "shmget", "setlk"):
        assert done[command] >= 5, (command, done)
    for command in ("setresuid", "semop", "msgrcv", "mq_open", "mv", "chmod", "flock", "capset"):
        assert done[command] >= 2, (command, done)


def test_traffic_over_routers_arrives_and_is_lost() -> None:
    done: Counter[str] = Counter()
    lost: Counter[str] = Counter()
    for words, ok in done_alone(_network_scripts.script, 30):
        (done if ok else lost)[" ".join(words[:2] if words[0] == "ip" else words[:1])] += 1
    for command in ("connect", "send", "recv", "ip route", "ip addr"):
        assert done[command] >= 30, (command, done)
        assert lost[command] >= 1, (command, lost)
    for command in ("accept", "getpeername", "shutdown"):
        assert done[command] >= 5, (command, done)
