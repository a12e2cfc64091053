"""References to tasks, as :mod:`nsh.kernel.refs` has them, resolved among puppets."""

from typing import Final

from nsh.abi.errno import Errno
from nsh.linux.conductor import Conductor
from nsh.linux.troupe import Puppet
from nsh.session.real.cast import Cast, Part

_DIGITS: Final = 18


def find(cast: Cast, conductor: Conductor, caller: Puppet, ref: str) -> Part:
    """The task that *ref* names for *caller*; ESRCH, with what was looked for, if none."""
    spaces = conductor.spaces
    cid, colon, rest = ref.partition(":")
    if colon:
        if not _is_number(rest):
            raise Errno.ESRCH(f"{ref} is not of the form cid:pid")
        space = spaces.find(cid) if cid else caller.spaces[-1]
        if space is None:
            raise Errno.ESRCH(f"there is no container {cid}")
        return _in_space(cast, conductor, space, int(rest), ref)
    labelled = cast.labelled(ref)
    if labelled is not None:
        return labelled
    if _is_number(ref):
        return _in_space(cast, conductor, caller.spaces[-1], int(ref), ref)
    raise Errno.ESRCH(f"no task is called {ref}")


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= _DIGITS


def _in_space(cast: Cast, conductor: Conductor, space: int, nr: int, ref: str) -> Part:
    for part in cast.parts.values():
        if part.puppet.state and pid_in(part.puppet, space) == nr:
            return part
    label = conductor.spaces.label(space)
    raise Errno.ESRCH(f"{ref} names nobody: {label} has no pid {nr}")


def pid_in(puppet: Puppet, space: int) -> int:
    """Its number in the pid namespace *space*; 0 where it is not visible."""
    if space not in puppet.spaces:
        return 0
    return puppet.pids[puppet.spaces.index(space)]


def resolve(cast: Cast, conductor: Conductor, caller: Puppet, ref: str) -> int:
    """The pid by which *caller* sees the task that a reference names.  ESRCH."""
    whom = find(cast, conductor, caller, ref).puppet
    seen = pid_in(whom, caller.spaces[-1])
    if not seen:
        spaces = conductor.spaces
        raise Errno.ESRCH(
            f"{ref} is {spaces.label(whom.spaces[-1])}:{whom.pids[-1]} {whom.comm()}, "
            f"which is not visible in {spaces.label(caller.spaces[-1])}"
        )
    return seen
