"""pwd and cd: the working directory."""

from nsh.abi.invocation import Invocation, Running
from nsh.abi.names import Chdir, Getcwd
from nsh.userland.options import Given, Kind, option, optional
from nsh.userland.registry import Topic, command
from nsh.userland.streams import say, write


@command(
    "pwd",
    "print the working directory",
    Topic.FILES,
    options=(option("-P, --physical", "without symbolic links in it (it never has any)"),),
    operands=(optional("IGNORED", Kind.TEXT, many=True),),
    man="pwd(1)",
    examples=("cd /proc; pwd",),
    see=("cd",),
)
def pwd(call: Invocation, given: Given) -> Running:
    """What getcwd(2) replies."""
    if given.operands:
        yield from say(call, "ignoring non-option arguments")
    path = yield Getcwd()
    yield from write(1, path + "\n")
    return 0


@command(
    "cd",
    "change the working directory to DIR, to $HOME, or to /",
    Topic.FILES,
    operands=(optional("DIR", Kind.PATH),),
    man="cd(1p)",
    gap="there is no OLDPWD, hence no `cd -`; threads that share it (CLONE_FS) move along",
    examples=("cd /dev; pwd",),
    see=("pwd", "chroot"),
)
def cd(call: Invocation, given: Given) -> Running:
    """chdir(2)."""
    yield Chdir(given.operand(0, call.variables.get("HOME") or "/"))
    return 0
