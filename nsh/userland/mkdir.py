"""mkdir, mkfifo: new names for new things."""

from nsh.abi import Errno, KernelError
from nsh.abi.attributes import Chmod, Stat, StatResult
from nsh.abi.files import S_IFDIR
from nsh.abi.invocation import Invocation, Running
from nsh.abi.names import Mkdir, Mkfifo
from nsh.userland import modes
from nsh.userland.destination import is_directory, looked_at
from nsh.userland.options import Given, Kind, UsageError, option, required
from nsh.userland.paths import ancestors
from nsh.userland.quoting import always, quoted
from nsh.userland.registry import Topic, command
from nsh.userland.streams import Asking, complain, write

_ALL = 0o777


@command(
    "mkdir",
    "make directories",
    Topic.FILES,
    options=(
        option("-p, --parents", "and those above them, where they are missing"),
        option("-m, --mode=MODE", "with this mode, as for chmod, whatever the umask"),
        option("-v, --verbose", "say so"),
    ),
    operands=(required("DIR", Kind.PATH, many=True),),
    man="mkdir(1)",
    examples=("mkdir -p /srv/web/logs; ls -R /srv", "mkdir -m 700 /secret; ls -ld /secret"),
    see=("rmdir", "rm", "mount"),
)
def mkdir(call: Invocation, given: Given) -> Running:
    """Status 1 if one could not be made."""
    change = yield from _mode(given)
    status = 0
    for path in given.operands:
        if given.has("parents") and not (yield from _parents(call, given, path)):
            status = 1
            continue
        try:
            made = yield from _make(path, change, given.has("parents"))
        except KernelError as error:
            yield from complain(call, f"cannot create directory {always(path)}", error)
            status = 1
        else:
            if made and given.has("verbose"):
                yield from write(1, f"mkdir: created directory {always(path)}\n")
    return status


def _mode(given: Given) -> Asking[modes.Change | None]:
    if not given.has("mode"):
        return None
    change = yield from modes.change(given.get("mode"))
    if change is None:
        raise UsageError(f"invalid mode {quoted(given.get('mode'))}")
    return change


def _make(path: str, change: modes.Change | None, parents: bool) -> Asking[bool]:
    """Whether it had to be made.  *change* is applied to what the umask leaves."""
    try:
        yield Mkdir(path, _ALL if change is None else change(S_IFDIR | _ALL))
    except KernelError as error:
        if not parents or error.errno not in (Errno.EEXIST, Errno.EROFS):
            raise
        if not (yield from is_directory(path)):
            raise
        return False
    if change is not None:
        found: StatResult = yield Stat(path)
        yield Chmod(path, change(found.mode))
    return True


def _parents(call: Invocation, given: Given, path: str) -> Asking[bool]:
    """Make what is missing above *path*; False, and a complaint, where that is impossible."""
    for above in ancestors(path):
        try:
            made = yield from _make(above, None, parents=True)
        except KernelError as error:
            if error.errno is Errno.EEXIST and (yield from looked_at(above, follow=True)):
                error = KernelError(Errno.ENOTDIR, error.reason)
            yield from complain(call, f"cannot create directory {always(above)}", error)
            return False
        if made and given.has("verbose"):
            yield from write(1, f"mkdir: created directory {always(above)}\n")
    return True


@command(
    "mkfifo",
    "make named pipes",
    Topic.FILES,
    options=(option("-m, --mode=MODE", "with this mode, as for chmod, whatever the umask"),),
    operands=(required("NAME", Kind.PATH, many=True),),
    man="mkfifo(1)",
    examples=("mkfifo /tmp/f; echo hello > /tmp/f & cat /tmp/f",),
    see=("mkdir",),
)
def mkfifo(call: Invocation, given: Given) -> Running:
    """Status 1 if one could not be made."""
    change = yield from _mode(given)
    mode = 0o666 if change is None else change(0o666)
    status = 0
    for path in given.operands:
        try:
            yield Mkfifo(path, mode)
            if change is not None:
                yield Chmod(path, mode)
        except KernelError as error:
            yield from complain(call, f"cannot create fifo {always(path)}", error)
            status = 1
    return status
