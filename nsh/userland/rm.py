"""rm: remove files, and with -r whole trees."""

from nsh.abi.invocation import Invocation, Running
from nsh.userland.options import Given, Kind, UsageError, option, optional
from nsh.userland.registry import Topic, command
from nsh.userland.removal import Removal


@command(
    "rm",
    "remove files",
    Topic.FILES,
    options=(
        option("-r, -R, --recursive", "directories too, with all that is in them"),
        option("-f, --force", "what does not exist is no failure"),
        option("-d, --dir", "empty directories too"),
        option("-v, --verbose", "say what was removed"),
        option("--no-preserve-root", "even /"),
    ),
    operands=(optional("FILE", Kind.PATH, many=True),),
    man="rm(1)",
    gap="never asks; -i does not exist",
    examples=("mkdir -p /containers/vserver1; rm -rf /containers/vserver1; ls /containers",),
    see=("rmdir", "umount"),
)
def rm(call: Invocation, given: Given) -> Running:
    """Status 1 if something stays."""
    if not given.operands:
        if given.has("force"):
            return 0
        raise UsageError("missing operand")
    removal = Removal(
        call,
        recursive=given.has("recursive"),
        force=given.has("force"),
        directories=given.has("dir"),
        verbose=given.has("verbose"),
        root_too=given.has("no-preserve-root"),
    )
    for operand in given.operands:
        yield from removal.operand(operand)
    return removal.status
