"""The columns of ``nsh live --once``: what each shows, and what has to be read for it."""

from collections.abc import Callable
from functools import cache
from typing import Final, NamedTuple

from nsh.linux.observe import ttys
from nsh.linux.observe.facts import HIDDEN, KINDS, Process
from nsh.linux.observe.harmless import harmless
from nsh.linux.observe.sight import Sight
from nsh.linux.observe.wanted import Wanted
from nsh.machine.observed import Evidence

UNKNOWN: Final = "?"
"""In place of a value that is hidden."""
DERIVED: Final = "~"
"""In front of a value that was concluded."""


class Column(NamedTuple):
    """One column."""

    name: str
    heading: str
    help: str
    show: Callable[[Sight, Process], str]
    right: bool = False
    field: str = ""
    """What its evidence goes by."""
    needs: str = ""
    """The field of :class:`Wanted` that it cannot do without."""


@cache
def _user(uid: int) -> str:
    import pwd  # noqa: PLC0415  # reads a file: only for who asks

    try:
        return harmless(pwd.getpwuid(uid).pw_name)
    except (KeyError, OverflowError):
        return str(uid)


def inside(sight: Sight, one: Process) -> str:
    """Its numbers in the spaces below the root, outermost first, as ``3:12 5:1``."""
    path = sight.placing.of[one.pid]
    pairs = zip(path[1:], one.pids[1:], strict=True)
    return " ".join(f"{sight.numbers[key]}:{number}" for key, number in pairs)


def _namespace(index: int) -> Callable[[Sight, Process], str]:
    def show(_sight: Sight, one: Process) -> str:
        inum = one.links[index]
        return UNKNOWN if inum == HIDDEN else str(inum) if inum else "-"

    return show


def _level(field: str) -> Callable[[Sight, Process], str]:
    def show(_sight: Sight, one: Process) -> str:
        return "/".join(map(str, getattr(one, field)))

    return show


COLUMNS: Final = {
    column.name: column
    for column in (
        Column("pid", "PID", "its number here", lambda _s, p: str(p.pid), right=True),
        Column(
            "inside",
            "INSIDE",
            "its number in each pid space below, as space:pid",
            inside,
            field="space",
        ),
        Column("nspid", "NSPID", "its number at every level", _level("pids"), field="pids"),
        Column(
            "ppid",
            "PPID",
            "its parent's number",
            lambda s, p: str(s.families.parents.get(p.pid, p.ppid)),
            right=True,
            field="parent",
        ),
        Column("pgid", "PGID", "its group's at every level", _level("pgids"), field="group"),
        Column("sid", "SID", "its session's at every level", _level("sids"), field="session"),
        Column("s", "S", "state", lambda _s, p: p.state, field="state"),
        Column("uid", "UID", "user", lambda _s, p: str(p.uids[1]), right=True, field="creds"),
        Column("user", "USER", "user by name", lambda _s, p: _user(p.uids[1]), field="creds"),
        Column(
            "tty",
            "TTY",
            "controlling terminal",
            lambda _s, p: ttys.name(p.tty) or "-",
            field="tty",
            needs="stat",
        ),
        Column(
            "start",
            "START",
            "clock ticks after boot",
            lambda _s, p: str(p.start),
            right=True,
            field="started",
            needs="stat",
        ),
        Column(
            "space",
            "SPACE",
            "number of its own pid space",
            lambda s, p: str(s.numbers[s.placing.of[p.pid][-1]]),
            right=True,
            field="space",
        ),
        *(
            Column(f"{kind}ns", f"{kind.upper()}NS", f"{kind} namespace", _namespace(index), True)
            for index, kind in enumerate(KINDS)
        ),
        Column(
            "cgroup",
            "CGROUP",
            "control groups",
            lambda _s, p: ",".join(harmless(p.cgroups).split("\\n")[:-1]) or "-",
            needs="cgroups",
        ),
        Column(
            "args",
            "COMMAND",
            "command line",
            lambda _s, p: harmless(b" ".join(p.argv)) or f"[{harmless(p.name)}]",
            needs="argv",
        ),
        Column("comm", "COMMAND", "name", lambda _s, p: harmless(p.name)),
    )
}
DEFAULT: Final = ("pid", "inside", "s", "user", "comm")


def chosen(text: str) -> tuple[list[Column], str]:
    """The columns that *text* names, commas between (``+`` in front: besides the usual ones, in
    front of the name); and the first word that names none, or ""."""
    names = [name for name in text.lower().removeprefix("+").split(",") if name]
    if text[:1] == "+":
        last = "args" if "args" in names else DEFAULT[-1]
        names = [*DEFAULT[:-1], *(name for name in names if name != last), last]
    unknown = next((name for name in names if name not in COLUMNS), "")
    return [COLUMNS[name] for name in names or DEFAULT if name in COLUMNS], unknown


def wanted(columns: list[Column], base: Wanted) -> Wanted:
    """*base*, and what *columns* need."""
    return base._replace(**{column.needs: True for column in columns if column.needs})


def cell(sight: Sight, one: Process, column: Column, weak: dict[str, Evidence]) -> str:
    """What the column says of a process, marked where that is no fact."""
    evidence = weak.get(column.field) if column.field else None
    if evidence is Evidence.HIDDEN:
        return UNKNOWN
    text = column.show(sight, one)
    return DERIVED + text if evidence is Evidence.DERIVED and text else text
