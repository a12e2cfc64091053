"""Cgroup namespaces (cgroup_namespaces(7))."""

from nsh.machine.namespaces import Namespace
from nsh.machine.record import table


@table
class CgroupSpace(Namespace):
    """One cgroup namespace."""
