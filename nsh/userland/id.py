"""Who the caller is: id, whoami (credentials(7))."""

from nsh.abi.invocation import Invocation, Running
from nsh.abi.process import Getuid, Ids
from nsh.userland.options import Given, Kind, UsageError, option, optional
from nsh.userland.registry import Topic, command
from nsh.userland.streams import say, write
from nsh.userland.users import Names, names

_WHICH = ("user", "group", "groups")


@command(
    "id",
    "print the caller's user and groups, or those of USER",
    Topic.SYSTEM,
    options=(
        option("-u, --user", "only the effective user"),
        option("-g, --group", "only the effective group"),
        option("-G, --groups", "only all groups"),
        option("-n, --name", "the name instead of the number, with -u, -g, -G"),
        option("-r, --real", "the real instead of the effective one, with -u, -g"),
    ),
    operands=(optional("USER", Kind.USER),),
    man="id(1)",
    gap="no SELinux context",
    examples=("id", "id -un"),
    see=("whoami", "unshare"),
    rows=("N4",),
)
def id_(call: Invocation, given: Given) -> Running:
    """Status 1 for a user who does not exist."""
    which = [key for key in _WHICH if given.has(key)]
    if len(which) > 1:
        raise UsageError('cannot print "only" of more than one choice')
    if not which and (given.has("name") or given.has("real")):
        raise UsageError("cannot print only names or real IDs in default format")
    known = yield from names()
    if given.operands:
        uid = known.uid(given.operand(0))
        if uid is None or uid not in known.users:
            yield from say(call, f"'{given.operand(0)}': no such user")
            return 1
        gid = known.primary.get(uid, uid)
        ids = Ids(uid, uid, uid, gid, gid, gid, known.member_of(known.users[uid]))
    else:
        ids = yield Getuid()
    if which:
        named, real = given.has("name"), given.has("real")
        text = _only(which[0], ids, known, named=named, real=real)
    else:
        text = _everything(ids, known)
    yield from write(1, text + "\n")
    return 0


@command(
    "whoami",
    "print the name of the effective user",
    Topic.SYSTEM,
    man="whoami(1)",
    examples=("whoami",),
    see=("id",),
    rows=("N4",),
)
def whoami(call: Invocation, given: Given) -> Running:
    """Status 1 for a user without a name."""
    known = yield from names()
    uid: int = (yield Getuid()).euid
    if uid not in known.users:
        yield from say(call, f"cannot find name for user ID {uid}")
        return 1
    yield from write(1, known.users[uid] + "\n")
    return 0


def _groups(ids: Ids) -> list[int]:
    """All of them once, the effective first."""
    return list(dict.fromkeys((ids.egid, *ids.groups)))


def _only(which: str, ids: Ids, known: Names, *, named: bool, real: bool) -> str:
    if which == "user":
        uid = ids.uid if real else ids.euid
        return known.user(uid) if named else str(uid)
    chosen = [ids.gid if real else ids.egid]
    if which == "groups":
        chosen = list(dict.fromkeys((ids.gid, ids.egid, *ids.groups)))
    return " ".join(known.group(gid) if named else str(gid) for gid in chosen)


def _everything(ids: Ids, known: Names) -> str:
    words = [f"uid={_user(ids.uid, known)}", f"gid={_group(ids.gid, known)}"]
    if ids.euid != ids.uid:
        words.append(f"euid={_user(ids.euid, known)}")
    if ids.egid != ids.gid:
        words.append(f"egid={_group(ids.egid, known)}")
    words.append("groups=" + ",".join(_group(gid, known) for gid in _groups(ids)))
    return " ".join(words)


def _user(uid: int, known: Names) -> str:
    return f"{uid}({known.users[uid]})" if uid in known.users else str(uid)


def _group(gid: int, known: Names) -> str:
    return f"{gid}({known.groups[gid]})" if gid in known.groups else str(gid)
