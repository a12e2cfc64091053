"""The ways into a container that exists: which of them this machine offers (N16, G12).

"There is no consensus on how this should be done" (S2): a child with two parents (sys_hijack), a
path written to a file of one's own (Hallyn's ns_container), or a descriptor (setns(2), which
mainline took in 2011).
"""

from typing import Final

from nsh.abi.errno import Errno
from nsh.kernel import policies
from nsh.machine.value import Transaction

HOW: Final = policies.policy(
    "ns.enter",
    ("any", "hijack", "attach", "setns"),
    "how a container is entered from outside (S2: no consensus)",
    profiles={"menage-2006": "attach", "summit-2007": "hijack", "mainline": "setns"},
)
WHEN: Final = policies.policy(
    "ns.enter-when",
    ("at-write", "at-exec"),
    "whether the path in /proc/PID/ns_container is entered at once or by the next execve (S1)",
)


def offered(tx: Transaction, way: str) -> bool:
    """Whether the machine has the *way*: hijack, attach or setns."""
    return policies.value(tx, HOW) in ("any", way)


def check_offered(tx: Transaction, way: str) -> None:
    """ENOSYS where it has not."""
    if not offered(tx, way):
        how = policies.value(tx, HOW)
        raise Errno.ENOSYS(f"containers are entered by {how} here, not by {way} (policy ns.enter)")


def at_exec(tx: Transaction) -> bool:
    """Whether what is written waits for the next execve."""
    return policies.value(tx, WHEN) == "at-exec"
