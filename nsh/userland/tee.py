"""tee: to files and on."""

from nsh.abi import KernelError
from nsh.abi.files import Close, Open, OpenFlag
from nsh.abi.invocation import Invocation, Running
from nsh.userland.options import Given, Kind, option, optional
from nsh.userland.quoting import plain
from nsh.userland.registry import Topic, command
from nsh.userland.streams import complain, read, write

_CREATE = OpenFlag.O_WRONLY | OpenFlag.O_CREAT | OpenFlag.O_CLOEXEC


@command(
    "tee",
    "copy descriptor 0 to descriptor 1 and to files",
    Topic.TEXT,
    options=(option("-a, --append", "at the end of the files, not in place of what is there"),),
    operands=(optional("FILE", Kind.PATH, many=True),),
    man="tee(1)",
    examples=("echo hello | tee /tmp/a /tmp/b; cat /tmp/b",),
    see=("cat",),
)
def tee(call: Invocation, given: Given) -> Running:
    """Status 1 if a file could not be written; the others are."""
    how = OpenFlag.O_APPEND if given.has("append") else OpenFlag.O_TRUNC
    outputs = {1: "standard output"}
    status = 0
    for path in given.operands:
        try:
            fd = yield Open(path, int(_CREATE | how))
        except KernelError as error:
            yield from complain(call, plain(path), error)
            status = 1
        else:
            outputs[fd] = plain(path)
    while outputs and (data := (yield from read(0))):
        for fd in list(outputs):
            try:
                yield from write(fd, data)
            except KernelError as error:
                yield from complain(call, outputs.pop(fd), error)
                status = 1
    for fd in outputs:
        if fd != 1:
            yield Close(fd)
    return status
