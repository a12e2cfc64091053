"""The calls of `tests.kernel._linux_users`, on the model."""

from __future__ import annotations

from typing import Any

from nsh.abi import KernelError, Request, capabilities, credentials, files, namespaces, process
from nsh.abi.attributes import Chmod, Chown, Stat, Utimens
from nsh.abi.names import Chroot, Link, Mkdir, Mknod, Rename, Rmdir, Unlink
from nsh.abi.prctl import Prctl, PrctlOption
from nsh.abi.xattrs import CAPABILITY, Getxattr, Listxattr, Removexattr, Setxattr
from nsh.kernel import perform
from nsh.kernel.boot import INIT
from nsh.kernel.fs.permission import MAY_EXEC, may
from nsh.kernel.fs.walk import Walk
from nsh.kernel.idmaps import gid_inside, uid_inside
from nsh.machine.ids import TaskId
from nsh.machine.pids import PidSpace
from nsh.machine.tasks import Task
from nsh.machine.value import Transaction, begin
from tests.kernel._linux_users import DIRECTORY, SOMETIMES
from tests.kernel._model import World

_SETTERS = {
    kind.__name__.lower(): kind
    for kind in (
        *(credentials.Setuid, credentials.Setreuid, credentials.Setresuid),
        *(credentials.Setgid, credentials.Setregid, credentials.Setresgid),
        *(credentials.Setfsuid, credentials.Setfsgid),
    )
}


def _at(name: str) -> str:
    return f"{DIRECTORY}/{name}"


