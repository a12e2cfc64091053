"""Who shares its parent's memory stays in its parent's time until its execve: no script of
`tests.conformance` can say so, for on a stage parent and child would be one interpreter.

On Linux `tests.probes.test_time_namespaces` has tried it.
"""

from __future__ import annotations

import nsh

TIME = "readlink /proc/{}/ns/time /proc/{}/ns/time_for_children"


def test_so_does_the_models_which_goes_on_at_execve_and_with_its_children() -> None:
    session = nsh.boot(paranoid=True)
    assert session.run("unshare --time; clone2 -n shares VM; clone2 -n too VM,NEWUTS").ok
    first, later = session.run(TIME.format("self", "self")).stdout.split()
    assert first != later
    for pid in ("2", "3"):
        assert session.run(TIME.format(pid, pid)).stdout.split() == [first, later]
    assert session.run("echo boottime 5 0 > /proc/self/timens_offsets").ok
    assert session.run("shares spawn theirs").ok
    assert session.run(TIME.format("4", "4")).stdout.split() == [later, later]
    assert not session.run("echo boottime 5 0 > /proc/self/timens_offsets").ok
    session.run("shares { exec sleep infinity } &")
    assert session.run(TIME.format("2", "2")).stdout.split() == [later, later]


def test_with_a_time_namespace_of_its_own_it_stays_where_it_was_born() -> None:
    session = nsh.boot(paranoid=True)
    assert session.run("clone2 -n shares VM,NEWTIME").ok
    own, later = session.run(TIME.format("2", "2")).stdout.split()
    assert own == session.run("readlink /proc/self/ns/time").stdout.strip() != later
    assert session.run("shares { echo boottime 5 0 > /proc/self/timens_offsets }").ok
