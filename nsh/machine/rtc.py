"""The hardware clock: how far it is from the system's (rtc(4); S2, N12)."""

from nsh.machine.record import Record, table


@table
class Rtc(Record):
    """By how many seconds it is ahead.  Key 0 is the machine's own; others are those of time
    namespaces, where each has its own.  No row: it has never been set there."""

    ahead: int
