"""The screen of one terminal, as a person in front of it sees it."""

from collections.abc import Hashable, Sequence

from rich.cells import set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.message import Message
from textual.strip import Strip

from nsh.machine.ids import NO_TERMINAL, TerminalId
from nsh.machine.screens import Row, Screen
from nsh.tui import keys
from nsh.tui.paint import Paint
from nsh.tui.rows import Rows
from nsh.tui.scene import Scene
from nsh.views.screens import ScreenView, screen_view
from nsh.views.selection import Sort, Thing

_CURSOR = Style(reverse=True)


def drawn(screen: Screen, index: int, paint: Paint) -> Strip:
    """One of the rows that *screen* has, as wide as that, with the cursor if it is there."""
    ground = paint.ground
    if screen.reverse:
        ground += Style(reverse=True)
    strip = Strip(_segments(screen.rows[index], ground, paint)).simplify()
    strip = strip.adjust_cell_length(screen.width, ground)
    if screen.visible and screen.first + index == screen.row:
        at = screen.column
        cell = strip.crop(at, at + 1).apply_style(_CURSOR)
        strip = Strip.join([strip.crop(0, at), cell, strip.crop(at + 1, screen.width)])
    return strip


def _segments(row: Row, ground: Style, paint: Paint) -> list[Segment]:
    """Each run as wide as the terminal has it, whatever our own terminal makes of it."""
    exchanged = bool(ground.reverse)
    found = []
    for run in row:
        text = run.text
        if paint.ascii_only and not text.isascii():
            text = text.encode("ascii", "replace").decode()
        style = ground + paint.written(run.style, exchanged=exchanged)
        found.append(Segment(set_cell_size(text, run.cells), style))
    return found


class ScreenPane(Rows[int]):
    """A part of a terminal's screen, where its cursor is.  Its rows are lines, from 1."""

    HELP = (
        "What a person in front of this terminal sees, at this moment: a console, a serial line or "
        "the slave of a pseudo terminal. Terminals that the last step wrote on come forward by "
        "themselves. Enter shows one large, Esc goes back. Sequences that would act on a terminal "
        "act on this picture of one, never on yours."
    )

    class Wanted(Message):
        """Somebody wants to look at a terminal alone."""

        def __init__(self, terminal: TerminalId) -> None:
            super().__init__()
            self.terminal = terminal

    def __init__(self, paint: Paint, *, id: str | None = None) -> None:
        super().__init__(paint, id=id)
        self.terminal = NO_TERMINAL
        self.view: ScreenView | None = None
        self.more = 0
        """Terminals that are not shown, to be named here."""
        self.none = ""
        """That the selection has to do with none of those that are."""

    def look_at(self, terminal: TerminalId) -> None:
        """Show another one from the next scene on."""
        self.terminal = terminal

    def show(self, scene: Scene, *, reveal: bool = False) -> None:
        del reveal
        self.scene = scene
        self.repaint()

    def window(self, at: int, skip: int, count: int) -> Sequence[int]:
        del at, skip
        scene, self.view = self.scene, None
        if scene is not None and self.terminal != NO_TERMINAL:
            self.view = screen_view(
                scene.machine, self.terminal, scene.screens, scene.whose, count, self.inside.width
            )
        return () if self.view is None else range(1, len(self.view.screen.rows) + 1)

    def last(self) -> int:
        return self.room

    def key_of(self, row: int) -> int:
        return row

    def chosen(self, row: int) -> bool:
        return False

    def titles(self) -> tuple[str, str]:
        view = self.view
        none = f"{self.paint.glyph('invisible')} {self.none}" if self.none else ""
        if view is None:
            return "consoles", none
        name, title = view.name, view.screen.title
        if self.against is not None and self.scene and self.terminal in self.scene.marks.terminals:
            name = f"{self.paint.glyph('changed')} {name}"
        below = view.owner or "nobody there"
        right = view.left + self.inside.width
        if view.left or any(sum(run.cells for run in row) > right for row in view.screen.rows):
            below += f"  columns {view.left + 1}-{right} of {view.screen.width}"
        if self.more:
            below += f"  +{self.more:,}"
        if none:
            both = f"{none}  {below}"
            below = both if len(both) <= self.wide else none
        return f"{self._sign()}{name}  {title}".rstrip(), below

    def _sign(self) -> str:
        """In front of its name, where it is the selected terminal, or has to do with what is."""
        scene = self.scene
        thing = Thing(Sort.TERMINAL, self.terminal)
        if scene is None:
            return ""
        if scene.thing == thing:
            return f"{self.paint.glyph('selected')} "
        return f"{self.paint.glyph('related')} " if scene.related.word(thing) else ""

    def besides(self, row: int) -> Hashable:
        assert self.view is not None
        screen = self.view.screen
        here = screen.visible and screen.first + row - 1 == screen.row
        cursor = screen.column if here else None
        return screen.rows[row - 1], cursor, screen.reverse, screen.width, self.view.left

    def _row(self, row: int, width: int) -> Strip:
        view = self.view
        assert view is not None
        strip = drawn(view.screen, row - 1, self.paint)
        strip = strip.crop(view.left, view.left + width)
        return strip.extend_cell_length(width, self.paint.ground)

    # ---- moving

    def action_move(self, rows: int) -> None:
        """To the terminal beside."""
        self.app.action_focus_next() if rows > 0 else self.app.action_focus_previous()

    def pick(self, anchor: int, skip: int = 0) -> None:
        """A screen has no rows to select: it is the terminal that is selected."""
        if self.terminal != NO_TERMINAL:
            self.post_message(self.Picked(Thing(Sort.TERMINAL, self.terminal)))

    def scroll(self, rows: int) -> None:
        """It stays where the cursor is."""

    def action_enter(self) -> None:
        if self.terminal != NO_TERMINAL:
            self.post_message(self.Wanted(self.terminal))

    def on_click(self, event: events.Click) -> None:
        event.stop()
        if event.chain > 1:
            self.action_enter()
        else:
            self.pick(0)

    def unfold(self) -> None:
        """What is in sight goes with the cursor."""


