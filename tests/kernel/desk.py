"""A computer with somebody at its console."""

from msgspec.structs import replace

from nsh.abi.process import CloneFlag, Setpgid, Setsid
from nsh.abi.signals import Sig, Sigaction, Sigpending, Sigprocmask, bit
from nsh.abi.terminals import DropControllingTty, SetControllingTty, Tcsetpgrp
from nsh.abi.termios import Lflag
from nsh.kernel.boot import INIT
from nsh.kernel.line_discipline import type_input
from nsh.kernel.terminals import CONSOLE
from nsh.machine.ids import TaskId
from nsh.machine.printed import since
from nsh.machine.tasks import State, Task
from nsh.machine.terminals import Terminal
from nsh.machine.value import begin
from tests.kernel.proc.computer import Computer

NONE = ["0", "-1"]
NEWPID = int(CloneFlag.CLONE_NEWPID)


class Desk(Computer):
    """A computer with somebody at its console.

    Task 2 ("shell") leads the session that the console controls; init has given it up.
    """

    def __init__(self) -> None:
        super().__init__()
        self.ask(Sigaction(Sig.SIGHUP, "ignore"))
        self.ask(DropControllingTty(0))
        self.ask(Sigaction(Sig.SIGHUP, "default"))
        self.shell = self.spawn("shell")
        self.ask(Setsid(), self.shell)
        assert self.ask(SetControllingTty(0), self.shell) == 0

    def type(self, data: bytes) -> None:
        tx = begin(self.machine)
        type_input(tx, CONSOLE, data)
        self.machine = tx.commit()

    def tostop(self) -> None:
        """Have the background stopped when it writes."""
        modes = self.terminal.termios
        stopping = replace(modes, lflag=modes.lflag | Lflag.TOSTOP)
        self.patch(CONSOLE, Terminal, replace(self.terminal, termios=stopping))

    @property
    def terminal(self) -> Terminal:
        return self.machine.get(Terminal, CONSOLE)

    @property
    def shown(self) -> bytes:
        return since(self.terminal.printed, 0)

    def ids(self, pid: object, who: TaskId = INIT, proc: str = "/proc") -> list[str]:
        """[tty_nr, tpgid]"""
        return self.fields(pid, who, proc)[4:6]

    def job(self, name: str = "job", who: TaskId | None = None) -> TaskId:
        """A child of the shell in a group of its own, in the background."""
        child = self.spawn(name, who or self.shell)
        assert self.ask(Setpgid(), child) == 0
        return child

    def front(self, who: TaskId) -> None:
        """Put the group of *who* in the foreground, as a shell does."""
        self.ask(Sigaction(Sig.SIGTTOU, "ignore"), self.shell)
        number = self.task(self.task(who).group).pids[0]
        assert self.ask(Tcsetpgrp(0, number), self.shell) == 0
        self.ask(Sigaction(Sig.SIGTTOU, "default"), self.shell)

    def block(self, who: TaskId, *numbers: int) -> None:
        assert self.ask(Sigprocmask(0, sum(map(bit, numbers))), who) == 0

    def pending(self, who: TaskId) -> list[int]:
        mask = self.ask(Sigpending(), who)
        return [number for number in range(1, 65) if mask & bit(number)]

    def state(self, who: TaskId) -> State | None:
        task = self.machine.find(Task, who)
        return None if task is None else task.state
