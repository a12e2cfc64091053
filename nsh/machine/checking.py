"""Whether a value is what a field is declared to hold.

Records do not check what they are made of, for the kernel makes a million of them; what comes out
of a file is checked here once.
"""

import types
from collections.abc import Callable
from functools import cache
from typing import Any, TypeVar, Union, get_args, get_origin

from immutables import Map

Check = Callable[[Any], None]


class Wrong(ValueError):
    """A value does not fit; the message begins with where, if that is deeper than the field."""

    def joined(self) -> str:
        """The message, to be put behind a field's name: below it, or about it."""
        text = str(self)
        head = text.partition(":")[0]
        return f".{text}" if head.isidentifier() and ": " in text else f": {text}"


def check(value: object, declared: Any) -> None:
    """Raise :class:`Wrong` if *value* is none of what *declared* says."""
    _check(declared)(value)


def _anything(_value: object) -> None:
    return None


def _is(kind: type, said: str) -> Check:
    def checked(value: object) -> None:
        if not isinstance(value, kind) or isinstance(value, bool):
            raise Wrong(f"expected {said}, not {_short(value)}")

    return checked


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 40 else text[:39] + "…"


@cache
def _check(declared: Any) -> Check:
    if isinstance(declared, TypeVar) or declared in (Any, object):
        return _anything
    if declared is None or declared is type(None):
        return _is(type(None), "null")
    supertype = getattr(declared, "__supertype__", None)
    if supertype is not None:  # a NewType
        return _check(supertype)
    origin = get_origin(declared)
    arguments = get_args(declared)
    if origin in (Union, types.UnionType):
        return _any_of([_check(each) for each in arguments])
    if origin is tuple or declared is tuple:
        return _tuple(arguments)
    if origin is Map or declared is Map:
        return _map(arguments)
    if origin is frozenset:
        return _members(_check(arguments[0]))
    if isinstance(declared, type):
        return _of_type(declared)
    return _anything  # a form that no record of ours uses


def _of_type(kind: type) -> Check:
    if kind is bool:
        return _bool
    words = {int: "a number", str: "text", bytes: "bytes"}
    return _is(kind, words.get(kind, f"a {kind.__name__}"))


def _bool(value: object) -> None:
    if type(value) is not bool:
        raise Wrong(f"expected true or false, not {_short(value)}")


def _any_of(checks: list[Check]) -> Check:
    def checked(value: object) -> None:
        wrong = None
        for each in checks:
            try:
                return each(value)
            except Wrong as problem:
                wrong = problem
        raise wrong or Wrong("nothing is allowed here")

    return checked


def _tuple(arguments: tuple[Any, ...]) -> Check:
    if not arguments:
        return _is(tuple, "a list")
    repeated = len(arguments) == 2 and arguments[1] is Ellipsis
    checks = [_check(each) for each in (arguments[:1] if repeated else arguments)]

    def checked(value: Any) -> None:
        if not isinstance(value, tuple):
            raise Wrong(f"expected a list, not {_short(value)}")
        if not repeated and len(value) != len(checks):
            raise Wrong(f"expected {len(checks)} values, not {len(value)}")
        for index, item in enumerate(value):
            checks[0 if repeated else index](item)

    return checked


def _map(arguments: tuple[Any, ...]) -> Check:
    key_check, value_check = map(_check, arguments or (Any, Any))

    def checked(value: Any) -> None:
        if not isinstance(value, Map):
            raise Wrong(f"expected a map, not {_short(value)}")
        for key, item in value.items():
            key_check(key)
            value_check(item)

    return checked


def _members(inner: Check) -> Check:
    def checked(value: Any) -> None:
        if not isinstance(value, frozenset):
            raise Wrong(f"expected a set, not {_short(value)}")
        for item in value:
            inner(item)

    return checked
