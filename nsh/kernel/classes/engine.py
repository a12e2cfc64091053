"""The classification engine: rules that put tasks into classes (S0; RBCE, R5 and R6).

"You could in theory have a classification engine that helped choose which container to put a
task/process in at creation/instantiation/significant event" (Huizenga); "even enforcing that
alignment [of containers and classes] at a higher level through some awareness in the
classification engine for instance would be quite useful" (Franke): a rule may go by the container,
and its class be called by it, ``%c``.

A task is looked at when it is born, executes a program, changes its user or group, comes into a
container or begins a job or a job; who fits no rule stays.
"""

from collections.abc import Callable
from typing import Final

from nsh.abi.errno import Errno
from nsh.kernel import cgroupns, hooks, pids, refs
from nsh.kernel.cgroup import cftypes, members, tree
from nsh.kernel.cgroup.cftypes import By, Cftype, cftype
from nsh.kernel.classes import jobs, resources
from nsh.kernel.fs import parameters
from nsh.kernel.spaces import ROOT
from nsh.machine.cgroups import CLASSES, Cgroup, Hierarchy, InCgroups, dead
from nsh.machine.classes import ClassShares, InJob, Rule, Rules
from nsh.machine.ids import CgroupId, HierarchyId, TaskId
from nsh.machine.tasks import Task
from nsh.machine.value import Transaction

_ANY: Final = "*"
_CONTAINER: Final = "%c"
_MODE: Final = 0o755


def _container(tx: Transaction, task: TaskId) -> str:
    space = tx.get(Task, task).space
    return "" if space == ROOT else refs.cid_of(tx, space)


def _job(tx: Transaction, task: TaskId) -> str:
    row = tx.find(InJob, tx.get(Task, task).leader)
    return "" if row is None else str(row.number)


_ATTRIBUTES: Final[dict[str, Callable[[Transaction, TaskId], str]]] = {
    "cmd": lambda tx, task: tx.get(Task, task).comm,
    "container": _container,
    "gid": lambda tx, task: str(tx.get(Task, task).creds.egid),
    "job": _job,
    "pgrp": lambda tx, task: str(pids.kpid(tx, tx.get(Task, task).group)),
    "uid": lambda tx, task: str(tx.get(Task, task).creds.euid),
}
"""What a rule may go by; "" is what nobody has who has none."""


def tree_of_classes(tx: Transaction) -> HierarchyId | None:
    """The hierarchy, if it is mounted."""
    found = (key for key, record in tx.items(Hierarchy) if record.type == CLASSES)
    return next((HierarchyId(key) for key in found), None)


def fits(tx: Transaction, rule: Rule, task: TaskId) -> bool:
    """Whether all that the rule says is so of *task*."""
    for name, value in rule.wanted:
        own = _ATTRIBUTES[name](tx, task)
        if own != value and not (value == _ANY and own):
            return False
    return True


def classify(tx: Transaction, task: TaskId) -> None:
    """Put *task* where the first rule that fits it says; stays, if none does."""
    number = tree_of_classes(tx)
    row = tx.find(Rules, 0)
    if number is None or row is None or dead(tx.get(Task, task)):
        return
    for rule in row.rules:
        if fits(tx, rule, task):
            name = _container(tx, task) if _CONTAINER in rule.path else ""
            target = _class(tx, number, rule.path.replace(_CONTAINER, name))
            if target is not None and cgroupns.of(tx, task, number) != target:
                members.put_into(tx, task, target)
            return


def _parts(path: str) -> list[str]:
    return [part for part in path.split("/") if part]


def _class(tx: Transaction, number: HierarchyId, path: str) -> CgroupId | None:
    """The class at *path*; what a rule has named by its container is made.  None: the one around it
    is gone, or its name would be none."""
    here = tx.get(Hierarchy, number).root
    parts = _parts(path)
    for place, name in enumerate(parts):
        record = tx.get(Cgroup, here)
        child = record.children.get(name)
        if child is None:
            if place < len(parts) - 1 or name in (".", "..") or name in record.files:
                return None
            child = tree.make(tx, here, name, _MODE, 0, 0)
            tx.put(child, ClassShares())
        here = child
    return here


