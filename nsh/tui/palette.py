"""The palette: every key's action and every word of the prompt, by what it does."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import ClassVar, NamedTuple, cast

from textual.binding import Binding, BindingType
from textual.command import CommandPalette, DiscoveryHit, Hit, Hits, Provider

from nsh.session.words import WORDS
from nsh.tui import keys
from nsh.tui.house import House
from nsh.tui.panes.screen import LargeScreenPane
from nsh.tui.places import key_of
from nsh.tui.prompt import PromptInput
from nsh.tui.rows import Rows

_AT_THE_PROMPT = frozenset(key.id for key in (*keys.PROMPT, *keys.TYPED))
"""Actions that make sense only with the focus there."""


class Entry(NamedTuple):
    """Something to choose."""

    text: str
    help: str
    run: Callable[[], object]


class Palette(CommandPalette):
    """Offers that; ^C leaves it, too."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+c", "escape", "leave", show=False, priority=True)
    ]


class Everything(Provider):
    """What the palette of the app offers."""

    async def discover(self) -> Hits:
        for entry in self._entries():
            yield DiscoveryHit(entry.text, entry.run, help=entry.help)

    async def search(self, query: str) -> Hits:
        matcher = self.matcher(query)
        for entry in self._entries():
            score = max(matcher.match(entry.text), matcher.match(entry.help) * 0.9)
            if score > 0:
                yield Hit(score, matcher.highlight(entry.text), entry.run, help=entry.help)

    def _entries(self) -> Iterator[Entry]:
        app = cast(House, self.app)
        offered = set()
        for _, group in app.keys_shown():
            for key in group:
                if key.id in _AT_THE_PROMPT or not key.text or key.action in offered:
                    continue
                offered.add(key.action)
                if not self._works(key.action):
                    continue
                yield Entry(key.text, f"{key.shown}   {key.id}", partial(self._act, key.action))
        whose = "app" if app.at_home else "screen"
        for number, name in getattr(self.screen, "PANES", app.PANES).items():
            help_ = f"{key_of(number)}   look.pane-{number}"
            yield Entry(f"show {name}", help_, partial(self._act, f"{whose}.pane({number})"))
        if app.at_home and app.query(PromptInput):
            for name, word in WORDS.items():
                yield Entry(f"{name}: {word.summary}", word.usage, partial(self._word, name))

    def _works(self, action: str) -> bool:
        """Whether an action does anything where the palette was asked for; those for one pane each
        are listed apart."""
        whose, _, name = action.partition("(")[0].rpartition(".")
        if name in ("pane", "command_palette"):
            return False
        if whose == "screen":
            return hasattr(self.screen, f"action_{name}")
        if not whose:
            return isinstance(self.focused, Rows)
        if name in ("prompt", "leave_prompt"):
            return isinstance(self.focused, PromptInput) == (name != "prompt")
        if name in ("look_away", "sit_down", "get_up"):  # who sits there hears of no palette
            return isinstance(self.focused, LargeScreenPane) and name != "get_up"
        return True

    async def _act(self, action: str) -> None:
        """As if its key had been pressed where the focus is."""
        await self.app.run_action(action, self.app.focused or self.app)

    def _word(self, name: str) -> None:
        """The word at the prompt, to be completed and entered."""
        editor = self.app.query_one(PromptInput)
        editor.value = name if WORDS[name].usage == name else f"{name} "
        editor.cursor_position = len(editor.value)
        cast(House, self.app).action_prompt()
