"""The prompt: who acts, and what they are told."""

from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar

from rich.highlighter import Highlighter
from rich.style import Style
from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.suggester import Suggester
from textual.widgets import Input, Static

from nsh.session.remembered import Remembered
from nsh.tui import keys
from nsh.tui.cells import clean
from nsh.tui.choices import NONE, Choices
from nsh.tui.kept import Kept

if TYPE_CHECKING:
    from nsh.lang.completion import Completion

NEWLINE = "\N{SYMBOL FOR NEWLINE}"
"""How the end of a pasted line stands in the editor, which has one line only."""
READS = "a program reads this terminal: type a line for it; Ctrl+D ends its input"


class Roles(Highlighter):
    """Colours what is typed as the line shell does."""

    def __init__(self, looks: Callable[[str], Style], reading: Callable[[], bool]) -> None:
        self._looks = looks
        self._reading = reading

    def highlight(self, text: Text) -> None:
        if not text.plain or self._reading():
            return
        from nsh.lang.highlight import pieces  # noqa: PLC0415  # pygments: no frame waits for it

        at = 0
        for role, piece in pieces(text.plain.replace(NEWLINE, "\n")):
            if role:
                text.stylize(self._looks(role), at, at + len(piece))
            at += len(piece)


class Earlier(Suggester):
    """Greys what was typed last of all that begins so, as the line shell does."""

    def __init__(self, editor: "PromptInput", remembered: Remembered) -> None:
        super().__init__(use_cache=False, case_sensitive=True)
        self._editor = editor
        self._remembered = remembered

    async def get_suggestion(self, value: str) -> str | None:
        """Nothing while somebody else types there, or for a program."""
        if self._editor.reading or not self._editor.has_focus:
            return None
        so = (entry.replace("\n", NEWLINE) for entry in reversed(self._remembered.entries))
        return next((clean(entry) for entry in so if entry.startswith(value)), None)


