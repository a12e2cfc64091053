"""What was typed in earlier runs, in a file of the person's own: one for every prompt of nsh.

The file is as prompt_toolkit has it, but without times: an empty line, then the lines of an entry,
each behind a ``+``.
"""

import os
from collections.abc import Mapping
from contextlib import suppress
from typing import Final

NEWEST: Final = 10_000
"""Entries that are remembered when the file is next read."""


def state_folder(environ: Mapping[str, str]) -> str:
    """Where what is remembered from run to run is, by the XDG base directory specification."""
    state = environ.get("XDG_STATE_HOME", "")
    base = state if state.startswith("/") else os.path.expanduser("~/.local/state")
    return os.path.join(base, "nsh")


def path_of(environ: Mapping[str, str]) -> str:
    """Where the file is."""
    return os.path.join(state_folder(environ), "history")


class Remembered:
    """Entries in the order in which they were typed; in a file that its owner alone can read.

    Each is written as it is entered, in one piece behind the others, so that neither an end of
    nsh nor another nsh loses any.
    """

    def __init__(self, path: str | None = None) -> None:
        """None: nothing is kept.  Raises ``OSError`` if there cannot be such a file."""
        self._path = path
        self.entries: list[str] = []
        """The oldest first."""
        if path is not None:
            os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
            os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600))
            with open(path, "rb") as file:
                self.entries = _entries(file.read().decode("utf-8", "replace"))[-NEWEST:]

    def wants(self, entry: str) -> bool:
        """Whether an entry is worth it: neither blank nor the one before it again."""
        return bool(entry.strip()) and self.entries[-1:] != [entry]

    def add(self, entry: str) -> None:
        """Remember an entry that is wanted; if it cannot be written, then for this run."""
        if not self.wants(entry):
            return
        self.entries.append(entry)
        if self._path is not None:
            text = "\n" + "".join(f"+{line}\n" for line in entry.split("\n"))
            with suppress(OSError), open(self._path, "ab", buffering=0) as file:
                file.write(text.encode("utf-8", "replace"))


def _entries(text: str) -> list[str]:
    found: list[list[str]] = [[]]
    for line in text.split("\n"):
        if line.startswith("+"):
            found[-1].append(line[1:])
        elif found[-1]:
            found.append([])
    return ["\n".join(lines) for lines in found if lines]


def recall(environ: Mapping[str, str]) -> tuple[Remembered, str]:
    """What is remembered, and what is wrong with its file if it cannot be kept."""
    path = path_of(environ)
    try:
        return Remembered(path), ""
    except OSError as error:
        return Remembered(), f"history is not kept: {path}: {error.strerror}"
