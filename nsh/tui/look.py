"""What one looks at: what is selected, through whose eyes, which containers are in front."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from nsh.emulator.keeping import Screens
from nsh.machine.ids import NO_TERMINAL, NOBODY, SpaceId, TaskId, TerminalId
from nsh.machine.pids import PidSpace
from nsh.machine.tasks import Task
from nsh.machine.terminals import Terminal
from nsh.machine.value import Machine
from nsh.tui.front import come_forward
from nsh.tui.player import Player
from nsh.tui.recent import Recent
from nsh.tui.scene import Scene
from nsh.views import ids
from nsh.views.census import Census
from nsh.views.changes import Mark
from nsh.views.consoles import neighbour
from nsh.views.containers import containers
from nsh.views.relations import Relations
from nsh.views.roster import Order, Roster
from nsh.views.selection import NOTHING, Sort, Thing, a_task, home
from nsh.views.whose import Whose

if TYPE_CHECKING:
    from nsh.views.pairs import Pairs


class Look:
    """The choices of the person in front of the screen; they outlast every step."""

    def __init__(self, player: Player) -> None:
        self._player = player
        self.thing = NOTHING
        """What is selected."""
        self._related = Relations(player.machine, NOTHING)
        self.follow = True
        """The selection goes with what happens, until somebody selects something."""
        self._viewer: SpaceId | None = None
        self._front: tuple[SpaceId, ...] = ()
        self._called: SpaceId | None = None
        """The container that was asked to come forward."""
        self.large = NO_TERMINAL
        """The terminal that is looked at alone."""
        self._terminals: tuple[TerminalId, ...] = ()
        """Those in front where somebody else decides about it."""
        self._recent = Recent()
        self._screens = Screens()
        self._whose = Whose()
        self._census = Census()
        self.roster = Roster()
        """The tasks that are asked for."""

    def use(self, player: Player) -> None:
        """Look at what *player* moves through from now on."""
        self._player = player

    def like(self, other: "Look", pairs: "Pairs") -> None:
        """Choose here what *other* has chosen, where another machine is, as in *pairs*."""
        there, here = other._player.machine, self._player.machine
        self.thing = pairs.thing(other.thing, there)
        viewer = other._viewer
        self._viewer = None if viewer is None else pairs.space(here, pairs.name(there, viewer))
        self.follow = False

    @property
    def position(self) -> int:
        """The step that is looked at."""
        return self._player.position

    def bring(self, front: Sequence[SpaceId], terminals: Sequence[TerminalId]) -> None:
        """Have these in front."""
        self._front, self._terminals = tuple(front), tuple(terminals)

    def scene(self, room: int, screens: int = 0) -> Scene:
        """The present moment, with tables for *room* containers and so many *screens*."""
        player = self._player
        machine = player.machine
        if self.follow:
            self.thing = a_task(self._protagonist())
        if self._viewer is not None and machine.find(PidSpace, self._viewer) is None:
            self._viewer = None
        self._front = come_forward(self._front, self.wanted(), self.spaces(), room)
        return Scene(
            machine,
            player.marks,
            player.history,
            player.position,
            player.story,
            ids.eyes(machine, self._viewer),
            self.thing,
            not self.follow,
            self._relations(machine),
            player.step.task,
            self._front,
            self._in_front(screens),
            self.large,
            self._screens,
            self._whose,
            self._census,
            self.roster,
        )

    def _in_front(self, room: int) -> tuple[TerminalId, ...]:
        """The terminals to show: the selected one, or where the selected task sits, and those that
        were given something last.  What is selected because it follows what happens does not
        count, for it depends on the way that one has come."""
        player = self._player
        machine = player.machine
        if machine.find(Terminal, self.large) is None:
            self.large = NO_TERMINAL
        if not room:
            return self._terminals
        chosen = NO_TERMINAL
        if self.thing.sort is Sort.TERMINAL:
            chosen = TerminalId(self.thing.key)
        elif not self.follow:
            task = machine.find(Task, self.selected)
            leader = None if task is None else machine.find(Task, task.leader)
            chosen = NO_TERMINAL if leader is None else leader.tty
        wanted = () if chosen == NO_TERMINAL else (chosen,)
        return self._recent.front(player.history, player.position, room, wanted)

    def look_at(self, terminal: TerminalId) -> None:
        """Look at one terminal alone, or (NO_TERMINAL) at everything again."""
        self.large = terminal

    def next_terminal(self, step: int) -> None:
        """Look at the next (or previous) terminal."""
        self.large = neighbour(self._player.machine, self.large, step)

    def spaces(self) -> Sequence[SpaceId]:
        """Every container and pid namespace, the machine's own left out."""
        return [row.space for row in containers(self._player.machine) if row.level]

    def _protagonist(self) -> TaskId:
        """Whom the last step was about: who came, else who changed, else who was refused
        something; and if it was about nobody, still whoever it was about before."""
        marks = self._player.marks
        for wanted in (Mark.ADDED, Mark.CHANGED):
            found = [task for task, mark in marks.tasks.items() if mark is wanted]
            if found:
                return max(found) if wanted is Mark.ADDED else min(found)
        machine, step = self._player.machine, self._player.step
        about = (self.selected, step.task) if step.failure is None else (step.task, self.selected)
        for task in about:
            if machine.find(Task, task) is not None:
                return task
        return TaskId(min(machine.rows(Task), default=NOBODY))

    def wanted(self) -> list[SpaceId]:
        """Which spaces should be in sight, the most wanted first."""
        machine = self._player.machine
        wanted = [] if self._called is None else [self._called]
        space = home(machine, self.thing, self._whose)
        if space is not None:
            wanted += reversed(machine.get(PidSpace, space).path[1:])
        actor = machine.find(Task, self._player.step.task)
        if actor is not None:
            wanted += reversed(machine.get(PidSpace, actor.space).path[1:])
        return wanted + sorted(self._player.marks.spaces)

    @property
    def selected(self) -> TaskId:
        """The task that is selected; NOBODY: it is something else."""
        return TaskId(self.thing.key) if self.thing.sort is Sort.TASK else NOBODY

    def select(self, thing: Thing) -> None:
        """Select something; the selection stays with it."""
        self.thing = thing
        self.follow = False

    def _relations(self, machine: Machine) -> Relations:
        """The same ones as long as machine and selection are the same."""
        known = self._related
        if known.machine is not machine or known.thing != self.thing:
            self._related = Relations(machine, self.thing)
        return self._related

    def ask_for(self, wanted: str) -> None:
        """Show those tasks only of whom all these words tell something; "": all."""
        self.roster = Roster(wanted, self.roster.order)

    def sort(self, step: int) -> None:
        """Show tasks in the next (or previous) order."""
        orders = list(Order)
        order = orders[(orders.index(self.roster.order) + step) % len(orders)]
        self.roster = Roster(self.roster.wanted, order)

    def next_viewer(self, step: int) -> None:
        """Look through the next (or previous) eyes: the machine's own, then each container's."""
        machine = self._player.machine
        eyes = [ids.root(machine), *self.spaces()]
        now = ids.eyes(machine, self._viewer)
        self._viewer = eyes[(eyes.index(now) + step) % len(eyes)]

    def call(self, space: SpaceId) -> None:
        """Have a container come forward."""
        self._called = space

    def next_container(self, step: int) -> None:
        """Call the next container that is not in front."""
        spaces = self.spaces()
        if not spaces:
            return
        hidden = [space for space in spaces if space not in self._front]
        if self._called in spaces and hidden:
            later = [space for space in hidden if space > (self._called or 0)]
            self._called = (later or hidden)[0]
        elif hidden:
            self._called = hidden[0]
