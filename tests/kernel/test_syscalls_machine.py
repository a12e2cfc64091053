"""Any sequence of system calls and container moves, under any policy, by any task.

After each step every invariant holds; a call that failed changed nothing; replies are plain data.
At the end all earlier machines are what they were, and the same calls lead from each to the next.
"""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from nsh.abi import (
    Blocked,
    Errno,
    Failure,
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
from nsh.kernel import perform, policies, waiting
from nsh.kernel.boot import INIT, boot
from nsh.machine import Machine
from nsh.machine.digest import digest, encode
from nsh.machine.ids import TaskId
from nsh.machine.invariants import violations
from nsh.machine.pids import PidSpace
from nsh.machine.settings import Halted
from nsh.machine.tasks import Flag, Task
from nsh.machine.value import begin
from nsh.machine.waiting import Waiter
from tests.kernel._running import Running

THREAD = int(
    CloneFlag.CLONE_VM
    | CloneFlag.CLONE_FS
    | CloneFlag.CLONE_FILES
    | CloneFlag.CLONE_SIGHAND
    | CloneFlag.CLONE_THREAD
)
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
SMALL = st.sampled_from([-(2**31), -99, -1, 0, 1, 2, 99, 32767, 2**31])

KEPT = 6
"""Of so many calls one is kept, and made again at the end."""


def flags(*choices: int) -> st.SearchStrategy[int]:
    return st.lists(st.sampled_from(choices), max_size=4).map(_union)


def _union(chosen: list[int]) -> int:
    value = 0
    for flag in chosen:
        value |= int(flag)
    return value


class Syscalls(RuleBasedStateMachine):
    """One machine, on which everybody does anything."""

    def __init__(self) -> None:
        super().__init__()
        self.world: Running
        self.past: list[tuple[Machine, str, TaskId, Request, str]] = []
        self.asked = 0

    @initialize(profile=st.sampled_from(policies.PROFILES))
    def boot(self, profile: str) -> None:
        self.world = Running(boot(profile))
        for _ in range(2):
            self.ask(INIT, process.Fork())

    # ---- who and whom

    def running(self) -> bool:
        return (
            self.world.machine.find(Halted, 0) is None and next(self.world.free(), None) is not None
        )

    def caller(self, data: st.DataObject) -> TaskId:
        return data.draw(st.sampled_from(list(self.world.free())), "caller")

    def number(self, data: st.DataObject, caller: TaskId) -> int:
        """Mostly one that the caller's space knows."""
        machine = self.world.machine
        known = sorted(machine.get(PidSpace, machine.get(Task, caller).space).task_of)
        return data.draw(st.one_of(st.sampled_from(known), st.sampled_from(known), SMALL), "number")

    def crowd(self, data: st.DataObject, caller: TaskId) -> int:
        number = self.number(data, caller)
        return data.draw(st.sampled_from([number, number, 0, -1, -number]), "crowd")

    def ask(self, caller: TaskId, request: Request) -> Any:
        before = self.world.machine
        reply = self.world.raw(caller, request)
        self.asked += 1
        if self.asked % KEPT == 0:
            after = self.world.machine
            self.past.append((before, digest(before), caller, request, digest(after)))
        if isinstance(reply, Failure):
            assert reply.reason, f"{request} fails without a reason"
            if reply.errno is not Errno.ENOMEM:  # which leaves a trace (LeavesTrace)
                assert self.world.machine == before
        if isinstance(reply, Blocked):
            assert self.world.machine.find(Waiter, caller) is not None
        elif not isinstance(reply, Failure):
            encode(reply)
        self.world.settle()
        return reply

    # ---- birth and death

    @precondition(running)
    @rule(data=st.data())
    def fork(self, data: st.DataObject) -> None:
        self.ask(self.caller(data), process.Fork())

    @precondition(running)
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

    @precondition(running)
    @rule(data=st.data())
    def thread(self, data: st.DataObject) -> None:
        self.ask(self.caller(data), process.Clone(THREAD))

    @precondition(running)
    @rule(data=st.data(), status=st.integers(0, 255), alone=st.booleans(), really=st.integers(0, 9))
    def exit(self, data: st.DataObject, status: int, alone: bool, really: int) -> None:
        caller = self.caller(data)
        leader = self.world.machine.get(Task, caller).leader
        if self.world.machine.get(Task, leader).pids[0] == 1 and really:
            return  # the machine would halt
        self.ask(caller, process.Exit(status) if alone else process.ExitGroup(status))

    @precondition(running)
    @rule(data=st.data(), path=st.sampled_from(["/bin/x", "x", "", "/"]))
    def execve(self, data: st.DataObject, path: str) -> None:
        self.ask(self.caller(data), process.Execve(path, ("x",)))

    # ---- waiting

    @precondition(running)
    @rule(data=st.data(), options=flags(*WaitOption, WaitOption.WNOHANG, 16))
    def wait4(self, data: st.DataObject, options: int) -> None:
        caller = self.caller(data)
        self.ask(caller, process.Wait4(self.crowd(data, caller), options))

    @precondition(running)
    @rule(
        data=st.data(),
        idtype=st.sampled_from([*IdType, 7]),
        options=flags(*WaitOption, WaitOption.WEXITED, WaitOption.WNOHANG),
    )
    def waitid(self, data: st.DataObject, idtype: int, options: int) -> None:
        caller = self.caller(data)
        self.ask(caller, process.Waitid(int(idtype), self.number(data, caller), options))

    @precondition(running)
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

    @precondition(running)
    @rule(data=st.data(), signo=SIGNOS)
    def kill(self, data: st.DataObject, signo: int) -> None:
        caller = self.caller(data)
        self.ask(caller, signals.Kill(self.crowd(data, caller), signo))

    @precondition(running)
    @rule(data=st.data(), signo=SIGNOS, loose=st.booleans())
    def tgkill(self, data: st.DataObject, signo: int, loose: bool) -> None:
        caller = self.caller(data)
        tgid = -1 if loose else self.number(data, caller)
        self.ask(caller, signals.Tgkill(tgid, self.number(data, caller), signo))

    @precondition(running)
    @rule(data=st.data(), signo=SIGNOS)
    def sigqueue(self, data: st.DataObject, signo: int) -> None:
        caller = self.caller(data)
        self.ask(caller, signals.Sigqueue(self.number(data, caller), signo, 7))

    @precondition(running)
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

    @precondition(running)
    @rule(data=st.data(), how=st.sampled_from([0, 0, 1, 2, 3]), mask=MASKS)
    def sigprocmask(self, data: st.DataObject, how: int, mask: int) -> None:
        self.ask(self.caller(data), signals.Sigprocmask(how, mask))

    @precondition(running)
    @rule(data=st.data(), mask=MASKS, timeout=st.sampled_from([0, 5, None]))
    def sigtimedwait(self, data: st.DataObject, mask: int, timeout: int | None) -> None:
        self.ask(self.caller(data), signals.Sigtimedwait(mask, timeout))

    @precondition(running)
    @rule(data=st.data(), which=st.sampled_from([signals.Sigpending, signals.Pause]))
    def look_at_signals(self, data: st.DataObject, which: type[Request]) -> None:
        self.ask(self.caller(data), which())

    # ---- relations

    @precondition(running)
    @rule(data=st.data())
    def setsid(self, data: st.DataObject) -> None:
        self.ask(self.caller(data), process.Setsid())

    @precondition(running)
    @rule(data=st.data())
    def setpgid(self, data: st.DataObject) -> None:
        caller = self.caller(data)
        numbers = self.number(data, caller), self.number(data, caller)
        self.ask(caller, process.Setpgid(*numbers))

    @precondition(running)
    @rule(
        data=st.data(),
        which=st.sampled_from([process.Getpid, process.Gettid, process.Getppid, process.Getuid]),
    )
    def who_am_i(self, data: st.DataObject, which: type[Request]) -> None:
        self.ask(self.caller(data), which())

    @precondition(running)
    @rule(data=st.data(), which=st.sampled_from([process.Getpgid, process.Getsid]))
    def whose(self, data: st.DataObject, which: type[process.Getpgid]) -> None:
        caller = self.caller(data)
        self.ask(caller, which(self.number(data, caller)))

    @precondition(running)
    @rule(
        data=st.data(),
        option=st.sampled_from([*PrctlOption, 99]),
        argument=st.sampled_from([0, 1, 9, 15, 64, 65, "name", "a name that is too long", ""]),
    )
    def prctl(self, data: st.DataObject, option: int, argument: int | str) -> None:
        self.ask(self.caller(data), Prctl(int(option), argument))

    @precondition(running)
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

    @precondition(running)
    @rule(data=st.data(), which=flags(*SHARES, THREAD, CloneFlag.CLONE_NEWUSER))
    def unshare(self, data: st.DataObject, which: int) -> None:
        self.ask(self.caller(data), namespaces.Unshare(which))

    @precondition(running)
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

    @precondition(running)
    @rule(data=st.data(), text=st.sampled_from(["7", "0", "300", "x", "-1", "32768", ""]))
    def write_ns_last_pid(self, data: st.DataObject, text: str) -> None:
        self._write(self.caller(data), "/proc/sys/kernel/ns_last_pid", text)

    # ---- containers, policies, references

    @precondition(running)
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

    @precondition(running)
    @rule(data=st.data())
    def choose(self, data: st.DataObject) -> None:
        policy = data.draw(st.sampled_from([policies.PID_LEVELS, policies.PID_MOVE]))
        value = data.draw(st.sampled_from(policy.values))
        tx = begin(self.world.machine)
        policies.set_policy(tx, policy.name, value)
        self.world.machine = tx.commit()

    @precondition(running)
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

    @precondition(running)
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

    # ---- what always holds

    @invariant()
    def invariants_hold(self) -> None:
        if hasattr(self, "world"):
            assert violations(self.world.machine) == []

    @invariant()
    def nobody_is_half_dead(self) -> None:
        if hasattr(self, "world"):
            for _key, task in self.world.machine.items(Task):
                passing = Flag.GROUP_EXIT
                assert task.state.name == "ZOMBIE" or not task.flags & passing

    def teardown(self) -> None:
        for machine, was, caller, request, after in self.past:
            assert digest(machine) == was
            assert digest(perform(machine, caller, request).machine) == after


Syscalls.TestCase.settings = settings(stateful_step_count=30)
TestSyscalls = Syscalls.TestCase


_PROGRAM = """
import random
import sys
from nsh.machine.digest import digest
from tests.kernel._programs import Writer
for seed in range(12):
    writer = Writer(random.Random(seed))
    for _ in range(40):
        writer.write(1)
        print(digest(writer.world.machine), writer.seen[-1:])
"""


def test_programs_leave_the_same_machines_in_any_process() -> None:
    told = set()
    for seed in ("1", "77"):
        done = subprocess.run(
            [sys.executable, "-c", _PROGRAM],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
            text=True,
        )
        told.add(done.stdout)
    assert len(told) == 1
    assert told.pop().count("\n") == 12 * 40
