"""getty and login: from a terminal to somebody's session on it (agetty(8), login(1); S2, N9)."""

from typing import Final, NamedTuple

from msgspec.structs import replace

from nsh.abi import Errno, KernelError
from nsh.abi.attributes import Fchown, Stat
from nsh.abi.credentials import Setgid, Setgroups, Setuid
from nsh.abi.files import S_IFCHR, S_IFMT, Close, Dup2, Open, OpenFlag
from nsh.abi.invocation import Invocation, Running
from nsh.abi.names import Chdir
from nsh.abi.namespaces import Uname, Utsname
from nsh.abi.process import Execve, Getpid, Getsid, Getuid, Ids, Setsid
from nsh.abi.terminals import (
    SetControllingTty,
    Tcgetattr,
    Tcgetsid,
    Tcsetattr,
    Ttyname,
    When,
)
from nsh.abi.termios import Lflag
from nsh.machine.terminals import Termios
from nsh.userland.options import Given, Kind, option, optional, required
from nsh.userland.registry import Topic, command
from nsh.userland.streams import Asking, complain, decode, read, read_file, say, write
from nsh.userland.users import Names, names

ISSUE: Final = "/etc/issue"
MOTD: Final = "/etc/motd"
RETRIES: Final = 3
"""LOGIN_RETRIES of login.defs(5)."""
_TTY_GROUP: Final = 5
"""TTYGROUP of login.defs(5): tty."""
_PATH: Final = "/sbin:/bin:/usr/sbin:/usr/bin"
_MODES: Final = Termios()
"""Those of a new terminal, whatever its last user has left (agetty's ``stty sane``)."""


@command(
    "getty",
    "wait for somebody on TTY, and log them in",
    Topic.SESSIONS,
    options=(
        option("-a, --autologin=USER", "log USER in, and ask nobody", Kind.USER),
        option("-n, --skip-login", "do not ask for a name: login does"),
        option("-i, --noissue", f"do not show {ISSUE}"),
        option("-N, --nonewline", "no newline in front of it"),
    ),
    operands=(required("TTY", Kind.PATH),),
    man="agetty(8)",
    gap="the line is read as the terminal edits it; - is descriptor 0; no speeds, no vhangup(2)",
    examples=(
        "spawn --tty --pid --uts web { hostname web; getty console }; type web:console 'root\\n'",
        "spawn --tty web { getty -a root tty1 }; consoles web",
    ),
    see=("login", "type", "consoles", "openvt"),
    rows=("N9",),
)
def getty(call: Invocation, given: Given) -> Running:
    """Becomes login; status 1 where TTY is no terminal that it can have."""
    name = given.operand(0)
    if name != "-":
        path = name if name.startswith("/") else f"/dev/{name}"
        found = yield from _take_line(call, path)
        if not found:
            return 1
    yield Tcsetattr(0, _MODES)
    if given.has("autologin"):
        yield Execve("login", ("login", "-f", "--", given.get("autologin")))
    yield from _banner(given)
    if given.has("skip-login"):
        yield Execve("login", ("login",))
    user: str | None = ""
    while user == "":
        user = yield from _ask_name()
    if user is None:
        return 0
    yield Execve("login", ("login", "--", user))
    return 0


def _take_line(call: Invocation, path: str) -> Asking[bool]:
    """Lead a session on the terminal *path*, which becomes descriptors 0, 1 and 2."""
    if (yield Stat(path)).mode & S_IFMT != S_IFCHR:
        yield from say(call, f"{path}: not a character device")
        return False
    me = yield Getpid()
    if (yield Getsid(0)) != me:
        yield Setsid()
    fd = yield Open(path, OpenFlag.O_RDWR | OpenFlag.O_NOCTTY)
    try:
        yield Ttyname(fd)
    except KernelError as error:
        if error.errno is not Errno.ENOTTY:
            raise
        yield from say(call, f"{path}: not a tty")
        yield Close(fd)
        return False
    if (yield from _session_of(fd)) != me:
        yield SetControllingTty(fd, True)
    for standard in (0, 1, 2):
        if fd != standard:
            yield Dup2(fd, standard)
    if fd > 2:
        yield Close(fd)
    return True


def _session_of(fd: int) -> Asking[int]:
    try:
        session: int = yield Tcgetsid(fd)
    except KernelError:
        return -1
    return session


def _banner(given: Given) -> Asking[None]:
    text = "" if given.has("nonewline") else "\n"
    if not given.has("noissue"):
        issue = yield from _file(ISSUE)
        if issue:
            text += yield from _expanded(issue)
    yield from write(1, text)


def _file(path: str) -> Asking[str]:
    """Its text; "" if it cannot be read."""
    try:
        return decode((yield from read_file(path)))
    except KernelError:
        return ""


