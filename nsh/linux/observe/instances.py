"""The instances of devpts: each mount of it may be one of its own (devpts(5))."""

from immutables import Map

from nsh.linux.observe.facts import Snapshot
from nsh.machine.files import makedev
from nsh.machine.observed import ALL_FACTS, DevptsSighting, Evidence


def devpts(snapshot: Snapshot) -> dict[int, DevptsSighting]:
    """Every instance that is mounted somewhere, by its device number.

    Its terminals are hidden only if no mount of it could be listed.
    """
    mounts: dict[str, list[tuple[int, str]]] = {}
    ptys: dict[str, set[int]] = {}
    listed: set[str] = set()
    for seen in snapshot.devpts:
        path = seen.path.decode("utf-8", "surrogateescape")
        mounts.setdefault(seen.device, []).append((seen.mnt, path))
        ptys.setdefault(seen.device, set()).update(seen.ptys)
        if not seen.hidden:
            listed.add(seen.device)
    found = {}
    for device, places in mounts.items():
        major, _, minor = device.partition(":")
        weak = ALL_FACTS if device in listed else Map({"ptys": Evidence.HIDDEN})
        row = DevptsSighting(device, tuple(sorted(ptys[device])), tuple(sorted(places)), weak)
        found[makedev(int(major), int(minor or 0))] = row
    return found
