"""findmnt --poll: what is mounted, unmounted, moved and remounted, as it happens (libmount's
tab_diff.c)."""

from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from nsh.abi.files import Open, OpenFlag
from nsh.abi.poll import Poll, PollEvent
from nsh.userland.mount_table import MountPoint, mount_points
from nsh.userland.streams import Asking

ACTIONS: Final = ("mount", "umount", "move", "remount")


class Change(NamedTuple):
    """What has become of a mount."""

    action: str
    point: MountPoint
    """As it is now, or was."""
    old: MountPoint | None
    """As it was; None for a new one."""


def watch(where: str, timeout: int, tell: Callable[[list[Change]], Asking[None]]) -> Asking[None]:
    """*tell* what changes in the table *where*, until nothing does for *timeout* nanoseconds;
    negative: for ever."""
    fd = yield Open(where, int(OpenFlag.O_RDONLY | OpenFlag.O_CLOEXEC))
    before = yield from mount_points(where)
    while True:
        (found,) = yield Poll(((fd, PollEvent.POLLPRI),), timeout)
        if not found:
            return
        after = yield from mount_points(where)
        yield from tell(list(_changes(before, after)))
        before = after


def _changes(before: list[MountPoint], after: list[MountPoint]) -> Iterator[Change]:
    """First what is new or another, then what is gone; a mount is told by source and target."""
    old = {(point.source, point.target): point for point in reversed(before)}
    new = {(point.source, point.target) for point in after}
    gone = {point.id: point for point in before if (point.source, point.target) not in new}
    for point in after:
        was = old.get((point.source, point.target))
        if was is None:
            moved = gone.get(point.id)
            if moved is not None and moved.source == point.source:
                yield Change("move", point, gone.pop(point.id))
            else:
                yield Change("mount", point, None)
        elif (was.own_options, was.fs_options) != (point.own_options, point.fs_options):
            yield Change("remount", point, was)
    for point in gone.values():
        yield Change("umount", point, point)
