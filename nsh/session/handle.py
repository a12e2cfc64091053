"""A task as the Python interface shows it: who it is, and anything it may ask the kernel."""

from typing import TYPE_CHECKING

from nsh.abi.errno import KernelError
from nsh.abi.request import Failure, Request
from nsh.kernel import dispatch, refs, waiting
from nsh.machine.ids import TaskId
from nsh.machine.program import Puppet
from nsh.machine.tasks import State, Task
from nsh.machine.value import begin
from nsh.machine.waiting import Waiter
from nsh.session import output
from nsh.session.history import Step

if TYPE_CHECKING:
    from nsh.session.session import Session


class TaskHandle:
    """One task of a session, at whatever moment the session looks at."""

    def __init__(self, session: "Session", task: TaskId) -> None:
        self._session = session
        self.id = task
        """Its identity, which no program ever sees."""

    def __repr__(self) -> str:
        record = self.record
        if record is None:
            return f"<task {self.id}, gone>"
        return f"<task {self.id} {record.comm} {'/'.join(map(str, record.pids))}>"

    @property
    def record(self) -> Task | None:
        """All that the machine knows of it; None once it has been reaped."""
        return self._session.machine.find(Task, self.id)

    @property
    def alive(self) -> bool:
        """Whether it exists and is no zombie."""
        record = self.record
        return record is not None and record.state is not State.ZOMBIE

    @property
    def pids(self) -> tuple[int, ...]:
        """Its number at each level, the kernel's own first; empty once it is gone."""
        record = self.record
        return () if record is None else record.pids

    @property
    def label(self) -> str:
        """The puppeteer's name for it, "" if it has none."""
        puppet = self._session.machine.find(Puppet, self.id)
        return "" if puppet is None else puppet.label

    def perform(self, request: Request) -> object:
        """Have the task make a system call, and reply what the kernel replies.

        Raises :class:`KernelError` with the errno and the reason if it fails.  Replies
        :class:`~nsh.abi.request.Blocked` if it has to wait; asked again (with the same request)
        it goes on waiting, or finishes.  The call becomes a step of the session's history.
        """
        machine = self._session.machine
        if not self.alive:
            raise ProcessLookupError(f"{self!r} cannot ask anything any more")
        waiter = machine.find(Waiter, self.id)
        if waiter is not None and waiter.request != request:
            raise RuntimeError(f"{self!r} is blocked in {waiter.request!r}")
        tx = begin(machine)
        if waiter is not None and waiter.channels:
            waiting.unqueue(tx, self.id)
            tx = begin(tx.commit())
        reply = dispatch.call(tx, self.id, request)
        if waiter is not None and waiting.waiter(tx, self.id) == waiter:
            waiting.done(tx, self.id)
        step = Step(
            self._session.step.number + 1,
            tx.commit(),
            task=self.id,
            request=request,
            reply=reply,
            output=output.written(tx, request),
            cursor=self._session.step.cursor,
            transaction=tx,
        )
        self._session.record(step)
        if isinstance(reply, Failure):
            raise KernelError(reply.errno, reply.reason)
        return reply

    def child(self, pid: int) -> "TaskHandle":
        """The task that this one knows as *pid*; KernelError (ESRCH) if it sees none."""
        tx = begin(self._session.machine)
        return TaskHandle(self._session, refs.find(tx, self.id, f":{pid}"))
