"""``nsh play FILE.cast``: a recording of a terminal, gone through in both directions.

The terminal is a picture computed by :mod:`nsh.emulator`, so that no sequence in a recording
reaches the person's own, and every moment can be had again.
"""

from bisect import bisect_right
from collections.abc import Sequence
from time import monotonic
from typing import ClassVar, Final

from rich.text import Text
from textual import on
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.filter import LineFilter
from textual.screen import Screen
from textual.strip import Strip
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Input, Static

from nsh.emulator.keeping import Screens
from nsh.machine.printed import Printed
from nsh.session.recording import Recording, Search, moments
from nsh.tui.cells import clean
from nsh.tui.help import TextScreen
from nsh.tui.paint import Paint, textual_theme
from nsh.tui.panes.screen import drawn
from nsh.tui.player import SPEEDS
from nsh.views.themes import Theme

MAIN: Final = "Space play  , . step  ? all keys  q leave  / search  [ ] marker  Left Right 5s"
KEYS: Final = (
    ("space", "play", "Space", "play, pause"),
    ("full_stop", "step(1)", ".", "what is printed next"),
    ("comma", "step(-1)", ",", "what was printed before"),
    ("right", "seconds(5)", "Right", "five seconds on"),
    ("left", "seconds(-5)", "Left", "five seconds back"),
    ("shift+right", "part(1)", "Shift+Right", "a tenth on"),
    ("shift+left", "part(-1)", "Shift+Left", "a tenth back"),
    ("right_square_bracket,right_curly_bracket", "marker(1)", "]", "to the next marker"),
    ("left_square_bracket,left_curly_bracket", "marker(-1)", "[", "to the marker before"),
    ("home,g", "tenth(0)", "Home g", "to the beginning"),
    ("end,G", "tenth(10)", "End G", "to the end"),
    ("less_than_sign", "speed(-1)", "<", "slower"),
    ("greater_than_sign", "speed(1)", ">", "faster"),
    ("slash,f3", "search", "/ F3", "when the screen came to show some words"),
    ("n", "found(1)", "n", "the next time it did"),
    ("N", "found(-1)", "N", "the time before"),
    ("question_mark,f1", "keys", "? F1", "these keys"),
    ("escape", "back", "Esc", "close what was opened"),
    ("ctrl+c", "interrupt", "Ctrl+C", "the same; else leave"),
    ("q,f10,ctrl+q", "quit", "q F10", "leave"),
)
"""Their names, what each does, what it is called, and what is said of it."""
LEAST: Final = 20
"""Columns of the line below it."""
LINES: Final = 3
"""Above and below the terminal."""
SLICE: Final = 0.1
"""Seconds that a search may keep the screen waiting."""
TICK: Final = 0.2
"""Seconds between two looks at the clock, at the most."""


def _key(keys: str, action: str, text: str) -> Binding:
    return Binding(keys, action, text, show=False)


class Shown(Widget):
    """The terminal that was recorded."""

    def __init__(self, paint: Paint) -> None:
        super().__init__(id="shown")
        self._paint = paint
        self._screens = Screens()
        self._printed = Printed()

    def show(self, printed: Printed) -> None:
        """Show it as it was when that had been printed."""
        self._printed = printed
        self.refresh()

    def render_line(self, y: int) -> Strip:
        screen = self._screens.screen(0, self._printed)
        above = max(0, min(screen.row, screen.height - 1) - self.size.height + 1)
        width, ground = self.size.width, self._paint.ground
        if y + above >= len(screen.rows):
            return Strip.blank(width, ground)
        strip = drawn(screen, y + above, self._paint)
        return strip.crop(0, width).extend_cell_length(width, ground)


class Keys(TextScreen):
    """All keys, over the terminal."""

    AUTO_FOCUS = "#help"  # so that it scrolls where there is little room


