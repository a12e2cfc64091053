"""Whatever a mechanism keeps takes a stand on checkpoints: it is saved, refused, or need not be.

Who adds a table, or a field of a task, is told here to say which.
"""

from __future__ import annotations

import pytest

from nsh.kernel import kinds
from nsh.kernel.checkpoint import parts
from nsh.kernel.loading import load_all
from nsh.machine.pids import PidSpace
from nsh.machine.record import Record, records
from nsh.machine.tasks import Creds, Image, Task
from tests.machine.busy import Busy

load_all()
OBSERVED = "nsh.machine.observed"
"""Tables of what has been seen of a real kernel, that come with tests of that."""
TABLES = [
    kind for kind in records() if kind.__module__.startswith("nsh.") and kind.__module__ != OBSERVED
]
KINDS = [kind for kind in kinds.kinds() if kind.record in TABLES]

OF_TASKS = {
    *("Arrival", "Context", "Group", "HalfDone", "Held", "InCgroups", "InJob", "Limits"),
    *("LockWait", "Login", "LostForeground", "Made", "Memory", "Notified", "Persona", "PidfsAttr"),
    *("ProcessTimers", "Progress", "Puppet", "Session", "Sleeper", "SmackLabel", "Task", "Undo"),
    *("Vfork", "Waiter"),
}
"""Keyed by task, process, or the leader of a group or session, or found from a task by its record
alone: a row that no part answers for is refused by its name."""
OF_NAMESPACES = {
    *("CgroupSpace", "Consoles", "DevSpace", "Ipc", "MountSpace", "Net", "PidSpace", "PtsSpace"),
    *("TimeSpace", "UserSpace", "Uts"),
}
"""Of one namespace: whose kind no part saves is refused."""
BEHIND = {
    "Asynchronous": "saved with the open files that are on its lists",
    "Dentry": "saved with a tmpfs of its own; others are assumed to stay as they are (S3)",
    "DevTmpfs": "a file system's",
    "File": "described by its path, or a part, or refused by name",
    "FileLocks": "saved with the files that they are on",
    "Inode": "saved with a tmpfs of its own",
    "Mount": "of a mount namespace",
    "Mqueue": "of an ipc namespace",
    "MsgQueue": "of an ipc namespace",
    "PeerGroup": "of mounts",
    "Pipe": "saved with its ends",
    "Proxy": "saved by what is in it",
    "PtsFile": "saved with its pair, or opened by its path",
    "Pty": "saved with its master; without that in the container its slave is opened by its path",
    "Rtc": "of a time namespace, or the machine's",
    "SemSet": "of an ipc namespace",
    "ShmSegment": "of an ipc namespace",
    "Socket": "of an open file",
    "SocketFile": "a file system's",
    "Superblock": "made anew, or found again",
    "Terminal": "saved with its pair or tty namespace; one outside is opened by its path",
    "Timer": "saved with its process or its file",
    "UndoList": "of an ipc namespace, and found by Undo",
    "Console": "of a terminal",
    "Link": "of a network namespace",
    "Log": "of a namespace for printk, or the machine's",
    "NsContainer": "a file system's directory",
    "OpenNode": "of an open file",
}
"""What tasks and namespaces lead to: who saves these has to see to it."""
OF_THE_MACHINE = {
    "Beancounter": "of a cgroup",
    "Cgroup": "assumed to stay: a restarted task goes to where it was, from who restarts it",
    "ChargedFile": "the file is charged anew when it is opened",
    "ClassShares": "of a class of cgroups",
    "Containers": "names of containers: the restarted one is named anew",
    "CrfsImages": "images themselves: who has one open is refused",
    "CpuUsage": "of a cgroup",
    "Cpuset": "of a cgroup",
    "DmesgRestrict": "a setting",
    "FreezerCgroup": "of a cgroup",
    "FrozenContainer": "the checkpoint itself",
    "Halted": "a machine that has halted takes no checkpoints",
    "Hierarchies": "of cgroups",
    "Hierarchy": "of cgroups",
    "InternalMounts": "the kernel's own",
    "Inums": "a counter: a namespace has a new number",
    "Labels": "the puppeteer's: labels are saved with Puppet",
    "Director": "the puppeteer's",
    "LockIndex": "an index",
    "Logins": "a counter",
    "Memset": "of a cgroup",
    "MqueueUse": "counted anew",
    "NetFilter": "saved with the container that it allots an address to",
    "Numtasks": "of a cgroup",
    "Overflow": "a setting",
    "Parentless": "kernel threads, which are refused",
    "PeerGroupIds": "numbers",
    "PidsCgroup": "of a cgroup",
    "Ptys": "a counter, and its bounds",
    "RandomPool": "nobody may tell where it stands",
    "Rules": "of classes",
    "SerialLine": "of who watches from outside",
    "Settings": "policies: what the image needs of them is in its head",
    "SigQueued": "counted anew",
    "Smack": "rules, and labels of files",
    "Subsystems": "of cgroups",
    "TtySettings": "a setting",
    "Ucounts": "counted anew",
    "UtsEvents": "a counter of events",
    "Channel": "who waits enters it anew",
    "RunQueue": "who runs enters it anew",
    "Deadlines": "who sleeps, and timers, enter it anew",
}
"""Not of the container, or counted anew by what is."""
CLASSES: tuple[set[str], ...] = (OF_TASKS, OF_NAMESPACES, {*BEHIND}, {*OF_THE_MACHINE})
FIELDS: dict[type[Record], dict[str, str]] = {
    Task: {
        "leader": "task.leader",
        "space": "the container",
        "pids": "task.pid",
        "context": "descriptors, places, namespaces",
        "comm": "task.comm",
        "creds": "credentials",
        "state": "task.zombie, signals.stopped; others are refused, or settle anew",
        "status": "task.status, signals.stopped",
        "blocked": "signals.blocked",
        "pending": "signals.pending",
        "start": "task.start",
        "exit_signal": "task.exit_signal",
        "death_signal": "signals.death_signal",
        "parent": "task.parent",
        "children": "their order in the image",
        "threads": "their order in the image",
        "group": "group",
        "session": "session",
        "tty": "as its session's, or of who restarts it",
        "actions": "signals.actions",
        "shared": "signals.shared",
        "flags": "task.flags; who is dying, or the kernel's, is refused",
        "image": "task.argv, exe, environ; attributes.loaded",
        "parent_thread": "task.parent_thread",
    },
    Creds: {
        **dict.fromkeys(("uid", "euid", "suid", "fsuid"), "credentials.uids"),
        **dict.fromkeys(("gid", "egid", "sgid", "fsgid"), "credentials.gids"),
        **dict.fromkeys(
            ("groups", "permitted", "effective", "inheritable", "bounding", "ambient"),
            "credentials, by the same name",
        ),
        "securebits": "credentials.securebits",
        "no_new_privs": "credentials.no_new_privs",
        "userns": "namespaces",
    },
    Image: {
        "argv": "task.argv",
        "exe": "task.exe",
        "userns": "attributes.loaded",
        "environ": "task.environ",
    },
    PidSpace: {
        **dict.fromkeys(("users", "inum", "creator", "path", "number"), "made anew"),
        "owner": "container.owner",
        "kind": "container.kind",
        "name": "container.name",
        "task_of": "made by its tasks",
        "last_pid": "container.last_pid",
        "pid_max": "container.pid_max",
        "init": "its first task",
        "live": "counted",
        "adding": "one that is ending is refused",
    },
}


