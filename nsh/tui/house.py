"""What is on the screen: the panes and their places, the themes, the help; one session behind it.

What a person does there is in :mod:`nsh.tui.app`.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from os import environ
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, ClassVar

from rich.style import Style
from textual import on
from textual import screen as textual_screen
from textual.app import ComposeResult
from textual.command import Provider
from textual.filter import LineFilter
from textual.timer import Timer
from textual.widget import Widget

from nsh._modules import late
from nsh.console import visible
from nsh.lang.diagnostics import SyntaxProblem
from nsh.machine.ids import NO_TERMINAL
from nsh.session import themes
from nsh.session.remembered import Remembered, recall
from nsh.session.session import Session
from nsh.tui import keyfile, keys, paint, placed, plans
from nsh.tui.bars import Hint, Timeline, TitleBar
from nsh.tui.cells import clean
from nsh.tui.choices import Choices
from nsh.tui.consoles import Consoles
from nsh.tui.ground import Ground
from nsh.tui.kinds import FIRST, KINDS
from nsh.tui.look import Look
from nsh.tui.narration import WELCOME, Narration
from nsh.tui.panes.screen import LargeScreenPane
from nsh.tui.panes.tree import TreePane
from nsh.tui.places import Placing, Stage
from nsh.tui.player import Player
from nsh.tui.prompt import Prompt, PromptInput
from nsh.tui.rows import Rows
from nsh.tui.scene import Roomed
from nsh.tui.tables import Tables
from nsh.views.themes import Theme

FRAMES = 240
"""Frames a second at the most.  A key that takes two, as one that moves the focus does, has its
second when the next is due: at Textual's 60 that alone would be as long as a key may take."""
if "TEXTUAL_FPS" not in environ:
    vars(textual_screen)["UPDATE_PERIOD"] = 1 / FRAMES

if TYPE_CHECKING:
    from nsh.lang.completion import Completion
    from nsh.session import index, words
else:  # for the prompt
    late(globals(), "nsh.session", "index", "words")


def _palette() -> type[Provider]:
    from nsh.tui.palette import Everything  # noqa: PLC0415  # when somebody asks for it

    return Everything


