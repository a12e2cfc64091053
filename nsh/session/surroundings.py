"""What the acting task has around it, for completion: looked up, and nothing is changed.

Tasks are those that it sees, and paths those of its mounts: the kernel is asked as the task would
ask it, in a transaction that is then dropped.
"""

import re
import stat
from collections.abc import Iterable, Iterator
from typing import Final

from immutables import Map

from nsh.abi.attributes import Stat, StatResult
from nsh.abi.files import Getdents, Open, OpenFlag, Read
from nsh.abi.request import Failure
from nsh.kernel import contexts, dispatch, pids, policies, refs
from nsh.kernel.fs.types import find_type, type_names
from nsh.lang.candidates import Candidate
from nsh.machine.ids import NOBODY, SpaceId, TaskId
from nsh.machine.pids import Containers, PidSpace
from nsh.machine.program import Director, Labels, Puppet
from nsh.machine.tasks import State, Task
from nsh.machine.value import Machine, begin
from nsh.session.index import Index, naturally
from nsh.userland.users import Names

MOST: Final = 200
"""Candidates of one kind that anybody would look through."""
_FEW: Final = 2_000
"""Tasks in a space up to which they are gone through one by one."""
_NOBODY: Final[Map[str, TaskId]] = Map()
_VALUE: Final = 40
_AT_ONCE: Final = 65_536
_TTY: Final = re.compile(r"console|tty[A-Z]*[0-9]+")


