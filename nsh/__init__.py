"""nsh: containers, pid namespaces and their debates, in one immutable machine you can type at.

Rooms, ground floor first: `machine` (what is), `abi` (the boundary), `kernel` (what happens),
`lang` (what a person types), `userland` (the commands), `views` (what a pane shows), `session`
(a run and its history), `tui` and `cli` (the doors). Each room's docstring states its rule.

The Python interface is `boot`, which makes a `Session`; docs/python.md shows it at work.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from nsh.abi.errno import Errno, KernelError
    from nsh.abi.request import Blocked
    from nsh.lang.diagnostics import SyntaxProblem
    from nsh.machine.digest import digest
    from nsh.machine.value import Machine
    from nsh.session.session import Session

__all__ = [
    "Blocked",
    "Errno",
    "KernelError",
    "Machine",
    "Session",
    "SyntaxProblem",
    "boot",
    "digest",
]

_HOMES = {
    "Blocked": "nsh.abi.request",
    "Errno": "nsh.abi.errno",
    "KernelError": "nsh.abi.errno",
    "Machine": "nsh.machine.value",
    "Session": "nsh.session.session",
    "SyntaxProblem": "nsh.lang.diagnostics",
    "digest": "nsh.machine.digest",
}


def boot(profile: str = "all", **options: Any) -> Session:
    """A session on a machine just booted; *options* are those of :class:`Session`.

    Raises :class:`KernelError` (EINVAL) if there is no such profile.
    """
    from nsh.session.session import Session

    return Session(profile, **options)


def __getattr__(name: str) -> Any:
    """Look a name up when it is asked for: importing nsh costs nothing before."""
    if name == "__version__":
        from importlib.metadata import version

        return version("nsh-explorer")
    if name in _HOMES:
        from importlib import import_module

        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
