"""What the stage's root looks like, and what its machine is called."""

import msgspec


class Scenery(msgspec.Struct, frozen=True):
    """Given by whoever opens a stage; parents stand before what they hold."""

    nodename: str
    domainname: str
    directories: tuple[tuple[str, int], ...]
    """Path below the root, permission bits."""
    files: tuple[tuple[str, str], ...]
    """Path below the root, text."""
    devices: tuple[tuple[str, int, int], ...]
    """Name below /dev, device number, permission bits."""
    pts: tuple[str, int]
    """Options and flags of the devpts at /dev/pts."""
    links: tuple[tuple[str, str], ...]
    """Name below /dev, target."""
