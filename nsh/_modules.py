"""The modules of a package by name, for rooms in which being a file is all it takes to take part.

What pkgutil would say too; but that loads half a dozen modules of its own, at each start.
"""

import os
from types import ModuleType


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
