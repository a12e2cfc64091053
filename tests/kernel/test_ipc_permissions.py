"""N1: who may do what with an object, tried by real processes of several users and by the model's.

Each role tries each call on objects of each mode that a user has made, in a fresh ipc namespace.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from typing import Any

import pytest
from msgspec.structs import replace

from nsh.abi import ipc
from nsh.abi.request import Failure, Request
from nsh.kernel import perform
from nsh.kernel.boot import INIT, boot
from nsh.machine import Machine
from nsh.machine.tasks import ROOT_CREDS, Task, ordinary
from nsh.machine.value import begin
from tests.kernel._linux_ipc import Ipc
from tests.probes._calls import CLONE_NEWIPC, unshare
from tests.probes._real import need

MAKER = (1000, 1000)
ROLES = {"maker": MAKER, "group": (1001, 1000), "other": (1002, 1002), "root": (0, 0)}
MODES = (0o600, 0o640, 0o666, 0o060, 0o004, 0)
NOWAIT = ipc.IPC_NOWAIT
ADDRESS = 0x1_0000_0000
Try = tuple[Callable[[Ipc], Any], Request]
TRIES: dict[str, Try] = {
    "stat": (lambda p: p.control("msg", 0, 2, 0, 0), ipc.Msgctl(0, 2)),
    "find": (lambda p: p.msgget(7, 0), ipc.Msgget(7, 0)),
    "find to read": (lambda p: p.msgget(7, 0o400), ipc.Msgget(7, 0o400)),
    "find to write": (lambda p: p.msgget(7, 0o200), ipc.Msgget(7, 0o200)),
    "find for both": (lambda p: p.semget(7, 1, 0o600), ipc.Semget(7, 1, 0o600)),
    "send": (lambda p: p.msgsnd(0, 1, "x", NOWAIT), ipc.Msgsnd(0, 1, b"x", NOWAIT)),
    "receive": (lambda p: p.msgrcv(0, 9, 0, NOWAIT), ipc.Msgrcv(0, 9, 0, NOWAIT)),
    "raise": (lambda p: p.semop(0, [[0, 1, 0]], None), ipc.Semop(0, ((0, 1, 0),))),
    "await zero": (lambda p: p.semop(0, [[1, 0, NOWAIT]], None), ipc.Semop(0, ((1, 0, NOWAIT),))),
    "read value": (lambda p: p.semctl(0, 1, 12, []), ipc.Semctl(0, 1, 12)),
    "set value": (lambda p: p.semctl(0, 1, 16, [0]), ipc.Semctl(0, 1, 16, (0,))),
    "attach": (lambda p: p.shmat(0, ADDRESS, 0), ipc.Shmat(0, ADDRESS)),
    "attach to read": (
        lambda p: p.shmat(0, ADDRESS + 0x10000, ipc.SHM_RDONLY),
        ipc.Shmat(0, ADDRESS + 0x10000, ipc.SHM_RDONLY),
    ),
    "remove": (lambda p: p.control("sem", 0, 0, 0, 0), ipc.Semctl(0, 0, 0)),
}


def _making(mode: int) -> list[Try]:
    flags = ipc.IPC_CREAT | mode
    return [
        (lambda p: p.msgget(7, flags), ipc.Msgget(7, flags)),
        (lambda p: p.semget(7, 2, flags), ipc.Semget(7, 2, flags)),
        (lambda p: p.shmget(7, 100, flags), ipc.Shmget(7, 100, flags)),
    ]


def _apart(work: Callable[[], Any]) -> Any:
    """What *work* replies in a child process."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.write(writer, json.dumps(work()).encode())
        finally:
            os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        told = pipe.read()
    os.waitpid(child, 0)
    return json.loads(told)


def _become(uid: int, gid: int) -> None:
    os.setgroups([])
    os.setresgid(gid, gid, gid)
    os.setresuid(uid, uid, uid)


def _on_linux(mode: int, uid: int, gid: int) -> dict[str, str]:
    def work() -> dict[str, str]:
        assert unshare(CLONE_NEWIPC) == 0
        puppet = Ipc()

        def make() -> None:
            _become(*MAKER)
            for real, _request in _making(mode):
                real(puppet)

        _apart(make)
        _become(uid, gid)
        return {name: _word(real(puppet)) for name, (real, _request) in TRIES.items()}

    return dict(_apart(work))


def _word(reply: object) -> str:
    return reply if isinstance(reply, str) else "ok"


def _as(machine: Machine, uid: int, gid: int) -> Machine:
    tx = begin(machine)
    creds = ordinary(uid, gid) if uid else ROOT_CREDS
    tx.put(INIT, replace(tx.get(Task, INIT), creds=creds))
    return tx.commit()


def _on_model(mode: int, uid: int, gid: int) -> dict[str, str]:
    machine = _as(boot("mainline"), *MAKER)
    for _real, request in _making(mode):
        machine = perform(machine, INIT, request).machine
    machine = _as(machine, uid, gid)
    told = {}
    for name, (_real, request) in TRIES.items():
        outcome = perform(machine, INIT, request)
        machine = outcome.machine
        failed = isinstance(outcome.reply, Failure)
        told[name] = outcome.reply.errno.name if failed else "ok"  # type: ignore[attr-defined]
    return told


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("mode", MODES, ids=lambda mode: f"{mode:03o}")
def test_each_role_may_do_the_same_on_both(role: str, mode: int) -> None:
    need()
    if os.geteuid() != 0:
        pytest.skip("only root can be several users")
    uid, gid = ROLES[role]
    assert _on_model(mode, uid, gid) == _on_linux(mode, uid, gid)