class ReplayApp(App[None]):
    """Plays a recording until somebody leaves."""

    ENABLE_COMMAND_PALETTE = False
    AUTO_FOCUS = None  # the keys are the player's until somebody asks
    CSS = """
    Screen { background: $background; color: $foreground; }
    #top, #bar, #keys { height: 1; padding: 0 1; }
    #shown { height: 1fr; }
    #asked { height: 1; display: none; }
    #keys { color: $nsh-muted; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        *(_key(names, action, text) for names, action, _shown, text in KEYS),
        *(_key(str(n), f"tenth({n})", "to that tenth") for n in range(10)),
    ]

    def __init__(
        self, recording: Recording, title: str, theme: Theme, *, ascii_only: bool = False
    ) -> None:
        super().__init__()
        self.paint = Paint(theme, ascii_only=ascii_only, colour=not self.no_color)
        self.register_theme(textual_theme(theme))
        self.theme = theme.name
        self._name = clean(recording.title or title)
        self._recording = recording
        self._markers = recording.markers
        found = moments(recording)
        self._times = [at for at, _printed in found]
        self._printed = [printed for _at, printed in found]
        self.now = 0.0
        """Milliseconds since the beginning."""
        self._speed = SPEEDS.index(1.0)
        self._since: tuple[float, float] | None = None
        """While it plays: the clock, and what `now` was then."""
        self._timer: Timer | None = None
        self._search: Search | None = None
        self._said = ""
        """What came of it."""

    def compose(self) -> ComposeResult:
        yield Static(id="top")
        yield Shown(self.paint)
        yield Static(id="bar")
        yield Input(id="asked", placeholder="what the screen shows", compact=True)
        yield Static(Text(MAIN, no_wrap=True, overflow="ellipsis"), id="keys")

    def get_line_filters(self) -> Sequence[LineFilter]:
        """No colours with NO_COLOR, and ASCII where the terminal has no more, as in the play."""
        return self.paint.filtered(super().get_line_filters())

    def on_mount(self) -> None:
        self.action_play()

    def on_resize(self) -> None:
        """The terminal goes first: where there is no room, the lines around it go; but for the one
        that says so, where it is cut anyhow."""
        spare = self.size.height - self._recording.rows
        self.below.query_one("#keys").display = spare > LINES - 1
        self.below.query_one("#top").display = spare > LINES - 2 or self.cut
        self.look()

    @property
    def below(self) -> Screen[object]:
        """The screen below whatever was opened."""
        return self.screen_stack[0]

    @property
    def cut(self) -> bool:
        """Whether the terminal that was recorded is larger than this one."""
        recording, size = self._recording, self.size
        return recording.columns > size.width or recording.rows > size.height

    def action_keys(self) -> None:
        """Show all keys; the play waits meanwhile."""
        self._pause()
        self.look()
        lines = [f"{shown:<14}{text}" for _names, _action, shown, text in KEYS]
        lines.insert(-4, f"{'0 … 9':<14}to that tenth")
        self.push_screen(Keys("\n".join(lines)))

    # ---- time

    @property
    def playing(self) -> bool:
        """Whether time passes."""
        return self._since is not None

    @property
    def rate(self) -> float:
        """How much faster than it was."""
        return SPEEDS[self._speed]

    def action_play(self) -> None:
        """Play or pause; at the end play from the beginning."""
        if self.playing:
            self._pause()
        else:
            if self.now >= self._recording.duration:
                self.now = 0.0
            self._since = monotonic(), self.now
            self._wait()
        self.look()

    def _pause(self) -> None:
        self._since = None
        if self._timer is not None:
            self._timer.stop()

    def _wait(self) -> None:
        """Wake up when something is printed next, or for the clock."""
        coming = bisect_right(self._times, self.now)
        due = self._times[coming] if coming < len(self._times) else self._recording.duration
        wait = max(0.0, (due - self.now) / 1000 / self.rate)
        self._timer = self.set_timer(min(wait, TICK), self.tick)

    def tick(self) -> None:
        """Time has passed."""
        if self._since is None:
            return
        begun, then = self._since
        self.now = then + (monotonic() - begun) * 1000 * self.rate
        if self.now >= self._recording.duration:
            self.go(self._recording.duration)
            return
        self._wait()
        self.look()

    def go(self, at: float) -> None:
        """Stop at a time."""
        self._pause()
        self.now = min(max(0.0, at), self._recording.duration)
        self.look()

    def action_step(self, step: int) -> None:
        here = bisect_right(self._times, self.now) - 1
        self.go(self._times[min(max(0, here + step), len(self._times) - 1)])

    def action_seconds(self, seconds: int) -> None:
        self._leap(self.now + seconds * 1000)

    def action_part(self, tenths: int) -> None:
        self._leap(self.now + self._recording.duration * tenths / 10)

    def action_tenth(self, tenths: int) -> None:
        self._leap(self._recording.duration * tenths / 10)

    def _leap(self, at: float) -> None:
        """Be at another time, and play on there if it plays."""
        playing = self.playing
        self.go(at)
        if playing and self.now < self._recording.duration:
            self.action_play()

    def action_marker(self, direction: int) -> None:
        times = [at for at, _text in self._markers]
        if direction > 0:
            self.go(next((at for at in times if at > self.now), self._recording.duration))
        else:
            self.go(next((at for at in reversed(times) if at < self.now), 0))

    def action_speed(self, notches: int) -> None:
        self._speed = min(max(0, self._speed + notches), len(SPEEDS) - 1)
        if self.playing:
            self._since = monotonic(), self.now
        self.look()

    # ---- search

    def action_search(self) -> None:
        """Ask what the screen is to show."""
        asked = self.below.query_one("#asked", Input)
        asked.value, asked.display = "", True
        asked.focus()

    async def action_back(self) -> None:
        """Ask no longer."""
        self.below.query_one("#asked").display = False
        self.set_focus(None)

    async def action_interrupt(self) -> None:
        """Ask no longer; else leave."""
        if self.below.query_one("#asked").display:
            await self.action_back()
        else:
            await self.action_quit()

    @on(Input.Submitted)
    async def _asked(self, message: Input.Submitted) -> None:
        await self.action_back()
        if message.value.strip():
            self._search = Search(message.value, self._printed)
            self._look_for()

    def _look_for(self) -> None:
        """Go on with the search for a while, then let the screen have its turn."""
        search = self._search
        left = not (self.screen_stack and self.below.query(Shown))
        if search is None or left:
            return
        end = monotonic() + SLICE
        if search.go_on(lambda: monotonic() > end):
            self.action_found(1)
        else:
            self._tell("searching")
            self.set_timer(0.01, self._look_for)

    def action_found(self, direction: int) -> None:
        search = self._search
        if search is None:
            self.action_search()
            return
        here = bisect_right(self._times, self.now) - 1
        later = [index for index in search.found if (index - here) * direction > 0]
        if later:
            self.go(self._times[later[0] if direction > 0 else later[-1]])
        number = search.found.index(bisect_right(self._times, self.now) - 1) + 1 if later else 0
        place = f"{number} of {len(search.found)}" if later else "no" + " more" * bool(search.found)
        self._tell(f"{search.wanted}: {place}")

    def _tell(self, text: str) -> None:
        self._said = clean(text)
        self.look()
        self._said = ""

    # ---- what is seen

    def look(self) -> None:
        """Show this moment."""
        here = max(0, bisect_right(self._times, self.now) - 1)
        self.below.query_one(Shown).show(self._printed[here])
        self._say("top", self._facts())
        self._say("bar", self._line(max(LEAST, self.size.width - 2)))

    def _facts(self) -> Text:
        paint, recording = self.paint, self._recording
        sign = paint.pick("▶", "playing") if self.playing else paint.pick("‖", "paused")
        clock = f"{_clock(self.now)} of {_clock(recording.duration)}"
        size = f"{recording.columns}x{recording.rows}{', cut' if self.cut else ''}"
        told = [text for at, text in self._markers if at <= self.now]
        chapter = f"   {self._said}" if self._said else f"   {clean(told[-1])}" if told else ""
        line = Text(f"{sign} {self.rate:g}x  {clock}", no_wrap=True, overflow="ellipsis")
        return line.append(f"   {self._name}  {size}", paint.muted).append(chapter)

    def _line(self, width: int) -> Text:
        paint, duration = self.paint, self._recording.duration or 1
        clock = f"{_clock(self.now)} "
        width -= len(clock)
        passed = round(self.now / duration * (width - 1)) + 1
        signs = ["━"] * passed + ["─"] * (width - passed)
        for at, _text in self._markers:
            signs[min(width - 1, round(at / duration * (width - 1)))] = paint.glyph("chapter")
        for index in self._search.found if self._search is not None else ():
            signs[round(self._times[index] / duration * (width - 1))] = paint.glyph("match")
        text = "".join(signs)
        line = Text(clock).append(text[:passed], paint.style("now"))
        return line.append(text[passed:], paint.muted)

    def _say(self, name: str, what: Text) -> None:
        self.below.query_one(f"#{name}", Static).update(what)


def _clock(milliseconds: float) -> str:
    seconds = int(milliseconds) // 1000
    return f"{seconds // 60}:{seconds % 60:02}"
