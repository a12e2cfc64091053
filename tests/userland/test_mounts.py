"""mount, umount, mountpoint and findmnt, held against util-linux's in a namespace of their own."""

import os
from pathlib import Path
from typing import Any

import pytest

from tests.probes._real import need, trial
from tests.userland import _compare, _linux

SCENES = """
mount -t tmpfs none /mnt/d ; mount -t tmpfs
mount -t tmpfs -o size=64k,nosuid,mode=700 none /mnt/d ; mount -t tmpfs
mount -t tmpfs -o ro x /mnt/d ; mkdir /mnt/d/x
mount -t tmpfs none /mnt/nope
mount -t tmpfs none /mnt/f
mount -t tmpfs none /mnt/d ; umount /mnt/d ; umount /mnt/d
mount -t tmpfs none /mnt/d ; mount -t tmpfs none /mnt/d ; umount /mnt/d ; mountpoint /mnt/d
mount --bind /mnt/d /mnt/e ; ls /mnt/e ; findmnt -no target,source,fstype,fsroot /mnt/e
mount -B /mnt/f /mnt/g ; cat /mnt/g ; umount /mnt/g ; cat /mnt/g
mount --bind /mnt/nope /mnt/e
mount --bind /mnt/f /mnt/e
mount -o bind,ro /mnt/d /mnt/e ; mkdir /mnt/e/x ; mkdir /mnt/d/x
mount -t tmpfs none /mnt/d/sub ; mount --rbind /mnt/d /mnt/e ; mountpoint /mnt/e/sub
mount -t tmpfs none /mnt/d/sub ; mount --bind /mnt/d /mnt/e ; mountpoint /mnt/e/sub
mount -t tmpfs none /mnt/d/sub ; umount /mnt/d ; umount -R /mnt/d/sub
mount -t tmpfs none /mnt/d ; mkdir /mnt/d/s ; mount -t tmpfs x d/s ; umount d ; umount -R d
mount -t tmpfs none /mnt/d ; mkdir /mnt/d/s ; mount -t tmpfs x /mnt/d/s ; umount -l /mnt/d ; mount
mount -t tmpfs none /mnt/d ; mount --move /mnt/d /mnt/e ; mountpoint /mnt/d ; mountpoint /mnt/e
mount --move /mnt/d /mnt/e
mount -t tmpfs -o nosuid none /mnt/d ; mount -o remount,ro /mnt/d ; findmnt -no options /mnt/d
mount -t tmpfs -o ro none /mnt/d ; mount -o remount,rw /mnt/d ; findmnt -no options /mnt/d
mount -o remount,ro /mnt/d
mount -t tmpfs none /mnt/d ; mount --make-private /mnt/d ; findmnt -no propagation /mnt/d
mount -t tmpfs none /mnt/d ; mount --make-unbindable /mnt/d ; mount --bind /mnt/d /mnt/e
mount --make-private /mnt/d
mount /mnt/d
mount -v -t tmpfs none /mnt/d ; umount -v /mnt/d
mount -v --bind /mnt/d /mnt/e ; mount -v --make-private /mnt/e
mount -v -o bind,ro /mnt/d /mnt/e ; mount -v -o remount,rw,bind /mnt/e
mount -v -t tmpfs --make-shared box /mnt/d ; mount -v -o remount,ro /mnt/d
mount -t tmpfs box /mnt/d ; mount --make-private /mnt/d ; mount -v --move /mnt/d /mnt/e
mount nosuchdevice /mnt/d
mount -t proc proc /mnt/d ; mountpoint -q /mnt/d
mount -t tmpfs none /mnt/d ; umount none
umount /mnt/nope
umount -q /mnt/d
umount /mnt/f /mnt/d /mnt/nope
umount /mnt/d /mnt/d /mnt/d /mnt/d /mnt/d /mnt/d /mnt/d /mnt/d
mount -t tmpfs none /mnt/d ; umount /mnt/f /mnt/d ; mountpoint /mnt/d
umount -R /mnt/d
umount -R /mnt/nope
umount -R /mnt/d /mnt/e /mnt/f
umount -Rq /mnt/d
mount -t tmpfs box /mnt/d ; umount -R box ; umount -v box
umount /mnt/f
mountpoint /mnt/d
mountpoint -q /mnt/d
mountpoint /mnt/nope
mountpoint -q /mnt/nope
mountpoint /mnt/f
mountpoint -d /proc
findmnt /mnt/d
findmnt -t such
mount -t tmpfs a /mnt/d ; mkdir /mnt/d/s ; mount -t proc b /mnt/d/s ; findmnt -t notmpfs
mount -t tmpfs a /mnt/d ; findmnt -t proc,tmpfs
mount -t nodevtmpfs,proc
mount -t tmpfs a /mnt/d ; mkdir /mnt/d/s ; mount -t tmpfs b /mnt/d/s ; findmnt -o target,source
mount -t tmpfs a /mnt/d ; mkdir /mnt/d/s ; mount -t tmpfs b /mnt/d/s ; findmnt -Ro target,source d
mount -t tmpfs a /mnt/d ; mkdir /mnt/d/s ; mount -t tmpfs b /mnt/d/s ; findmnt -Rrno target /mnt/d
mount -t tmpfs a /mnt/d ; mkdir /mnt/d/s ; mount -t tmpfs b /mnt/d/s ; findmnt -Rno source /mnt/d/s
mount -t tmpfs a /mnt/d ; findmnt -R /mnt/nope
mount -t tmpfs a /mnt/d ; findmnt a
mount -t tmpfs a /mnt/d ; findmnt -o target,source -n -t tmpfs /mnt/d
mount -t tmpfs a /mnt/d ; findmnt -rno target,options -t tmpfs
mount -t tmpfs a /mnt/d ; findmnt -M /mnt/d
mount -t tmpfs a /mnt/d ; findmnt -M /mnt/d/sub
mount -t tmpfs a /mnt/d ; mkdir /mnt/d/s ; findmnt -nT /mnt/d/s -o target,source
mount -t tmpfs a /mnt/d ; findmnt -T /mnt/d/none
mount -t tmpfs a /mnt/d ; findmnt -no target -T d
mount -t tmpfs a /mnt/d ; findmnt -S a -M /mnt/d
mount -t tmpfs a /mnt/d ; findmnt -S a -M /mnt/e
mount -t tmpfs a /mnt/d ; findmnt a /mnt/d
mount -t tmpfs a /mnt/d ; findmnt a /mnt/e
mount -t tmpfs a /mnt/d ; findmnt -P /mnt/d
mount -t tmpfs a /mnt/d ; mount --make-shared /mnt/d ; findmnt -Po target,propagation,maj:min /mnt/d
mount -t tmpfs a /mnt/d ; mount --make-shared /mnt/d ; findmnt -no OPT-FIELDS /mnt/d
mount --bind /mnt/d /mnt/e ; findmnt -vno source,fsroot /mnt/e
mount -t tmpfs -o ro a /mnt/d ; findmnt -O ro -S a -no target
mount -t tmpfs a /mnt/d ; mount -t tmpfs a /mnt/e ; findmnt -f -S a -no target
mount -t tmpfs a /mnt/d ; findmnt -t tmpfs -M /proc
findmnt -N 99999
mount --mkdir -t tmpfs a /mnt/new/deep ; findmnt -no target /mnt/new/deep ; stat -c %A /mnt/new
mount -m -t tmpfs a /mnt/new ; findmnt -no source /mnt/new
mount -a -t none-such
"""


