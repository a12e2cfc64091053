"""Names, links, attributes and errnos of proc, as a shell on Linux 6.18 met them."""

import pytest

from nsh.abi.attributes import Chmod, Fstat, Stat, Truncate, Utimens
from nsh.abi.files import (
    Close,
    Getdents,
    Lseek,
    MemfdCreate,
    Open,
    OpenFlag,
    Pipe,
    Read,
    Umount,
    Write,
)
from nsh.abi.names import Chdir, Getcwd, Mkdir, Mkfifo, Rename, Rmdir, Symlink, Unlink
from nsh.abi.prctl import Prctl, PrctlOption
from nsh.abi.process import Exit, Wait4

READING_ONES_OWN = ["comm", "status", "stat", "cmdline"]


# -- names ----------------------------------------------------------------------------------------


def test_the_root_lists_fixed_names_by_length_then_processes_by_number(box):
    for _ in range(11):
        box.spawn()
    box.thread(box.spawn())
    listed = box.ls("/proc")
    fixed = listed[: listed.index("thread-self") + 1]
    assert fixed[-2:] == ["self", "thread-self"]
    assert fixed[:-2] == sorted(fixed[:-2], key=lambda name: (len(name), name))
    assert {"sys", "stat", "mounts", "uptime", "loadavg", "version", "container"} < set(fixed)
    assert listed[len(fixed) :] == [str(number) for number in range(1, 14)]  # not the thread, 14


def test_a_thread_is_found_though_not_listed(box):
    two = box.spawn("server")
    box.thread(two, "worker")
    assert box.pids() == [1, 2]
    assert box.cat("/proc/3/comm") == "worker\n"
    assert box.ls("/proc/3") == box.ls("/proc/2")
    assert box.ls("/proc/3/task") == box.ls("/proc/2/task") == ["2", "3"]
    assert box.ask(Stat("/proc/1/task/3")) == "ENOENT"


@pytest.mark.parametrize(
    "name",
    ["0", "01", "007", "+1", " 1", "1 ", "-1", "1a", "99999999", "4294967296", "4294967297",
     "18446744073709551617", "1" * 200, "²", "١"],
)  # fmt: skip
def test_no_other_spelling_names_a_process(box, name):
    assert box.ask(Stat(f"/proc/{name}")) == "ENOENT"
    assert box.ask(Stat(f"/proc/self/task/{name}")) == "ENOENT"


def test_descriptors_have_one_spelling_too(box):
    assert box.ls("/proc/self/fd") == ["0", "1", "2", "3"]
    for name in ("00", "-0", "99", "x"):
        assert box.readlink(f"/proc/self/fd/{name}") == "ENOENT"


@pytest.mark.parametrize(
    ("request_", "errno"),
    [
        (Open("/proc/x", OpenFlag.O_CREAT | OpenFlag.O_WRONLY), "ENOENT"),
        (Open("/proc/self/x", OpenFlag.O_CREAT | OpenFlag.O_WRONLY), "ENOENT"),
        (Open("/proc/sys/kernel/x", OpenFlag.O_CREAT | OpenFlag.O_WRONLY), "ENOENT"),
        (Mkdir("/proc/x"), "ENOENT"),
        (Mkdir("/proc/self/x"), "ENOENT"),
        (Mkdir("/proc/1"), "EEXIST"),
        (Mkdir("/proc/stat"), "EEXIST"),
        (Unlink("/proc/stat"), "EPERM"),
        (Unlink("/proc/self"), "EPERM"),
        (Unlink("/proc/self/status"), "EPERM"),
        (Rmdir("/proc/1"), "EPERM"),
        (Rmdir("/proc/sys"), "EPERM"),
        (Rename("/proc/stat", "/proc/stat2"), "ENOENT"),
        (Symlink("x", "/proc/x"), "ENOENT"),
        (Mkfifo("/proc/x"), "ENOENT"),
        (Chmod("/proc/self/status", 0o666), "EPERM"),
        (Chmod("/proc/sys/kernel/pid_max", 0o644), "EPERM"),
        (Utimens("/proc/self/status"), 0),
        (Truncate("/proc/self/comm", 0), 0),
        (Truncate("/proc/version", 0), 0),
        (Open("/proc/self", OpenFlag.O_WRONLY), "EISDIR"),
        (Open("/proc/sys/kernel/ostype", OpenFlag.O_WRONLY), "EACCES"),
    ],
)
def test_what_cannot_be_made_or_changed(box, request_, errno):
    before = box.machine
    assert box.ask(request_) == errno
    assert errno == 0 or box.machine.tables == before.tables


