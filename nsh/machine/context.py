"""What a forked child has in common with its parent until one of them changes it.

Open files, working directory and namespaces stand in a ``Context`` that is *counted*, so a
fork writes one row however many files are open; whoever changes its context while others
use it gets a copy first.  CLONE_FILES, CLONE_FS and threads share in earnest: such a context
is marked ``shared`` and changed in place for all its users.
"""

from immutables import Map

from nsh.machine.ids import ContextId, FileId, MountId, ProxyId
from nsh.machine.record import Record, table


class Descriptor(Record):
    """One entry of a file descriptor table."""

    file: FileId
    cloexec: bool = False
    errors: bool = False
    """It descends by dup(2) from the descriptor 2 that init was started with: so that people are
    shown as an error what a program writes there (``>&2``), and as an answer what it does not
    (``2>&1``), though both are one terminal."""


class Place(Record):
    """A file as path lookup finds it: a node of a superblock, seen through a mount."""

    mount: MountId
    node: Record
    """The node's identity, a record that the file system defines."""


class Fs(Record):
    """``struct fs_struct``: where paths start, and the mask for new files."""

    root: Place
    cwd: Place
    umask: int = 0o022


@table
class Context(Record):
    """Open files, places and namespaces of one or more tasks."""

    users: int
    """Tasks whose ``context`` this is, and contexts that refer to it."""
    proxy: ProxyId
    fs: Fs
    files: Map[int, Descriptor] = Map()
    shared: bool = False
    """Changes are seen by every user (threads); else a change makes a copy first."""
    files_at: ContextId = ContextId(0)
    """CLONE_FILES without CLONE_FS: the open files are those of that context."""
    fs_at: ContextId = ContextId(0)
    """CLONE_FS without CLONE_FILES: the places are those of that context."""