class LargeScreenPane(ScreenPane):
    """One terminal, in the place of all panes, at which one can sit down and type."""

    BINDINGS = keys.bindings(keys.PANE + keys.TERMINAL)
    HELP = (
        ScreenPane.HELP
        + " Up and Down go from one terminal to the next. Enter sits down at it: from then on "
        "every key goes there, Ctrl+C, Esc and F1 too, until Ctrl+] gets up. What is typed passes "
        "the terminal's line discipline, as from any keyboard."
    )

    class Left(Message):
        """Who sat there is elsewhere now, or the terminal is gone."""

    def __init__(self, paint: Paint, *, id: str | None = None) -> None:
        super().__init__(paint, id=id)
        self.seated = False
        """Every key goes to the terminal."""

    def show(self, scene: Scene, *, reveal: bool = False) -> None:
        super().show(scene, reveal=reveal)
        if self.view is None:
            self._leave()

    def titles(self) -> tuple[str, str]:
        title, below = super().titles()
        if self.view is None:
            return title, below
        hint = "Ctrl+] gets up" if self.seated else "Enter types here, Esc goes back"
        return (f"{title}  keys go here" if self.seated else title), f"{below}  {hint}"

    def _sign(self) -> str:
        return ""

    def sit(self, *, seated: bool) -> None:
        """Somebody sits down here, or gets up."""
        if seated != self.seated and (self.view is not None or not seated):
            self.seated = seated
            self.repaint()

    def _leave(self) -> None:
        if self.seated:
            self.sit(seated=False)
            self.post_message(self.Left())

    def on_blur(self, event: events.Blur) -> None:
        super().on_blur(event)
        if self.app.app_focus:  # else somebody looks at another window, and will come back
            self._leave()

    def action_enter(self) -> None:
        """The app hears that key first, and sits down."""

    def action_move(self, rows: int) -> None:
        self.app.action_next_terminal(rows)  # type: ignore[attr-defined]  # the app is ours
