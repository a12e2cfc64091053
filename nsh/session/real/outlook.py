"""What is to be expected of a cast: who performs the statement, and who waits for what."""

from collections.abc import Callable

from nsh.abi.signals import Sig
from nsh.linux import manners
from nsh.linux.conductor import Conductor
from nsh.machine.ids import NOBODY, TaskId
from nsh.machine.program import DIRECTOR, Program
from nsh.session.director import no_actor
from nsh.session.naming import asleep
from nsh.session.real.cast import Cast, Part


def performs(cast: Cast, program: Program) -> bool:
    """Whether *program* is the statement that is under way, or a part of it."""
    caller = program.caller
    while caller not in (NOBODY, DIRECTOR):
        above = cast.parts[caller].program
        if above is None:
            return False
        caller = above.caller
    return caller == DIRECTOR


def waits(cast: Cast) -> bool:
    """Whether the statement under way waits for others, and nobody for time to pass."""
    return stalls(cast) and not time_brings(cast)


def why_nobody_acts(cast: Cast) -> str:
    """That the acting task is dead, in words; "" if it is not."""
    part = cast.parts[cast.director.actor]
    return "" if part.puppet.alive else no_actor(part.label)


def why_stuck(cast: Cast, name: Callable[[TaskId], str]) -> str:
    """Who performs the statement, and what for it waits, in words; *name* names who has no
    label."""
    for part in reversed(cast.parts.values()):
        call, program = part.asleep_in, part.program
        if call is None or part.stopped or program is None or not performs(cast, program):
            continue
        return f"{part.label or name(TaskId(part.puppet.key))} {asleep(call)}"
    return "the acting task cannot go on"


def reads_terminal(cast: Cast, conductor: Conductor) -> bool:
    """Whether somebody waits for what the person types."""
    return any(
        part.puppet.alive and part.answer is None and conductor.reads_console(part.puppet)
        for part in cast.parts.values()
    )


def rests(cast: Cast) -> bool:
    """Whether nobody can do anything, nor waits for time."""
    return not time_brings(cast) and not any(
        part.has_work for part in cast.parts.values() if part.puppet.alive
    )


def stalls(cast: Cast) -> bool:
    """Whether the statement under way can do nothing before others have done something."""
    return cast.director.busy and not any(
        part.has_work and part.program is not None and performs(cast, part.program)
        for part in cast.parts.values()
    )


def heeds(cast: Cast, signo: Sig) -> bool:
    """Whether some task that performs something handles, ignores or blocks *signo*."""
    return any(
        part.program is not None and part.puppet.alive and part.puppet.minds(signo)
        for part in cast.parts.values()
    )


def time_brings(cast: Cast) -> bool:
    """Whether somebody sleeps for a while, or a timer may go off."""
    return any(_sleeps(part) for part in cast.parts.values()) or cast.alarms.pending


def _sleeps(part: Part) -> bool:
    if not part.puppet.alive or part.stopped:
        return False
    return any(map(manners.ends_by_time, part.puppet.asked))
