"""Where the answers knowingly differ: the model's from Linux's, and a stage's from the model's.

``help COMMAND`` shows those that concern the command, docs/gaps.md and docs/linux.md show all.
"""

from collections.abc import Iterator
from typing import Final

from nsh.abi import file_gaps, network_gaps, terminal_gaps, time_gaps
from nsh.machine.record import Record

WIDTH: Final = 105
"""Of a page, in columns."""


class Gap(Record):
    """Something that the model does otherwise than Linux, and why it is left so."""

    what: str
    linux: str
    model: str
    why: str
    commands: tuple[str, ...]
    """The commands and constructs by which it is met."""
    brief: str
    """What the model does, in a line of help."""


class Peculiarity(Record):
    """Something that is otherwise when real processes answer (``--kernel linux``)."""

    what: str
    commands: tuple[str, ...] = ()
    brief: str = ""


GAPS: Final = (
    Gap(
        "Several processes die by one call",
        "At once, in no order that is anybody's",
        "Who made the call first, then in the order in which they were signalled",
        "Somebody has to be first; a run must be repeatable",
        ("kill", "pkill"),
        "who die by one call do so in the order in which they were signalled",
    ),
    Gap(
        "The state of a program that computes while somebody else looks",
        "`R`",
        "`S`: nobody but who looks is at work",
        "Programs take their steps in turn, and wait between them, as puppets do on Linux; the "
        "interface marks who has steps to take by `R▶`",
        (),
        "",
    ),
    Gap(
        "An init with threads waits for the end of its namespace (P10)",
        "The last thread is shown sleeping, the first a zombie",
        "The first is shown sleeping, the others are gone",
        "Nobody can tell but by `/proc/PID/task`",
        ("exit",),
        "of an init with threads that waits for its namespace's end, only the first is left",
    ),
    Gap(
        "What pends for a thread alone when it dies (`SigPnd`)",
        "Is there till the process is reaped (6.18.44); some other kernels of 6.18 forget it",
        "Is there till the process is reaped",
        "Kernels differ, and that is the newer one",
        ("sigpending",),
        "what pends for a dead thread alone stays, which some kernels forget",
    ),
    Gap(
        "A process is stopped in the moment in which a handler is due",
        "Its mask is the handler's already",
        "The signal is still pending, and the mask as it was",
        "The program runs its handlers when it takes its next step",
        ("trap", "sigpending", "sigprocmask"),
        "of who is stopped just when a handler is due, the signal still pends",
    ),
    Gap(
        "A file of `/proc/PID/net` that is opened anew by a descriptor when its process is dead",
        "Shows the network namespace as long as there is one",
        "`ENOENT`, and `ESRCH` once it is reaped",
        "Who has it open goes on reading it; nobody opens it again so",
        ("open",),
        "of the dead, files of /proc/PID/net cannot be opened anew by a descriptor of them",
    ),
    Gap(
        "`ls /proc`, `ls /proc/PID`",
        "Some sixty files",
        "Those that tell something about tasks here",
        "A part that is all true rather than a whole that is not",
        ("ls",),
        "/proc has only the files that tell something about tasks",
    ),
    Gap(
        "A file of `/proc/sys` that each pid namespace has its own of, as `pid_max`",
        "An inode for the readers of each",
        "One inode",
        "Nobody tells them apart by it",
        ("stat",),
        "a file of /proc/sys is one inode for the readers of all namespaces",
    ),
    Gap(
        "Memory (N1)",
        "Pages of a program, its heap, its stacks and what it maps",
        "What it has attached of shared memory; CLONE_VM without CLONE_THREAD copies that",
        "Nothing else of a memory is anybody else's business",
        ("shmat", "peek", "poke", "clone2"),
        "a process has no memory but what it attaches",
    ),
    Gap(
        "SIGSEGV (N1)",
        "May be handled",
        "Ends the process",
        "A handler would come back to the same instruction for ever",
        ("peek", "poke"),
        "SIGSEGV is not to be handled",
    ),
    Gap(
        "`clone` with `CLONE_NEWIPC` and `CLONE_SYSVSEM` (N1)",
        "`EINVAL`, when the memory has been copied and dropped again: the caller is the last to "
        "have attached its segments",
        "`EINVAL`, and nothing has happened",
        "A call that fails leaves everything as it was",
        ("clone2",),
        "a clone that fails has attached and detached nothing",
    ),
    Gap(
        "`ipcmni_extend`, `SHM_HUGETLB`, `SHM_LOCK`, `SIGEV_THREAD`, limits of a user (N1, N2)",
        "There are such",
        "`RLIMIT_MSGQUEUE` has its default, and the others are not there",
        "No document speaks of them",
        ("shmget", "mq_notify", "mq_open"),
        "RLIMIT_MSGQUEUE is 819200, no huge pages, no SIGEV_THREAD",
    ),
    *(Gap(*row) for row in terminal_gaps.GAPS),
    *(Gap(*row) for row in file_gaps.GAPS),
    Gap(
        "Writing to `/dev/kmsg`",
        "Ten messages in five seconds, the rest is dropped",
        "All of them",
        "A run must not depend on how fast it is",
        ("dmesg",),
        "/dev/kmsg takes every message, however many come at once",
    ),
    Gap(
        "Hierarchies of cgroups",
        "Have the controllers of the machine: `cpuset`, `cpu`, `cpuacct`, `io` (`blkio`), "
        "`memory`, `devices`, `net_cls`, `net_prio`, `perf_event`, `hugetlb`, `rdma`, `misc`, "
        "`dmem`; each of cgroup2 `cpu.stat`, `cpu.stat.local`, `cgroup.pressure` and `cpu.`, "
        "`io.`, `memory.` and `irq.pressure`",
        "Have two, `pids` and (of the first version) `freezer`, and no file that tells of others",
        "Of resources, tasks alone are counted here",
        (),
        "",
    ),
    Gap(
        "What is told of cgroups: `cgroup.events` by poll(2), release agents",
        "What comes within ten milliseconds of the last change is told when they are over; an "
        "agent is run a moment later, once for a cgroup that was empty several times till then",
        "Each at once",
        "A run must be repeatable",
        (),
        "",
    ),
    Gap(
        "A program that the kernel starts (release agents)",
        "Is a file that may be executed; its parent is kthreadd; it has the capabilities that "
        "`/proc/sys/kernel/usermodehelper` leaves it",
        "Is such a file that begins with `#!` and the name of a command, as `nsh`; or no file, "
        "and the name of a command. Where kernel threads are hidden (policy `kthreads`) it has no "
        "parent; it has all capabilities",
        "Programs here are nsh's own commands",
        (),
        "",
    ),
    *(Gap(*row) for row in time_gaps.GAPS),
    *(Gap(*row) for row in network_gaps.GAPS),
)

