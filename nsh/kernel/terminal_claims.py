"""What a program claims of a terminal: to open it alone, that modes stay, which discipline it has
(ioctl_tty(2), TIOCSLCKTRMIOS(2const), tty_io.c, tty_ldisc.c).
"""

from typing import Final

from msgspec.structs import replace

from nsh.abi.capabilities import Cap
from nsh.abi.errno import Errno
from nsh.abi.signals import Sig
from nsh.abi.terminals import (
    Exclusive,
    GetDiscipline,
    GetLockedTermios,
    SetDiscipline,
    SetExclusive,
    SetLockedTermios,
)
from nsh.kernel import terminals
from nsh.kernel.dispatch import handles
from nsh.kernel.line_discipline import halves
from nsh.kernel.terminal_calls import behind
from nsh.machine.ids import TaskId
from nsh.machine.ptys import Pty
from nsh.machine.terminals import NCCS, Terminal, Termios
from nsh.machine.value import Transaction

N_TTY: Final = 0
"""The line discipline of `nsh.kernel.line_discipline`."""


@handles(SetExclusive)
def set_exclusive(tx: Transaction, caller: TaskId, request: SetExclusive) -> int:
    """TIOCEXCL, TIOCNXCL: of a master it is the master itself that is meant, not the slave."""
    found = behind(tx, caller, request.fd)
    if found.master:
        tx.put(found.master, replace(tx.get(Pty, found.master), exclusive=request.on))
    else:
        terminal = tx.get(Terminal, found.terminal)
        tx.put(found.terminal, replace(terminal, exclusive=request.on))
    return 0


@handles(Exclusive)
def exclusive(tx: Transaction, caller: TaskId, request: Exclusive) -> int:
    """TIOCGEXCL."""
    found = behind(tx, caller, request.fd)
    side = tx.get(Pty, found.master) if found.master else tx.get(Terminal, found.terminal)
    return int(side.exclusive)


@handles(GetDiscipline)
def get_discipline(tx: Transaction, caller: TaskId, request: GetDiscipline) -> int:
    """TIOCGETD."""
    behind(tx, caller, request.fd)
    return N_TTY


@handles(SetDiscipline)
def set_discipline(tx: Transaction, caller: TaskId, request: SetDiscipline) -> int:
    """TIOCSETD: who is in the background is told so first.

    Even where the discipline stays as it is, those who wait in the middle of a read or write
    have to let go of it: what they have is their answer, else EAGAIN.
    """
    found = behind(tx, caller, request.fd)
    if not found.master:
        terminals.check_job_control(
            tx, caller, found.terminal, Sig.SIGTTOU, "set the line discipline"
        )
    if request.number != N_TTY:
        raise Errno.EINVAL(f"this kernel has the line discipline n_tty ({N_TTY}) and no others")
    halves.hurry(tx, found.master or found.terminal)
    return 0


@handles(GetLockedTermios)
def get_locked_termios(tx: Transaction, caller: TaskId, request: GetLockedTermios) -> Termios:
    """TIOCGLCKTRMIOS."""
    return tx.get(Terminal, behind(tx, caller, request.fd).terminal).locked


@handles(SetLockedTermios)
def set_locked_termios(tx: Transaction, caller: TaskId, request: SetLockedTermios) -> int:
    """TIOCSLCKTRMIOS: asked of a master too, of the slave's modes; nobody has to be in front."""
    key = behind(tx, caller, request.fd).terminal
    if not terminals.administrates(tx, caller, Cap.CAP_SYS_ADMIN, Cap.CAP_CHECKPOINT_RESTORE):
        raise Errno.EPERM("to lock modes takes CAP_SYS_ADMIN, or CAP_CHECKPOINT_RESTORE")
    if len(request.locks.cc) != NCCS:
        raise Errno.EINVAL(f"there are {NCCS} control characters")
    locks = replace(request.locks, ispeed=0, ospeed=0)
    tx.put(key, replace(tx.get(Terminal, key), locked=locks))
    return 0
