"""/dev/rtc, the hardware clock (rtc(4), drivers/char/rtc; S2, N12).

"rtc ? which an isolation problem and also a sysctl issue": there is one in the machine, /dev/rtc is
on the white list of what a container may have, and who may set it sets it for all.  The policy
``rtc`` has either the one clock, or one for each time namespace.
"""

from typing import TYPE_CHECKING, Final

from nsh._modules import late
from nsh.abi.capabilities import Cap
from nsh.abi.errno import Errno
from nsh.abi.rtc import RtcReadTime, RtcSetTime
from nsh.kernel import capabilities, contexts, kinds, policies, timens
from nsh.kernel.dispatch import handles
from nsh.kernel.fs.drivers import Device, device, driver_name
from nsh.machine.context import Place
from nsh.machine.files import File, Opened, makedev
from nsh.machine.ids import NamespaceId, TaskId
from nsh.machine.rtc import Rtc
from nsh.machine.timens import TimeSpace
from nsh.machine.value import Transaction

if TYPE_CHECKING:
    from nsh.kernel import clock
    from nsh.kernel.fs import descriptors
else:  # no boot needs them
    late(globals(), "nsh.kernel", "clock")
    late(globals(), "nsh.kernel.fs", "descriptors")

NUMBER: Final = (10, 135)
_SECOND: Final = 10**9
_LATEST: Final = 4102444799
"""2099-12-31 23:59:59, as a clock with two digits for the year goes."""

RTC: Final = policies.policy(
    "rtc",
    ("shared", "isolated"),
    "whether time namespaces share the hardware clock or have one of their own each (S2: N12)",
    profiles={"summit-2008": "isolated"},
)


@device(*NUMBER, "rtc", 0o600, machines=True)
class HardwareClock(Device):
    """The clock.  One open file at a time."""

    def open(
        self, tx: Transaction, caller: TaskId, place: Place, rdev: int, flags: int
    ) -> Opened | None:
        """EBUSY while somebody else has it."""
        name = driver_name(rdev)
        if any(file.driver == name for _key, file in tx.items(File)):
            raise Errno.EBUSY("somebody has the hardware clock open")
        return None


def _check(tx: Transaction, caller: TaskId, fd: int) -> None:
    _key, file = descriptors.open_file(tx, caller, fd)
    if file.driver != driver_name(makedev(*NUMBER)):
        raise Errno.ENOTTY(f"descriptor {fd} is no hardware clock's")


def _whose(tx: Transaction, caller: TaskId) -> NamespaceId:
    match policies.value(tx, RTC):
        case "isolated":
            space = contexts.namespace(tx, caller, timens.OWN)
            return NamespaceId(0) if space == timens.FIRST else space
        case _:
            return NamespaceId(0)


@handles(RtcReadTime)
def read_time(tx: Transaction, caller: TaskId, request: RtcReadTime) -> int:
    """RTC_RD_TIME.  One that has never been set apart goes as the machine's does."""
    _check(tx, caller, request.fd)
    found = tx.find(Rtc, _whose(tx, caller)) or tx.find(Rtc, 0) or Rtc(0)
    return (clock.EPOCH + tx.clock) // _SECOND + found.ahead


@handles(RtcSetTime)
def set_time(tx: Transaction, caller: TaskId, request: RtcSetTime) -> int:
    """RTC_SET_TIME."""
    _check(tx, caller, request.fd)
    whose = _whose(tx, caller)
    owner = tx.get(TimeSpace, whose).owner if whose else NamespaceId(0)
    if not capabilities.capable(tx, caller, owner, Cap.CAP_SYS_TIME):
        raise Errno.EACCES("to set the hardware clock takes CAP_SYS_TIME")
    if not 0 <= request.seconds <= _LATEST:
        raise Errno.EINVAL("the hardware clock goes from 1970 to 2099")
    tx.put(whose, Rtc(request.seconds - (clock.EPOCH + tx.clock) // _SECOND))
    return 0


def _end(tx: Transaction, space: NamespaceId, record: TimeSpace) -> None:
    """A time namespace takes its clock along."""
    del record
    tx.drop(Rtc, space)


kinds.registered("time").end = _end
