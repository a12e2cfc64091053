"""setpriv, getpcaps, capset: what a process may do (setpriv(1), capabilities(7))."""

from typing import Final

from nsh.abi import KernelError
from nsh.abi.capabilities import Ambient, Cap, Capget, Capset, CapSets
from nsh.abi.credentials import Setgroups, Setresgid, Setresuid
from nsh.abi.invocation import Invocation, Running
from nsh.abi.prctl import Prctl, PrctlOption
from nsh.abi.process import Getuid, Ids
from nsh.abi.signals import signal_name, signal_number
from nsh.userland import capnames
from nsh.userland.children import NOT_FOUND, apart, execute
from nsh.userland.options import Given, Kind, UsageError, option, optional, required
from nsh.userland.refs import pid_of
from nsh.userland.registry import Topic, command
from nsh.userland.streams import Asking, complain, write
from nsh.userland.users import Names, names

P = PrctlOption
_KEEP: Final = -1
_GROUPS: Final = ("clear-groups", "keep-groups", "init-groups", "groups")


@command(
    "setpriv",
    "perform COMMAND with other privileges, or set the caller's own",
    Topic.PROCESSES,
    options=(
        option("-d, --dump", "show the caller's privileges, and nothing else"),
        option("--no-new-privs, --nnp", "execve(2) gives no new ones any more"),
        option("--reuid=USER", "be USER; --ruid=USER, --euid=USER: really, effectively"),
        option("--regid=GROUP", "be in GROUP; --rgid=GROUP, --egid=GROUP the same"),
        option("--groups=LIST", "or --clear-groups, --keep-groups, --init-groups"),
        option("--inh-caps=LIST", "+chown,-all; also --ambient-caps=LIST, --bounding-set=LIST"),
        option("--securebits=LIST", "+noroot,+keep_caps_locked, …"),
        option("--pdeathsig=SIGNAL", "the parent-death signal, or keep or clear"),
        *(
            option(spec, "")
            for spec in (
                *("--ruid=USER", "--euid=USER", "--rgid=GROUP", "--egid=GROUP"),
                *("--clear-groups", "--keep-groups", "--init-groups"),
                *("--bounding-set=LIST", "--ambient-caps=LIST"),
            )
        ),
    ),
    operands=(optional("COMMAND", Kind.COMMAND, many=True),),
    man="setpriv(1)",
    gap="without COMMAND the caller is changed; no LSM labels, no --reset-env",
    examples=("setpriv --dump", "setpriv --reuid 1000 --regid 1000 --clear-groups id"),
    see=("getpcaps", "capset", "unshare", "prctl"),
    rows=("N4",),
    stops=True,
)
def setpriv(call: Invocation, given: Given) -> Running:
    """Status of COMMAND; 127 if there is none such, or the kernel refuses what was asked for."""
    if given.has("dump"):
        if len(given.options) > 1 or given.operands:
            raise UsageError("--dump is incompatible with all other options")
        yield from write(1, (yield from _dump()))
        return 0
    if not given.options and not given.operands:
        raise UsageError("No program specified")
    for word in ("uid", "gid"):
        clash = next((each for each in ("r", "e") if given.has(each + word)), "")
        if clash and given.has("re" + word):
            raise UsageError(f"duplicate {clash}{word}")
    if len([key for key in _GROUPS if given.has(key)]) > 1:
        raise UsageError("--clear-groups, --keep-groups, --init-groups and --groups exclude others")
    known = yield from names()
    if not given.operands:
        return (yield from _change(call, given, known))

    def work() -> Running:
        refused = yield from _change(call, given, known)
        return refused or (yield from execute(call, given.operands))

    return (yield from apart(call, work))


def _change(call: Invocation, given: Given, known: Names) -> Asking[int]:
    """0, or the status that tells of the kernel's refusal."""
    try:
        yield from _apply(given, known)
    except KernelError as error:
        yield from complain(call, "", error)
        return NOT_FOUND  # SETPRIV_EXIT_PRIVERR
    return 0


