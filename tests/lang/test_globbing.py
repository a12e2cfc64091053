"""Words that match file names become what they become in the machine's own shells."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest

from nsh.lang import globbing
from nsh.lang.live import LIVE
from nsh.session.session import Session
from tests.lang import _shells

DIRECTORIES = ["d", "d/e", "d/.i", "x y", "empty"]
FILES = ["a", "ab", "a.b", "b", ".h", "*", "[z]", "?", "d/a", "d/b.c", "d/e/a", "d/.i/a", "x y/a"]
LINKS = {"link": "d", "dead": "nowhere", "d/up": ".."}
WORDS = (
    "* ? a* *b [ab] [!a]* [[:alpha:]] .* .h* d/* */a */ */* d/*/a */e/ *nothing* \"*\" '?' \\*"
    ' a"*" "a"* [*] [?] [[]z[]] x*y x"\\ "y/* link/* link/*/ dead* dead/* */up/a ./* .//* d//*'
    ' $star "$star" $star/a $both a=* d/[e]/../* empty/* d/e/a* nothing/* a/* [ ] [a [a-"z"]'
    " d/.*/a ''* $none* $slash [!.]* ** **/a d/?/a \"[ab]\" [a\"b\"] [a']'] '['ab] a\\.* a*$none"
    " d/[[:lower:]]* *[.]* 'x y'/* \"x y\"* x\\ y/?"
)
SET = "star='*'\nboth='a* b*'\nnone=\nslash='\\a*'\n"


def model(commands: list[str]) -> list[str]:
    session = Session("mainline", keep=False)
    lines = ["mkdir /t", "cd /t"]
    lines += [f"mkdir {_shells.quoted(name)}" for name in DIRECTORIES]
    lines += [f"echo > {_shells.quoted(name)}" for name in FILES]
    lines += [f"ln -s {target} {name}" for name, target in LINKS.items()]
    assert session.run("\n".join(lines) + "\n" + SET).ok
    return [session.run(command).stdout for command in commands]


def real(shell: str, directory: Path, commands: list[str]) -> list[str]:
    for name in DIRECTORIES:
        (directory / name).mkdir()
    for name in FILES:
        (directory / name).write_text("", encoding="utf-8")
    for name, target in LINKS.items():
        (directory / name).symlink_to(target)
    script = SET + "".join(f"{command}; echo ==\n" for command in commands)
    return _shells.printed(shell, script, directory).split("==\n")[:-1]


def made_up(count: int) -> list[str]:
    chance = random.Random(2)
    parts = ["*", "?", "[a-d]", "[!a]", "a", "b", "d", "/", "'a'", '"*"', "e", "up", ".", "$star"]
    words = ["".join(chance.choices(parts, k=chance.randint(1, 5))) for _ in range(count)]
    return [word for word in words if not word.startswith("/")]


@_shells.both
def test_names_are_those_that_a_shell_finds(shell: str, tmp_path: Path) -> None:
    words = re.findall(r"""(?:[^'" \\]|\\.|'[^']*'|"[^"]*")+""", WORDS)
    words += [word for word in made_up(300) if "." not in word or shell == "bash"]
    if shell == "dash":  # it counts . and .. among the names
        words = [word for word in words if "/." not in word and not word.startswith(".")]
    commands = [f"printf '%s\\n' {word}" for word in words]
    theirs, ours = real(shell, tmp_path, commands), model(commands)
    differing = {
        word: (a.split("\n"), b.split("\n"))
        for word, a, b in zip(words, theirs, ours, strict=True)
        if a != b
    }
    assert differing == {}


@pytest.mark.parametrize("home", ["HOME=/etc", "HOME='/a b'", "HOME="])
def test_a_tilde_is_the_home_directory(home: str, tmp_path: Path) -> None:
    words = "~ ~/x 'a'~ \\~ '~' ~'/x' a~ ~x/y ~/p[a]sswd x=~/y \"~\" ~/$none ~$none ~$(echo)"
    command = f"{home}; printf '[%s]\\n' {words}; x=~/z; y=~; printf '[%s]\\n' $x $y"
    session = Session("mainline", keep=False)
    assert session.run("mkdir /e; cd /e").ok
    assert session.run(command).stdout == _shells.printed("bash", command, tmp_path)


def test_without_a_home_it_is_the_root() -> None:
    assert Session().run("unset HOME; cd ~; pwd; echo ~ ~/x").stdout == "/\n/ /x\n"


def test_they_are_found_by_whoever_is_thawed_between_two_requests() -> None:
    found = []
    for frozen in (False, True):
        session = Session("mainline", keep=False)
        session.load('spawn w; for name in /proc/[0-9]*/ns/u* { echo "$name" }')
        while session.forward() is not None:
            if frozen:
                LIVE.clear()
        found.append(session.digest)
    assert found[0] == found[1]


def test_more_names_than_a_command_takes_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(globbing, "MAX_FIELDS", 10)
    session = Session("mainline", keep=False)
    assert "more than 10 arguments" in session.run("echo /dev/*").stderr
    assert session.run("echo /dev/t*y").stdout == "/dev/tty\n"
