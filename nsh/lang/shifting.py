"""Moving a tree to where its text stands in a longer one."""

from typing import Any

from nsh.lang.source import Span
from nsh.machine.record import Record


def shifted(value: Any, offset: int) -> Any:
    """A tree, or part of one, with every span in it moved by *offset*."""
    if isinstance(value, Span):
        return Span(value.start + offset, value.end + offset)
    if isinstance(value, tuple):
        return tuple(shifted(item, offset) for item in value)
    if isinstance(value, Record):
        fields = value.__struct_fields__
        return type(value)(*(shifted(getattr(value, name), offset) for name in fields))
    return value
