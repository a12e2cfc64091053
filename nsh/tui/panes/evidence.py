"""How panes say how a value is known."""

from typing import Final

from nsh.machine.observed import Evidence

SIGNS: Final = {Evidence.FACT: " ", Evidence.DERIVED: "~", Evidence.HIDDEN: "?"}
"""In front of a value."""
