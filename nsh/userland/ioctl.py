"""ioctl: one request by the name that it has in C: to a terminal (ioctl_tty(2)), a namespace
(ioctl_nsfs(2)), or a process (linux/pidfd.h)."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Final, NamedTuple

from nsh.abi import ptys
from nsh.abi import terminals as tty
from nsh.abi.invocation import Invocation, Running
from nsh.abi.namespaces import NsGet
from nsh.abi.pidfds import PIDFD_INFO_EXIT, PidfdGetInfo, PidfdGetNamespace, PidfdInfo
from nsh.abi.process import CloneFlag
from nsh.abi.request import Request
from nsh.machine.terminals import NCCS, Termios, Winsize
from nsh.spelling import suggestion
from nsh.userland.options import Given, Kind, UsageError, option, optional, whole_number
from nsh.userland.refs import pid_of
from nsh.userland.registry import Topic, command
from nsh.userland.streams import Asking, write
from nsh.userland.stty_table import BY_NAME, INDEX, MODES

_LINE: Final = "line"


def _words(reply: object) -> str:
    """What is locked, in stty's words."""
    assert isinstance(reply, Termios)
    words = []
    for mode in MODES:
        held = getattr(reply, mode.word.value) & mode.mask == mode.mask
        if held and mode.reversible and not mode.alias:
            words.append(mode.name)
    words += [name for name, index in INDEX.items() if reply.cc[index]]
    return " ".join([*words, *([_LINE] if reply.line else [])])


def _size(reply: object) -> str:
    assert isinstance(reply, Winsize)
    return f"{reply.rows} {reply.columns} {reply.xpixel} {reply.ypixel}"


def _flag(reply: object) -> str:
    assert isinstance(reply, int)
    return CloneFlag(reply).name or hex(reply)


def _info(reply: object) -> str:
    """``pid=2 tgid=2 ppid=1 …``; of who has been reaped ``exit_code=256``."""
    assert isinstance(reply, PidfdInfo)
    if reply.exit_code is not None:
        return f"exit_code={reply.exit_code}"
    numbers = reply.__struct_fields__[:-1]
    return " ".join(f"{field}={getattr(reply, field)}" for field in numbers)


_NAMESPACES: Final = (
    *("cgroup", "ipc", "mnt", "net", "pid", "pid_for_children"),
    *("time", "time_for_children", "user", "uts"),
)


class _Form(NamedTuple):
    """How one request is made of the command line, and its answer shown."""

    make: Callable[..., Request]
    """Of the descriptor and, where there is one, the argument's value."""
    argument: str = ""
    """What the argument is: "" none, NUMBER, PGRP, PID or MODES."""
    default: str | None = None
    show: Callable[[object], str] | None = None
    """None: the answer is 0, and says nothing."""


_FORMS: Final = {
    "TIOCEXCL": _Form(lambda fd: tty.SetExclusive(fd, True)),
    "TIOCNXCL": _Form(lambda fd: tty.SetExclusive(fd, False)),
    "TIOCGEXCL": _Form(tty.Exclusive, show=str),
    "TIOCGETD": _Form(tty.GetDiscipline, show=str),
    "TIOCSETD": _Form(tty.SetDiscipline, "NUMBER"),
    "TIOCGLCKTRMIOS": _Form(tty.GetLockedTermios, show=_words),
    "TIOCSLCKTRMIOS": _Form(tty.SetLockedTermios, "MODES", ""),
    "TIOCGWINSZ": _Form(tty.GetWinsize, show=_size),
    "TIOCINQ": _Form(tty.InputQueue, show=str),
    "FIONREAD": _Form(tty.InputQueue, show=str),
    "TIOCOUTQ": _Form(tty.OutputQueue, show=str),
    "TIOCSTI": _Form(tty.Sti, "NUMBER"),
    "TIOCSCTTY": _Form(lambda fd, steal: tty.SetControllingTty(fd, bool(steal)), "NUMBER", "0"),
    "TIOCNOTTY": _Form(tty.DropControllingTty),
    "TIOCGPGRP": _Form(tty.Tcgetpgrp, show=str),
    "TIOCSPGRP": _Form(tty.Tcsetpgrp, "PGRP"),
    "TIOCGSID": _Form(tty.Tcgetsid, show=str),
    "TCFLSH": _Form(tty.Tcflush, "NUMBER"),
    "TCXONC": _Form(tty.Tcflow, "NUMBER"),
    "TIOCGPTN": _Form(ptys.GetPtyNumber, show=str),
    "TIOCSPTLCK": _Form(lambda fd, on: ptys.LockPty(fd, bool(on)), "NUMBER"),
    "TIOCGPTLCK": _Form(ptys.PtyLocked, show=str),
    "TIOCGPTPEER": _Form(ptys.OpenPtyPeer, "NUMBER", "2", show=str),
    "TIOCPKT": _Form(lambda fd, on: ptys.PacketMode(fd, bool(on)), "NUMBER"),
    "NS_GET_USERNS": _Form(lambda fd: NsGet(fd, "userns"), show=str),
    "NS_GET_PARENT": _Form(lambda fd: NsGet(fd, "parent"), show=str),
    "NS_GET_NSTYPE": _Form(lambda fd: NsGet(fd, "nstype"), show=_flag),
    "NS_GET_OWNER_UID": _Form(lambda fd: NsGet(fd, "owner_uid"), show=str),
    "NS_GET_PID_FROM_PIDNS": _Form(lambda fd, n: NsGet(fd, "pid_from", n), "NUMBER", show=str),
    "NS_GET_TGID_FROM_PIDNS": _Form(lambda fd, n: NsGet(fd, "tgid_from", n), "NUMBER", show=str),
    "NS_GET_PID_IN_PIDNS": _Form(lambda fd, n: NsGet(fd, "pid_in", n), "PID", show=str),
    "NS_GET_TGID_IN_PIDNS": _Form(lambda fd, n: NsGet(fd, "tgid_in", n), "PID", show=str),
    "PIDFD_GET_INFO": _Form(
        lambda fd, mask: PidfdGetInfo(fd, bool(mask & PIDFD_INFO_EXIT)), "NUMBER", "0", _info
    ),
    **{
        f"PIDFD_GET_{name.upper()}_NAMESPACE": _Form(
            partial(PidfdGetNamespace, kind=name), show=str
        )
        for name in _NAMESPACES
    },
}
NAMES: Final = tuple(sorted(_FORMS))
"""What can be asked."""


