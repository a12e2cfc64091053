"""The parent's side: asks puppets, and notices what comes of it.

Nothing here waits for a puppet that sleeps.  After each request the conductor reads what the
puppets have to say until nobody runs any more (see `looks`): whoever has not answered by then is
blocked.
"""

import contextlib
import os
import select
import time
from collections.abc import Collection
from typing import Any, Final

from nsh.abi import files, process
from nsh.abi.errno import Errno
from nsh.abi.process import CloneFlag, Wait4, Waitid
from nsh.abi.puppets import Identity
from nsh.abi.request import Request
from nsh.abi.signals import SigDelivery, Sigreturn
from nsh.linux import controls, looks, manners, opening, packets, programs, replies
from nsh.linux.console import Console
from nsh.linux.events import Answered, Born, Died, Event, Signalled
from nsh.linux.puppet.wire import Channel, Gone, Packet
from nsh.linux.scenery import Scenery
from nsh.linux.troupe import Puppet, Spaces, leader_of

_WAITS: Final = (Wait4, Waitid)
PATIENCE: Final = 10.0
"""Seconds until a stage that does not come to rest is taken as it is."""
_SHARING: Final = CloneFlag.CLONE_FILES | CloneFlag.CLONE_THREAD
_LEAVING: Final = 0.005
"""Seconds from when a task has left /proc until whoever waited for that has surely been woken."""
_END_PATIENCE: Final = 1.0
_PASSING: Final = 0.002
"""Seconds until the other side of a pseudo terminal has what was written."""
_SHORT: Final = 0.0005
_FIRST: Final = 0.002