def play(scene: str, how: str) -> list[Any]:
    """Perform the lines of a scene on a fresh tmpfs at /mnt; what each left behind.

    A list of all mounts is in the order of their ids, and those are whatever is free: behind ours
    comes what the real tool says of the same mounts.
    """
    libc = _linux.LIBC
    libc.mount(b"none", b"/mnt", b"tmpfs", 0, None)
    for name in ("d/sub", "e"):
        Path("/mnt", name).mkdir(parents=True)
    for name in ("f", "g"):
        Path("/mnt", name).write_text(name)
    os.chdir("/mnt")
    perform = getattr(_compare, how)
    lines = [line.split() for line in scene.split(" ; ")]
    found = [perform(*line) for line in lines]
    if how == "ours" and lines[-1][0] == "findmnt":
        found.append(_compare.real(*lines[-1]))
    os.chdir("/")
    while libc.umount2(b"/mnt", 2) == 0:
        pass
    return found


def both(scenes: list[str]) -> list[Any]:
    found = []
    for scene in scenes:
        real, ours = play(scene, "real"), play(scene, "ours")
        if len(ours) > len(real):
            real[-1] = ours.pop()
        found.append([real, ours])
    return found


LINES = SCENES.strip().splitlines()


@pytest.fixture(scope="module")
def played() -> dict[str, Any]:
    need(files=("/usr/bin/mount", "/usr/bin/findmnt"))
    return dict(zip(LINES, trial(both, LINES), strict=True))


@pytest.mark.parametrize("scene", LINES)
def test_does_what_util_linux_does(scene: str, played: dict[str, Any]):
    for real, ours in zip(*played[scene], strict=True):
        assert ours[:2] == real[:2], (ours, real)
        for said, words in zip(ours[2], real[2], strict=False):
            assert said.startswith(words.removesuffix(".")), (ours, real)
