"""Nothing that a program may ask is left without an answer."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from typing import Any, get_args, get_origin, get_type_hints

import pytest

import nsh.abi
from nsh.abi.request import Failure, Request
from nsh.linux.events import Answered
from nsh.linux.puppet import roles
from nsh.linux.puppet.table import TABLE
from nsh.machine.record import Record
from nsh.session.real.session import RealSession
from tests.kernel.proc.computer import Computer

REPLIES = {
    "CapSets",
    "Accepted",
    "AddressInfo",
    "Dirent",
    "Identity",
    "Ids",
    "IpcPerm",
    "MqAttr",
    "MqMessage",
    "MsgBuf",
    "MsqidDs",
    "OwnerEx",
    "SemidDs",
    "ShmidDs",
    "LinkInfo",
    "Message",
    "RouteInfo",
    "SigDelivery",
    "StatResult",
    "Ucred",
    "Utsname",
    "Setting",
    "Obstacle",
    "Surveyed",
    "LockFound",
    "VtState",
    "Cloned",
    "PidfdInfo",
    "WaitInfo",
    "WaitResult",
}
PUPPETEERS = {"Describe", "Resolve", "ShowScreen", "TypeKeys"}
"""No system calls: answered by nsh itself."""
LOOP = {"Sigreturn"}
"""The end of a handler's loop."""
HOSTS = {
    "Checkpoint",
    "Freeze",
    "Restart",
    "Survey",
    "Thaw",
    "RtcReadTime",
    "RtcSetTime",
    "GetFileLabel",
    "GetLabel",
    "GetRules",
    "LoadRule",
    "SetFileLabel",
    "SetLabel",
    "StartKthread",
    "StopKthread",
    "AttachSerial",
    "Syslog",
    "VtActivate",
    "VtGetState",
    "VtOpenQuery",
    "VtWaitActive",
}
"""Nothing of the host's is touched, and mainline has no checkpoints, other consoles and logs."""
BESIDES = {"Execve": ("interpreter",), "Mount": ("nested",)}
"""What the conductor tells a puppet besides."""
ENDING = {"Exit", "ExitGroup", "Load", "Pause", "Poll", "Store"}
"""Nobody is there, or awake, after them."""
UNLIKE = {
    "Capset": "root of the machine may lack capabilities",
    "Clone": "mainline has no sys_hijack",
    "Dellink": "no index is negative, and iproute2 asks for none",
    "Delroute": "no prefix is negative",
    "NsGet": "there is no such question",
    "PidfdGetNamespace": "nor such a kind",
    "Recvmsg": "MSG_CMSG_COMPAT is among the flags",
    "Sendmsg": "as above",
    "Setlink": "of two refusals another is the first",
    "Tcsetattr": "there is no such way to set them",
}
"""Requests that no program makes like this, which are refused for different reasons."""
CONDUCTORS = {"Borrow", "GiveBack", "Lend", "Program"}
"""No program can ask them."""


def requests() -> dict[str, type[Request]]:
    modules = pkgutil.iter_modules(nsh.abi.__path__)
    contents = [vars(importlib.import_module(f"nsh.abi.{module.name}")) for module in modules]
    return {
        name: value
        for content in contents
        for name, value in content.items()
        if isinstance(value, type) and issubclass(value, Request) and value is not Request
    }


def test_every_request_is_performed_with_its_own_fields() -> None:
    roles.load()
    asked = {name: kind for name, kind in requests().items() if name not in REPLIES}
    assert set(asked) - PUPPETEERS - HOSTS - LOOP == set(TABLE) - CONDUCTORS
    for name, kind in asked.items():
        if name not in TABLE:
            continue
        parameters = list(inspect.signature(TABLE[name]).parameters)[1:]
        assert parameters == [*kind.__struct_fields__, *BESIDES.get(name, ())], name


def negative(kind: Any) -> Any:
    """A value of a field: -1 for every number in it, and three of what may be many."""
    if get_origin(kind) is tuple:
        *parts, last = get_args(kind)
        return tuple(map(negative, parts * 3 if last is Ellipsis else (*parts, last)))
    if get_args(kind):  # what may be None
        return negative([part for part in get_args(kind) if part is not type(None)][-1])
    if issubclass(kind, (Request, Record)):
        return filled(kind)
    return kind("x", "ascii") if kind is bytes else kind("x") if kind is str else kind(-1)


def filled(kind: Any) -> Any:
    hints = get_type_hints(kind)
    return kind(*(negative(hints[name]) for name in kind.__struct_fields__))


def negatives() -> Iterator[Request]:
    roles.load()
    for name, kind in sorted(requests().items()):
        numbers = int in get_type_hints(kind).values()
        if name in TABLE and numbers and name not in REPLIES | ENDING:
            yield filled(kind)


def test_negative_numbers_are_answered_as_on_the_model(real: RealSession) -> None:
    real.run("spawn w; spawn m")
    conductor, model = real._engine.conductor, Computer("mainline")
    puppet, worker = conductor.puppets[2], model.spawn("w")
    model.spawn("m")
    for request in negatives():
        told = model.ask(request, worker)
        answers = [event for event in conductor.perform(puppet, request) if type(event) is Answered]
        assert [answer.request for answer in answers] == [request]
        reply = answers[0].reply
        if type(request).__name__ not in UNLIKE:
            assert (reply.errno.name if isinstance(reply, Failure) else reply) == told, request


@pytest.mark.parametrize(
    "script",
    [
        "clone2 -n t VFORK THREAD SIGHAND VM",
        "clone2 -n t PIDFD THREAD SIGHAND VM",
        "clone2 -n t --set-tid 9 THREAD SIGHAND VM",
        "clone2 -n t VM",
    ],
)
def test_what_a_puppet_cannot_be_is_refused(real: RealSession, script: str) -> None:
    refused = real.run(f"expect {{ {script} }} fails ENOSYS; expect $(ps -e -o pid=) == 1")
    assert refused.ok, refused.stderr


def test_nobody_is_born_frozen(real: RealSession) -> None:
    if not real.run("mount -t cgroup2 c /mnt").ok:
        pytest.skip("no cgroup2 for the stage")
    refused = real.run(
        "mkdir /mnt/f; echo 1 > /mnt/f/cgroup.freeze; open -m r /mnt/f; "
        "expect { clone2 -n w --cgroup 3 INTO_CGROUP } fails ENOSYS; "
        "echo 0 > /mnt/f/cgroup.freeze; expect { clone2 -n w --cgroup 3 INTO_CGROUP } prints 2"
    )
    assert refused.ok, refused.stderr
