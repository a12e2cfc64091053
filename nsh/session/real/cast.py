"""Who plays what: the puppeteer's side of each puppet, and whose turn it is."""

from collections import deque

from nsh.abi.request import Request
from nsh.abi.signals import SigDelivery
from nsh.lang.actions import Delegate
from nsh.linux.events import Answered
from nsh.linux.troupe import Puppet
from nsh.machine.program import Program, Scope
from nsh.session.real.alarms import Alarms

Loan = tuple[tuple[int, int], ...]


class Part:
    """A puppet with its label and its programs (as :class:`nsh.machine.program.Puppet`)."""

    def __init__(self, puppet: Puppet, label: str = "") -> None:
        self.puppet = puppet
        self.label = label
        self.program: Program | None = None
        self.queue: list[Program] = []
        """Programs that ``as`` wants it to perform once the current one has ended."""
        self.loan: Loan = ()
        self.deliveries: list[SigDelivery] = []
        """Signals whose trap blocks are to begin."""
        self.answer: Answered | None = None
        """What it was told when it woke, for its next turn."""

    @property
    def stopped(self) -> bool:
        """Whether a signal has stopped it."""
        return self.puppet.state in ("T", "t")

    @property
    def asleep_in(self) -> Request | None:
        """The system call that it is blocked in, of those that no trap block is on top of."""
        return None if self.answer is not None else self.puppet.asked[-1]

    @property
    def has_work(self) -> bool:
        """Whether it would do something if it had a turn: not while it waits for the end of another
        task's program."""
        if self.deliveries:
            return True
        program = self.program
        if program is None or self.asleep_in is not None:
            return False
        return type(program.asked) is not Delegate or program.reply is not None


class Director:
    """Who performs what is typed (as :class:`nsh.machine.program.Director`)."""

    def __init__(self, actor: int) -> None:
        self.actor = actor
        self.scope = Scope()
        self.busy = False
        self.settled = 0


class Cast:
    """Every part by its puppet's key, and the run queue."""

    def __init__(self, first: Puppet, label: str) -> None:
        self.parts: dict[int, Part] = {first.key: Part(first, label)}
        self.director = Director(first.key)
        self.alarms = Alarms()
        self._labels: dict[str, int] = {label: first.key}
        self._queue: deque[int] = deque()

    def add(self, puppet: Puppet) -> Part:
        """A new puppet's part."""
        part = self.parts[puppet.key] = Part(puppet)
        return part

    def christen(self, part: Part, label: str) -> None:
        """Give a new part its label, which no other that still exists has."""
        part.label = label
        self._labels[label] = part.puppet.key

    def labelled(self, label: str) -> Part | None:
        """The part that was given that label, if it still exists."""
        key = self._labels.get(label)
        part = None if key is None else self.parts[key]
        return part if part is not None and part.puppet.state else None

    # ---- turns

    def enqueue(self, part: Part) -> None:
        """Give it a turn after all that have one."""
        if part.puppet.key not in self._queue:
            self._queue.append(part.puppet.key)

    def retire(self, part: Part, again: bool) -> None:
        """Its turn is over; with *again* it has another after all others."""
        key = part.puppet.key
        if key in self._queue:
            self._queue.remove(key)
        if again:
            self._queue.append(key)

    def next(self) -> Part | None:
        """Whose turn it is, None if nobody can do anything."""
        while self._queue:
            part = self.parts[self._queue[0]]
            if part.puppet.alive and not part.stopped and part.has_work:
                return part
            self._queue.popleft()
        return None

    def rouse(self) -> None:
        """Give turns to those who can go on and have none, as after SIGCONT."""
        for part in self.parts.values():
            if part.puppet.alive and not part.stopped and part.has_work:
                self.enqueue(part)
