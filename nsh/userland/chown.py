"""chown, chgrp: give files to another user or group."""

from nsh.abi import KernelError
from nsh.abi.attributes import Chown, Stat, StatResult
from nsh.abi.invocation import Invocation, Running
from nsh.userland import modes
from nsh.userland.options import Given, Kind, UsageError, option, required
from nsh.userland.paths import entries_of, joined
from nsh.userland.quoting import always, quoted
from nsh.userland.registry import Topic, command
from nsh.userland.streams import complain, write
from nsh.userland.users import Names, names

_KEEP = -1
_OPTIONS = (
    option("-R, --recursive", "of directories and what is in them"),
    option("-h, --no-dereference", "of a symbolic link, and not of what it leads to"),
    option("-v, --verbose", "say what was done"),
    option("-f, --silent, --quiet", "do not complain"),
    option("--reference=FILE", "as FILE has them, instead of a first operand", Kind.PATH),
)


@command(
    "chown",
    "give files to another owner: USER, USER:GROUP, :GROUP",
    Topic.FILES,
    options=_OPTIONS,
    operands=(required("OWNER|FILE", Kind.TEXT), required("FILE", Kind.PATH, many=True)),
    man="chown(1)",
    gap="without --from, -H, -L, -P and -c",
    examples=("touch /tmp/x; chown 1000:1000 /tmp/x; ls -l /tmp/x",),
    see=("chgrp", "chmod", "stat", "id"),
    rows=("N4",),
)
def chown(call: Invocation, given: Given) -> Running:
    """Status 1 if one could not be changed."""
    known = yield from names()
    first = given.operands[0]
    if given.has("reference"):
        found: StatResult = yield Stat(given.get("reference"))
        return (yield from _change(call, given, found.uid, found.gid, list(given.operands), known))
    user, colon, group = first.partition(":")
    uid = _KEEP if not user else known.uid(user)
    gid: int | None = _KEEP
    if group:
        gid = known.gid(group)
    elif colon and uid is not None and user:
        gid = known.primary.get(uid, uid)
    if uid is None:
        raise UsageError(f"invalid user: {quoted(first)}")
    if gid is None:
        raise UsageError(f"invalid group: {quoted(first)}")
    return (yield from _change(call, given, uid, gid, list(given.operands[1:]), known))


@command(
    "chgrp",
    "give files to another group",
    Topic.FILES,
    options=_OPTIONS,
    operands=(required("GROUP|FILE", Kind.TEXT), required("FILE", Kind.PATH, many=True)),
    man="chgrp(1)",
    gap="without -H, -L, -P and -c",
    examples=("touch /tmp/x; chgrp tty /tmp/x; ls -l /tmp/x",),
    see=("chown", "chmod", "id"),
    rows=("N4",),
)
def chgrp(call: Invocation, given: Given) -> Running:
    """Status 1 if one could not be changed."""
    known = yield from names()
    if given.has("reference"):
        found: StatResult = yield Stat(given.get("reference"))
        return (yield from _change(call, given, _KEEP, found.gid, list(given.operands), known))
    gid = known.gid(given.operands[0])
    if gid is None:
        raise UsageError(f"invalid group: {quoted(given.operands[0])}")
    return (yield from _change(call, given, _KEEP, gid, list(given.operands[1:]), known))


def _change(
    call: Invocation, given: Given, uid: int, gid: int, operands: list[str], known: Names
) -> Running:
    if not operands:
        raise UsageError(f"missing operand after {quoted(given.operands[0])}")
    status = 0
    links = given.has("no-dereference")
    queue = [(path, True) for path in reversed(operands)]
    what = "ownership" if call.name == "chown" else "group"
    while queue:
        path, named = queue.pop()
        try:
            before: StatResult = yield Stat(path, follow=named and not links)
            yield Chown(path, uid, gid, follow=named and not links)
        except KernelError as error:
            status = 1
            if not given.has("silent"):
                yield from complain(call, f"changing {what} of {always(path)}", error)
            continue
        if given.has("verbose"):
            yield from write(1, _told(what, path, before, uid, gid, known))
        if given.has("recursive") and modes.is_dir(before.mode):
            found = yield from entries_of(path)
            queue += [(joined(path, entry.name), False) for entry in reversed(found)]
    return status


def _told(what: str, path: str, before: StatResult, uid: int, gid: int, known: Names) -> str:
    old, new = known.group(before.gid), known.group(before.gid if gid == _KEEP else gid)
    if what == "ownership" and uid != _KEEP:
        old = f"{known.user(before.uid)}:{old}" if gid != _KEEP else known.user(before.uid)
        new = f"{known.user(uid)}:{new}" if gid != _KEEP else known.user(uid)
    elif what == "ownership":
        old, new = f":{old}", f":{new}"
    if old == new:
        return f"{what} of {always(path)} retained as {old}\n"
    return f"changed {what} of {always(path)} from {old} to {new}\n"