class Around:
    """The surroundings of whoever performs what is typed on *machine*.

    *index* is kept by who asks again and again.
    """

    def __init__(self, machine: Machine, index: Index | None = None) -> None:
        self._machine = machine
        self._index = index or Index()
        self._tx = begin(machine)
        self._director = machine.get(Director, 0)
        actor = self._director.actor
        task = machine.find(Task, actor)
        self._actor = NOBODY if task is None else actor
        self._lives = task is not None and task.state is not State.ZOMBIE
        """It can ask for something."""

    def tasks(self, prefix: str) -> Iterator[Candidate]:
        """Labels, ``cid:pid`` and pids of living tasks that the acting task sees."""
        if self._actor == NOBODY:
            return
        here = self._machine.get(Task, self._actor).space
        cid, colon, digits = prefix.partition(":")
        if colon:
            space = here if not cid else refs.container(self._tx, cid)
            if space is not None:
                yield from self._numbers(space, cid + ":", digits)
            return
        if prefix.isdecimal():
            yield from self._numbers(here, "", prefix)
        else:
            yield from self._labels(here, prefix)
        for one in self.containers(prefix):
            yield Candidate(f"{one.text}:", one.help, False)

    def _labels(self, here: SpaceId, prefix: str) -> Iterator[Candidate]:
        space = self._machine.get(PidSpace, here)
        labels = self._machine.find(Labels, 0)
        by_name = _NOBODY if labels is None else labels.by_name
        if space.level and len(space.task_of) < _FEW:
            found = self._machine.find
            puppets = (found(Puppet, task) for task in space.task_of.values())
            mine = {one.label for one in puppets if one is not None and one.label}
            names = sorted((name for name in mine if name.startswith(prefix)), key=naturally)
        else:
            names = self._index.names(by_name, prefix, MOST)
        for name in names[:MOST]:
            task = by_name.get(name)
            if task is not None and (said := self._seen(here, task)):
                yield Candidate(name, said)

    def _numbers(self, space: SpaceId, before: str, digits: str) -> Iterator[Candidate]:
        if digits and not digits.isdecimal():
            return
        here = self._machine.get(Task, self._actor).space
        task_of = self._machine.get(PidSpace, space).task_of
        for nr in self._index.numbers(task_of, digits, MOST):
            if said := self._seen(here, task_of[nr], comm=True):
                yield Candidate(f"{before}{nr}", said)

    def _seen(self, here: SpaceId, task: TaskId, *, comm: bool = False) -> str:
        """What to say of a living task that is visible in *here*; "" if it is not."""
        record = self._machine.find(Task, task)
        if record is None or record.state is State.ZOMBIE:
            return ""
        number = pids.number(self._tx, record, here)
        if not number:
            return ""
        home = refs.cid_of(self._tx, record.space)
        at = f"{home}:{record.pids[-1]}"
        return f"{record.comm} ({at})" if comm else f"pid {number} ({at})"

    def containers(self, prefix: str) -> Iterator[Candidate]:
        """Containers and pid namespaces inside the acting task's own, and that one itself."""
        if self._actor == NOBODY:
            return
        here = self._machine.get(Task, self._actor).space
        table = self._machine.get(Containers, 0)
        for number, key in sorted(table.by_number.items()):
            space = self._machine.find(PidSpace, key)
            if space is None or here not in space.path:
                continue
            name = space.name or str(number)
            if name.startswith(prefix):
                tasks = "1 task" if space.live == 1 else f"{space.live} tasks"
                yield Candidate(name, f"container {number}, {tasks}")

    def paths(self, prefix: str) -> Iterator[Candidate]:
        """Files of the acting task's mounts, as getdents(2) would tell it."""
        folder, slash, name = prefix.rpartition("/")
        hidden = name.startswith(".")
        fitting = [
            each
            for each in self._entries(folder + slash or ".")
            if each[0].startswith(name) and (hidden or not each[0].startswith("."))
        ]
        for entry, kind in sorted(fitting)[:MOST]:
            path = f"{folder}{slash}{entry}"
            directory = stat.S_ISDIR(kind) or (stat.S_ISLNK(kind) and self._leads_in(path))
            yield Candidate(path + "/" * directory, _FILES.get(kind, ""), not directory)

    def _entries(self, folder: str) -> list[tuple[str, int]]:
        fd = self._ask(Open(folder, OpenFlag.O_RDONLY | OpenFlag.O_DIRECTORY))
        if not isinstance(fd, int):
            return []
        found = self._again(Getdents(fd))
        return [(one.name, one.kind) for one in found] if isinstance(found, tuple) else []

    def _leads_in(self, path: str) -> bool:
        found = self._ask(Stat(path))
        return isinstance(found, StatResult) and stat.S_ISDIR(found.mode)

    def _ask(self, request: Open | Stat) -> object:
        """The kernel's reply to the acting task; what that would have changed is forgotten."""
        self._asked = begin(self._machine)
        if not self._lives:
            return None
        return _reply(dispatch.call(self._asked, self._actor, request))

    def _again(self, request: Getdents | Read) -> object:
        """Its reply to what is asked right behind that."""
        return _reply(dispatch.call(begin(self._asked.commit()), self._actor, request))

    def variables(self) -> Iterator[Candidate]:
        """The script's variables with their values, and what the language gives."""
        for name, value in sorted(self._director.scope.variables.items()):
            shown = value if len(value) <= _VALUE else value[: _VALUE - 1] + "…"
            yield Candidate(name, shown.replace("\n", "↵"))
        yield Candidate("PPID", "the pid of the parent")
        yield Candidate("PWD", "the working directory")
        yield Candidate("UID", "the real user id")
        yield Candidate("HOSTNAME", "the name of the uts namespace")

    def value(self, name: str) -> str | None:
        """What a variable of the script holds; None if nothing."""
        return self._director.scope.variables.get(name)

    def functions(self) -> Iterable[str]:
        """The names of the script's functions."""
        return self._director.scope.functions.keys()

    def descriptors(self) -> Iterator[Candidate]:
        """The acting task's open descriptors."""
        if self._lives:
            for fd in sorted(contexts.files(self._tx, self._actor)):
                yield Candidate(str(fd))

    def policies(self) -> Iterator[Candidate]:
        """The debates, with where the machine stands in each."""
        for one in policies.policies():
            yield Candidate(one.name, f"{policies.value(self._machine, one)}: {one.summary}")

    def positions(self, policy: str) -> Iterator[Candidate]:
        """The positions in one of them."""
        chosen = next((one for one in policies.policies() if one.name == policy), None)
        if chosen is not None:
            now = policies.value(self._machine, chosen)
            for value in chosen.values:
                yield Candidate(value, "as it is now" if value == now else "")

    def users(self) -> Iterator[Candidate]:
        """The names in the acting task's /etc/passwd, which root has without one too."""
        fd = self._ask(Open("/etc/passwd", OpenFlag.O_RDONLY))
        text = self._again(Read(fd, _AT_ONCE)) if isinstance(fd, int) else b""
        known = text.decode("utf-8", "replace") if isinstance(text, bytes) else ""
        for uid, name in sorted(Names(known or "root:x:0:0", "").users.items()):
            yield Candidate(name, f"user {uid}")

    def programs(self) -> Iterator[Candidate]:
        """What living tasks that the acting task sees call themselves; the first of very many."""
        if self._actor == NOBODY:
            return
        here = self._machine.get(Task, self._actor).space
        task_of = self._machine.get(PidSpace, here).task_of
        found: dict[str, int] = {}
        for nr in self._index.numbers(task_of, "", _FEW):
            record = self._machine.find(Task, task_of[nr])
            if record is not None and record.state is not State.ZOMBIE:
                found.setdefault(record.comm, nr)
        for comm, nr in sorted(found.items())[:MOST]:
            yield Candidate(comm, f"pid {nr}")

    def terminals(self) -> Iterator[Candidate]:
        """The terminals below the acting task's /dev."""
        for folder in ("", "pts/"):
            for name, kind in sorted(self._entries(f"/dev/{folder}")):
                if stat.S_ISCHR(kind) and (name.isdecimal() if folder else _TTY.fullmatch(name)):
                    yield Candidate(folder + name)

    def file_systems(self) -> Iterator[Candidate]:
        """The types that can be mounted."""
        for name in type_names():
            kind = find_type(name)
            if kind is not None and not kind.internal:
                yield Candidate(name)

    def others(self, kind: str, prefix: str) -> Iterable[Candidate]:
        """Nothing: there is no prompt."""
        del kind, prefix
        return ()

    def profiles(self) -> Iterator[Candidate]:
        """The documents whose position can be taken."""
        return (Candidate(name) for name in policies.PROFILES)


_FILES: Final = {
    stat.S_IFDIR: "directory",
    stat.S_IFLNK: "link",
    stat.S_IFCHR: "character device",
    stat.S_IFBLK: "block device",
    stat.S_IFIFO: "pipe",
    stat.S_IFSOCK: "socket",
}


def _reply(reply: object) -> object:
    return None if isinstance(reply, Failure) else reply
