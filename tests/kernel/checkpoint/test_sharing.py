"""Who shares descriptors or places (CLONE_FILES, CLONE_FS) does so after a restart; others not."""

from __future__ import annotations

import pytest

from tests.kernel.checkpoint._scripts import damaged, perform, refused

SAVE = "checkpoint -k -o /tmp/w web; wait web || true; restart -i /tmp/w"


def sees(whom: str, fd: str, *, also: bool = True) -> str:
    """Whether *whom* has the descriptor *fd*."""
    fails = "" if also else " fails"
    return f"expect {{ as {whom} readlink /proc/thread-self/fd/{fd} }}{fails}"


def stands(whom: str, where: str) -> str:
    return f"expect {{ as {whom} pwd }} prints {where}"


@pytest.mark.parametrize("flags", ["FILES", "FS", "FILES FS"])
def test_processes_share_what_they_shared(flags: str) -> None:
    files, fs = "FILES" in flags, "FS" in flags.split()
    perform(
        f"spawn --pid web; as web {{ exec 5< /etc/passwd; clone2 -n kid {flags} }}",
        "as kid { spawn alone }",
        SAVE,
        f"expect $(ckptinfo -i /tmp/w | grep -c shares=1) == {files + fs}",
        "as kid { exec 6< /etc/passwd; cd /etc }; as web exec 5<&-",
        sees("web", "6", also=files),
        sees("kid", "5", also=not files),
        sees("alone", "5"),
        sees("alone", "6", also=False),
        stands("web", "/etc" if fs else "/"),
        stands("alone", "/"),
        SAVE,
        "as web exec 7< /etc/passwd",
        sees("kid", "7", also=files),
    )


def test_of_siblings_too_and_with_locks() -> None:
    """Who is in the middle shares nothing any more."""
    perform(
        """
        spawn --pid web { spawn one; sleep 100 }
        sleep 0.5
        as one { clone2 -n two FILES; open -c /tmp/t; setlk write 3 0 1; clone2 -n three FS }
        as two { clone2 -n four FILES FS; cd /tmp }
        """,
        SAVE,
        "as four { exec 6< /etc/passwd; cd /etc }; as one cd /dev",
        sees("two", "6"),
        sees("three", "6", also=False),
        stands("two", "/etc"),
        stands("three", "/dev"),
        "as two setlk write 3 1 1; expect $(grep -c POSIX /proc/locks) == 1",
        "as one exec 3<&-; expect { cat /proc/locks } prints ''",
    )


def test_threads_with_their_own() -> None:
    perform(
        """
        spawn --pid web
        as web {
            spawn --thread with; exec 5< /etc/passwd; clone2 -n apart THREAD SIGHAND VM
            spawn --thread named
        }
        as named { unshare --uts; hostname named }; as apart { cd /tmp; clone2 -n kid FILES FS }
        """,
        SAVE,
        "expect { as named hostname } prints named",
        'expect { as with hostname } prints "$(hostname)"',
        "as named exec 6< /etc/passwd; as apart exec 7< /etc/passwd",
        *(sees(whom, "6") for whom in ("web", "with")),
        *(sees(whom, "7", also=False) for whom in ("web", "with", "named")),
        *(sees(whom, "6", also=False) for whom in ("apart", "kid")),
        sees("kid", "7"),
        *(stands(whom, "/tmp") for whom in ("apart", "kid")),
        *(stands(whom, "/") for whom in ("web", "with", "named")),
    )


def test_with_somebody_outside() -> None:
    perform(
        "spawn out; as out { clone2 -n web FS NEWPID || true }",
        refused("checkpoint web", "EBUSY", "out, which is outside, share descriptors or places"),
    )


def test_damaged_ones_are_named() -> None:
    perform(
        "spawn --pid web; as web { clone2 -n kid FILES FS }; checkpoint -k -o /tmp/w web",
        damaged('"descriptors","pid":2,"shares":1', '"descriptors","pid":2,"shares":9', "pid 9"),
        damaged('"descriptors","pid":2,"shares":1', '"descriptors","pid":2,"shares":2', "itself"),
        damaged('"places","pid":2,"shares":1', '"places","pid":2,"shares":9', "places: pid 9"),
    )
