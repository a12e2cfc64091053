"""Policies: the documents' debates as switches (MECHANISMS, last section)."""

from immutables import Map

from nsh.machine.record import Record, table
from nsh.machine.value import Machine, Transaction


@table
class Settings(Record):
    """The value of each policy that differs from its default (one row, key 0)."""

    profile: str = "all"
    policies: Map[str, str] = Map()
    nice: int = 0
    """Of every process: as init was started, for nothing here changes it."""


def on_mainline(machine: Machine | Transaction) -> bool:
    """Whether the machine has nothing but what mainline Linux has (the profile ``mainline``)."""
    settings = machine.find(Settings, 0)
    return settings is not None and settings.profile == "mainline"


@table
class Halted(Record):
    """Present (key 0) once the machine has stopped for good, with the kernel's last words."""

    message: str