@pytest.mark.parametrize(
    ("path", "errno"),
    [
        ("/proc/self/status", "EINVAL"),
        ("/proc/self/cmdline", "EINVAL"),
        ("/proc/self/mounts", "EINVAL"),
        ("/proc/self/fdinfo/0", "EINVAL"),
        ("/proc/thread-self/children", "EINVAL"),
        ("/proc/stat", "EIO"),
        ("/proc/version", "EIO"),
        ("/proc/uptime", "EIO"),
        ("/proc/filesystems", "EIO"),
    ],
)
def test_root_may_open_what_takes_no_writes(box, path, errno):
    assert box.write(path, b"x") == errno


def test_directories_are_not_read(box):
    for path in ("/proc", "/proc/sys", "/proc/sys/kernel", "/proc/1", "/proc/1/ns", "/proc/1/task"):
        assert box.raw_text(path) == "EISDIR"


# -- reading in pieces, seeking --------------------------------------------------------------------


def test_a_reader_in_pieces_sees_one_moment(box):
    two = box.spawn("before")
    whole = box.raw_text("/proc/2/status")
    fd = box.open("/proc/2/status")
    first = box.ask(Read(fd, 9))
    box.write("/proc/self/comm", b"after", two)
    rest = box.ask(Read(fd))
    assert [first, first + rest] == [b"Name:\tbef", whole]
    assert box.ask(Lseek(fd, 5)) == 5
    assert box.ask(Lseek(fd, -3, 1)) == 2
    assert box.ask(Lseek(fd, 0, 2)) == "EINVAL"
    assert box.ask(Lseek(fd, 100_000)) == 100_000
    assert box.ask(Read(fd)) == b""
    box.ask(Lseek(fd, 0))
    assert box.ask(Read(fd, 12)) == b"Name:\tafter\n"


@pytest.mark.parametrize(
    ("path", "end"),
    [("/proc/self/cmdline", 0), ("/proc/sys/kernel/pid_max", 0), ("/proc/self/comm", "EINVAL"),
     ("/proc/self/stat", "EINVAL"), ("/proc/uptime", "EINVAL"), ("/proc/self/mounts", "EINVAL")],
)  # fmt: skip
def test_where_a_file_ends(box, path, end):
    assert box.ask(Lseek(box.open(path), 0, 2)) == end


@pytest.mark.parametrize(
    ("name", "pieces", "rest"),
    [
        ("ostype", [b"Li", b"nu", b"x\n", b""], b"ux\n"),
        ("cap_last_cap", [b"40", b"", b"", b""], b""),
        ("pid_max", [b"32", b"", b"", b""], b""),
        ("sem", [b"32", b"", b"", b""], b""),
    ],
)
def test_only_text_of_a_setting_is_read_in_pieces(box, name, pieces, rest):
    fd = box.open(f"/proc/sys/kernel/{name}")
    assert [box.ask(Read(fd, 2)) for _ in pieces] == pieces
    box.ask(Lseek(fd, 3))
    assert box.ask(Read(fd)) == rest


# -- links ----------------------------------------------------------------------------------------


def test_links_of_a_task(box):
    two = box.spawn()
    box.ask(Mkdir("/tmp/d"))
    box.ask(Chdir("/tmp/d"), two)
    assert box.readlink("/proc/2/cwd") == "/tmp/d"
    assert box.readlink("/proc/2/root") == "/"
    assert box.readlink("/proc/2/exe") == "/sbin/init"
    assert box.readlink("/proc/self") == "1"
    assert box.readlink("/proc/self", two) == "2"
    assert box.readlink("/proc/thread-self", box.thread(two)) == "2/task/3"
    assert box.readlink("/proc/mounts") == "self/mounts"
    box.ask(Rmdir("/tmp/d"))
    assert box.readlink("/proc/2/cwd") == "/tmp/d (deleted)"


def test_a_magic_link_leads_where_no_path_does(box):
    fd = box.open("/tmp/f", OpenFlag.O_CREAT | OpenFlag.O_RDWR)
    box.ask(Write(fd, b"text"))
    box.ask(Unlink("/tmp/f"))
    assert box.readlink(f"/proc/self/fd/{fd}") == "/tmp/f (deleted)"
    assert box.cat(f"/proc/self/fd/{fd}") == "text"


