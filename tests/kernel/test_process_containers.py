"""G1-G11: what process containers do and refuse, as S1 has it."""

from __future__ import annotations

import pytest

from nsh.session.exploring.search import Search
from nsh.session.session import Session
from nsh.session.statements import pending
from tests.kernel.test_cgroups import Box as CgroupBox
from tests.test_demos import ROOT

MOUNTED = """
mkdir /c /d
mount -t container -o {} none /c
mkdir /c/a /c/a/b /c/z
spawn w
"""


class Box(CgroupBox):
    """A machine with a hierarchy at /c, and a task ``w``, number 2."""

    def __init__(self, subsystems: str, profile: str = "all") -> None:
        self.session = Session(profile, paranoid=True)
        self.do(MOUNTED.format(subsystems))

    def number(self, path: str, field: str = "") -> int:
        lines = self.told(f"cat /c/{path}").splitlines()
        return int(next(line for line in lines if line.startswith(field)).split()[-1])

    def at(self, whom: int = 2) -> str:
        return self.told(f"cat /proc/{whom}/containers").rpartition(":")[2]


def test_mainline_has_no_such_thing() -> None:
    box = CgroupBox("mkdir /c")
    assert box.fails("mount -t container none /c") == "ENODEV"
    assert box.fails("cat /proc/containers") == "ENOENT"
    assert box.fails("cat /proc/self/containers") == "ENOENT"


def test_without_options_it_has_all_subsystems_and_so_there_is_one() -> None:
    box = Box("cpuacct,cpuset,memset,ns_container,numfiles,numtasks")
    box.do("mount -t container none /d")
    assert box.told("ls /d").split() == box.told("ls /c").split()
    assert box.fails("mount -t container -o cpuset none /mnt") == "EBUSY"
    assert box.fails("mount -t container -o memory none /mnt") == "EINVAL"


def test_cgroups_and_process_containers_know_nothing_of_each_other() -> None:
    box = Box("numtasks")
    box.do("mkdir /x; mount -t cgroup -o none,name=x none /x; mkdir /x/in; echo 2 > /x/in/tasks")
    box.do("echo 2 > /c/a/tasks")
    assert box.told("cat /proc/2/cgroup") == "2:name=x:/in"
    assert box.told("cat /proc/2/containers") == "1:numtasks:/a"
    assert "numtasks" not in box.told("cat /proc/cgroups")
    assert box.fails("mount -t cgroup -o numtasks none /d") == "EINVAL"


def test_a_hierarchy_with_containers_outlives_its_mounts() -> None:
    box = Box("numtasks")
    box.do("echo 2 > /c/a/b/tasks; umount /c")
    assert box.at() == "/a/b"
    assert box.fails("mount -t container -o numtasks,cpuset none /d") == "EBUSY"
    box.do("mount -t container -o numtasks none /d")
    assert box.told("cat /d/a/b/tasks") == "2"
    box.do("echo 2 > /d/tasks; rmdir /d/a/b /d/a /d/z; umount /d")
    assert "numtasks\t0\t0" in box.told("cat /proc/containers")
    box.do("mount -t container -o numtasks,cpuset none /d")


def test_who_is_moved() -> None:
    box = Box("numtasks")
    box.do("w spawn -t thread")
    thread = int(box.told("ls /proc/2/task").split()[1])
    box.do(f"echo {thread} > /c/a/tasks")
    assert (box.at(2), box.told("cat /c/a/tasks")) == ("/", str(thread))
    box.do("as w { echo 0 > /c/z/tasks }")
    assert "2" in box.told("cat /c/z/tasks").split()
    for text, errno in (("x", "EIO"), ("", "EIO"), ("3 4", "EIO"), ("99", "ESRCH")):
        assert box.fails(f"echo '{text}' > /c/a/tasks") == errno, text
    box.do("spawn dead; kill $!")
    assert box.fails("echo $! > /c/a/tasks") == "ESRCH"


