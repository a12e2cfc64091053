"""How each value of a process is known: what of it is no fact."""

from nsh.linux.observe.facts import HIDDEN, KINDS, Process
from nsh.linux.observe.families import Families
from nsh.linux.observe.gathering import Gathered
from nsh.linux.observe.placing import Placing
from nsh.machine.observed import Evidence


def evidence(
    one: Process, placing: Placing, found: Families, gathered: Gathered | None = None
) -> dict[str, Evidence]:
    """The fields that are derived or hidden; see :class:`~nsh.machine.observed.Sighting`."""
    weak = dict.fromkeys(one.doubts, Evidence.DERIVED)
    if HIDDEN in one.links:
        for kind, inum in zip(KINDS, one.links, strict=True):
            if inum == HIDDEN:
                weak[f"ns.{kind}"] = Evidence.HIDDEN
    if one.pid in placing.guessed and (len(one.pids) > 1 or one.links[0] == HIDDEN):
        weak["space"] = Evidence.DERIVED
    if one.pid in found.derived:
        weak["parent"] = Evidence.DERIVED
    if one.pid in found.unseen:
        weak["parent"] = Evidence.HIDDEN
    if gathered is not None:
        weak.update(dict.fromkeys(gathered.derived.get(one.pid, ()), Evidence.DERIVED))
    return weak
