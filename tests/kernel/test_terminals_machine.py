"""Whatever is asked of terminals, in whatever order: a reply or an errno, and all in order."""

from __future__ import annotations

from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from nsh.abi import files, process, signals
from nsh.abi import terminals as t
from nsh.abi.files import OpenFlag
from nsh.abi.poll import Poll
from nsh.abi.ptys import GetPtyNumber, LockPty, OpenPtyPeer, PacketMode, PtyLocked
from nsh.abi.request import Failure, Request
from nsh.kernel.boot import INIT, boot
from nsh.kernel.line_discipline import type_input
from nsh.kernel.terminals import CONSOLE
from nsh.machine.ids import TaskId
from nsh.machine.invariants import violations
from nsh.machine.tasks import State, Task
from nsh.machine.terminals import NCCS, Termios, Winsize
from nsh.machine.value import begin
from tests.kernel._running import Running

TASKS = 6
fds = st.integers(-1, 9)
words = st.one_of(st.integers(0, 0o777777), st.sampled_from((0, 0o2400, 5, 0o105073, 2**32 - 1)))
junk = st.one_of(
    st.binary(max_size=40),
    st.sampled_from((b"line\n", b"\x03", b"\x1a", b"\x13", b"\x11", b"\x04", b"\x7f\x15\x17\t")),
    st.tuples(st.binary(min_size=1, max_size=3), st.integers(500, 3000)).map(lambda p: p[0] * p[1]),
)
termios = st.builds(
    Termios,
    words,
    words,
    words,
    words,
    st.integers(0, 255),
    st.one_of(st.binary(min_size=NCCS, max_size=NCCS), st.just(Termios().cc), st.binary()),
    st.integers(0, 2**32 - 1),
    st.integers(0, 2**32 - 1),
)
sizes = st.builds(Winsize, *[st.integers(0, 70_000)] * 4)
paths = st.sampled_from(
    ("/dev/ptmx", "/dev/pts/ptmx", "/dev/tty", "/dev/console", *(f"/dev/pts/{n}" for n in range(4)))
)
flags = st.sampled_from((0, 1, 2, 2, 2, 3)).flatmap(
    lambda mode: st.sampled_from(
        (mode, mode | int(OpenFlag.O_NONBLOCK), mode | int(OpenFlag.O_NOCTTY))
    )
)
small = st.integers(-2, 9)
about_terminals: st.SearchStrategy[Request] = st.one_of(
    st.builds(files.Open, paths, flags),
    st.builds(files.Close, fds),
    st.builds(files.Read, fds, st.sampled_from((-1, 0, 1, 3, 64, 65, 100_000))),
    st.builds(files.Write, fds, junk),
    st.builds(t.Tcgetattr, fds),
    st.builds(t.Tcsetattr, fds, termios, small),
    st.builds(t.Tcgetpgrp, fds),
    st.builds(t.Tcsetpgrp, fds, small),
    st.builds(t.Tcgetsid, fds),
    st.builds(t.SetControllingTty, fds, st.booleans()),
    st.builds(t.DropControllingTty, fds),
    st.builds(t.Ttyname, fds),
    st.builds(t.GetWinsize, fds),
    st.builds(t.SetWinsize, fds, sizes),
    st.builds(t.Tcflush, fds, small),
    st.builds(t.Tcflow, fds, small),
    st.builds(t.Tcdrain, fds),
    st.builds(t.Tcsendbreak, fds, small),
    st.builds(t.InputQueue, fds),
    st.builds(t.OutputQueue, fds),
    st.builds(t.Sti, fds, st.integers(-1, 300)),
    st.builds(GetPtyNumber, fds),
    st.builds(LockPty, fds, st.booleans()),
    st.builds(LockPty, fds, st.just(False)),
    st.builds(PtyLocked, fds),
    st.builds(OpenPtyPeer, fds, flags),
    st.builds(PacketMode, fds, st.booleans()),
    st.builds(
        Poll, st.lists(st.tuples(fds, st.integers(0, 63)), max_size=4).map(tuple), st.just(0)
    ),
)
about_processes: st.SearchStrategy[Request] = st.one_of(
    st.just(process.Setsid()),
    st.builds(process.Setpgid, small, small),
    st.builds(signals.Kill, small, st.sampled_from((1, 2, 9, 18, 20, 21, 22))),
    st.builds(
        signals.Sigaction,
        st.sampled_from((1, 2, 21, 22)),
        st.sampled_from(("ignore", "default")),
    ),
    st.just(process.ExitGroup(0)),
)


class TerminalMachine(RuleBasedStateMachine):
    """Several tasks; any request by any of them that is free to ask."""

    world: Running

    @initialize()
    def start(self) -> None:
        self.world = Running(boot())
        self.world.raw(INIT, signals.Sigaction(1, "ignore"))

    def _free(self) -> list[TaskId]:
        return list(self.world.free())

    def _ask(self, data: st.DataObject, request: Request) -> None:
        free = self._free()
        if not free:
            return
        reply: Any = self.world.raw(data.draw(st.sampled_from(free)), request)
        assert not isinstance(reply, Failure) or reply.reason, request
        self.world.settle()
        del reply

    @precondition(lambda self: self.world.machine.count(Task) < TASKS)
    @rule(data=st.data())
    def fork(self, data: st.DataObject) -> None:
        self._ask(data, process.Clone(0))

    @rule(data=st.data(), request=about_terminals)
    def ask(self, data: st.DataObject, request: Request) -> None:
        self._ask(data, request)

    @rule(data=st.data(), request=about_processes)
    def live(self, data: st.DataObject, request: Request) -> None:
        free = self._free()
        if isinstance(request, process.ExitGroup) and INIT in free and len(free) == 1:
            return
        caller = data.draw(st.sampled_from(free)) if free else None
        if caller is None or (caller == INIT and isinstance(request, process.ExitGroup)):
            return
        self.world.raw(caller, request)
        self.world.settle()

    @rule(keys=junk)
    def type(self, keys: bytes) -> None:
        tx = begin(self.world.machine)
        type_input(tx, CONSOLE, keys)
        self.world.machine = tx.commit()
        self.world.settle()

    @invariant()
    def in_order(self) -> None:
        assert violations(self.world.machine) == []
        init = self.world.machine.find(Task, INIT)
        assert init is not None
        assert init.state is not State.ZOMBIE


TerminalMachine.TestCase.settings = settings(stateful_step_count=40)
TestTerminals = TerminalMachine.TestCase
