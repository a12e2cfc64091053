"""What nsenter says to strangers."""

from __future__ import annotations

import pytest

from nsh.session.session import Session


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        (
            "nsenter -t 99 -p ps",
            "nsenter: cannot open /proc/99/ns/pid: No such file or directory (ENOENT): "
            "no process has pid 99 here",
        ),
        ("nsenter -t 99 -u", "cannot open /proc/99/ns/uts: "),
        ("nsenter --net=/nowhere true", "nsenter: cannot open /nowhere: "),
        ("nsenter -p ps", "neither filename nor target pid supplied for ns/pid"),
        ("nsenter -t nobody -p ps", "no task is called nobody"),
    ],
)
def test_what_it_cannot_enter_is_named(line, wanted):
    ran = Session().run(line)
    assert wanted in ran.stderr
    assert "root of a proc" not in ran.stderr
    assert Session().run(f"if {line} {{ echo in }} else {{ echo out }}").stdout == "out\n"


def test_who_sleeps_for_ever_waits_for_a_signal():
    session = Session()
    session.submit("sleep infinity")
    said = [step.message for step in session.history if step.message]
    assert said == ["given up: init waits for a signal, in pause, and nobody is left to wake it"]
