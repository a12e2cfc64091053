"""The execution domain of a thread (personality(2); N3)."""

from nsh.machine.record import Record, table


@table
class Persona(Record):
    """Keyed by task; no row: 0, as almost everybody's."""

    value: int
