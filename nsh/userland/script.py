"""script: a command on a pseudo terminal of its own, and all that it shows, in a file."""

import shlex
from contextlib import suppress
from typing import Final

from nsh.abi import Errno, KernelError
from nsh.abi.files import Close, Dup2, Open, OpenFlag, Read
from nsh.abi.invocation import Invocation, Running
from nsh.abi.poll import Poll, PollEvent
from nsh.abi.process import CLOCK_REALTIME, ClockGettime, Fork, Setsid
from nsh.abi.ptys import LockPty, OpenPtyPeer
from nsh.abi.terminals import (
    GetWinsize,
    SetControllingTty,
    SetWinsize,
    Tcgetattr,
    Tcsetattr,
    Ttyname,
    When,
)
from nsh.machine.terminals import Termios, Winsize
from nsh.userland.calendar import SECOND, moment
from nsh.userland.children import end_with, execute, status_of
from nsh.userland.options import Given, Kind, UsageError, option, optional
from nsh.userland.registry import Topic, command
from nsh.userland.streams import CHUNK, Asking, write
from nsh.userland.stty import with_words
from nsh.userland.stty_show import is_on
from nsh.userland.stty_table import BY_NAME, INDEX

_TYPESCRIPT = "typescript"
_PTMX = "/dev/ptmx"
_RAW = "raw -echo -echonl -iexten"
"""What is typed goes on as it is, and is echoed by the other terminal (cfmakeraw(3))."""
_BOTH = int(OpenFlag.O_RDWR | OpenFlag.O_NOCTTY | OpenFlag.O_CLOEXEC)
_FILE = int(OpenFlag.O_WRONLY | OpenFlag.O_CREAT | OpenFlag.O_CLOEXEC)
_IN = PollEvent.POLLIN
_READABLE = PollEvent.POLLIN | PollEvent.POLLHUP | PollEvent.POLLERR


@command(
    "script",
    "keep what a command shows on a pseudo terminal in FILE",
    Topic.SYSTEM,
    options=(
        option("-c, --command=COMMAND", "what to perform", Kind.COMMAND),
        option("-a, --append", "add to FILE"),
        option("-e, --return", "end with the status of COMMAND"),
        option("-q, --quiet", "do not say that it begins and ends"),
    ),
    operands=(optional("FILE", Kind.PATH),),
    man="script(1)",
    gap="COMMAND is needed, and split at blanks that are not quoted, for it is no shell; no timing",
    examples=("script -c tty", "script -qc 'stty -a' settings; cat settings"),
    see=("tty", "stty", "screen"),
    rows=("N8",),
)
def script(call: Invocation, given: Given) -> Running:
    """Status 0, or with -e that of COMMAND.  The terminal one sits at is raw meanwhile."""
    argv = _words(given.get("command"))
    if not argv:
        raise UsageError("no command: give one with -c")
    name = given.operand(0, _TYPESCRIPT)
    flags = OpenFlag.O_APPEND if given.has("append") else OpenFlag.O_TRUNC
    file = yield Open(name, _FILE | int(flags), 0o644)
    master = yield Open(_PTMX, _BOTH)
    own = yield from _settings()
    if own is not None:
        settings, size = own
        yield SetWinsize(master, size)
        yield Tcsetattr(master, settings)
    yield LockPty(master, False)
    slave = yield OpenPtyPeer(master, _BOTH)
    if not given.has("quiet"):
        yield from write(1, f"Script started, output log file is '{name}'.\n")
    yield from _begin(call, given, file, own)
    pid = yield Fork()
    if pid == 0:
        yield from end_with(call, lambda: _perform(call, argv, slave))
    yield Close(slave)
    if own is not None:
        yield Tcsetattr(0, with_words(own[0], _RAW), When.TCSADRAIN)
    yield from _copy(master, file)
    status = yield from status_of(pid)
    if own is not None:
        yield Tcsetattr(0, own[0], When.TCSADRAIN)
    end = f'\nScript done on {(yield from _now())} [COMMAND_EXIT_CODE="{status}"]\n'
    yield from write(file, end)
    yield Close(file)
    yield Close(master)
    if not given.has("quiet"):
        yield from write(1, "Script done.\n")
    return status if given.has("return") else 0