def test_descriptors(box):
    reader, writer = box.ask(Pipe(OpenFlag.O_CLOEXEC))
    memory = box.ask(MemfdCreate("m"))
    appending = box.open(
        "/tmp/f", OpenFlag.O_CREAT | OpenFlag.O_RDWR | OpenFlag.O_APPEND | OpenFlag.O_CLOEXEC
    )
    box.ask(Write(appending, b"hello"))
    links = {fd: box.readlink(f"/proc/self/fd/{fd}") for fd in (0, reader, memory, appending)}
    ino = box.ask(Fstat(reader)).ino
    assert links == {
        0: "/dev/console",
        reader: f"pipe:[{ino}]",
        memory: "/memfd:m (deleted)",
        appending: "/tmp/f",
    }
    modes = [
        box.stat(f"/proc/self/fd/{fd}", follow=False).mode & 0o777
        for fd in (reader, writer, memory)
    ]
    assert modes == [0o500, 0o300, 0o700]
    info = box.cat(f"/proc/self/fdinfo/{appending}").splitlines()
    assert info[:2] == ["pos:\t5", "flags:\t02102002"]
    assert info[3] == f"ino:\t{box.ask(Fstat(appending)).ino}"
    assert box.cat(f"/proc/self/fdinfo/{reader}").splitlines()[:2] == [
        "pos:\t0",
        "flags:\t02000000",
    ]
    assert box.stat("/proc/self/fd").size == len(box.ls("/proc/self/fd")) - 1


def test_the_table_grows_by_powers_of_two(box):
    from nsh.abi.files import Dup

    for least, size in ((0, 64), (63, 64), (64, 128), (200, 256), (255, 256)):
        box.ask(Dup(0, least))
        assert int(box.status(1)["FDSize"]) == size


def test_children_are_the_threads_that_forked_them_or_took_them_in(box):
    two = box.spawn("server")
    thread = box.thread(two, "worker")
    box.spawn("", two)
    box.spawn("", thread)
    mine = "/proc/2/task"
    assert [box.cat(f"{mine}/{tid}/children") for tid in (2, 3)] == ["4 ", "5 "]
    box.ask(Exit(), thread)
    assert box.cat(f"{mine}/2/children") == "4 5 "
    six = box.spawn("", box.spawn("middle", two))
    box.ask(Prctl(PrctlOption.PR_SET_CHILD_SUBREAPER, 1), two)
    box.spawn("", two)
    box.ask(Exit(), box.task(six).parent)
    assert box.cat(f"{mine}/2/children") == "4 5 6 8 7 "  # what is taken in comes last


# -- the dead -------------------------------------------------------------------------------------


def test_a_zombie(box):
    box.zombie("gone", status=3)
    assert box.cat("/proc/2/comm") == "gone\n"
    assert box.raw_text("/proc/2/cmdline") == b""
    assert [box.readlink(f"/proc/2/{name}") for name in ("cwd", "root", "exe")] == ["ENOENT"] * 3
    assert [box.ask(Open(f"/proc/2/{name}")) for name in ("cwd", "exe")] == ["ENOENT"] * 2
    assert [box.ls(f"/proc/2/{name}") for name in ("fd", "fdinfo", "task")] == [[], [], ["2"]]
    links = {name: box.readlink(f"/proc/2/ns/{name}") for name in box.ls("/proc/2/ns")}
    assert links.pop("pid") == "pid:[4026531836]"
    assert links.pop("user") == "user:[4026531837]"
    assert set(links) >= {"uts", "mnt", "pid_for_children"}
    assert set(links.values()) == {"ENOENT"}
    assert [box.ask(Open(f"/proc/2/{name}")) for name in ("mounts", "mountinfo")] == ["EINVAL"] * 2
    assert box.write("/proc/2/comm", b"x") == "EINVAL"


def test_files_of_a_task_that_is_gone(box):
    two = box.spawn()
    files = {name: box.open(f"/proc/2/{name}") for name in READING_ONES_OWN}
    comm = box.open("/proc/2/comm", OpenFlag.O_RDWR)
    directories = {name: box.open(f"/proc/2{name}") for name in ("", "/task", "/fd", "/ns")}
    box.ask(Chdir("/proc/2"))
    box.ask(Exit(), two)
    box.ask(Wait4())
    assert {box.ask(Read(fd)) for fd in files.values()} == {"ESRCH"}
    assert [box.ask(Read(comm)), box.ask(Write(comm, b"x"))] == ["ESRCH"] * 2
    assert box.ask(Fstat(files["status"])).mode == 0o100444
    # readdir(3) takes getdents' ENOENT for the end of the directory
    assert {box.ask(Getdents(fd)) for fd in directories.values()} == {"ENOENT"}
    assert box.ask(Open("status")) == "ESRCH"
    assert box.ask(Getcwd()) == "ENOENT"
    assert box.ask(Stat("/proc/2")) == "ENOENT"
    assert box.readlink(f"/proc/self/fd/{files['stat']}") == "/proc/2/stat"
    assert box.readlink(f"/proc/self/fd/{directories['']}") == "/proc/2 (deleted)"
    for fd in (*files.values(), comm, *directories.values()):
        assert box.ask(Close(fd)) == 0


