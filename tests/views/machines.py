"""Machines built by hand, in the vocabulary of the tests: no kernel had a part in them."""

from immutables import Map
from msgspec.structs import replace

from nsh.machine import Machine
from nsh.machine.context import Context, Fs, Place
from nsh.machine.ids import NOBODY, ContextId, MountId, NamespaceId, ProxyId, SpaceId, TaskId
from nsh.machine.namespaces import Namespace, Proxy
from nsh.machine.pids import Containers, PidSpace, SpaceKind
from nsh.machine.program import Director, Puppet
from nsh.machine.record import Record, records, table
from nsh.machine.tasks import Group, Session, Task
from nsh.machine.value import Change, begin

EVERYTHING = NamespaceId(0)


@table
class ToyNamespace(Namespace):
    """A kind of namespace that only these tests know."""


class Builder:
    """Adds tasks and spaces to a machine; ``machine`` is what there is so far."""

    def __init__(self) -> None:
        self.tx = begin(Machine())
        self.root = self.tx.new(SpaceId)
        namespace = SpaceKind.NAMESPACE
        root = PidSpace(1, 4026531836, EVERYTHING, (self.root,), namespace, 0, "", pid_max=1 << 22)
        self.tx.put(self.root, root)
        self.tx.put(0, Containers())
        self.toy = self.tx.new(NamespaceId)
        self.tx.put(self.toy, ToyNamespace(1, 4026531838, EVERYTHING))
        proxy = self.tx.new(ProxyId)
        kinds = Map({"toy": self.toy, "pid_for_children": NamespaceId(self.root)})
        self.tx.put(proxy, Proxy(1, kinds))
        self.context = self.tx.new(ContextId)
        nowhere = Place(MountId(0), Record())
        self.tx.put(self.context, Context(0, proxy, Fs(nowhere, nowhere)))
        self.init = self.task("init", NOBODY)
        record = self.tx.get(PidSpace, self.root)
        self.tx.put(self.root, replace(record, init=self.init))
        self.tx.put(0, Director(self.init))

    @property
    def machine(self) -> Machine:
        return self.tx.commit()

    def space(
        self, name: str, above: SpaceId | None = None, kind: SpaceKind = SpaceKind.CONTAINER
    ) -> SpaceId:
        key = self.tx.new(SpaceId)
        names = self.tx.get(Containers, 0)
        number = names.last + 1
        self.tx.put(0, replace(names, last=number))
        path = (*self.tx.get(PidSpace, above or self.root).path, key)
        self.tx.put(key, PidSpace(1, 4026532000 + number, EVERYTHING, path, kind, number, name))
        return key

    def task(
        self,
        comm: str,
        parent: TaskId,
        space: SpaceId | None = None,
        *,
        leader: TaskId = NOBODY,
        label: str = "",
        leads: bool = False,
    ) -> TaskId:
        """Fork *parent* (or start a thread of *leader*); *leads*: as setsid(2) then does."""
        tx = self.tx
        tid = tx.new(TaskId)
        above = tx.find(Task, parent)
        inner = space or (above.space if above is not None else self.root)
        pids = []
        for here in tx.get(PidSpace, inner).path:
            record = tx.get(PidSpace, here)
            nr = record.last_pid + 1
            pids.append(nr)
            task_of = record.task_of.set(nr, tid)
            tx.put(here, replace(record, task_of=task_of, last_pid=nr, live=record.live + 1))
        group = above.group if above is not None and not leads else tid
        session = above.session if above is not None and not leads else tid
        task = Task(leader or tid, inner, tuple(pids), self.context, comm, parent=parent)
        tx.put(tid, replace(task, group=group, session=session))
        if group == tid:
            tx.put(tid, Group(session, inner, tuple(pids), Map({tid: tid})))
            tx.put(tid, Session(inner, tuple(pids), Map({tid: None})))
        if leader:
            first = tx.get(Task, leader)
            tx.put(leader, replace(first, threads=(*first.threads, tid)))
        elif above is not None:
            tx.put(parent, replace(above, children=above.children.set(tid, pids[0])))
        if label:
            tx.put(tid, Puppet(label))
        context = tx.get(Context, self.context)
        tx.put(self.context, replace(context, users=context.users + 1))
        return tid

    def skip_to(self, space: SpaceId, nr: int) -> None:
        """Let the next task in *space* get number *nr*, which is higher than any before."""
        self.tx.put(space, replace(self.tx.get(PidSpace, space), last_pid=nr - 1))

    def change(self, tid: TaskId, **fields: object) -> None:
        self.tx.put(tid, replace(self.tx.get(Task, tid), **fields))

    def reap(self, tid: TaskId) -> None:
        """Remove a task that has no children and leads nothing."""
        tx = self.tx
        task = tx.get(Task, tid)
        for here, nr in zip(tx.get(PidSpace, task.space).path, task.pids, strict=True):
            record = tx.get(PidSpace, here)
            gone = replace(record, task_of=record.task_of.delete(nr), live=record.live - 1)
            tx.put(here, gone)
        parent = tx.get(Task, task.parent)
        tx.put(task.parent, replace(parent, children=parent.children.delete(tid)))
        tx.drop(Task, tid)


def changed(before: Machine, after: Machine) -> list[Change]:
    """What a transaction that leads from one machine to the other would say it wrote."""
    tx = begin(before)
    for kind in records():
        rows = after.rows(kind)
        for key in set(rows) | set(before.rows(kind)):
            if key in rows:
                tx.put(key, rows[key])
            else:
                tx.drop(kind, key)
    return tx.changes()


class Web:
    """SCREEN's machine: two containers, web (sshd, httpd.1, httpd.2) and db."""

    def __init__(self) -> None:
        self.build = build = Builder()
        self.init = build.init
        self.web = build.space("web")
        self.db = build.space("db")
        self.sshd = build.task("sshd", self.init, self.web, leads=True)
        self.httpd1 = build.task("httpd.1", self.sshd, label="httpd.1")
        self.httpd2 = build.task("httpd.2", self.sshd, label="httpd.2")
        self.postgres = build.task("postgres", self.init, self.db)
        self.writer = build.task("writer", self.postgres)
        self.machine = build.machine


def crowd(children: int) -> Machine:
    """init and so many children of it."""
    build = Builder()
    for number in range(children):
        build.task(f"w{number}", build.init)
    return build.machine
