"""A system call as strace(1) would print it, with each id before and after translation (P6)."""

import msgspec

from nsh.abi.process import WaitResult
from nsh.abi.request import Blocked, Failure, Request
from nsh.abi.signals import signal_name
from nsh.machine.crossing import Crossing, UserCrossing
from nsh.machine.pids import PidSpace
from nsh.machine.users import UserSpace
from nsh.machine.value import Machine

_SOCKETS = "nsh.abi.sockets"
_LONGEST = 40
"""Characters of a string argument that are shown, as strace shows 32."""
_MOST = 4
"""Entries of a reply that are shown one by one."""


def line(
    machine: Machine,
    request: Request,
    reply: object,
    crossings: tuple[Crossing, ...],
    who: str = "",
) -> str:
    """``kill(4, SIGTERM) = -1 ESRCH (No such process)   [in pid 4 @web -> nobody]``."""
    text = f"{name(request)}({arguments(request)}) = {answer(reply)}"
    notes = [translation(machine, crossing) for crossing in crossings]
    if notes:
        text += "   [" + "; ".join(notes) + "]"
    return f"{who} {text}" if who else text


def name(request: Request) -> str:
    """What the system call is called: ``execve`` for Execve, ``exit_group`` for ExitGroup."""
    word = type(request).__name__
    pieces = [("_" + c.lower()) if c.isupper() and i else c.lower() for i, c in enumerate(word)]
    return "".join(pieces)


def arguments(request: Request) -> str:
    """The arguments, comma-separated, flags and signals by name."""
    from nsh.session import trace_words  # noqa: PLC0415  # it has the names of every family

    fields = [
        field for field in request.__struct_fields__ if not trace_words.left_out(request, field)
    ]
    return ", ".join(_value(request, field, getattr(request, field)) for field in fields)


def _value(asked: msgspec.Struct, field: str, value: object) -> str:
    if type(asked).__module__ == _SOCKETS:
        from nsh.session import trace_sockets  # noqa: PLC0415  # few runs have any

        known = trace_sockets.value(field, value)
        if known:
            return known
    if value is None:
        return "NULL"
    if isinstance(value, int):
        if field in ("signo", "exit_signal"):
            return "SIG" + signal_name(value) if value else "0"
        from nsh.session import trace_words  # noqa: PLC0415  # the same

        return trace_words.number(type(asked).__name__, field, value) or str(value)
    if isinstance(value, bytes):
        return quoted(value.decode("utf-8", "backslashreplace"))
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, tuple):
        return "[" + ", ".join(_value(asked, "", item) for item in value) + "]"
    if isinstance(value, msgspec.Struct):
        return _struct(value)
    return str(value)


def _struct(value: msgspec.Struct) -> str:
    fields = value.__struct_fields__
    told = (f"{field}={_value(value, field, getattr(value, field))}" for field in fields)
    return "{" + ", ".join(told) + "}"


def quoted(text: str) -> str:
    """*text* as a string of C, its beginning if it is long."""
    body = text.encode("unicode_escape").decode().replace('"', '\\"')
    return f'"{body[:_LONGEST]}"...' if len(body) > _LONGEST else f'"{body}"'


def answer(reply: object) -> str:
    """The value returned, as strace prints it."""
    if isinstance(reply, Failure):
        return f"-1 {reply.errno.name} ({reply.errno.text})"
    if isinstance(reply, Blocked):
        return f"? ({reply.reason or 'blocked'})"
    if isinstance(reply, WaitResult):
        return f"{reply.pid} (status {reply.status:#06x})"
    if isinstance(reply, bytes):
        return f"{len(reply)} {quoted(reply.decode('utf-8', 'backslashreplace'))}"
    if isinstance(reply, str):
        return quoted(reply)
    if isinstance(reply, msgspec.Struct):
        return _struct(reply)
    if isinstance(reply, tuple):
        if len(reply) > _MOST:
            return f"[{len(reply)} entries]"
        return "[" + ", ".join(answer(item) for item in reply) + "]"
    return str(reply)


def translation(machine: Machine, crossing: Crossing) -> str:
    """``pid 4@web -> kpid 6`` for an id going in, ``kpid 6 -> pid 4@web`` for one coming out; of
    users ``uid 0@user:[4026532000] -> kuid 1000``."""
    if isinstance(crossing, UserCrossing):
        userns = machine.find(UserSpace, crossing.userns)
        seen = f"{crossing.what} {crossing.number}@user:[{'?' if userns is None else userns.inum}]"
        real = f"k{crossing.what} {crossing.kpid}" if crossing.kpid >= 0 else "nobody"
        return f"{seen} -> {real}" if crossing.inward else f"{real} -> {seen}"
    space = machine.find(PidSpace, crossing.space)
    cid = "?" if space is None else space.name or str(space.number)
    seen = f"{crossing.what} {crossing.number}@{cid}"
    real = f"kpid {crossing.kpid}" if crossing.kpid else "nobody"
    return f"{seen} -> {real}" if crossing.inward else f"{real} -> {seen}"
