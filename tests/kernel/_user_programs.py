"""Random programs about users: ids, capabilities, user namespaces, maps, files, signals."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Any

from nsh.abi.capabilities import ALL, Ambient, Cap
from nsh.abi.filecaps import FileCaps, pack
from nsh.abi.files import MountFlag as M
from nsh.abi.files import OpenFlag
from nsh.abi.prctl import PrctlOption
from nsh.abi.process import CloneFlag
from nsh.abi.signals import Sig
from nsh.machine.ids import FIRST_USER, TaskId
from nsh.machine.tasks import Task
from nsh.machine.users import UserSpace
from tests.kernel import _steps
from tests.kernel._linux_users import SOMETIMES
from tests.kernel._model_users import UserWorld
from tests.kernel._programs import Writer

C = CloneFlag
P = PrctlOption
IDS = [0, 0, 1000, 1000, 1001, 1002, 5, 65534, -1, 70000]
NAMES = ["a", "b", "c", "d", "e", "D/a", "D/b", "D"]
MODES = [0o600, 0o644, 0o666, 0o640, 0o4755, 0o6755, 0o2755, 0o2745, 0o000, 0o777, 0o1777]
PROGRAMS = [*MODES, 0o711, 0o4711, 0o755, 0o511]
CAPS = [int(cap) for cap in Cap if 1 << cap != SOMETIMES]
SETTERS = {
    **dict.fromkeys(("setuid", "setgid", "setfsuid", "setfsgid"), 1),
    **dict.fromkeys(("setreuid", "setregid"), 2),
    **dict.fromkeys(("setresuid", "setresgid"), 3),
}
MAPS = ["uid_map", "gid_map", "uid_map", "gid_map", "projid_map", "setgroups"]
ODD_MAPS = ["", "0 0", "0 0 0\n", "0 0 1 1", "x", "0 0 10\n5 50 1\n", "4294967295 0 1", "1 2 3\n\n"]


class UserWriter(Writer):
    """Writes programs about users."""

    def __init__(self, source: random.Random) -> None:
        super().__init__(source)
        self.world = UserWorld()

    def write(self, length: int) -> None:
        """Begin with some files, for there to be something to be refused."""
        for name in ("D", "P", "a", "b", "c"):
            mode = self.pick(0o777, 0o1777) if name in "DP" else self.pick(*PROGRAMS)
            self.take([0, "make_directory" if name in "DP" else "create", name, mode])
            if name != "P" and self.random.random() < 0.6:
                self.take([0, "change_owner", name, self.pick(0, 1000, 1001), self.pick(0, 5, -1)])
                self.take([0, "change_mode", name, mode])
            if name in "abc" and self.random.random() < 0.6:
                self.take([0, "set_attribute", name, self.file_caps(1000), 0])
        super().write(length - len(self.steps))

    def among(self, free: list[tuple[int, TaskId]]) -> list[tuple[int, TaskId]]:
        return free[1:] if len(free) > 1 and not free[0][0] and self.random.random() < 0.6 else free

    def kinds(self) -> Sequence[tuple[Any, float]]:
        return _KINDS

    def number(self) -> int:
        """Somebody of the world, by their number in it."""
        tasks = self.world.machine.items(Task)
        leaders = [task for key, task in tasks if task.leader == key and len(task.pids) > 1]
        return int(self.random.choice(leaders).pids[1])

    def id(self, me: TaskId) -> int:
        """A user or group, most often one of those around."""
        if self.random.random() < 0.3:
            creds = self.world.machine.get(Task, me).creds
            return int(self.random.choice((creds.uid, creds.euid, creds.suid, creds.gid)))
        return int(self.random.choice(IDS))

    def name(self) -> str:
        return str(self.random.choice(NAMES))

    def caps(self, among: int) -> int:
        """Some of the set *among*, or all or none of it."""
        roll = self.random.random()
        among &= ~SOMETIMES
        if roll < 0.3:
            return among
        if roll < 0.4:
            return 0
        return among & self.random.getrandbits(41)

    def file_caps(self, root: int) -> str:
        """Capabilities for a file, as they are packed; some are for *root* alone."""
        few = 1 << self.pick(*CAPS) | 1 << self.pick(*CAPS)
        permitted = self.pick(few, few, self.caps(ALL), 0)
        inheritable = self.pick(0, 0, few, self.caps(ALL))
        packed = FileCaps(
            permitted, inheritable, self.pick(True, False), self.pick(None, None, None, root)
        )
        value = pack(packed).hex()
        if self.random.random() < 0.1:
            return str(self.pick("", "", value[:-2], value + "00", value[:6] + "09", "02"))
        return value


Kind = Callable[[UserWriter, TaskId], list[Any] | None]
_KINDS: list[tuple[Any, float]] = [
    (_steps.fork, 5),
    (_steps.thread, 0.7),
    (_steps.exit_group, 1),
    (_steps.wait4, 1),
    (_steps.waitid, 0.7),
    (_steps.sigprocmask, 1),
    (_steps.sigtimedwait, 2),
    (_steps.setsid, 0.3),
    (_steps.sigqueue, 0.7),
]
_kind = _steps.weighing(_KINDS)


@_kind(3)
def _clone(writer: UserWriter, me: TaskId) -> list[Any] | None:
    new = writer.new()
    if new is None:
        return None
    flags = int(C.CLONE_NEWUSER) if writer.random.random() < 0.7 else 0
    for flag, chance in (
        (C.CLONE_NEWPID, 0.2),
        (C.CLONE_NEWUTS, 0.3),
        (C.CLONE_NEWCGROUP, 0.2),
        (C.CLONE_FS, 0.1),
        (C.CLONE_NEWNS, 0.2),
    ):
        if writer.random.random() < chance:
            flags |= int(flag)
    return ["clone", new, flags, int(Sig.SIGCHLD), []]


@_kind(5)
def _unshare(writer: UserWriter, me: TaskId) -> list[Any] | None:
    user = C.CLONE_NEWUSER
    uts, pid = C.CLONE_NEWUTS, C.CLONE_NEWPID
    mnt, cgroup = C.CLONE_NEWNS, C.CLONE_NEWCGROUP
    choice = [user, user, user, user | uts, user | pid, uts, C.CLONE_FS, mnt, user | mnt]
    return ["unshare", int(writer.pick(*choice, cgroup, user | cgroup))]


@_kind(9)
def _set_ids(writer: UserWriter, me: TaskId) -> list[Any] | None:
    name = writer.pick(*SETTERS)
    return ["set_ids", name, *(writer.id(me) for _ in range(SETTERS[name]))]


@_kind(1)
def _set_groups(writer: UserWriter, me: TaskId) -> list[Any] | None:
    groups = [writer.pick(0, 5, 1000, 1001, 9) for _ in range(writer.random.randrange(4))]
    return ["set_groups", groups]


@_kind(1.5)
def _get_ids(writer: UserWriter, me: TaskId) -> list[Any] | None:
    return ["get_ids"]


@_kind(4)
def _cap_set(writer: UserWriter, me: TaskId) -> list[Any] | None:
    creds = writer.world.machine.get(Task, me).creds
    permitted = writer.pick(creds.permitted & ~SOMETIMES, writer.caps(creds.permitted))
    if writer.random.random() < 0.1:
        permitted |= 1 << writer.pick(*CAPS)
    effective = writer.pick(writer.caps(permitted), permitted)
    inheritable = writer.pick(
        creds.inheritable & ~SOMETIMES, writer.caps(creds.permitted), writer.caps(creds.bounding)
    )
    return ["cap_set", effective, permitted, inheritable]


@_kind(0.7)
def _cap_get(writer: UserWriter, me: TaskId) -> list[Any] | None:
    return ["cap_get", writer.pick(0, writer.pid(me), writer.pid(me))]


@_kind(2)
def _ambient(writer: UserWriter, me: TaskId) -> list[Any] | None:
    what = writer.pick(Ambient.IS_SET, Ambient.RAISE, Ambient.RAISE, Ambient.LOWER, 4, 5)
    cap = 0 if what == Ambient.CLEAR_ALL else writer.pick(*CAPS, 0, 5, 7, 41, -1)
    return ["ambient", int(what), cap]


@_kind(5)
def _prctl(writer: UserWriter, me: TaskId) -> list[Any] | None:
    bits = writer.world.machine.get(Task, me).creds.securebits
    step: list[Any] = writer.pick(
        [int(P.PR_SET_KEEPCAPS), writer.pick(0, 1, 1, 2)],
        [int(P.PR_GET_KEEPCAPS), 0],
        [int(P.PR_SET_SECUREBITS), bits ^ 1 << writer.random.randrange(13)],
        [int(P.PR_SET_SECUREBITS), bits ^ writer.pick(1, 4, 16, 64, 0)],
        [int(P.PR_GET_SECUREBITS), 0],
        [int(P.PR_CAPBSET_DROP), writer.pick(*CAPS, 41)],
        [int(P.PR_CAPBSET_READ), writer.pick(*CAPS, 41, -1)],
        [int(P.PR_SET_NO_NEW_PRIVS), writer.pick(1, 0, 2)],
        [int(P.PR_GET_NO_NEW_PRIVS), 0],
        [int(P.PR_SET_DUMPABLE), writer.pick(1, 1, 1, 0, 2)],
        [int(P.PR_SET_DUMPABLE), 1],
        [int(P.PR_GET_DUMPABLE), 0],
        [int(P.PR_SET_PDEATHSIG), int(Sig.SIGUSR1)],
    )
    return ["prctl", *step]


@_kind(0.5)
def _death_signal(writer: UserWriter, me: TaskId) -> list[Any] | None:
    return ["prctl_get", int(P.PR_GET_PDEATHSIG)]


def _line(writer: UserWriter, me: TaskId) -> str:
    first = writer.pick(0, 0, 1000, 5, writer.id(me) & 0xFFFFFFFF)
    lower = writer.pick(0, 1000, 1000, 1001, 5, writer.id(me) & 0xFFFFFFFF)
    return f"{first} {lower} {writer.pick(1, 1, 1, 2, 10, 70000)}\n"


@_kind(9)
def _write_map(writer: UserWriter, me: TaskId) -> list[Any] | None:
    """Mostly of who has none yet."""
    machine = writer.world.machine
    bare = [
        task.pids[1]
        for key, task in machine.items(Task)
        if task.leader == key
        and len(task.pids) > 1
        and task.creds.userns != FIRST_USER
        and not machine.get(UserSpace, task.creds.userns).uid_map
    ]
    number = writer.random.choice(bare) if bare and writer.random.random() < 0.8 else None
    name = writer.pick(*MAPS)
    if name == "setgroups":
        text = writer.pick("deny", "deny", "deny", "allow", "denyx", "deny \n", "allowed")
    elif writer.random.random() < 0.1:
        text = writer.pick(*ODD_MAPS)
    else:
        text = "".join(_line(writer, me) for _ in range(writer.pick(1, 1, 1, 2)))
    return ["write_map", writer.number() if number is None else number, name, text]


@_kind(1.5)
def _read_map(writer: UserWriter, me: TaskId) -> list[Any] | None:
    return ["read_map", writer.number(), writer.pick(*MAPS)]


@_kind(3)
def _setns(writer: UserWriter, me: TaskId) -> list[Any] | None:
    entry, kind = writer.pick(
        ("user", C.CLONE_NEWUSER),
        ("user", C.CLONE_NEWUSER),
        ("user", 0),
        ("uts", C.CLONE_NEWUTS),
        ("cgroup", C.CLONE_NEWCGROUP),
        ("pid", C.CLONE_NEWPID),
    )
    return ["setns", writer.number(), entry, int(kind)]


@_kind(2)
def _look(writer: UserWriter, me: TaskId) -> list[Any] | None:
    number = writer.number()
    step: list[Any] = writer.pick(
        ["look_into", number, writer.pick("uts", "user", "pid", "cgroup")],
        ["list_fds", number],
        ["whose", number, writer.pick("", "/status", "/uid_map", "/task", "/fd", "/ns")],
    )
    return step


@_kind(5)
def _kill(writer: UserWriter, me: TaskId) -> list[Any] | None:
    signo = writer.pick(0, 0, int(Sig.SIGUSR1), int(Sig.SIGCONT), int(Sig.SIGWINCH), 34)
    return ["kill", writer.crowd(me), signo]


@_kind(0.5)
def _tgkill(writer: UserWriter, me: TaskId) -> list[Any] | None:
    tid = writer.pid(me)
    return ["tgkill", tid, tid, writer.pick(0, int(Sig.SIGWINCH))]


@_kind(1)
def _host(writer: UserWriter, me: TaskId) -> list[Any] | None:
    return writer.pick(["host_name", "x"], ["change_root"])  # type: ignore[no-any-return]


@_kind(5)
def _make(writer: UserWriter, me: TaskId) -> list[Any] | None:
    mode = writer.pick(*MODES)
    step: list[Any] = writer.pick(
        ["create", writer.name(), mode],
        ["create", writer.name(), mode],
        ["make_directory", writer.pick("D", "D", "e"), mode],
        ["make_node", writer.name(), writer.pick(0o020600, 0o010666), writer.pick(0, 259, 259)],
    )
    return step


@_kind(3)
def _mount(writer: UserWriter, me: TaskId) -> list[Any] | None:
    flags = M.MS_REMOUNT | writer.pick(0, M.MS_BIND, M.MS_BIND)
    flags |= writer.pick(0, M.MS_RDONLY, M.MS_NOSUID, M.MS_RDONLY | M.MS_NODEV)
    options = writer.pick("", "", "uid=1000", "gid=5,uid=0", "mode=700", "uid=70001")
    step: list[Any] = writer.pick(
        ["mount_fs", "tmpfs", "D", options],
        ["mount_fs", "tmpfs", "D", options],
        ["mount_fs", "proc", "P", ""],
        ["bind", writer.pick("D", "a"), writer.pick("D", "b"), int(M.MS_BIND)],
        ["bind", ".", "D", int(M.MS_BIND | writer.pick(0, M.MS_REC))],
        ["remount", writer.pick("D", "D", "P"), int(flags)],
        ["unmount", writer.pick("D", "D", "b", "P")],
    )
    return step


@_kind(9)
def _file(writer: UserWriter, me: TaskId) -> list[Any] | None:
    name = writer.name()
    step: list[Any] = writer.pick(
        ["change_owner", name, writer.id(me), writer.pick(-1, writer.id(me))],
        ["change_owner", name, writer.pick(-1, writer.id(me)), writer.id(me)],
        ["change_mode", name, writer.pick(*MODES)],
        ["stat_file", name],
        ["open_file", name, int(writer.pick(OpenFlag.O_RDONLY, OpenFlag.O_WRONLY, 2)) | 0o4000],
        ["remove", name],
        ["remove_directory", "D"],
        ["rename_file", name, writer.name()],
        ["link_file", name, writer.name()],
        ["touch_file", name],
    )
    return step


@_kind(4)
def _attribute(writer: UserWriter, me: TaskId) -> list[Any] | None:
    """Capabilities of a file, most often such that can be set."""
    name = writer.pick("a", "b", "c", writer.name())
    value = writer.file_caps(writer.id(me) & 0xFFFFFFFF)
    step: list[Any] = writer.pick(
        *[["set_attribute", name, value, writer.pick(0, 0, 0, 1, 2)]] * 5,
        ["get_attribute", name],
        ["get_attribute", name],
        ["list_attributes", name],
        ["remove_attribute", name],
    )
    return step


@_kind(4)
def _execute(writer: UserWriter, me: TaskId) -> list[Any] | None:
    """Who waits for children could be the one who hears of the end."""
    return None if writer.world.waits() else ["execute", writer.pick("a", "b", "c", writer.name())]
