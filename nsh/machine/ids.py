"""The kinds of identity.  All are integers from :meth:`Transaction.fresh`; none of them is a
pid, and none ever crosses the user/kernel boundary.  A pid is a number in a pid space."""

from typing import Final, NewType

TaskId = NewType("TaskId", int)
"""One task (thread), for ever.  A thread group, process group and session are each named by
the TaskId of the task whose pid gave them their number, as ``struct pid`` does in Linux."""

SpaceId = NewType("SpaceId", int)
"""One pid space: a pid namespace or a flat container."""

ContextId = NewType("ContextId", int)
ProxyId = NewType("ProxyId", int)
NamespaceId = NewType("NamespaceId", int)
MountId = NewType("MountId", int)
FileId = NewType("FileId", int)
"""One open file description (``struct file``)."""

TerminalId = NewType("TerminalId", int)
PtyId = NewType("PtyId", int)
"""A pair of a master and a slave; the slave is a terminal besides."""

HierarchyId = NewType("HierarchyId", int)
"""One hierarchy of cgroups; unlike other ids it is seen outside, in /proc/PID/cgroup."""
CgroupId = NewType("CgroupId", int)

FIRST_ID: Final = 100
"""Ids below it are given by name to what every machine has: the first namespaces, init."""

NOBODY: Final = TaskId(0)
"""The absent task: the parent of the first, the leader of a group nobody is in."""

SWAPPER: Final = TaskId(9)
"""Whose group and session, 0 to everybody, programs are in that the kernel starts (swapper/0)."""

NO_TERMINAL: Final = TerminalId(0)
NO_PTY: Final = PtyId(0)
FIRST_USER = NamespaceId(30)
"""The first user namespace, whose numbers the kernel keeps all users and groups by."""