def test_others_move_their_own() -> None:
    box = Box("numtasks")
    box.do("chmod 666 /c/a/tasks /c/tasks")
    own = "setpriv --reuid 1000 --clear-groups"
    told = box.session.run(f"{own} tee /c/a/tasks <<< 2")
    assert "EACCES" in told.output
    assert box.at() == "/"
    box.do(f"{own} tee /c/a/tasks <<< 0 > /dev/null")


def test_everybody_is_counted_once() -> None:
    box = Box("numtasks")
    box.do("echo 2 > /c/a/b/tasks; w spawn x; w spawn -t t; x spawn y")
    assert [box.number(f"{path}/numtasks.stats", "tasks") for path in ("a/b", "a")] == [4, 4]
    box.do("kill -9 2")
    assert [box.number(f"{path}/numtasks.stats", "tasks") for path in ("a/b", "a")] == [2, 2]
    assert box.number("a/numtasks.stats", "most") == 4


def test_what_is_kept_for_others_is_told() -> None:
    box = Box("numtasks")
    box.do("echo 6 > /c/numtasks.total; echo min_shares=50 > /c/a/numtasks.shares")
    box.do("spawn x")
    told = box.session.run("spawn y")
    assert "numtasks: / may have 6 tasks, 3 of which are kept for others" in told.output
    box.do("echo 2 > /c/a/tasks; w spawn y; w spawn z; spawn p")
    assert box.fails("spawn q") == "EAGAIN"
    box.do("kill -9 3; spawn q")
    assert box.number("a/numtasks.stats", "tasks") == 3
    assert box.number("numtasks.stats", "tasks") == 6


@pytest.mark.parametrize(
    "shares",
    ["min_shares=101", "max_shares=101", "min_shares=60,max_shares=50", "min_shares=-1", "x=1",
     "child_shares_divisor=0", "max_shares"],
)  # fmt: skip
def test_shares_that_there_are_not(shares: str) -> None:
    box = Box("numtasks")
    before = box.told("cat /c/a/numtasks.shares")
    assert box.fails(f"echo {shares} > /c/a/numtasks.shares") == "EINVAL"
    assert box.told("cat /c/a/numtasks.shares") == before
    assert box.fails("echo max_shares=10 > /c/numtasks.shares") == "EINVAL"


def test_who_removes_what_it_is_in_is_refused_and_nobody_dies() -> None:
    box = Box("numtasks")
    box.do("echo 2 > /c/a/b/tasks; w spawn x; echo 1 > /c/a/tasks; policy container.rmdir kill")
    assert box.fails("rmdir /c/a") == "EBUSY"
    assert box.told("cat /c/a/b/tasks").split()[0] == "2"
    box.do("echo 1 > /c/tasks; rmdir /c/a")
    assert box.told("ps -o s= -p 2") == "Z"
    assert box.fails("ls -d /c/a") == "ENOENT"


def test_an_init_that_is_killed_with_its_container_takes_its_namespace_along() -> None:
    box = Box("numtasks,ns_container")
    box.do("spawn --pid box; echo $! > /c/a/tasks; box spawn inner; policy container.rmdir kill")
    box.do("rmdir /c/a")
    assert "inner" not in box.told("ps -eo comm,s")


def test_an_empty_container_goes_by_itself_with_those_around_it() -> None:
    box = Box("numtasks")
    box.do("echo 1 > /c/a/auto_delete; echo 1 > /c/a/b/auto_delete; echo 2 > /c/a/b/tasks")
    box.do("mkdir /c/a/other; echo 2 > /c/tasks")
    assert box.told("ls -d /c/a/*/") == "/c/a/other/"
    box.do("rmdir /c/a/other")
    assert box.fails("ls -d /c/a") == "ENOENT"


