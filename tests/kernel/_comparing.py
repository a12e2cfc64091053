"""One program on both kernels, and where they first differ."""

from __future__ import annotations

from typing import Any

from tests.kernel._linux import Linux, Step
from tests.kernel._model import agree

REPLAYS = 4
"""What runs at once on Linux has no order of its own, so where not everything could be kept
in step (see `tests.kernel._linux_puppet._ahead`) the model has to agree with one of so many
replays."""


def compare(
    linux: Linux,
    steps: list[Step],
    model: list[dict[str, Any]],
    lag: float = 0.0,
    replays: int = REPLAYS,
) -> str:
    """ "", or a transcript of the program as far as the two agree and the difference.

    *lag*: as `Linux.play` has it; longer with each replay.

    On a kernel that spares inits a program is over where the model's, as mainline's, has died.
    """
    difference = 0
    for _ in range(replays):
        real = linux.play(steps, lag)
        lag *= 3
        found = agree(real, model)
        if found is None:
            return ""
        difference = found
        if linux.spares_inits and _died(model[found]) - _died(real[found]):
            return ""
    lines = [f"{steps[n]} -> {real[n]['answers']}" for n in range(difference + 1)]
    lines.append(f"  Linux: {real[difference]['answers']}  model: {model[difference]['answers']}")
    for part in (
        ("world", "terminals", "users") if model[difference]["users"] else ("world", "terminals")
    ):
        there, here = real[difference][part], model[difference][part]
        lines += [
            f"  {number}: Linux {there.get(number)}, model {here.get(number)}"
            for number in sorted(there.keys() | here.keys(), key=int)
            if there.get(number) != here.get(number)
        ]
    return "\n".join(lines)


def _died(seen: dict[str, Any]) -> set[str]:
    return {number for number, state in seen["world"].items() if state and state[0] == "Z"}
