"""Reading under difficulties: in two processes, without rights, from inside."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from nsh.linux import observe
from nsh.linux.observe import helper, process
from nsh.linux.observe.process import Vanished
from tests.linux.observe._real import need
from tests.linux.observe.fake import Fake

# 3.12 warns of a fork beside threads: pytest has some, the command has none
pytestmark = pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")


@pytest.fixture
def many(tmp_path, monkeypatch):
    monkeypatch.setattr(helper, "WORTH", 2)
    monkeypatch.setattr(helper, "_idle", lambda: True)
    monkeypatch.setattr("threading.active_count", lambda: 1)
    fake = Fake(tmp_path)
    for pid in range(1, 21):
        fake.process(pid, b"\xff%d" % pid, ppid=pid // 2, fds={3: "net:[4026532001]"})
    return str(tmp_path)


def children() -> set[str]:
    """This process's, whoever has begun them."""
    found = set()
    for pid in filter(str.isdigit, os.listdir("/proc")):
        with contextlib.suppress(OSError):
            stat = Path(f"/proc/{pid}/stat").read_bytes()
            if int(stat.rpartition(b")")[2].split()[1]) == os.getpid():
                found.add(pid)
    return found


def test_a_helper_reads_half_of_it_and_tells_it_whole(many):
    alone = observe.read(many, observe.EVERYTHING)
    before = children()
    together = observe.read(many, observe.EVERYTHING, split=True)
    assert together.processes == alone.processes
    assert {holder.inum for holder in together.holders} == {4026532001}
    assert children() <= before  # the helper has been waited for


def test_a_helper_that_dies_is_stood_in_for(many, monkeypatch):
    monkeypatch.setattr(helper, "_help", lambda *_args: os._exit(1))
    assert len(observe.read(many, split=True).processes) == 20


def test_a_process_that_is_gone_has_vanished_even_if_its_pid_is_used_again():
    with subprocess.Popen(["true"]) as ended:
        folder = os.open(f"/proc/{ended.pid}", os.O_PATH | os.O_DIRECTORY)
    with pytest.raises(Vanished):
        process.read(folder, ended.pid, observe.USUAL)
    os.close(folder)


def as_nobody(code: str) -> str:
    """What CODE prints as a user without rights; all it needs is imported before."""
    if os.geteuid() != 0:
        pytest.skip("needs root, to become somebody else")
    start = (
        "import os, json\n"
        "from nsh.linux import observe\n"
        "from nsh.linux.observe import schema, gaps\n"
        "from nsh.linux.observe.sight import Sight\n"
        "from nsh.linux.observe.building import Observer\n"
        "from nsh.machine.invariants import violations\n"
        "from nsh.session.graft import runnable\n"
        "import nsh.kernel.loading; nsh.kernel.loading.load_all()\n"
        "os.setgroups([]); os.setgid(65534); os.setuid(65534)\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", start + code],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    return run.stdout


def test_who_has_no_rights_sees_the_numbers_and_is_told_what_is_hidden():
    need("pid")
    told = json.loads(
        as_nobody(
            "s = observe.read(wanted=observe.EVERYTHING); m = Observer().machine(s)\n"
            "l = json.loads(schema.encode(Sight(s), observe.EVERYTHING))\n"
            "print(json.dumps([violations(m), violations(runnable(m)), l]))"
        )
    )
    assert told[:2] == [[], []]
    look = told[2]
    assert not look["complete"]
    assert "hidden" in look["gaps"][0]
    (ours,) = (task for task in look["tasks"] if task["pid"] == look["pid"])
    assert all(ours["ns"].values())
    hidden = [task for task in look["tasks"] if task["evidence"].get("ns.mnt") == "hidden"]
    assert hidden
    assert all(task["ns"]["mnt"] is None and task["pids"] for task in hidden)


@pytest.mark.parametrize("hidepid", [1, 2])
def test_hidepid_hides_and_does_no_harm(hidepid):
    need("mnt")
    if os.geteuid() != 0:
        pytest.skip("needs root, to become somebody else")
    mount = (
        "import ctypes; c = ctypes.CDLL(None); assert c.unshare(0x20000) == 0\n"
        "c.mount(None, b'/', None, 0x44000, None)\n"
        f"assert c.mount(b'proc', b'/proc', b'proc', 0, b'hidepid={hidepid}') == 0\n"
    )
    code = "s = observe.read(); print(len(s.processes), *gaps.gaps(s))"
    run = subprocess.run(
        [
            sys.executable,
            "-c",
            mount
            + "import os\nfrom nsh.linux import observe\nfrom nsh.linux.observe import gaps\n"
            + "os.setgroups([]); os.setgid(65534); os.setuid(65534)\n"
            + code,
        ],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    assert run.stdout.startswith("1 ")
    assert "pid 1 is hidden" in run.stdout
    assert ("could not be read at all" in run.stdout) == (hidepid == 1)


def test_from_inside_numbers_begin_there():
    need("pid", "mnt")
    code = (
        "from nsh.linux import observe\nfrom nsh.linux.observe.building import Observer\n"
        "from nsh.machine.invariants import violations\n"
        "from nsh.linux.observe.placing import Placing\nimport os\n"
        "s = observe.read(); m = Observer().machine(s)\n"
        "print(violations(m), [p.pid for p in s.processes], len(Placing(s).paths))"
    )
    run = subprocess.run(
        ["unshare", "--pid", "--fork", "--mount-proc", sys.executable, "-c", code],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    if run.returncode and "unshare" in run.stderr:
        pytest.skip(f"no pid namespace can be made here: {run.stderr.strip()}")
    assert run.stdout == "[] [1] 1\n", run.stderr
