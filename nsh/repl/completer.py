"""Tab: what the language's own completion offers, as prompt_toolkit wants it."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document

if TYPE_CHECKING:
    from nsh.lang.completion import Completion as Found


class MachineCompleter(Completer):
    """Asks *complete* (text, cursor) what could stand there."""

    def __init__(self, complete: "Callable[[str, int], Found]") -> None:
        self._complete = complete

    def get_completions(
        self, document: Document, complete_event: CompleteEvent
    ) -> Iterable[Completion]:
        """Every candidate, with what it is beside it."""
        del complete_event
        cursor = document.cursor_position
        found = self._complete(document.text, cursor)
        alone = len(found.candidates) == 1 and document.is_cursor_at_the_end_of_line
        for one in found.candidates:
            yield Completion(
                found.inserted(one) + " " * (alone and one.whole),
                start_position=found.start - cursor,
                display=one.text,
                display_meta=one.help,
            )
