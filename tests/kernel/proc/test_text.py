"""The text of a task's files against the same scenario on the Linux of this machine."""

import contextlib
import os
import signal
from typing import Any

import pytest

from nsh.abi.names import Umask
from nsh.abi.prctl import Prctl, PrctlOption
from nsh.abi.process import Clone, CloneFlag, Exit, Setpgid, Setsid
from nsh.abi.signals import Kill, Sigaction, Sigprocmask, bit
from tests.kernel._running import THREAD
from tests.kernel.proc.computer import Computer
from tests.probes._calls import PR_SET_NAME, call, err
from tests.probes._inside import in_new_pid_ns, rest, spare, until_state
from tests.probes._real import need, trial

# The scenario: pid 2 leads a session, in which it makes
#   3  a process in a group of its own, stopped, with every kind of signal state
#   4  a zombie that exited with 5
#   5  a zombie that signal 15 killed
#   6  the init of a new pid namespace
FILES = ("status", "stat", "statm", "comm", "cmdline", "wchan", "children", "mounts")
WHO = ("self", "3", "4", "5", "6", "thread-self")
BLOCKED = (signal.SIGUSR2, 40)
NAME = b"a \\b\nc)"

_STATUS_OF_THE_COMPUTER = {
    "FDSize", "SigQ", "CapPrm", "CapEff", "CapBnd", "Seccomp", "Seccomp_filters",
    "Speculation_Store_Bypass", "SpeculationIndirectBranch", "Cpus_allowed", "Cpus_allowed_list",
    "Mems_allowed", "Mems_allowed_list", "voluntary_ctxt_switches", "nonvoluntary_ctxt_switches",
}  # fmt: skip
"""Fields whose values are the machine's own affair; names and places are compared all the same."""
_SETXID = 1 << 32
"""The mask of the signal that glibc catches for its own purposes."""
_STATUS_OF_MEMORY = {"HugetlbPages", "CoreDumping", "THP_enabled", "untag_mask"}
_STAT_COMPARED = (*range(1, 9), 18, 19, 20, 21, 25, *range(31, 35), 36, 37, 38, 40, 41, 43, 44, 52)
"""Fields of stat but for memory, times, faults, the processor, and what /proc/PID/wchan says."""


def real_scene() -> dict[str, str]:
    """The texts on Linux, by ``PID/FILE``; an errno's name where there is none."""

    def stopping() -> None:
        os.setpgid(0, 0)
        os.umask(0o77)
        call("prctl", PR_SET_NAME, NAME, 0, 0, 0)
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        signal.signal(signal.SIGUSR1, lambda *_: None)
        signal.pthread_sigmask(signal.SIG_SETMASK, BLOCKED)
        call("kill", os.getpid(), 40)
        call("kill", os.getpid(), signal.SIGSTOP)
        rest()

    call("prctl", PR_SET_NAME, b"python", 0, 0, 0)  # whatever runs the tests
    for body in (stopping, lambda: os._exit(5), rest):
        if os.fork() == 0:
            body()
    until_state(3, "T")
    os.kill(5, 15)
    in_new_pid_ns(lambda: call("prctl", PR_SET_NAME, b"inner", 0, 0, 0))
    for zombie in (4, 5):
        until_state(zombie, "Z")
    until_state(6, "S")
    texts = {}
    for who in WHO:
        for file in FILES:
            texts[f"{who}/{file}"] = _read(f"/proc/{who}/{file}")
    return texts


def _read(path: str) -> str:
    fd = err(os.open, path, os.O_RDONLY)
    if isinstance(fd, str):
        return fd
    with contextlib.closing(os.fdopen(fd, "rb", buffering=0)) as file:
        data = err(file.read)
    return data.decode("latin-1") if isinstance(data, bytes) else data


def model_scene() -> dict[str, str]:
    """The texts in the model."""
    box = Computer()
    two = box.spawn("python")
    box.ask(Setsid(), two)
    three = box.spawn("", two)
    box.ask(Setpgid(), three)
    box.ask(Umask(0o77), three)
    box.ask(Prctl(PrctlOption.PR_SET_NAME, NAME.decode()), three)
    box.ask(Sigaction(signal.SIGHUP, "ignore"), three)
    box.ask(Sigaction(signal.SIGUSR1, "handler"), three)
    box.ask(Sigprocmask(2, sum(bit(number) for number in BLOCKED)), three)
    box.ask(Kill(3, 40), three)
    box.ask(Kill(3, signal.SIGSTOP), three)
    box.zombie("", two, 5)
    five = box.spawn("", two)
    box.ask(Kill(5, 15), two)
    assert five
    six = box.spawn("inner", two, flags=CloneFlag.CLONE_NEWPID)
    assert six
    return {f"{who}/{file}": box.cat(f"/proc/{who}/{file}", two) for who in WHO for file in FILES}


@pytest.fixture(scope="module")
def scenes() -> tuple[dict[str, str], dict[str, str]]:
    need(root=True, release=(6, 15))  # Kthread came with 6.8, NS lines and the rest long before
    return trial(real_scene), model_scene()


def _status(text: str) -> list[tuple[str, str]]:
    """The lines that do not tell of memory, split; values of the computer blanked."""
    pairs = [line.partition(":\t") for line in text.splitlines()]
    pairs = [
        (name, colon, f"{int(value, 16) & ~_SETXID:016x}" if name == "SigCgt" else value)
        for name, colon, value in pairs
    ]
    return [
        (name, "" if name in _STATUS_OF_THE_COMPUTER else value)
        for name, _, value in pairs
        if not name.startswith(("Vm", "Rss", "x86_")) and name not in _STATUS_OF_MEMORY
    ]