@command(
    "ioctl",
    "make one request to the terminal, namespace or process on FD",
    Topic.SYSTEM,
    options=(option("-l, --list", "print the names of all requests, and what each takes"),),
    operands=(
        optional("FD", Kind.FD),
        optional("REQUEST", Kind.NAME, choices=NAMES),
        optional("ARG", many=True),
    ),
    man="ioctl(2)",
    gap="performs the call and prints what it tells; real systems have no such command",
    examples=(
        "ioctl 0 TIOCEXCL; ioctl 0 TIOCGEXCL; ioctl 0 TIOCNXCL",
        "ioctl 0 TIOCSLCKTRMIOS echo; ioctl 0 TIOCGLCKTRMIOS; ioctl 0 TIOCSLCKTRMIOS",
        "spawn --pid w; open -m r /proc/2/ns/pid; ioctl 3 NS_GET_PID_IN_PIDNS w",
        "pidfd open 1; ioctl 3 PIDFD_GET_INFO; ioctl 3 PIDFD_GET_UTS_NAMESPACE",
    ),
    see=("fcntl", "stty", "openpty", "tcsetpgrp", "pidfd", "lsns"),
    rows=("N8", "N9", "N16", "P2"),
    stops=True,
    negatives=True,
)
def ioctl(call: Invocation, given: Given) -> Running:
    """Numbers are decimal, or 0x…; TIOCSLCKTRMIOS takes what stty calls modes, characters
    and ``line``, which then cannot be changed, and lets go of all others."""
    del call
    if given.has("list"):
        lines = [f"{name} {form.argument}".rstrip() for name, form in sorted(_FORMS.items())]
        yield from write(1, "\n".join(lines) + "\n")
        return 0
    if len(given.operands) < 2:
        raise UsageError("missing operand: which descriptor, and which request")
    fd = whole_number(given.operand(0), "descriptor")
    name = given.operand(1).upper()
    form = _FORMS.get(name)
    if form is None:
        near = suggestion(name, NAMES) or f": there are {', '.join(NAMES)}"
        raise UsageError(f"unknown request '{given.operand(1)}'{near}")
    arguments = yield from _arguments(name, form, given.operands[2:])
    reply = yield form.make(fd, *arguments)
    if form.show is not None:
        yield from write(1, f"{form.show(reply)}\n")
    return 0


def _arguments(name: str, form: _Form, words: Sequence[str]) -> Asking[tuple[object, ...]]:
    """What stands behind the request's name.  UsageError."""
    if form.argument == "MODES":
        return (_locks(words),)
    if len(words) > bool(form.argument):
        raise UsageError(f"{name} takes {f'one {form.argument}' if form.argument else 'nothing'}")
    if not form.argument:
        return ()
    if not words and form.default is None:
        raise UsageError(f"{name} wants a {form.argument}")
    word = words[0] if words else form.default or ""
    if form.argument in ("PGRP", "PID"):
        return ((yield from pid_of(word)),)
    try:
        return (int(word, 0),)
    except ValueError:
        raise UsageError(f"'{word}' is no number, as {name} takes") from None


def _locks(words: Sequence[str]) -> Termios:
    bits = {"iflag": 0, "oflag": 0, "cflag": 0, "lflag": 0}
    cc = bytearray(NCCS)
    line = 0
    for word in words:
        if word in BY_NAME:
            mode = BY_NAME[word]
            bits[mode.word.value] |= mode.mask
        elif word in INDEX:
            cc[INDEX[word]] = 1
        elif word == _LINE:
            line = 1
        else:
            near = suggestion(word, (*BY_NAME, *INDEX, _LINE))
            raise UsageError(f"stty knows no mode or character '{word}'{near}")
    return Termios(**bits, line=line, cc=bytes(cc), ispeed=0, ospeed=0)
