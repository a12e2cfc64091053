"""The prompt: who acts, and what they are told."""

from collections.abc import Callable

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Input, Static

from nsh.tui import keys
from nsh.tui.cells import clean

KEPT = 1_000
"""Lines of history."""
NEWLINE = "\N{SYMBOL FOR NEWLINE}"
"""How the end of a pasted line stands in the editor, which has one line only."""
READS = "a program reads this terminal: type a line for it; Ctrl+D ends its input"


class PromptInput(Input):
    """A line editor with history."""

    BINDINGS = keys.bindings(keys.TYPED + keys.PROMPT)

    def __init__(self, entered: Callable[[str], None], *, id: str) -> None:
        super().__init__(id=id, compact=True, select_on_focus=False)
        self._entered = entered
        """Told each line at once, and not by a message, which the next key would overtake."""
        self.cursor_blink = False
        self.reading = False
        """What is entered goes to a program that reads the terminal."""
        self._lines: list[str] = []
        self._place = 0
        self._draft = ""

    def remember(self, line: str) -> None:
        """Keep a line that was entered; the newest is asked for first."""
        if line.strip() and self._lines[-1:] != [line]:
            self._lines.append(line)
            del self._lines[:-KEPT]
        self._place = len(self._lines)
        self._draft = ""

    async def _on_key(self, event: events.Key) -> None:
        """Keys act in the order in which they were pressed: on the long way up to the app, as
        Textual has it, letters behind an Enter would overtake it and join its line."""
        found = None if event.is_printable else self.screen.active_bindings.get(event.key)
        if found is not None and await self.app.run_action(found.binding.action, found.node):
            event.stop()
            event.prevent_default()
        else:
            await super()._on_key(event)

    async def action_submit(self) -> None:
        line, self.value = self.value, ""
        if not self.reading:
            self.remember(line)
        self._entered(line.replace(NEWLINE, "\n"))

    def action_older(self) -> None:
        self._go(self._place - 1)

    def action_newer(self) -> None:
        self._go(self._place + 1)

    def action_discard(self) -> None:
        """As at a shell's prompt: what is typed is forgotten, unless some of it is selected."""
        if self.selection.is_empty:
            self.value = ""
            self._place = len(self._lines)
        else:
            self.action_copy()

    def _go(self, place: int) -> None:
        if not 0 <= place <= len(self._lines):
            return
        if self._place == len(self._lines):
            self._draft = self.value
        self._place = place
        self.value = self._lines[place] if place < len(self._lines) else self._draft
        self.cursor_position = len(self.value)

    def _on_paste(self, event: events.Paste) -> None:
        """Of a paste of many lines the first alone would arrive; let them be one entry, or lines
        for who reads the terminal."""
        if self.reading and "\n" in event.text.replace("\r", "\n"):
            event.prevent_default()
            event.stop()
            for line in event.text.splitlines():
                self._entered(self.value + line)
                self.value = ""
            return
        lines = event.text.strip("\r\n").splitlines()
        if len(lines) > 1:
            event.prevent_default()
            event.stop()
            self.insert_text_at_cursor(NEWLINE.join(map(clean, lines)))


class Prompt(Horizontal):
    """The acting task's prompt with its line editor."""

    def __init__(self, entered: Callable[[str], None], *, id: str) -> None:
        super().__init__(id=id)
        self._entered = entered

    def compose(self) -> ComposeResult:
        yield Static(id="prompt-name")
        yield PromptInput(self._entered, id="prompt-input")

    @property
    def editor(self) -> PromptInput:
        """The line editor."""
        return self.query_one(PromptInput)

    def ask(self, name: str, next_line: str) -> None:
        """Show who acts, and, greyed, what the script would say next."""
        self.editor.reading = False
        self.query_one("#prompt-name", Static).update(Content(clean(name)))
        self.editor.placeholder = clean(next_line.splitlines()[0]) if next_line else ""

    def ask_for_input(self) -> None:
        """Take lines for a program that reads the terminal."""
        self.editor.reading = True
        self.query_one("#prompt-name", Static).update("> ")
        self.editor.placeholder = READS
