"""touch: set times of files to now."""

from nsh.abi import Errno, KernelError
from nsh.abi.attributes import Utimens
from nsh.abi.files import Close, Open, OpenFlag
from nsh.abi.invocation import Invocation, Running
from nsh.userland.options import Given, Kind, option, required
from nsh.userland.quoting import always
from nsh.userland.registry import Topic, command
from nsh.userland.streams import Asking, complain

_CREATE = int(
    OpenFlag.O_WRONLY
    | OpenFlag.O_CREAT
    | OpenFlag.O_NOCTTY
    | OpenFlag.O_NONBLOCK
    | OpenFlag.O_CLOEXEC
)


@command(
    "touch",
    "set the time of files to now, making those that do not exist",
    Topic.FILES,
    options=(option("-c, --no-create", "do not make any"),),
    operands=(required("FILE", Kind.PATH, many=True),),
    man="touch(1)",
    gap="files have one time, which nothing but now can be",
    examples=("touch /tmp/a /tmp/b; ls -l /tmp",),
    see=("stat", "date"),
)
def touch(call: Invocation, given: Given) -> Running:
    """Status 1 if one could not be touched."""
    status = 0
    for path in given.operands:
        try:
            yield from _touch(path, create=not given.has("no-create"))
        except KernelError as error:
            yield from complain(call, f"cannot touch {always(path)}", error)
            status = 1
    return status


def _touch(path: str, *, create: bool) -> Asking[None]:
    """What open(2) says is told, but only if utimensat(2) fails: a directory cannot be written."""
    opening: KernelError | None = None
    if create:
        try:
            fd = yield Open(path, _CREATE)
            yield Close(fd)
        except KernelError as error:
            opening = error
    try:
        yield Utimens(path)
    except KernelError as error:
        if not create and error.errno is Errno.ENOENT:
            return
        raise opening or error from None
