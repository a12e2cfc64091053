"""Programs as nested tuples of plain data, and made anew from them."""

from __future__ import annotations

from typing import Any

import msgspec
from immutables import Map

from nsh.lang.compiler import code_at
from nsh.machine.program import Code


def freeze(value: Any) -> Any:
    """A program as nested tuples of plain data; code as where it stands in its source."""
    if isinstance(value, Code):
        return ("code", value.source, value.start, value.end, value.name)
    if isinstance(value, msgspec.Struct):
        fields = (freeze(getattr(value, name)) for name in value.__struct_fields__)
        return ("record", type(value), *fields)
    if isinstance(value, Map):
        return ("map", *sorted((freeze(key), freeze(item)) for key, item in value.items()))
    if isinstance(value, tuple):
        return ("tuple", *(freeze(item) for item in value))
    return ("plain", value)


def thaw(data: Any) -> Any:
    """What :func:`freeze` froze, sharing nothing with it."""
    kind, *rest = data
    match kind:
        case "code":
            return code_at(*rest)
        case "record":
            return rest[0](*(thaw(item) for item in rest[1:]))
        case "map":
            return Map((thaw(key), thaw(item)) for key, item in rest)
        case "tuple":
            return tuple(thaw(item) for item in rest)
    return rest[0]
