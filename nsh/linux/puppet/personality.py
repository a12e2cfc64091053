"""personality(2)."""

from __future__ import annotations

from nsh.linux.puppet.gate import call
from nsh.linux.puppet.table import performs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from nsh.linux.puppet.actor import Actor


@performs("Personality")
def personality(actor: Actor, persona: int) -> int:
    """personality(2)."""
    del actor
    return call("personality", persona)
