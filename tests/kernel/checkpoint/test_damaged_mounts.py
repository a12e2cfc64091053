"""Whatever has become of an image, a restart makes a sound container of it or says why not."""

from __future__ import annotations

import copy
import json
import random
from typing import Any

import pytest

from nsh.abi.checkpoint import Restart
from nsh.abi.errno import KernelError
from nsh.kernel.boot import INIT
from nsh.kernel.checkpoint import calls
from nsh.machine.invariants import violations
from nsh.machine.tmpfs import Inode
from nsh.machine.value import Machine, begin
from tests.kernel.checkpoint._scripts import perform

SCRIPT = """
    mount --make-shared /; mkdir /tmp/two; mount -t cgroup2 none /tmp/two
    spawn --pid --user --mount --ipc --cgroup --uts web
    echo 0 0 5000 > /proc/2/uid_map; echo 0 0 5000 > /proc/2/gid_map
    as web { mount -t proc proc /proc; mount -t tmpfs -o size=64k,uid=3 data /mnt; mkdir /mnt/d }
    as web { echo hello > /mnt/a; ln /mnt/a /mnt/b; ln -s a /mnt/l; mkfifo /mnt/f; touch /mnt/ns }
    as web { mkdir /mnt/q; mkdir /mnt/pts; mount -t mqueue q /mnt/q; touch /mnt/q/queue }
    as web { mount -t devpts -o newinstance pts /mnt/pts; mount --bind /proc/self/ns/uts /mnt/ns }
    as web { mount --make-shared /mnt; mount --bind /mnt /opt; mount --make-slave /opt; cd /mnt/d }
    as web { exec 5>/mnt/gone; rm /mnt/gone; echo abc >&5 }
    as web spawn --mount inner; as inner mount -t tmpfs own /home; as web spawn --user child
    checkpoint -k -o /tmp/w web; wait
"""
VALUES: tuple[Any, ...] = (
    0,
    1,
    2,
    3,
    -1,
    7,
    99,
    1 << 40,
    1 << 70,
    "",
    "/",
    "a",
    "..",
    "uts:6",
    [],
    {},
    None,
    True,
)


@pytest.mark.parametrize("seed", range(3))
def test_it_makes_a_sound_container_or_says_why_not(seed: int) -> None:
    machine = perform(SCRIPT).machine
    lines = [json.loads(line) for line in _image(machine).splitlines()]
    rnd = random.Random(seed)
    refused = 0
    for _ in range(150):
        damaged = copy.deepcopy(lines)
        _damage(rnd, damaged)
        damaged[-1]["lines"] = len(damaged) - 1
        data = "".join(json.dumps(line) + "\n" for line in damaged).encode()
        tx = begin(machine)
        try:
            calls.restart(tx, INIT, Restart(data))
        except KernelError:
            refused += 1
        else:
            assert violations(tx.commit()) == [], data
    assert 0 < refused < 150


def _image(machine: Machine) -> bytes:
    files = [inode.pages for _key, inode in machine.items(Inode)]
    contents = [b"".join(pages[at] for at in sorted(pages)) for pages in files]
    (found,) = (each for each in contents if each.startswith(b'{"object"'))
    return found


def _damage(rnd: random.Random, lines: list[dict[str, Any]]) -> None:
    at = rnd.randrange(1, len(lines) - 1)
    match rnd.randrange(10):
        case 0:
            del lines[at]
        case 1:
            lines.insert(at, copy.deepcopy(lines[rnd.randrange(1, len(lines) - 1)]))
        case _:
            _change(rnd, lines[at])


def _change(rnd: random.Random, line: dict[str, Any]) -> None:
    """Change a value in it, however deep."""
    fields = list(_fields(line))
    if not fields:
        return
    within, key = rnd.choice(fields)
    old = within[key]
    match rnd.randrange(4):
        case 0:
            del within[key]
        case 1 if isinstance(old, int):
            within[key] = old + rnd.choice((1, -1))
        case 2 if isinstance(within, list):
            within.append(copy.deepcopy(old))
        case _:
            within[key] = rnd.choice(VALUES)


def _fields(value: Any) -> Any:
    if isinstance(value, dict):
        for key in value:
            if key != "object":
                yield value, key
                yield from _fields(value[key])
    elif isinstance(value, list):
        for at, each in enumerate(value):
            yield value, at
            yield from _fields(each)
