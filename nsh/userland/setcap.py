"""setcap, getcap: what files let programs do that are executed from them (capabilities(7))."""

from collections.abc import Sequence
from typing import Final

from nsh.abi import Errno, KernelError
from nsh.abi.attributes import Stat, StatResult
from nsh.abi.capabilities import Cap, Capget, Capset, CapSets
from nsh.abi.filecaps import FileCaps, pack, unpack
from nsh.abi.files import S_IFDIR, S_IFMT, S_IFREG
from nsh.abi.invocation import Invocation, Running
from nsh.abi.xattrs import CAPABILITY, Getxattr, Removexattr, Setxattr
from nsh.userland import capnames
from nsh.userland.options import Given, Kind, UsageError, option, required
from nsh.userland.paths import joined, listed
from nsh.userland.registry import Topic, command
from nsh.userland.streams import Asking, complain, decode, read, say, write

_REMOVE: Final = "-r"
_NOTHING: Final = FileCaps(0, 0, False)
_FLAGS: Final = frozenset(("-q", "-v", "--help"))
_USERS: Final = 1 << 32


def _sorted(argv: Sequence[str]) -> list[str]:
    """Options first: ``-r`` stands among the operands, in a pair with a file."""
    options, operands = [], []
    value = False
    for argument in argv:
        word = "--help" if argument == "-h" else argument
        if value or word == "-n" or word in _FLAGS:
            options.append(word)
            value = word == "-n" and not value
        else:
            operands.append(word)
    return [*options, "--", *operands]


@command(
    "setcap",
    "set the capabilities of files: cap_chown,cap_kill=ep",
    Topic.FILES,
    options=(
        option("-r", "take those of FILE away: it stands where CAPS would"),
        option("-n ROOTID", "for user namespaces alone whose root is that user", Kind.NUMBER),
        option("-v", "set nothing, but tell whether FILE has CAPS"),
        option("-q", "do not tell that, nor ask for the CAPS that - reads"),
    ),
    operands=(required("CAPS", Kind.TEXT), required("FILE", Kind.PATH, many=True)),
    man="setcap(8)",
    gap="after the first FILE there may be more pairs, CAPS FILE; CAPS of - are one line",
    examples=(
        "touch /tmp/id; chmod 755 /tmp/id; setcap cap_kill=ep /tmp/id; getcap /tmp/id",
        "touch /tmp/x; setcap =p /tmp/x; setcap -v =p /tmp/x; setcap -r /tmp/x",
    ),
    see=("getcap", "getpcaps", "setpriv", "capset"),
    rows=("N4",),
    prepare=_sorted,
)
def setcap(call: Invocation, given: Given) -> Running:
    """Status 1 at the first FILE that cannot be given CAPS, or has them not (-v)."""
    root = _root(given)
    if len(given.operands) % 2:
        raise UsageError(f"missing operand after '{given.operands[-1]}'")
    pairs = zip(given.operands[::2], given.operands[1::2], strict=True)
    wanted: list[tuple[FileCaps | None, str]] = []
    for word, path in pairs:
        text = (yield from _asked(path, quiet=given.has("q"))) if word == "-" else word
        wanted.append((None if text == _REMOVE else _read(text, root), path))
    if given.has("v"):
        for caps, path in wanted:
            if not (yield from _verified(caps or _NOTHING, path, quiet=given.has("q"))):
                return 1
        return 0
    before = yield from _raised()
    status = 0
    for caps, path in wanted:
        status = yield from _set(call, caps, path)
        if status:
            break
    if before is not None:
        yield Capset(before.effective, before.permitted, before.inheritable)
    return status


def _root(given: Given) -> int | None:
    """ROOTID."""
    if not given.has("n"):
        return None
    text = given.get("n")
    if not (text.isascii() and text.isdecimal() and 0 < int(text) < _USERS):
        raise UsageError(f"bad ROOTID '{text}': it is a positive number")
    return int(text)


def _asked(path: str, *, quiet: bool) -> Asking[str]:
    """One line of descriptor 0, and nothing after it."""
    if not quiet:
        yield from write(2, f"Please enter caps for file {path}: ")
    line = b""
    while (got := (yield from read(0, 1))) and got != b"\n":
        line += got
    return decode(line).strip()


