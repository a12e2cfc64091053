"""Flat containers by /proc/container: making one, moving into one, getting out (S0; P1, P7-P9).

What is written to /proc/container is one line::

    web                make container web; the caller's process becomes its pid 1
    web tree 12        move process 12 and its descendants into web
    web group 12       move process group 12 into web
    0                  leave the caller's container for the one around it

Numbers are the caller's, and so is the view: inside a container no other is known.

S0 has the first form only; the others are what its authors argue about, and the policy
``pid.move`` says whose argument holds: ``never`` (Hansen: by inheritance only), ``fresh`` (Franke:
a whole group or tree into a container where every pid is free), ``disjoint`` (Franke: wherever no
vpids overlap) or ``any`` (Huizenga: why not?), whose price :func:`lies` lists.
"""

from collections.abc import Iterator
from typing import Final, NamedTuple

from nsh.abi.errno import Errno
from nsh.kernel import moves, namespaces, pids, policies, refs, spaces
from nsh.machine.ids import NOBODY, NamespaceId, SpaceId, TaskId
from nsh.machine.pids import Containers, Held, PidSpace, SpaceKind
from nsh.machine.tasks import Task
from nsh.machine.value import Transaction

NAME_MAX: Final = 63
SYSTEM: Final = "0"


def read(tx: Transaction, caller: TaskId) -> str:
    """What /proc/container says: the caller's container, one line."""
    return name_of(tx, caller) + "\n"


def name_of(tx: Transaction, task: TaskId) -> str:
    """The container of *task*: its name, or its number where it has none; 0 is the system's."""
    return refs.cid_of(tx, tx.get(Task, task).space)


def write_line(tx: Transaction, caller: TaskId, text: str) -> None:
    """Do what a line written to /proc/container says.

    EEXIST, EPERM, EBUSY, ESRCH as the policies have it; EINVAL for what is no such line.
    """
    words = text.split()
    match words:
        case []:
            raise Errno.EINVAL("an empty line names no container")
        case ["0"]:
            _leave(tx, caller)
        case [name]:
            _create(tx, caller, name)
        case [name, "tree" | "group" as what, nr] if refs.is_number(nr):
            _move(tx, caller, name, what, int(nr))
        case _:
            raise Errno.EINVAL("a line is: NAME, NAME tree PID, NAME group PGID, or 0")


def check_name(name: str) -> None:
    """EINVAL for what no container is called."""
    if len(name) > NAME_MAX:
        raise Errno.EINVAL(f"the name has {len(name)} characters, {NAME_MAX} is the most")
    if name.isdigit() or not all(c.isalnum() or c in "._-+@" for c in name):
        raise Errno.EINVAL(
            "a container's name is made of letters, digits and . _ - + @, and is not all digits"
        )


def check_unused(tx: Transaction, name: str) -> None:
    """The same; EEXIST for what one is called."""
    check_name(name)
    if name in tx.get(Containers, 0).by_name:
        raise Errno.EEXIST(f"there is a container {name} already")


def _create(tx: Transaction, caller: TaskId, name: str) -> None:
    """P1: a new container with the caller's process in it, as pid 1."""
    leader = tx.get(Task, caller).leader
    process = tx.get(Task, leader)
    moves.check_settled(tx, leader)
    check_unused(tx, name)
    space = spaces.container(tx, process.space, name)
    moves.enter_below(tx, leader, space, (1,))
    namespaces.put_unused(tx, "pid", NamespaceId(space))


def _move(tx: Transaction, caller: TaskId, name: str, what: str, nr: int) -> None:
    """P7 and P9: live processes change their container."""
    match policies.value(tx, policies.PID_MOVE):
        case "never":
            raise Errno.EPERM("containers are entered by inheritance only (policy pid.move never)")
        case position:
            pass
    cast = moves.chosen(tx, caller, what, nr)
    source = moves.common_space(tx, cast)
    target = _known(tx, caller, name)
    if target is None:
        check_unused(tx, name)
        if position in ("fresh", "disjoint"):
            moves.check_whole(tx, cast)
        target = spaces.container(tx, source, name)
        moves.sink(tx, cast, target)
        namespaces.put_unused(tx, "pid", NamespaceId(target))
        return
    if target == source:
        raise Errno.EINVAL(f"they are in container {name} already")
    if target in tx.get(PidSpace, source).path:
        _out(tx, cast, source, target)
        return
    if tx.get(PidSpace, target).kind is not SpaceKind.CONTAINER:
        raise Errno.EPERM(f"{name} is a pid namespace, which is entered by setns and fork")
    clash = moves.overlap(tx, cast, target)
    match position:
        case "fresh" | "disjoint" if clash:
            raise Errno.EBUSY(f"pid {clash[0]} is in use in container {name}")
        case "fresh" if tx.get(PidSpace, target).task_of:
            raise Errno.EPERM(f"container {name} is not fresh (policy pid.move fresh)")
        case "fresh" | "disjoint":
            moves.check_whole(tx, cast)
        case _:
            pass
    moves.across(tx, cast, source, target)


