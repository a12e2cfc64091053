"""mount: put file systems and parts of them into the tree (mount(2))."""

from typing import Final

from nsh.abi import Errno, KernelError
from nsh.abi.files import Mount, MountFlag
from nsh.abi.invocation import Invocation, Running
from nsh.abi.names import Mkdir
from nsh.userland import modes
from nsh.userland.destination import looked_at
from nsh.userland.mount_table import MountPoint, find, mount_points, of_types
from nsh.userland.options import Given, Kind, UsageError, option, optional
from nsh.userland.quoting import quoted
from nsh.userland.registry import Topic, command
from nsh.userland.streams import Asking, complain, joined, say, write

_USAGE, _FAILED = 1, 32
_RDONLY: Final = MountFlag.MS_RDONLY
_ON: Final = {
    "ro": _RDONLY,
    "nosuid": MountFlag.MS_NOSUID,
    "nodev": MountFlag.MS_NODEV,
    "noexec": MountFlag.MS_NOEXEC,
    "remount": MountFlag.MS_REMOUNT,
    "bind": MountFlag.MS_BIND,
    "rbind": MountFlag.MS_BIND | MountFlag.MS_REC,
    "move": MountFlag.MS_MOVE,
    "noatime": MountFlag.MS_NOATIME,
    "nodiratime": MountFlag.MS_NODIRATIME,
    "relatime": MountFlag.MS_RELATIME,
    "strictatime": MountFlag.MS_STRICTATIME,
    "nosymfollow": MountFlag.MS_NOSYMFOLLOW,
    "sync": MountFlag.MS_SYNCHRONOUS,
    "dirsync": MountFlag.MS_DIRSYNC,
    "mand": MountFlag.MS_MANDLOCK,
    "lazytime": MountFlag.MS_LAZYTIME,
    "silent": MountFlag.MS_SILENT,
}
_OFF: Final = {
    "rw": _RDONLY,
    "suid": MountFlag.MS_NOSUID,
    "dev": MountFlag.MS_NODEV,
    "exec": MountFlag.MS_NOEXEC,
    "atime": MountFlag.MS_NOATIME,
    "diratime": MountFlag.MS_NODIRATIME,
    "norelatime": MountFlag.MS_RELATIME,
    "nostrictatime": MountFlag.MS_STRICTATIME,
    "symfollow": MountFlag.MS_NOSYMFOLLOW,
    "async": MountFlag.MS_SYNCHRONOUS,
    "nomand": MountFlag.MS_MANDLOCK,
    "nolazytime": MountFlag.MS_LAZYTIME,
    "loud": MountFlag.MS_SILENT,
}
_IGNORED: Final = frozenset(("", "defaults"))
_TIMES: Final = (
    MountFlag.MS_NOATIME
    | MountFlag.MS_NODIRATIME
    | MountFlag.MS_RELATIME
    | MountFlag.MS_STRICTATIME
)
_PROPAGATION: Final = {
    "shared": MountFlag.MS_SHARED,
    "slave": MountFlag.MS_SLAVE,
    "private": MountFlag.MS_PRIVATE,
    "unbindable": MountFlag.MS_UNBINDABLE,
}
_OPTIONS: Final = (*_ON, *_OFF, *sorted(_IGNORED - {""}), "newinstance", "ptmxmode=", "mode=")
"""What completion offers: those of every type, and the commonest of some."""
_OPERATIONS: Final = MountFlag.MS_BIND | MountFlag.MS_MOVE | MountFlag.MS_REMOUNT
_OWN: Final = (
    _RDONLY
    | MountFlag.MS_NOSUID
    | MountFlag.MS_NODEV
    | MountFlag.MS_NOEXEC
    | _TIMES
    | MountFlag.MS_NOSYMFOLLOW
)


def _making() -> tuple[tuple[str, MountFlag], ...]:
    """``--make-private``, ``--make-rprivate``, …"""
    found = []
    for name, flag in _PROPAGATION.items():
        found += [(name, flag), (f"r{name}", flag | MountFlag.MS_REC)]
    return tuple(found)


