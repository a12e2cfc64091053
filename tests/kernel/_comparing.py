"""One program on both kernels, and where they first differ."""

from __future__ import annotations

from typing import Any, Final

from nsh.abi import signals
from tests.kernel._linux import Linux, Step

REPLAYS = 4
"""What runs at once on Linux has no order of its own, so where not everything could be kept
in step (see `tests.kernel._linux_puppet._ahead`) the model has to agree with one of so many
replays."""
_OWN: Final = 5
"""Where a row has what pends for the thread."""
_SHARED: Final = 6
"""And for the process."""


def compare(
    linux: Linux,
    steps: list[Step],
    model: list[dict[str, Any]],
    lag: float = 0.0,
    replays: int = REPLAYS,
) -> str:
    """ "", or a transcript of the program as far as the two agree and the difference.

    *lag*: as `Linux.play` has it; longer with each replay.

    On a kernel that spares inits a program is over where the model's, as mainline's, has died; on
    one that forgets what pends for dead threads the model has not to remember it.
    """
    difference = 0
    for _ in range(replays):
        real = linux.play(steps, lag)
        lag *= 3
        found = agree(real, model, forgets=linux.forgets)
        if found is None:
            return ""
        difference = found
        if linux.spares_inits and _died(model[found]) - _died(real[found]):
            return ""
    lines = [f"{steps[n]} -> {real[n]['answers']}" for n in range(difference + 1)]
    lines.append(f"  Linux: {real[difference]['answers']}  model: {model[difference]['answers']}")
    for part in parts(model[difference]):
        there, here = real[difference][part], model[difference][part]
        lines += [
            f"  {number}: Linux {there.get(number)}, model {here.get(number)}"
            for number in sorted(there.keys() | here.keys(), key=int)
            if there.get(number) != here.get(number)
        ]
    return "\n".join(lines)


def _died(seen: dict[str, Any]) -> set[str]:
    return {number for number, state in seen["world"].items() if state and state[0] == "Z"}


def parts(seen: dict[str, Any]) -> list[str]:
    """What is compared of the world after a step."""
    return ["world", "terminals", "users"] if seen["users"] else ["world", "terminals"]


def agree(
    real: list[dict[str, Any]], model: list[dict[str, Any]], *, forgets: bool = False
) -> int | None:
    """The first step after which the two do not tell the same; None if there is none."""
    early: set[str] = set()
    allowed: dict[str, Any] = {}
    together: set[str] = set()
    before: dict[str, Any] = {}
    for number, (one, other) in enumerate(zip(real, model, strict=True)):
        together |= _died_together(before, other["world"])
        before = other["world"]
        allowed |= other["maybe"] | other["answers"]
        told = one["answers"]
        missing = other["answers"].keys() - told.keys() - early
        early |= told.keys()
        wrong = any(which not in allowed or allowed[which] != told[which] for which in told)
        same = all(
            _but_for(one[part], together, forgets) == _but_for(other[part], together, forgets)
            for part in parts(other)
        )
        if missing or wrong or not same:
            return number
    return None


def _died_together(before: dict[str, Any], after: dict[str, Any]) -> set[str]:
    """Who died in a step, if they were several."""
    alive = {name for name, row in before.items() if row[0] != "Z"}
    dead = {name for name in alive if name not in after or after[name][0] == "Z"}
    return dead if len(dead) > 1 else set()


def _but_for(seen: dict[str, Any], together: set[str], forgets: bool) -> dict[str, Any]:
    """What is *seen*, less what is left on the queues of the dead who died *together*, but for
    SIGKILL: it goes by who of them was the first; and less what a kernel *forgets*."""
    told = {name: [*row] for name, row in seen.items()}
    for name, row in told.items():
        if row[0] == "Z" and forgets:
            row[_OWN] = 0
        if row[0] == "Z" and name in together:
            row[_SHARED] &= signals.bit(signals.Sig.SIGKILL)
    return told