def _read(text: str, root: int | None) -> FileCaps:
    """CAPS as a file has them: effective are all of them, or none (cap_set_file(3))."""
    effective, permitted, inheritable = capnames.of_text(text)
    if effective and effective != permitted | inheritable:
        raise UsageError(
            f"bad capabilities '{text}' for a file: effective are none, or all that are permitted "
            "or inheritable"
        )
    return FileCaps(permitted, inheritable, bool(effective), root)


def _raised() -> Asking[CapSets | None]:
    """Have CAP_SETFCAP effective, if it is permitted; what the sets were, if that changed them."""
    sets: CapSets = yield Capget()
    needed = 1 << Cap.CAP_SETFCAP
    if sets.effective & needed or not sets.permitted & needed:
        return None
    yield Capset(sets.effective | needed, sets.permitted, sets.inheritable)
    return sets


def _set(call: Invocation, caps: FileCaps | None, path: str) -> Asking[int]:
    """Give the file at *path* those capabilities, or none; the status."""
    try:
        found: StatResult = yield Stat(path, follow=False)
        if found.mode & S_IFMT != S_IFREG:
            yield from say(call, f"invalid file '{path}' for capability operation")
            return 1
        if caps is None:
            yield Removexattr(path, CAPABILITY)
        else:
            yield Setxattr(path, CAPABILITY, pack(caps))
    except KernelError as error:
        if caps is None and error.errno is Errno.ENODATA:
            yield from complain(call, f"file '{path}' has no capability to remove", error)
        else:
            yield from complain(call, f"failed to set capabilities on file '{path}'", error)
        return 1
    return 0


def _verified(wanted: FileCaps, path: str, *, quiet: bool) -> Asking[bool]:
    """Whether the file at *path* has what is *wanted*; tells so unless *quiet*."""
    try:
        value: bytes = yield Getxattr(path, CAPABILITY)
    except KernelError as error:
        if error.errno not in (Errno.ENODATA, Errno.ENOTSUP):
            raise
        found = _NOTHING
    else:
        found = unpack(value) or _NOTHING
    other_root = wanted.root != found.root
    differs = "".join(
        flag
        for flag, one, other in zip("pie", _sets(wanted), _sets(found), strict=True)
        if one != other
    )
    same = not differs and not other_root
    if not quiet:
        if same:
            yield from write(1, f"{path}: OK\n")
        else:
            roots = f"nsowner[got={found.root or 0}, want={wanted.root or 0}]," * other_root
            yield from write(1, f"{roots}{path} differs in [{differs}]\n")
    return same


def _sets(caps: FileCaps) -> tuple[int, int, int]:
    """Permitted, inheritable and effective."""
    effective = caps.permitted | caps.inheritable if caps.effective else 0
    return caps.permitted, caps.inheritable, effective


@command(
    "getcap",
    "print the capabilities of files that have any",
    Topic.FILES,
    options=(
        option("-n", "and for whose root they are, if not for anybody's (rootid)"),
        option("-r", "of all files below directories"),
        option("-v", "all files, with capabilities or without"),
    ),
    operands=(required("FILE", Kind.PATH, many=True),),
    man="getcap(8)",
    examples=("touch /tmp/x; setcap cap_kill+ep /tmp/x; getcap -r /tmp",),
    see=("setcap", "getpcaps", "capset"),
    rows=("N4",),
)
def getcap(call: Invocation, given: Given) -> Running:
    """As cap_to_text(3) has them; status 0, whatever cannot be read."""
    queue = list(reversed(given.operands))
    while queue:
        path = queue.pop()
        try:
            found: StatResult = yield Stat(path, follow=False)
            kind = found.mode & S_IFMT
            if kind == S_IFREG:
                yield from _show(given, path)
            elif given.has("v"):
                yield from write(1, f"{path} (Not a regular file)\n")
            if kind == S_IFDIR and given.has("r"):
                inside = yield from listed(path)
                queue += [joined(path, entry.name) for entry in reversed(inside)]
        except KernelError as error:
            yield from complain(call, path, error)
    return 0


def _show(given: Given, path: str) -> Asking[None]:
    try:
        value: bytes = yield Getxattr(path, CAPABILITY)
    except KernelError as error:
        if error.errno not in (Errno.ENODATA, Errno.ENOTSUP):
            raise
        if given.has("v"):
            yield from write(1, f"{path}\n")
        return
    caps = unpack(value) or _NOTHING
    permitted, inheritable, effective = _sets(caps)
    text = f"{path} {capnames.libcap(effective, permitted, inheritable)}"
    if given.has("n") and caps.root:
        text += f" [rootid={caps.root}]"
    yield from write(1, f"{text}\n")