_TYPES: Final = dict(_making())
_OTHER_TYPES: Final = [f"--make-{name}" for name in _TYPES if name != "private"]


@command(
    "mount",
    "mount a file system at DIR; list what is mounted",
    Topic.MOUNTS,
    options=(
        option("-t, --types=TYPE", "the type: proc, tmpfs, …; or list only that", Kind.FILE_SYSTEM),
        option(
            "-o, --options=LIST",
            "ro,nosuid,nodev,noexec,remount,bind,…, or the type's",
            choices=_OPTIONS,
        ),
        option("-B, --bind", "what is at SOURCE is to be at DIR too"),
        option("-R, --rbind", "with all that is mounted below it"),
        option("-M, --move", "what is mounted at SOURCE is to be at DIR instead"),
        option("-r, --read-only", "-o ro"),
        option("-w, --rw, --read-write", "-o rw"),
        option("--make-private", f"share no mounts; or {', '.join(_OTHER_TYPES)}"),
        *(option(word, "") for word in _OTHER_TYPES),
        option("-m, --mkdir[=MODE]", "make DIR first if it is not there; -v, --verbose"),
        option("-v, --verbose", ""),
        option("-n, --no-mtab", ""),
        option("-l, --show-labels", ""),
        option("-a, --all", ""),
    ),
    operands=(optional("[SOURCE] DIR", Kind.PATH, many=True),),
    man="mount(8)",
    gap="no fstab, no loop devices",
    examples=(
        "mount",
        "mkdir /proc2; mount -t proc proc /proc2; ls /proc2",
        "mkdir /b; mount --bind /etc /b; ls /b",
    ),
    see=("umount", "findmnt", "mountpoint", "unshare"),
    rows=("P10",),
)
def mount(call: Invocation, given: Given) -> Running:
    """Status 1 for a command line that makes no sense, 32 if the mount failed."""
    types = [_TYPES[key[5:]] for key, _ in given.options if key.startswith("make-")]
    flags, data = _options(given)
    if not given.operands:
        if given.has("all"):
            return 0  # of what /etc/fstab lists, and there is none
        if flags or types:
            raise UsageError("bad usage")
        return (yield from _list(given))
    if len(given.operands) > 2:
        raise UsageError("bad usage")
    target = given.operands[-1]
    if given.has("mkdir"):
        yield from _make_directory(target, given.get("mkdir", "755"))
    source = given.operands[0] if len(given.operands) == 2 else ""
    requests = []
    known = source
    if flags & MountFlag.MS_REMOUNT:
        old = yield from find((yield from mount_points()), target)
        if old is not None:
            flags = _kept(old, given, flags)
            known = old.source
        requests.append(Mount(source, target, "", flags, data))
    elif flags & _OPERATIONS:
        requests.append(Mount(source, target, "", flags & ~_OWN))
        if flags & _OWN and flags & MountFlag.MS_BIND:
            again = MountFlag.MS_REMOUNT | MountFlag.MS_BIND | flags & _OWN
            requests.append(Mount(source, target, "", again))
    elif source:
        if not given.has("types"):
            return (yield from _cannot_guess(call, source, target))
        requests.append(Mount(source, target, given.get("types"), flags, data))
    elif not types:
        yield from say(call, f"{target}: can't find in /etc/fstab.")
        return _USAGE
    requests += [Mount("", target, "", flag) for flag in types]
    return (yield from _perform(call, given, requests, known))


def _make_directory(path: str, mode: str) -> Asking[None]:
    """*path* and whatever is missing above it; no error where it is there."""
    if not mode.isdecimal() or set(mode) & set("89"):
        raise UsageError(f"failed to parse mode: '{mode}'")
    parts = path.rstrip("/").split("/")
    for end in range(1, len(parts) + 1):
        directory = "/".join(parts[:end])
        if directory and (yield from looked_at(directory, follow=True)) is None:
            yield Mkdir(directory, int(mode, 8))


def _perform(call: Invocation, given: Given, requests: list[Mount], source: str) -> Running:
    for request in requests:
        try:
            yield request
        except KernelError as error:
            said = yield from _explained(request, error)
            yield from complain(call, f"{request.target}: {said}", error)
            return _FAILED
    if given.has("verbose"):
        yield from write(1, joined(_told(requests, source)))
    return 0


