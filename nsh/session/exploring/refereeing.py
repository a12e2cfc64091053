"""Orders that were found on the model, performed on Linux, and held against it step by step."""

from collections.abc import Callable, Iterable

import msgspec
from msgspec.structs import replace

from nsh.abi.request import Blocked
from nsh.machine.tasks import Task
from nsh.machine.waiting import Waiter
from nsh.session.comparing import differences, seen
from nsh.session.exploring.orders import Ordered
from nsh.session.real.ordered import Diverged, OrderedReal, Turn
from nsh.views import ids


class Verdict(msgspec.Struct):
    """What Linux says of an order."""

    pairs: list[differences.Pair] = []
    """Its steps on the model and on Linux."""
    diverged: str = ""
    """Who could not go on there who could on the model; then there are no pairs."""

    @property
    def differences(self) -> int:
        """How many there are."""
        return sum(len(pair.differences) for pair in self.pairs)

    @property
    def same(self) -> bool:
        """Whether nothing is otherwise on Linux."""
        return not (self.diverged or self.differences)


def on_linux(ordered: Callable[[], Ordered]) -> Verdict:
    """An order, performed on the model and by real processes.

    *ordered* replies a session that is to perform it, on a machine that is like a stage.  Raises
    :class:`~nsh.linux.opening.Unavailable`.
    """
    rehearsed = ordered()
    rehearsed.perform()
    with OrderedReal(rehearsed.script, _turns(rehearsed)) as real:
        try:
            theirs = list(seen.of_linux(real))
        except Diverged as problem:
            return Verdict(diverged=str(problem))
    ours = seen.of_model(ordered())
    return Verdict(list(differences.compare(_as_one(ours), _as_one(theirs))))


def _as_one(steps: Iterable[seen.Seen]) -> list[seen.Seen]:
    """*steps* as if of one statement, for those that they are of go on at the same time: nobody
    rests between them."""
    return [replace(step, cursor=0) for step in steps]


def _turns(session: Ordered) -> list[Turn]:
    """Those that tasks had.  Linux has none for a timer that goes off, nor for who is woken and
    still has to wait, for there the kernel looks itself."""
    found = []
    before = session.history[0].machine
    for step in session.history[1:]:
        task = before.find(Task, step.task) or step.machine.find(Task, step.task)
        in_vain = type(step.reply) is Blocked and before.find(Waiter, step.task) is not None
        if step.transaction is not None and task is not None and not in_vain:
            who = ids.number(step.machine, task, ids.root(step.machine))
            found.append(Turn(who, step.cursor))
        before = step.machine
    return found