def _known(tx: Transaction, caller: TaskId, name: str) -> SpaceId | None:
    """The container of that name or number; EPERM if the caller is inside one that is not around
    it, and so knows nothing of it."""
    target = refs.container(tx, name)
    if target is not None and target not in tx.get(PidSpace, tx.get(Task, caller).space).path:
        own = tx.get(Task, caller).space
        if own not in tx.get(PidSpace, target).path:
            raise Errno.EPERM(f"inside container {refs.cid_of(tx, own)} no other is known")
    return target


def _leave(tx: Transaction, caller: TaskId) -> None:
    """The caller's process alone leaves its container."""
    leader = tx.get(Task, caller).leader
    own = tx.get(PidSpace, tx.get(Task, leader).space)
    if own.kind is not SpaceKind.CONTAINER:
        raise Errno.EPERM("the caller is in no container that it could leave")
    moves.check_settled(tx, leader)
    _out(tx, [leader], own.path[-1], own.path[-2])


def _out(tx: Transaction, cast: list[TaskId], source: SpaceId, target: SpaceId) -> None:
    """P8: never, for "the vpid may be in use outside"; P9: but with ``any``, one level up."""
    match policies.value(tx, policies.PID_MOVE):
        case "any":
            moves.rise(tx, cast, source, target)
        case _:
            vpid = tx.get(Task, cast[0]).pids[-1]
            taken = pids.lookup(tx, target, vpid)
            whose = tx.find(Task, taken) if taken is not None and taken not in cast else None
            use = f"is {whose.comm}" if whose else "may be in use"
            raise Errno.EPERM(
                f"there is no way out: pid {vpid} {use} outside, and programs hold on to their pids"
            )


class Lie(NamedTuple):
    """A pid that somebody was told and that no longer means whom it meant."""

    holder: TaskId
    number: int
    meant: TaskId
    now: int
    """That task's number in the holder's eyes now; 0: invisible."""
    instead: TaskId
    """Whom the number means now; 0 for nobody."""


def stale(tx: Transaction) -> Iterator[Lie]:
    """Every such pid, by holder and number.  O(everything that was told)."""
    for holder, task in tx.items(Task):
        told: dict[tuple[int, int], TaskId] = {}
        for child, number in task.children.items():
            if number > 0:
                told[number, child] = child
        held = tx.find(Held, holder)
        if held is not None:
            for number, meant in held.numbers.items():
                told[number, meant] = meant
        for (number, _key), meant in sorted(told.items()):
            whom = tx.find(Task, meant)
            if whom is None:
                continue
            now = pids.number(tx, whom, task.space)
            if now == number:
                continue
            instead = pids.lookup(tx, task.space, number) or NOBODY
            if instead and tx.find(Task, instead) is None:
                instead = NOBODY
            yield Lie(TaskId(holder), number, meant, now, instead)


def lies(tx: Transaction, caller: TaskId) -> str:
    """/proc/lies: a line for each pid that a move made untrue, for all to see (P9)."""
    del caller
    lines = []
    for lie in stale(tx):
        holder = tx.get(Task, lie.holder)
        meant = tx.get(Task, lie.meant)
        now = f"is {lie.now} now" if lie.now else "is out of sight now"
        if lie.instead:
            instead = f"{lie.number} means {tx.get(Task, lie.instead).comm}"
        else:
            instead = f"{lie.number} means nobody"
        who = f"{refs.cid_of(tx, holder.space)}:{holder.pids[-1]} {holder.comm}"
        lines.append(f"{who} holds {lie.number} for {meant.comm}, which {now}; {instead}\n")
    return "".join(lines)