class PromptInput(Input, Kept):
    """A line editor with history, colours and completion."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *keys.bindings(keys.TYPED + keys.PROMPT),
        Binding("ctrl+j", "submit", show=False),  # Enter, if typed before the terminal was ours
    ]

    def __init__(
        self,
        entered: Callable[[str], None],
        unfinished: Callable[[str], None],
        complete: "Callable[[str, int], Completion]",
        looks: Callable[[str], Style],
        remembered: Remembered,
        choices: Choices,
        *,
        id: str,
    ) -> None:
        colours = Roles(looks, lambda: self.reading)
        super().__init__(id=id, compact=True, select_on_focus=False, highlighter=colours)
        self.suggester = Earlier(self, remembered)
        self._complete = complete
        self._entered = entered
        """Told each line at once, and not by a message, which the next key would overtake,"""
        self._unfinished = unfinished
        """and what Enter finds that the line still waits for."""
        self.cursor_blink = False
        self.reading = False
        """What is entered goes to a program that reads the terminal."""
        self._remembered = remembered
        self._place = len(remembered.entries)
        self._draft = ""
        self._sought = ""
        """What is looked for in what was typed before,"""
        self._hit = ""
        """and where that was found last."""
        self._choices = choices
        self._found: Completion
        """What is to be chosen from, once somebody has asked,"""
        self._offered = ("", 0)
        """and for what text and cursor."""

    def remember(self, line: str) -> None:
        """Keep a line that was entered; the newest is asked for first."""
        self._remembered.add(line.replace(NEWLINE, "\n"))
        self._place = len(self._remembered.entries)
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
        if self.choosing:
            self._follow()

    async def action_submit(self) -> None:
        if self._take():
            return
        text = self.value.replace(NEWLINE, "\n")
        waits = "" if self.reading else _waits(text)
        if waits:
            self.cursor_position = len(self.value)
            self.insert_text_at_cursor(NEWLINE)
            self._unfinished(f"{waits}; Ctrl+C forgets it")
            return
        line, self.value = self.value, ""
        self._choices.close()
        if not self.reading:
            self.remember(line)
        self._entered(line.replace(NEWLINE, "\n"))

    # ---- completion

    @property
    def choosing(self) -> bool:
        """Whether the list of what could stand at the cursor is open."""
        return self._choices.open

    def action_complete(self) -> None:
        """Put in what all candidates begin with; list them where there are several, or go on in
        the list."""
        if self.reading:
            return
        if self.choosing:
            if len(self._found.candidates) > 1:
                self._choices.move(1)
            else:
                self.take(0)
            return
        text, cursor = self._ask()
        found = self._found
        words = [found.inserted(one) for one in found.candidates]
        first, last = min(words, default=""), max(words, default="")
        same = [one == other for one, other in zip(first, last, strict=False)]
        common = first[: [*same, False].index(False)]
        if len(words) == 1 and found.candidates[0].whole:
            common += " "
        if len(common) > cursor - found.start and common.startswith(text[found.start : cursor]):
            self.replace(common.replace("\n", NEWLINE), found.start, cursor)
            self._ask()
        if len(words) > 1:
            self._list()

    def _ask(self) -> tuple[str, int]:
        """Find what could stand at the cursor; the text and the cursor that it was asked for."""
        self._offered = self.value, self.cursor_position
        text, cursor = self.value.replace(NEWLINE, "\n"), self.cursor_position
        self._found = self._complete(text, cursor)
        return text, cursor

    def _list(self) -> None:
        if not self.has_focus:  # it was left before this key had its turn
            return
        back = self.cursor_position - self._found.start
        self._choices.offer(self._found.candidates, self.cursor_screen_offset.x - back)

    def _follow(self) -> None:
        """Keep the list to what is typed on; it is of no use elsewhere."""
        value, cursor = self._offered
        if (self.value, self.cursor_position) == (value, cursor):
            return
        moved = self.value == value
        self._ask()
        if moved or self._found.start > cursor:
            self._choices.close()
        else:
            self._list()

    def choose(self, step: int) -> None:
        """Go on or back in the list."""
        self._choices.move(step)

    def action_choose_page(self, pages: int) -> None:
        """Go a list's height on or back."""
        self._choices.page(pages)

    def action_cursor_right(self, select: bool = False) -> None:
        """Take what is chosen; without a list, as in any line."""
        if select or not self._take():
            super().action_cursor_right(select)

    def take(self, index: int) -> None:
        """Put a candidate of the list in."""
        one = self._found.candidates[index]
        word = self._found.inserted(one) + " " * one.whole
        self.replace(word.replace("\n", NEWLINE), self._found.start, self.cursor_position)
        self._choices.close()

    def _take(self) -> bool:
        chosen = self._choices.chosen
        if not self.choosing or chosen == NONE:
            return False
        self.take(chosen)
        return True

    def close_choices(self) -> None:
        """Nothing of the list."""
        self._choices.close()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return self.choosing if action == "choose_page" else True

    # ---- what was typed before

    def action_older(self) -> None:
        if self.choosing:
            self._choices.move(-1)
        else:
            self._go(self._place - 1)

    def action_newer(self) -> None:
        if self.choosing:
            self._choices.move(1)
        else:
            self._go(self._place + 1)

    def action_search(self) -> None:
        """The last line in which that is what stands here; again: the one before it."""
        if self.value != self._hit:
            self._sought, self._place = self.value, len(self._remembered.entries)
        entries, sought = self._remembered.entries, self._sought.replace(NEWLINE, "\n").casefold()
        for place in reversed(range(self._place)):
            if sought in entries[place].casefold():
                self._go(place)
                self._hit = self.value
                break

    def action_discard(self) -> None:
        """As at a shell's prompt: what is typed is forgotten, unless some of it is selected."""
        if self.selection.is_empty:
            self.value = ""
            self._choices.close()
            self._place = len(self._remembered.entries)
        else:
            self.action_copy()

    def _go(self, place: int) -> None:
        entries = self._remembered.entries
        if not 0 <= place <= len(entries):
            return
        if self._place == len(entries):
            self._draft = self.value
        self._place = place
        found = clean_lines(entries[place].split("\n")) if place < len(entries) else self._draft
        self.value = found.replace("\n", NEWLINE)
        self.cursor_position = len(self.value)

    def on_resize(self) -> None:
        self._choices.close()  # its place was that of another size

    def on_blur(self) -> None:
        self._choices.close()

    def _on_paste(self, event: events.Paste) -> None:
        """Of a paste of many lines the first alone would arrive; let them be one entry, in which
        what a terminal would obey is seen, or lines for who reads the terminal."""
        if self.reading and "\n" in event.text.replace("\r", "\n"):
            event.prevent_default()
            event.stop()
            for line in event.text.splitlines():
                self._entered(self.value + line)
                self.value = ""
            return
        from nsh.lang.pasting import script  # noqa: PLC0415  # the grammar, as below
        from nsh.userland.registry import is_command  # noqa: PLC0415  # few paste

        if not self.reading:
            event.prevent_default()
            event.stop()
            lines = script(event.text, is_command).split("\n")
            self.replace(NEWLINE.join(map(clean, lines)), *sorted(self.selection))


def _waits(text: str) -> str:
    from nsh.lang.unfinished import judge  # noqa: PLC0415  # the grammar, as above

    return judge(text).waits(text)


def clean_lines(lines: list[str]) -> str:
    """Lines of text that nothing in a terminal obeys."""
    return "\n".join(map(clean, lines))


class Name(Static, Kept):
    """Who acts."""


class Prompt(Horizontal, Kept):
    """The acting task's prompt with its line editor."""

    def __init__(
        self,
        entered: Callable[[str], None],
        unfinished: Callable[[str], None],
        complete: "Callable[[str, int], Completion]",
        looks: Callable[[str], Style],
        remembered: Remembered,
        choices: Choices,
        *,
        id: str,
    ) -> None:
        super().__init__(id=id)
        self._editor = PromptInput(
            entered, unfinished, complete, looks, remembered, choices, id="prompt-input"
        )
        self._name = ""

    def compose(self) -> ComposeResult:
        yield Name(id="prompt-name")
        yield self._editor

    @property
    def editor(self) -> PromptInput:
        """The line editor."""
        return self.query_one(PromptInput)

    def ask(self, name: str, next_line: str) -> None:
        """Show who acts, and, greyed, what the script would say next."""
        self._take(name, clean(next_line.splitlines()[0]) if next_line else "", reading=False)

    def ask_for_input(self) -> None:
        """Take lines for a program that reads the terminal."""
        self._take("> ", READS, reading=True)

    def _take(self, name: str, placeholder: str, *, reading: bool) -> None:
        """A name of another length moves the editor, so that all has its place found anew; what
        has not changed is left alone."""
        self.editor.reading = reading
        if name != self._name:
            self._name = name
            self.query_one(Name).update(Content(clean(name)))
        self.editor.placeholder = placeholder
