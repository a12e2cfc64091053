"""Screens to find a moment, or a history, by."""

from collections.abc import Callable, Sequence
from typing import ClassVar, Final

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from nsh.session.branching import Branch, drawn, ordered
from nsh.session.search import USAGE
from nsh.tui.cells import clean
from nsh.tui.over import Over

NEW: Final = "\n"
"""Instead of a branch's name: one that is to be begun."""


class SearchScreen(Over[str | None]):
    """A line to ask when something happened, at the bottom; Enter goes to the next such moment.

    *preview* says what a query comes to, while it is typed.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,ctrl+c", "leave", "leave", show=False, priority=True)
    ]
    HINT = USAGE
    EXAMPLE = "web:1 dies"

    def __init__(self, preview: Callable[[str], str]) -> None:
        super().__init__()
        self._preview = preview
        self.last = ""
        """What was asked before: it stands there, selected, so that typing replaces it."""
        self._early: list[events.Key | events.Paste] = []
        self._listens = False

    def compose(self) -> ComposeResult:
        with Vertical(id="search"):
            yield Static(Content(self.HINT), id="search-hint")
            yield Input(self.last, placeholder=self.EXAMPLE, compact=True, id="search-input")

    def on_mount(self) -> None:
        """Often long before it is asked for, and where the app is left meanwhile without a line."""
        for editor in self.query(Input):
            editor.cursor_blink = False
            editor.focus()
            self.watch(editor, "value", self._typed)  # at once: it is painted with what was typed
        if not self.is_current:
            self._refresh_layout(self.app.size)

    def on_screen_resume(self) -> None:
        editor = self.query_one(Input)
        editor.value = self.last
        editor.select_all()
        self._listens = True
        early, self._early = self._early, []
        for event in early:
            if self.is_active:
                self._catch_up(editor, event)
            else:  # it is for what was below
                self.app.post_message(event)

    def on_screen_suspend(self) -> None:
        self._listens = False

    def keeps(self, event: events.Key | events.Paste) -> bool:
        """Whether *event* comes before there is a line to hear it, as over a slow connection, where
        keys come together.  It is kept until then."""
        if not self._listens:
            self._early.append(event)
        return not self._listens

    def _catch_up(self, editor: Input, event: events.Key | events.Paste) -> None:
        if isinstance(event, events.Paste):
            editor.insert_text_at_cursor(event.text.partition("\n")[0])
        elif event.is_printable and event.character:
            editor.replace(event.character, *editor.selection)
        elif event.key == "backspace":
            editor.action_delete_left()
        elif event.key == "enter":
            self.dismiss(editor.value)
        elif event.key in ("escape", "ctrl+c"):
            self.action_leave()

    def _typed(self, value: str) -> None:
        self._say(self._preview(value) if value.strip() else self.HINT)

    def _say(self, said: str) -> None:
        self.query_one("#search-hint", Static).update(Content(clean(said)), layout=False)

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        self.dismiss(event.value)

    def action_leave(self) -> None:
        self.dismiss(None)


class FilterScreen(SearchScreen):
    """A line for the words that tasks have to have; they are gone while it is typed already."""

    HINT = "in a name, a command line, web:2, pts/0; Esc: as before"
    EXAMPLE = "nothing: all tasks"

    def _typed(self, value: str) -> None:
        self._say(f"{self._preview(value)}; {self.HINT}")


class BranchScreen(Over[str]):
    """The histories there are, as a tree; Enter goes to one."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,B,ctrl+c", "leave", "leave", show=False),
        Binding("b", "begin", "begin another", show=False),
    ]

    def __init__(self, branches: Sequence[Branch]) -> None:
        super().__init__()
        self._branches = ordered(branches)

    def compose(self) -> ComposeResult:
        options = [Option(Content(clean(line))) for line in drawn(self._branches)]
        with Vertical(id="branches"):
            yield Static(Content.styled("Histories: Enter goes there, b begins another", "bold"))
            yield OptionList(*options, id="branch-list", compact=True)

    def on_mount(self) -> None:
        chosen = self.query_one(OptionList)
        chosen.highlighted = next(n for n, one in enumerate(self._branches) if one.here)
        chosen.focus()

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(self._branches[event.option_index].name)

    def action_leave(self) -> None:
        self.dismiss("")

    def action_begin(self) -> None:
        self.dismiss(NEW)