def test_a_container_is_kept_by_what_refers_to_it_and_goes_with_the_last() -> None:
    box = Box("numfiles")
    box.do("echo 1 > /c/a/b/auto_delete; echo 2 > /c/a/b/tasks")
    box.do("as w exec 5< /proc/self/stat; w spawn heir; echo 2 > /c/tasks")
    heir = box.told("cat /c/a/b/tasks")
    box.do(f"echo {heir} > /c/tasks; kill -9 2")
    assert box.number("a/b/numfiles.held") == 1
    assert box.fails("rmdir /c/a/b") == "EBUSY"
    box.do(f"kill -9 {heir}")
    assert box.fails("ls -d /c/a/b") == "ENOENT"


def test_a_file_is_charged_to_its_opener_whoever_has_it() -> None:
    box = Box("numfiles")
    box.do("echo 2 > /c/a/tasks; as w { exec 5< /proc/self/stat 6>&5 }; w openpty")
    assert box.number("a/numfiles.held") == 3
    box.do("as w { exec 5<&- }")
    assert box.number("a/numfiles.held") == 3
    box.do("as w { exec 6<&- }")
    assert box.number("a/numfiles.held") == 2


def test_the_barrier_is_for_those_who_administer_nothing() -> None:
    box = Box("numfiles")
    box.do("echo 1 > /c/a/numfiles.barrier; echo 2 > /c/a/tasks; as w { exec 5< /proc/self/stat }")
    box.do("as w { exec 6< /proc/self/stat }")
    told = box.session.run("as w { setpriv --reuid 1000 --clear-groups cat /proc/self/stat }")
    assert "ENFILE" in told.output
    assert box.number("a/numfiles.failcnt") >= 1
    assert box.fails("echo 0 > /c/a/numfiles.limit") == "EINVAL"


def test_steps_count_for_all_around() -> None:
    box = Box("cpuacct")
    box.do("echo 2 > /c/a/b/tasks")
    before = [box.number(f"{path}/cpuacct.usage") for path in ("a/b", "a", "z")]
    box.do("as w getpid")
    after = [box.number(f"{path}/cpuacct.usage") for path in ("a/b", "a", "z")]
    assert after[0] > before[0] == before[1]
    assert after[0] == after[1]
    assert after[2] == 0
    box.do("echo 2 > /c/tasks; rmdir /c/a/b")
    assert box.number("a/cpuacct.usage") == after[1]
    assert box.fails("echo 5 > /c/a/cpuacct.usage") == "EINVAL"


def test_unshare_makes_a_container_of_the_same_properties() -> None:
    box = Box("ns_container,cpuset,numfiles", "menage-2006")
    box.do("echo 1-2 > /c/a/cpuset.cpus; echo 7 > /c/a/numfiles.barrier; echo 2 > /c/a/tasks")
    box.do("as w unshare --uts")
    assert box.at() == "/a/node_2"
    assert box.told("cat /c/a/node_2/cpuset.cpus") == "1-2"
    assert box.told("cat /c/a/node_2/numfiles.barrier") == "7"
    box.do("as w unshare --ipc")
    assert box.at() == "/a/node_2/node_2"


def test_a_clone_that_a_subsystem_refuses_leaves_nothing() -> None:
    box = Box("ns_container,numtasks", "menage-2006")
    box.do("echo 2 > /c/a/tasks; echo max_shares=0 > /c/a/numtasks.shares")
    assert box.fails("w spawn --uts x") == "EAGAIN"
    assert box.told("ls -d /c/a/*/") == "/c/a/b/"


@pytest.mark.parametrize("how", ["rmdir /c/a", "kill -9 2"])
def test_what_is_mounted_on_a_container_goes_with_it(how: str) -> None:
    box = Box("numtasks")
    box.do("mkdir /tmp/x; spawn --mount other; echo 1 > /c/a/b/auto_delete; echo 2 > /c/a/b/tasks")
    box.do("mount --bind /tmp/x /c/a/b; other mount --bind /tmp/x /c/a/b")
    box.do(f"policy container.rmdir kill; {how}")
    assert "/c/a/b" not in box.told("cat /proc/mounts") + box.told("other cat /proc/mounts")


