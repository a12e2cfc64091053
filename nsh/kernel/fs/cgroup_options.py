"""The mount options of cgroup (cgroups(7); cgroup1_parse_param, check_cgroupfs_options)."""

import re
from typing import Final, NamedTuple

from nsh.kernel.fs import parameters
from nsh.machine.cgroups import CONTROLLERS

_KIND: Final = "cgroup"
_LONGEST: Final = 63
"""MAX_CGROUP_ROOT_NAMELEN less one."""
_WORDS: Final = ("all", "clone_children", "none")
FLAGS: Final = {
    "noprefix": 1 << 1,
    "xattr": 1 << 2,
    "cpuset_v2_mode": 1 << 16,
    "favordynmods": 1 << 4,
}
"""What a hierarchy begins with, and keeps, in the order in which /proc/mounts has it.  To this
machine they mean nothing."""


class Wanted(NamedTuple):
    """What options ask for."""

    name: str
    controllers: tuple[str, ...]
    none: bool
    """Expressly without controllers."""
    clone_children: bool
    flags: tuple[str, ...]
    release_agent: str


def parse(options: str, *, administrator: bool = True) -> Wanted:
    """EINVAL, and why in the kernel's log.  *administrator*: of the whole machine, so that a
    release agent may be named, which is run with all capabilities."""
    name = agent = ""
    given: set[str] = set()
    flags: set[str] = set()
    wanted: set[str] = set()
    for option in filter(None, options.split(",")):
        key, equals, value = option.partition("=")
        match key:
            case _ if key in _WORDS:
                if equals:
                    parameters.unexpected(_KIND, key)
                flags.add(key)
            case _ if key in CONTROLLERS:
                wanted.add(key)
            case "name":
                name = _name(value, name)
            case "release_agent":
                agent = _agent(value, agent, administrator=administrator)
            case "nofavordynmods" if not equals:
                given.discard("favordynmods")
            case _ if key in FLAGS or key == "nofavordynmods":
                if equals:
                    parameters.unexpected(_KIND, key)
                given.add(key)
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
    if wanted and "noprefix" in given:
        said = f"{_KIND}: noprefix used incorrectly"
        parameters.refuse(said, "noprefix is for cpusets, which this machine has not")
    if wanted and none:
        parameters.refuse(f"{_KIND}: none used incorrectly", "controllers, or none")
    ordered = tuple(each for each in CONTROLLERS if each in wanted)
    kept = tuple(each for each in FLAGS if each in given)
    return Wanted(name, ordered, none, "clone_children" in flags, kept, agent)


def _agent(value: str, before: str, *, administrator: bool) -> str:
    if not value:
        parameters.bad(_KIND, "release_agent", value)
    if before:
        said = f"{_KIND}: release_agent respecified"
        parameters.refuse(said, "a hierarchy has one release agent")
    if not administrator:
        said = f"{_KIND}: Setting release_agent not allowed"
        parameters.refuse(said, "it runs as root of the whole machine, so nobody else may name it")
    return value


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
