"""Id maps as unshare(1) writes them, and becoming somebody inside (user_namespaces(7))."""

from nsh.abi import KernelError
from nsh.abi.capabilities import Ambient, Cap, Capget, Capset, CapSets
from nsh.abi.credentials import Setgid, Setgroups, Setuid
from nsh.abi.files import Close, Open, OpenFlag
from nsh.abi.prctl import Prctl, PrctlOption
from nsh.abi.process import Ids
from nsh.userland.options import Given, UsageError, whole_number
from nsh.userland.streams import Asking, decode, read_file, write
from nsh.userland.users import Names, names

_SETGROUPS = "/proc/self/setgroups"


def write_from_inside(given: Given, ids: Ids) -> Asking[None]:
    """Who I am inside: one line for each map, about myself."""
    known: Names = yield from names()
    users, groups = "", ""
    if given.has("map-root-user"):
        users = groups = "0"
    if given.has("map-current-user"):
        users, groups = str(ids.euid), str(ids.egid)
    if given.has("map-user"):
        users = str(_number(known.uid(given.get("map-user")), given.get("map-user"), "user"))
    if given.has("map-group"):
        groups = str(_number(known.gid(given.get("map-group")), given.get("map-group"), "group"))
    if users and not given.has("map-users"):
        yield from put("/proc/self/uid_map", f"{users} {ids.euid} 1")
    if groups and not given.has("map-groups"):
        if given.get("setgroups") == "allow":
            raise UsageError("options --setgroups=allow and --map-group are mutually exclusive")
        yield from put(_SETGROUPS, "deny")
        yield from put("/proc/self/gid_map", f"{groups} {ids.egid} 1")
    if given.has("setgroups"):  # behind the map, and refused there
        yield from put(_SETGROUPS, given.get("setgroups"))


def write_from_outside(given: Given, pid: int) -> Asking[None]:
    """The maps of --map-users and --map-groups, for process *pid*, which is in the namespace."""
    for key, file in (("map-users", "uid_map"), ("map-groups", "gid_map")):
        text = given.get(key)
        if text == "all":
            known = decode((yield from read_file(f"/proc/self/{file}")))
            lines = [line.split() for line in known.splitlines()]
            yield from put(
                f"/proc/{pid}/{file}", "".join(f"{line[0]} {line[0]} {line[2]}\n" for line in lines)
            )
        elif text:
            yield from put(f"/proc/{pid}/{file}", " ".join(map(str, _extent(text))))


def _extent(text: str) -> tuple[int, int, int]:
    """Inside, outside, count: as ``INNER:OUTER:COUNT`` says, or ``OUTER,INNER,COUNT`` before
    util-linux 2.39."""
    words = text.split(":")
    old = text.split(",")
    if len(old) == 3:
        words = [old[1], old[0], old[2]]
    if len(words) != 3:
        raise UsageError(f"invalid mapping '{text}': it is INNER:OUTER:COUNT, or all")
    inner, outer, count = (whole_number(word, "mapping") for word in words)
    return inner, outer, count


def _number(found: int | None, text: str, what: str) -> int:
    if found is None:
        raise UsageError(f"failed to parse {what}: '{text}'")
    return found


def become(given: Given) -> Asking[None]:
    """--keep-caps, --setgid, --setuid."""
    known: Names = yield from names()
    if given.has("keep-caps"):
        yield from _keep_caps()
    if given.has("setgid"):
        gid = _number(known.gid(given.get("setgid")), given.get("setgid"), "gid")
        yield Setgroups(())
        yield Setgid(gid)
    if given.has("setuid"):
        uid = _number(known.uid(given.get("setuid")), given.get("setuid"), "uid")
        yield Setuid(uid)


def _keep_caps() -> Asking[None]:
    """What is permitted becomes ambient, so that an execve keeps it (cap_permitted_to_ambient)."""
    sets: CapSets = yield Capget()
    yield Capset(sets.effective, sets.permitted, sets.permitted)
    for cap in Cap:
        if sets.permitted >> cap & 1:
            yield Prctl(PrctlOption.PR_CAP_AMBIENT, int(Ambient.RAISE), int(cap))


def put(path: str, text: str) -> Asking[None]:
    """Write *text* to the file *path* at once."""
    fd = yield Open(path, OpenFlag.O_WRONLY | OpenFlag.O_CLOEXEC)
    try:
        yield from write(fd, text)
    except KernelError:
        yield Close(fd)
        raise
    yield Close(fd)
