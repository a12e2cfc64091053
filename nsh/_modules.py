"""Loading: the modules of a package by name, for rooms in which being a file is all it takes to
take part; and how to load few.

pkgutil would find modules too; but that loads half a dozen of its own, at each start.
"""

import os
import sys
from collections.abc import Mapping
from importlib import import_module
from types import ModuleType
from typing import Any


def modules(package: ModuleType) -> list[str]:
    """The full names of all modules in *package* and the packages below it, sorted."""
    found: list[str] = []
    for path in package.__path__:
        _collect(path, package.__name__, found)
    return sorted(found)


def _collect(path: str, name: str, found: list[str]) -> None:
    with os.scandir(path) as entries:
        for entry in entries:
            stem, dot, kind = entry.name.partition(".")
            if kind == "py" and stem != "__init__":
                found.append(f"{name}.{stem}")
            elif not dot and os.path.exists(os.path.join(entry.path, "__init__.py")):
                found.append(f"{name}.{stem}")
                _collect(entry.path, f"{name}.{stem}", found)


def late(home: dict[str, Any], package: str, *names: str) -> None:
    """Import modules of *package* into the namespace *home* once something of one is asked for.

    For what a module cannot do without, and no start needs.  It stands beside an import for type
    checkers, and for who looks where rooms stand:

        if TYPE_CHECKING:
            from nsh.session import director, keyboard
        else:
            late(globals(), "nsh.session", "director", "keyboard")
    """
    for name in names:
        home[name] = _Late(home, package, name)


class _Late:
    """Stands in *home* for a module, until it is asked for something."""

    def __init__(self, home: dict[str, Any], package: str, name: str) -> None:
        self._home, self._package, self._name = home, package, name

    def __getattr__(self, attribute: str) -> Any:
        module = self._home[self._name] = import_module(f"{self._package}.{self._name}")
        return getattr(module, attribute)


def load_lightly() -> None:
    """Prepare for a script, to whose end loading may be most of the way.

    msgspec is loaded without typing_extensions: it does without where there is none, for typing
    has all it wants of that.  What it loads for schemas comes once somebody asks for one, and
    platform, which uuid asks for the name of the system alone, not at all.  Together that would be
    an eighth of what a start loads.
    """
    import gc  # noqa: PLC0415  # a look at the help does without

    gc.disable()  # what is loaded stays; the runner lets the collector come again
    platform = _Absent("platform", system=lambda: os.uname().sysname)
    absent = _Absent("textwrap"), _Absent("msgspec.inspect"), platform
    _load("msgspec", {"typing_extensions": None, **{each.__name__: each for each in absent}})


def load_screen_lightly() -> None:
    """Prepare for a screen.  asyncio is loaded without ssl: it does without where there is none,
    and no screen of ours speaks to another machine."""
    _load("asyncio", {"ssl": None, "asyncio.sslproto": _Absent("asyncio.sslproto")})


def load_interface_lightly() -> None:
    """Prepare for the interface.  Textual's palette of commands, which comes with an app, loads all
    widgets that have a type to tell, for the name of one that is none of theirs."""
    load_screen_lightly()
    name = import_module("textual._types").IgnoreReturnCallbackType
    types = _Absent("textual.types", IgnoreReturnCallbackType=name)
    _load("textual.command", {types.__name__: types})


class _Absent(ModuleType):
    """A module for those that import it while others are loaded, of which only *known* is here; it
    comes itself once something else of it is asked for."""

    def __init__(self, name: str, **known: object) -> None:
        super().__init__(name)
        self.__dict__.update(known)

    def __getattr__(self, attribute: str) -> Any:
        if attribute.startswith("__"):  # the import system asks for some that it can do without
            raise AttributeError(attribute)
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]
        return getattr(import_module(self.__name__), attribute)


def _load(name: str, absent: Mapping[str, ModuleType | None]) -> None:
    """Load the module *name* as if those of *absent* were what is said there; None: not there."""
    if name in sys.modules:
        return
    absent = {each: stand_in for each, stand_in in absent.items() if each not in sys.modules}
    sys.modules.update(absent)  # type: ignore[arg-type]  # None is for there is none
    try:
        __import__(name)
    finally:
        for each, stand_in in absent.items():
            if sys.modules.get(each) is stand_in:
                del sys.modules[each]
