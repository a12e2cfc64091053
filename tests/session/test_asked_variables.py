"""``$PWD``, ``$UID`` and ``$HOSTNAME`` are true of whoever acts, and give way to an assignment."""

from __future__ import annotations

import pytest

from nsh.session.session import Session

SCRIPTS = {
    "cd /proc/1; echo $PWD ${PWD##*/} ${#PWD}": "/proc/1 1 7\n",
    'mkdir "/a b"; cd "/a b"; printf "[%s]" $PWD "$PWD"': "[/a][b][/a b]",
    "spawn w; w cd /tmp; as w { echo $PWD }; echo $PWD": "/tmp\n/\n",
    "spawn --uts w; w hostname in; echo $HOSTNAME; as w echo $HOSTNAME": "nsh\nin\n",
    "( cd /proc; echo $PWD ); echo $PWD": "/proc\n/\n",
    "spawn w; w setuid 7; as w { echo $UID $((UID * 2)) }; echo $UID": "7 14\n0\n",
    "UID=3; echo $UID ${UID:-4} ${#UID}; unset UID; echo $UID": "3 3 1\n0\n",
    "PWD=; echo [$PWD]; def f(HOSTNAME) { echo $HOSTNAME }; f me; echo $HOSTNAME": "[]\nme\nnsh\n",
    "echo ${PWD:+set} ${HOSTNAME:-none} ${UID:=5} $UID": "set nsh 0 0\n",
    "chroot /proc/1/root; cd /tmp; echo $PWD": "/tmp\n",
}


@pytest.mark.parametrize("script", SCRIPTS)
def test_they_say(script: str) -> None:
    assert Session().run(script).stdout == SCRIPTS[script]


def test_a_directory_that_is_gone_has_no_path() -> None:
    result = Session().run("mkdir /q; cd /q; rmdir /q; echo $PWD; echo not")
    assert result.stderr.startswith("nsh: PWD: No such file or directory (ENOENT)")
    assert result.stdout == ""


def test_nobody_is_told_of_them_by_the_environment() -> None:
    assert "PWD" not in Session().run("cd /tmp; env; cat /proc/self/environ").stdout


def requests(script: str) -> list[str]:
    return [type(step.request).__name__ for step in Session().run(script).steps if step.request]


def test_they_are_requests_like_others() -> None:
    assert "Getcwd" in requests("echo $PWD")
    assert "Getcwd" not in requests("PWD=x; echo $PWD")
