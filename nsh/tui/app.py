"""The TUI: one session, one moment, several pairs of eyes."""

import sys
from collections.abc import Mapping, Sequence
from os import environ
from pathlib import PurePath
from time import monotonic
from typing import Any, ClassVar

from rich.style import Style
from textual import events, on
from textual.app import App, ComposeResult
from textual.containers import Container
from textual.filter import LineFilter, Monochrome, NoColor
from textual.notifications import SeverityLevel
from textual.timer import Timer
from textual.widget import Widget

from nsh.console import visible
from nsh.lang.completion import Completion
from nsh.machine.ids import NO_TERMINAL
from nsh.session import keyboard, offering, themes
from nsh.session.index import Index
from nsh.session.session import Session
from nsh.session.words import Answer, Words
from nsh.tui import keys, paint
from nsh.tui.bars import Bar, Timeline, TitleBar
from nsh.tui.consoles import Consoles
from nsh.tui.help import SIGNS, HelpScreen, TextScreen
from nsh.tui.look import Look
from nsh.tui.narration import WELCOME, Narration
from nsh.tui.panes.boundary import BoundaryPane
from nsh.tui.panes.devpts import DevptsPane
from nsh.tui.panes.ids import IdsPane
from nsh.tui.panes.output import OutputPane
from nsh.tui.panes.screen import LargeScreenPane, ScreenPane
from nsh.tui.panes.tree import TreePane
from nsh.tui.player import Player
from nsh.tui.prompt import Prompt, PromptInput
from nsh.tui.rows import Rows
from nsh.tui.tables import Tables
from nsh.views.themes import Theme

RUN_AT_ONCE = 100_000
"""New steps that going to the end executes at the most."""

LAYOUTS = ((160, 48, "large"), (100, 34, "medium"), (0, 0, "small"))
"""From how many columns and rows on each layout is used."""

TOAST = 6
"""Lines that are shown at the edge; more get a screen."""
PANES = {
    1: "tree",
    2: "tables",
    3: "output",
    4: "ids",
    5: "boundary",
    6: "devpts",
    7: "consoles",
}
"""The panes by the number that one reaches them by."""
MOVES = frozenset({"play", "step", "statement", "seek_first", "seek_last"})
"""Actions that go through time, which cannot be done while something is under way."""
TYPED = frozenset({"interrupt", "suspend", "send_quit", "end_of_file"})
"""Actions that type something at the terminal, for what is under way there."""
TABS = {number: PANES[number] for number in range(3, 8)}
"""Those that share one place in the small layout, by their short names."""


class Stage(Container):
    """The panes.  The keys for time and looking are heard while one of them has the focus."""

    BINDINGS = keys.bindings(keys.STAGE)


