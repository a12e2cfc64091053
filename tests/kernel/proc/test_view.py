"""P2, P3, P4, P10: whose numbers a proc shows, and to whom."""

from nsh.abi.attributes import Stat
from nsh.abi.files import Mount, Open, OpenFlag, Read, Umount
from nsh.abi.names import Mkdir
from nsh.abi.namespaces import Unshare
from nsh.abi.process import CloneFlag, Exit, Setsid, Wait4
from nsh.abi.signals import Kill
from nsh.machine.tasks import Task
from tests.kernel.proc.computer import Computer

NEWPID = int(CloneFlag.CLONE_NEWPID)
NEWNS = int(CloneFlag.CLONE_NEWNS)


def contain(box: Computer, name: str, who) -> None:
    assert isinstance(box.write("/proc/container", name.encode() + b"\n", who), int)


# -- containers: the reader's, through the system's own mount -------------------------------------


def test_a_container_sees_itself_through_the_systems_proc(box):
    sshd = box.spawn("sshd")
    contain(box, "web", sshd)
    box.spawn("httpd.1", sshd)
    second = box.spawn("httpd.2", sshd)
    assert box.pids() == [1, 2, 3, 4]
    assert box.pids(who=sshd) == box.pids(who=second) == [1, 2, 3]
    assert box.readlink("/proc/self", second) == "3"
    assert box.cat("/proc/self/comm", second) == "httpd.2\n"
    assert box.cat("/proc/2/comm", second) == "httpd.1\n"
    assert box.ask(Stat("/proc/4"), second) == "ENOENT"
    assert [box.cat("/proc/container", who) for who in (sshd, second)] == ["web\n"] * 2
    assert [box.cat(f"/proc/{pid}/container") for pid in (1, 2, 4)] == ["0\n", "web\n", "web\n"]


def test_every_id_in_a_containers_status_and_stat_is_its_own(box):
    sshd = box.spawn("sshd")
    box.ask(Setsid(), sshd)
    contain(box, "web", sshd)
    box.spawn("httpd", sshd)
    inside, outside = box.status(2, sshd), box.status(3)
    names = ("Tgid", "Pid", "PPid", "NStgid", "NSpid", "NSpgid", "NSsid")
    assert [inside[name] for name in names] == ["2", "2", "1", "2", "2", "1", "1"]
    assert [outside[name] for name in names] == ["3", "3", "2", "3\t2", "3\t2", "2\t1", "2\t1"]
    assert box.fields(2, sshd)[1:4] == ["1", "1", "1"]
    assert box.status(1, sshd)["PPid"] == "0"


def test_what_was_open_keeps_the_view_of_whoever_opened_it(box):
    sshd = box.spawn("sshd")
    fd = box.open("/proc/2/status", who=sshd)
    here = box.open("/proc/1", OpenFlag.O_DIRECTORY, sshd)
    contain(box, "web", sshd)
    assert b"\nPid:\t2\n" in box.ask(Read(fd), sshd)
    assert box.readlink(f"/proc/self/fd/{here}", sshd) == "/proc/1"
    assert "\nPid:\t1\n" in box.cat("/proc/1/status", sshd)


def test_two_containers_hold_the_same_number(box):
    for name in ("web", "db"):
        first = box.spawn(f"{name}-init")
        contain(box, name, first)
        box.spawn(f"{name}-worker", first)
    tasks = [task for _key, task in box.machine.items(Task)]
    second = [task for task in tasks if task.pids[1:] == (2,)]
    assert [task.comm for task in second] == ["web-worker", "db-worker"]
    assert box.pids() == [1, 2, 3, 4, 5]


def test_a_namespace_inside_a_container_still_sees_the_container_only(box):
    sshd = box.spawn("sshd")
    contain(box, "web", sshd)
    inner = box.spawn("inner", sshd, flags=NEWPID)
    assert box.pids(who=inner) == [1, 2]
    assert box.readlink("/proc/self", inner) == "2"


def test_a_proc_mounted_inside_shows_the_container_to_all(box):
    sshd = box.spawn("sshd")
    contain(box, "web", sshd)
    box.ask(Mkdir("/mnt/p"))
    assert box.ask(Mount("proc", "/mnt/p", "proc"), sshd) == 0
    assert box.pids("/mnt/p") == box.pids("/mnt/p", sshd) == [1]
    assert box.readlink("/mnt/p/self") == "ENOENT"
    assert box.cat("/mnt/p/1/comm") == "sshd\n"


def test_mainline_never_took_the_container_file():
    box = Computer("mainline")
    assert "container" not in box.ls("/proc")
    assert "container" not in box.ls("/proc/self")
    assert box.ask(Open("/proc/container")) == "ENOENT"
    assert box.ask(Open("/proc/lies")) == "ENOENT"


# -- namespaces: the mounter's, whoever reads -----------------------------------------------------


