"""nsh: containers, pid namespaces and their debates, in one immutable machine you can type at.

Rooms, ground floor first: `machine` (what is), `abi` (the boundary), `kernel` (what happens),
`lang` (what a person types), `userland` (the commands), `views` (what a pane shows), `session`
(a run and its history), `tui` and `cli` (the doors). Each room's docstring states its rule.
"""

from __future__ import annotations


def __getattr__(name: str) -> str:
    """Look `__version__` up when it is asked for: reading the metadata costs a start-up."""
    if name == "__version__":
        from importlib.metadata import version

        return version("nsh-explorer")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
