"""Every order is gone through, the shortest first, and what comes of them is told apart.

States that are the same are gone on from once, however many orders lead there; those in between,
where only one program can go on, are not kept.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from heapq import heappop, heappush
from itertools import count
from typing import Final

import msgspec

from nsh.machine.value import Machine
from nsh.session.exploring.moves import End, Move, Moves, first
from nsh.session.exploring.orders import Ordered
from nsh.session.exploring.prints import Prints
from nsh.session.statements import Pending

_LOOK: Final = 64
"""Steps of one program alone after which it is looked whether it goes round."""
Told = tuple[tuple[str, str], ...]
"""What each program has printed, by the name of its task."""


class Limits(msgspec.Struct, frozen=True):
    """Where a search ends that has not come to its end."""

    states: int = 100_000
    """So many states."""
    steps: int = 10_000
    """So many steps in a row of one program, with nobody else who could go."""


class Outcome(msgspec.Struct):
    """What came of some orders."""

    end: End
    told: Told
    order: tuple[int, ...]
    """The kpid of who went first, wherever there was a choice; 0: a timer."""
    steps: int
    """How many there are in that order: no other has fewer."""
    switches: int
    """How often another task goes on in it."""
    ways: int = 0
    """How many orders have it; 0: programs can go round in circles, so there is no number."""


class Found(msgspec.Struct):
    """What a search has found."""

    outcomes: list[Outcome]
    """The shortest first."""
    states: int = 0
    """Different ones, where there is a choice or an end."""
    steps: int = 0
    """Taken in all."""
    depth: int = 0
    """The most steps that it takes at least to come to a state."""
    stopped: str = ""
    """Why it has not gone through all; "": it has."""

    @property
    def failed(self) -> bool:
        """Whether some order fails."""
        return any(outcome.end.failed for outcome in self.outcomes)


class _State(msgspec.Struct, eq=False):
    """A state with a choice, or an end, and the shortest way to it."""

    depth: int = 0
    moves: list[Move] = []
    end: End | None = None
    told: Told = ()
    parent: "_State | None" = None
    choice: int | None = None
    """Who went on from there, if there was a choice."""
    last: int | None = None
    """Who has taken the last step."""
    switches: int = 0
    done: bool = False
    follow: list["_State"] = []
    """Where its moves lead."""

    def order(self) -> tuple[int, ...]:
        """The choices that led here."""
        found = []
        state: _State | None = self
        while state is not None:
            if state.choice is not None:
                found.append(state.choice)
            state = state.parent
        return tuple(reversed(found))


class Search:
    """Goes through all orders of *script* on *machine*.

    ``eager``, ``screen`` and ``prompt`` are those of :class:`~nsh.session.exploring.moves.Moves`.
    """

    def __init__(
        self,
        script: list[Pending],
        machine: Machine,
        limits: Limits | None = None,
        *,
        eager: bool = True,
        screen: bool = False,
        prompt: bool = False,
    ) -> None:
        self._script = script
        self._eager = eager
        self._screen = screen
        self._prompt = prompt
        self._moves = Moves(script, eager=eager, screen=screen, prompt=prompt)
        self._start = first(machine)
        self._limits = limits or Limits()
        self._prints = Prints(prompt=prompt)
        self._known: dict[int, _State] = {}
        self._waiting: list[tuple[int, int, _State]] = []
        self._numbers = count()
        self._outcomes: dict[tuple[End, Told], Outcome] = {}
        self._left_out = ""
        """Why some order was not followed to its end."""
        self.found = Found([])
        """What is known so far."""

    def run(self) -> Found:
        """Go through all of them, or as many as the limits allow."""
        for _ in self.going():
            pass
        return self.found

    def going(self) -> Iterator[Found]:
        """As :meth:`run`, and tell now and then what is known; it may be left at any time, and how
        many orders there are is known at the end."""
        found = self.found
        moves, end = self._moves.after(self._start)
        start = _State(moves=moves, end=end)
        self._wait(start)
        while self._waiting and not found.stopped:
            state = heappop(self._waiting)[2]
            if state.done:  # it was reached by a shorter way
                continue
            state.done = True
            found.depth = state.depth
            if state.end is not None:
                self._end(state, state.end)
            moves, state.moves = state.moves, []
            state.follow = []
            for move in moves:
                self._take(state, move, chosen=len(moves) > 1)
            yield found
        found.stopped = found.stopped or self._left_out
        every = list(_all(start))
        if not found.stopped:
            self._go_round(every)
        self._count(every)

    def promptly(self) -> "Search":
        """The same search, but for those orders alone in which whoever is woken goes on at once."""
        return Search(
            self._script,
            self._start.machine,
            self._limits,
            eager=self._eager,
            screen=self._screen,
            prompt=True,
        )

    def ordered(self, outcome: Outcome) -> Ordered:
        """A session that is to perform the order that *outcome* tells of."""
        script, start, order = self._script, self._start.machine, outcome.order
        return Ordered(script, start, order, eager=self._eager, prompt=self._prompt)

    def _take(self, parent: _State, move: Move, *, chosen: bool) -> None:
        """Take *move*, and go on to where there is a choice again, or the end."""
        choice = move.who if chosen else None
        depth, last, switches = parent.depth, parent.last, parent.switches
        round_about: set[int] = set()
        for alone in range(self._limits.steps):
            depth += 1
            self.found.steps += 1
            switches += last is not None and last != move.who
            last, moment, end = move.who, move.moment, move.end
            moves: list[Move] = []
            if end is None:
                moves, end = self._moves.after(moment)
            if len(moves) != 1:
                break
            if alone % _LOOK == _LOOK - 1:
                name = self._prints.of(moment)
                if name in round_about:  # it goes round, and nobody else can do anything
                    moves = []
                    break
                round_about.add(name)
            move = moves[0]
        else:
            self._left_out = f"{self._limits.steps} steps of one program alone"
            return
        told = moment.printed() if end is not None or not moves else ()
        reached = _State(depth, moves, end, told, parent, choice, last, switches)
        parent.follow.append(self._known_as(self._prints.of(moment), reached))

    def _known_as(self, name: int, reached: _State) -> _State:
        """The state that was *reached*, maybe not for the first time."""
        known = self._known.setdefault(name, reached)
        if known is reached:
            self._wait(reached)
        elif not known.done:
            length, before = (reached.depth, reached.switches), (known.depth, known.switches)
            if length < before:
                known.depth, known.switches = length
                known.parent, known.choice = reached.parent, reached.choice
                known.last = reached.last
                self._push(known)
        return known

    def _wait(self, state: _State) -> None:
        found = self.found
        if found.states == self._limits.states:
            found.stopped = f"{found.states} states"
            return
        found.states += 1
        self._push(state)

    def _push(self, state: _State) -> None:
        heappush(self._waiting, (state.depth, next(self._numbers), state))

    def _end(self, state: _State, end: End) -> None:
        key = end, state.told
        if key not in self._outcomes:
            made = Outcome(end, state.told, state.order(), state.depth, state.switches)
            self._outcomes[key] = made
            self.found.outcomes.append(made)

    def _go_round(self, every: list[_State]) -> None:
        """Where no end can be reached from a state, programs go round for ever: an outcome, too."""
        before: defaultdict[int, list[_State]] = defaultdict(list)
        for state in every:
            for one in state.follow:
                before[id(one)].append(state)
        ends = [state for state in every if state.end is not None]
        ending = {id(state) for state in ends}
        while ends:
            for state in before[id(ends.pop())]:
                if id(state) not in ending:
                    ending.add(id(state))
                    ends.append(state)
        endless = [state for state in every if id(state) not in ending]
        if endless:
            state = min(endless, key=lambda state: (state.depth, state.switches))
            state.end = End(True, "programs go round for ever, and nobody can end it")
            self._end(state, state.end)

    def _count(self, every: list[_State]) -> None:
        """How many ways lead to each outcome: to a state as many as to all that come before it.
        The first is where all begin."""
        comings = Counter(id(state) for one in every for state in one.follow)
        ready = every[:1]
        ways = Counter(map(id, ready))
        while ready:
            state = ready.pop()
            for one in state.follow:
                ways[id(one)] += ways[id(state)]
                comings[id(one)] -= 1
                if not comings[id(one)]:
                    ready.append(one)
        for state in every:
            if state.end is not None and (state.end, state.told) in self._outcomes:
                straight = not comings[id(state)] and state.done
                self._outcomes[state.end, state.told].ways += ways[id(state)] * straight


def _all(start: _State) -> Iterator[_State]:
    """*start* and all that follows."""
    seen = {id(start)}
    going = [start]
    while going:
        state = going.pop()
        yield state
        for one in state.follow:
            if id(one) not in seen:
                seen.add(id(one))
                going.append(one)