def test_a_mount_keeps_the_view_of_its_mounter(box):
    inner = box.spawn("inner", flags=NEWPID | NEWNS)
    assert box.pids(who=inner) == [1, 2]
    assert box.readlink("/proc/self", inner) == "2"
    assert box.ask(Mount("proc", "/proc", "proc"), inner) == 0
    assert box.pids(who=inner) == [1]
    assert [box.readlink(f"/proc/{name}", inner) for name in ("self", "thread-self")] == [
        "1",
        "1/task/1",
    ]
    assert box.pids() == [1, 2]  # another mount namespace


def test_a_reader_out_of_sight_has_no_self(box):
    inner = box.spawn("inner", flags=NEWPID)
    box.ask(Mkdir("/mnt/p"))
    box.ask(Mount("proc", "/mnt/p", "proc"), inner)
    listed = box.ls("/mnt/p")
    assert listed[-3:] == ["self", "thread-self", "1"]
    for name in ("self", "thread-self"):
        assert box.readlink(f"/mnt/p/{name}") == "ENOENT"
    for path in ("self/status", "mounts", "self"):
        assert box.ask(Stat(f"/mnt/p/{path}")) == "ENOENT"
    assert box.cat("/mnt/p/1/comm") == "inner\n"


def test_numbers_stand_at_each_level_from_the_mounts_down(box):
    two = box.spawn("two")
    box.ask(Setsid(), two)
    inner = box.spawn("inner", two, flags=NEWPID)
    deepest = box.spawn("deepest", inner, flags=NEWPID)
    box.ask(Mkdir("/mnt/p"))
    box.ask(Mount("proc", "/mnt/p", "proc"), inner)
    assert deepest
    names = ("NStgid", "NSpid", "NSpgid", "NSsid", "PPid")
    assert [box.status(4)[n] for n in names] == ["4\t2\t1", "4\t2\t1", "2\t0\t0", "2\t0\t0", "3"]
    seen = box.status(2, proc="/mnt/p")
    assert [seen[n] for n in names] == ["2\t1", "2\t1", "0\t0", "0\t0", "1"]
    assert box.fields(2, proc="/mnt/p")[1:6] == ["1", "0", "0", "0", "-1"]


def test_the_links_name_the_namespaces_of_the_task(box):
    inner = box.spawn("inner", flags=NEWPID)
    own = box.readlink("/proc/2/ns/pid")
    assert own == box.readlink("/proc/2/ns/pid_for_children") != box.readlink("/proc/1/ns/pid")
    assert box.readlink("/proc/2/ns/uts") == box.readlink("/proc/1/ns/uts") == "uts:[4026531838]"
    fd = box.open("/proc/2/ns/pid")
    assert box.readlink(f"/proc/self/fd/{fd}") == own
    assert box.stat("/proc/2/ns/pid").ino == int(str(own)[5:-1])
    box.ask(Exit(), inner)
    box.ask(Wait4())
    assert box.readlink(f"/proc/self/fd/{fd}") == own


def test_childrens_namespace_begins_with_the_first_child(box):
    two = box.spawn()
    box.ask(Unshare(NEWPID), two)
    assert "pid_for_children" in box.ls("/proc/2/ns")
    assert box.readlink("/proc/2/ns/pid_for_children") == "ENOENT"
    assert box.ask(Open("/proc/2/ns/pid_for_children")) == "ENOENT"
    child = box.spawn("", two)
    there = box.readlink("/proc/2/ns/pid_for_children")
    assert there == box.readlink("/proc/3/ns/pid") != box.readlink("/proc/2/ns/pid")
    box.ask(Exit(), child)
    box.ask(Wait4(), two)
    assert box.readlink("/proc/2/ns/pid_for_children") == there  # dead, but it was born


def test_the_proc_of_a_dead_namespace_has_no_tasks_and_keeps_the_rest(box):
    inner = box.spawn("inner", flags=NEWPID)
    box.ask(Mkdir("/mnt/p"))
    box.ask(Mount("proc", "/mnt/p", "proc"), inner)
    box.ask(Kill(2, 9))
    box.ask(Wait4())
    assert box.pids("/mnt/p") == []
    assert box.ls("/mnt/p")[-2:] == ["self", "thread-self"]
    assert box.cat("/mnt/p/uptime") == "0.00 0.00\n"
    assert box.ask(Stat("/mnt/p/1")) == "ENOENT"
    assert box.ask(Umount("/mnt/p")) == 0


def test_a_lingering_init_shows_its_pid_namespace_only(box):
    """It waits for a task of its namespace that somebody outside has yet to reap."""
    two = box.spawn("two")
    box.ask(Unshare(NEWPID), two)
    box.spawn("init", two)
    box.spawn("other", two)
    box.ask(Kill(3, 9))
    assert box.status(3)["State"] == "S (sleeping)"
    assert box.status(4)["State"] == "Z (zombie)"
    assert box.cat("/proc/3/wchan") == "zap_pid_ns_processes"
    assert str(box.readlink("/proc/3/ns/pid")).startswith("pid:[")
    assert [box.readlink(f"/proc/3/ns/{name}") for name in ("uts", "mnt")] == ["ENOENT"] * 2
    assert box.ls("/proc/3/fd") == []
