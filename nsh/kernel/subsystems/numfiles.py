"""``numfiles``: how many files may be open in a container's name (S1: User BeanCounters; G10).

A file is charged when it gets its first descriptor, to the container of who opened it and to those
around that; there it stays until it is closed for good, whoever has it then.  So a container is
kept by files that somebody else has of it.
"""

from typing import Final, NoReturn

from msgspec.structs import replace

from nsh.abi.capabilities import Cap
from nsh.abi.errno import Errno
from nsh.kernel import cgroupns, hooks
from nsh.kernel.capabilities import capable
from nsh.kernel.cgroup import cftypes, release
from nsh.kernel.cgroup.cftypes import By, Cftype, cftype
from nsh.kernel.dispatch import LeavesTrace
from nsh.kernel.fs import parameters
from nsh.kernel.subsystems import registry
from nsh.kernel.subsystems.registry import Subsystem, subsystem
from nsh.machine.beancounters import UNLIMITED, Beancounter, ChargedFile
from nsh.machine.cgroups import above
from nsh.machine.files import File
from nsh.machine.ids import FIRST_USER, CgroupId, FileId, TaskId
from nsh.machine.value import Transaction

NAME: Final = "numfiles"


@subsystem(NAME)
class NumFiles(Subsystem):
    """It counts what is opened from now on."""

    def create(self, tx: Transaction, container: CgroupId) -> None:
        """With nothing."""
        tx.put(container, Beancounter())

    def destroy(self, tx: Transaction, container: CgroupId) -> None:
        """What is charged to it is nobody's any more: it is the root then, or holds nothing."""
        for key, charged in tx.items(ChargedFile):
            if charged.container == container:
                tx.drop(ChargedFile, key)
        tx.drop(Beancounter, container)

    def duplicate(self, tx: Transaction, source: CgroupId, container: CgroupId) -> None:
        """The same barrier and limit."""
        old = tx.get(Beancounter, source)
        tx.put(container, Beancounter(barrier=old.barrier, limit=old.limit))

    def references(self, tx: Transaction, container: CgroupId) -> int:
        """Each file that is charged to it."""
        return tx.get(Beancounter, container).held


@hooks.on_installed
def _installed(tx: Transaction, caller: TaskId, key: FileId) -> None:
    """Charge a file that has got its first descriptor.  ENFILE over a barrier, or, with
    CAP_SYS_ADMIN, over a limit (get_empty_filp)."""
    number = registry.hierarchy(tx, NAME)
    if number is None or tx.get(File, key).users > 1 or tx.find(ChargedFile, key) is not None:
        return
    container = cgroupns.of(tx, caller, number)
    may = capable(tx, caller, FIRST_USER, Cap.CAP_SYS_ADMIN)
    for each in above(tx, container):
        counter = tx.get(Beancounter, each)
        most = counter.limit if may else counter.barrier
        if counter.held >= most:
            _fail(tx, each, most, "limit" if may else "barrier")
        held = counter.held + 1
        tx.put(each, replace(counter, held=held, maxheld=max(held, counter.maxheld)))
    tx.put(key, ChargedFile(container))


def _fail(tx: Transaction, container: CgroupId, most: int, what: str) -> NoReturn:
    def trace(tx: Transaction) -> None:
        counter = tx.get(Beancounter, container)
        tx.put(container, replace(counter, failcnt=counter.failcnt + 1))

    reason = f"numfiles: the {what} of {cgroupns.whole_path(tx, container)} is {most} open files"
    raise LeavesTrace(Errno.ENFILE, reason, trace)


@hooks.on_release
def _released(tx: Transaction, key: FileId, file: File) -> None:
    """It is closed for good."""
    del file
    charged = tx.find(ChargedFile, key)
    if charged is None:
        return
    tx.drop(ChargedFile, key)
    for each in above(tx, charged.container):
        counter = tx.get(Beancounter, each)
        tx.put(each, replace(counter, held=counter.held - 1))
    release.check(tx, charged.container)


class _File(Cftype):
    controller = NAME
    field = ""

    def show(self, tx: Transaction, reader: TaskId, cgroup: CgroupId) -> str:
        """The number."""
        return f"{getattr(tx.get(Beancounter, cgroup), self.field)}\n"


class _Fact(_File):
    mode = 0o444


class _Setting(_File):
    def write(self, tx: Transaction, by: By, cgroup: CgroupId, text: str) -> None:
        """EINVAL: also for a barrier above the limit."""
        found = parameters.amount(text, UNLIMITED, "files")
        counter = replace(tx.get(Beancounter, cgroup), **{self.field: found})
        if counter.barrier > counter.limit:
            raise Errno.EINVAL("the barrier is no higher than the limit: lower that one first")
        tx.put(cgroup, counter)


@cftype("numfiles.held", cftypes.CONTAINERS)
class Held(_Fact):
    """How many are open."""

    field = "held"


@cftype("numfiles.maxheld", cftypes.CONTAINERS)
class Maxheld(_Fact):
    """How many there have been at most."""

    field = "maxheld"


@cftype("numfiles.failcnt", cftypes.CONTAINERS)
class Failcnt(_Fact):
    """How often there was no room."""

    field = "failcnt"


@cftype("numfiles.barrier", cftypes.CONTAINERS)
class Barrier(_Setting):
    """What stops everybody but the machine's administrators,"""

    field = "barrier"


@cftype("numfiles.limit", cftypes.CONTAINERS)
class Limit(_Setting):
    """and what stops those too."""

    field = "limit"
