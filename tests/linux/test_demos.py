"""The demos that mainline can play keep their promises on Linux."""

from __future__ import annotations

from pathlib import Path

import pytest

from nsh.session.real.session import RealSession

pytestmark = pytest.mark.usefixtures("stage")

DEMOS = sorted(Path(__file__).parents[2].glob("demos/*/*.nsh"))
NOT_MAINLINE = (
    "/proc/container", "profile franke", "profile menage", "profile summit", "policy ", " --tty",
    " --dev ", "/dev/kmsg", "sleep 86400", "mount -t container", "mount -t rcfs",
    "checkpoint ", "mount -t crfs",
)  # fmt: skip


OF_THE_MACHINE = ("mount -t cgroup -o",)


def needs_more(text: str) -> str:
    for words, why in (
        (NOT_MAINLINE, "which no mainline kernel has"),
        (OF_THE_MACHINE, "which is the whole machine's"),
    ):
        if found := next((word.strip() for word in words if word in text), ""):
            return f"{found}, {why}"
    return ""


@pytest.mark.parametrize("path", DEMOS, ids=lambda path: path.stem)
def test_keeps_its_promises(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    if why := needs_more(text):
        pytest.skip(f"{path.stem} uses {why}")
    with RealSession() as session:
        result = session.run(text, path.name)
    assert result.ok, result.output + "\n".join(result.messages)


def test_some_can_be_played() -> None:
    played = [path.stem for path in DEMOS if not needs_more(path.read_text(encoding="utf-8"))]
    assert set(played) >= {"init-dies", "nested-spaces", "signals-to-init", "wanted-pids"}
