"""The TUI: one session, one moment, several pairs of eyes; what a person does there."""

import gc
import sys
from collections.abc import Mapping
from os import environ
from pathlib import Path
from typing import TYPE_CHECKING

from textual import events, on
from textual.notifications import SeverityLevel

from nsh._modules import late
from nsh.console import only_ascii, tell, visible
from nsh.machine.ids import NO_TERMINAL
from nsh.session import themes
from nsh.session.session import Session
from nsh.tui import ending, keyfile, keys, paint
from nsh.tui.bars import Bar, SpaceStrip, Timeline
from nsh.tui.choices import Choices
from nsh.tui.consoles import Consoles
from nsh.tui.foreground import TYPED, UNDER_WAY, Foreground
from nsh.tui.narration import Narration
from nsh.tui.panes.boundary import BoundaryPane
from nsh.tui.panes.screen import LargeScreenPane, ScreenPane
from nsh.tui.panes.tree import TreePane
from nsh.tui.places import LARGE, OUTPUT
from nsh.tui.prompt import PromptInput
from nsh.tui.rows import Rows
from nsh.tui.tables import Tables

if TYPE_CHECKING:
    from textual.actions import ActionParseResult
    from textual.dom import DOMNode

    from nsh.session import keyboard
    from nsh.session.answers import Answer
    from nsh.tui import desk, typed
else:
    late(globals(), "nsh.session", "keyboard")
    late(globals(), "nsh.tui", "desk", "typed")

RUN_AT_ONCE = 100_000
"""New steps that going to the end executes at the most."""

TOAST = 6
"""Lines that are shown at the edge; more get a screen."""
MOVES = frozenset({"play", "step", "statement", "seek_first", "seek_last"}) | keys.WAYS
"""Actions that go through time, which cannot be done while something is under way."""


