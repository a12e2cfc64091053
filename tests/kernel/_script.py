"""A program for puppets as a script of nsh, to be looked at by people: ``nsh compare FILE``.

Puppet 3 is called ``p3``; ``p0`` is the init of the world.  A call that does not return at once is
left running behind.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from nsh.abi.prctl import PrctlOption
from nsh.abi.process import CloneFlag, WaitOption
from nsh.abi.signals import NSIG, SaFlag
from nsh.machine.ids import TaskId
from nsh.machine.tasks import State, Task
from tests.kernel._linux import Step
from tests.kernel._model import World

OPENING = ["clone2 -n p0 NEWPID", "as p0 setsid"]
_WAITS = {
    WaitOption.WNOHANG: "-n",
    WaitOption.WUNTRACED: "-u",
    WaitOption.WCONTINUED: "-c",
    WaitOption.WALL: "--all",
    WaitOption.WCLONE: "--clone",
    WaitOption.WNOTHREAD: "--nothread",
}
_MASKS = {0: "-b", 1: "-u", 2: "-s"}
_SPACES = {CloneFlag.CLONE_NEWPID: "--pid", CloneFlag.CLONE_NEWUTS: "--uts"}


def script(steps: list[Step]) -> str:
    """The program, a line a step; what no command asks for is a comment."""
    world = World()
    lines = list(OPENING)
    for number, step in enumerate(steps):
        slot, name, *args = step
        line = _LINES[name](world, *args)
        caller = world.tasks[slot]
        seen = world.step(number, step)
        if line is None:
            lines.append(f"# p{slot}: {name} {' '.join(map(str, args))}")
            continue
        *first, command = line
        answer = seen["answers"].get(str(number))
        lines += first
        lines.append(f"as p{slot} {command}{_ending(world, caller, answer)}")
    return "".join(f"{line}\n" for line in lines)


def _ending(world: World, caller: TaskId, answer: object) -> str:
    task = world.machine.find(Task, caller)
    if answer is None and task is not None and task.state is not State.ZOMBIE:
        return " &"  # it blocks, or is stopped before it returns
    return " || true" if answer is None or isinstance(answer, str) else ""


def exact(steps: list[Step]) -> bool:
    """Whether the script asks for all that the program does, and for nothing else."""
    return not any(
        _LINES[name](World(), *args) is None or (name == "sigaction" and (args[3] or args[2]))
        for _slot, name, *args in steps
        if name != "setns"
    )


def _clone(_world: World, new: int, flags: int, signo: int, set_tid: list[int]) -> list[str]:
    words = [f"clone2 -n p{new}"]
    words += [flag.name.removeprefix("CLONE_") for flag in CloneFlag if flags & flag and flag.name]
    if set_tid:
        words.append(f"--set-tid={','.join(map(str, set_tid))}")
    if signo != 17:
        words.append(f"--exit-signal={signo}")
    return [" ".join(words)]


def _wait4(_world: World, pid: int, options: int) -> list[str] | None:
    return _wait("waitpid", pid, options)


def _wait(command: str, pid: int, options: int) -> list[str] | None:
    words = [word for option, word in _WAITS.items() if options & option]
    if options & ~sum(map(int, _WAITS)):
        return None
    return [f"{' '.join([command, *words])} -- {pid}"]


def _waitid(_world: World, idtype: int, ident: int, options: int) -> list[str] | None:
    """waitpid(1) asks waitid(2) only in order to leave the child as it is."""
    kept = int(WaitOption.WNOWAIT) | int(WaitOption.WEXITED)
    pid = {0: -1, 1: ident, 2: -ident}.get(idtype)
    if options & kept != kept or pid is None or (idtype and ident <= 0):
        return None
    return _wait("waitpid -k", pid, options & ~kept)


def _sigaction(_world: World, signo: int, handler: str, flags: int, mask: int) -> list[str] | None:
    if flags & ~SaFlag.SA_RESTART or mask or not 1 <= signo <= NSIG:
        return None
    action = "{ }" if handler == "handler" else handler
    return [f"trap {'--restart ' if flags and handler == 'handler' else ''}{signo} {action}"]


def _sigprocmask(_world: World, how: int, mask: int) -> list[str] | None:
    signals = [str(signo) for signo in range(1, 65) if mask >> (signo - 1) & 1]
    return [" ".join(["sigprocmask", _MASKS[how], *signals])] if how in _MASKS else None


def _prctl(_world: World, option: int, argument: int | None = None) -> list[str]:
    reaper = option in (PrctlOption.PR_SET_CHILD_SUBREAPER, PrctlOption.PR_GET_CHILD_SUBREAPER)
    words = ["prctl", "subreaper" if reaper else "pdeathsig"]
    return [" ".join(words if argument is None else [*words, str(argument)])]


def _unshare(_world: World, flags: int) -> list[str] | None:
    return [f"unshare {_SPACES[CloneFlag(flags)]}"] if flags in _SPACES else None


def _setns(world: World, number: int, entry: str, kind: int) -> list[str] | None:
    names = {0: "", CloneFlag.CLONE_NEWPID: " pid", CloneFlag.CLONE_NEWUTS: " uts"}
    slots = [slot for slot, task in world.tasks.items() if _number(world, task) == number]
    if not slots or kind not in names:
        return None
    return [
        f"pid=$(echo $(ps -o pid= -p p{slots[0]}))",
        f"setns /proc/$pid/ns/{entry}{names[CloneFlag(kind)]}",
    ]


def _number(world: World, task: TaskId) -> int:
    record = world.machine.find(Task, task)
    return 0 if record is None else record.pids[1]


def _plain(pattern: str) -> Callable[..., list[str]]:
    return lambda _world, *args: [pattern.format(*args)]


def _none(_world: World, *_args: Any) -> None:
    return None


_LINES: dict[str, Callable[..., list[str] | None]] = {
    "clone": _clone,
    "exec": _none,
    "exit": _plain("exit --thread {}"),
    "exit_group": _plain("exit {}"),
    "getpgid": _plain("getpgid -- {}"),
    "getpid": _plain("{{ getpid; gettid; getppid; }}"),
    "getsid": _plain("getsid -- {}"),
    "kill": _plain("kill -s {1} -- {0}"),
    "last_pid": _plain("printf '%s' '{}' > /proc/sys/kernel/ns_last_pid"),
    "pause": _plain("sleep infinity"),
    "prctl": _prctl,
    "prctl_get": _prctl,
    "setns": _setns,
    "setpgid": _plain("setpgid -- {} {}"),
    "setsid": _plain("setsid"),
    "sigaction": _sigaction,
    "sigpending": _plain("sigpending"),
    "sigprocmask": _sigprocmask,
    "sigqueue": _plain("kill -s {1} -q {2} -- {0}"),
    "sigtimedwait": _none,
    "tgkill": _plain("kill -s {2} --thread={1} -- {0}"),
    "thread": _plain("spawn --thread p{}"),
    "tkill": _none,
    "unshare": _unshare,
    "wait4": _wait4,
    "waitid": _waitid,
}
"""The line for each call, and what has to be said before it; None if there is none."""
