"""Questions to a history: when did web:7 die, who was refused with EPERM, what printed this?

A query is a few words, all of which have to be true of one step::

    web:7 dies            a task: starts, dies, is reaped, stops, continues, execs, moves, changes
    dies                  any task
    EPERM                 a refusal with that errno; refused: with any
    calls kill            a system call
    by web:1              what that task did
    failed                a statement that failed, or did not do as expected
    prints TEXT           output, to the end of the line
    TEXT                  a statement that was typed, or its narration

A task is named by its label or command, or by its number: ``web:7`` in that pid space, ``:7`` in
the first.  It need not exist any more, nor yet.
"""

from collections.abc import Callable, Sequence
from typing import Final

from nsh.abi.errno import Errno
from nsh.abi.request import Blocked
from nsh.machine.ids import TaskId
from nsh.machine.pids import PidSpace
from nsh.machine.program import Puppet
from nsh.machine.record import Record
from nsh.machine.tasks import State, Task
from nsh.machine.value import Machine
from nsh.session import trace
from nsh.session.history import Step
from nsh.session.naming import cid_pid

USAGE: Final = (
    "REF dies, EPERM, refused, calls NAME, by REF, failed, prints TEXT, or words of a line"
)
_IDLE: Final = frozenset({"when", "did", "does", "was", "is", "the", "first", "who"})
"""Words that people say and that ask nothing."""


class QueryError(ValueError):
    """A query that asks nothing; the message says what one could."""


class Term(Record):
    """One thing that has to be true of a step."""

    kind: str
    value: str = ""
    """A task, an errno, a system call, a text."""


def parse(text: str) -> tuple[Term, ...]:
    """The terms of a query.  :class:`QueryError`."""
    found: list[Term] = []
    words = text.replace("?", " ").split()
    while words:
        word = words.pop(0)
        if word in _IDLE:
            continue
        if word == "prints":
            found.append(Term("prints", text.partition("prints")[2].strip()))
            break
        if word in ("by", "calls"):
            if not words:
                raise QueryError(f"{word} what? {USAGE}")
            found.append(Term(word, words.pop(0)))
        elif word in _ALONE:
            found.append(Term(word))
        elif word in Errno.__members__:
            found.append(Term("errno", word))
        else:
            verb = next((one for one in words if one not in _IDLE), "")
            if verb in _VERBS:
                words = words[words.index(verb) + 1 :]
                found.append(Term(_VERBS[verb], word))
            else:
                found.append(Term("text", word.casefold()))
    if not found or not all(term.value or term.kind in _ALONE for term in found):
        raise QueryError(f"it wants something to look for: {USAGE}")
    return tuple(found)


def every(history: Sequence[Step], query: Sequence[Term]) -> list[int]:
    """The positions of all steps of which every term is true.  O(what those steps wrote)."""
    return [
        position
        for position in range(1, len(history))
        if all(true(term, history[position - 1], history[position]) for term in query)
    ]


def told(history: Sequence[Step], position: int) -> str:
    """A step in a line: who did what, or what was typed."""
    step, before = history[position], history[max(0, position - 1)].machine
    if step.request is not None:
        machine = before if before.find(Task, step.task) is not None else step.machine
        task = machine.find(Task, step.task)
        who = f"{cid_pid(machine, step.task)} {'' if task is None else task.comm}".rstrip()
        reply = "blocked" if isinstance(step.reply, Blocked) else trace.answer(step.reply)
        return f"{who}: {trace.name(step.request)}({trace.arguments(step.request)}) = {reply}"
    return (step.message or step.place.text or "the boot").partition("\n")[0]


# ---- what is true of a step


def true(term: Term, before: Step, step: Step) -> bool:
    """Whether *term* is true of *step*, which came after *before*."""
    return _TRUE[term.kind](term.value, before, step)


def kinds(before: Step, step: Step) -> list[str]:
    """The kinds of terms that are true of *step* with some value, of those in ``SORTED``."""
    found = ["refused", "errno"] if step.failure is not None else []
    found += ["failed"] if step.failed else []
    found += ["calls"] if step.request is not None else []
    found += ["prints"] if step.output else []
    found += ["text"] if step.cursor != before.cursor else []
    transaction = step.transaction
    written = {} if transaction is None else transaction.written(Task)
    for key, new in written.items():
        assert transaction is not None
        old = transaction.base.find(Task, key)
        found += [kind for kind, happened in _HAPPENED.items() if happened(old, new)]
    return found


