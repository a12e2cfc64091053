"""Random programs about sockets do the same on Linux; longer runs: ``python -m tests.conformance``
with ``--sockets``."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from nsh.kernel.net import unix_streams
from nsh.machine import store
from tests.kernel._socket_programs import SocketWriter, differs
from tests.kernel._sockets_linux import Stage
from tests.probes._real import need

LENGTH = 40


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    need()
    try:
        found = Stage()
    except PermissionError as problem:
        pytest.skip(f"no stage for real processes: {problem}")
    yield found
    found.close()


def written(seed: int) -> SocketWriter:
    writer = SocketWriter(random.Random(seed))
    writer.write(LENGTH)
    return writer


@pytest.mark.parametrize("seed", range(30))
def test_they_are_the_same_on_both_kernels(stage: Stage, seed: int) -> None:
    assert differs(stage, written(seed)) == ""


def test_a_wrong_model_is_found_out(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unix_streams, "_room", lambda size: size)
    assert any(differs(stage, written(seed), 1) for seed in range(40))


@pytest.mark.parametrize("seed", range(8))
def test_a_machine_with_sockets_can_be_stored(seed: int) -> None:
    machine = written(seed).world.machine
    assert store.load(store.dump(machine)) == machine
