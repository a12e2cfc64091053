"""The loop of one thread: wait for a request, perform it, answer.

A caught signal is delivered in the wait or in a call that sleeps.  Its handler tells the
conductor and goes on with a loop of its own, which serves the trap block's requests until the
Sigreturn: then the kernel restores what it had put aside, as after any handler.
"""

from __future__ import annotations

import _thread
import ctypes
import os
import struct

from nsh.linux.puppet import gate, siginfo
from nsh.linux.puppet.numbers import BLOCKED_ALL, NSIG
from nsh.linux.puppet.table import TABLE, Refusal
from nsh.linux.puppet.wire import Channel, Gone

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Final

ENOSYS: Final = 38
_POLLIN: Final = 1
_SIGMASK: Final = 296
"""Offset of ``uc_sigmask`` in the kernel's ``struct ucontext``."""


class Process:
    """What the threads of a puppet share."""

    def __init__(self, top: int, environ: tuple[str, ...]) -> None:
        self.top = top
        """The number of the first control descriptor; further ones are below it."""
        self.handlers: dict[int, str] = {}
        """What the program calls its handlers, by signal."""
        self.environ = environ
        self.attached: list[tuple[int, int, int]] = []
        """Shared memory in order of attachment: address, id of the segment, bytes."""
        self.actors: dict[int, Actor] = {}
        """By what Python calls the thread."""


class Actor:
    """One thread of a puppet."""

    def __init__(self, process: Process, channel: Channel, mask: int) -> None:
        self.process = process
        self.channel = channel
        self.mask = mask
        """The program's signal mask."""
        self.idle_mask = mask
        """What it was when the wait began that a handler interrupts."""
        self.fds: list[int] = []
        """Descriptors that came with the request that is being performed."""
        self.born: list[int] = []
        """Descriptors to hand over with the reply."""
        self.harmless = False
        """The request that is being performed can have woken nobody."""

    def serve(self) -> None:
        """Perform requests until a Sigreturn, or until nobody is there to ask."""
        waiting = (ctypes.c_int * 2)(self.channel.fd, _POLLIN)
        while True:
            self.idle_mask = self.mask
            mask = ctypes.c_uint64(self.mask)
            waiting[0] = self.channel.fd
            try:
                gate.call("ppoll", waiting, 1, None, mask, 8)
            except InterruptedError:
                continue
            try:
                packet = self.channel.receive()
            except Gone:
                gate.call("exit_group", 0)
            name, *fields = packet.value
            self.fds = packet.fds
            if name == "Sigreturn":
                (self.mask,) = fields
                self.tell("ok", 0, False)
                return
            self._perform(name, fields)

    def leave_unread(self) -> None:
        """Leave what was asked before it was heard that a handler begins: it is asked again."""
        try:
            while (packet := self.channel.receive()).value[0] != "Heard":
                for fd in packet.fds:
                    os.close(fd)
        except Gone:
            gate.call("exit_group", 0)

    def _perform(self, name: str, fields: list[Any]) -> None:
        performer = TABLE.get(name)
        self.harmless = False
        try:
            if performer is None:
                raise Refusal(ENOSYS, f"no puppet performs {name}")
            reply = performer(self, *fields)
        except Refusal as refusal:
            self.tell("no", refusal.errno, refusal.reason)
        except OSError as error:
            self.tell("no", error.errno, "")
        except (OverflowError, ValueError, ctypes.ArgumentError, struct.error):
            self.tell("no", 22, "no argument that the call could take")
        else:
            if reply is not SILENT:
                self.tell("ok", reply, self.harmless)

    def tell(self, *message: Any) -> None:
        """Send the conductor a message, and what `born` holds."""
        fds, self.born = self.born, []
        try:
            self.channel.send(message, fds)
        except (BrokenPipeError, ConnectionResetError):
            gate.call("exit_group", 0)
        for fd in fds:
            os.close(fd)


SILENT: Final = object()
"""The reply of who has answered by itself."""


def _delivered(process: Process, signo: int, info: int, context: int, mask: int) -> None:
    """A signal handler: *mask* is what the kernel has set for it."""
    actor = process.actors[_thread.get_ident()]
    held = ctypes.c_uint64.from_address(context + _SIGMASK)
    idle = held.value == BLOCKED_ALL  # the wait's own mask is put back by ppoll
    interrupted = actor.idle_mask
    before = interrupted if idle else held.value
    words = (ctypes.c_int * 8).from_address(info)
    actor.mask = mask
    actor.tell(
        "signal",
        idle,
        signo,
        words[2],
        *siginfo.told(signo, words),
        process.handlers.get(signo, ""),
        before,
    )
    if idle:
        actor.leave_unread()
    actor.serve()
    actor.idle_mask = interrupted  # another handler that began with this one may come next
    if not idle:
        held.value = actor.mask


def attend(process: Process) -> None:
    """Let caught signals of this process come to its actors."""

    def callback(signo: int, info: int, context: int, mask: int) -> None:
        _delivered(process, signo, info, context, mask)

    gate.on_signal(callback)


def enter(actor: Actor) -> None:
    """The calling thread is *actor* from now on."""
    actor.process.actors[_thread.get_ident()] = actor


def caught(process: Process) -> int:
    """The mask of the signals that have handlers."""
    return sum(
        1 << signo - 1
        for signo, handler in process.handlers.items()
        if handler not in ("default", "ignore")
    )


def dispositions() -> tuple[int, ...]:
    """The signals that are ignored."""
    ignored = []
    for signo in range(1, NSIG + 1):
        old = ctypes.create_string_buffer(32)
        gate.call("rt_sigaction", signo, None, old, 8)
        if struct.unpack_from("Q", old)[0] == 1:
            ignored.append(signo)
    return tuple(ignored)
