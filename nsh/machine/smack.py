"""Labels and rules of mandatory access control (Documentation/admin-guide/LSM/Smack.rst; N13)."""

from immutables import Map

from nsh.machine.locks import Inode
from nsh.machine.record import Record, table

FLOOR = "_"
"""The label of everybody to begin with."""
STAR = "*"
"""That of files that nobody has made."""
HAT = "^"


@table
class SmackLabel(Record):
    """The label of a task; no row: the floor."""

    label: str


@table
class Smack(Record):
    """What the security module knows (one row, key 0)."""

    rules: Map[str, str] = Map()
    """``SUBJECT OBJECT`` -> the letters of what is permitted: r, w, x, a, t."""
    files: Map[Inode, str] = Map()
    """Labels of files; one that is missing here has the star."""
