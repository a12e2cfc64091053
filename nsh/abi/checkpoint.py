"""Checkpoint and restart (S2, S3): a container as a blob of bytes, and back.

S3 agreed on "a monolithic interface": the kernel returns a blob with the state of the container,
or receives one.  What is in it is described by :mod:`nsh.kernel.checkpoint.image`.
"""

from nsh.abi.request import Request

MAGIC = "nsh-checkpoint"
"""What the first line of an image calls its format."""


class Freeze(Request, frozen=True):
    """Stop whoever is in the container of *pid*, but the caller, till all are quiescent; with
    *leave*, for good: else it goes on when the caller dies.  EBUSY: somebody else has frozen it;
    ESRCH; EPERM."""

    pid: int
    leave: bool = False


class Thaw(Request, frozen=True):
    """Let them go on, or *kill* them all.  What has been left frozen stays so, but for who asks for
    that (*left*).  EBUSY: somebody else has frozen it; EINVAL: nobody has."""

    pid: int
    kill: bool = False
    left: bool = False


class Checkpoint(Request, frozen=True):
    """The image of the container of *pid*, which is frozen.

    A caller inside is in it too: whoever comes back from there is told an empty one, as a child is
    told 0 by fork.  EBUSY: it is not frozen, or shares something with a task outside; ENOTSUP:
    something in it cannot be saved.
    """

    pid: int


class Survey(Request, frozen=True):
    """What :class:`Checkpoint` would say of the container of *pid*, which need not be frozen:
    replies :class:`Surveyed`.  EINVAL, EPERM, ESRCH as for :class:`Freeze`."""

    pid: int


class Obstacle(Request, frozen=True):
    """One thing that stands in the way of a checkpoint."""

    errno: int
    reason: str


class Surveyed(Request, frozen=True):
    """What would be saved, and why it cannot be."""

    objects: tuple[tuple[str, int], ...]
    """How many of each sort, in the order in which they would stand in the image."""
    obstacles: tuple[Obstacle, ...] = ()


class Restart(Request, frozen=True):
    """A container made of *image*, whose init becomes the caller's child: its pid.

    EINVAL: the image is damaged, or of another version or configuration; and whatever stands in the
    way of making one of its objects.
    """

    image: bytes
    name: str = ""
    """What the container is called here; "": as in the image, if that name is free."""
