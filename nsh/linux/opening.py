"""Opening a stage: start its process, and get to know init and the console.

What is needed is asked for by trying; if it cannot be had, one sentence says what it was.
"""

import os
import platform
import resource
import select
import subprocess
import sys
from typing import Any, Final

from nsh.linux.puppet import wire
from nsh.linux.scenery import Scenery

_FILES: Final = 1024
"""A puppet keeps its own descriptors above those of its program."""
PATIENCE: Final = 20.0
"""Seconds until a stage that does not open is given up."""


class Unavailable(Exception):
    """This machine cannot hold a stage; the text says what is missing, in one sentence."""


class Opened:
    """A stage that stands."""

    def __init__(
        self,
        process: "subprocess.Popen[bytes]",
        channel: wire.Channel,
        master: int,
        init: int,
        console: tuple[int, int],
        nested: bool,
    ) -> None:
        self.process = process
        self.channel = channel
        """To the warden, which tells how init ended."""
        self.master = master
        """The console's other side."""
        self.init = init
        """The descriptor of init's control socket."""
        self.console = console
        """File system and inode of the console."""
        self.nested = nested
        """Whether it is in a cgroup of its own, which is the root of what it sees."""


def interpreter() -> list[str]:
    """The command line that starts a puppet."""
    main = os.path.join(os.path.dirname(os.path.realpath(wire.__file__)), "__main__.py")
    return [_program(), "-I", "-S", "-X", "utf8", main]


def _program() -> str:
    return os.path.realpath(getattr(sys, "_base_executable", "") or sys.executable)


Parts = tuple[tuple[str, ...], str, str, tuple[str, ...], str, tuple[str, ...]]


def roots(interpreter: Parts) -> list[int]:
    """Descriptors of the directories that an interpreter is reached by (see :func:`parts`)."""
    flags = os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC
    return [os.open(directory, flags) for directory in interpreter[-1]]


def parts() -> Parts:
    """The same, and what it is made of (see nsh.linux.puppet.becoming).

    Loader and libraries are those that this process itself has mapped.
    """
    import ctypes  # noqa: F401, PLC0415  # a puppet has it, so its libraries count

    with open("/proc/self/maps", encoding="utf-8", errors="surrogateescape") as file:
        mapped = {line.split(None, 5)[5].strip() for line in file if "/" in line}
    libraries = {path for path in mapped if ".so" in os.path.basename(path)}
    loader = next((path for path in libraries if os.path.basename(path).startswith("ld-")), "")
    directories = tuple(sorted({os.path.dirname(path) for path in libraries}))
    line = tuple(interpreter())
    home = os.path.realpath(sys.base_prefix)
    package = line[-1].removesuffix("nsh/linux/puppet/__main__.py")
    roots = ("/", home + "/", package)
    return line, loader, _program(), directories, home + "/", roots


def open_stage(scenery: Scenery) -> Opened:
    """Make the namespaces and init.  Raises Unavailable."""
    _check()
    ours, theirs = wire.pair()
    try:
        process = subprocess.Popen(
            [*interpreter(), "stage", str(os.getpid()), str(theirs), "init"],
            pass_fds=(theirs,),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            env={},
            cwd="/",
            start_new_session=True,
        )
    except OSError as error:
        os.close(ours)
        raise Unavailable(f"its interpreter does not start: {error}") from error
    finally:
        os.close(theirs)
    channel = wire.Channel(ours)
    try:
        channel.send(_data(scenery))
        packet = _hear(channel)
    except (OSError, wire.Gone, Unavailable) as error:
        process.kill()
        process.wait()
        channel.close()
        if isinstance(error, Unavailable):
            raise
        raise Unavailable("its stage ended before it stood") from error
    master, init = packet.fds
    os.set_blocking(master, False)
    _kind, _top, nested, *console = packet.value
    return Opened(process, channel, master, init, (console[0], console[1]), nested)


def _data(scenery: Scenery) -> tuple[Any, ...]:
    return tuple(getattr(scenery, field) for field in scenery.__struct_fields__)


def _hear(channel: wire.Channel) -> wire.Packet:
    waiting = select.poll()
    waiting.register(channel.fd, select.POLLIN)
    if not waiting.poll(PATIENCE * 1000):
        raise Unavailable(f"its stage did not stand after {PATIENCE:.0f} s")
    packet = channel.receive()
    kind, *rest = packet.value
    if kind == "cannot":
        _errno, text = rest
        raise Unavailable(f"it needs namespaces of its own, and this machine refuses: {text}")
    return packet


def _check() -> None:
    if sys.platform != "linux":
        raise Unavailable(f"it needs Linux, and this is {sys.platform}")
    if platform.machine() != "x86_64":
        raise Unavailable(
            "its machine code and system call numbers are those of x86_64, "
            f"and this is {platform.machine()}"
        )
    if not os.path.exists("/proc/self/ns/pid"):
        raise Unavailable("it needs /proc")
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    if most != resource.RLIM_INFINITY and most < _FILES:
        raise Unavailable(f"a process needs {_FILES} descriptors, and may have {most} (ulimit -Hn)")
