"""What proc says of any machine: random families, containers, namespaces and threads."""

from hypothesis import given, settings
from hypothesis import strategies as st

from nsh.abi.files import Mount
from nsh.abi.names import Mkdir
from nsh.abi.process import Clone, CloneFlag, Exit, Setpgid, Setsid, Wait4, WaitOption
from nsh.abi.signals import Kill
from nsh.kernel.boot import INIT
from nsh.machine.ids import TaskId
from nsh.machine.tasks import State, Task
from tests.kernel._running import THREAD
from tests.kernel.proc.computer import Computer

DEEDS = (
    "spawn", "spawn", "spawn", "namespace", "thread", "container", "setsid", "setpgid", "exit",
    "stop", "kill", "wait", "mount",
)  # fmt: skip
LISTS = st.lists(
    st.tuples(st.sampled_from(DEEDS), st.integers(0, 30), st.integers(2, 12)), max_size=25
)


def perform(box: Computer, deed: str, who: TaskId, number: int) -> None:
    """Let *who* try it; what fails, fails."""
    match deed:
        case "spawn":
            box.ask(Clone(name=f"t{number}"), who)
        case "namespace":
            box.ask(Clone(flags=int(CloneFlag.CLONE_NEWPID)), who)
        case "thread":
            box.ask(Clone(THREAD, 0), who)
        case "container":
            box.write("/proc/container", f"c{number}".encode(), who)
        case "setsid":
            box.ask(Setsid(), who)
        case "setpgid":
            box.ask(Setpgid(0, number % 3), who)
        case "exit" if who != INIT:
            box.ask(Exit(number), who)
        case "stop":
            box.ask(Kill(number, 19), who)
        case "kill":
            box.ask(Kill(number, 15), who)
        case "wait":
            box.ask(Wait4(-1, WaitOption.WNOHANG), who)
        case _:
            box.ask(Mkdir(f"/mnt/{number}"), who)
            box.ask(Mount("proc", f"/mnt/{number}", "proc"), who)


def running(box: Computer) -> list[TaskId]:
    """Who can perform requests."""
    return [
        TaskId(key)
        for key, task in box.machine.items(Task)
        if task.state is State.ALIVE and task.context
    ]


@given(LISTS)
@settings(max_examples=max(10, settings().max_examples // 3))
def test_every_reader_can_make_sense_of_what_it_sees(deeds):
    box = Computer()
    for deed, index, number in deeds:
        tasks = running(box)
        perform(box, deed, tasks[index % len(tasks)], number)
    mounts = ["/proc", *(f"/mnt/{name}" for name in box.ls("/mnt"))]
    for reader in running(box):
        for proc in mounts:
            check_view(box, reader, proc)


def check_view(box: Computer, reader: TaskId, proc: str) -> None:
    listed = box.pids(proc, reader)
    assert listed == sorted(set(listed))
    parents: dict[int, int] = {}
    children: dict[int, list[int]] = {}
    for pid in listed:
        parents[pid] = check_process(box, reader, proc, pid)
        tids = box.ls(f"{proc}/{pid}/task", reader)
        words = [box.cat(f"{proc}/{pid}/task/{tid}/children", reader) for tid in tids]
        children[pid] = [int(word) for word in "".join(words).split()]
    assert all(parent == 0 or parent in listed for parent in parents.values())
    assert {(child, pid) for pid in listed for child in children[pid]} == {
        (child, parent) for child, parent in parents.items() if parent
    }
    me = box.readlink(f"{proc}/self", reader)
    if me == "ENOENT":
        assert "R (running)" not in {box.status(pid, reader, proc)["State"] for pid in listed}
    else:
        assert int(str(me)) in listed
        assert box.status("thread-self", reader, proc)["State"] == "R (running)"


def check_process(box: Computer, reader: TaskId, proc: str, pid: int) -> int:
    """One directory against itself: every file tells the same story.  Replies the parent's pid."""
    status = box.status(pid, reader, proc)
    stat = box.fields(pid, reader, proc)
    assert int(status["Pid"]) == int(status["Tgid"]) == pid
    own, levels = status["NSpid"].split(), len(status["NSpid"].split())
    assert int(own[0]) == pid
    assert all(len(status[name].split()) == levels for name in ("NStgid", "NSpgid", "NSsid"))
    assert stat[0] == status["State"][0]
    assert [stat[1], stat[2], stat[3]] == [
        status["PPid"],
        status["NSpgid"].split()[0],
        status["NSsid"].split()[0],
    ]
    assert len(stat) == 50
    tids = box.ls(f"{proc}/{pid}/task", reader)
    assert len(tids) == int(status["Threads"]) == int(stat[17])
    for tid in tids:
        thread = box.status(f"{pid}/task/{tid}", reader, proc)
        assert [thread["Pid"], thread["Tgid"]] == [tid, str(pid)]
    dead = status["State"].startswith("Z")
    assert dead == ("Umask" not in status) or stat[0] == "S"  # S: an init that lingers
    return int(status["PPid"])