@pytest.mark.parametrize("who", WHO[:-1])
def test_status_line_by_line(scenes, who):
    real, model = (_status(scene[f"{who}/status"]) for scene in scenes)
    assert len(real) > 30
    assert model == real


def _stat(text: str) -> list[str]:
    head, _, tail = text.rpartition(") ")
    number, _, comm = head.partition(" (")
    assert text.endswith("\n")
    fields = [number, comm, *tail.split()]
    return [fields[index - 1] for index in _STAT_COMPARED]


@pytest.mark.parametrize("who", WHO)
def test_stat_field_by_field(scenes, who):
    real, model = (_stat(scene[f"{who}/stat"]) for scene in scenes)
    assert model == real
    assert [len(scene[f"{who}/stat"].rpartition(")")[2].split()) for scene in scenes] == [50, 50]


def test_a_hostile_name_comes_out_the_same(scenes):
    for file in ("comm", "stat"):
        real, model = (scene[f"3/{file}"].partition(")")[0] for scene in scenes)
        assert model == real


@pytest.mark.parametrize(
    "file",
    ["4/cmdline", "4/statm", "4/wchan", "3/wchan", "4/mounts", "5/mounts", "3/children",
     "self/wchan", "thread-self/children", "5/statm"],
)  # fmt: skip
def test_small_files(scenes, file):
    real, model = (scene[file] for scene in scenes)
    assert model == real


def real_thread() -> list[list[str]]:
    """What stat says of a thread, by the two ways to it."""
    import threading

    gate, ready = threading.Event(), threading.Event()
    box: list[int] = []

    def body() -> None:
        box.append(threading.get_native_id())
        ready.set()
        gate.wait()

    thread = threading.Thread(target=body)
    thread.start()
    ready.wait()
    until_state(box[0], "S")
    paths = (f"/proc/{box[0]}/stat", f"/proc/self/task/{box[0]}/stat", "/proc/self/stat")
    seen = [_stat(_read(path)) for path in paths]
    lines = [_ids(_read(f"/proc/self/task/{box[0]}/status"))]
    listed = [os.listdir(f"/proc/{box[0]}/task"), os.listdir("/proc/self/task")]
    gate.set()
    thread.join()
    return [*seen, *lines, *listed, [str("children" in os.listdir("/proc/self"))]]


def _ids(text: str) -> list[str]:
    wanted = ("State", "Tgid", "Pid", "PPid", "NStgid", "NSpid", "NSpgid", "NSsid", "Threads")
    return [line for line in text.splitlines() if line.partition(":")[0] in wanted]


def test_a_thread_of_its_own_and_as_a_process():
    need(root=True)
    box = Computer()
    two = box.spawn()
    box.ask(Setsid(), two)
    assert box.ask(Clone(THREAD, 0), two) == 3
    paths = ("/proc/3/stat", "/proc/self/task/3/stat", "/proc/self/stat")
    model = [
        *(_stat(box.cat(path, two)) for path in paths),
        _ids(box.cat("/proc/self/task/3/status", two)),
        box.ls("/proc/3/task", two),
        box.ls("/proc/self/task", two),
        [str("children" in box.ls("/proc/self", two))],
    ]
    real = trial(real_thread)
    for fields in (*real[:3], *model[:3]):
        del fields[1]  # the name
        del fields[-1]
    blocked, handled = slice(14, 16), slice(16, 18)  # Python's threads block and handle their own
    for fields in (*real[:3], *model[:3]):
        fields[blocked] = fields[handled] = []
    assert model == real


def real_directories() -> dict[str, Any]:
    """Names in directories of a process and a thread, and attributes of everything."""
    child = spare()
    names = {path: os.listdir(path) for path in ("/proc", f"/proc/{child}", "/proc/self/task/2")}
    modes = {}
    for top in ("/proc", f"/proc/{child}", "/proc/sys/kernel"):
        for name in (".", *os.listdir(top)):
            found = err(os.lstat, f"{top}/{name}")
            if isinstance(found, os.stat_result):
                modes[f"{top}/{name}"] = found.st_mode
    return {"names": names, "modes": modes}


def test_directories_list_in_linuxs_order_with_linuxs_modes():
    need(root=True)
    real = trial(real_directories)
    box = Computer("mainline")
    two = box.spawn()
    box.spawn("", two)
    for path, theirs in real["names"].items():
        ours = box.ls(path, two)
        assert ours == [name for name in theirs if name in ours], path
        assert len(ours) >= 10
    modes = {
        path: box.stat(path, two, follow=False).mode
        for path in real["modes"]
        if _has(box, path, two)
    }
    assert modes == {path: real["modes"][path] for path in modes}
    assert len(modes) > 35


def _has(box: Computer, path: str, who) -> bool:
    top, _, name = path.rpartition("/")
    return name == "." or name in box.ls(top, who)


def test_the_scenario_has_no_errors_but_those_of_the_dead(scenes):
    for scene in scenes:
        errors = {name for name, text in scene.items() if text.isupper()}
        assert errors == {
            *(f"{who}/children" for who in WHO[:-1]),
            "4/mounts",
            "5/mounts",
        }


def test_exit_of_the_leader_alone_leaves_a_zombie_of_two_threads():
    box = Computer()
    two = box.spawn("server")
    box.thread(two, "worker")
    box.ask(Exit(4), two)
    status = box.status(2)
    assert (status["State"], status["Threads"], box.raw_text("/proc/2/cmdline")) == (
        "Z (zombie)",
        "2",
        b"",
    )
    assert box.ls("/proc/2/task") == ["2", "3"]
    assert box.status("2/task/3")["State"] == "S (sleeping)"
