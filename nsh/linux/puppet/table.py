"""Which function performs which request: filled by the modules that hold them."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, Final

    Performer = Callable[..., Any]

TABLE: Final[dict[str, Performer]] = {}
"""By the name of the request's type; called with the actor and the request's fields."""


def performs(name: str) -> Callable[[Performer], Performer]:
    """Declare what performs the request *name*: ``function(actor, *fields)``, which returns the
    reply as plain data or raises ``OSError``."""

    def register(function: Performer) -> Performer:
        TABLE[name] = function
        return function

    return register


class Refusal(OSError):
    """A request that is not put to the kernel, with the reason for people."""

    def __init__(self, errno: int, reason: str) -> None:
        super().__init__(errno, reason)
        self.reason = reason
