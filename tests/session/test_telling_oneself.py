"""``as REF …`` where REF is who acts: it performs that itself, as any other task would."""

from __future__ import annotations

import pytest

from nsh.session.session import Session

SCRIPTS = {
    "as init echo hi; init getpid; 0:1 echo $$": "hi\n1\n1\n",
    "as init { x=5 }; echo $x": "5\n",
    "as init { echo in; false; echo not } || echo failed": "in\nfailed\n",
    "as init false || echo tested": "tested\n",
    "if as init true { echo yes }": "yes\n",
    "as init { as init { as init getpid } }": "1\n",
    "spawn w; as w { as w echo w $$; as :2 getppid }": "w 2\n1\n",
    "def f() { as init { echo f; return; echo not }; echo on }; f": "f\non\n",
    "trap USR1 { as init echo trapped }; kill -USR1 $$": "trapped\n",
    "echo $(as init echo inside)": "inside\n",
    "as init echo kept > /tmp/f; cat /tmp/f": "kept\n",
    "who=init; $who echo var; $who false || echo failed": "var\nfailed\n",
    "def g() { as init g }; g || echo deep": "deep\n",
    "spawn w; for who in init w { as $who getpid }": "1\n2\n",
    "init echo hi > /tmp/f; cat /tmp/f": "hi\n",
    "init cat /nope 2> /tmp/f || echo failed; wc -l < /tmp/f": "failed\n1\n",
    "x=1 init echo no || init echo $?": "2\n",
    "as init { echo a; return; echo b }; as init return; echo c": "a\nc\n",
    "trap USR1 { init false > /tmp/f; echo no }; kill -USR1 $$; echo on": "on\n",
    "expect { as init kill 99 } fails ESRCH; echo $?": "0\n",
}


@pytest.mark.parametrize("keep", [True, False])
@pytest.mark.parametrize("script", SCRIPTS)
def test_it_is_performed_at_once(script: str, keep: bool) -> None:
    result = Session(keep=keep).run(script)
    assert result.ok
    assert result.stdout == SCRIPTS[script]


def test_a_failure_ends_the_script_and_an_exit_the_task() -> None:
    assert not Session().run("as init { false; true }; echo no").ok
    session = Session()
    assert session.run("spawn w; as w { as w exit 3; echo no } || true").stdout == ""
    assert not session.task("w").alive


def test_who_has_the_prompt_is_told_by_its_name() -> None:
    session = Session()
    assert session.run("spawn sshd; as sshd echo web > /proc/container; as web:1").ok
    assert session.run("web:1 getpid; sshd getpid; :1 getpid").stdout == "1\n1\n1\n"