def _expanded(issue: str) -> Asking[str]:
    r"""The escapes of issue(5): \n \s \r \v \m \o \l."""
    names: Utsname = yield Uname()
    path: str = yield Ttyname(0)
    known = {
        "n": names.nodename,
        "s": names.sysname,
        "r": names.release,
        "v": names.version,
        "m": names.machine,
        "o": names.domainname,
        "l": path.rpartition("/")[2],
        "\\": "\\",
    }
    head, *rest = issue.split("\\")
    return head + "".join(known.get(part[:1], "") + part[1:] for part in rest)


def _ask_name() -> Asking[str | None]:
    """What somebody types at ``web login: ``; None when they hang up."""
    names: Utsname = yield Uname()
    yield from write(1, f"{names.nodename} login: ")
    data = yield from read(0)
    return decode(data).strip() if data else None


class User(NamedTuple):
    """A line of passwd(5)."""

    name: str
    password: str
    uid: int
    gid: int
    home: str
    shell: str


@command(
    "login",
    "begin USER's session on the terminal",
    Topic.SESSIONS,
    options=(
        option("-f", "no password: somebody else has seen to that"),
        option("-p", "keep the variables"),
    ),
    operands=(optional("USER", Kind.USER),),
    man="login(1)",
    gap="a password stands in passwd(5) or shadow(5) as it is typed, and x without a shadow file "
    "is none; no utmp",
    examples=("spawn --tty web { getty -a root console } # which becomes login",),
    see=("getty", "nsh", "id"),
    rows=("N9",),
)
def login(call: Invocation, given: Given) -> Running:
    """Becomes the user's shell; status 1 when it was not told the password three times."""
    name: str | None = given.operand(0)
    for _ in range(RETRIES):
        if not name:
            name = yield from _ask_name()
            if name is None:
                return 1
        user = yield from _user(name)
        if (yield from _proved(user, trusted=given.has("f"))):
            assert user is not None
            return (yield from _begin(call, user, keep=given.has("p")))
        yield from write(1, "\nLogin incorrect\n")
        name = None
    return 1


def _user(name: str) -> Asking[User | None]:
    for line in (yield from _file("/etc/passwd")).splitlines():
        fields = line.split(":")
        if len(fields) == 7 and fields[0] == name and f"{fields[2]}{fields[3]}".isdecimal():
            return User(name, fields[1], int(fields[2]), int(fields[3]), fields[5], fields[6])
    return None


def _proved(user: User | None, *, trusted: bool) -> Asking[bool]:
    """Whether they are who they say; who does not exist is asked for a password all the same."""
    wanted = "!" if user is None else user.password
    if user is not None and wanted == "x":
        wanted = ""
        for line in (yield from _file("/etc/shadow")).splitlines():
            if line.partition(":")[0] == user.name:
                wanted = line.partition(":")[2].partition(":")[0]
    if user is not None and (trusted or not wanted):
        return True
    typed = yield from _ask_password()
    return wanted[:1] not in ("!", "*") and typed == wanted


def _ask_password() -> Asking[str]:
    """Without echo."""
    yield from write(1, "Password: ")
    before: Termios = yield Tcgetattr(0)
    yield Tcsetattr(0, replace(before, lflag=before.lflag & ~Lflag.ECHO), When.TCSAFLUSH)
    data = yield from read(0)
    yield Tcsetattr(0, before)
    yield from write(1, "\n")
    return decode(data).removesuffix("\n")


def _become(call: Invocation, user: User) -> Asking[None]:
    """The terminal is the user's, and so is the session (login(1), initgroups(3)).

    EPERM for a caller who may not be them.
    """
    ids: Ids = yield Getuid()
    if (user.uid, user.gid) == (ids.uid, ids.gid):
        return
    known: Names = yield from names()
    try:
        yield Fchown(0, user.uid, _TTY_GROUP)
    except KernelError as error:
        yield from complain(call, "cannot give the terminal away", error)
    yield Setgroups(tuple(sorted({user.gid, *known.member_of(user.name)})))
    yield Setgid(user.gid)
    yield Setuid(user.uid)


def _begin(call: Invocation, user: User, *, keep: bool) -> Running:
    if not user.shell or user.shell.endswith(("/nologin", "/false")):
        yield from write(1, "This account is currently not available.\n")
        return 1
    home = user.home
    try:
        yield Chdir(home)
    except KernelError as error:
        yield from say(call, f"{home}: change directory failed: {error}")
        yield from write(1, 'Logging in with home = "/".\n')
        home = "/"
        yield Chdir(home)
    yield from write(1, (yield from _file(MOTD)))
    shell = user.shell
    yield from _become(call, user)
    variables = dict(call.variables) if keep else {}
    variables |= {"HOME": home, "USER": user.name, "LOGNAME": user.name, "SHELL": shell}
    variables |= {"PATH": _PATH}
    environ = tuple(f"{key}={value}" for key, value in sorted(variables.items()))
    yield Execve(shell, (f"-{shell.rpartition('/')[2]}",), environ)
    return 0
