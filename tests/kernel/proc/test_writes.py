"""What is written to comm and /proc/container: hostile names, any bytes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nsh.abi import Failure
from nsh.abi.files import Open, OpenFlag, Write
from tests.kernel.proc.computer import Computer

# What Linux 6.18 makes of each: (comm, Name in status)
NAMES = {
    b"web": (b"web", b"web"),
    b"web\n": (b"web\n", b"web\\n"),
    b"": (b"", b""),
    b"x" * 15: (b"x" * 15, b"x" * 15),
    b"x" * 16: (b"x" * 15, b"x" * 15),
    b"nul\0rest": (b"nul", b"nul"),
    b"\xff\xfe": (b"\xff\xfe", b"\xff\xfe"),
    b"back\\slash": (b"back\\slash", b"back\\\\slash"),
    b"\x01\x7f\x1b[2J": (b"\x01\x7f\x1b[2J", b"\x01\x7f\x1b[2J"),
    b"(a) R 1": (b"(a) R 1", b"(a) R 1"),
    "fourteen bytes\u00e9".encode(): (b"fourteen bytes\xc3", b"fourteen bytes\xc3"),
}


@pytest.mark.parametrize("data", NAMES, ids=repr)
def test_comm(data):
    box = Computer()
    comm, name = NAMES[data]
    assert box.write("/proc/self/comm", data) == len(data)
    assert box.raw_text("/proc/1/comm") == comm + b"\n"
    assert box.raw_text("/proc/1/status").startswith(b"Name:\t" + name + b"\nUmask:")
    assert box.raw_text("/proc/1/stat").startswith(b"1 (" + comm + b") R 0 1 1 ")


def test_a_thread_renames_the_threads_of_its_process_alone():
    box = Computer()
    two = box.spawn("server")
    box.thread(two, "worker")
    box.zombie("dead", two)
    assert box.write("/proc/self/task/3/comm", b"busy", two) == 4
    assert [box.cat(f"/proc/{pid}/comm") for pid in (2, 3)] == ["server\n", "busy\n"]
    assert box.write("/proc/3/comm", b"idle", two) == 4
    assert [box.write(f"/proc/{pid}/comm", b"x", two) for pid in (1, 4)] == ["EINVAL"] * 2
    assert box.write("/proc/2/comm", b"x") == "EINVAL"


@given(st.binary(max_size=40))
def test_any_bytes_name_a_task_and_change_nothing_else(data):
    box = Computer()
    fields = box.raw_text("/proc/1/stat").rpartition(b") ")[2]
    assert box.write("/proc/self/comm", data) == len(data)
    assert box.raw_text("/proc/1/comm") == data[:15].partition(b"\0")[0] + b"\n"
    assert box.raw_text("/proc/1/stat").rpartition(b") ")[2] == fields
    lines = box.raw_text("/proc/1/status").split(b"\n")
    assert lines[1].startswith(b"Umask:")
    assert lines[0].replace(b"\\\\", b"\0").replace(b"\\n", b"\n").replace(b"\0", b"\\") == (
        b"Name:\t" + data[:15].partition(b"\0")[0]
    )


def test_a_container_is_made_by_echo():
    box = Computer()
    two = box.spawn("sshd")
    assert box.cat("/proc/container", two) == "0\n"
    assert box.write("/proc/container", b"container_name\n", two) == 15
    assert box.cat("/proc/container", two) == "container_name\n"
    assert box.write("/proc/container", b"container_name\n", box.spawn()) == "EEXIST"


LINES = st.one_of(
    st.binary(max_size=80),
    st.text(max_size=40).map(lambda text: text.encode("utf-8", "surrogatepass")),
    st.lists(
        st.sampled_from(["web", "db", "0", "1", "tree", "group", "99", "-1", "\t", "\n", "²", ""]),
        max_size=5,
    ).map(lambda words: " ".join(words).encode()),
)


@given(st.lists(st.tuples(st.integers(0, 3), LINES), max_size=6))
def test_any_bytes_make_a_container_or_fail_with_a_reason(writes):
    box = Computer()
    tasks = [box.spawn(f"t{index}") for index in range(4)]
    for index, data in writes:
        who = tasks[index]
        fd = box.ask(Open("/proc/container", OpenFlag.O_WRONLY), who)
        before = box.machine
        reply = box.raw(Write(fd, data), who)
        if isinstance(reply, Failure):
            assert reply.reason
            assert reply.reason.isprintable()
            assert box.machine.tables == before.tables
        else:
            assert reply == len(data)
        assert box.cat("/proc/container", who).count("\n") == 1


@pytest.mark.parametrize("data", [b"x" * 5000, b"a\nb\n", b"web\0", b"\xff", b"", b"\n"], ids=repr)
def test_what_is_no_line(data):
    box = Computer()
    assert box.write("/proc/container", data, box.spawn()) == "EINVAL"