def test_a_new_task_of_the_same_number_is_another(box):
    two = box.spawn("old")
    fd = box.open("/proc/2/comm")
    box.ask(Exit(), two)
    box.ask(Wait4())
    box.spawn("new", set_tid=(2,))
    assert box.ask(Read(fd)) == "ESRCH"
    assert box.cat("/proc/2/comm") == "new\n"


# -- others' ---------------------------------------------------------------------------------------


def test_what_another_user_may_look_into(box):
    other = box.spawn()
    box.become(other, 1000)
    read = ["status", "stat", "statm", "comm", "cmdline", "mounts", "task/1/children"]
    assert all(isinstance(box.raw_text(f"/proc/1/{name}", other), bytes) for name in read)
    links = ["cwd", "root", "exe", "ns/pid", "fd/0"]
    assert {box.readlink(f"/proc/1/{name}", other) for name in links} == {"EACCES"}
    assert [box.ls(f"/proc/1/{name}", other) for name in ("fd", "ns")] == [["EACCES"]] * 2
    assert box.raw_text("/proc/1/fdinfo/0", other) == "EACCES"
    assert box.ls("/proc/1/task", other) == ["1"]
    assert box.cat("/proc/1/wchan", other) == "0"
    assert box.readlink("/proc/self/cwd", other) == "/"
    assert box.stat("/proc/self/status", other).uid == 1000
    assert box.stat("/proc/2").uid == 1000
    assert box.status(2)["Uid"] == "1000\t1000\t1000\t1000"
    assert [box.status(2)[f"Cap{set_}"] for set_ in ("Prm", "Eff")] == ["0" * 16] * 2
    assert box.readlink("/proc/2/cwd") == "/"  # root may


def test_exit_code_is_for_those_who_may_look_into_it(box):
    box.zombie(status=3)
    other = box.spawn()
    box.become(other, 1000)
    assert [box.fields(2)[-1], box.fields(2, other)[-1]] == ["768", "0"]


# -- mounts ---------------------------------------------------------------------------------------


def test_mounts_are_those_below_the_tasks_root(box):
    from nsh.abi.files import Mount
    from nsh.abi.names import Chroot

    box.ask(Mkdir("/mnt/a b"))
    box.ask(Mount("none#1", "/mnt/a b", "tmpfs"))
    two = box.spawn()
    line = r"none\0431 /mnt/a\040b tmpfs rw,relatime 0 0"
    assert line in box.cat("/proc/2/mounts").splitlines()
    assert box.cat("/proc/mounts", two) == box.cat("/proc/2/mounts")
    box.ask(Chroot("/mnt"), two)
    assert box.cat("/proc/2/mounts") == "none\\0431 /a\\040b tmpfs rw,relatime 0 0\n"
    info = [line.split() for line in box.cat("/proc/1/mountinfo").splitlines()]
    assert [(fields[3], fields[4], fields[5], fields[6], fields[7]) for fields in info] == [
        ("/", point, options, "-", kind)
        for point, kind, options in (
            ("/", "tmpfs", "rw,relatime"), ("/dev", "devtmpfs", "rw,relatime"),
            ("/dev/pts", "devpts", "rw,nosuid,noexec,relatime"), ("/proc", "proc", "rw,relatime"),
            (r"/mnt/a\040b", "tmpfs", "rw,relatime"),
        )
    ]  # fmt: skip


def test_proc_takes_no_options_and_each_mount_is_an_instance(box):
    from nsh.abi.files import Mount

    box.ask(Mkdir("/mnt/p"))
    assert box.ask(Mount("proc", "/mnt/p", "proc", data="foo")) == "EINVAL"
    assert box.ask(Mount("proc", "/mnt/p", "proc")) == 0
    assert box.stat("/mnt/p").dev != box.stat("/proc").dev
    assert box.stat("/mnt/p").ino == box.stat("/proc").ino == 1
    assert box.ask(Umount("/mnt/p")) == 0


def test_inode_numbers_differ(box):
    box.thread(box.spawn())
    seen: dict[int, str] = {}
    paths = ["/proc", "/proc/1", "/proc/2", "/proc/2/task", "/proc/2/task/2", "/proc/2/task/3",
             "/proc/3", "/proc/2/fd", "/proc/2/fdinfo", "/proc/2/ns", "/proc/1/fd", "/proc/sys",
             "/proc/sys/kernel"]  # fmt: skip
    for path in paths:
        fd = box.open(path)
        for entry in box.ask(Getdents(fd)):
            full = f"{path}/{entry.name}"
            if entry.name in (".", ".."):
                continue
            assert seen.setdefault(entry.ino, full) == full
            assert box.stat(full, follow=False).ino == entry.ino or path == "/proc/1/fd"
            assert box.stat(full, follow=False).mode & 0o170000 == entry.kind
        box.ask(Close(fd))
    assert len(seen) > 100