def _told(requests: list[Mount], source: str) -> list[str]:
    """What was done, as --verbose has it."""
    flags, target = requests[0].flags, requests[0].target
    if flags & MountFlag.MS_MOVE:
        return [f"mount: {source} moved to {target}."]
    if flags & MountFlag.MS_BIND:
        return [f"mount: {source} bound on {target}."]
    changed = [f"mount: {target} propagation flags changed."]
    spread = requests[-1].flags & sum(_PROPAGATION.values())
    done = [] if flags & sum(_PROPAGATION.values()) else [f"mount: {source} mounted on {target}."]
    return done + changed if spread else done


def _explained(request: Mount, error: KernelError) -> Asking[str]:
    """What the failure means, in the words of mount(8)."""
    match error.errno:
        case Errno.EPERM | Errno.EACCES:
            return "permission denied"
        case Errno.ENODEV:
            return f"unknown filesystem type {quoted(request.fstype)}"
        case Errno.EBUSY if request.flags & MountFlag.MS_REMOUNT:
            return "mount point is busy"
        case Errno.EBUSY:
            return f"{request.source} already mounted or mount point busy"
        case Errno.ENOENT | Errno.ENOTDIR:
            there = yield from looked_at(request.target, follow=True)
            if there is None:
                return "mount point does not exist"
            if not modes.is_dir(there.mode) and not request.flags & MountFlag.MS_BIND:
                return "mount point is not a directory"
            if (yield from looked_at(request.source, follow=True)) is None:
                return f"special device {request.source} does not exist"
        case Errno.EINVAL if request.flags & MountFlag.MS_REMOUNT:
            return "mount point not mounted or bad option"
        case Errno.EINVAL if request.flags & sum(_PROPAGATION.values()):
            return "not mount point or bad option"
        case Errno.EINVAL:
            text = f"wrong fs type, bad option, bad superblock on {request.source}"
            return f"{text}, missing codepage or helper program, or other error"
    return "mount(2) system call failed"


def _cannot_guess(call: Invocation, source: str, target: str) -> Running:
    """A type is found out by looking at a disk, and there are none."""
    if (yield from looked_at(source, follow=True)) is None:
        yield from say(call, f"{target}: special device {source} does not exist.")
    else:
        yield from say(call, f"{target}: no filesystem type specified.")
    return _FAILED


def _options(given: Given) -> tuple[int, str]:
    """The flags, and what is left for the file system itself."""
    words = []
    for key, value in given.options:
        if key == "options":
            words += (value or "").split(",")
        elif key in ("bind", "rbind", "move"):
            words.append(key)
        elif key in ("read-only", "rw"):
            words.append("ro" if key == "read-only" else "rw")
    flags, data = 0, []
    for word in words:
        if word in _ON:
            flags |= _ON[word]
        elif word in _OFF:
            flags &= ~_OFF[word]
        elif word in _TYPES:
            flags |= _TYPES[word]
        elif word not in _IGNORED:
            data.append(word)
    return flags, ",".join(data)


def _kept(old: MountPoint, given: Given, flags: int) -> int:
    """Remounting changes what is said, and nothing else; what is said of times replaces that."""
    said = ",".join(given.all("options")).split(",")
    other = [word for word in old.fs_options.split(",") if word != "ro"]
    for word in (*old.own_options.split(","), *other):
        flag = _ON.get(word, 0)
        opposite = [name for name, off in _OFF.items() if off == flag]
        if flag & _TIMES and (flags & _TIMES or word == "relatime"):
            continue
        if flag and not set(opposite) & set(said) and not given.has("rw"):
            flags |= flag
    return flags


def _list(given: Given) -> Running:
    """``SOURCE on DIR type TYPE (OPTIONS)``"""
    points = yield from mount_points()
    if given.has("types"):
        points = of_types(points, given.get("types"))
    lines = [
        f"{point.source} on {point.target} type {point.fstype} ({point.options})"
        for point in points
    ]
    yield from write(1, joined(lines))
    return 0
