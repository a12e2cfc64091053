"""How every process of a stage stands, in the stage's own numbers (proc_pid_status(5))."""

from collections.abc import Iterable
from typing import Final

import msgspec

from nsh.linux.troupe import Puppet

LIBRARY: Final = 0b11 << 31
"""Signals 32 and 33, which the C library of a process with threads handles for itself."""


class Standing(msgspec.Struct, frozen=True):
    """One process."""

    pids: tuple[int, ...]
    """Its number at each level of the stage."""
    comm: str
    state: str
    """As proc_pid_status(5) has it."""
    ppid: int
    pgid: int
    sid: int
    """In the numbers of the stage's outermost pid namespace, 0 for nobody there."""
    threads: int
    blocked: int
    ignored: int
    caught: int
    pending: int
    """Signal masks, pending for its first thread and the process together."""


def standing(puppets: Iterable[Puppet]) -> dict[int, Standing]:
    """Every process there is, by its number in the stage's outermost pid namespace."""
    leaders = [puppet for puppet in puppets if puppet.state and puppet.leader and puppet.pids]
    here = {puppet.tgid: puppet.pids[0] for puppet in leaders}
    found = {}
    for puppet in leaders:
        try:
            data = puppet.told()
        except OSError:  # gone
            continue
        found[puppet.pids[0]] = _read(data, len(puppet.pids), here)
    return found


def _read(data: bytes, levels: int, here: dict[int, int]) -> Standing:
    lines = (line.partition(b":\t") for line in data.splitlines())
    fields = {name: value for name, _colon, value in lines}

    def numbers(name: bytes) -> tuple[int, ...]:
        return tuple(map(int, fields[name].split()))[-levels:]

    def mask(name: bytes) -> int:
        return int(fields.get(name, b"0"), 16)

    return Standing(
        numbers(b"NSpid"),
        fields[b"Name"].decode("utf-8", "backslashreplace"),
        fields[b"State"][:1].decode(),
        here.get(int(fields[b"PPid"]), 0),
        numbers(b"NSpgid")[0],
        numbers(b"NSsid")[0],
        int(fields[b"Threads"]),
        mask(b"SigBlk"),
        mask(b"SigIgn"),
        mask(b"SigCgt") & ~LIBRARY,
        mask(b"SigPnd") | mask(b"ShdPnd"),
    )
