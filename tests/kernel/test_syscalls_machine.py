"""Any sequence of system calls and container moves, under any policy, by any task: as `Callers`."""

from __future__ import annotations

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from nsh.abi import (
    Request,
    files,
    namespaces,
    process,
    puppets,
    signals,
    terminals,
)
from nsh.abi.prctl import Prctl, PrctlOption
from nsh.abi.process import CloneFlag, IdType, WaitOption
from nsh.abi.signals import SaFlag, bit
from nsh.kernel import policies, waiting
from nsh.machine.ids import TaskId
from nsh.machine.tasks import Task
from nsh.machine.value import begin
from tests.kernel._callers import Callers
from tests.kernel._running import THREAD

SHARES = [
    CloneFlag.CLONE_FS,
    CloneFlag.CLONE_FILES,
    CloneFlag.CLONE_PARENT,
    CloneFlag.CLONE_NEWPID,
    CloneFlag.CLONE_NEWUTS,
    CloneFlag.CLONE_NEWNS,
]
SIGNOS = st.one_of(
    st.sampled_from([0, 1, 2, 9, 10, 12, 15, 17, 18, 18, 19, 20, 21, 28, 34, 40, 64]),
    st.sampled_from([-1, 65]),
)
MASKS = st.lists(st.sampled_from([1, 9, 10, 15, 17, 18, 20, 40]), max_size=3).map(
    lambda signos: sum({bit(signo) for signo in signos})
)
NAMES = st.sampled_from(["web", "db", "x", "0", "1", "2", "a b", "", "é", "-", "web:1", "w" * 64])


def flags(*choices: int) -> st.SearchStrategy[int]:
    return st.lists(st.sampled_from(choices), max_size=4).map(_union)


def _union(chosen: list[int]) -> int:
    value = 0
    for flag in chosen:
        value |= int(flag)
    return value


