"""The interface over the real machine: the same panes, a look every few seconds, and no prompt.

Nothing here acts on what it shows.  Looking goes on beside the screen, in a thread; a look that
shows no difference repaints nothing.
"""

from collections.abc import Callable, Mapping
from os import environ
from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.timer import Timer

from nsh.console import only_ascii
from nsh.machine.ids import NOBODY
from nsh.machine.observed import Vantage
from nsh.machine.pids import PidSpace
from nsh.machine.tasks import Task
from nsh.machine.value import Machine
from nsh.session.watch import Watch
from nsh.tui import keyfile, keys, placed, plans
from nsh.tui.app import NshApp
from nsh.tui.bars import Hint, Timeline, TitleBar
from nsh.tui.panes import common
from nsh.tui.panes.devpts import DevptsPane
from nsh.tui.panes.facts import FactsPane
from nsh.tui.panes.ids import IdsPane
from nsh.tui.panes.ipc import IpcPane
from nsh.tui.panes.namespaces import NamespacesPane
from nsh.tui.panes.net import NetPane
from nsh.tui.panes.tree import TreePane
from nsh.tui.places import Stage
from nsh.tui.player import Player
from nsh.tui.tables import Tables
from nsh.views.changes import changes
from nsh.views.selection import a_task

INTERVALS: Final = (0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0)
"""Seconds between looks, as ``<`` and ``>`` choose."""

BESIDE: Final = 36
"""Cells of the title bar for all that stands beside what is seen."""

EMPTY: Final = """No pid namespace below this one.

Every task is seen by one number only.
"""

Looking = Callable[[], Machine]


class Watcher(Player):
    """Moves through looks."""

    session: Watch

    def take(self, machine: Machine) -> bool:
        """Take in a look; whether it is the one that is looked at now."""
        self.session.take(machine)
        self.story.follow(self.history)
        if not self.session.finished:
            return False
        self.marks = changes(self.step.changes())
        return True


class LiveTimeline(Timeline):
    """The looks on one line."""

    HINTS = (
        Hint("Space freeze", "app.play"),
        Hint(", . looks", "app.step(1)"),
        Hint("\\ filter", "app.filter"),
        Hint("s sort", "app.sort(1)"),
        Hint("v eyes", "app.viewer(1)"),
        Hint("< > pace", "app.speed(1)"),
        Hint("F1 help", "app.help"),
    )