PECULIARITIES: Final = (
    Peculiarity(
        "What mainline lacks: `/proc/container` is not there (ENOENT), and `policy` and `profile` "
        "are refused (ENOSYS) but for `profile mainline`; each with that reason.",
        ("container", "lies", "policy", "profile"),
        "mainline has none: ENOENT, ENOSYS",
    ),
    Peculiarity(
        "`init` is pid 1 of a namespace, not the machine's first process, which Linux knows by "
        "name: a process group whose outer parent is that init is not orphaned (credentials(7)), "
        "where the model's would be.",
        ("setpgid", "setpgrp", "setsid"),
        "a group whose outer parent is init is not orphaned",
    ),
    Peculiarity(
        "Errors carry no reason: the kernel gives none. `trace` shows no translation of ids.",
        ("trace",),
        "ids are not shown before translation",
    ),
    Peculiarity(
        "Numbers that no two machines share: times, inodes, memory, pid_max and with it the width "
        "of columns.",
        ("stat", "ls", "date"),
        "times, inodes and sizes are the real ones",
    ),
    Peculiarity(
        "The console is called `pts/0` in `ps`, and is mounted on `/dev/console`; `/dev` is a "
        "tmpfs.",
        ("ps", "findmnt"),
        "the console is pts/0, /dev a tmpfs",
    ),
    Peculiarity(
        "What the whole machine has one of is out of reach: sysfs, devtmpfs, disks and cgroups of "
        "the first version are not mounted (EPERM), other devices not opened (ENXIO).",
        ("mount", "mknod"),
        "no sysfs, disks, other devices, nor cgroups of the first version",
    ),
    Peculiarity(
        "Cgroup2 is mounted with a cgroup of the stage's own as its root (EPERM where there is "
        "none to be had), which has the files that any other has; its options are the machine's. "
        "`/proc/PID/cgroup` tells of the machine's other hierarchies too.",
        ("mount",),
        "the root of cgroup2 is a cgroup below the machine's",
    ),
    Peculiarity(
        "The hardware clock, the kernel's own threads and its security modules are the host's: "
        "`hwclock`, `kthread`, `smackload` and their like are ENOENT or ENOSYS. `/proc/locks` "
        "counts locks that are not shown.",
        ("hwclock", "kthread", "smackload", "chsmack", "smacklabel", "lslocks"),
        "hardware clock, kernel threads and labels are the host's: ENOENT, ENOSYS",
    ),
    Peculiarity("`/proc/PID/exe` and `maps` show the interpreter."),
    Peculiarity(
        "A puppet has all signals blocked while it makes a call: of a task that has killed itself, "
        "`/proc/PID/status` shows another `ShdPnd`, or another `SigBlk`.",
        ("kill",),
        "a task that kills itself leaves other signals pending and blocked",
    ),
    Peculiarity(
        "For what a file's set-id bits and capabilities give, a nameless file like it is made on "
        "the same mount and executed; where that cannot be (it is read-only, or full, or of that "
        "file alone), or without a `/proc`, execve is ENOSYS.",
        ("setcap", "chmod"),
        "execve of a file that gives privileges needs /proc, and a writable mount",
    ),
    Peculiarity(
        "Shared memory is attached where the kernel chooses, at random places; `shmat --remap` "
        "replaces nothing but what was attached at that address.",
        ("shmat",),
        "addresses are random ones; --remap replaces only what was attached there",
    ),
    Peculiarity(
        "More than `msgmnb`, `msg_max` and `queues_max` allow, more than a hard limit, and the "
        "limits of other users take CAP_SYS_RESOURCE, which root has on the model, and in a "
        "container mostly not.",
        ("msgctl", "mq_open", "prlimit"),
        "to go beyond limits root may lack CAP_SYS_RESOURCE",
    ),
    Peculiarity(
        "`SigQ` of root in the first user namespace counts also what is queued for root elsewhere "
        "on the machine.",
        ("prlimit",),
        "what is queued for root elsewhere on the machine counts as well",
    ),
    Peculiarity(
        "CLONE_VM without CLONE_THREAD is ENOSYS: parent and child would be one interpreter, with "
        "one lock and one state of its frames, of which neither may come back from the call after "
        "the other (vfork(2) has the same rule, and its child may do next to nothing). Leaving the "
        "flag out would be another call, as unshare(2) can tell.",
        ("clone2",),
        "CLONE_VM without CLONE_THREAD is ENOSYS",
    ),
    Peculiarity(
        "A wanted number for a thread is ENOSYS: what Python can run on is a thread of "
        "pthread_create(3), which takes no number; one that took another's place would have used "
        "up a number more than was asked for. So are CLONE_PIDFD, CLONE_INTO_CGROUP and "
        "CLONE_VFORK with CLONE_THREAD.",
        ("clone2", "spawn"),
        "a thread's wanted number, PIDFD, INTO_CGROUP and VFORK are ENOSYS",
    ),
    Peculiarity(
        "A puppet that waits in CLONE_VFORK keeps its interpreter's lock: where its process has "
        "other threads that is ENOSYS, and meanwhile the signals that it handles are blocked.",
        ("clone2",),
        "VFORK is ENOSYS beside other threads, and blocks what is handled",
    ),
    Peculiarity(
        "CLONE_INTO_CGROUP of a cgroup that is frozen is ENOSYS: a puppet says that it is there "
        "before it has a program to perform, and one that is born frozen says nothing.",
        ("clone2",),
        "INTO_CGROUP of a frozen cgroup is ENOSYS",
    ),
    Peculiarity(
        "An execve by a task that is not root in its user namespace needs a `/proc`; without one "
        "it is ENOSYS.",
        ("unshare",),
        "execve needs a /proc unless the caller is root there; else ENOSYS",
    ),
    Peculiarity(
        "A puppet's programs are interpreters, and no files of the stage: set-user-ID and "
        "set-group-ID bits change nobody at execve. Capabilities that this machine keeps from all "
        "(those out of its bounding set) are missing.",
        ("getpcaps", "chmod"),
        "set-id bits change nobody at execve; root has what this machine allows",
    ),
    Peculiarity(
        "A puppet's control socket is descriptor 1023 (threads, and who shares descriptors: those "
        "below). It is left out of `/proc/PID/fd` and is EBADF to the program, which can open one "
        "descriptor less.",
    ),
    Peculiarity(
        "A call that a handler interrupts is answered after the trap block, where the model "
        "answers first.",
        ("trap",),
        "an interrupted call is answered after the block, not before",
    ),
    *(Peculiarity(*row) for row in network_gaps.PECULIARITIES),
)


def of_model(name: str) -> Iterator[str]:
    """What the model does otherwise than Linux, as met by the command or construct *name*."""
    return (gap.brief for gap in GAPS if name in gap.commands)


def of_stage(name: str) -> Iterator[str]:
    """What real processes do otherwise than the model, as met by it."""
    return (one.brief for one in PECULIARITIES if name in one.commands)


def table() -> str:
    """The model's gaps, a row each, in Markdown."""
    rows = [("What", "Linux", "The model", "Why"), ("---",) * 4]
    rows += [(gap.what, gap.linux, gap.model, gap.why) for gap in GAPS]
    return "".join(f"| {' | '.join(row)} |\n".replace("| --- ", "|---") for row in rows)


def bullets() -> str:
    """What is peculiar on a stage, in Markdown."""
    lines = []
    for one in PECULIARITIES:
        line = "-"
        for word in one.what.split(" "):
            if len(line) + len(word) >= WIDTH:
                lines.append(line)
                line = " "
            line += f" {word}"
        lines.append(line)
    return "".join(f"{line}\n" for line in lines)
