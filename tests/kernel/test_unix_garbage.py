"""Unix sockets that only messages hold which nobody can receive (net/unix/garbage.c)."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from nsh.abi.files import Close
from nsh.abi.request import Request
from nsh.abi.sockets import Family, Message, MessageFlag, Recvmsg, Sendmsg, Socketpair, SocketType
from nsh.abi.sockets import Socket as NewSocket
from nsh.kernel import boot, perform
from nsh.machine import Machine
from nsh.machine.context import Context
from nsh.machine.files import File
from nsh.machine.invariants import violations
from nsh.machine.sockets import OpenSocket, Socket
from nsh.machine.tasks import Task

UNIX, DGRAM = int(Family.AF_UNIX), int(SocketType.SOCK_DGRAM)
AT_ONCE = int(MessageFlag.MSG_DONTWAIT)


class Sockets:
    """Pairs of sockets, whose descriptors init has, or sends over another one, or receives."""

    def __init__(self) -> None:
        self.machine: Machine = boot.boot()
        self.fds: list[int] = []

    def ask(self, request: Request) -> object:
        outcome = perform(self.machine, boot.INIT, request)
        self.machine = outcome.machine
        return outcome.reply

    def pair(self) -> None:
        made = self.ask(Socketpair(UNIX, DGRAM))
        assert isinstance(made, tuple)
        self.fds += made

    def send(self, over: int, what: int) -> None:
        over, what = (self.fds[each % len(self.fds)] for each in (over, what))
        self.ask(Sendmsg(over, b"x", fds=(what,), flags=AT_ONCE))

    def receive(self, at: int) -> None:
        reply = self.ask(Recvmsg(self.fds[at % len(self.fds)], 9, files=1, flags=AT_ONCE))
        if isinstance(reply, Message):
            self.fds += reply.fds

    def close(self, at: int) -> None:
        assert self.ask(Close(self.fds.pop(at % len(self.fds)))) == 0

    def pass_by(self) -> None:
        """Make a Unix socket and close it."""
        fd = self.ask(NewSocket(UNIX, DGRAM, 0))
        assert isinstance(fd, int)
        assert self.ask(Close(fd)) == 0

    def reached(self) -> set[int]:
        """The sockets that init has descriptors of, or could come to by receiving."""
        task = self.machine.get(Task, boot.INIT)
        table = self.machine.get(Context, task.context).files
        ahead = [entry.file for entry in table.values()]
        found: set[int] = set()
        while ahead:
            opened = self.machine.get(File, ahead.pop()).opened
            if isinstance(opened, OpenSocket) and opened.socket not in found:
                found.add(opened.socket)
                for packet in self.machine.get(Socket, opened.socket).queue:
                    ahead += packet.files
        return found


STEPS = st.lists(
    st.one_of(
        st.just(("pair",)),
        st.tuples(st.just("send"), st.integers(0, 9), st.integers(0, 9)),
        st.tuples(st.just("receive"), st.integers(0, 9)),
        st.tuples(st.just("close"), st.integers(0, 9)),
    ),
    max_size=40,
)


@given(STEPS)
def test_who_can_be_reached_stays_and_nobody_else_once_a_socket_is_closed(
    steps: list[tuple[Any, ...]],
) -> None:
    sockets = Sockets()
    for name, *at in [("pair",), *steps]:
        if sockets.fds or name == "pair":
            reached = sockets.reached() if name == "receive" else set()
            getattr(sockets, name)(*at)
            assert reached <= {key for key, _row in sockets.machine.items(Socket)}
        assert not violations(sockets.machine)
    before = sockets.reached()
    sockets.pass_by()
    assert sockets.reached() == before
    assert {key for key, _row in sockets.machine.items(Socket)} == before
    assert not violations(sockets.machine)


def test_a_socket_in_its_own_queue_goes_when_another_one_does() -> None:
    sockets = Sockets()
    sockets.pair()
    sockets.send(0, 1)
    sockets.close(0)
    sockets.close(0)
    assert sockets.machine.count(Socket) == 1
    sockets.pass_by()
    assert sockets.machine.count(Socket) == 0


def test_one_that_is_on_its_way_to_somebody_stays() -> None:
    sockets = Sockets()
    sockets.pair()
    sockets.pair()
    sockets.send(0, 3)  # the second pair's end in the first pair's queue
    sockets.close(3)
    sockets.pass_by()
    assert sockets.machine.count(Socket) == 4
    sockets.receive(1)
    assert len(sockets.fds) == 4
