"""Programs whose answers surprise: each was, or might well be, told otherwise by a model.

A step is [puppet, call, arguments…]; puppet 0 is the init of the world.
"""

from __future__ import annotations

from typing import Final

from nsh.abi.process import CloneFlag, IdType, PrctlOption, WaitOption
from nsh.abi.signals import SaFlag, Sig, bit
from tests.kernel._linux import Step

NEWPID: Final = int(CloneFlag.CLONE_NEWPID)
PARENT: Final = int(CloneFlag.CLONE_PARENT)
NOHANG, UNTRACED, CONTINUED, EXITED, NOWAIT, NOTHREAD, ALL = (
    int(WaitOption[name])
    for name in ("WNOHANG", "WUNTRACED", "WCONTINUED", "WEXITED", "WNOWAIT", "WNOTHREAD", "WALL")
)
CHLD, CONT, KILL, STOP, TERM, TSTP, USR1, USR2, WINCH = (
    int(Sig[f"SIG{name}"])
    for name in ("CHLD", "CONT", "KILL", "STOP", "TERM", "TSTP", "USR1", "USR2", "WINCH")
)
RT: Final = 40
BLOCK: Final = 0


def fork(parent: int, new: int) -> Step:
    return [parent, "clone", new, 0, CHLD, []]


def inner(parent: int, new: int) -> Step:
    return [parent, "clone", new, NEWPID, CHLD, []]