_SHELLS: Final = frozenset("();<>|&")


def _words(text: str) -> list[str]:
    """A command line without a shell: words, which quotes hold together.  UsageError also for what
    only a shell could perform."""
    try:
        words = shlex.split(text)
        tokens = list(shlex.shlex(text, posix=False, punctuation_chars=True))
    except ValueError as error:
        raise UsageError(f"{text}: {error}") from None
    for token in tokens:
        if not set(token) - _SHELLS:
            raise UsageError(
                f"COMMAND is performed without a shell, so quote '{token}' or leave it"
            )
    return words


def _settings() -> Asking[tuple[Termios, Winsize] | None]:
    """Of the terminal on descriptor 0, if it is one."""
    try:
        settings: Termios = yield Tcgetattr(0)
        size: Winsize = yield GetWinsize(0)
    except KernelError:
        return None
    return settings, size


def _begin(
    call: Invocation, given: Given, file: int, own: tuple[Termios, Winsize] | None
) -> Asking[None]:
    facts = [f'COMMAND="{given.get("command")}"']
    if own is None:
        facts.append("<not executed on terminal>")
    else:
        term = call.variables.get("TERM", "")
        facts += [f'TERM="{term}"'] if term else []
        with suppress(KernelError):
            facts.append(f'TTY="{(yield Ttyname(0))}"')
        size = own[1]
        facts += [f'COLUMNS="{size.columns or -1}"', f'LINES="{size.rows or -1}"']
    yield from write(file, f"Script started on {(yield from _now())} [{' '.join(facts)}]\n")


def _now() -> Asking[str]:
    seconds = (yield ClockGettime(CLOCK_REALTIME)) // SECOND
    when = moment(seconds)
    return (
        f"{when.year:04}-{when.month:02}-{when.day:02} "
        f"{when.hour:02}:{when.minute:02}:{when.second:02}+00:00"
    )


def _perform(call: Invocation, argv: list[str], slave: int) -> Running:
    """In the child: a session of its own, on the slave."""
    yield Setsid()
    yield SetControllingTty(slave)
    for fd in (0, 1, 2):
        yield Dup2(slave, fd)
    return (yield from execute(call, argv))


def _copy(master: int, file: int) -> Asking[None]:
    """What is typed to the master, what the master shows to descriptor 1 and the file, until
    nobody has the slave open any more."""
    typing = True
    while True:
        watched = ((master, _IN), (0, _IN))[: 2 if typing else 1]
        try:
            found: tuple[int, ...] = yield Poll(watched)
        except KernelError as error:
            if error.errno is Errno.EINTR:
                continue
            raise
        if found[0] & _READABLE:
            shown = yield from _shown(master)
            if not shown:
                return
            yield from write(1, shown)
            yield from write(file, shown)
        elif typing and found[1]:
            typed = yield from _typed()
            typing = bool(typed)
            yield from write(master, typed or (yield from _end_of_file(master)))


def _shown(master: int) -> Asking[bytes]:
    try:
        data: bytes = yield Read(master, CHUNK)
    except KernelError as error:
        if error.errno is not Errno.EIO:
            raise
        return b""
    return data


def _typed() -> Asking[bytes]:
    try:
        data: bytes = yield Read(0, CHUNK)
    except KernelError:
        return b""
    return data


def _end_of_file(master: int) -> Asking[bytes]:
    """The key that ends the input there."""
    settings: Termios = yield Tcgetattr(master)
    return settings.cc[INDEX["eof"] :][:1] if is_on(settings, BY_NAME["icanon"]) else b""
