"""Who a thread logged in as, which nothing but the audit system asks (pam_loginuid(8))."""

from nsh.machine.record import Record, table


@table
class Login(Record):
    """Keyed by task; no row: nobody has logged in there."""

    uid: int
    """As the machine counts users, and not a user namespace."""
    session: int
    """The how-manieth login it was."""


@table
class Logins(Record):
    """How many there have been (one row, key 0)."""

    count: int = 0