class NshApp(App[None]):
    """Plays a session.  It asks the session, shows the views, and knows nothing else."""

    SLICE = 0.1
    """Seconds that a command may keep the screen waiting."""

    PANES: ClassVar[dict[int, str]] = PANES
    TABS: ClassVar[dict[int, str]] = TABS
    KEYS: ClassVar[Sequence[tuple[str, tuple[keys.Key, ...]]]] = keys.GROUPS
    """What the help screen lists."""
    SIGNS: ClassVar[Sequence[tuple[str, str]]] = SIGNS

    CSS_PATH: ClassVar[str | PurePath | list[str | PurePath] | None] = "nsh.tcss"
    ENABLE_COMMAND_PALETTE = False
    BINDINGS = keys.bindings(keys.TYPED) + keys.bindings(keys.GLOBAL + keys.DOOR, priority=True)

    def __init__(
        self,
        session: Session,
        *,
        title: str = "",
        theme: str = "",
        keymap: Mapping[str, str] | None = None,
        ascii_only: bool = False,
        colour: bool | None = None,
    ) -> None:
        self._themes, self._complaints = themes.load()
        super().__init__()
        if colour is not None:  # else NO_COLOR decides
            self.no_color = not colour
        chosen = self._choose(theme)
        self.paint = paint.Paint(chosen, ascii_only=ascii_only, colour=not self.no_color)
        for found in self._themes.values():
            self.register_theme(paint.textual_theme(found))
        self.theme = chosen.name
        self.player = Player(session)
        self.look = Look(self.player)
        self.words = Words(session)
        self._told = -1
        """Where the command began whose changes are to be told."""
        self._index = Index()
        self.title = title or "nsh"
        self._playing_name = title
        self._playing: Timer | None = None
        self._tab = min(self.TABS)
        self._small = False
        self._came_from: Widget | None = None
        """Who had the focus when one terminal was shown large."""
        self._wanted_keys = dict(keymap or {})
        for wrong in keys.unknown(self._wanted_keys):
            self._complaints.append(f"no key is called {wrong}")

    def _choose(self, wanted: str) -> Theme:
        """The theme to start with: the one asked for, else what the terminal seems to need."""
        if wanted and wanted not in self._themes:
            self._complaints.append(
                f"no theme is called {wanted}; there are {', '.join(sorted(self._themes))}"
            )
        names = [wanted, themes.suited(environ, colour=not self.no_color)]
        names += sorted(self._themes)
        return next(self._themes[name] for name in names if name in self._themes)

    # ---- what is on the screen

    def compose(self) -> ComposeResult:
        yield TitleBar(self.paint, id="title")
        with Stage(id="stage"):
            yield TreePane(self.paint, id="tree")
            yield Tables(self.paint, id="tables")
            yield Consoles(self.paint, id="consoles")
            yield DevptsPane(self.paint, id="devpts")
            yield OutputPane(self.paint, id="output")
            yield IdsPane(self.paint, id="ids")
            yield BoundaryPane(self.paint, id="boundary")
            yield LargeScreenPane(self.paint, id="terminal")
        yield Narration(self.paint, id="narration")
        yield Prompt(self._entered, self._complete, self._colours, id="prompt")
        yield Timeline(self.paint, id="timeline")

    def _colours(self, role: str) -> Style:
        """How a piece of what is typed looks."""
        return self.paint.style(role)

    def get_line_filters(self) -> Sequence[LineFilter]:
        """With NO_COLOR no colours at all, where Textual would make them grey."""
        filters = [one for one in super().get_line_filters() if not isinstance(one, Monochrome)]
        return [*filters, NoColor()] if self.no_color else filters

    def on_mount(self) -> None:
        self.begin()
        self.player.rehearse()
        if len(self.player.history) > 1:
            self.screen.set_focus(self.query_one(TreePane))
        else:  # nothing to play
            self.action_prompt()

    def begin(self) -> None:
        """What any of our screens does first."""
        if self._wanted_keys:
            self.set_keymap(self._wanted_keys)
        for complaint in self._complaints:
            self.notify(visible(complaint), severity="warning", markup=False)
        self.screen.set_class(self.paint.ascii_only, "-ascii")

    def on_resize(self, event: events.Resize) -> None:
        width, height = event.size
        layout = next(name for w, h, name in LAYOUTS if width >= w and height >= h)
        for _, _, name in LAYOUTS:
            self.screen_stack[0].set_class(name == layout, f"-{name}")
        self._small = layout == "small"
        self._bring(self._tab)

    def show(self, *, reveal: bool = True) -> None:
        """Bring every pane to the present moment."""
        self.show_panes(reveal=reveal)
        player, story = self.player, self.player.story
        step = player.step
        self.query_one(Narration).tell(
            story.narration(player.position) or WELCOME, step.message if step.failed else ""
        )
        self.query_one(Timeline).tell(
            player.position,
            len(player.history),
            more=not player.complete,
            chapters=story.chapters,
            chapter=story.chapter(player.position),
        )
        self.query_one(TitleBar).say(self._playing_name, self._facts())
        if player.reading:
            self.query_one(Prompt).ask_for_input()
        else:
            self.query_one(Prompt).ask(player.session.prompt(), player.next_line())

    def show_panes(self, *, reveal: bool) -> None:
        """Bring those on the stage there."""
        tables = self.query_one(Tables)
        consoles = self.query(Consoles)
        scene = self.look.scene(tables.room, sum(each.room for each in consoles))
        self.screen_stack[0].set_class(scene.large != NO_TERMINAL, "-looking")
        tables.show(scene, reveal=reveal)
        for each in consoles:
            each.show(scene)
        for pane in self.query(Rows):
            if pane.parent is self.query_one(Stage):
                if isinstance(pane, LargeScreenPane):
                    pane.look_at(scene.large)
                pane.show(scene, reveal=reveal)

    def _facts(self) -> list[str]:
        player = self.player
        last = len(player.history) - 1
        of = f"{last}" if player.complete else f"{last}+"
        going = self.paint.pick("▶", "playing") if self._playing else self.paint.pick("‖", "paused")
        if player.under_way:
            going = "reads what you type" if player.reading else "running, Ctrl+C stops it"
        facts = [player.profile, f"step {player.position} of {of}", f"{going} {player.rate:g}x"]
        return facts if self.look.follow else ["F follow", *facts]

    # ---- time

    def action_play(self) -> None:
        """Play or pause."""
        if self._playing is not None:
            self._pause()
        elif not self.player.at_end:
            self._playing = self.set_timer(0.05, self._tick)
        self.show(reveal=False)

    def _pause(self) -> None:
        if self._playing is not None:
            self._playing.stop()
            self._playing = None

    def _tick(self) -> None:
        if self._playing is None:
            return
        if self.player.tick():
            self._playing = self.set_timer(self.player.pause(), self._tick)
        else:
            self._pause()
        self.show()

    def _travel(self, moved: bool) -> None:
        """Somebody went somewhere by hand."""
        self._pause()
        self.show(reveal=moved)

    def action_step(self, steps: int) -> None:
        self._travel(self.player.move(steps))

    def action_statement(self, direction: int) -> None:
        player = self.player
        self._travel(
            player.to_next_statement() if direction > 0 else player.to_previous_statement()
        )

    def action_seek_first(self) -> None:
        self._travel(self.player.seek(0))

    def action_seek_last(self) -> None:
        self._pause()
        self.player.to_end(RUN_AT_ONCE)
        self._work()

    def action_speed(self, notches: int) -> None:
        self.player.faster(notches)
        self.show(reveal=False)

    @on(Timeline.Seek)
    @on(BoundaryPane.Seek)
    def _seek(self, message: Timeline.Seek | BoundaryPane.Seek) -> None:
        if self.player.working:
            return
        self._travel(self.player.seek(message.position))

    # ---- looking

    @on(Rows.Picked)
    def _select(self, message: Rows.Picked) -> None:
        self.look.select(message.task)
        self.show()

    def action_follow(self) -> None:
        self.look.follow = not self.look.follow
        self.show()

    def action_viewer(self, step: int) -> None:
        self.look.next_viewer(step)
        self.show()

    def action_container(self, step: int) -> None:
        self.look.next_container(step)
        self.show(reveal=False)

    def action_narration(self) -> None:
        self.query_one(Narration).turn()

    def action_pane(self, number: int) -> None:
        """Go to a pane by its number; in the small layout that brings it forward."""
        if number not in self.PANES:
            return
        if self.look.large != NO_TERMINAL:
            self.action_look_away()
        if number in self.TABS:
            self._bring(number)
        panes = self._rows(self.PANES[number])
        if panes:
            self.screen.set_focus(panes[0])

    def _rows(self, name: str) -> Sequence[Rows[Any]]:
        """The panes at a place, or the only one."""
        widget = self.query_one(f"#{name}")
        if isinstance(widget, Tables | Consoles):
            return widget.panes
        return [widget] if isinstance(widget, Rows) else []

    @on(ScreenPane.Wanted)
    def _look_at(self, message: ScreenPane.Wanted) -> None:
        self._came_from = self.focused
        self.look.look_at(message.terminal)
        self.show(reveal=False)
        self.call_after_refresh(self.screen.set_focus, self.query_one(LargeScreenPane))

    def action_look_away(self) -> None:
        """From one terminal back to all panes."""
        self.look.look_at(NO_TERMINAL)
        self.show(reveal=False)
        self.call_after_refresh(self.show, reveal=False)  # now that the panes have their places
        back = self._came_from or self.query_one(TreePane)
        self.call_after_refresh(self.screen.set_focus, back)

    def action_next_terminal(self, step: int) -> None:
        self.look.next_terminal(step)
        self.show(reveal=False)

    def _bring(self, number: int) -> None:
        """Show one of the panes that share a place in the small layout."""
        self._tab = number
        for other in self.TABS:
            pane = self.query_one(f"#{self.PANES[other]}")
            pane.add_class("-shares").set_class(other == number, "-front")
        tabs = tuple((key, name, key == number) for key, name in self.TABS.items())
        for name in self.TABS.values():
            for pane in self._rows(name)[:1]:
                pane.tabs = tabs if self._small else ()
        self.call_after_refresh(self.show, reveal=False)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Whether a key may be heard here and now; else whoever has the focus gets it."""
        if self.player.working and action in MOVES:
            return False
        if action in TYPED:
            return self.player.reading if action == "end_of_file" else self.player.under_way
        if action in ("prompt", "leave_prompt"):
            inside = isinstance(self.focused, PromptInput)
            return not isinstance(self.screen, HelpScreen) and inside == (action != "prompt")
        return True

    def action_prompt(self) -> None:
        self.screen.set_focus(self.query_one(PromptInput))  # now: the next key is meant for it

    def action_help(self) -> None:
        if isinstance(self.screen, HelpScreen):
            self.screen.dismiss()
            return
        focused = self.focused
        about = focused.HELP if isinstance(focused, Rows) else ""
        self.push_screen(HelpScreen(self.paint, about, self.KEYS, self.SIGNS))

    def action_theme(self) -> None:
        """The next theme."""
        names = sorted(self._themes)
        name = names[(names.index(self.paint.theme.name) + 1) % len(names)]
        theme = self._themes[name]
        self.paint = paint.Paint(theme, ascii_only=self.paint.ascii_only, colour=self.paint.colour)
        self.theme = name
        for widget in self.screen_stack[0].query("Rows, Bar, Narration"):
            if isinstance(widget, (Rows, Bar, Narration)):
                widget.use(self.paint)
        self.notify(theme.title, timeout=2, markup=False)

    # ---- the prompt

    def _entered(self, line: str) -> None:
        self._pause()
        if self.player.reading:
            self._type(keyboard.literal(line.encode()) + b"\n")
            return
        if not line.strip():
            self.action_step(1)
            return
        if self.player.working:
            self.notify("something is under way; Ctrl+C gives it up", severity="warning")
            return
        answer = self.words.perform(line)
        if answer is not None:
            self._answer(answer)
            line = answer.perform
            if not line:
                self._travel(True)
                return
        problem = self.player.submit(line)
        if problem:
            self.notify(visible(problem), severity="error", timeout=10, markup=False)
        else:
            self._told = self.player.position
            self._work()

    def _answer(self, answer: Answer) -> None:
        """Show what one of the prompt's words has to say."""
        if len(answer.text.splitlines()) > TOAST:
            self.push_screen(TextScreen(answer.text))
        elif answer.text:
            severity: SeverityLevel = "information" if answer.ok else "error"
            self.notify(answer.text, severity=severity, timeout=10, markup=False)

    def _complete(self, text: str, cursor: int) -> Completion:
        return offering.offer(text, cursor, self.player.machine, self._index)

    # ---- work that may take long

    def _work(self) -> None:
        """Go on with what is under way for a slice of time, then let the screen have its turn."""
        end = monotonic() + self.SLICE
        if self.player.work(lambda: monotonic() > end):
            self.show()
            self._tell()
        else:
            self.player.look()
            self.show(reveal=False)
            self.set_timer(0.01, self._work)

    def _tell(self) -> None:
        """What the last command has changed, if that is wanted and it is done."""
        if self._told >= 0 and not self.player.working:
            told, self._told = self.words.told(self._told), -1
            if told:
                self._answer(Answer(told))

    # ---- the terminal, while something is under way

    def _type(self, data: bytes) -> None:
        self.player.type(data)
        self._work()

    def action_interrupt(self) -> None:
        self._pause()
        if self.player.interrupt():
            self.notify("SIGINT is handled or ignored there; Ctrl+C again gives it up")
        self._work()

    def action_suspend(self) -> None:
        self._type(keyboard.SUSPEND)

    def action_send_quit(self) -> None:
        self._type(keyboard.QUIT)

    def action_end_of_file(self) -> None:
        editor = self.query_one(Prompt).editor
        self._type(keyboard.literal(editor.value.encode()) + keyboard.END)
        editor.value = ""

    def action_leave_prompt(self) -> None:
        self.screen.set_focus(self.query_one(TreePane))

    def perform(self) -> int:
        """Run until somebody leaves; the exit status."""
        for stale in ("COLUMNS", "LINES"):  # exported by some shells; they would hide a new size
            environ.pop(stale, None)
        if sys.__stderr__ is None or not sys.__stderr__.isatty():
            vars(sys)["__stderr__"] = sys.__stdout__  # where Textual draws
        self.run()
        return self.return_code or 0


def run(
    session: Session,
    *,
    title: str = "",
    theme: str = "",
    keymap: Mapping[str, str] | None = None,
    ascii_only: bool = False,
) -> int:
    """Open the TUI on *session* until somebody leaves it; *title* says what is played.

    What the session has loaded and not yet performed is played step by step.  *theme* names one
    of themes/; without it the terminal decides.  *keymap* moves keys: id to keys, as in
    :mod:`nsh.tui.keys`.  Replies the exit status.
    """
    app = NshApp(session, title=title, theme=theme, keymap=keymap, ascii_only=ascii_only)
    return app.perform()
