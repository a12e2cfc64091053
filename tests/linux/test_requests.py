"""Nothing that a program may ask is left without an answer."""

from __future__ import annotations

import importlib
import inspect
import pkgutil

import nsh.abi
from nsh.abi.request import Request
from nsh.linux.puppet import roles
from nsh.linux.puppet.table import TABLE

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
"""Nothing of the host's is touched, and mainline has no other consoles and logs."""
BESIDES = {"Execve": ("interpreter",), "Mount": ("nested",)}
"""What the conductor tells a puppet besides."""
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
