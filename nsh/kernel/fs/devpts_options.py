"""The mount options of devpts (fs/devpts/inode.c: devpts_param_specs; fs/fs_parser.c)."""

from typing import Final

from msgspec.structs import replace

from nsh.abi.files import S_IFCHR
from nsh.kernel.fs import parameters
from nsh.machine.devpts import PTY_LIMIT, DevPts

_KIND: Final = "devpts"


def parse(options: str, old: DevPts) -> DevPts:
    """*old* with the options that are given, and the defaults of those that are not.

    Also of a remount: what it does not repeat it takes back.  EINVAL.
    """
    data = DevPts(old.root, old.ptmx, reserve=old.reserve, used=old.used, shown=old.shown)
    for option in filter(None, options.split(",")):
        name, equals, value = option.partition("=")
        match name:
            case "newinstance":
                if equals:
                    parameters.unexpected(_KIND, name)  # and else: each mount is an instance
            case "mode":
                data = replace(data, mode=parameters.octal(_KIND, name, value))
            case "ptmxmode":
                data = replace(data, ptmxmode=parameters.octal(_KIND, name, value))
            case "uid":
                data = replace(data, uid=parameters.identity(_KIND, name, value))
            case "gid":
                data = replace(data, gid=parameters.identity(_KIND, name, value))
            case "max":
                most = parameters.integer(_KIND, name, value)
                if not 0 <= most <= PTY_LIMIT:
                    reason = f"no instance has more than {PTY_LIMIT} pseudo terminals"
                    parameters.refuse("max out of range", reason)
                data = replace(data, most=None if most == PTY_LIMIT else most)
            case _:
                parameters.unknown(_KIND, name)
    return replace(data, ptmx=replace(data.ptmx, mode=S_IFCHR | data.ptmxmode))


def names(options: str) -> list[str]:
    """The options that are given."""
    return [option.partition("=")[0] for option in options.split(",")]


def told(data: DevPts) -> str:
    """As /proc/mounts tells them."""
    parts = []
    if data.uid is not None:
        parts.append(f",uid={data.uid}")
    if data.gid is not None:
        parts.append(f",gid={data.gid}")
    parts.append(f",mode={data.mode:03o},ptmxmode={data.ptmxmode:03o}")
    if data.most is not None:
        parts.append(f",max={data.most}")
    return "".join(parts)
