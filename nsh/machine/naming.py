"""Records and enums by name, and what their fields may hold: for whoever stores them.

A name is the module below ``nsh`` and the type's own: ``machine.signals.SigInfo``.  Only types
that have been imported are found; none is imported because a file says so.
"""

from enum import Enum
from functools import cache
from typing import Any, get_type_hints

import msgspec

_HOUSE = __name__.partition(".")[0] + "."


def name(kind: type) -> str:
    """The name of a record or enum type of ours, by which :func:`struct` or :func:`enum` finds
    it.  ``TypeError`` for somebody else's."""
    found = f"{kind.__module__}.{kind.__qualname__}"
    if "<" in found:
        raise TypeError(f"{found} has no name to be found by")
    return found.removeprefix(_HOUSE)


def struct(wanted: str) -> type[msgspec.Struct] | None:
    """The record type of that name, or None."""
    found: type[msgspec.Struct] | None = _find(msgspec.Struct, wanted)
    return found


def enum(wanted: str) -> type[Enum] | None:
    """The enum of that name, or None."""
    found: type[Enum] | None = _find(Enum, wanted)
    return found


@cache
def _names(base: type) -> dict[str, type]:
    return {}


def _find(base: type, wanted: str) -> Any:
    """Look it up; what was imported since is looked for once more."""
    known = _names(base)
    if wanted not in known:
        line: list[type] = [base]
        while line:
            found: list[type] = line.pop().__subclasses__()
            for kind in found:
                known[f"{kind.__module__}.{kind.__qualname__}".removeprefix(_HOUSE)] = kind
                line.append(kind)
    return known.get(wanted)


@cache
def types(kind: type[msgspec.Struct]) -> dict[str, Any]:
    """What each field of a record type is declared as."""
    hints = get_type_hints(kind)
    return {field: hints[field] for field in kind.__struct_fields__}


@cache
def defaults(kind: type[msgspec.Struct]) -> tuple[object, ...]:
    """The default of each field; :data:`msgspec.NODEFAULT` for one that must be given."""
    own = kind.__struct_defaults__
    return (msgspec.NODEFAULT,) * (len(kind.__struct_fields__) - len(own)) + own


@cache
def required(kind: type[msgspec.Struct]) -> frozenset[str]:
    """The fields that must be given."""
    pairs = zip(kind.__struct_fields__, defaults(kind), strict=True)
    return frozenset(field for field, default in pairs if default is msgspec.NODEFAULT)
