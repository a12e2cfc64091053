"""How a request finds its handler, and what becomes of its answer.

A handler is registered by the type of request it takes.
"""

from collections.abc import Callable
from typing import Any, TypeVar

import msgspec

from nsh.abi.errno import Errno, KernelError
from nsh.abi.request import Blocked, Failure, Request
from nsh.kernel import hooks, loading, waiting
from nsh.machine.ids import TaskId
from nsh.machine.record import Record
from nsh.machine.value import Change, Machine, Transaction, begin

Handler = Callable[[Transaction, TaskId, Any], object]
H = TypeVar("H", bound=Handler)

_registered: dict[type[Request], Handler] = {}
_handlers: dict[type[Request], Handler] = {}
"""Those of requests that have come already: the first brings what a boot does without."""


class LeavesTrace(KernelError):
    """A failure after which not everything is as it was: ``trace`` is done once all is undone."""

    def __init__(self, errno: Errno, reason: str, trace: Callable[[Transaction], object]) -> None:
        super().__init__(errno, reason)
        self.trace = trace


def handles(kind: type[Request]) -> Callable[[H], H]:
    """Register the decorated function as the handler of requests of type *kind*.

    It is called with a transaction, the calling task and the request; it replies in the
    caller's ids, raises :class:`~nsh.abi.errno.KernelError`, or raises
    :class:`~nsh.kernel.waiting.WouldBlock`.  ``ValueError`` if *kind* has a handler.
    """

    def register(handler: H) -> H:
        if kind in _registered:
            raise ValueError(f"two handlers for {kind.__name__}")
        _registered[kind] = handler
        return handler

    return register


def call(tx: Transaction, caller: TaskId, request: Request) -> object:
    """Perform *request* for *caller* in *tx*, which must not have been written to.

    Replies what the handler replies; on an error the transaction is rolled back and the reply is a
    :class:`Failure`.  If the call cannot finish the reply is :class:`Blocked`, and the
    transaction holds nothing but the caller's place in the queues, and what a handler that
    blocks with ``keep`` had done.
    """
    kind = type(request)
    handler = _handlers.get(kind) or _first(kind)
    if handler is None:
        return Failure(Errno.ENOSYS, f"this kernel has no {kind.__name__.lower()}")
    try:
        reply = handler(tx, caller, request)
    except KernelError as error:
        tx.undo()  # what was translated before the refusal is part of the story
        if isinstance(error, LeavesTrace):
            error.trace(tx)
        reply = Failure(error.errno, error.reason)
    except waiting.WouldBlock as block:
        if not block.keep:
            tx.undo()
        reply = waiting.block(tx, caller, request, block)
    if hooks.called:
        for counted in hooks.called:
            counted(tx, caller)
    if tx.due:
        for hook in hooks.due:
            hook(tx, caller)
    return reply


def _first(kind: type[Request]) -> Handler | None:
    """The handler of requests of which this is the first; maybe its module is still to come."""
    loading.load()
    if kind not in _registered:
        loading.load_calls(kind.__module__)
    if kind not in _registered:
        loading.load_all()
    handler = _registered.get(kind)
    if handler is not None:
        _handlers[kind] = handler
    return handler


class Outcome(msgspec.Struct, frozen=True, gc=False):
    """One performed request: the next machine and what the caller is told."""

    machine: Machine
    reply: object
    transaction: Transaction

    @property
    def changes(self) -> list[Change]:
        """The rows that the call wrote."""
        return self.transaction.changes()

    @property
    def crossings(self) -> tuple[Record, ...]:
        """The ids that were translated on the way in and out."""
        return tuple(self.transaction.crossings)

    @property
    def ok(self) -> bool:
        """Whether the call returned, rather than failed or blocked."""
        return not isinstance(self.reply, (Failure, Blocked))


def perform(machine: Machine, caller: TaskId, request: Request) -> Outcome:
    """Perform *request* on *machine* for *caller*; the machine itself is left as it is."""
    transaction = begin(machine)
    reply = call(transaction, caller, request)
    return Outcome(transaction.commit(), reply, transaction)
