"""Namespaces as files (namespaces(7))."""

from nsh.machine.record import Record


class NsNode(Record):
    """The node of a namespace in nsfs."""

    kind: str
    """As in ``/proc/PID/ns``: ``pid``, ``uts``, …"""
    namespace: int
    inum: int
