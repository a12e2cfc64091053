"""``${name:-word}`` and its kin make what they make in the machine's own shells."""

from __future__ import annotations

import random
from pathlib import Path

from nsh.session.session import Session
from tests.lang import _shells
from tests.lang._shells import quoted

VALUES = {"path": "/a/b c/d.tar.gz", "empty": "", "star": "*", "words": " a  b ", "back": "a\\*b"}
SET = "unset none; " + "; ".join(f"{name}={quoted(value)}" for name, value in VALUES.items()) + "; "
WORDS = """
${none:-a b}|"${none:-a  b}"|${none:-"a  b"}|x${none:-a b}y|${none:-}|"${none:-}"
${none:-""}|''${empty}
${empty:-e}|${empty-e}|${path:-e}|"${path:-e}"|${none-$path}|"${none-$path}"
${none-"$path"}x
${none:=new} $none|"${none=a  b}" "$none"|${empty:=x}$empty|${none:=$(echo made)}$none
${path:+set}|${empty:+set}|${empty+set}|${none+set}|"${path:+a  b}"|[${none:+x}]
${path:+"$words"}
${path%.*}|${path%%.*}|${path#*/}|${path##*/}|"${path%.*}"|"${path##*/}"|${path%nothing}
${path#/a}
"${path%"${path##*/}"}"|${path%'.*'}|"${path%'.gz'}"|${path#$star}|${path##$star}
"${path#"$star"}"
${star#"*"}|${star%\\*}|${back%"*b"}|${back#a\\\\}|${back%[*]b}|${path#?}|${path#[/]}
${path%%[!a]*}
${#path}|${#none}|${#words}|"${#empty}"|a${#star}b
${none:-${empty:-${path%%/*}deep}}|"${none:-"${empty:-in  ner}"}"|${none:-$((1 + 2))}
$((${none:-3} * 2))
"${none:-'a'}"|${none:-'a'}|"${none:-\\}}"|${none:-\\}}|${none:-a\\ b}|"${none:-\\$x}"
${none:-{a}
${none:-a}${none:-b}|"$words${none:-x}"$words|${none:-$words}|${words}${none:-b c}
${none:-;&<>}|${none:-a "b  c"' d'}|${none:-"a "$path" b"}|x${none:- a }y|x${none:-" "}y
`echo ${none:-b}`|"$(echo "${none:-"c"}")"|${none:-`echo d`}|${words# }|"${words% }"
"${words## }"
"""


def made_up(count: int) -> list[str]:
    chance = random.Random(3)
    pieces = ["a", "/", "*", "?", "[a-c]", "$star", '"$star"', "'*'", ".", "\\*", "$path", " "]
    found = []
    for _ in range(count):
        word = "".join(chance.choices(pieces, k=chance.randint(0, 3)))
        operator = chance.choice(["#", "##", "%", "%%", ":-", "-", ":+", "+"])
        one = f"${{{chance.choice([*VALUES, 'none'])}{operator}{word}}}"
        inside = operator[0] not in "#%" and "'" in word  # of which each has its own opinion
        found.append(one if inside or chance.random() < 0.5 else f'"{one}"')
    return found


@_shells.both
def test_they_are_what_a_shell_makes_of_them(shell: str, tmp_path: Path) -> None:
    words = [word for line in WORDS.split("\n") for word in line.split("|")]
    commands = [f"{SET}printf '[%s]\\n' {word}" for word in [*words, *made_up(400)]]
    script = "".join(f"{command}; echo ==\n" for command in commands)
    theirs = _shells.printed(shell, script, tmp_path).split("==\n")[:-1]
    session = Session("mainline", keep=False)
    assert session.run("mkdir /tmp/e; cd /tmp/e").ok
    differing = {
        command.removeprefix(SET): (real, ours)
        for command, real in zip(commands, theirs, strict=True)
        if (ours := session.run(command).stdout) != real
    }
    assert differing == {}