@pytest.mark.parametrize("mark", ["auto_delete", "notify_on_release"])
def test_who_dies_with_charged_files_is_the_last_to_go(mark: str) -> None:
    box = Box("numfiles")
    box.do("printf '#!/bin/nsh\\necho x > /tmp/ran\\n' > /tmp/agent; chmod 755 /tmp/agent")
    box.do(f"echo /tmp/agent > /c/release_agent; echo 1 > /c/a/b/{mark}; echo 2 > /c/a/b/tasks")
    box.do("as w { exec 5< /proc/self/stat }; kill -9 2; sleep 1")
    if mark == "auto_delete":
        assert box.fails("ls -d /c/a/b") == "ENOENT"
    else:
        assert box.told("cat /tmp/ran") == "x"


def test_parts_are_no_fewer_than_what_is_told_in_them() -> None:
    box = Box("numtasks")
    box.do("echo max_shares=90 > /c/a/numtasks.shares")
    assert box.fails("echo child_shares_divisor=10 > /c/numtasks.shares") == "EINVAL"


def test_a_container_that_is_called_as_a_file_that_is_to_come() -> None:
    box = Box("numtasks")
    box.do("policy container.binding dynamic; mkdir /c/a/cpuset.cpus")
    assert box.fails("mount -o remount,numtasks,cpuset none /c") == "EEXIST"
    box.do("rmdir /c/a/cpuset.cpus; mount -o remount,numtasks,cpuset none /c")


def test_what_the_root_is_charged_keeps_no_subsystem() -> None:
    box = Box("numfiles,numtasks")
    box.do("rmdir /c/a/b /c/a /c/z; exec 5< /proc/self/stat")
    box.do("mount -o remount,numtasks none /c; exec 5<&-")
    assert "numfiles" not in box.told("ls /c; cat /proc/self/containers")


def test_who_is_inside_takes_no_files_away() -> None:
    box = Box("numtasks")
    box.do("policy container.rmdir kill; echo 1 > /c/a/tasks")
    assert box.fails("rm /c/a/auto_delete") == "EBUSY"
    box.do("echo 1 > /c/tasks; rm -rf /c/a")
    box.do("spawn --pid --mount-proc inner; echo $! > /c/z/tasks; inner spawn deep")
    box.do("echo $! > /c/tasks")
    assert box.fails("deep rmdir /c/z") == "EBUSY"


def test_with_one_tree_there_is_no_half_of_a_move() -> None:
    """S1's race, in every order: with two trees three ends, with one tree two."""
    demo = (ROOT / "demos/s1/moved-while-forking.nsh").read_text(encoding="utf-8")
    assert _ends(demo) == {(True, True), (False, False), (True, False)}
    one = (
        demo.replace("per-subsystem", "multi")
        .replace("-o numtasks none /tasks", "-o numtasks,numfiles none /tasks")
        .replace("-o numfiles none /files", "-o numfiles,numtasks none /files")
        .replace("  echo 2 > /files/web/tasks\n", "")
        .replace("mkdir /tasks/web /files/web", "mkdir /tasks/web")
        .replace("2:numfiles:.web\\n1:numtasks:.web", "1:numfiles,numtasks:.web")
        .replace('prints "2"\nexpect', 'prints "1"\nexpect')
    )
    assert _ends(one) == {(True,), (False,)}


def _ends(script: str) -> set[tuple[bool, ...]]:
    """Where the child of the demo may be in each of the trees: in the new container, or not."""
    ran = Search(pending(script, "demo"), Session().machine).run()
    assert not ran.stopped
    ends = set()
    for outcome in ran.outcomes:
        assert not outcome.end.failed, outcome
        lines = "".join(text for _who, text in outcome.told).split()
        ends.add(tuple(line.endswith("/web") for line in lines[::-1]))
    return ends
