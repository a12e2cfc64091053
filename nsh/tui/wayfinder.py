"""Finding one's way through histories: search, marks, chapters, branches; what their keys do."""

from bisect import bisect_right
from collections.abc import Sequence
from functools import cached_property
from time import monotonic
from typing import TYPE_CHECKING, Any, Final

from textual import events
from textual.command import CommandPalette
from textual.screen import Screen

from nsh._modules import late
from nsh.machine.tasks import Task
from nsh.tui.house import House
from nsh.tui.prompt import PromptInput
from nsh.views import ids

if TYPE_CHECKING:
    from nsh.session import answers, branching, finder, search
    from nsh.session.answers import Answer
    from nsh.session.search import Term
    from nsh.tui.finding import SearchScreen
else:  # when somebody asks
    late(globals(), "nsh.session", "answers", "branching", "finder", "search")

SLICE: Final = 0.005
"""Seconds that a key may have to wait for what is done meanwhile, and between two such slices."""
WHAT_IF: Final = "what-if"
"""What a branch is called that is begun by a key."""


class Wayfinder(House):
    """What one does to get somewhere; where that is, the session knows."""

    _asked = ""
    """The last query, as it was typed."""
    _query: "Sequence[Term]" = ()

    # ---- for a subclass to say

    def arrive(self, moved: bool) -> None:
        """Somebody went somewhere by hand."""
        raise NotImplementedError

    def answer(self, answer: "Answer") -> None:
        """Show what one of the prompt's words has to say."""
        raise NotImplementedError

    # ---- all there is

    def action_command_palette(self) -> None:
        """Offer everything there is; from what was opened over that, go back to it."""
        if any(isinstance(screen, CommandPalette) for screen in self.screen_stack):
            while not isinstance(self.screen, CommandPalette):
                self.pop_screen()
            return
        from nsh.tui.palette import Palette  # noqa: PLC0415  # no frame waits for it

        self.push_screen(Palette(placeholder="what to do", id="--command-palette"))

    # ---- search

    @cached_property
    def _finder(self) -> "finder.Finder":
        """Who looks through histories."""
        return finder.Finder()

    @cached_property
    def _asking(self) -> "SearchScreen":
        """The screen that asks; it is made once."""
        from nsh.tui.finding import SearchScreen  # noqa: PLC0415  # no frame waits for it

        asking = SearchScreen(self._preview)
        self.install_screen(asking, "search")
        return asking

    def _prepare(self) -> None:
        super()._prepare()
        self._get_screen(self._asking)  # it mounts it, where the first search would wait for that
        self._load_screen_css(self._asking)

    def _load_screen_css(self, screen: Screen[Any]) -> None:
        """Take in a screen's own rules, where Textual would parse all of them once more, and look
        for the styles of every widget there is."""
        new = [path for path in screen.css_path if not self.stylesheet.has_source(str(path))]
        if new:
            self.stylesheet.read_all(new)
            self.stylesheet.parse()
            self.stylesheet.update(screen)
        super()._load_screen_css(screen)

    async def on_event(self, event: events.Event) -> None:
        if isinstance(event, events.Key | events.Paste) and not event.is_forwarded:
            screen = self.screen_stack[-1]
            if len(self.screen_stack) > 1:
                from nsh.tui.finding import SearchScreen  # noqa: PLC0415  # as above

                if isinstance(screen, SearchScreen) and screen.keeps(event):
                    return
        await super().on_event(event)

    async def action_at_once(self, action: str) -> None:
        """Do it before the next key is heard."""
        await self.run_action(f"app.{action}")

    def action_search(self) -> None:
        """Ask when something happened."""
        self._asking.last = self._asked
        self.push_screen(self._asking, self._search)
        self.call_after_refresh(self._make_out)

    def _make_out(self) -> None:
        """While nothing is typed yet, find out a little of what will be asked for."""
        end = monotonic() + SLICE
        if not self._finder.prepare(self.player.history, lambda: monotonic() > end):
            self.set_timer(SLICE, self._make_out)

    def _preview(self, text: str) -> str:
        try:
            found = self._finder.every(self.player.history, search.parse(text))
        except search.QueryError as problem:
            return str(problem)
        if not found:
            return "at no step so far"
        ahead = len(found) - bisect_right(found, self.player.position)
        return f"at {len(found)} of {len(self.player.history) - 1} steps, {ahead} of them ahead"

    def _search(self, text: str | None) -> None:
        if not text or not text.strip():
            return
        try:
            self._query, self._asked = search.parse(text), text
        except search.QueryError as problem:
            self.answer(answers.Answer(str(problem), ok=False))
            return
        self.action_found(1)

    def action_found(self, direction: int) -> None:
        """Go to the next moment that was asked for, or the one before."""
        if not self._query:
            self.action_search()
            return
        history = self.player.history
        found = self._found()
        at = self._finder.next(history, self._query, self.player.position, direction)
        if at is None:
            self.answer(answers.Answer(f"{self._asked}: at no step so far", ok=False))
            return
        self.arrive(self.player.seek(at))
        place = f"{bisect_right(found, at)} of {len(found)}"
        self.answer(answers.Answer(f"{place}: step {at}, {search.told(history, at)}"))

    # ---- which tasks are shown

    def action_filter(self) -> None:
        """Ask which tasks are to be shown."""
        before = self.look.roster.wanted
        from nsh.tui.finding import FilterScreen  # noqa: PLC0415  # as above

        asking = FilterScreen(self._ask_for)
        asking.last = before

        def asked(text: str | None) -> None:
            self._ask_for(before if text is None else text)
            self.show()

        self.push_screen(asking, asked)

    def _ask_for(self, words: str) -> str:
        """Show those who have these words; how many they are."""
        look, player = self.look, self.player
        if words.strip() != look.roster.wanted:
            look.ask_for(words)
            self.show(reveal=False)
        machine = player.machine
        shown = look.roster.count(machine, ids.root(machine), player.marks)
        return f"{shown:,} of {machine.count(Task):,}"

    def action_sort(self, step: int) -> None:
        """Show tasks in another order."""
        self.look.sort(step)
        self.show()

    # ---- marks and chapters

    def action_mark(self) -> None:
        """Give this moment a name."""
        self._word("mark")
        self.arrive(False)

    def action_next_mark(self) -> None:
        """Go to the next moment that has a name, round and round."""
        places = [at for _, at in self.words.marks.on(self.player.history)]
        later = [at for at in places if at > self.player.position] or places
        if later:
            self.arrive(self.player.seek(later[0]))
        else:
            self.answer(answers.Answer("no moment is marked yet", ok=False))

    def action_chapter(self, direction: int) -> None:
        """Go to where the next chapter begins, or the one before."""
        chapters, here = self.player.story.chapters, self.player.position
        if direction > 0:
            there = next((at for at in chapters if at > here), len(self.player.history) - 1)
        else:
            there = next((at for at in reversed(chapters) if at < here), 0)
        self.arrive(self.player.seek(there))

    def action_part(self, tenths: int) -> None:
        """Go on by so many tenths of the whole, or back."""
        last = len(self.player.history) - 1
        step = round(last * tenths / 10) or (1 if tenths > 0 else -1)
        self.arrive(self.player.seek(min(max(0, self.player.position + step), last)))

    def action_tenth(self, tenths: int) -> None:
        """Go to so many tenths of the whole."""
        self.arrive(self.player.seek((len(self.player.history) - 1) * tenths // 10))

    # ---- branches

    def action_undo(self) -> None:
        """Back to before the last command that changed something."""
        self._word("undo")
        self.arrive(True)

    def action_redo(self) -> None:
        """Forward again, over what was undone."""
        self._word("redo")
        self.arrive(True)

    def action_what_if(self) -> None:
        """Begin a history of its own here, and type what happens in it."""
        known = self.words.timelines()
        names = (WHAT_IF, *(f"{WHAT_IF}-{number}" for number in range(2, len(known) + 3)))
        self._word(f"branch {next(name for name in names if name not in known)}")
        self.arrive(False)
        self.action_prompt()

    def action_branches(self) -> None:
        """Show the histories; choose one."""
        from nsh.tui.finding import BranchScreen  # noqa: PLC0415  # as above

        found = branching.parted(self.words.timelines(), self.words.branch)
        self.push_screen(BranchScreen(found), self._branch)

    def _branch(self, name: str | None) -> None:
        from nsh.tui.finding import NEW  # noqa: PLC0415  # as above

        if name == NEW:
            self.action_what_if()
        elif name and name != self.words.branch:
            self._word(f"branch {name}")
            self.arrive(True)

    def action_beside(self) -> None:
        """Put the word at the prompt that holds two moments beside each other."""
        self.action_prompt()
        editor = self.query_one(PromptInput)
        editor.value = f"beside {self.player.position} "
        editor.cursor_position = len(editor.value)

    def _word(self, line: str) -> None:
        answer = self.words.perform(line)
        assert answer is not None  # it is one of the words
        self.answer(answer)

    # ---- what the timeline shows of it

    def points(self) -> tuple[Sequence[int], Sequence[int]]:
        if self._words is None:  # so nothing has a name
            return self._found(), ()
        return self._found(), [at for _, at in self.words.marks.on(self.player.history)]

    def _found(self) -> Sequence[int]:
        """All moments that were asked for."""
        if not self._query:
            return ()
        return self._finder.every(self.player.history, self._query)
