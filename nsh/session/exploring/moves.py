"""What may happen next: the steps that programs can take, one of each that may run.

A script waits for nobody that it does not wait for, but between two statements, where programs
behind have their share first, as in any run.  With ``eager`` it does not wait there either.
"""

from typing import Final

import msgspec
from immutables import Map
from msgspec.structs import replace

from nsh.kernel import waiting
from nsh.lang import actions
from nsh.machine.ids import NOBODY, TaskId
from nsh.machine.program import Director
from nsh.machine.settings import Halted
from nsh.machine.tasks import Task
from nsh.machine.value import Machine, begin
from nsh.machine.waiting import RunQueue, Waiter
from nsh.session import director, puppets
from nsh.session.engine import Engine
from nsh.session.event import Event
from nsh.session.history import NOWHERE, Place
from nsh.session.naming import asleep, cid_pid
from nsh.session.pacing import SETTLE
from nsh.session.statements import Pending
from nsh.userland.registry import commands

RANGE: Final = 1 << 12
"""Ids that a task may give out, where each has its own."""
ALL: Final = ""
"""Who has printed what is on the screen, if that is told apart."""


class TooMuch(Exception):
    """A task has given out all ids of its own."""


class End(msgspec.Struct, frozen=True):
    """How a run of the script ended."""

    failed: bool = False
    message: str = ""
    """What did not hold, or why nobody can go on; "": the script came to its end."""
    place: Place = NOWHERE
    asleep: tuple[str, ...] = ()
    """Who still waits for something, and in which call: ``left is blocked in semop``."""


class Moment(msgspec.Struct, frozen=True, eq=False, gc=False):
    """A state of a run: a machine, and how far the script has come."""

    machine: Machine
    cursor: int = 0
    """How many statements have begun."""
    serials: Map[int, int] = Map()
    """The last id that each task has given out, where each has a range of its own."""
    told: Map[str, str] = Map()
    """What each program has printed so far, by the name of its task."""


class Move(msgspec.Struct, frozen=True, eq=False, gc=False):
    """A step that somebody may take."""

    who: int
    """The kpid of whose step it is; 0: a timer's."""
    moment: Moment
    """After it."""
    end: End | None = None
    """It is the last of the run."""
    event: Event | None = None
    """What the engine did; a search, which looks at many, has no room for it."""