SAMPLES: Final[dict[str, list[Step]]] = {
    # -- waiting
    "P12: __WNOTHREAD sees the children of the calling thread alone": [
        fork(0, 1),
        [0, "thread", 2],
        [2, "wait4", -1, NOHANG | NOTHREAD],
        [2, "wait4", -1, NOHANG],
        fork(2, 3),
        [2, "wait4", -1, NOHANG | NOTHREAD],
        [0, "wait4", 5, NOHANG | NOTHREAD],
    ],
    "P12: a dead thread's children go to another, and to the end of the list": [
        [0, "thread", 1],
        fork(1, 2),
        fork(0, 3),
        [2, "exit_group", 2],
        [3, "exit_group", 3],
        [1, "exit", 0],
        [0, "wait4", -1, NOTHREAD],
        [0, "wait4", -1, NOTHREAD],
    ],
    "wait takes zombies in the order of birth and adoption": [
        fork(0, 1),
        fork(1, 2),
        fork(1, 3),
        [1, "exit_group", 1],
        fork(0, 4),
        [4, "exit_group", 4],
        [3, "exit_group", 3],
        [2, "exit_group", 2],
        [0, "wait4", -1, 0],
        [0, "wait4", -1, 0],
        [0, "wait4", -1, 0],
        [0, "wait4", -1, 0],
        [0, "wait4", -1, 0],
    ],
    "a zombie is nothing to wait for without WEXITED": [
        fork(0, 1),
        [1, "exit_group", 7],
        [0, "waitid", int(IdType.P_PID), 2, UNTRACED],
        [0, "waitid", int(IdType.P_PID), 2, EXITED | NOWAIT],
        [0, "waitid", int(IdType.P_PID), 2, EXITED],
        [0, "waitid", int(IdType.P_PID), 2, EXITED],
    ],
    "stops and continuations are reported once each": [
        fork(0, 1),
        [0, "kill", 2, STOP],
        [0, "wait4", 2, NOHANG],
        [0, "wait4", 2, NOHANG | UNTRACED],
        [0, "wait4", 2, NOHANG | UNTRACED],
        [0, "kill", 2, CONT],
        [0, "wait4", 2, NOHANG | CONTINUED],
        [0, "wait4", 2, NOHANG | CONTINUED],
        [0, "kill", 2, STOP],
        [0, "kill", 2, CONT],
        [0, "wait4", 2, NOHANG | UNTRACED | CONTINUED],
        [0, "kill", 2, STOP],
        [0, "kill", 2, KILL],
        [0, "wait4", 2, UNTRACED],
    ],
    "a wait for my group sleeps on when the last child has left the group": [
        fork(0, 1),
        fork(1, 2),
        [1, "wait4", 0, 0],
        [2, "setsid"],
        [2, "exit_group", 0],
        [0, "kill", 2, 0],
    ],
    "a parent that dies with its child has waited for it": [
        fork(0, 1),
        fork(1, 2),
        fork(2, 3),
        [1, "setpgid", 0, 0],
        [2, "setpgid", 0, 2],
        [2, "wait4", -1, 0],
        [3, "setpgid", 0, 2],
        [0, "kill", -2, KILL],
    ],
    # -- exit signals and SIGCHLD's dispositions
    "execve makes SIGCHLD of the exit signal": [
        inner(0, 1),
        [1, "clone", 2, 0, WINCH, []],
        [1, "wait4", -1, NOHANG],
        [2, "exec"],
        [1, "wait4", -1, NOHANG],
    ],
    "the parent's execve makes SIGCHLD of every exit signal": [
        [0, "clone", 1, 0, WINCH, []],
        [0, "exec"],
        [0, "sigaction", CHLD, "ignore", 0, 0],
        [1, "exit_group", 1],
    ],
    "an orphan's exit signal is SIGCHLD": [
        [0, "sigaction", CHLD, "ignore", 0, 0],
        fork(0, 1),
        [1, "clone", 2, 0, 0, []],
        [2, "exit_group", 2],
        [1, "exit_group", 1],
    ],
    "SA_NOCLDWAIT counts with the default handler": [
        [0, "sigaction", CHLD, "default", int(SaFlag.SA_NOCLDWAIT), 0],
        fork(0, 1),
        [1, "exit_group", 1],
        [0, "wait4", -1, 0],
    ],
    "SA_RESETHAND resets the handler, not the flags": [
        [
            0,
            "sigaction",
            CHLD,
            "handler",
            int(SaFlag.SA_NOCLDWAIT | SaFlag.SA_RESETHAND),
            0,
        ],
        fork(0, 1),
        fork(0, 2),
        [1, "exit_group", 1],
        [2, "exit_group", 2],
    ],
    # -- groups
    "setpgid(-1, 0) names group -1": [
        [0, "setpgid", -1, 0],
        [0, "setpgid", -1, 1],
        [0, "setpgid", 99, -1],
        [0, "setpgid", 99, 0],
    ],
    "a stopped group that is orphaned is hung up": [
        fork(0, 1),
        fork(1, 2),
        [2, "setpgid", 0, 0],
        [1, "setsid"],
        [0, "kill", 3, TSTP],
        [1, "exit_group", 1],
    ],
    "a group loses its last link to the session": [
        fork(0, 1),
        [1, "setsid"],
        fork(1, 2),
        fork(2, 3),
        [2, "setpgid", 0, 0],
        [3, "setpgid", 0, 3],
        [3, "kill", 4, TSTP],
        [1, "exit_group", 1],
    ],
    "a dead leader's number stays taken": [
        fork(0, 1),
        [1, "setsid"],
        fork(1, 2),
        [1, "exit_group", 1],
        [0, "wait4", 2, 0],
        [0, "kill", 2, 0],
        [0, "kill", -2, 0],
        [0, "clone", 3, 0, CHLD, [2]],
        [2, "exit_group", 2],
        [0, "wait4", -1, 0],
        [0, "clone", 4, 0, CHLD, [2]],
    ],
    # -- signals
    "sigtimedwait fails after a stop, whatever comes with the continuation": [
        fork(0, 1),
        [1, "sigprocmask", BLOCK, bit(CONT)],
        [1, "sigtimedwait", bit(CONT) | bit(USR1), True],
        [0, "kill", 2, STOP],
        [0, "kill", 2, CONT],
        [1, "sigpending"],
    ],
    "sigtimedwait takes a stop signal that is not blocked": [
        fork(0, 1),
        [1, "setpgid", 0, 0],
        [1, "sigtimedwait", bit(TSTP), True],
        [0, "kill", 2, TSTP],
    ],
    "sigtimedwait does not save from a deadly signal": [
        fork(0, 1),
        [1, "sigtimedwait", bit(TERM), True],
        [0, "kill", 2, TERM],
        [0, "wait4", 2, 0],
    ],
    "P12: one thread is interrupted, the first that can be": [
        [0, "sigaction", USR1, "handler", 0, 0],
        [0, "thread", 1],
        [0, "pause"],
        [1, "kill", 1, USR1],
    ],
    "P12: a thread that blocks the signal leaves it to another": [
        [0, "sigaction", USR1, "handler", 0, 0],
        [0, "thread", 1],
        [0, "sigprocmask", BLOCK, bit(USR1)],
        fork(0, 2),
        [1, "pause"],
        [2, "kill", 1, USR1],
    ],
    "SA_RESTART restarts a wait, and not a pause": [
        fork(0, 1),
        [0, "sigaction", USR1, "handler", int(SaFlag.SA_RESTART), 0],
        [0, "wait4", -1, 0],
        [1, "kill", 1, USR1],
        [1, "exit_group", 1],
        fork(0, 2),
        [0, "pause"],
        [2, "kill", 1, USR1],
    ],
    "own signals before the group's, standard before real-time": [
        fork(0, 1),
        [1, "sigprocmask", BLOCK, bit(RT) | bit(USR1) | bit(USR2)],
        [0, "sigqueue", 2, RT, 1],
        [0, "sigqueue", 2, RT, 2],
        [0, "kill", 2, USR1],
        [0, "tgkill", 2, 2, USR2],
        [0, "kill", 2, USR1],
        *([1, "sigtimedwait", bit(RT) | bit(USR1) | bit(USR2), False] for _ in range(5)),
    ],
    "P2: SIGCHLD speaks the parent's numbers, and the first of two": [
        [0, "sigprocmask", BLOCK, bit(CHLD)],
        inner(0, 1),
        fork(0, 2),
        [1, "exit_group", 5],
        [2, "exit_group", 6],
        [0, "sigtimedwait", bit(CHLD), False],
        [0, "sigtimedwait", bit(CHLD), False],
    ],
    "a death signal comes when the parent thread dies": [
        [0, "thread", 1],
        fork(1, 2),
        [2, "prctl", int(PrctlOption.PR_SET_PDEATHSIG), USR1],
        [2, "sigprocmask", BLOCK, bit(USR1)],
        [1, "exit", 0],
        [2, "sigtimedwait", bit(USR1), False],
        [2, "getpid"],
    ],
    # -- pid namespaces
    "P10: unshare is for the children, once": [
        [0, "unshare", NEWPID],
        [0, "getpid"],
        [0, "unshare", NEWPID],
        fork(0, 1),
        [1, "getpid"],
        [0, "unshare", NEWPID],
        [0, "thread", 2],
        [0, "setns", 1, "pid", NEWPID],
        [0, "unshare", NEWPID],
    ],
    "P10: when its init is dead a namespace takes nobody, and a try costs a number": [
        [0, "unshare", NEWPID],
        fork(0, 1),
        [1, "exit_group", 1],
        fork(0, 2),
        fork(0, 3),
        [0, "setns", 1, "pid", NEWPID],
        fork(0, 4),
    ],
    "P10: an init lingers until outsiders have reaped theirs": [
        [0, "unshare", NEWPID],
        fork(0, 1),
        fork(0, 2),
        fork(1, 3),
        [1, "exit_group", 9],
        [0, "wait4", 2, NOHANG],
        fork(0, 4),
        [0, "wait4", 3, 0],
        [0, "wait4", 2, 0],
    ],
    "P10: orphans go to the namespace's init, or the nearest subreaper": [
        inner(0, 1),
        fork(1, 2),
        fork(2, 3),
        fork(3, 4),
        [2, "prctl", int(PrctlOption.PR_SET_CHILD_SUBREAPER), 1],
        [3, "exit_group", 3],
        [4, "getpid"],
        [2, "exit_group", 2],
        [4, "getpid"],
    ],
    "P10: a guest's orphan leaves by its father's door": [
        inner(0, 1),
        fork(0, 2),
        [2, "setns", 2, "pid", NEWPID],
        fork(2, 3),
        [3, "getpid"],
        [2, "exit_group", 2],
        [3, "getpid"],
    ],
    "P10: set_tid wants each level's number free, and 1 first": [
        [0, "clone", 1, NEWPID, CHLD, [2]],
        [0, "clone", 2, NEWPID, CHLD, [1, 50]],
        [0, "clone", 3, 0, CHLD, [50]],
        [0, "clone", 4, 0, CHLD, [0]],
        [2, "clone", 5, 0, CHLD, [50, 50]],
        [2, "clone", 6, 0, CHLD, [50, 51]],
        fork(2, 7),
        fork(0, 8),
    ],
    "P11: an init hears from inside only what it handles": [
        inner(0, 1),
        fork(1, 2),
        [2, "kill", 1, KILL],
        [2, "kill", 1, STOP],
        [2, "kill", 1, TERM],
        [1, "sigaction", TERM, "handler", 0, 0],
        [1, "pause"],
        [2, "kill", 1, TERM],
        [1, "sigprocmask", BLOCK, bit(USR1)],
        [2, "kill", 1, USR1],
        [1, "sigprocmask", 2, 0],
        [0, "kill", 2, TSTP],
        [0, "kill", 2, STOP],
        [0, "kill", 2, KILL],
        [0, "wait4", -1, 0],
    ],
    "P2: a group's signal crosses upwards, and one siginfo is for all": [
        [0, "sigprocmask", BLOCK, bit(RT)],
        fork(0, 1),
        inner(0, 2),
        fork(2, 3),
        [3, "kill", 0, RT],
        [0, "sigtimedwait", bit(RT), False],
        [1, "sigtimedwait", bit(RT), False],
        [2, "sigtimedwait", bit(RT), False],
        [0, "kill", 0, RT],
        [0, "sigtimedwait", bit(RT), False],
        [1, "sigtimedwait", bit(RT), False],
        [2, "sigtimedwait", bit(RT), False],
    ],
    "P3: who is not seen is not there": [
        inner(0, 1),
        fork(1, 2),
        [2, "kill", 3, 0],
        [2, "getpgid", 3],
        [2, "getsid", 1],
        [2, "wait4", 3, 0],
        [2, "tgkill", 3, 3, 0],
        [0, "kill", 3, 0],
        [2, "kill", -1, TERM],
    ],
    "P12: the last thread's status is the process's": [
        fork(0, 1),
        [1, "thread", 2],
        [1, "exit", 4],
        [0, "wait4", 2, NOHANG],
        [2, "exit", 7],
        [0, "wait4", 2, NOHANG],
    ],
    "P12: execve leaves one thread, called as the first": [
        fork(0, 1),
        [1, "thread", 2],
        [1, "thread", 3],
        [3, "exec"],
        [3, "getpid"],
        [0, "kill", 4, 0],
    ],
    "CLONE_PARENT makes a sibling": [
        fork(0, 1),
        [1, "clone", 2, PARENT, 0, []],
        [2, "getpid"],
        [0, "clone", 3, PARENT, 0, []],
        [2, "exit_group", 3],
        [0, "wait4", -1, ALL],
    ],
}
