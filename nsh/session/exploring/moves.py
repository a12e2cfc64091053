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
from nsh.session.exploring.printed import NOTHING, Printed
from nsh.session.history import NOWHERE, Place
from nsh.session.naming import asleep, named
from nsh.session.pacing import SETTLE
from nsh.session.statements import Pending
from nsh.userland.registry import commands

BASE: Final = 700_000
"""Ids that are given out in a search begin here, where few other numbers are."""
ALL: Final = ""
"""Who has printed what is on the screen, if that is told apart."""


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
    names: Map[int, int] = Map()
    """What ids are called in a search, by who has given them out as the how manieth: so they do not
    depend on what others did in between."""
    given: Map[int, int] = Map()
    """How many each task has given out."""
    told: Map[str, Printed] = Map()
    """What each program has printed so far, by the name of its task."""

    def printed(self) -> tuple[tuple[str, str], ...]:
        """The same as text, in order of names."""
        return tuple((name, each.text) for name, each in sorted(self.told.items()))


def first(machine: Machine) -> Moment:
    """The state in which a search begins on *machine*."""
    return Moment(Machine(machine.tables, max(BASE, machine.serial), machine.clock))


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
    what order things are printed by several programs.  ``search``: many moves are looked at, ids
    have names, and nothing is kept of the steps themselves.  ``prompt``: whoever was woken in a
    call goes on before anybody else, and who was woken first before others, as where nobody is kept
    waiting for a processor.
    """

    def __init__(
        self,
        script: list[Pending],
        *,
        eager: bool = True,
        screen: bool = False,
        search: bool = True,
        prompt: bool = False,
    ) -> None:
        self._script = script
        self._eager = eager
        self._screen = screen
        self._search = search
        self._prompt = prompt
        self._engine = Engine(commands)

    def _place(self, moment: Moment) -> Place:
        """Where in the script it is."""
        return self._script[moment.cursor - 1].place if moment.cursor else NOWHERE

    def after(self, moment: Moment) -> tuple[list[Move], End | None]:
        """The steps that may follow, or else how the run has ended.

        What is nobody's choice is done on the way: see :meth:`stage`.
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
            return End(True, director.why_over(machine), self._place(moment), _asleep(machine))
        return replace(moment, machine=later)

    def _over(self, moment: Moment) -> End:
        halted = moment.machine.find(Halted, 0)
        if halted is None:
            return End(asleep=_asleep(moment.machine))
        return End(bool(director.exit_code(halted.message)), halted.message)

    def _steps(self, moment: Moment, *, settling: bool = False) -> list[Move]:
        """One for each who can take one; but a timer that is due goes first."""
        tx = begin(moment.machine)
        if waiting.overdue(tx):
            event = self._engine.step(moment.machine)
            return [] if event is None else [self._made(moment, NOBODY, event, settling=settling)]
        queue = moment.machine.find(RunQueue, 0)
        if queue is None:
            return []
        order = [queue.entries[at] for at in range(queue.head, queue.tail)]
        waking = [task for task in order if self._prompt and woken(moment.machine, task)]
        found: list[Move] = []
        for task in dict.fromkeys((*waking, *order)):
            event = self._engine.step(_in_front(moment.machine, task, order))
            if event is not None and event.task == task:
                found.append(self._made(moment, task, event, settling=settling))
                if task in waking:
                    break
        return found

    def _made(self, moment: Moment, task: TaskId, event: Event, *, settling: bool) -> Move:
        machine = event.machine
        before = event.transaction.base
        if settling:
            machine = event.machine = director.settled(machine, event.cost)
        told = moment.told
        if event.output:
            name = ALL if self._screen else called(before, machine, task)
            piece = "".join(out.text for out in event.output)
            told = told.set(name, told.get(name, NOTHING).and_then(piece))
        record = before.find(Task, task)
        who, end = record.pids[0] if record else 0, self._ended(moment, task, event)
        if not self._search:
            return Move(who, replace(moment, machine=machine, told=told), end, event)
        names, given = moment.names, moment.given
        last = moment.machine.serial
        if machine.serial > last:
            giver, count = names.get(task, task), given.get(task, 0) - last
            ids = range(last + 1, machine.serial + 1)
            names = names.update({each: hash((giver, count + each)) for each in ids})
            given = given.set(task, count + machine.serial)
        return Move(who, Moment(machine, moment.cursor, names, given, told), end)

    def _ended(self, moment: Moment, task: TaskId, event: Event) -> End | None:
        """Whether the script ends with that step, and how."""
        action, ended = event.action, event.ended
        message, place = "", self._place(moment)
        if type(action) is actions.Expected and not action.ok:
            message = f"expect failed: {action.text}\n{action.detail}".rstrip()
            if not director.performs(moment.machine, task):  # a program behind has its own places
                message = f"{called(moment.machine, event.machine, task)}: {message}"
                place = NOWHERE
        elif ended is not None and ended.failed:
            message = f"the script ends here, with status {ended.status}"
        return End(True, message, place) if message else None


def called(before: Machine, after: Machine, task: TaskId) -> str:
    """The name of *task*, which may have died between the two."""
    return named(before if before.find(Task, task) is not None else after, task)


def woken(machine: Machine, task: TaskId) -> bool:
    """Whether *task* was woken in a call, and has yet to go on with it."""
    waiter = machine.find(Waiter, task)
    return waiter is not None and not waiter.channels


def _asleep(machine: Machine) -> tuple[str, ...]:
    found = []
    for key, waiter in machine.items(Waiter):
        if puppets.of(machine, TaskId(key)).program is not None:
            found.append(f"{named(machine, TaskId(key))} {asleep(waiter.request)}")
    return tuple(sorted(found))


def _in_front(machine: Machine, task: TaskId, order: list[TaskId]) -> Machine:
    """*machine* with *task* at the head of the run queue, whose *order* it is."""
    if order[0] == task:
        return machine
    tx = begin(machine)
    entries = [task, *(other for other in order if other != task)]
    tx.put(0, RunQueue(Map(enumerate(entries)), 0, len(entries)))
    return tx.commit()