@pytest.mark.parametrize("kind", TABLES, ids=lambda kind: kind.__name__)
def test_each_table_takes_one_stand(kind: type[Record]) -> None:
    stands = [stand for stand in CLASSES if kind.__name__ in stand]
    assert len(stands) == 1, "say in which way a checkpoint answers for it"


def test_no_stand_is_of_a_table_that_is_gone() -> None:
    assert set().union(*CLASSES) == {kind.__name__ for kind in TABLES}


def test_parts_answer_for_all_tables_of_tasks() -> None:
    """What none answers for is refused, by the name of its table: that is no way to leave it."""
    assert {kind.__name__ for kind in parts.answered} == OF_TASKS


def test_namespaces_are_of_some_kind() -> None:
    assert {kind.record.__name__ for kind in KINDS} == OF_NAMESPACES
    assert parts.namespace_kinds <= {kind.name for kind in kinds.kinds()}


@pytest.mark.parametrize("kind", FIELDS, ids=lambda kind: kind.__name__)
def test_each_field_is_somewhere(kind: type[Record]) -> None:
    assert set(kind.__struct_fields__) == set(FIELDS[kind])


def test_tables_that_are_not_of_tasks_are_not_keyed_by_any() -> None:
    machine = Busy().machine
    tasks = {key for key, _task in machine.items(Task)}
    for kind in TABLES:
        if kind.__name__ not in OF_TASKS:
            keyed = {key for key, _row in machine.items(kind)} & tasks
            assert not keyed, f"{kind.__name__} has rows of tasks"
