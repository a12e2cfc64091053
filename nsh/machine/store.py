"""A machine as a file: one JSON value a line, so that it can be written and read as it comes.

The first line names the format and its version; then comes a line for each row,
``["Task", 103, {…}]``, by table and key; the last line counts them.  Fields that have their
default are left out.  In the values::

    tuple            [a, b]                 Map        {"map": [[key, value], …]}
    bytes            {"bytes": "base64"}    frozenset  {"set": [a, b]}
    enum             {"enum": "machine.tasks.State", "value": 1}
    record           {"record": "machine.signals.SigInfo", "fields": {…}}
    text that is no UTF-8                   {"text": "base64, surrogates as UTF-8 would have them"}

Numbers, texts, true, false and null are themselves.  ``load(dump(machine)) == machine``, with the
same digest.
"""

from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator
from enum import Enum
from typing import Any, Final

import msgspec
from immutables import Map

from nsh.machine import checking, naming
from nsh.machine.record import Record, records
from nsh.machine.value import Machine, begin

FORMAT: Final = "nsh-machine"
VERSION: Final = 1

_LARGEST: Final = 2**63


class StoreError(ValueError):
    """A stored machine cannot be read; the message names the line and the field."""


# ---- writing


def dump(machine: Machine) -> Iterator[str]:
    """The lines of *machine*, without line ends.  Equal machines give equal lines.

    ``TypeError`` for a value that has no place in a machine.
    """
    encoder = msgspec.json.Encoder()
    head = {"format": FORMAT, "version": VERSION}
    yield encoder.encode({**head, "serial": machine.serial, "clock": machine.clock}).decode()
    count = 0
    for kind in sorted(records(), key=lambda kind: kind.__name__):
        for key, record in machine.items(kind):
            count += 1
            yield encoder.encode([kind.__name__, key, _fields(record)]).decode()
    yield encoder.encode({"rows": count}).decode()


def _fields(record: msgspec.Struct) -> dict[str, Any]:
    kind = type(record)
    found = {}
    for name, default in zip(kind.__struct_fields__, naming.defaults(kind), strict=True):
        value = getattr(record, name)
        if type(value) is not type(default) or value != default:
            found[name] = encoded(value)
    return found


def encoded(value: object) -> Any:
    """*value* as plain JSON values.  ``TypeError`` for one that has no place in a machine."""
    match value:
        case None | bool():
            return value
        case Enum():
            return {"enum": naming.name(type(value)), "value": value.value}
        case int():
            return value if -_LARGEST <= value < _LARGEST else {"number": str(value)}
        case str():
            if value.isascii() or _is_text(value):
                return value
            return {"text": _base64(value.encode("utf-8", "surrogatepass"))}
        case bytes():
            return {"bytes": _base64(value)}
        case tuple():
            return [encoded(item) for item in value]
        case Map():
            pairs = [[encoded(key), encoded(item)] for key, item in value.items()]
            return {"map": sorted(pairs, key=_order)}
        case frozenset():
            return {"set": sorted(map(encoded, value), key=_order)}
        case msgspec.Struct():
            return {"record": naming.name(type(value)), "fields": _fields(value)}
    raise TypeError(f"a machine cannot hold {type(value).__name__}")


def _order(item: Any) -> bytes:
    """Something to sort encoded values by: numbers by size, all else as it is written."""
    first = item[0] if isinstance(item, list) and len(item) == 2 else item
    if type(first) is int:
        return b"0" + (first + _LARGEST).to_bytes(9, "big")
    return b"1" + msgspec.json.encode(item)