class LiveApp(NshApp):
    """Shows what *look* sees, every *interval* seconds."""

    PANES: ClassVar = {
        1: "tree",
        2: "tables",
        4: "ids",
        5: "facts",
        6: "devpts",
        8: "ipc",
        9: "net",
        10: "namespaces",
    }
    PLANS = plans.LIVE
    NAME = "live"
    BINDINGS = keys.bindings(keys.LIVE_OWN)
    KEYS = (
        ("Time", keys.LIVE + keys.LIVE_OWN),
        ("What you see", keys.LIVE_LOOK),
        ("Where it is", tuple(key for key in keys.PLACES if key.id != "place.narration")),
        ("In a pane", tuple(key for key in keys.PANE if key.id != "pane.enter")),
        ("Everywhere", keys.GLOBAL),
    )

    SIGNS = (
        ("selected", "what is selected: a task, or a namespace"),
        ("related", "what has to do with it"),
        ("added", "new since the look before"),
        ("changed", "changed since then"),
        ("removed", "gone since then"),
        ("running", "R: runs, or would if a core were free (letters as in ps)"),
        ("sleeping", "S, D, I: waits"),
        ("stopped", "T: stopped"),
        ("zombie", "Z: dead, not yet waited for"),
        ("invisible", "not visible from there"),
        ("shared", "a namespace of the host's own that tasks of inner pid spaces are in"),
    )

    player: Watcher

    def __init__(
        self,
        look: Looking,
        first: Machine,
        *,
        interval: float = 2.0,
        theme: str = "",
        keymap: Mapping[str, str] | None = None,
        ascii_only: bool = False,
        colour: bool | None = None,
    ) -> None:
        watch = Watch(first)
        super().__init__(
            watch, title="live", theme=theme, keymap=keymap, ascii_only=ascii_only, colour=colour
        )
        self.player = Watcher(watch)
        self.look.use(self.player)
        self._looking = look
        self._interval = interval
        self._timer: Timer | None = None
        self._paused = False
        self._trouble = ""

    def compose(self) -> ComposeResult:
        yield TitleBar(self.paint, id="title")
        with Stage(self.make, id="stage"):
            yield TreePane(self.paint, id="tree")
            yield Tables(self.paint, id="tables", empty=EMPTY)
            yield NamespacesPane(self.paint, id="namespaces")
            yield FactsPane(self.paint, id="facts")
            yield IdsPane(self.paint, id="ids")
            yield DevptsPane(self.paint, id="devpts")
            yield IpcPane(self.paint, id="ipc")
            yield NetPane(self.paint, id="net")
        yield LiveTimeline(self.paint, id="timeline")

    def make_ready(self) -> None:
        """There is no prompt to make ready."""
        self.look.select(a_task(min(self.player.machine.rows(Task), default=NOBODY)))
        self.screen.set_focus(self.query_one(TreePane))
        self._again()

    def show(self, *, reveal: bool = True) -> None:
        """Bring every pane to the look that is looked at."""
        self.show_panes(reveal=reveal)
        player = self.player
        self.query_one(Timeline).tell(
            player.position, len(player.history), more=not self._paused, chapters=(), chapter=0
        )
        self.query_one(TitleBar).say(self._seen(), self._facts())

    def _seen(self) -> str:
        machine = self.player.machine
        vantage = machine.find(Vantage, 0)
        text = f"live   {common.plural(machine.count(Task), 'task')}"
        text += f" in {common.plural(machine.count(PidSpace), 'pid space')}"
        if vantage is None or not vantage.gaps:
            return text
        told = f"{text}   incomplete: {', '.join(vantage.gaps)}"
        return told if len(told) <= self.size.width - BESIDE else f"{text}   incomplete: see F1"

    def about(self) -> str:
        """Whatever was hidden, too, for which the title has little room."""
        vantage = self.player.machine.find(Vantage, 0)
        gaps = () if vantage is None else vantage.gaps
        hidden = f"\n\n**Incomplete**: {'; '.join(gaps)}." if gaps else ""
        return super().about() + hidden

    def _facts(self) -> list[str]:
        player = self.player
        ahead = len(player.history) - 1 - player.position
        facts = [] if not ahead else [f"{common.plural(ahead, 'look')} ago"]
        if self._trouble:
            facts.append(self._trouble)
        going = self.paint.pick("‖", "paused") if self._paused else self.paint.pick("▶", "every")
        if self.look.follow:
            facts.append("follows what is new")
        return [*self.ways_back, *facts, f"{going} {self._interval:g} s"]

    # ---- looking

    def _again(self) -> None:
        """Look once more after a while."""
        if self._timer is not None:
            self._timer.stop()
        self._timer = None if self._paused else self.set_timer(self._interval, self._look)

    def _look(self) -> None:
        self.run_worker(self._look_beside, thread=True, exclusive=True, exit_on_error=False)

    def _look_beside(self) -> None:
        try:
            machine = self._looking()
        except OSError as problem:
            self.call_from_thread(self._took, None, problem.strerror or str(problem))
        else:
            self.call_from_thread(self._took, machine, "")

    def _took(self, machine: Machine | None, trouble: str) -> None:
        self._trouble = trouble
        arrived = machine is not None and self.player.take(machine)
        self.show(reveal=arrived and self.look.follow)
        self._again()

    # ---- keys that mean something else here

    def action_play(self) -> None:
        """Pause looking, or go on."""
        self._paused = not self._paused
        self._again()
        self.show(reveal=False)

    def action_look_now(self) -> None:
        """Look at once, paused or not."""
        self._look()

    def action_seek_last(self) -> None:
        self._travel(self.player.seek(len(self.player.history) - 1))

    def action_speed(self, notches: int) -> None:
        """Look more often, or less."""
        near = min(range(len(INTERVALS)), key=lambda i: abs(INTERVALS[i] - self._interval))
        self._interval = INTERVALS[min(max(0, near - notches), len(INTERVALS) - 1)]
        self._again()
        self.show(reveal=False)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action in ("prompt", "leave_prompt", "narration", "hide_narration") or (
            action in keys.WAYS and action != "search"
        ):
            return False
        return super().check_action(action, parameters)

    def action_search(self) -> None:
        """What one looks for here is tasks."""
        self.action_filter()

    def action_prompt(self) -> None:
        """There is none: nothing can be done here."""


def run(look: Looking, *, interval: float = 2.0, theme: str = "", ascii_only: bool = False) -> int:
    """Open the interface over what *look* sees until somebody leaves it; the exit status."""
    keymap, complaints = keyfile.load(environ)
    plain = ascii_only or only_ascii()
    app = LiveApp(look, look(), interval=interval, theme=theme, keymap=keymap, ascii_only=plain)
    wrong = app.keep_places(placed.path_of(environ))
    app.complain([*complaints, *filter(None, [wrong])])
    return app.perform()
