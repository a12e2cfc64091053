"""What may go wrong with tasks and what they are in, for `tests.machine.test_invariants`."""

from __future__ import annotations

from immutables import Map
from msgspec.structs import replace

from nsh.kernel.boot import INIT
from nsh.machine import Transaction
from nsh.machine.checkpoint import FrozenContainer
from nsh.machine.context import Context
from nsh.machine.ids import FIRST_USER, NOBODY, ContextId, NamespaceId, SpaceId
from nsh.machine.limits import Limits, SigQueued
from nsh.machine.namespaces import Proxy
from nsh.machine.pidfd import PidfsAttr
from nsh.machine.pids import Containers, PidSpace
from nsh.machine.tasks import ROOT_CREDS, Flag, Group, Session, State, Task
from nsh.machine.timers import OF_FILE, ProcessTimers, Timer
from nsh.machine.users import Ucounts, ucounts_key
from nsh.machine.uts import Uts
from nsh.machine.vfork import Vfork
from nsh.machine.waiting import Channel, Deadlines, On, RunQueue, Waiter, channel
from tests.machine.breaking import (
    GONE,
    NOBODY_AT_ALL,
    Corrupt,
    more,
    row,
    some,
    task,
    without,
    without_last,
)
from tests.machine.busy import BUSY


def _foreign_space(tx: Transaction) -> None:
    space = tx.get(Task, BUSY.inner).space
    row(PidSpace, space, path=(space, SpaceId(1)))(tx)


def _renumber(tx: Transaction) -> None:
    row(PidSpace, 1, task_of=lambda taken: taken.set(77, BUSY.child))(tx)


def _unnumber(tx: Transaction) -> None:
    row(PidSpace, 1, task_of=lambda taken: taken.delete(BUSY.pid(BUSY.child)))(tx)


def _namesake(tx: Transaction) -> None:
    space = tx.get(Task, BUSY.inner).space
    row(PidSpace, space, name="web")(tx)


def _number_gone(tx: Transaction) -> None:
    row(Containers, 0, by_number=lambda numbers: numbers.delete(1))(tx)


def _number_more(tx: Transaction) -> None:
    row(Containers, 0, by_number=lambda numbers: numbers.set(99, SpaceId(1)))(tx)


def _init_gone(tx: Transaction) -> None:
    row(PidSpace, tx.get(Task, BUSY.inner).space, init=NOBODY_AT_ALL)(tx)


def _session_of_group(tx: Transaction) -> None:
    row(Group, BUSY.leader, session=INIT)(tx)


def _deadline(tx: Transaction) -> None:
    tx.put(0, Deadlines(((9, 1, BUSY.sleeper), (5, 2, BUSY.sleeper))))


def _deadline_of_nobody(tx: Transaction) -> None:
    tx.put(0, Deadlines(((9, 1, BUSY.child),)))


_LOST = replace(ROOT_CREDS, userns=NamespaceId(999_999))
CASES: dict[str, list[Corrupt]] = {
    "_containers": [lambda tx: tx.put(GONE, FrozenContainer())],
    "_pidfds": [some(PidfsAttr, users=more), without_last(PidfsAttr)],
    "_numbers": [
        task(BUSY.child, space=SpaceId(GONE)),
        task(BUSY.child, pids=(5, 6)),
        task(BUSY.child, pids=(4000,)),
        _unnumber,
    ],
    "_spaces": [
        _foreign_space,
        row(PidSpace, 1, live=more),
        row(PidSpace, 1, number=8),
        _namesake,
        _renumber,
        _init_gone,
        _number_gone,
        _number_more,
    ],
    "_families": [
        task(BUSY.thread, leader=BUSY.parent),
        task(BUSY.leader, threads=()),
        task(BUSY.leader, threads=(BUSY.thread, NOBODY_AT_ALL)),
        task(BUSY.child, parent=NOBODY_AT_ALL),
        task(BUSY.child, parent=BUSY.leader),
        task(BUSY.grandchild, parent_thread=BUSY.parent),
        task(BUSY.parent, children=Map()),
        task(BUSY.parent, children=lambda found: found.set(BUSY.leader, 1)),
        task(BUSY.parent, state=State.ZOMBIE),
    ],
    "_groups": [
        task(BUSY.child, group=BUSY.leader),
        task(BUSY.child, session=BUSY.leader),
        row(Group, BUSY.leader, members=Map()),
        row(Group, BUSY.leader, members=lambda found: found.set(BUSY.child, 1)),
        row(Group, BUSY.leader, pids=(4000,)),
        _session_of_group,
        row(Session, BUSY.leader, groups=Map()),
        row(Session, BUSY.leader, groups=lambda found: found.set(INIT, None)),
        without(Group, BUSY.leader),
        without(Session, BUSY.leader),
    ],
    "_contexts": [
        task(BUSY.child, context=ContextId(GONE)),
        task(BUSY.child, context=ContextId(0)),
        some(Context, users=more),
        some(Proxy, users=more),
    ],
    "_waiting": [
        without(Task, BUSY.sleeper),
        task(BUSY.sleeper, state=State.ZOMBIE),
        lambda tx: tx.drop(Channel, channel(On.CHILD, BUSY.parent)),
        row(Waiter, BUSY.parent, channels=()),
        without(Waiter, BUSY.parent),
        _deadline,
        _deadline_of_nobody,
        lambda tx: tx.put(0, RunQueue(Map({1: BUSY.child}), 0, 2)),
    ],
    "_vforks": [
        lambda tx: tx.put(BUSY.thread, Vfork(NOBODY, 5)),
        lambda tx: tx.put(BUSY.sleeper, Vfork(NOBODY_AT_ALL, 5)),
    ],
    "_stopped": [
        task(BUSY.stopped_thread, state=State.ALIVE),
        task(BUSY.leader, flags=Flag.CLD_CONTINUED),
    ],
    "_timers": [
        some(Timer, expires=7),
        some(Timer, process=NOBODY_AT_ALL),
        some(Timer, number=OF_FILE),
        lambda tx: tx.drop(ProcessTimers, INIT),
        lambda tx: tx.drop(Timer, BUSY.machine.items(Timer)[-1][0]),
    ],
    "_namespaces": [
        some(PidSpace, users=more),
        some(Uts, users=more),
        without_last(Uts),
    ],
    "_credentials": [
        lambda tx: tx.put(BUSY.leader, replace(tx.get(Task, BUSY.leader), creds=_LOST)),
        some(Task, creds=replace(ROOT_CREDS, permitted=0)),
        some(Task, creds=replace(ROOT_CREDS, ambient=1)),
        lambda tx: tx.put(
            next(iter(tx.items(Proxy)))[0],
            Proxy(1, next(iter(tx.items(Proxy)))[1].kinds.set("user", NamespaceId(999_999))),
        ),
    ],
    "_charges": [
        lambda tx: tx.put(ucounts_key(FIRST_USER, 7), Ucounts(Map({"uts": 1}))),
        some(Uts, creator=7),
    ],
    "_sigqueued": [
        some(SigQueued, count=more),
        without_last(SigQueued),
        lambda tx: tx.put(ucounts_key(FIRST_USER, 7), SigQueued(1, 0)),
        some(Timer, charge=ucounts_key(FIRST_USER, 7)),
        task(BUSY.holder, shared=()),
    ],
    "_limits": [
        some(Limits, sigpending=9),
        lambda tx: tx.put(GONE, Limits()),
        lambda tx: tx.put(BUSY.thread, Limits()),
    ],
}