class Syscalls(Callers):
    """One machine, on which everybody does anything."""

    # ---- birth and death

    @precondition(Callers.running)
    @rule(data=st.data())
    def fork(self, data: st.DataObject) -> None:
        self.ask(self.caller(data), process.Fork())

    @precondition(Callers.running)
    @rule(
        data=st.data(),
        shares=flags(*SHARES, *SHARES, CloneFlag.CLONE_SIGHAND, CloneFlag.CLONE_NEWNET),
        signo=SIGNOS,
        name=st.sampled_from(["", "", "a", "web", "1"]),
    )
    def clone(self, data: st.DataObject, shares: int, signo: int, name: str) -> None:
        caller = self.caller(data)
        wanted = data.draw(
            st.lists(st.sampled_from([1, 2, 5, 300, 0, 40000]), max_size=3), "wanted"
        )
        exit_signal = data.draw(st.sampled_from([17, 17, 0, signo]))
        self.ask(caller, process.Clone(shares, exit_signal, tuple(wanted), name))

    @precondition(Callers.running)
    @rule(data=st.data())
    def thread(self, data: st.DataObject) -> None:
        self.ask(self.caller(data), process.Clone(THREAD, 0))

    @precondition(Callers.running)
    @rule(data=st.data(), status=st.integers(0, 255), alone=st.booleans(), really=st.integers(0, 9))
    def exit(self, data: st.DataObject, status: int, alone: bool, really: int) -> None:
        caller = self.caller(data)
        leader = self.world.machine.get(Task, caller).leader
        if self.world.machine.get(Task, leader).pids[0] == 1 and really:
            return  # the machine would halt
        self.ask(caller, process.Exit(status) if alone else process.ExitGroup(status))

    @precondition(Callers.running)
    @rule(data=st.data(), path=st.sampled_from(["/bin/x", "x", "", "/"]))
    def execve(self, data: st.DataObject, path: str) -> None:
        self.ask(self.caller(data), process.Execve(path, ("x",)))

    # ---- waiting

    @precondition(Callers.running)
    @rule(data=st.data(), options=flags(*WaitOption, WaitOption.WNOHANG, 16))
    def wait4(self, data: st.DataObject, options: int) -> None:
        caller = self.caller(data)
        self.ask(caller, process.Wait4(self.crowd(data, caller), options))

    @precondition(Callers.running)
    @rule(
        data=st.data(),
        idtype=st.sampled_from([*IdType, 7]),
        options=flags(*WaitOption, WaitOption.WEXITED, WaitOption.WNOHANG),
    )
    def waitid(self, data: st.DataObject, idtype: int, options: int) -> None:
        caller = self.caller(data)
        self.ask(caller, process.Waitid(int(idtype), self.number(data, caller), options))

    @precondition(Callers.running)
    @rule(data=st.data(), duration=st.sampled_from([-1, 0, 1, 1000]))
    def nanosleep(self, data: st.DataObject, duration: int) -> None:
        self.ask(self.caller(data), process.Nanosleep(duration))

    @rule(passing=st.integers(0, 1500))
    def time_passes(self, passing: int) -> None:
        tx = begin(self.world.machine)
        waiting.advance(tx, tx.clock + passing)
        self.world.machine = tx.commit()
        self.world.settle()

    # ---- signals

    @precondition(Callers.running)
    @rule(data=st.data(), signo=SIGNOS)
    def kill(self, data: st.DataObject, signo: int) -> None:
        caller = self.caller(data)
        self.ask(caller, signals.Kill(self.crowd(data, caller), signo))

    @precondition(Callers.running)
    @rule(data=st.data(), signo=SIGNOS, loose=st.booleans())
    def tgkill(self, data: st.DataObject, signo: int, loose: bool) -> None:
        caller = self.caller(data)
        tgid = -1 if loose else self.number(data, caller)
        self.ask(caller, signals.Tgkill(tgid, self.number(data, caller), signo))

    @precondition(Callers.running)
    @rule(data=st.data(), signo=SIGNOS)
    def sigqueue(self, data: st.DataObject, signo: int) -> None:
        caller = self.caller(data)
        self.ask(caller, signals.Sigqueue(self.number(data, caller), signo, 7))

    @precondition(Callers.running)
    @rule(
        data=st.data(),
        signo=SIGNOS,
        handler=st.sampled_from(["default", "ignore", "handler", None]),
        mask=MASKS,
        options=flags(*SaFlag),
    )
    def sigaction(
        self, data: st.DataObject, signo: int, handler: str | None, mask: int, options: int
    ) -> None:
        self.ask(self.caller(data), signals.Sigaction(signo, handler, mask, options))

    @precondition(Callers.running)
    @rule(data=st.data(), how=st.sampled_from([0, 0, 1, 2, 3]), mask=MASKS)
    def sigprocmask(self, data: st.DataObject, how: int, mask: int) -> None:
        self.ask(self.caller(data), signals.Sigprocmask(how, mask))

    @precondition(Callers.running)
    @rule(data=st.data(), mask=MASKS, timeout=st.sampled_from([0, 5, None]))
    def sigtimedwait(self, data: st.DataObject, mask: int, timeout: int | None) -> None:
        self.ask(self.caller(data), signals.Sigtimedwait(mask, timeout))

    @precondition(Callers.running)
    @rule(data=st.data(), which=st.sampled_from([signals.Sigpending, signals.Pause]))
    def look_at_signals(self, data: st.DataObject, which: type[Request]) -> None:
        self.ask(self.caller(data), which())

    # ---- relations

    @precondition(Callers.running)
    @rule(data=st.data())
    def setsid(self, data: st.DataObject) -> None:
        self.ask(self.caller(data), process.Setsid())

    @precondition(Callers.running)
    @rule(data=st.data())
    def setpgid(self, data: st.DataObject) -> None:
        caller = self.caller(data)
        numbers = self.number(data, caller), self.number(data, caller)
        self.ask(caller, process.Setpgid(*numbers))

    @precondition(Callers.running)
    @rule(
        data=st.data(),
        which=st.sampled_from([process.Getpid, process.Gettid, process.Getppid, process.Getuid]),
    )
    def who_am_i(self, data: st.DataObject, which: type[Request]) -> None:
        self.ask(self.caller(data), which())

    @precondition(Callers.running)
    @rule(data=st.data(), which=st.sampled_from([process.Getpgid, process.Getsid]))
    def whose(self, data: st.DataObject, which: type[process.Getpgid]) -> None:
        caller = self.caller(data)
        self.ask(caller, which(self.number(data, caller)))

    @precondition(Callers.running)
    @rule(
        data=st.data(),
        option=st.sampled_from([*PrctlOption, 99]),
        argument=st.sampled_from([0, 1, 9, 15, 64, 65, "name", "a name that is too long", ""]),
    )
    def prctl(self, data: st.DataObject, option: int, argument: int | str) -> None:
        self.ask(self.caller(data), Prctl(int(option), argument))

    @precondition(Callers.running)
    @rule(data=st.data(), steal=st.booleans(), which=st.integers(0, 4))
    def terminal(self, data: st.DataObject, steal: bool, which: int) -> None:
        caller = self.caller(data)
        pgid = self.number(data, caller)
        requests = (
            terminals.SetControllingTty(0, steal),
            terminals.DropControllingTty(0),
            terminals.Tcsetpgrp(0, pgid),
            terminals.Tcgetpgrp(0),
            terminals.Tcgetsid(0),
        )
        self.ask(caller, requests[which])

    # ---- namespaces

    @precondition(Callers.running)
    @rule(data=st.data(), which=flags(*SHARES, THREAD, CloneFlag.CLONE_NEWUSER))
    def unshare(self, data: st.DataObject, which: int) -> None:
        self.ask(self.caller(data), namespaces.Unshare(which))

    @precondition(Callers.running)
    @rule(
        data=st.data(),
        entry=st.sampled_from(["pid", "pid", "pid_for_children", "uts", "mnt"]),
        kind=st.sampled_from([0, CloneFlag.CLONE_NEWPID, CloneFlag.CLONE_NEWUTS]),
        keep=st.booleans(),
    )
    def setns(self, data: st.DataObject, entry: str, kind: int, keep: bool) -> None:
        caller = self.caller(data)
        fd = self.ask(caller, files.Open(f"/proc/{self.number(data, caller)}/ns/{entry}"))
        if isinstance(fd, int) and caller in set(self.world.free()):
            self.ask(caller, namespaces.Setns(fd, int(kind)))
            if not keep:
                self.ask(caller, files.Close(fd))

    @precondition(Callers.running)
    @rule(data=st.data(), text=st.sampled_from(["7", "0", "300", "x", "-1", "32768", ""]))
    def write_ns_last_pid(self, data: st.DataObject, text: str) -> None:
        self._write(self.caller(data), "/proc/sys/kernel/ns_last_pid", text)

    # ---- containers, policies, references

    @precondition(Callers.running)
    @rule(data=st.data(), name=NAMES, what=st.sampled_from(["", "", " tree ", " group ", " x "]))
    def write_container(self, data: st.DataObject, name: str, what: str) -> None:
        caller = self.caller(data)
        line = f"{name}{what}{self.number(data, caller)}" if what else name
        self._write(caller, "/proc/container", line)

    def _write(self, caller: TaskId, path: str, text: str) -> None:
        fd = self.ask(caller, files.Open(path, files.OpenFlag.O_WRONLY))
        if isinstance(fd, int):
            self.ask(caller, files.Write(fd, text.encode() + b"\n"))
            if caller in set(self.world.free()):
                self.ask(caller, files.Close(fd))

    @precondition(Callers.running)
    @rule(data=st.data())
    def choose(self, data: st.DataObject) -> None:
        policy = data.draw(st.sampled_from([policies.PID_LEVELS, policies.PID_MOVE]))
        value = data.draw(st.sampled_from(policy.values))
        tx = begin(self.world.machine)
        policies.set_policy(tx, policy.name, value)
        self.world.machine = tx.commit()

    @precondition(Callers.running)
    @rule(
        data=st.data(),
        ref=st.one_of(
            st.sampled_from(["init", "web:1", "0:1", ":1", "1:1", "a", "", ":", "9" * 30, "²:1"]),
            st.text(max_size=5),
        ),
    )
    def resolve(self, data: st.DataObject, ref: str) -> None:
        caller = self.caller(data)
        self.ask(caller, puppets.Resolve(ref))
        self.ask(caller, puppets.Describe())

    @precondition(Callers.running)
    @rule(
        data=st.data(),
        name=st.sampled_from(["status", "stat", "comm", "cmdline", "container", "lies"]),
    )
    def read_proc(self, data: st.DataObject, name: str) -> None:
        caller = self.caller(data)
        number = self.number(data, caller)
        path = f"/proc/{name}" if name == "lies" else f"/proc/{number}/{name}"
        fd = self.ask(caller, files.Open(path))
        if isinstance(fd, int):
            self.ask(caller, files.Read(fd))
            self.ask(caller, files.Close(fd))


Syscalls.TestCase.settings = settings(stateful_step_count=30)
TestSyscalls = Syscalls.TestCase