class Conductor:
    """An open stage.  Raises :class:`~nsh.linux.opening.Unavailable`."""

    def __init__(self, scenery: Scenery) -> None:
        self._stage = opening.open_stage(scenery)
        self._poll = select.epoll()
        self._interpreter = opening.parts()
        self._host = opening.roots(self._interpreter)
        self._by_fd: dict[int, Puppet] = {}
        self._events: list[Event] = []
        self._console = Console(self._stage.master, self._stage.console)
        self._harmless = False
        """The last answer was to a request that can have woken nobody."""
        self._shares = False
        """A process may share its descriptors with another."""
        self._programs_count = False
        """What programs are may depend on the modes of files, or on their capabilities."""
        self._sleeps = 0
        self._dead: set[int] = set()
        self.restless = 0
        """How often the stage did not come to rest in time."""
        self.spaces = Spaces()
        self.puppets: dict[int, Puppet] = {}
        """Everybody that was ever born, by key."""
        self.ended: int | None = None
        """The wait status of init, once it has ended."""
        self._poll.register(self._stage.channel.fd, select.EPOLLIN)
        self.init = self._admit(self._stage.init, "")
        self._events.clear()

    # ---- asking

    def perform(self, puppet: Puppet, request: Request) -> list[Event]:
        """Have *puppet* make a call; what had happened when the stage came to rest.

        Its own answer is among the events, unless it is blocked, stopped or dead, or a handler
        began before the call did: then it has to be asked again.
        """
        handlers = len(puppet.asked)
        if isinstance(request, files.Read):  # of /proc, say, where nobody is to be found at work
            self._rest(None, None)
        data = replies.fields(request)
        fds: tuple[int, ...] = ()
        program: list[int] = []
        self._programs_count |= manners.makes_programs_count(request)
        if isinstance(request, files.Mount):
            data = (*data, self._stage.nested)
        if isinstance(request, process.Execve):
            if self._shares:  # it would find the descriptors that come along in the others' table
                self._control(puppet, ("Unshare", int(CloneFlag.CLONE_FILES)), ())
            try:
                program = self._stand_in(puppet, request.path)
            except OSError as error:
                reason = f"{request.path} cannot be executed with what it gives: {error.strerror}"
                self._answer(puppet, request, replies.failure(request, Errno.ENOSYS, reason))
                return self._take(puppet)
            data, fds = (*data, self._interpreter), (*self._host, *program)
        if len(puppet.asked) > handlers:  # another begins first, and has requests of its own
            return self._take(puppet)
        puppet.asked[-1] = request
        with contextlib.suppress(OSError):  # it is dead: the look will tell
            puppet.channel.send(data, fds)
        for fd in program:
            os.close(fd)
        self._rest(puppet, request)
        return self._take(puppet)

    def _stand_in(self, puppet: Puppet, path: str) -> list[int]:
        """What *puppet* has to execute for the kernel to see what the file at *path* gives; [] if
        it gives nothing.  ``OSError`` if that cannot be."""
        fds = self._control(puppet, ("Program", path), ()).fds if self._programs_count else []
        return programs.stand_in(fds, self._interpreter[1])

    def wait(self, patience: float) -> list[Event]:
        """What happens by itself, as time passes; after *patience* seconds at the latest."""
        self._drain(patience)
        self._rest(None, None)
        return self._take(None)

    def rest(self) -> None:
        """Wait until nobody runs; what happens meanwhile is told with what comes next."""
        self._rest(None, None)

    def lend(self, lender: Puppet, borrower: Puppet) -> tuple[tuple[int, int], ...]:
        """Lend the redirected standard streams of one to the other; the loan."""
        streams = self._control(lender, ("Lend",), ())
        if not streams.value:
            return ()
        loan = self._control(borrower, ("Borrow", streams.value), streams.fds).value
        for fd in streams.fds:
            os.close(fd)
        return tuple(loan)

    def give_back(self, borrower: Puppet, loan: tuple[tuple[int, int], ...]) -> None:
        """End a loan."""
        self._control(borrower, ("GiveBack", loan), ())

    def _control(self, puppet: Puppet, request: tuple[Any, ...], fds: Any) -> Packet:
        """Ask what no program can ask, of a puppet that is idle; () if it cannot answer."""
        return controls.control(puppet, request, fds, self._signalled)

    def end_of_init(self) -> int | None:
        """The wait status of init, None while it lives.

        Its warden tells of it a moment after its death is seen; not before everybody in its
        namespaces is dead, and those who have parents outside are waited for.
        """
        end = time.monotonic() + _END_PATIENCE
        while self.ended is None and not self.init.alive and time.monotonic() < end:
            self._drain(_END_PATIENCE / 10)
        return self.ended

    def identity(self, puppet: Puppet) -> Identity:
        """How a prompt names it."""
        return Identity(self.spaces.label(puppet.spaces[-1]), puppet.pids[-1], puppet.comm())

    def count(self) -> int:
        """How many tasks there are: threads, and the dead that nobody has waited for."""
        return sum(1 for puppet in self.puppets.values() if puppet.state)

    # ---- noticing

    def _rest(self, actor: Puppet | None, request: Request | None) -> None:
        """Take in what comes until nobody runs."""
        quiet = type(request) in manners.QUIET
        self._harmless = False
        before: list[bytes] | None = None
        timeout = _FIRST if actor is not None else 0.0
        end = time.monotonic() + PATIENCE
        settled = 0.0
        while True:
            got = self._drain(timeout)
            answered = actor is None or actor.asked[-1] is None or not actor.alive
            if answered and (quiet or self._harmless):
                return
            gone: list[Puppet] = []
            seen = looks.look(self.puppets.values(), gone)
            if gone and self._asked(_WAITS):
                settled = time.monotonic() + _LEAVING
            if (
                not answered
                and actor is not None
                and actor.state == "S"
                and type(actor.asked[-1]) not in manners.SLEEPY
            ):
                seen = None  # a thread that it makes, say, is still unknown here
            still = seen is not None and seen == before and not got
            if still and time.monotonic() >= settled and not self._resends():
                break
            if seen is not None and not still:
                before, timeout = seen, 0.0
                continue
            if time.monotonic() > end:
                self.restless += 1
                return
            before, timeout = seen, _SHORT
        if actor is not None and actor.asked[-1] is not None and actor.alive:
            self._sleeps += 1
            actor.blocked_at = self._sleeps

    def _asked(self, kinds: Collection[type[Request]]) -> bool:
        """Whether somebody who lives is busy with such a request."""
        living = (puppet for puppet in self.puppets.values() if puppet.alive)
        return any(type(puppet.asked[-1]) in kinds for puppet in living)

    def _resends(self) -> bool:
        """Whether somebody waits at a socket, and the kernel is about to send a packet again."""
        return self._asked(manners.SOCKETS) and packets.resent_soon(self.puppets.values())

    def _drain(self, timeout: float) -> bool:
        """Take in what has been said; whether anything was."""
        self._console.read()
        ready = self._poll.poll(timeout)
        for fd, _events in ready:
            if fd == self._stage.channel.fd:
                self._hear_warden()
            elif fd in self._by_fd:
                self._hear(self._by_fd[fd])
        return bool(ready)

    def _hear_warden(self) -> None:
        try:
            kind, status = self._stage.channel.receive().value
        except Gone:
            self._poll.unregister(self._stage.channel.fd)
            if self.ended is None:
                self.ended = 9
            return
        if kind == "ended":
            self.ended = status

    def _hear(self, puppet: Puppet) -> None:
        try:
            packet = puppet.channel.receive()
        except Gone:
            self._poll.unregister(puppet.channel.fd)
            del self._by_fd[puppet.channel.fd]
            puppet.channel.close()
            puppet.closed = True
            return
        kind, *rest = packet.value
        if kind == "signal":
            self._signalled(puppet, *rest)
            return
        request = puppet.asked[-1]
        if kind == "bears":
            self._bear(puppet, request, packet.fds[0], made=False)
            return
        puppet.asked[-1] = None
        if request is None:
            return
        if kind == "no":
            self._answer(puppet, request, replies.failure(request, *rest))
            return
        data, self._harmless = rest
        if isinstance(request, Sigreturn) and len(puppet.asked) > 1:
            puppet.asked.pop()
        elif isinstance(request, process.Fork | process.Clone):
            if isinstance(request, process.Clone):
                self._shares |= request.flags & _SHARING == CloneFlag.CLONE_FILES
            for fd in packet.fds:  # none if it has waited for the child
                self._bear(puppet, request, fd, made=True)
        elif isinstance(request, process.Execve):
            puppet = self._executed(puppet)
        elif isinstance(request, files.Write):
            data, terminal = data
            if self._console.names(terminal):
                self._console.wait_for(request.data[:data])
            elif terminal:
                time.sleep(_PASSING)
        self._answer(puppet, request, replies.reply(request, data))

    def _signalled(self, puppet: Puppet, idle: bool, *delivery: Any) -> None:
        """A handler begins, where *puppet* waits for requests or within the call it was asked for.

        In the first case whatever it was asked meanwhile it has not read, and leaves: that would
        be performed by the handler's loop, and with the handler's mask.
        """
        if idle:
            puppet.asked[-1] = None
            with contextlib.suppress(OSError):
                puppet.channel.send(("Heard",))
        puppet.asked.append(None)
        self._events.append(Signalled(puppet, SigDelivery(*delivery)))

    def _answer(self, puppet: Puppet, request: Request, reply: object) -> None:
        self._events.append(Answered(puppet, request, reply, self.output()))

    def _admit(self, fd: int, name: str) -> Puppet:
        """Take in a newborn, which says hello."""
        channel = Channel(fd)
        waiting = select.poll()
        waiting.register(fd, select.POLLIN)
        puppet = Puppet(len(self.puppets) + 1, channel)
        self.puppets[puppet.key] = puppet
        try:
            if not waiting.poll(PATIENCE * 1000):  # dead, and its end open where it shared it
                raise Gone
            hello = channel.receive()
            self.spaces.introduce(puppet, hello.pid, hello.value[1], name)
        except (Gone, OSError):
            puppet.state = ""
            channel.close()
            return puppet
        self._by_fd[fd] = puppet
        self._poll.register(fd, select.EPOLLIN)
        return puppet

    def _bear(self, parent: Puppet, request: Request | None, fd: int, *, made: bool) -> None:
        """*parent* has made a child, or who will wait for it (CLONE_VFORK) is about to."""
        child = self._admit(fd, getattr(request, "name", ""))
        if made or child.state:
            self._events.append(Born(child, parent))
        else:
            del self.puppets[child.key]

    def _executed(self, puppet: Puppet) -> Puppet:
        """Who has done execve: a thread has become its process's leader."""
        puppet.asked = [None]
        if puppet.leader:
            return puppet
        leader = leader_of(puppet, self.puppets.values())
        self._by_fd[puppet.channel.fd] = leader
        old, leader.channel = leader.channel, puppet.channel
        puppet.channel = old
        puppet.state = ""
        leader.state, leader.asked, leader.closed = "S", [None], False
        self._dead.discard(leader.key)
        return leader

    def _take(self, actor: Puppet | None) -> list[Event]:
        """The events: of births, of the actor, of those that slept in their order, of others."""
        for puppet in self.puppets.values():
            if not puppet.alive and puppet.key not in self._dead:
                self._dead.add(puppet.key)
                puppet.exit_code = looks.exit_code(puppet) if puppet.state == "Z" else None
                self._events.append(Died(puppet))
            if not puppet.state and puppet.status >= 0:
                os.close(puppet.status)
                puppet.status = -1

        def order(event: Event) -> tuple[int, int]:
            puppet = event.puppet
            if isinstance(event, Born) or puppet is actor:
                return (0, 0)
            return (1, puppet.blocked_at) if puppet.blocked_at else (2, puppet.key)

        events = sorted(self._events, key=order)
        self._events = []
        for event in events:
            if isinstance(event, Answered):
                event.puppet.blocked_at = 0
        return events

    # ---- the console

    def type(self, data: bytes) -> None:
        """Type *data* at the console."""
        self._console.type(data)

    def reads_console(self, puppet: Puppet) -> bool:
        """Whether *puppet* waits for what is typed there, or may: not all can be looked into."""
        request = puppet.asked[-1]
        if not isinstance(request, files.Read):
            return False
        try:
            found = os.stat(f"{puppet.directory()}/fd/{request.fd}")
        except OSError:
            return True
        return self._console.names((found.st_dev, found.st_ino, found.st_rdev))

    def output(self) -> bytes:
        """What the console showed since this was last asked, as it was written."""
        return self._console.output()

    # ---- the end

    def close(self) -> None:
        """End everybody; nothing of the stage is left when this returns."""
        if not self._host:
            return
        if self.ended is None:
            with contextlib.suppress(OSError):
                os.kill(self.init.tgid, 9)
        self._stage.channel.close()
        for puppet in self.puppets.values():
            puppet.shut()
        process_ = self._stage.process
        try:
            process_.wait(PATIENCE)
        except Exception:
            process_.kill()
            process_.wait()
            raise
        finally:
            for fd in self._host:
                os.close(fd)
            os.close(self._stage.master)
            self._poll.close()
            self._host = []