class House(Placing):
    """The panes of one session, as they are at the moment that is looked at."""

    KEYS: ClassVar[Sequence[tuple[str, tuple[keys.Key, ...]]]] = keys.GROUPS
    """What the help screen lists."""
    SIGNS: ClassVar[Sequence[tuple[str, str]]] = ()
    """The signs that it explains; (): all of them."""

    CSS_PATH: ClassVar[str | PurePath | list[str | PurePath] | None] = "nsh.tcss"
    ENABLE_COMMAND_PALETTE = True
    COMMANDS: ClassVar = {_palette}

    def __init__(
        self,
        session: Session,
        *,
        title: str = "",
        theme: str = "",
        keymap: Mapping[str, str] | None = None,
        ascii_only: bool = False,
        colour: bool | None = None,
        kept: bool = False,
    ) -> None:
        """*kept*: what is typed is remembered from run to run."""
        super().__init__()
        self._complaints: list[str] = []
        self._themes: Mapping[str, Theme] = {}
        """All of them, once somebody wants another one."""
        if colour is not None:  # else NO_COLOR decides
            self.no_color = not colour
        if ascii_only:
            self.css_path.append(self.css_path[0].with_name("ascii.tcss"))
        chosen = self._choose(theme)
        self.paint = paint.Paint(chosen, ascii_only=ascii_only, colour=not self.no_color)
        self.register_theme(paint.textual_theme(chosen))
        self.theme = chosen.name
        self.player = Player(session)
        self.look = Look(self.player)
        self._words: words.Words | None = None
        self._told = -1
        """Where the command began whose changes are to be told."""
        self.script: tuple[str, str] | None = None
        """A text to play and its name, which is understood behind the first frame."""
        self.behind: Callable[[], None] | None = None
        """Called once the first frame is there."""
        self.mistake = ""
        """Why it cannot be."""
        self.title = title or "nsh"
        self._playing_name = title
        self._playing: Timer | None = None
        self._gone_from = "tree"
        """The pane that the prompt was gone to from."""
        self._came_from: Widget | None = None
        """Who had the focus when one terminal was shown large."""
        self._remembered, wrong = recall(environ) if kept else (Remembered(), "")
        complaints = [wrong, self.keep_places(placed.path_of(environ)) if kept else ""]
        self._complaints += filter(None, complaints)
        self._wanted_keys = dict(keymap or {})
        for wrong in keys.unknown(self._wanted_keys):
            self._complaints.append(f"no key is called {wrong}")

    def complain(self, complaints: Sequence[str]) -> None:
        """Say what is wrong with the user's files, once the screen is there."""
        self._complaints += complaints

    def _choose(self, wanted: str) -> Theme:
        """The theme to start with: the one asked for, else what the terminal seems to need.  No
        other file is read."""
        suited = themes.suited(environ, colour=not self.no_color)
        found, wrong = themes.one(wanted or suited)
        self._complaints += wrong
        return found if found.name in (wanted, suited) else themes.one(suited)[0]

    @property
    def words(self) -> "words.Words":
        """What is understood at the prompt beside the language."""
        if self._words is None:
            self._words = words.Words(self.player.session)
        return self._words

    @cached_property
    def _index(self) -> "index.Index":
        """What is offered for completion."""
        return index.Index()

    # ---- what is on the screen

    def get_default_screen(self) -> Ground:
        self._fits = plans.fitting(*self.size)
        told = [name for name, wanted in self.screen_classes().items() if wanted]
        return Ground(id="_default", classes=" ".join(told))  # later it would be styled once more

    def compose(self) -> ComposeResult:
        yield TitleBar(self.paint, id="title")
        with Stage(self.make, id="stage"):
            for name in KINDS:
                if name in FIRST or name in self.seen:
                    yield self.make(name)
        yield Narration(self.paint, id="narration")
        choices = Choices(lambda: self.paint, id="choices")
        yield Prompt(
            self.entered,
            self.say,
            self._complete,
            self._colours,
            self._remembered,
            choices,
            id="prompt",
        )
        yield Timeline(self.paint, id="timeline")
        yield choices

    def make(self, name: str) -> Widget:
        """A pane for the stage."""
        return KINDS[name]()(self.paint, id=name)

    def _colours(self, role: str) -> Style:
        """How a piece of what is typed looks."""
        return self.paint.style(role)

    def get_css_variables(self) -> dict[str, str]:
        """Those of our theme: of Textual's own, which comes before, nothing is drawn."""
        return super().get_css_variables() if hasattr(self, "paint") else {}

    def refresh_css(self, animate: bool = True) -> None:
        """With no screen yet to style, a theme comes down to its variables: Textual would parse
        every rule for it, and then again for the screen."""
        if self.screen_stack:
            super().refresh_css(animate)
        else:
            self.stylesheet.set_variables(self.get_css_variables())

    def get_line_filters(self) -> Sequence[LineFilter]:
        """With NO_COLOR no colours at all, where Textual would make them grey; where there is
        ASCII alone, that of help and answers, too."""
        return self.paint.filtered(super().get_line_filters())

    def on_mount(self) -> None:
        self.begin()
        self.make_ready()
        stage = self.query_one(Stage)
        boxes = stage.boxes(self.size)
        for place in stage.children:
            if isinstance(place, Tables | Consoles):
                _, _, place.expected, _ = boxes.get(place.id or "", (0, 0, 0, 0))
        self.show(reveal=False)  # before anything has its place: the first frame has it all

    def make_ready(self) -> None:
        """Have somebody hear the keys, and whatever can come behind the first frame begin then."""
        begun = len(self.player.history) > 1 or not self.player.session.finished
        if begun or self.script is not None:
            self.screen.set_focus(self.query_one(TreePane))
            self.call_after_refresh(self._rehearse)  # which nobody should wait for before a frame
        else:  # nothing to play
            self.player.rehearse()
            self.action_prompt()
            self.call_after_refresh(self._prepare)

    def understand(self) -> bool:
        """Take in the script, unless that has been done; whether it can be understood."""
        script, self.script = self.script, None
        if script is not None:
            try:
                self.player.session.load(*script)
            except SyntaxProblem as problem:
                self.mistake = str(problem)
                self.exit(return_code=2)
        return not self.mistake

    def _rehearse(self) -> None:
        if not self.understand():
            return
        if not self.player.working:  # else what was typed meanwhile does so when it is done
            self.player.rehearse()
            self.show(reveal=False)
        self.opened()
        self.call_after_refresh(self._prepare)

    def _prepare(self) -> None:
        """Load what the first key would wait for, and do what can wait."""
        from nsh.lang import highlight  # noqa: F401, PLC0415  # once there is something to see
        from nsh.session import offering  # noqa: F401, PLC0415
        from nsh.tui import help  # noqa: F401, PLC0415

        self.player.session.prepare()
        self.furnish()
        if self.behind is not None:
            self.behind()

    def furnish(self) -> None:
        """Have all panes be there, those that are out of sight too."""
        self.query_one(Tables).furnish()
        self.query_one(Consoles).furnish()
        self.query_one(Stage).furnish(tuple(KINDS))

    def begin(self) -> None:
        """What any of our screens does first."""
        if self._wanted_keys:
            self.set_keymap({id: keys.heard(names) for id, names in self._wanted_keys.items()})
        for complaint in self._complaints:
            self.notify(visible(complaint), severity="warning", markup=False)
        self.set_class(self.paint.ascii_only, "-ascii")

    @on(Roomed)
    def _roomed(self) -> None:
        self.show(reveal=False)

    def show(self, *, reveal: bool = True) -> None:
        """Bring every pane to the present moment."""
        self.show_panes(reveal=reveal)
        player, story = self.player, self.player.story
        step = player.step
        self.query_one(Narration).tell(
            story.narration(player.position) or (WELCOME if self.script is None else ""),
            "" if player.working else step.alarm,  # that was the command before
        )
        self.query_one(Timeline).tell(
            player.position,
            len(player.history),
            more=not player.complete,
            chapters=story.chapters,
            chapter=story.chapter(player.position),
            points=self.points(),
        )
        self.query_one(TitleBar).say(self._playing_name, self._facts())
        self.query_one(Timeline).hint(self._hints())
        if player.reading:
            self.query_one(Prompt).ask_for_input()
        else:
            self.query_one(Prompt).ask(player.session.prompt(), player.next_line())

    def show_panes(self, *, reveal: bool) -> None:
        """Bring those on the stage there."""
        tables = self.query_one(Tables)
        stage = self.query_one(Stage).children  # a query of many asks every widget there is
        consoles = [each for each in stage if isinstance(each, Consoles)]
        scene = self.look.scene(tables.room, sum(each.room for each in consoles))
        self.look_alone(scene.large != NO_TERMINAL)
        tables.show(scene, reveal=reveal)
        for each in consoles:
            each.show(scene)
        for pane in stage:
            if isinstance(pane, LargeScreenPane):  # it looks itself whether it is wanted
                pane.look_at(scene.large)
                pane.show(scene, reveal=reveal)
            elif isinstance(pane, Rows):
                pane.tell(scene, reveal=reveal)

    @property
    def seated(self) -> bool:
        """Whether every key goes to the terminal that is shown large."""
        return isinstance(self.focused, LargeScreenPane) and self.focused.seated

    def _hints(self) -> Sequence[Hint]:
        """The keys that matter most in front of one terminal; () elsewhere."""
        if self.seated:
            return Hint("keys go to the terminal"), Hint("Ctrl+] gets up", "app.get_up")
        if self.look.large != NO_TERMINAL:
            return (
                Hint("Up Down next", "app.next_terminal(1)"),
                Hint("Enter type here", "app.sit_down"),
                Hint("Esc back", "app.look_away"),
                Hint("F1 help", "app.help"),
            )
        return ()

    def _facts(self) -> list[str]:
        player = self.player
        last = len(player.history) - 1
        of = f"{last}" if player.complete else f"{last}+"
        going = self.paint.pick("▶", "playing") if self._playing else self.paint.pick("‖", "paused")
        if player.under_way:
            going = "reads what you type" if player.reading else "running, Ctrl+C stops it"
        going = "typing, Ctrl+] gets up" if self.seated else f"{going} {player.rate:g}x"
        facts = [player.profile, f"step {player.position} of {of}", going]
        back = [*self.ways_back, *([] if self.look.follow else ["F follow"])]
        if self._words is not None and self._words.branch != words.MAIN:
            back.append(f"B {clean(self._words.branch)}")
        return [facts[0], *back, *facts[1:]]

    def _complete(self, text: str, cursor: int) -> "Completion":
        from nsh.session import offering  # noqa: PLC0415  # which the first frame does without

        return offering.offer(text, cursor, self.player.machine, self._index, self.words)

    # ---- for a subclass to say ----

    def opened(self) -> None:
        """There is something to play, and the screen is there."""

    def entered(self, line: str) -> None:
        """Somebody has entered *line* at the prompt."""
        raise NotImplementedError

    def points(self) -> tuple[Sequence[int], Sequence[int]]:
        """The moments that were asked for, and those with a name."""
        raise NotImplementedError

    def action_prompt(self) -> None:
        if len(self.screen_stack) == 1:  # it is on the first
            self._gone_from = self._current or self._gone_from
            self.screen.set_focus(self.query_one(PromptInput))  # now: the next key is meant for it

    def action_help(self) -> None:
        from nsh.tui.help import SIGNS, HelpScreen  # noqa: PLC0415  # as above

        if isinstance(self.screen, HelpScreen):
            self.screen.dismiss()
            return
        signs = self._of_screen("SIGNS") or SIGNS
        self.push_screen(HelpScreen(self.paint, self.about(), self.keys_shown(), signs))

    def about(self) -> str:
        """What the help screen says first: what the pane with the focus teaches."""
        return self.focused.HELP if isinstance(self.focused, Rows) else ""

    def keys_shown(self) -> Sequence[tuple[str, tuple[keys.Key, ...]]]:
        """The tables of keys, as this person has them, those for where the focus is first."""
        groups = keyfile.moved(self._of_screen("KEYS"), self._wanted_keys)
        home = self.screen_stack[0]
        here = keys.AT_PROMPT if isinstance(home.focused, PromptInput) else ""
        here = keys.AT_TERMINAL if isinstance(home.focused, LargeScreenPane) else here
        return sorted(groups, key=lambda group: group[0] != here)

    @property
    def at_home(self) -> bool:
        """Whether the stage is on the screen, or what was opened over it."""
        return self._of_screen("KEYS") is self.KEYS

    def _of_screen(self, name: str) -> Any:
        """The topmost screen's own KEYS or SIGNS, else those of the app."""
        found = (getattr(screen, name, None) for screen in reversed(self.screen_stack))
        return next(filter(None, found), getattr(self, name))
