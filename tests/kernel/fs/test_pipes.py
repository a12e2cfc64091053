"""pipe(7) and fifo(7): capacity, atomicity, waiting, the ends' coming and going."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from nsh.abi import files as abi
from nsh.abi.errno import Errno
from nsh.abi.files import Close, Open, OpenFlag, Pipe, Read, Write
from nsh.abi.names import Chdir, Mkfifo, Rename, Unlink
from nsh.abi.process import Exit, Wait4
from nsh.abi.request import Blocked, Failure
from nsh.abi.signals import Kill, Sig, Sigaction
from nsh.kernel.boot import INIT
from nsh.machine import pipes
from nsh.machine.ids import TaskId
from nsh.machine.invariants import violations
from nsh.machine.tasks import Task
from tests.kernel.fs._oracle import Oracle
from tests.kernel.fs._world import World

EXAMPLES = settings().max_examples
NONBLOCK = int(OpenFlag.O_NONBLOCK)
SIZES = st.one_of(
    st.sampled_from([0, 1, 10, 4095, 4096, 4097, 8192, 9000, 65535, 65536, 70000]),
    st.integers(1, 20000),
)


def only_pipe(world: World) -> pipes.Pipe:
    ((_key, pipe),) = world.machine.items(pipes.Pipe)
    return pipe


def pid(world: World, task: TaskId) -> int:
    return world.machine.get(Task, task).pids[0]


@given(st.lists(st.tuples(st.booleans(), SIZES), max_size=60))
@settings(max_examples=max(10, EXAMPLES // 2))
def test_fills_and_drains_as_the_kernels_do(steps: list[tuple[bool, int]]) -> None:
    world = World()
    reader, writer = world.ok(Pipe(NONBLOCK))
    written = 0
    with Oracle() as oracle:
        real_reader, real_writer = oracle.do(Pipe(NONBLOCK))
        for writing, size in steps:
            if writing:
                data = bytes((written + n) % 251 for n in range(size))
                model = world.do(Write(writer, data))
                real = oracle.do(Write(real_writer, data))
                written += model if isinstance(model, int) else 0
            else:
                model = world.do(Read(reader, size))
                real = oracle.do(Read(real_reader, size))
            if isinstance(model, Failure) and isinstance(real, Failure):
                assert model.errno == real.errno
            else:
                assert model == real


def test_reader_waits_for_data_and_end() -> None:
    world = World()
    reader, writer = world.ok(Pipe())
    child = world.spawn()
    world.ok(Close(writer), child)
    assert isinstance(world.do(Read(reader), child), Blocked)
    assert world.ok(Write(writer, b"data")) == 4
    assert world.again(child) == b"data"
    assert isinstance(world.do(Read(reader), child), Blocked)
    world.ok(Close(writer))
    assert world.again(child) == b""
    assert violations(world.machine) == []


def test_only_the_last_writers_close_is_the_end() -> None:
    world = World()
    reader, writer = world.ok(Pipe())
    child = world.spawn()
    world.ok(Close(writer))
    assert isinstance(world.do(Read(reader)), Blocked)
    world.ok(Exit(0), child)
    assert world.again(INIT) == b""


def test_long_write_goes_on_as_room_appears() -> None:
    world = World()
    reader, writer = world.ok(Pipe())
    child = world.spawn()
    data = bytes(n % 251 for n in range(200_000))
    assert isinstance(world.do(Write(writer, data), child), Blocked)
    assert sum(len(page.data) for page in only_pipe(world).pages) == 65536
    got = b""
    reply: object = Blocked()
    while isinstance(reply, Blocked):
        got += world.ok(Read(reader, 50_000))
        assert world.woken(child)
        reply = world.again(child)
        assert violations(world.machine) == []
    assert reply == 200_000
    while len(got) < len(data):
        got += world.ok(Read(reader))
    assert got == data


def test_killed_writer_leaves_what_it_had_written() -> None:
    world = World()
    reader, writer = world.ok(Pipe())
    child = world.spawn()
    world.ok(Close(writer))
    assert isinstance(world.do(Write(writer, bytes(100_000)), child), Blocked)
    world.ok(Kill(pid(world, child), Sig.SIGKILL))
    assert violations(world.machine) == []
    assert len(world.ok(Read(reader, 100_000))) == 65536
    assert world.ok(Read(reader)) == b""


def test_interrupted_write_tells_how_much_it_wrote() -> None:
    world = World()
    reader, writer = world.ok(Pipe())
    child = world.spawn()
    world.ok(Sigaction(Sig.SIGUSR1, "handler"), child)
    assert isinstance(world.do(Write(writer, bytes(100_000)), child), Blocked)
    world.ok(Kill(pid(world, child), Sig.SIGUSR1))
    assert world.again(child) == 65536
    world.handle(child)
    assert isinstance(world.do(Write(writer, b"x"), child), Blocked)
    world.ok(Kill(pid(world, child), Sig.SIGUSR1))
    reply = world.do(Read(reader, 4096))
    assert len(reply) == 4096
    interrupted = world.again(child)
    assert interrupted.errno is Errno.EINTR, "the room came after it had looked"
    assert violations(world.machine) == []


def test_interrupted_without_progress_is_eintr() -> None:
    world = World()
    reader, writer = world.ok(Pipe())
    child = world.spawn()
    world.ok(Sigaction(Sig.SIGUSR1, "handler"), child)
    for request in (Read(reader), Write(writer, b"x")):
        if isinstance(request, Write):
            world.ok(Write(writer, bytes(65536)))
        assert isinstance(world.do(request, child), Blocked)
        world.ok(Kill(pid(world, child), Sig.SIGUSR1))
        reply = world.again(child)
        assert isinstance(reply, Failure)
        assert reply.errno.name == "EINTR"
        world.handle(child)


def test_given_up_call_lets_go_of_its_file() -> None:
    world = World()
    _reader, writer = world.ok(Pipe())
    child = world.spawn()
    assert isinstance(world.do(Write(writer, bytes(100_000)), child), Blocked)
    world.forget(child)
    other = world.ok(Pipe(), child)
    assert world.ok(Write(other[1], b"abc"), child) == 3
    assert violations(world.machine) == []


def test_broken_pipe_kills_unless_ignored() -> None:
    world = World()
    reader, writer = world.ok(Pipe())
    world.ok(Close(reader))
    victim, stoic = world.spawn(), world.spawn()
    world.ok(Sigaction(Sig.SIGPIPE, "ignore"), stoic)
    assert world.errno(Write(writer, b"x"), stoic) == "EPIPE"
    world.do(Write(writer, b"x"), victim)
    assert world.ok(Wait4(pid(world, victim))).status == Sig.SIGPIPE
    assert world.errno(Write(writer, b"x")) == "EPIPE", (
        "init is not hurt by what it does not handle"
    )


def test_reader_leaving_during_a_long_write() -> None:
    world = World()
    reader, writer = world.ok(Pipe())
    child = world.spawn()
    world.ok(Close(reader), child)
    world.ok(Sigaction(Sig.SIGPIPE, "ignore"), child)
    assert isinstance(world.do(Write(writer, bytes(100_000)), child), Blocked)
    world.ok(Close(reader))
    assert world.again(child) == 65536
    assert violations(world.machine) == []


@given(
    st.lists(st.integers(1, 4096), min_size=1, max_size=12),
    st.lists(st.integers(1, 4096), min_size=1, max_size=12),
    st.lists(st.integers(1000, 9000), min_size=1, max_size=12),
)
def test_writes_of_up_to_pipe_buf_are_never_split(
    left: list[int], right: list[int], reads: list[int]
) -> None:
    world = World()
    reader, writer = world.ok(Pipe())
    world.ok(Write(writer, bytes(61_000)))
    pending = {world.spawn(): ("L", left), world.spawn(): ("R", right)}
    stream = b""
    turn = 0
    while pending or len(stream) < 61_000 + sum(left) + sum(right):
        for task, (letter, sizes) in list(pending.items()):
            if world.woken(task):
                reply = world.again(task)
            elif world.waits(task):
                continue
            else:
                reply = world.do(Write(writer, letter.encode() * sizes[0]), task)
            if not isinstance(reply, Blocked):
                assert reply == sizes[0]
                if len(sizes) == 1:
                    del pending[task]
                else:
                    pending[task] = (letter, sizes[1:])
        stream += world.ok(Read(reader, reads[turn % len(reads)]))
        turn += 1
    assert whole(stream[61_000:].decode(), left, right)


def whole(stream: str, left: list[int], right: list[int]) -> bool:
    """Whether *stream* is the messages of both sides, each in one piece and in order."""
    reachable = {(0, 0)}
    position = 0
    while position < len(stream):
        following = set()
        run = len(stream[position:]) - len(stream[position:].lstrip(stream[position]))
        for done_left, done_right in reachable:
            sizes, done = (left, done_left) if stream[position] == "L" else (right, done_right)
            total = 0
            while total < run and done < len(sizes):
                total += sizes[done]
                done += 1
            if total == run:
                after = (done, done_right) if stream[position] == "L" else (done_left, done)
                following.add(after)
        reachable = following
        position += run
    return (len(left), len(right)) in reachable


def test_single_bytes_share_pages() -> None:
    world = World()
    _reader, writer = world.ok(Pipe(NONBLOCK))
    for _ in range(5000):
        world.ok(Write(writer, b"."))
    assert len(only_pipe(world).pages) == 2


# ---- fifos ----


def fifo() -> tuple[World, TaskId]:
    world = World()
    world.ok(Mkfifo("/tmp/fifo"))
    return world, world.spawn()


def test_opening_waits_for_the_other_end_in_either_order() -> None:
    for first, second in ((abi.OpenFlag.O_RDONLY, 1), (abi.OpenFlag.O_WRONLY, 0)):
        world, child = fifo()
        assert isinstance(world.do(Open("/tmp/fifo", int(first)), child), Blocked)
        assert violations(world.machine) == []
        assert world.ok(Open("/tmp/fifo", second)) == 3
        assert world.again(child) == 3
        assert violations(world.machine) == []


def test_partner_that_came_and_went_was_there() -> None:
    world, child = fifo()
    assert isinstance(world.do(Open("/tmp/fifo"), child), Blocked)
    fd = world.ok(Open("/tmp/fifo", int(OpenFlag.O_WRONLY)))
    world.ok(Write(fd, b"message"))
    world.ok(Close(fd))
    reader = world.again(child)
    assert world.ok(Read(reader), child) == b"message"
    assert world.ok(Read(reader), child) == b""


def test_opener_waits_for_the_fifo_and_not_for_its_name() -> None:
    world, child = fifo()
    assert isinstance(world.do(Open("/tmp/fifo"), child), Blocked)
    world.ok(Rename("/tmp/fifo", "/tmp/renamed"))
    world.ok(Open("/tmp/renamed", int(OpenFlag.O_WRONLY)))
    world.ok(Unlink("/tmp/renamed"))
    assert world.again(child) == 3
    assert violations(world.machine) == []


def test_fifo_without_waiting() -> None:
    world, _child = fifo()
    assert world.errno(Open("/tmp/fifo", int(OpenFlag.O_WRONLY) | NONBLOCK)) == "ENXIO"
    reader = world.ok(Open("/tmp/fifo", NONBLOCK))
    assert world.ok(Read(reader)) == b"", "without writers there is nothing to wait for"
    writer = world.ok(Open("/tmp/fifo", int(OpenFlag.O_WRONLY) | NONBLOCK))
    assert world.errno(Read(reader)) == "EAGAIN"
    world.ok(Close(reader))
    world.ok(Close(writer))
    both = world.ok(Open("/tmp/fifo", int(OpenFlag.O_RDWR)))
    assert world.ok(Write(both, b"to myself")) == 9
    assert world.ok(Read(both)) == b"to myself"


def test_data_goes_with_the_last_end() -> None:
    world, _child = fifo()
    fd = world.ok(Open("/tmp/fifo", int(OpenFlag.O_RDWR)))
    world.ok(Write(fd, b"lost"))
    world.ok(Close(fd))
    assert world.machine.count(pipes.Pipe) == 0
    assert world.ok(Read(world.ok(Open("/tmp/fifo", NONBLOCK)))) == b""


def test_waiting_opener_that_is_killed_or_interrupted_was_never_there() -> None:
    for signal in (Sig.SIGKILL, Sig.SIGUSR1):
        world, child = fifo()
        world.ok(Sigaction(Sig.SIGUSR1, "handler"), child)
        assert isinstance(world.do(Open("/tmp/fifo"), child), Blocked)
        assert only_pipe(world).readers == 1, "a writer that does not wait finds it there"
        world.ok(Kill(pid(world, child), signal))
        if signal == Sig.SIGUSR1:
            reply = world.again(child)
            assert isinstance(reply, Failure)
            assert reply.errno.name == "EINTR"
        assert world.machine.count(pipes.Pipe) == 0
        assert violations(world.machine) == []


def test_waits_where_the_kernel_waits() -> None:
    """What blocks here blocks there; all else is compared by value in test_against_linux."""
    filling = Write(4, bytes(65537))
    for requests in (
        [Pipe(), Read(3)],
        [Pipe(), filling],
        [Pipe(), Write(4, bytes(65536)), Read(3, 4095), Write(4, b"x")],
        [Mkfifo("f"), Open("f")],
        [Mkfifo("f"), Open("f", 1)],
        [Mkfifo("f"), Open("f", 2), Read(3)],
    ):
        world = World()
        world.ok(Chdir("/tmp"))
        with Oracle() as oracle:
            for request in requests[:-1]:
                world.ok(request)
                oracle.do(request)
            assert isinstance(world.do(requests[-1]), Blocked), requests
            assert isinstance(oracle.do(requests[-1]), Blocked), requests
