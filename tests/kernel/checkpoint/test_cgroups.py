"""Restarted tasks are in the cgroups that they were in, as far as there are such, and their cgroup
namespaces show them as they did."""

from __future__ import annotations

from tests.kernel.checkpoint._scripts import damaged, perform, refused

SAVE = "checkpoint -k -o /tmp/w web; wait"
TREE = """
    mkdir /tmp/two; mount -t cgroup2 none /tmp/two; mkdir -p /tmp/two/web/in
    mkdir /tmp/one; mount -t cgroup -o none,name=jobs none /tmp/one; mkdir /tmp/one/night
    spawn --pid web; as web spawn worker
    echo 2 > /tmp/two/web/cgroup.procs; echo 2 > /tmp/one/night/cgroup.procs
    echo 3 > /tmp/two/web/in/cgroup.procs
"""


def test_tasks_are_where_they_were() -> None:
    perform(
        TREE,
        SAVE,
        "restart -i /tmp/w",
        "expect { cat /proc/4/cgroup } prints '1:name=jobs:/night\n0::/web'",
        "expect { cat /proc/5/cgroup } prints '1:name=jobs:/\n0::/web/in'",
        "expect { cat /tmp/two/web/cgroup.procs } prints 4",
        "expect { cat /tmp/one/night/cgroup.procs } prints 4",
    )


def test_from_elsewhere_they_go_the_same_way_if_there_is_one() -> None:
    perform(
        TREE,
        SAVE,
        "rmdir /tmp/one/night; mkdir -p /tmp/two/other/web",
        "spawn sh; echo $! > /tmp/two/other/cgroup.procs",
        "as sh restart -i /tmp/w",
        "expect { cat /proc/5/cgroup } prints '1:name=jobs:/\n0::/other/web'",
        "expect { cat /proc/6/cgroup } prints '1:name=jobs:/\n0::/other'",
    )


def test_a_namespace_shows_them_from_its_root() -> None:
    perform(
        TREE,
        "as web unshare --cgroup --mount",
        "as web mount -t cgroup2 none /mnt",
        "expect { as web cat /proc/self/cgroup } prints '1:name=jobs:/\n0::/'",
        SAVE,
        "restart -i /tmp/w",
        "expect { as web cat /proc/self/cgroup } prints '1:name=jobs:/\n0::/'",
        "expect { as web cat /proc/5/cgroup } prints '1:name=jobs:/..\n0::/in'",
        "expect { as web grep -c '0:[0-9]* / /mnt' /proc/self/mountinfo } prints 1",
        "expect { as web ls -d /mnt/in } prints /mnt/in",
        damaged(
            '"":"web"', '"":"nowhere"', "cgroupns: roots: there is no cgroup nowhere in cgroup2"
        ),
        damaged('"":"web"', '"":"..\\/..\\/web"', "there is no cgroup"),
        "kill -9 4; wait; rmdir /tmp/one/night",
        refused("restart -i /tmp/w", "EINVAL", "there is no cgroup night in name=jobs from here"),
    )
