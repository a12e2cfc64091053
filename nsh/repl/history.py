"""What was typed in earlier runs, in a file of the person's own."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from prompt_toolkit.history import FileHistory, History, InMemoryHistory

NEWEST: Final = 10_000
"""Entries that are kept when the file is next read."""


def path_of(environ: Mapping[str, str]) -> Path:
    """Where the history is, by the XDG base directory specification."""
    state = environ.get("XDG_STATE_HOME", "")
    base = Path(state) if state.startswith("/") else Path.home() / ".local" / "state"
    return base / "nsh" / "history"


class PrivateHistory(FileHistory):
    """Entries in the order in which they were typed, readable by their owner alone.

    Each is written as it is entered, in one piece behind the others, so that neither an end of
    nsh nor another nsh loses any.
    """

    def __init__(self, path: Path) -> None:
        """Raises ``OSError`` if there cannot be such a file."""
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600))
        super().__init__(str(path))
        self._last = ""

    def load_history_strings(self) -> list[str]:
        """The newest first."""
        found = []
        for entry in super().load_history_strings():
            found.append(entry)
            if len(found) == NEWEST:
                break
        return found

    def append_string(self, string: str) -> None:
        """Remember an entry, unless it is the one before it again."""
        if string.strip() and string != self._last:
            self._last = string
            super().append_string(string)

    def store_string(self, string: str) -> None:
        """Write one entry; where that fails it is remembered all the same."""
        try:
            super().store_string(string)
        except OSError:
            return


def open_history(environ: Mapping[str, str]) -> tuple[History, str]:
    """The history, and what is wrong with its file if it cannot be kept."""
    path = path_of(environ)
    try:
        return PrivateHistory(path), ""
    except OSError as error:
        return InMemoryHistory(), f"history is not kept: {path}: {error.strerror}"
