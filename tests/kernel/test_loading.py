"""What a machine begins with, and that nobody can tell when the rest came."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

import nsh
from nsh.kernel import loading
from nsh.kernel.fs.proc import net_files, sysctl
from nsh.kernel.net import proc_files

HOUSE = Path(nsh.__file__).parent.parent

BEGUN = """
import json, sys
from nsh.abi.process import Getpid
from nsh.kernel import perform
from nsh.kernel.boot import INIT, boot

def loaded():
    return [name for name in sys.modules if name.startswith("nsh.kernel.")]

machine = boot()
booted = loaded()
perform(machine, INIT, Getpid())
print(json.dumps([booted, loaded()]))
"""

POLICIES = """
import json
from nsh.kernel import loading, policies
from nsh.kernel.boot import boot
boot()
begun = [each.name for each in policies.policies()]
loading.load_all()
print(json.dumps([begun, [each.name for each in policies.policies()]]))
"""

PLAYED = """
import json, sys
from nsh.kernel import loading
if sys.argv[1] == "all":
    loading.load_all()
from nsh.session.session import Session
from nsh.machine.digest import digest
session = Session("all")
begun = digest(session.machine)
told = [session.run(text) for text in json.loads(sys.stdin.read())]
end = digest(session.machine)
loading.load_all()
assert end == digest(session.machine)
print(json.dumps([begun, end, [[each.output, each.messages] for each in told]]))
"""

ANSWERING = """
import json, sys
from nsh.kernel import dispatch, loading

def kept():
    return {
        f"{name}.{key}": len(value)
        for name, module in sys.modules.items() if name.startswith("nsh.kernel.")
        for key, value in vars(module).items() if isinstance(value, (dict, list, set))
        if not key.startswith("__")
    }

loading.load()
begun = kept()
before = set(dispatch._registered)
for boundary in loading.CALLS:
    loading.load_calls(boundary)
answering = [
    [kind.__module__, handler.__module__]
    for kind, handler in dispatch._registered.items() if kind not in before
]
loading.load_devices()
loading.load_files()
ended = kept()
grown = [each for each, size in begun.items() if ended[each] != size]
print(json.dumps([answering, grown]))
"""

SCRIPTS = {
    "nothing": ["ps -e", "spawn w { exit }", "wait"],
    "ipc": [
        "spawn --ipc a",
        "a ipcmk -Q",
        "a ipcs -q",
        "cat /proc/sysvipc/shm",
        "ipcmk -M 4096",
        "cat /proc/sysvipc/shm",
        "a exit",
        "wait",
    ],
    "mqueue": ["cat /proc/filesystems", "mkdir /mnt/q", "mount -t mqueue none /mnt/q", "ls /mnt/q"],
    "locks": ["cat /proc/locks", "flock /tmp/lock cat /proc/locks", "cat /proc/locks"],
    "timers": ["timer create", "cat /proc/$$/timers", "timer settime 0 5", "sleep 9"],
    "net": [
        "spawn --net a",
        "cat /proc/net/dev /proc/net/tcp",
        "ip link",
        "ls -l /proc/self/fd",
        "a exit",
        "wait",
    ],
    "calls": [
        "mkdir /tmp/d",
        "cat /proc/$$/mounts",
        "chmod 700 /tmp/d",
        "mount -t tmpfs none /tmp/d",
        "stty -a",
        "spawn --uts w { sleep 9 }",
        "kill -STOP w",
        "prctl name",
        "setpriv --dump",
        "nsenter -t w --uts hostname",
        "tty",
        "umount /tmp/d",
        "kill w",
        "wait",
    ],
    "files": [
        "ls -i /proc/$$",
        "cat /proc/$$/uid_map /proc/$$/comm /proc/$$/wchan",
        "ls -i /proc/sys /proc/sys/kernel /proc/sys/fs/mqueue",
        "cat /proc/sys/kernel/printk",
        "ls /proc/$$/nothing /proc/sys/nothing",
        "stat /proc/$$",
    ],
    "devices": [
        "ls -l /dev",
        "echo x > /dev/null; cat /dev/null",
        "head -c 4 /dev/urandom | wc -c",
        "echo hello > /dev/kmsg; dmesg",
        "openpty",
        "mknod /tmp/n c 1 77; cat /tmp/n",
        "mknod /tmp/m c 136 0; cat /tmp/m",
        "type console x",
    ],
    "nonsense": ["mount -t nonsense none /mnt", "ls /proc/sys/kernel /proc/sys/fs /proc/$$"],
}


def fresh(code: str, *arguments: str, given: str = "") -> object:
    """What CODE prints as JSON, in an interpreter that has loaded nothing of ours yet."""
    run = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=HOUSE,
        input=given,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return json.loads(run.stdout)


def among(named: tuple[str, ...], names: list[str]) -> list[str]:
    """Those of the names that are named, or in a package that is."""
    return [name for name in names if any(f"{name}.".startswith(f"{p}.") for p in named)]


def test_a_machine_begins_without_the_late_ones() -> None:
    found = fresh(BEGUN)
    assert isinstance(found, list)
    booted, begun = found
    assert among(loading.LATE, begun) == []
    assert among(loading.AFTER, booted) == []
    assert set(loading.AFTER) <= set(begun)


def test_every_policy_can_be_chosen_before() -> None:
    found = fresh(POLICIES)
    assert isinstance(found, list)
    begun, all_of_them = found
    assert begun == all_of_them


@pytest.mark.parametrize("script", SCRIPTS)
def test_nobody_can_tell_when_a_mechanism_came(script: str) -> None:
    given = json.dumps(SCRIPTS[script])
    assert fresh(PLAYED, "all", given=given) == fresh(PLAYED, "late", given=given)


def test_what_answers_calls_or_has_files_or_devices_takes_part_in_nothing_else() -> None:
    found = fresh(ANSWERING)
    assert isinstance(found, list)
    answering, grown = found
    assert {boundary for boundary, _home in answering} == set(loading.CALLS)
    assert [home for boundary, home in answering if home not in loading.CALLS[boundary]] == []
    drivers, files = "nsh.kernel.fs.drivers", "nsh.kernel.fs.proc"
    assert sorted(grown) == [
        "nsh.kernel.dispatch._registered",
        f"{drivers}._devices",
        f"{drivers}._drivers",
        f"{drivers}._majors",
        f"{files}.registry._task_files",
        f"{files}.sysctl._directories",
        f"{files}.sysctl._settings",
    ]


NAMED = """
import json
from nsh.kernel import loading
from nsh.kernel.fs import drivers
def names():
    return [[each.name, each.rdev, each.mode, each.machines] for each in drivers.device_names()]
loading.load()
begun = names()
loading.load_all()
print(json.dumps([begun, names()]))
"""


def test_a_device_has_its_name_before_its_driver_comes() -> None:
    found = fresh(NAMED)
    assert isinstance(found, list)
    begun, all_of_them = found
    assert begun == all_of_them


def test_no_two_settings_have_one_inode() -> None:
    loading.load_all()
    paths = [*sysctl._settings, *sysctl._directories]
    assert len({sysctl.index(path) for path in paths}) == len(paths) > 50


def test_each_file_of_a_network_namespace_says_something() -> None:
    assert sorted(proc_files.CONTENTS) == list(net_files.NAMES)