class Moves:
    """What may happen in the runs of one script.

    ``eager``: a statement begins as soon as that before it has ended.  ``screen``: it matters in
    what order things are printed by several programs.  ``apart``: each task gives out ids of a
    range of its own, so that they do not depend on what others do in between, and states that
    differ in nothing else are the same; what is told by age is told by who has made it first.
    Without it ids are those of an ordinary run.  ``prompt``: whoever was woken in a call goes on
    before anybody else, and who was woken first before others, as where nobody is kept waiting for
    a processor.
    """

    def __init__(
        self,
        script: list[Pending],
        *,
        eager: bool = True,
        screen: bool = False,
        apart: bool = True,
        prompt: bool = False,
    ) -> None:
        self._script = script
        self._eager = eager
        self._screen = screen
        self._apart = apart
        self._prompt = prompt
        self._engine = Engine(commands)
        self._ranges: dict[int, int] = {}
        """Which range is whose."""
        self._base = -1

    def place(self, moment: Moment) -> Place:
        """Where in the script it is."""
        return self._script[moment.cursor - 1].place if moment.cursor else NOWHERE

    def after(self, moment: Moment) -> tuple[list[Move], End | None]:
        """The steps that may follow, or else how the run has ended.

        What is nobody's choice is done on the way: see :meth:`stage`.  Raises TooMuch.
        """
        while True:
            follows = self.stage(moment)
            if isinstance(follows, list):
                return follows, None
            if isinstance(follows, End):
                return [], follows
            moment = follows

    def stage(self, moment: Moment) -> list[Move] | Moment | End:
        """The steps that may follow; or what comes without anybody's step, for the next statement
        begins, or time passes where nobody can do anything before it has; or the end."""
        machine, cursor = moment.machine, moment.cursor
        state = machine.get(Director, 0)
        if not state.busy:
            waits = not self._eager or cursor >= len(self._script)
            if waits and state.settled < SETTLE:
                moves = self._steps(moment, settling=True)
                if moves:
                    return moves
            if machine.find(Halted, 0) is not None or cursor >= len(self._script):
                return self._over(moment)
            code = self._script[cursor].code
            if code is not None:
                machine = director.start(machine, code)
            return replace(moment, machine=machine, cursor=cursor + 1)
        moves = self._steps(moment)
        if moves:
            return moves
        if machine.find(Halted, 0) is not None:
            return self._over(moment)
        later = director.pass_time(machine)
        if later is None:
            return End(True, director.why_over(machine), self.place(moment), _asleep(machine))
        return replace(moment, machine=later)

    def _over(self, moment: Moment) -> End:
        halted = moment.machine.find(Halted, 0)
        if halted is None:
            return End(asleep=_asleep(moment.machine))
        return End(moment.cursor < len(self._script), halted.message, self.place(moment))

    def _steps(self, moment: Moment, *, settling: bool = False) -> list[Move]:
        """One for each who can take one; but a timer that is due goes first."""
        tx = begin(moment.machine)
        if waiting.overdue(tx):
            event = self._engine.step(self._lend(moment, NOBODY, moment.machine))
            return [] if event is None else [self._made(moment, NOBODY, event, settling=settling)]
        queue = moment.machine.find(RunQueue, 0)
        if queue is None:
            return []
        order = [queue.entries[at] for at in range(queue.head, queue.tail)]
        first = [task for task in order if self._prompt and woken(moment.machine, task)]
        found: list[Move] = []
        for task in dict.fromkeys((*first, *order)):
            machine = self._lend(moment, task, _in_front(moment.machine, task, order))
            event = self._engine.step(machine)
            if event is not None and event.task == task:
                found.append(self._made(moment, task, event, settling=settling))
                if task in first:
                    break
        return found

    def _lend(self, moment: Moment, task: TaskId, machine: Machine) -> Machine:
        """*machine*, where the next id is one of *task*'s own."""
        if not self._apart:
            return machine
        last = moment.serials.get(task)
        if last is None:
            last = self._range(machine, task)
        return Machine(machine.tables, last, machine.clock)

    def _range(self, machine: Machine, task: TaskId) -> int:
        """Where the ids of *task* begin."""
        if self._base < 0:
            self._base = machine.serial + RANGE - machine.serial % RANGE
        return self._base + RANGE * self._ranges.setdefault(task, len(self._ranges))

    def _made(self, moment: Moment, task: TaskId, event: Event, *, settling: bool) -> Move:
        machine = event.machine
        serials = moment.serials
        if self._apart:
            if machine.serial >= self._range(machine, task) + RANGE - 1:
                raise TooMuch
            serials = serials.set(task, machine.serial)
        before = event.transaction.base
        if settling:
            machine = event.machine = director.settled(machine, event.cost)
        told = moment.told
        if event.output:
            name = ALL if self._screen else called(before, machine, task)
            told = told.set(name, told.get(name, "") + "".join(out.text for out in event.output))
        record = before.find(Task, task)
        made = Moment(machine, moment.cursor, serials, told)
        who, kept = record.pids[0] if record else 0, None if self._apart else event
        return Move(who, made, self._ended(moment, event), kept)

    def _ended(self, moment: Moment, event: Event) -> End | None:
        """Whether the script ends with that step, and how."""
        action, ended = event.action, event.ended
        place = self.place(moment)
        if type(action) is actions.Expected and not action.ok:
            return End(True, f"expect failed: {action.text}\n{action.detail}".rstrip(), place)
        if ended is not None and ended.failed:
            return End(True, f"the script ends here, with status {ended.status}", place)
        return None


def called(before: Machine, after: Machine, task: TaskId) -> str:
    """The name of *task*, which may have died between the two."""
    machine = before if before.find(Task, task) is not None else after
    return puppets.of(machine, task).label or cid_pid(machine, task)


def woken(machine: Machine, task: TaskId) -> bool:
    """Whether *task* was woken in a call, and has yet to go on with it."""
    waiter = machine.find(Waiter, task)
    return waiter is not None and not waiter.channels


def _asleep(machine: Machine) -> tuple[str, ...]:
    found = []
    for key, waiter in machine.items(Waiter):
        puppet = puppets.of(machine, TaskId(key))
        if puppet.program is not None:
            name = puppet.label or cid_pid(machine, TaskId(key))
            found.append(f"{name} {asleep(waiter.request)}")
    return tuple(sorted(found))


def _in_front(machine: Machine, task: TaskId, order: list[TaskId]) -> Machine:
    """*machine* with *task* at the head of the run queue, whose *order* it is."""
    if order[0] == task:
        return machine
    tx = begin(machine)
    entries = [task, *(other for other in order if other != task)]
    tx.put(0, RunQueue(Map(enumerate(entries)), 0, len(entries)))
    return tx.commit()
