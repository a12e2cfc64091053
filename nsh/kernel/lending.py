"""Lending standard streams: what ``as`` prints goes where its caller's output goes.

The puppeteer hands the descriptors of one task to another, as SCM_RIGHTS would (unix(7)).  Only
what was redirected is lent, so that a task without redirections speaks on its own terminal.
What the borrower had stays open meanwhile, under a number from 10 on, as shells keep it.
"""

from typing import Final

from msgspec.structs import replace

from nsh.kernel import contexts
from nsh.kernel.fs import files
from nsh.kernel.fs.descriptors import lowest_free
from nsh.machine.files import File
from nsh.machine.ids import TaskId
from nsh.machine.ptys import OpenTerminal
from nsh.machine.value import Transaction

_SAVED: Final = 10
_CLOSED: Final = -1

Loan = tuple[tuple[int, int], ...]
"""(descriptor, the number under which its own is kept or -1) for each lent stream."""


def lend(tx: Transaction, lender: TaskId, borrower: TaskId) -> Loan:
    """Give *borrower* the redirected ones of *lender*'s descriptors 0, 1 and 2.  EMFILE."""
    loan = []
    for fd in (0, 1, 2):
        given = contexts.files(tx, lender).get(fd)
        if given is None or isinstance(tx.get(File, given.file).opened, OpenTerminal):
            continue
        table = contexts.files(tx, borrower)
        own = table.get(fd)
        kept = _CLOSED
        if own is not None:
            if own.file == given.file:
                continue
            kept = lowest_free(table, _SAVED)
            table = table.set(kept, replace(own, cloexec=True))
        contexts.set_files(tx, borrower, table.set(fd, replace(given, cloexec=False)))
        files.hold(tx, given.file)
        loan.append((fd, kept))
    return tuple(loan)


def give_back(tx: Transaction, borrower: TaskId, loan: Loan) -> None:
    """Put *borrower*'s own descriptors back; what it did to them meanwhile is lost."""
    for fd, kept in reversed(loan):
        table = contexts.files(tx, borrower)
        lent = table.get(fd)
        own = table.get(kept)
        if own is not None:
            table = table.delete(kept).set(fd, replace(own, cloexec=False))
        elif lent is not None:
            table = table.delete(fd)
        contexts.set_files(tx, borrower, table)
        if lent is not None:
            files.release(tx, lent.file)
