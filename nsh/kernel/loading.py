"""Which modules of the kernel a machine begins with, and when the others come.

Being a file in this package is all it takes to be part of the kernel.  The packages named here
are mechanisms that most runs never touch: they are loaded once somebody asks for what no module
so far has.  Till then no machine here can hold a row of theirs, so that whatever hooks they
have would find nothing to do.
"""

import importlib
from typing import Final

import nsh.kernel
from nsh._modules import modules

LATE: Final = (
    "nsh.kernel.fs.locking",
    "nsh.kernel.fs.mqueues",
    "nsh.kernel.net",
    "nsh.kernel.sysv",
    "nsh.kernel.timing",
)

_loaded: set[bool] = set()


def load() -> None:
    """Import what every machine needs, once."""
    _load(late=False)


def load_all() -> None:
    """Import every module of the kernel, once: also before a machine comes from elsewhere."""
    _load(late=False)
    _load(late=True)


def _load(*, late: bool) -> None:
    if late in _loaded:
        return
    inside = tuple(f"{package}." for package in LATE)
    for name in modules(nsh.kernel):
        if (name in LATE or name.startswith(inside)) == late:
            importlib.import_module(name)
    _loaded.add(late)
