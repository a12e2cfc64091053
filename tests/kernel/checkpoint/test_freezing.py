"""Whoever freezes a container lets it go on, whatever becomes of him; others keep off meanwhile."""

from __future__ import annotations

import pytest

from tests.kernel.checkpoint._scripts import perform, refused

RUNS = "spawn --pid web { while true { sleep 1 } }; sleep 1"
STATE = "expect { ps -o s= -p 2 } prints"
SLOW = """
    spawn --pid web { big=$(seq 20000); while true { sleep 1 } }; sleep 1
    mknod /tmp/f p; spawn slow { checkpoint --kill web > /tmp/f }
    spawn reader { exec 5< /tmp/f; sleep 100 }; sleep 1
"""
"""Somebody is at it, and nobody reads what he writes."""


def test_nobody_reads_what_is_written() -> None:
    perform(RUNS, "checkpoint -k web | true || true; sleep 1", f"{STATE} S")


@pytest.mark.parametrize("where", ["/tmp/no/such", "/dev/full"])
def test_it_cannot_be_written(where: str) -> None:
    perform(RUNS, f"expect {{ checkpoint -k -o {where} web }} fails", f"{STATE} S")


def test_who_writes_it_is_killed() -> None:
    perform(SLOW, f"{STATE} D", "kill -KILL slow; sleep 1", f"{STATE} S")


def test_others_keep_off() -> None:
    somebody = "container web is being frozen by somebody else"
    perform(
        SLOW,
        refused("checkpoint web", "EBUSY", somebody),
        refused("checkpoint --thaw web", "EBUSY", somebody),
        f"{STATE} D",
        "kill -KILL slow; sleep 1; checkpoint web > /tmp/w",
    )


def test_what_is_left_frozen_stays_so_till_somebody_thaws_it() -> None:
    perform(
        RUNS,
        "spawn other { checkpoint -l web > /tmp/w; exit }; wait other; sleep 1",
        f"{STATE} D",
        f"checkpoint web > /tmp/w; {STATE} D",
        f"expect {{ checkpoint -o /tmp/no/such web }} fails ENOENT; {STATE} D",
        f"checkpoint --thaw web; {STATE} S",
        refused("checkpoint --thaw web", "EINVAL", "container web is not frozen"),
        f"checkpoint -l web > /tmp/w; checkpoint -k web > /tmp/w; {STATE} Z",
    )


def test_who_has_frozen_its_own_container_may_die_of_it() -> None:
    perform(
        "spawn --pid web { spawn kid { while true { sleep 1 } }; sleep 1",
        "spawn it { checkpoint -o /tmp/no/such 1; exit }; wait; while true { sleep 1 } }; sleep 3",
        "expect { ps -e -o s=,comm= } matches /S kid/",
    )