@hooks.on_fork(ClassShares)
def _born(tx: Transaction, parent: TaskId, child: TaskId) -> None:
    """After the child is where its parent is, as hooks go by their modules' names; its job comes
    after, so it is asked for here."""
    if tx.has(InJob):
        jobs.inherit(tx, parent, child)
    classify(tx, child)
    number = tree_of_classes(tx)
    if number is not None:
        resources.check_fork(tx, child, cgroupns.of(tx, child, number))


@hooks.on_exec
def _executed(tx: Transaction, task: TaskId) -> None:
    if tx.has(Rules):
        classify(tx, task)


@hooks.on_changed
def _changed(tx: Transaction, task: TaskId) -> None:
    if tx.has(Rules):
        classify(tx, task)


@cftype("rules", cftypes.CLASSES)
class RulesFile(Cftype):
    """``NAME ATTRIBUTE=VALUE[,...] CLASS`` adds a rule behind the others, or changes one; ``-NAME``
    takes it away.  ``*`` is any value; in CLASS, ``%c`` is the name of the task's container, and
    there is a class of that name then."""

    on_root_alone = True

    def show(self, tx: Transaction, reader: TaskId, cgroup: CgroupId) -> str:
        """In the order in which they are tried."""
        row = tx.find(Rules, 0)
        return "".join(
            f"{rule.name} {','.join('='.join(pair) for pair in rule.wanted)} {rule.path}\n"
            for rule in (row.rules if row else ())
        )

    def write(self, tx: Transaction, by: By, cgroup: CgroupId, text: str) -> None:
        """EINVAL for what is no rule; ENOENT: there is no such rule, or class."""
        row = tx.find(Rules, 0)
        rules = row.rules if row else ()
        match text.split():
            case [word] if word.startswith("-"):
                left = tuple(rule for rule in rules if rule.name != word[1:])
                if left == rules:
                    raise Errno.ENOENT(f"there is no rule {word[1:]}")
            case [name, wanted, where]:
                rule = Rule(name, _wanted(wanted), f"/{where.strip('/')}")
                self._check_class(tx, cgroup, rule)
                left = tuple({**{each.name: each for each in rules}, name: rule}.values())
            case _:
                raise Errno.EINVAL("a rule is NAME ATTRIBUTE=VALUE[,...] CLASS, or -NAME")
        if left:
            tx.put(0, Rules(left))
        else:
            tx.drop(Rules, 0)

    @staticmethod
    def _check_class(tx: Transaction, root: CgroupId, rule: Rule) -> None:
        here = root
        parts = _parts(rule.path)
        for place, name in enumerate(parts):
            if _CONTAINER in name:
                if (
                    place < len(parts) - 1
                    or name != _CONTAINER
                    or "container" not in dict(rule.wanted)
                ):
                    raise Errno.EINVAL("%c is the last part, and all of it, in a rule by container")
                return
            child = tx.get(Cgroup, here).children.get(name)
            if child is None:
                raise Errno.ENOENT(f"there is no class {rule.path}")
            here = child


def _wanted(text: str) -> tuple[tuple[str, str], ...]:
    found = []
    for word in text.split(","):
        name, equals, value = word.partition("=")
        if name not in _ATTRIBUTES or not equals or not value:
            known = ", ".join(_ATTRIBUTES)
            raise Errno.EINVAL(f"{word!r} is not ATTRIBUTE=VALUE, of {known}")
        found.append((name, value))
    return tuple(found)


@cftype("reclassify", cftypes.CLASSES)
class Reclassify(Cftype):
    """A pid: that task is looked at now; 0: all of them."""

    mode = 0o200
    on_root_alone = True

    def write(self, tx: Transaction, by: By, cgroup: CgroupId, text: str) -> None:
        """EINVAL, ESRCH."""
        number = parameters.number(text)
        if number is None or number < 0:
            raise Errno.EINVAL("a pid, or 0 for everybody")
        found = pids.enter(tx, by.caller, number) if number else None
        if number and (found is None or tx.find(Task, found) is None):
            raise Errno.ESRCH(f"there is no task {number}")
        for key in [found] if found is not None else [TaskId(key) for key, _t in tx.items(Task)]:
            if not dead(tx.get(Task, key)):
                classify(tx, key)


def forget(tx: Transaction, gone: CgroupId, parent: CgroupId, number: HierarchyId) -> None:
    """A class goes: who is in it is in the one around it from now on."""
    for key, row in tx.items(InCgroups):
        if row.cgroups.get(number) == gone and not dead(tx.get(Task, key)):
            members.put_into(tx, TaskId(key), parent)