class NshApp(Foreground):
    """Plays a session.  It asks the session, shows the views, and knows nothing else."""

    BINDINGS = keys.bindings(keys.TYPED) + keys.bindings(
        keys.GLOBAL + keys.DOOR + keys.SEAT + keys.ASKING, priority=True
    )

    # ---- time

    def arrive(self, moved: bool) -> None:
        self.player.look()
        self._travel(moved)

    def _travel(self, moved: bool) -> None:
        """Somebody went somewhere by hand."""
        self._pause()
        self.hush()
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
            self.say(UNDER_WAY, severity="warning")
        else:
            self._travel(self.player.seek(message.position))

    # ---- looking

    @on(Rows.Picked)
    def _select(self, message: Rows.Picked) -> None:
        self.look.select(message.thing)
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

    @on(SpaceStrip.Called)
    def _call(self, message: SpaceStrip.Called) -> None:
        self.look.call(message.space)
        self.show(reveal=False)

    def action_theme(self) -> None:
        """The next theme."""
        if not self._themes:
            self._themes, wrong = themes.load()
            for found in self._themes.values():
                self.register_theme(paint.textual_theme(found))
            for complaint in wrong:
                self.notify(visible(complaint), severity="warning", markup=False)
        names = sorted(self._themes)
        name = names[(names.index(self.paint.theme.name) + 1) % len(names)]
        theme = self._themes[name]
        self.paint = paint.Paint(theme, ascii_only=self.paint.ascii_only, colour=self.paint.colour)
        self.theme = name
        for screen in self.screen_stack:
            for widget in screen.query("Rows, Bar, Narration, Tables, Consoles"):
                if isinstance(widget, (Rows, Bar, Narration, Tables, Consoles)):
                    widget.use(self.paint)
        self.say(theme.title, timeout=2)

    def action_narration(self) -> None:
        self.query_one(Narration).turn()

    def action_pane(self, number: int) -> None:
        """Go to a pane by its number; in the small layout that brings it forward."""
        if number not in self.PANES:
            return
        if self.look.large != NO_TERMINAL:
            self.action_look_away()
        name = self.PANES[number]
        if name not in self.seen:
            self.bring(name)
        self.screen.set_focus(self.hearing(name))

    @on(Rows.Called)
    def _called(self, message: Rows.Called) -> None:
        number = next((n for n, name in self.PANES.items() if name == message.pane), 0)
        self.action_pane(number)

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

    async def run_action(
        self,
        action: "str | ActionParseResult",
        default_namespace: "DOMNode | None" = None,
        namespaces: "Mapping[str, DOMNode] | None" = None,
    ) -> bool:
        """Do it, or say why time cannot be gone through now."""
        target, name, _ = self._parse_action(action, default_namespace or self, namespaces)
        if target is self and name in MOVES and self.player.working:
            self.say(UNDER_WAY, severity="warning")
            return True
        return await super().run_action(action, default_namespace, namespaces)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Whether a key may be heard here and now; else whoever has the focus gets it."""
        if self.player.working and action in MOVES:
            return False
        if action == "at_once":
            at_panes = len(self.screen_stack) == 1 and not isinstance(self.focused, PromptInput)
            return at_panes and not self.seated and self.check_action(str(parameters[0]), ())
        if action == "sit_down":
            return isinstance(self.focused, LargeScreenPane) and not self.seated
        if action == "get_up":
            return self.seated
        if action in TYPED:
            return self.may_type(action)
        if action in ("prompt", "leave_prompt"):
            if len(self.screen_stack) > 1:
                return False
            inside = isinstance(self.focused, PromptInput)
            return inside == (action != "prompt")
        return True

    # ---- the prompt

    def entered(self, line: str) -> None:
        self._pause()
        self.clear_notifications()  # of lines before
        if self.player.reading:
            self._type(keyboard.literal(line.encode()) + b"\n")
            return
        if not line.strip():
            self.action_step(1)
            return
        if self.player.working:
            self.say(UNDER_WAY, severity="warning")
            return
        self.words.columns = max(40, self.size.width - 12)
        answer = self.words.perform(line)
        if answer is not None:
            if answer.leave:
                self.exit()
                return
            self.answer(answer)
            line = answer.perform
            if not line:
                self.arrive(True)
                return
        if self.player.session.halted:
            self._tell_end()
            return
        problem = self.player.submit(line)
        if problem:
            self.say(problem, severity="error", timeout=10)
        else:
            self._told = self.player.position
            if self.small:
                self.bring(self.PANES[OUTPUT])
            self._work()

    def answer(self, answer: "Answer") -> None:
        if answer.sides is not None:
            from nsh.tui.beside import BesideScreen  # noqa: PLC0415  # when somebody asks for it

            held = BesideScreen(self.paint, answer.sides, self.look, self.player.history)
            self.clear_notifications()  # of before, over what is to be looked at now
            self.push_screen(held)
        elif len(answer.text.splitlines()) > TOAST:
            from nsh.tui.help import TextScreen  # noqa: PLC0415  # likewise

            self.push_screen(TextScreen(answer.text))
        elif answer.text:
            severity: SeverityLevel = "information" if answer.ok else "error"
            self.say(answer.text, severity=severity, timeout=10)

    # ---- a terminal at which somebody sits

    def action_sit_down(self) -> None:
        """From now on every key goes to the terminal that is shown large."""
        self.query_one(LargeScreenPane).sit(seated=True)
        self.show(reveal=False)

    def action_get_up(self) -> None:
        """Keys are the interface's again."""
        self.query_one(LargeScreenPane).sit(seated=False)
        self.show(reveal=False)

    @on(LargeScreenPane.Left)
    def _left(self) -> None:
        self.show(reveal=False)

    async def on_event(self, event: events.Event) -> None:
        """A key for the terminal goes there at once: further down, where widgets hear it, those
        that were pressed behind it would be heard already."""
        heard = isinstance(event, events.Key | events.Paste) and not event.is_forwarded
        closes = isinstance(event, events.Key) and event.key == "escape" and self.hush()
        at = self._told_at if closes else None
        if isinstance(at, PromptInput) and at is self.focused and not at.choosing:
            return  # that was what it meant
        if heard:
            self.understand()  # whoever is so quick means what is played
            if isinstance(self.focused, PromptInput) and _types(event):
                self.hold()
        if heard and self.seated:
            data = self._for_the_terminal(event)
            if data:
                self._pause()
                self.player.type(data, self.look.large)
                self._work()
            if data is not None:
                return
        await super().on_event(event)

    def _for_the_terminal(self, event: events.Event) -> bytes | None:
        """What is typed by it; None for the key that gets up."""
        if isinstance(event, events.Paste):
            return typed.pasted(event.text)
        assert isinstance(event, events.Key)
        found = self.screen.active_bindings.get(event.key)
        if found is not None and found.binding.action == "app.get_up":
            return None
        return typed.data_of(event.key, event.character)

    # ---- leaving the prompt

    def action_leave_prompt(self) -> None:
        editor = self.query_one(PromptInput)
        if editor.choosing:
            editor.close_choices()
        else:
            back = self._gone_from if self._gone_from in self.seen else self.seen[0]
            self.screen.set_focus(self.hearing(LARGE if self._one_terminal else back))

    def action_focus_previous(self) -> None:
        """To the pane before; in the list at the prompt, which Tab goes through, back."""
        if isinstance(self.focused, PromptInput) and self.focused.choosing:
            self.focused.choose(-1)
        else:
            super().action_focus_previous()

    @on(Choices.Taken)
    def _take(self, message: Choices.Taken) -> None:
        self.query_one(PromptInput).take(message.index)

    def perform(self) -> int:
        """Run until somebody leaves; the exit status."""
        for stale in ("COLUMNS", "LINES"):  # exported by some shells; they would hide a new size
            environ.pop(stale, None)
        if sys.__stderr__ is None or not sys.__stderr__.isatty():
            vars(sys)["__stderr__"] = sys.__stdout__  # where Textual draws
        ending.run(self)
        return self.return_code or 0


