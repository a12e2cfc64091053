"""The mount options of devpts (fs/devpts/inode.c: devpts_param_specs; fs/fs_parser.c)."""

import re
from typing import Final

from msgspec.structs import replace

from nsh.abi.errno import Errno
from nsh.abi.files import S_IFCHR
from nsh.machine.devpts import PTY_LIMIT, DevPts

_OCTAL: Final = re.compile(r"\+?([0-7]+)", re.ASCII)
_ANY: Final = re.compile(r"\+?(0[xX](?P<hex>[0-9a-fA-F]+)|(?P<octal>0[0-7]*)|(?P<decimal>[0-9]+))")
_UINT_MAX: Final = (1 << 32) - 1
_NOBODY_AT_ALL: Final = _UINT_MAX
"""(uid_t)-1, which is no user."""


def parse(options: str, old: DevPts) -> DevPts:
    """*old* with the options that are given, and the defaults of those that are not.

    Also of a remount: what it does not repeat it takes back.  EINVAL.
    """
    data = DevPts(old.root, old.ptmx, reserve=old.reserve, used=old.used, shown=old.shown)
    for option in filter(None, options.split(",")):
        name, equals, value = option.partition("=")
        match name:
            case "newinstance" if not equals:
                pass  # each mount is an instance
            case "mode":
                data = replace(data, mode=_octal(name, value))
            case "ptmxmode":
                data = replace(data, ptmxmode=_octal(name, value))
            case "uid":
                data = replace(data, uid=_id(name, value))
            case "gid":
                data = replace(data, gid=_id(name, value))
            case "max":
                most = _number(name, value)
                if most > PTY_LIMIT:
                    raise Errno.EINVAL(f"no instance has more than {PTY_LIMIT} pseudo terminals")
                data = replace(data, most=None if most == PTY_LIMIT else most)
            case _:
                raise Errno.EINVAL(f"devpts has no option {option!r}")
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


def _octal(name: str, value: str) -> int:
    found = _OCTAL.fullmatch(value)
    if found is None or int(found[1], 8) > _UINT_MAX:
        raise Errno.EINVAL(f"{value!r} is no value for {name}, which is octal")
    return int(found[1], 8) & 0o7777


def _number(name: str, value: str) -> int:
    """In C's notation (kstrtouint with base 0)."""
    found = _ANY.fullmatch(value)
    if found is None:
        raise Errno.EINVAL(f"{value!r} is no value for {name}")
    base = 16 if found["hex"] else 8 if found["octal"] else 10
    number = int(found["hex"] or found["octal"] or found["decimal"], base)
    if number > _UINT_MAX:
        raise Errno.EINVAL(f"{value} is too large for {name}")
    return number


def _id(name: str, value: str) -> int:
    number = _number(name, value)
    if number == _NOBODY_AT_ALL:
        raise Errno.EINVAL(f"{value} is nobody's {name}")
    return number