def _apply(given: Given, known: Names) -> Asking[None]:
    """In setpriv(1)'s order; all that is asked for is understood before anything is done."""
    uids = (_user(given, known, "ruid"), _user(given, known, "euid"))
    gids = (_group(given, known, "rgid"), _group(given, known, "egid"))
    if gids != (_KEEP, _KEEP) and not any(given.has(key) for key in _GROUPS):
        raise UsageError(
            "--[re]gid requires --keep-groups, --clear-groups, --init-groups, or --groups"
        )
    groups = _groups(given, known, uids[0])
    signo = _death_signal(given)
    if given.has("no-new-privs"):
        yield Prctl(P.PR_SET_NO_NEW_PRIVS, 1)
    if uids != (_KEEP, _KEEP):
        yield Prctl(P.PR_SET_KEEPCAPS, 1)
        yield from _set_uids(*uids)
        yield from _raise()
    if gids != (_KEEP, _KEEP):
        yield from _set_gids(*gids)
    if groups is not None:
        yield Setgroups(groups)
    if given.has("securebits"):
        bits = yield Prctl(P.PR_GET_SECUREBITS)
        yield Prctl(P.PR_SET_SECUREBITS, capnames.bits_changed(bits, given.get("securebits")))
    if given.has("bounding-set"):
        yield from _bound(given.get("bounding-set"))
    if given.has("inh-caps"):
        sets: CapSets = yield Capget()
        wanted = capnames.changed(sets.inheritable, given.get("inh-caps"))
        yield Capset(sets.effective, sets.permitted, wanted)
    if given.has("ambient-caps"):
        yield from _be_ambient(given.get("ambient-caps"))
    if uids != (_KEEP, _KEEP):
        yield from _forget_kept(uids)
    if signo is not None:
        yield Prctl(P.PR_SET_PDEATHSIG, signo)


def _raise() -> Asking[None]:
    """What was kept of the capabilities that the rest takes is effective again."""
    sets: CapSets = yield Capget()
    wanted = 0
    for cap in (Cap.CAP_SETGID, Cap.CAP_SETUID, Cap.CAP_SETPCAP):
        wanted |= 1 << cap
    yield Capset(sets.effective | wanted & sets.permitted, sets.permitted, sets.inheritable)


def _user(given: Given, known: Names, key: str) -> int:
    text = given.get(key) or given.get("reuid")
    if not text:
        return _KEEP
    found = known.uid(text)
    if found is None:
        raise UsageError(f"failed to parse {key}: '{text}'")
    return found


def _group(given: Given, known: Names, key: str) -> int:
    text = given.get(key) or given.get("regid")
    if not text:
        return _KEEP
    found = known.gid(text)
    if found is None:
        raise UsageError(f"failed to parse {key}: '{text}'")
    return found


def _set_uids(ruid: int, euid: int) -> Asking[None]:
    """The saved uid follows the effective one."""
    ids: Ids = yield Getuid()
    yield Setresuid(
        ids.uid if ruid == _KEEP else ruid,
        ids.euid if euid == _KEEP else euid,
        ids.euid if euid == _KEEP else euid,
    )


def _set_gids(rgid: int, egid: int) -> Asking[None]:
    ids: Ids = yield Getuid()
    yield Setresgid(
        ids.gid if rgid == _KEEP else rgid,
        ids.egid if egid == _KEEP else egid,
        ids.egid if egid == _KEEP else egid,
    )


def _groups(given: Given, known: Names, ruid: int) -> tuple[int, ...] | None:
    """Those to be in; None: as before."""
    if given.has("init-groups"):
        if ruid == _KEEP:
            raise UsageError("--init-groups requires --ruid or --reuid")
        if ruid not in known.users:
            raise UsageError(
                f"uid {ruid} not found, --init-groups requires an user that can be found on the "
                "system"
            )
        members = known.member_of(known.user(ruid))
        return tuple(dict.fromkeys((known.primary[ruid], *members)))
    if not given.has("groups"):
        return () if given.has("clear-groups") else None
    groups = []
    for word in given.get("groups").split(","):
        found = known.gid(word)
        if found is None:
            raise UsageError(f"Invalid supplementary group id: '{word}'")
        groups.append(found)
    return tuple(groups)


def _bound(text: str) -> Asking[None]:
    held = yield from _bounding()
    wanted = capnames.changed(held, text)
    if wanted & ~held:
        raise UsageError("the bounding set can only be made smaller")
    for cap in Cap:
        if held >> cap & 1 and not wanted >> cap & 1:
            yield Prctl(P.PR_CAPBSET_DROP, int(cap))


def _be_ambient(text: str) -> Asking[None]:
    held = yield from _ambient()
    wanted = capnames.changed(held, text)
    for cap in Cap:
        if wanted >> cap & 1 and not held >> cap & 1:
            yield Prctl(P.PR_CAP_AMBIENT, int(Ambient.RAISE), int(cap))
        elif held >> cap & 1 and not wanted >> cap & 1:
            yield Prctl(P.PR_CAP_AMBIENT, int(Ambient.LOWER), int(cap))