def _types(event: events.Event) -> bool:
    """Whether a prompt that hears of it has more on its line."""
    return isinstance(event, events.Paste) or (isinstance(event, events.Key) and event.is_printable)


def spare_the_collector() -> None:
    """A long history holds no cycles, and looking through it for some takes longer than a frame
    may: let the collector look at what is young, mostly."""
    gc.freeze()
    gc.set_threshold(10_000, 50, 1_000)
    gc.enable()


def run(
    session: Session,
    *,
    script: str = "",
    title: str = "",
    theme: str = "",
    keymap: Mapping[str, str] | None = None,
    ascii_only: bool = False,
    kept: bool = False,
    auto: bool = False,
    typing: bool = True,
    notes: Path | None = None,
) -> int:
    """Open the TUI on *session* until somebody leaves it; *title* says what is played.

    What the session has loaded and not yet performed is played step by step, and behind that
    *script*; where that cannot be understood, the interface closes and says why.  *theme* names one
    of themes/; without it the terminal decides, as it does about *ascii_only*.  *keymap* moves
    keys: id to keys, as in :mod:`nsh.tui.keys`; without it the user's own file decides.  *kept*:
    what is typed is remembered from run to run.  *auto*: it plays at once; *typing*: commands are
    typed while it plays; *notes*: the presenter's desk, for ``nsh notes``.  Replies the exit
    status.
    """
    complaints: list[str] = []
    if keymap is None:
        keymap, complaints = keyfile.load(environ)
    plain = ascii_only or only_ascii()
    app = NshApp(session, title=title, theme=theme, keymap=keymap, ascii_only=plain, kept=kept)
    app.complain(complaints)
    app.script = (script, title) if script else None
    app.typing, app.auto = typing, auto
    app.desk = None if notes is None else desk.Desk(notes)
    app.behind = spare_the_collector  # until then it may be away, where all that is loaded stays
    try:
        status = app.perform()
    finally:
        if app.desk is not None:
            app.desk.clear()
    if app.mistake:
        tell(app.mistake)
    return status
