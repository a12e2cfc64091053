"""A digest that is equal exactly when two machines are.

A canonical, injective encoding (every value is tagged and length-prefixed, maps are sorted by
their encoded keys, records carry their type's name and all fields) goes through SHA-256.
"""

from collections.abc import Callable
from functools import cache
from hashlib import sha256
from typing import Any

import msgspec
from immutables import Map

from nsh.machine.record import records
from nsh.machine.value import Machine


def digest(machine: Machine) -> str:
    """The machine's digest, 64 hexadecimal digits.  O(machine)."""
    state = sha256()
    state.update(encode((machine.serial, machine.clock)))
    for kind in sorted(records(), key=lambda kind: kind.__name__):
        rows = machine.items(kind)
        if not rows:  # a table nobody wrote is as good as one nobody declared
            continue
        state.update(encode((kind.__name__, len(rows))))
        for key, record in rows:
            state.update(encode(key))
            state.update(encode(record))
    return state.hexdigest()


def encode(value: object) -> bytes:
    """The canonical bytes of plain data, records and persistent maps.

    Raises ``TypeError`` for a value that has no place in a machine.
    """
    encoder = _ENCODERS.get(type(value))
    if encoder is not None:
        return encoder(value)
    if isinstance(value, msgspec.Struct):
        return _struct(value)
    if isinstance(value, int):  # enums and flags count as their numbers
        return _tagged(b"i", str(int(value)).encode())
    raise TypeError(f"a machine cannot hold {type(value).__name__}")


def _tagged(tag: bytes, body: bytes) -> bytes:
    return b"%b%d:%b" % (tag, len(body), body)


def _sequence(value: Any) -> bytes:
    return _tagged(b"t", b"".join([encode(item) for item in value]))


def _mapping(value: Any) -> bytes:
    pairs = sorted([(encode(key), encode(item)) for key, item in value.items()])
    return _tagged(b"m", b"".join([key + item for key, item in pairs]))


def _struct(value: msgspec.Struct) -> bytes:
    name, fields = _shape(type(value))
    return _tagged(b"r", name + b"".join([encode(getattr(value, field)) for field in fields]))


@cache
def _shape(kind: type[msgspec.Struct]) -> tuple[bytes, tuple[str, ...]]:
    """What a record begins with, and the fields that follow."""
    derived = getattr(kind, "derived", ())
    fields = tuple(field for field in kind.__struct_fields__ if field not in derived)
    return _tagged(b"s", f"{kind.__module__}.{kind.__qualname__}".encode()), fields


_ENCODERS: dict[type, Callable[[Any], bytes]] = {
    bool: lambda value: _tagged(b"i", b"1" if value else b"0"),  # for True == 1
    int: lambda value: _tagged(b"i", b"%d" % value),
    str: lambda value: _tagged(b"s", value.encode("utf-8", "surrogatepass")),
    bytes: lambda value: _tagged(b"y", value),
    type(None): lambda _value: b"n0:",
    tuple: _sequence,
    Map: _mapping,
    frozenset: lambda value: _tagged(b"z", b"".join(sorted(encode(item) for item in value))),
}
