"""Sending signals: kill(2), tgkill(2), sigqueue(3)."""

import re
from collections.abc import Sequence

from nsh.abi import KernelError, Request
from nsh.abi.invocation import Invocation, Running
from nsh.abi.signals import NSIG, Kill, Sig, Sigqueue, Tgkill, signal_name, signal_number
from nsh.spelling import suggestion
from nsh.userland.options import (
    Given,
    Kind,
    UsageError,
    option,
    optional,
    whole_number,
)
from nsh.userland.refs import pid_of, target_of
from nsh.userland.registry import Topic, command
from nsh.userland.streams import Asking, complain, joined, say, write

_PER_ROW = 7


def older_spelling(argv: Sequence[str]) -> list[str]:
    """``-KILL``, and as the first word ``-9``, as ``--signal=…``."""
    words = list(argv)
    for index, word in enumerate(words):
        if word == "--":
            break
        if not word.startswith("-") or (index and word[1:].isdecimal()):
            continue
        if word[1:] and signal_number(word[1:]) is not None:
            words[index] = f"--signal={word[1:]}"
            break
        if re.fullmatch("-[A-Z][A-Z0-9]+", word):
            raise UsageError(_unknown(word[1:]))
    return words


@command(
    "kill",
    "send a signal: to PID, my group (0), all (-1), a group (-PGRP)",
    Topic.SIGNALS,
    options=(
        option("-s, -n, --signal=SIGNAL", "the signal (TERM); -SIGNAL for short", Kind.SIGNAL),
        option("-q, --queue=VALUE", "queue it with a value: sigqueue(3)", Kind.NUMBER),
        option("-t, --thread=TID", "only that thread of PID: tgkill(2)", Kind.PID),
        option("-l, --list", "list the signals, or turn name into number and back"),
        option("-L, --table", "list the signals as a table"),
    ),
    operands=(optional("PID", Kind.PID, many=True),),
    man="kill(1)",
    gap="PID may be a task's label or CID:PID; --thread is the system call's",
    examples=("spawn sshd; kill -TERM sshd; wait sshd; echo $?", "kill -l 9"),
    see=("pgrep", "trap", "wait"),
    rows=("P3", "P11"),
    negatives=True,
    prepare=older_spelling,
)
def kill(call: Invocation, given: Given) -> Running:
    """Status 1 if one of the targets could not be signalled."""
    if given.has("table"):
        return (yield from _table())
    if given.has("list"):
        return (yield from _list(call, given.operands))
    if not given.operands:
        raise UsageError("missing operand")
    send = _sender(given)
    if len(given.operands) == 1:
        yield from send(given.operands[0])
        return 0
    status = 0
    for ref in given.operands:
        try:
            yield from send(ref)
        except KernelError as error:
            status = 1
            yield from complain(call, f"({ref})", error)
    return status


class _Sender:
    """How each target is signalled."""

    __slots__ = ("_signo", "_tid", "_value")

    def __init__(self, signo: int, tid: str, value: int | None) -> None:
        self._signo = signo
        self._tid = tid
        self._value = value

    def __call__(self, ref: str) -> Asking[None]:
        pid = yield from target_of(ref)
        request: Request
        if self._tid:
            tid = yield from pid_of(self._tid)
            request = Tgkill(pid, tid, self._signo)
        elif self._value is not None:
            request = Sigqueue(pid, self._signo, self._value)
        else:
            request = Kill(pid, self._signo)
        yield request


def _unknown(name: str) -> str:
    names = [signal_name(signo) for signo in range(1, Sig.SIGSYS + 1)]
    return f"unknown signal name {name}{suggestion(name.upper().removeprefix('SIG'), names)}"


def _sender(given: Given) -> _Sender:
    name = given.get("signal", "TERM")
    signo = signal_number(name)
    if signo is None:
        if not name.lstrip("-").isdecimal():
            raise UsageError(_unknown(name))
        signo = int(name)  # out of range: the kernel has the last word on that
    queued = given.get("queue")
    value = whole_number(queued, "value") if queued else None
    return _Sender(signo, given.get("thread"), value)


def _list(call: Invocation, wanted: Sequence[str]) -> Running:
    if not wanted:
        names = [Sig(signo).name.removeprefix("SIG") for signo in range(1, Sig.SIGSYS + 1)]
        yield from write(1, joined((" ".join(names[:16]), " ".join(names[16:]))))
        return 0
    status = 0
    for text in wanted:
        number = int(text) if text.isdecimal() and len(text) < 4 else signal_number(text)
        if number is not None and 128 < number <= 128 + NSIG:
            number -= 128  # the status that a shell reports for it
        if number is None or not 0 <= number <= NSIG:
            yield from say(call, _unknown(text))
            status = 1
        else:
            said = signal_name(number) if text.isdecimal() else str(number)
            yield from write(1, said + "\n")
    return status


def _table() -> Running:
    cells = [f"{signo:2} {signal_name(signo):<8}" for signo in range(1, Sig.SIGSYS + 1)]
    rows = [cells[start : start + _PER_ROW] for start in range(0, len(cells), _PER_ROW)]
    yield from write(1, joined("".join(row).rstrip() for row in rows))
    return 0
