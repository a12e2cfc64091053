"""System calls that change whom the caller acts for, one command each (credentials(7))."""

from collections.abc import Callable

from nsh.abi.credentials import (
    Setfsgid,
    Setfsuid,
    Setgid,
    Setgroups,
    Setregid,
    Setresgid,
    Setresuid,
    Setreuid,
    Setuid,
)
from nsh.abi.invocation import Invocation, Running
from nsh.abi.request import Request
from nsh.userland.options import Given, Kind, Operand, UsageError, optional, required
from nsh.userland.registry import Topic, command
from nsh.userland.streams import Asking, write
from nsh.userland.users import Names, names

_GAP = "performs the call, of the calling thread alone; real systems have no such command"


def _number(text: str, find: Callable[[str], int | None], what: str) -> int:
    if text == "-1":
        return -1
    found = find(text)
    if found is None or found >= 1 << 32:
        raise UsageError(f"invalid {what}: '{text}'")
    return found


def _ids(given: Given, what: str) -> Asking[list[int]]:
    known: Names = yield from names()
    find = known.uid if what == "user" else known.gid
    return [_number(word, find, what) for word in given.operands]


def _sets(
    request: type[Request], what: str, operands: tuple[str, ...], summary: str, example: str
) -> None:
    """Declare a command that performs *request* with ids."""
    name = request.__name__.lower()
    declared: tuple[Operand, ...] = tuple(required(word, Kind.NAME) for word in operands)

    @command(
        name,
        summary,
        Topic.PROCESSES,
        operands=declared,
        man=f"{name}(2)",
        gap=_GAP,
        examples=(example,),
        see=("setpriv", "id", "capset"),
        rows=("N4",),
        negatives=True,
    )
    def set_ids(call: Invocation, given: Given) -> Running:
        answer = yield request(*(yield from _ids(given, what)))
        if name.startswith("setfs"):
            yield from write(1, f"{answer}\n")
        return 0


_sets(Setuid, "user", ("UID",), "be another user", "spawn w; w setuid 1000; w id -u")
_sets(
    Setreuid,
    "user",
    ("REAL", "EFFECTIVE"),
    "set the real and effective uid; -1 leaves one",
    "spawn w; w setreuid -1 1000; w id",
)
_sets(
    Setresuid,
    "user",
    ("REAL", "EFFECTIVE", "SAVED"),
    "set the real, effective and saved uid; -1 leaves one",
    "spawn w; w setresuid 1000 1000 0; w id -u",
)
_sets(
    Setfsuid,
    "user",
    ("UID",),
    "set the user for files, and print who it was",
    "spawn w; w setfsuid 1000; w setfsuid -1",
)
_sets(Setgid, "group", ("GID",), "be in another group", "spawn w; w setgid 1000; w id -g")
_sets(
    Setregid,
    "group",
    ("REAL", "EFFECTIVE"),
    "set the real and effective gid; -1 leaves one",
    "spawn w; w setregid -1 1000; w id",
)
_sets(
    Setresgid,
    "group",
    ("REAL", "EFFECTIVE", "SAVED"),
    "set the real, effective and saved gid; -1 leaves one",
    "spawn w; w setresgid 1000 1000 0; w id -g",
)
_sets(
    Setfsgid,
    "group",
    ("GID",),
    "set the group for files, and print what it was",
    "spawn w; w setfsgid 1000; w setfsgid -1",
)


@command(
    "setgroups",
    "be in GROUPs and in no others, beside one's own",
    Topic.PROCESSES,
    operands=(optional("GROUP", Kind.NAME, many=True),),
    man="setgroups(2)",
    gap=_GAP,
    examples=("spawn w; w setgroups 5 1000; w id -G",),
    see=("setgid", "id", "setpriv"),
    rows=("N4",),
)
def setgroups(call: Invocation, given: Given) -> Running:
    """Without any: in none."""
    yield Setgroups(tuple((yield from _ids(given, "group"))))
    return 0
