"""References to tasks: ``web:1``, ``3:1``, ``:2``, ``7``, ``httpd.2`` (LANGUAGE, "REF").

Numbers obey visibility; labels are the puppeteer's and name a task wherever it is.
"""

from typing import Final

from nsh.abi.errno import Errno
from nsh.abi.puppets import Describe, Identity, Resolve
from nsh.kernel import pids
from nsh.kernel.dispatch import handles
from nsh.machine.ids import SpaceId, TaskId
from nsh.machine.pids import Containers, PidSpace, SpaceKind
from nsh.machine.program import Labels
from nsh.machine.tasks import Task
from nsh.machine.value import Transaction

_DIGITS: Final = 18
"""More make no number that anybody could have."""


def find(tx: Transaction, caller: TaskId, ref: str) -> TaskId:
    """The task that *ref* names for *caller*; ESRCH, with what was looked for, if none."""
    cid, colon, rest = ref.partition(":")
    if colon:
        if not is_number(rest):
            raise Errno.ESRCH(f"{ref} is not of the form cid:pid")
        space = tx.get(Task, caller).space if not cid else container(tx, cid)
        if space is None:
            raise Errno.ESRCH(f"there is no container {cid}")
        return _in_space(tx, space, int(rest), ref)
    labels = tx.find(Labels, 0)
    labelled = None if labels is None else labels.by_name.get(ref)
    if labelled is not None and tx.find(Task, labelled) is not None:
        return labelled
    if is_number(ref):
        return _in_space(tx, tx.get(Task, caller).space, int(ref), ref)
    raise Errno.ESRCH(f"no task is called {ref}")


def container(tx: Transaction, cid: str) -> SpaceId | None:
    """The pid space of that name or number."""
    names = tx.get(Containers, 0)
    space = names.by_name.get(cid)
    if space is None and is_number(cid):
        space = names.by_number.get(int(cid))
    return space


def is_number(text: str) -> bool:
    """Whether *text* is a number as pids are written."""
    return text.isascii() and text.isdigit() and len(text) <= _DIGITS


def _in_space(tx: Transaction, space: SpaceId, nr: int, ref: str) -> TaskId:
    task = pids.lookup(tx, space, nr)
    if task is None or tx.find(Task, task) is None:
        raise Errno.ESRCH(f"{ref} names nobody: {cid_of(tx, space)} has no pid {nr}")
    return task


def cid_of(tx: Transaction, space: SpaceId) -> str:
    """What a container is called in ``cid:pid``: its name, or else its number."""
    record = tx.get(PidSpace, space)
    return record.name or str(record.number)


def unseen(tx: Transaction, caller: TaskId, nr: int) -> str:
    """Why *nr* names nobody to *caller*, for people: whom the kernel itself calls so, and what
    that one is called here."""
    here = tx.get(Task, caller).space
    space = tx.get(PidSpace, here)
    if len(space.path) == 1:
        return f"pid {nr} is not visible here"
    kind = "container" if space.kind is SpaceKind.CONTAINER else "pid namespace"
    said = f"pid {nr} is not visible in {kind} {cid_of(tx, here)}"
    other = pids.lookup(tx, space.path[0], nr)
    whom = None if other is None else tx.find(Task, other)
    if whom is None:
        return said
    seen = pids.number(tx, whom, here)
    return f"{said} (kpid {nr} is {whom.comm}, {f'vpid {seen}' if seen else 'not visible'} here)"


@handles(Resolve)
def resolve(tx: Transaction, caller: TaskId, request: Resolve) -> int:
    """The pid by which the caller sees the task that a reference names."""
    task = find(tx, caller, request.ref)
    seen = pids.leave(tx, caller, task)
    if not seen:
        whom = tx.get(Task, task)
        mine = cid_of(tx, tx.get(Task, caller).space)
        raise Errno.ESRCH(
            f"{request.ref} is {cid_of(tx, whom.space)}:{whom.pids[-1]} {whom.comm}, "
            f"which is not visible in {mine}"
        )
    return seen


@handles(Describe)
def describe(tx: Transaction, caller: TaskId, request: Describe) -> Identity:
    """How a prompt names the caller."""
    del request
    me = tx.get(Task, caller)
    return Identity(cid_of(tx, me.space), me.pids[-1], me.comm)
