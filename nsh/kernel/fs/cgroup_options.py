"""The mount options of cgroup (cgroups(7); cgroup1_parse_param, check_cgroupfs_options)."""

import re
from typing import Final, NamedTuple

from nsh.abi.errno import Errno
from nsh.kernel.fs import parameters
from nsh.machine.cgroups import CONTROLLERS

_KIND: Final = "cgroup"
_LONGEST: Final = 63
"""MAX_CGROUP_ROOT_NAMELEN less one."""
_FLAGS: Final = ("all", "clone_children", "none")
_NOT_HERE: Final = frozenset(("noprefix", "release_agent", "xattr"))
"""What Linux knows besides."""


class Wanted(NamedTuple):
    """What options ask for."""

    name: str
    controllers: tuple[str, ...]
    none: bool
    """Expressly without controllers."""
    clone_children: bool


def parse(options: str) -> Wanted:
    """EINVAL, and why in the kernel's log."""
    name = ""
    flags: set[str] = set()
    wanted: set[str] = set()
    for option in filter(None, options.split(",")):
        key, equals, value = option.partition("=")
        match key:
            case _ if key in _FLAGS:
                if equals:
                    parameters.unexpected(_KIND, key)
                flags.add(key)
            case _ if key in CONTROLLERS:
                wanted.add(key)
            case "name":
                name = _name(value, name)
            case _ if key in _NOT_HERE:
                raise Errno.EINVAL(f"cgroup has no option {key} on this machine")
            case _:
                reason = f"there is no controller {key!r}"
                parameters.refuse(f"{_KIND}: Unknown subsys name '{key}'", reason)
    none = "none" in flags
    if "all" in flags or not (wanted or none or name):
        if wanted:
            said = f"{_KIND}: subsys name conflicts with all"
            parameters.refuse(said, "all of them, or some by their names")
        wanted = set(CONTROLLERS)
    if not wanted and not name:
        said = f"{_KIND}: Need name or subsystem set"
        parameters.refuse(said, "a hierarchy without controllers has a name: -o none,name=NAME")
    if wanted and none:
        parameters.refuse(f"{_KIND}: none used incorrectly", "controllers, or none")
    ordered = tuple(each for each in CONTROLLERS if each in wanted)
    return Wanted(name, ordered, none, "clone_children" in flags)


def _name(value: str, before: str) -> str:
    if not value:
        parameters.refuse(f"{_KIND}: Empty name", "a hierarchy's name is not empty")
    if len(value.encode("utf-8", "surrogateescape")) > _LONGEST:
        parameters.refuse(f"{_KIND}: Name too long", f"a name has {_LONGEST} bytes at most")
    if not re.fullmatch(r"[A-Za-z0-9._-]+", value):
        reason = "a hierarchy's name is made of letters, digits and . _ -"
        parameters.refuse(f"{_KIND}: Invalid name", reason)
    if before:
        parameters.refuse(f"{_KIND}: name respecified", "a hierarchy has one name")
    return value
