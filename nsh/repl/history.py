"""What was typed before, as prompt_toolkit wants it."""

from prompt_toolkit.history import History

from nsh.session.remembered import Remembered


class RememberedHistory(History):
    """The entries that *remembered* has, and will have."""

    def __init__(self, remembered: Remembered) -> None:
        super().__init__()
        self._remembered = remembered

    def load_history_strings(self) -> list[str]:
        """The newest first."""
        return self._remembered.entries[::-1]

    def append_string(self, string: str) -> None:
        """Remember an entry, if it is worth it."""
        if self._remembered.wants(string):
            super().append_string(string)

    def store_string(self, string: str) -> None:
        """Remember an entry."""
        self._remembered.add(string)