def _forget_kept(uids: tuple[int, int]) -> Asking[None]:
    """Capabilities that were kept to set the rest with go, as execve(2) would have it."""
    ids: Ids = yield Getuid()
    if 0 in (ids.uid, ids.euid, ids.suid) or not any(uids):
        return
    ambient = yield from _ambient()
    sets: CapSets = yield Capget()
    yield Capset(ambient, ambient, sets.inheritable)


def _death_signal(given: Given) -> int | None:
    """That for the end of the parent, 0: none; None: as before."""
    word = given.get("pdeathsig")
    if not word or word == "keep":
        return None
    signo = 0 if word == "clear" else signal_number(word)
    if signo is None:
        raise UsageError(f"unknown signal: {word}")
    return signo


def _bounding() -> Asking[int]:
    held = 0
    for cap in Cap:
        held |= (yield Prctl(P.PR_CAPBSET_READ, int(cap))) << cap
    return held


def _ambient() -> Asking[int]:
    held = 0
    for cap in Cap:
        held |= (yield Prctl(P.PR_CAP_AMBIENT, int(Ambient.IS_SET), int(cap))) << cap
    return held


def _dump() -> Asking[str]:
    ids: Ids = yield Getuid()
    sets: CapSets = yield Capget()
    groups = ",".join(str(gid) for gid in ids.groups) or "[none]"
    signo = yield Prctl(P.PR_GET_PDEATHSIG)
    lines = [
        f"uid: {ids.uid}",
        f"euid: {ids.euid}",
        f"gid: {ids.gid}",
        f"egid: {ids.egid}",
        f"Supplementary groups: {groups}",
        f"no_new_privs: {(yield Prctl(P.PR_GET_NO_NEW_PRIVS))}",
        f"Inheritable capabilities: {capnames.listed(sets.inheritable)}",
        f"Ambient capabilities: {capnames.listed((yield from _ambient()))}",
        f"Capability bounding set: {capnames.listed((yield from _bounding()))}",
        f"Securebits: {capnames.bits_listed((yield Prctl(P.PR_GET_SECUREBITS)))}",
        f"Parent death signal: {signal_name(signo) if signo else '[none]'}",
    ]
    return "".join(f"{line}\n" for line in lines)


@command(
    "getpcaps",
    "print the capabilities of processes",
    Topic.PROCESSES,
    operands=(required("PID", Kind.PID, many=True),),
    man="getpcaps(8)",
    examples=("getpcaps $$", "spawn --user w; getpcaps w"),
    see=("setpriv", "capset"),
    rows=("N4",),
)
def getpcaps(call: Invocation, given: Given) -> Running:
    """As cap_to_text(3) has them."""
    for ref in given.operands:
        pid = yield from pid_of(ref)
        sets: CapSets = yield Capget(pid)
        text = capnames.libcap(sets.effective, sets.permitted, sets.inheritable)
        yield from write(1, f"{pid}: {text}\n")
    return 0


@command(
    "capset",
    "set the caller's capabilities: all, none, or chown,kill",
    Topic.PROCESSES,
    options=(
        option("-e, --effective=LIST", "those that count"),
        option("-p, --permitted=LIST", "those that can be made effective"),
        option("-i, --inheritable=LIST", "those that a program with file capabilities may keep"),
    ),
    man="capset(2)",
    gap="performs the call; what is not given stays, as far as it can; real systems have capsh(1)",
    examples=("spawn w; w capset -e none; getpcaps w", "spawn w; w capset -p kill; getpcaps w"),
    see=("getpcaps", "setpriv"),
    rows=("N4",),
)
def capset(call: Invocation, given: Given) -> Running:
    """Less permitted means less effective, if no other set is given."""
    sets: CapSets = yield Capget()
    permitted = capnames.of_list(given.get("permitted")) if given.has("permitted") else -1
    permitted = sets.permitted if permitted < 0 else permitted
    effective = sets.effective & permitted
    if given.has("effective"):
        effective = capnames.of_list(given.get("effective"))
    inheritable = sets.inheritable
    if given.has("inheritable"):
        inheritable = capnames.of_list(given.get("inheritable"))
    yield Capset(effective, permitted, inheritable)
    return 0