class UserWorld(World):
    """A world with files of its own, in which credentials are looked at."""

    def __init__(self) -> None:
        super().__init__()
        request = files.Mount("none", DIRECTORY, "tmpfs", 0, "mode=1777")
        self.machine = perform(self.machine, INIT, request).machine
        drop = Prctl(PrctlOption.PR_CAPBSET_DROP, SOMETIMES.bit_length() - 1)
        self.ask(self.tasks[0], drop)

    def look_at_users(self) -> dict[str, list[Any]]:
        """Every thread's credentials, as /proc/PID/status has them."""
        return {
            str(task.pids[1]): _told(task)
            for key, task in self.machine.items(Task)
            if key != INIT and len(task.pids) > 1
        }

    # ---- credentials

    def _set_ids(self, me: TaskId, name: str, *ids: int) -> Any:
        return self.ask(me, _SETTERS[name](*ids))

    def _set_groups(self, me: TaskId, groups: list[int]) -> Any:
        return self.ask(me, credentials.Setgroups(tuple(groups)))

    def _get_ids(self, me: TaskId) -> Any:
        ids = self.raw(me, process.Getuid())
        assert isinstance(ids, process.Ids)
        users = [ids.uid, ids.euid, ids.suid, ids.gid, ids.egid, ids.sgid]
        return [*users, sorted(ids.groups)]

    def _cap_set(self, me: TaskId, effective: int, permitted: int, inheritable: int) -> Any:
        return self.ask(me, capabilities.Capset(effective, permitted, inheritable))

    def _cap_get(self, me: TaskId, pid: int) -> Any:
        got = self.ask(me, capabilities.Capget(pid))
        if isinstance(got, str):
            return got
        sets = (got.effective, got.permitted, got.inheritable)
        return [each & ~SOMETIMES for each in sets]

    def _ambient(self, me: TaskId, what: int, cap: int) -> Any:
        return self.ask(me, Prctl(PrctlOption.PR_CAP_AMBIENT, what, cap))

    # ---- processes, by their directories

    def _directory(self, number: int) -> str:
        target = self.machine.get(PidSpace, self.space).task_of[number]
        return f"/proc/{self.machine.get(Task, target).pids[0]}"

    def _write_map(self, me: TaskId, number: int, name: str, text: str) -> Any:
        path = f"{self._directory(number)}/{name}"
        fd = self.ask(me, files.Open(path, files.OpenFlag.O_WRONLY))
        if isinstance(fd, str):
            return [fd]
        return self._and_close(me, fd, files.Write(fd, text.encode()))

    def _read_map(self, me: TaskId, number: int, name: str) -> Any:
        fd = self.ask(me, files.Open(f"{self._directory(number)}/{name}"))
        if isinstance(fd, str):
            return fd
        data = self.raw(me, files.Read(fd, 8192))
        self.ask(me, files.Close(fd))
        return data.decode() if isinstance(data, bytes) else data.errno.name  # type: ignore[attr-defined]

    def _and_close(self, me: TaskId, fd: int, request: Request) -> Any:
        got = self.ask(me, request)
        self.ask(me, files.Close(fd))
        return got

    def _look_into(self, me: TaskId, number: int, entry: str) -> Any:
        got = self.ask(me, files.Readlink(f"{self._directory(number)}/ns/{entry}"))
        return "seen" if ":[" in got else got

    def _list_fds(self, me: TaskId, number: int) -> Any:
        flags = files.OpenFlag.O_DIRECTORY
        fd = self.ask(me, files.Open(f"{self._directory(number)}/fd", flags))
        if isinstance(fd, str):
            return fd
        got = self._and_close(me, fd, files.Getdents(fd))
        return got if isinstance(got, str) else "seen"

    def _whose(self, me: TaskId, number: int, name: str) -> Any:
        got = self.ask(me, Stat(f"{self._directory(number)}{name}"))
        return got if isinstance(got, str) else [got.uid, got.gid]

    def _host_name(self, me: TaskId, name: str) -> Any:
        return self.ask(me, namespaces.Sethostname(name))

    def _change_root(self, me: TaskId) -> Any:
        return self.ask(me, Chroot("/"))

    # ---- files

    def _create(self, me: TaskId, name: str, mode: int) -> Any:
        o = files.OpenFlag
        request = files.Open(_at(name), o.O_CREAT | o.O_EXCL | o.O_WRONLY, mode)
        return self._opened(me, request, b"a program")

    def _open_file(self, me: TaskId, name: str, flags: int) -> Any:
        return self._opened(me, files.Open(_at(name), flags))

    def _opened(self, me: TaskId, request: files.Open, content: bytes = b"") -> Any:
        fd = self.ask(me, request)
        if isinstance(fd, str):
            return fd
        if content:
            self.ask(me, files.Write(fd, content))
        self.ask(me, files.Close(fd))
        return 0

    def _execute(self, me: TaskId, name: str) -> Any:
        pid = self.ask(me, process.Clone(exit_signal=0))
        if isinstance(pid, str):
            return pid
        child = TaskId(max(key for key, _task in self.machine.items(Task)))
        got = _refused(begin(self.machine), child, _at(name))
        got = got or self.ask(child, process.Execve(_at(name), (name,)))
        if not isinstance(got, str):
            task = self.machine.get(Task, child)
            whose = self.ask(me, Stat(f"/proc/{task.pids[0]}/fd"))
            got = [*self._seen(me, task), whose.uid, whose.gid]
        self.ask(child, process.ExitGroup(0))
        self.ask(me, process.Wait4(pid, process.WaitOption.WALL))
        return got

    def _seen(self, me: TaskId, task: Task) -> list[Any]:
        """What *me* reads of *task*, in the numbers of its user namespace."""
        space = self.machine.get(Task, me).creds.userns
        users, groups, more, *sets = _told(task)
        return [
            [uid_inside(self.machine, space, uid) for uid in users],
            *([gid_inside(self.machine, space, gid) for gid in gids] for gids in (groups, more)),
            *sets,
        ]

    def _set_attribute(self, me: TaskId, name: str, value: str, flags: int) -> Any:
        return self.ask(me, Setxattr(_at(name), CAPABILITY, bytes.fromhex(value), flags))

    def _get_attribute(self, me: TaskId, name: str) -> Any:
        got = self.raw(me, Getxattr(_at(name), CAPABILITY))
        return got.hex() if isinstance(got, bytes) else got.errno.name  # type: ignore[attr-defined]

    def _list_attributes(self, me: TaskId, name: str) -> Any:
        got = self.ask(me, Listxattr(_at(name)))
        return got if isinstance(got, str) else list(got)

    def _remove_attribute(self, me: TaskId, name: str) -> Any:
        return self.ask(me, Removexattr(_at(name), CAPABILITY))

    def _make_directory(self, me: TaskId, name: str, mode: int) -> Any:
        return self.ask(me, Mkdir(_at(name), mode))

    def _make_node(self, me: TaskId, name: str, mode: int, rdev: int) -> Any:
        return self.ask(me, Mknod(_at(name), mode, rdev))

    def _remove(self, me: TaskId, name: str) -> Any:
        return self.ask(me, Unlink(_at(name)))

    def _remove_directory(self, me: TaskId, name: str) -> Any:
        return self.ask(me, Rmdir(_at(name)))

    def _rename_file(self, me: TaskId, old: str, new: str) -> Any:
        return self.ask(me, Rename(_at(old), _at(new)))

    def _link_file(self, me: TaskId, old: str, new: str) -> Any:
        return self.ask(me, Link(_at(old), _at(new)))

    def _change_mode(self, me: TaskId, name: str, mode: int) -> Any:
        return self.ask(me, Chmod(_at(name), mode))

    def _change_owner(self, me: TaskId, name: str, uid: int, gid: int) -> Any:
        return self.ask(me, Chown(_at(name), uid, gid))

    def _touch_file(self, me: TaskId, name: str) -> Any:
        return self.ask(me, Utimens(_at(name)))

    # ---- mounts

    def _mount_fs(self, me: TaskId, kind: str, name: str, options: str) -> Any:
        return self.ask(me, files.Mount(kind, _at(name), kind, 0, options))

    def _bind(self, me: TaskId, source: str, name: str, flags: int) -> Any:
        return self.ask(me, files.Mount(_at(source), _at(name), "", flags))

    def _remount(self, me: TaskId, name: str, flags: int) -> Any:
        return self.ask(me, files.Mount("none", _at(name), "", flags))

    def _unmount(self, me: TaskId, name: str) -> Any:
        return self.ask(me, files.Umount(_at(name)))

    def _stat_file(self, me: TaskId, name: str) -> Any:
        got = self.ask(me, Stat(_at(name)))
        if isinstance(got, str):
            return got
        return [got.mode & files.S_IFMT, got.mode & 0o7777, got.uid, got.gid]


def _refused(tx: Transaction, tid: TaskId, path: str) -> Any:
    """The errno of execve(2) where *path* leads to nothing that could be executed."""
    walk = Walk(tx, tid)
    try:
        place = walk.lookup(path)
        found = walk.stat(place)
        if found.mode & files.S_IFMT != files.S_IFREG or not may(tx, walk.creds, found, MAY_EXEC):
            return "EACCES"
    except KernelError as error:
        return error.errno.name
    return ""


def _told(task: Task) -> list[Any]:
    creds = task.creds
    sets = (creds.inheritable, creds.permitted, creds.effective, creds.bounding, creds.ambient)
    return [
        [creds.uid, creds.euid, creds.suid, creds.fsuid],
        [creds.gid, creds.egid, creds.sgid, creds.fsgid],
        list(creds.groups),
        *(each & ~SOMETIMES for each in sets),
        int(creds.no_new_privs),
    ]
