"""checkpoint --dry-run tells what would be saved, and all that is in the way, and does nothing."""

from __future__ import annotations

import pytest

from nsh.abi.checkpoint import Survey, Surveyed
from nsh.kernel import perform as ask
from nsh.kernel.boot import INIT
from nsh.machine.record import records
from nsh.machine.tasks import Task
from tests.kernel.checkpoint._scripts import perform, refused

DRY = "checkpoint -n web"


def test_it_counts_what_there_is() -> None:
    perform(
        "spawn --pid --uts web { spawn one; spawn two { sleep 100 }; sleep 100 }; sleep 1",
        f"expect {{ {DRY} }}",
        f"expect {{ {DRY} }} matches /^ +3 task$/",
        f"expect {{ {DRY} }} matches /^ +1 uts$/",
        f"expect {{ {DRY} | grep -c way || true }} prints 0",
        "checkpoint -o /tmp/w web",
        f"{DRY} > /tmp/told; ckptinfo -i /tmp/w > /tmp/image",
        "expect $(grep -c ' file ' /tmp/image) == $(grep ' file$' /tmp/told | cut -c 7)",
        "expect $(grep -c ' program ' /tmp/image) == $(grep ' program$' /tmp/told | cut -c 7)",
    )


HURDLES = """
    mknod /tmp/f p; open /tmp/f; exec 4> /tmp/h; spawn friend
    spawn --pid --uts web { mkdir /tmp/d; cd /tmp/d; rmdir /tmp/d; sleep 100 }
    as friend nsenter -t web --uts; sleep 1
"""
WAYS = (
    "web:1 web holds a pipe to 0:1 init, which is outside",
    "descriptor 4 of web:1 web refers to is open in 0:1 init, which is outside",
    "friend, which is outside, is in its uts:",
    "web:1 web has its working directory at .*which has been removed",
)


def test_it_tells_all_that_is_in_the_way() -> None:
    perform(
        HURDLES,
        f"expect {{ {DRY} }} fails",
        *(f"expect {{ {DRY} }} matches /^in the way: .*{way}/" for way in WAYS),
        f"expect {{ {DRY} | grep -c way }} prints {len(WAYS)}",
        f"{DRY} | grep -q EBUSY; {DRY} | grep -q ENOTSUP",
    )


SOCKETS = """
    spawn sshd; spawn --pid --net web; as web ip link add v0 type veth peer v1; ip netns add other
    as web socketpair dgram; as web socketpair dgram; as web send 3 lost -f 6; as web exec 6>&-
    as web send 5 lost -f 4; as web exec 4>&-
    as web socket unix stream; as web bind 4 /tmp/s; as web listen 4
    as sshd socket unix stream; as sshd connect 3 /tmp/s
    as sshd socket unix dgram; as sshd bind 4 /tmp/t; as web socket unix dgram
    as web connect 6 /tmp/t
    ip link add a0 type veth peer a1; ip link set a0 netns other; ip link set a1 netns web
"""


@pytest.mark.parametrize("before", [HURDLES, SOCKETS, "spawn --pid web { sleep 100 }; sleep 1"])
def test_it_changes_nothing(before: str) -> None:
    machine = perform(before).machine
    web = max(key for key, task in machine.items(Task) if task.comm == "web")
    pid = machine.get(Task, web).pids[0]
    outcome = ask(machine, INIT, Survey(pid))
    assert isinstance(outcome.reply, Surveyed)
    for kind in records():
        assert dict(outcome.machine.items(kind)) == dict(machine.items(kind))


def test_it_tells_of_sockets_and_links() -> None:
    ways = (
        "web:1 web holds a socket to 0:2 sshd, which is outside the container",
        "a1 of net:.* leads to net:.*, which is outside",
    )
    perform(
        SOCKETS,
        *(f"expect {{ {DRY} }} matches /^in the way: .*{way}$/" for way in ways),
        f"expect {{ {DRY} | grep -c way }} prints {len(ways)}",
    )


def test_whom_somebody_else_has_frozen_it_says() -> None:
    perform(
        "spawn --pid web { checkpoint -l -o /tmp/w 1; sleep 100 }; sleep 1",
        f"expect {{ {DRY} }} matches /EBUSY.*: container web is being frozen by somebody else/",
    )


def test_it_goes_with_no_other_option() -> None:
    perform(
        "spawn --pid web",
        "expect { checkpoint -n -k web } fails",
        "expect { checkpoint -n -o /tmp/w web } fails",
        "expect { ls /tmp/w } fails ENOENT",
        refused("checkpoint -n 1", "EINVAL", "is in no container"),
    )