def _errno(value: str, _before: Step, step: Step) -> bool:
    return step.failure is not None and step.failure.errno.name == value


def _refused(_value: str, _before: Step, step: Step) -> bool:
    return step.failure is not None


def _failed(_value: str, _before: Step, step: Step) -> bool:
    return step.failed


def _calls(value: str, _before: Step, step: Step) -> bool:
    return step.request is not None and trace.name(step.request) == value.lower()


def _by(value: str, before: Step, step: Step) -> bool:
    return _is(before.machine, step.task, value) or _is(step.machine, step.task, value)


def _prints(value: str, _before: Step, step: Step) -> bool:
    return any(value in out.text for out in step.output)


def _text(value: str, before: Step, step: Step) -> bool:
    if step.cursor == before.cursor:
        return False
    return value in (step.place.text or step.place.narration).casefold()


def _event(happened: Callable[[Task | None, Task | None], bool]) -> Callable[..., bool]:
    def true(value: str, before: Step, step: Step) -> bool:
        transaction = step.transaction
        if transaction is None:
            return False
        for key, new in transaction.written(Task).items():
            old, task = transaction.base.find(Task, key), TaskId(key)
            if happened(old, new) and (
                not value or _is(step.machine, task, value) or _is(before.machine, task, value)
            ):
                return True
        return False

    return true


def _lives(task: Task | None) -> bool:
    return task is not None and task.state is not State.ZOMBIE


def _stopped(task: Task | None) -> bool:
    return task is not None and task.state is State.STOPPED


def _both(old: Task | None, new: Task | None, name: str) -> bool:
    if old is None or new is None:
        return False
    return bool(getattr(old, name) != getattr(new, name))


_HAPPENED: Final[dict[str, Callable[[Task | None, Task | None], bool]]] = {
    "starts": lambda old, new: old is None and new is not None,
    "dies": lambda old, new: _lives(old) and not _lives(new),
    "reaped": lambda old, new: old is not None and new is None,
    "stops": lambda old, new: _stopped(new) and not _stopped(old),
    "continues": lambda old, new: _stopped(old) and _lives(new) and not _stopped(new),
    "execs": lambda old, new: _both(old, new, "image"),
    "moves": lambda old, new: _both(old, new, "space"),
    "changes": lambda old, new: old != new,
}
"""What can happen to a task, by what it was and what it became."""
_TRUE: Final[dict[str, Callable[[str, Step, Step], bool]]] = {
    "errno": _errno,
    "refused": _refused,
    "failed": _failed,
    "calls": _calls,
    "by": _by,
    "prints": _prints,
    "text": _text,
    **{kind: _event(happened) for kind, happened in _HAPPENED.items()},
}
_FORMS: Final = {
    "starts": "start starts started born appears",
    "dies": "die dies died exit exits exited killed",
    "reaped": "reaped vanishes",
    "stops": "stop stops stopped",
    "continues": "continue continues continued",
    "execs": "exec execs execed",
    "moves": "move moves moved",
    "changes": "change changes changed",
}
_VERBS: Final = {form: kind for kind, forms in _FORMS.items() for form in forms.split()}

_ALONE: Final = frozenset({"refused", "failed", *_HAPPENED})
"""What needs no value: a refusal with any errno, an event of any task."""
SORTED: Final = frozenset(_TRUE) - {"by"}
"""The kinds that :func:`kinds` tells of."""


def _is(machine: Machine, task: TaskId, name: str) -> bool:
    """Whether a task is called so: by label, command, or its number in a space that sees it."""
    record = machine.find(Task, task)
    if record is None:
        return False
    puppet = machine.find(Puppet, task)
    if name == record.comm or (puppet is not None and name == puppet.label):
        return bool(name)
    cid, colon, number = name.rpartition(":")
    if not colon:
        return False
    if not cid:
        return number == str(record.pids[0])
    own = machine.find(PidSpace, record.space)
    for space, pid in zip(() if own is None else own.path, record.pids, strict=False):
        if number == str(pid):
            one = machine.find(PidSpace, space)
            if one is not None and cid in (one.name, str(one.number)):
                return True
    return False
