"""The modelled computer, as far as proc tells of it: constants, chosen once.

Two memory nodes, four processors that no known speculation leak affects, and all the capabilities
of Linux 6.18.
"""

from typing import Final

CPUS: Final = 4
MEMORY_NODES: Final = 2
ALLOWED: Final = (
    f"Cpus_allowed:\t{(1 << CPUS) - 1:x}",
    f"Cpus_allowed_list:\t0-{CPUS - 1}",
    f"Mems_allowed:\t{(1 << MEMORY_NODES) - 1:08x}",
    f"Mems_allowed_list:\t0-{MEMORY_NODES - 1}",
)
"""What ``status`` tells of whom nothing keeps from any of them."""
STORE_BYPASS: Final = "not vulnerable"
INDIRECT_BRANCH: Final = "not affected"
MEMORY: Final = 8 << 20
"""KiB of memory, all of it free: tasks of the model take none."""
ALL_CAPABILITIES: Final = (1 << 41) - 1
"""CAP_CHOWN (0) to CAP_CHECKPOINT_RESTORE (40)."""
USER_HZ: Final = 100
"""Clock ticks a second in ``stat`` and ``uptime`` (sysconf(_SC_CLK_TCK))."""
TICK: Final = 10**9 // USER_HZ
"""Nanoseconds a clock tick."""