def _is_text(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def _base64(data: bytes) -> str:
    return b64encode(data).decode("ascii")


# ---- reading


def load(lines: Iterable[str | bytes]) -> Machine:
    """The machine that *lines* tell of.

    :class:`StoreError` if they are of another format or version, are damaged or cut off, name
    a record that does not exist, or have a value of the wrong kind.
    """
    decoder = msgspec.json.Decoder()
    kinds = {kind.__name__: kind for kind in records()}
    tx = begin(Machine())
    head: dict[str, Any] | None = None
    count = 0
    end = False
    for number, line in enumerate(lines, 1):
        where = f"line {number}"
        if end:
            raise StoreError(f"{where}: there is more after the last line")
        try:
            told = decoder.decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as problem:
            what = f"this is no machine that nsh has stored: {problem}" if head is None else problem
            raise StoreError(f"{where}: {what}") from problem
        if head is None:
            head = _head(told)
        elif isinstance(told, dict):
            if told != {"rows": count}:
                raise StoreError(f"{where}: rows: {told.get('rows')!r}, there are {count}")
            end = True
        else:
            kind, key, record = _row(where, told, kinds)
            count += 1
            if tx.find(kinds[kind], key) is not None:
                raise StoreError(f"{where}: {kind}[{key}] is there twice")
            tx.put(key, record)
    if head is None:
        raise StoreError("line 1: the file is empty")
    if not end:
        raise StoreError(f"the file is cut off after {count} rows")
    tx.serial, tx.clock = head["serial"], head["clock"]
    return tx.commit()


def _head(told: object) -> dict[str, Any]:
    if not isinstance(told, dict) or told.get("format") != FORMAT:
        raise StoreError("line 1: format: this is no machine that nsh has stored")
    if told.get("version") != VERSION:
        raise StoreError(
            f"line 1: version: the file has {told.get('version')!r}, this nsh reads {VERSION}"
        )
    for name in ("serial", "clock"):
        if type(told.get(name)) is not int:
            raise StoreError(f"line 1: {name}: expected a number, not {told.get(name)!r}")
    return told


def _row(where: str, told: object, kinds: dict[str, type[Record]]) -> tuple[str, int, Record]:
    match told:
        case [str(kind), int(key), dict(fields)] if kind in kinds:
            try:
                return kind, key, _record(kinds[kind], fields)  # type: ignore[return-value]
            except checking.Wrong as problem:
                raise StoreError(f"{where}: {kind}[{key}].{problem}") from problem
            except RecursionError as problem:
                raise StoreError(f"{where}: {kind}[{key}]: nested too deeply") from problem
        case [str(kind), *_] if kind not in kinds:
            raise StoreError(f"{where}: there is no table {kind}")
    raise StoreError(f"{where}: expected [table, key, fields]")


def _record(kind: type[msgspec.Struct], fields: dict[str, Any]) -> msgspec.Struct:
    values = {}
    types = naming.types(kind)
    for name, value in fields.items():
        if name not in types:
            raise checking.Wrong(f"{name}: {kind.__name__} has no such field")
        try:
            values[name] = decoded(value)
            checking.check(values[name], types[name])
        except checking.Wrong as problem:
            raise checking.Wrong(f"{name}{problem.joined()}") from problem
    missing = naming.required(kind) - values.keys()
    if missing:
        raise checking.Wrong(f"{min(missing)}: is missing")
    return kind(**values)


def decoded(value: Any) -> Any:
    """What plain JSON values stand for.  :class:`~nsh.machine.checking.Wrong` for what they cannot
    stand for."""
    match value:
        case None | bool() | int() | str():
            return value
        case list():
            return tuple(decoded(item) for item in value)
        case {"map": list(pairs), **rest} if not rest:
            if not all(isinstance(pair, list) and len(pair) == 2 for pair in pairs):
                raise checking.Wrong("a map is made of pairs")
            return Map([(_key(key), decoded(item)) for key, item in pairs])
        case {"set": list(items), **rest} if not rest:
            return frozenset(_key(item) for item in items)
        case {"bytes": str(text), **rest} if not rest:
            return _bytes(text)
        case {"text": str(text), **rest} if not rest:
            try:
                return _bytes(text).decode("utf-8", "surrogatepass")
            except UnicodeDecodeError as problem:
                raise checking.Wrong(str(problem)) from problem
        case {"number": str(text), **rest} if not rest and len(text) < 4000:
            if text.removeprefix("-").isdecimal():
                return int(text)
        case {"enum": str(name), "value": number, **rest} if not rest:
            kind = naming.enum(name)
            if kind is None or type(number) not in (int, str):
                raise checking.Wrong(f"there is no {name}")
            try:
                return kind(number)
            except ValueError as problem:
                raise checking.Wrong(str(problem)) from problem
        case {"record": str(name), "fields": dict(fields), **rest} if not rest:
            struct = naming.struct(name)
            if struct is None:
                raise checking.Wrong(f"there is no record {name}")
            return _record(struct, fields)
    raise checking.Wrong(f"{str(value)[:40]} is no value of a machine")


def _key(value: Any) -> Any:
    found = decoded(value)
    try:
        {found: None}  # noqa: B018  # it can be a key, or it cannot
    except TypeError as problem:
        raise checking.Wrong(str(problem)) from problem
    return found


def _bytes(text: str) -> bytes:
    try:
        return b64decode(text, validate=True)
    except ValueError as problem:
        raise checking.Wrong(f"no base64: {problem}") from problem
