"""What keys do at the prompt, beside what prompt_toolkit has them do."""

from collections.abc import Callable

from prompt_toolkit.application import get_app, run_in_terminal
from prompt_toolkit.buffer import Buffer, CompletionState
from prompt_toolkit.completion import CompleteEvent, get_common_complete_suffix
from prompt_toolkit.enums import EditingMode
from prompt_toolkit.filters import (
    Condition,
    emacs_insert_mode,
    has_completions,
    is_searching,
    vi_insert_mode,
)
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.key_binding.vi_state import InputMode
from prompt_toolkit.keys import Keys
from prompt_toolkit.shortcuts import print_formatted_text

from nsh.lang.pasting import entries, script
from nsh.lang.unfinished import Verdict, judge
from nsh.userland.registry import is_command

INDENT = "  "
QUOTES = frozenset("'\"`")


def bindings(
    helped: Callable[[], str],
    waits: Callable[[str], object],
    pasted: Callable[[tuple[str, ...]], object],
) -> KeyBindings:
    """The keys.  *helped* is what F1 shows above the prompt; *waits* is told what Enter finds that
    the text still waits for, *pasted* what was typed in a transcript that is pasted."""
    keys = KeyBindings()
    writing = ~is_searching

    @keys.add("enter", filter=writing & ~has_chosen)
    def _enter(event: KeyPressEvent) -> None:
        """Perform what is typed, or go on with it on another line."""
        buffer = event.current_buffer
        found = judge(buffer.text)
        if found.verdict is not Verdict.UNFINISHED:
            buffer.validate_and_handle()
            return
        waits(found.waits(buffer.text))
        before = judge(buffer.document.text_before_cursor)
        buffer.newline(copy_margin=False)
        quoted = bool(before.openings) and before.openings[-1].what in QUOTES
        buffer.insert_text("" if quoted else INDENT * before.depth)

    @keys.add("enter", filter=writing & has_chosen)
    def _choose(event: KeyPressEvent) -> None:
        """Take the candidate that is chosen in the menu."""
        event.current_buffer.complete_state = None

    @keys.add("tab", filter=writing & (emacs_insert_mode | vi_insert_mode))
    def _complete(event: KeyPressEvent) -> None:
        """Go through the menu, or have one."""
        buffer = event.current_buffer
        if buffer.complete_state is None:
            complete(buffer)
        else:
            buffer.complete_next()

    @keys.add("escape", "enter", filter=writing)
    def _newline(event: KeyPressEvent) -> None:
        """Another line, whatever stands there."""
        event.current_buffer.newline()

    @keys.add("}", filter=writing & at_margin)
    def _close(event: KeyPressEvent) -> None:
        """A closing brace stands under what it closes."""
        buffer = event.current_buffer
        buffer.delete_before_cursor(len(INDENT))
        buffer.insert_text("}")

    @keys.add(Keys.BracketedPaste)
    def _paste(event: KeyPressEvent) -> None:
        """A script, or a transcript whose prompts are taken away."""
        pasted(entries(event.data, is_command))
        event.current_buffer.insert_text(script(event.data, is_command))

    @keys.add("c-z")
    def _suspend(event: KeyPressEvent) -> None:
        """Nothing runs that could be suspended; prompt_toolkit would insert the character."""

    @keys.add("f4")
    def _mode(event: KeyPressEvent) -> None:
        """Change between the keys of emacs and of vi."""
        vi = event.app.editing_mode == EditingMode.VI
        event.app.editing_mode = EditingMode.EMACS if vi else EditingMode.VI
        event.app.vi_state.input_mode = InputMode.INSERT  # a search may have left the other one

    @keys.add("f1")
    def _help(event: KeyPressEvent) -> None:
        del event
        run_in_terminal(lambda: print_formatted_text(helped()))

    return keys


def complete(buffer: Buffer) -> None:
    """Put in what all candidates begin with, and show them; at once, where prompt_toolkit itself
    would let what is typed behind Tab overtake it."""
    document = buffer.document
    asked = CompleteEvent(completion_requested=True)
    found = list(buffer.completer.get_completions(document, asked))
    if len(found) == 1:
        buffer.apply_completion(found[0])
        return
    common = get_common_complete_suffix(document, found)
    if common:
        buffer.insert_text(common)
        found = [one.new_completion_from_position(len(common)) for one in found]
    if found:
        buffer.complete_state = CompletionState(buffer.document, found)


@Condition
def has_chosen() -> bool:
    """Whether a candidate is chosen in the menu."""
    state = get_app().current_buffer.complete_state
    return has_completions() and state is not None and state.current_completion is not None


@Condition
def at_margin() -> bool:
    """Whether the cursor's line holds nothing but indentation that can be taken back."""
    line = get_app().current_buffer.document.current_line_before_cursor
    return len(line) >= len(INDENT) and not line.strip(" ")
