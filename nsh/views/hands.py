"""Who has a hand in an ipc object."""

from collections.abc import Iterator

from nsh.machine.ids import TaskId
from nsh.machine.ipc import IpcObject, Who
from nsh.machine.mqueue import Mqueue
from nsh.machine.msg import MsgQueue
from nsh.machine.sem import SemSet, Undo, UndoList
from nsh.machine.shm import Memory, ShmSegment
from nsh.machine.tasks import Task
from nsh.machine.value import Machine


def hand(machine: Machine, key: int, found: IpcObject | Mqueue, task: TaskId) -> str:
    """What *task* has to do with the object under *key*, in a word or two; "": nothing.

    O(those who wait for it and what the task has attached or to undo).
    """
    whom = machine.find(Task, task)
    leader = task if whom is None else whom.leader
    if _attached(machine, key, leader):
        return "attached"
    for word, who in _told(found):
        if who in (task, leader):
            return word
    undo = machine.find(Undo, task)
    adjusting = None if undo is None else machine.find(UndoList, undo.list)
    if adjusting is not None and any(each.set == key for each in adjusting.adjustments):
        return "would undo"
    return ""


def _attached(machine: Machine, key: int, leader: TaskId) -> bool:
    memory = machine.find(Memory, leader)
    return memory is not None and any(each.segment == key for each in memory.attached)


def _told(found: IpcObject | Mqueue) -> Iterator[tuple[str, TaskId]]:
    """What the object itself knows of tasks, the most telling first."""
    if isinstance(found, ShmSegment):
        yield "made it", found.creator
        yield from _who("made it", found.cpid)
        yield from _who("was attached", found.lpid)
    elif isinstance(found, SemSet):
        for sleeper in found.sleepers:
            yield "waits", sleeper.task
        for who in found.pids:
            yield from _who("changed it", who)
    elif isinstance(found, MsgQueue):
        for each in found.sleepers:
            yield "waits", each
        yield from _who("sent last", found.lspid)
        yield from _who("received last", found.lrpid)
    elif isinstance(found, Mqueue):
        for receiver in found.receivers:
            yield "waits", receiver
        for sender in found.senders:
            yield "waits", sender.task
        if found.notify is not None:
            yield "to be told", found.notify.owner


def _who(word: str, who: Who | None) -> Iterator[tuple[str, TaskId]]:
    if who is not None:
        yield word, who.task
