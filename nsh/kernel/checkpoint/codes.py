"""The code of programs: in an image it is text, of which the language makes the same code again.

Instructions are the language's own affair, and much longer than what they were made of.
"""

import re
from collections.abc import Callable
from typing import Any

import msgspec
from immutables import Map
from msgspec.structs import replace

from nsh.machine import program
from nsh.machine.program import Code, Program


def told(found: Program) -> Program:
    """The program with no more than the text of its code."""
    bare: Program = _mapped(found, _bare)
    return bare


def _bare(code: Code) -> Code:
    """What is around it in its source is nobody's business there, but for where the lines end."""
    before = re.sub(r"[^\n]", " ", code.source[: code.start])
    text = before + code.source[code.start : code.end]
    return replace(code, source=text, instructions=(), places=())


def made(found: Program) -> Program:
    """The program with its code.  ``ValueError``: a text is no code, or a counter not in it."""
    whole: Program = _mapped(
        found, lambda code: program.compiled(code.source, code.start, code.end, code.name)
    )
    for frame in whole.frames:
        if not 0 <= frame.counter <= len(frame.code.instructions):
            raise ValueError(f"counter {frame.counter} is not in its code")
    return whole


def _mapped(value: Any, change: Callable[[Code], Code]) -> Any:
    """*value* with each code that is in it changed."""
    match value:
        case Code():
            return change(value)
        case msgspec.Struct():
            fields = {name: getattr(value, name) for name in value.__struct_fields__}
            changed = {name: _mapped(each, change) for name, each in fields.items()}
            moved = {name: each for name, each in changed.items() if each is not fields[name]}
            return replace(value, **moved) if moved else value
        case tuple():
            items = tuple(_mapped(item, change) for item in value)
            return items if any(a is not b for a, b in zip(items, value, strict=True)) else value
        case Map():
            return Map([(key, _mapped(item, change)) for key, item in value.items()])
    return value
