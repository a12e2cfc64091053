"""Policies: the documents' debates as switches (MECHANISMS, last section)."""

from immutables import Map

from nsh.machine.record import Record, table


@table
class Settings(Record):
    """The value of each policy that differs from its default (one row, key 0)."""

    profile: str = "all"
    policies: Map[str, str] = Map()


@table
class Halted(Record):
    """Present (key 0) once the machine has stopped for good, with the kernel's last words."""

    message: str
