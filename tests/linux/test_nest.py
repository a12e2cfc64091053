"""A stage has a cgroup of its own where it may, and leaves none."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from nsh.linux.puppet import nest
from nsh.session.real.session import RealSession


@pytest.fixture
def own() -> nest.Nest:
    made = nest.make()
    if made is None:
        pytest.skip("no cgroup2 here in which one may be made")
    nest.remove(made.path)
    return made


def test_whoever_is_in_it_goes_with_it(own: nest.Nest) -> None:
    os.mkdir(own.path)
    for below in ("a", "a/b", "c"):
        os.mkdir(f"{own.path}/{below}")
    sleeper = subprocess.Popen(["sleep", "1000"])
    Path(f"{own.path}/a/b/cgroup.procs").write_text(str(sleeper.pid), encoding="ascii")
    nest.remove(own.path)
    assert sleeper.wait() == -9
    assert not Path(own.path).exists()


def test_what_a_dead_stage_has_left_goes_with_the_next(own: nest.Nest) -> None:
    with subprocess.Popen(["true"]) as gone:
        pass
    left = Path(f"{own.above}/nsh-stage-{gone.pid}")
    (left / "a").mkdir(parents=True)
    assert nest.make() is not None
    nest.remove(own.path)
    assert not left.exists()


def test_it_is_the_root_of_what_a_script_sees(own: nest.Nest, real: RealSession) -> None:
    script = "mkdir /tmp/cg; mount -t cgroup2 none /tmp/cg; cat /tmp/cg/cgroup.procs"
    done = real.run(script)
    assert (done.ok, done.output) == (True, "1\n")
    assert real.run("grep ^0: /proc/self/cgroup").output == "0::/\n"
    real.run("mkdir /tmp/cg/a")
    made = [path for path in Path(own.above).glob("nsh-stage-*/a") if path.is_dir()]
    assert len(made) == 1
    real.close()
    assert not made[0].parent.exists()


def test_where_there_is_none_cgroup2_is_out_of_reach(
    real: RealSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(real._engine.conductor._stage, "nested", False)
    done = real.run("mkdir /tmp/cg; expect { mount -t cgroup2 none /tmp/cg } fails EPERM")
    assert done.ok, done.stderr


def test_who_is_frozen_cannot_be_asked_for_anything(own: nest.Nest, real: RealSession) -> None:
    del own
    real.run("mkdir /tmp/cg; mount -t cgroup2 none /tmp/cg; mkdir /tmp/cg/a; spawn w")
    real.run("echo 2 > /tmp/cg/a/cgroup.procs; echo 1 > /tmp/cg/a/cgroup.freeze")
    done = real.run("expect { w getpid } fails EBUSY; echo 0 > /tmp/cg/a/cgroup.freeze; w getpid")
    assert (done.ok, done.stdout) == (True, "2\n"), done.stderr
    real.run("echo 2 > /tmp/cg/a/cgroup.procs")
    said = real.run("as w { echo 1 > /tmp/cg/a/cgroup.freeze; echo went on } &")
    assert (said.ok, said.output) == (True, "")
    assert real.run("echo 0 > /tmp/cg/a/cgroup.freeze; wait").output == "went on\n"
