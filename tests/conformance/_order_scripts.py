"""Random scripts in which several programs go on at once, each in a random order of their steps."""

from __future__ import annotations

import random
from typing import Final

from nsh.session.comparing.stage import like_a_stage
from nsh.session.comparing.telling import text_lines
from nsh.session.exploring.moves import Moment, Moves
from nsh.session.exploring.orders import Ordered
from nsh.session.exploring.refereeing import on_linux
from nsh.session.statements import pending
from tests.conformance._scripts import WIDTH, commands, filled

_BEFORE: Final = """\
semget -c 7 2
semop 0 {n}:+1
msgget -c 5
mkfifo /tmp/f
touch /tmp/a /tmp/b
"""
_THEMES: Final = [
    commands(theme)
    for theme in (
        """
        semop 0 {n}:-1
        semop 0 {n}:+1
        semop 0 {n}:+1 1:-1
        semop 0 0:-1 1:-1
        semop 0 {n}:0
        semop -n 0 {n}:-1
        semop -u 0 {n}:-1
        semctl 0 setval {n} {n}
        ipcrm -s 0
        """,
        """
        msgsnd 0 {word}
        msgsnd -t 2 0 {word}
        msgrcv 0
        msgrcv -t 2 0
        msgrcv -n 0
        ipcrm -q 0
        """,
        """
        mq_open -c --maxmsg 1 /q; mq_send {fd} {word}
        mq_open -c --maxmsg 1 /q; mq_receive {fd}
        mq_open -c --maxmsg 1 /q; mq_send {fd} {word}; mq_send -p {n} {fd} {word}
        mq_receive 3
        mq_unlink /q
        """,
        """
        {held} {n} {m}
        {held} 0 {m}
        exec 7>> /tmp/a; setlk write 7 {n} {m}
        {held} 0 {m}; setlk unlock 7 {n} {m}
        exec 7>> /tmp/a; setlk -w -o write 7 {n} {m}
        getlk write 7
        exec 7>&-
        flock /tmp/{file} echo {word}
        flock /tmp/{file} cat /tmp/{file}
        flock -n /tmp/{file} true
        """,
        """
        echo {word} > /tmp/f
        cat /tmp/f
        echo {word} | cat
        echo {word} | (cat; echo {word})
        exec cat /tmp/{file}
        """,
        """
        kill -{signal} {who}
        kill -{signal} {who}
        trap {signal} { echo {word} }
        trap '' {signal}
        spawn {label} { exit {n} }
        (echo {word})
        waitpid -n -1
        wait
        exit {n}
        """,
        """
        cat /tmp/{file}
        echo {word} > /tmp/{file}
        echo {word} >> /tmp/{file}
        rm /tmp/{file}
        shmget -c 9 4096
        shmat 0; ipcrm -m 0
        """,
    )
]
_FAITH: Final = 0.7
"""How often a command is about what its script is about."""
_WAKING: Final = commands(
    """
    semop 0 {n}:+1
    semop 0 0:+1 1:+1
    semctl 0 setval {n} {m}
    msgsnd 0 {word}
    msgsnd -t 2 0 {word}
    kill -{signal} {who}
    """
)
_CHOICES: Final = {
    "n": ("0", "1"),
    "m": ("1", "2"),
    "held": (
        "exec 7< /tmp/a; setlk -w read 7",
        "exec 7>> /tmp/a; setlk -w write 7",
        "exec 7>> /tmp/a; setlk -w write 7",
    ),
    "fd": ("3", "3", "7"),
    "word": ("one", "two"),
    "signal": ("USR1", "USR2", "TERM", "CONT", "KILL"),
    "who": ("2", "3"),
    "label": ("x", "y"),
    "file": ("a", "b"),
}
_PERSISTENCE: Final = 0.6
"""How often whoever has taken a step takes the next one, too, though others could."""


def _command(chance: random.Random, theme: list[str]) -> str:
    about = theme if chance.random() < _FAITH else chance.choice(_THEMES)
    command = filled(chance, chance.choice(about), _CHOICES)
    return command if command.endswith("}") else f"{command} || true"


def script(seed: int) -> str:
    """The script of *seed*."""
    chance = random.Random(seed)
    theme = chance.choice(_THEMES)
    lines = [filled(chance, _BEFORE, _CHOICES).rstrip()]
    for name in ("a", "b", "c")[: chance.choice((2, 2, 3))]:
        body = "; ".join(_command(chance, theme) for _ in range(chance.randint(2, 5)))
        end = "; exit" if chance.random() < 0.7 else ""
        lines.append(f"spawn {name} {{ {body}{end} }}")
    waking = [chance.choice(_WAKING) for _ in range(chance.randint(0, 4))]
    lines += [filled(chance, command, _CHOICES) + " || true" for command in waking]
    lines += ["wait"] * chance.randint(0, 2)
    return "\n".join(lines) + "\n"


def in_some_order(seed: int) -> Ordered:
    """A session on the model that is to perform the script of *seed* in a random order."""
    chance = random.Random(seed)
    found = pending(script(seed), f"orders-{seed}")
    moves = Moves(found, search=False, prompt=True)
    moment, end, last = Moment(like_a_stage()), None, -1
    order: list[int] = []
    while end is None:
        follow, end = moves.after(moment)
        if not follow:
            break
        going_on = [move for move in follow if move.who == last and chance.random() < _PERSISTENCE]
        move = chance.choice(going_on or follow)
        if len(follow) > 1:
            order.append(move.who)
        last, moment, end = move.who, move.moment, move.end
    return Ordered(found, like_a_stage(), order, eager=True, prompt=True)


def differences(seed: int) -> tuple[int, list[str]]:
    """How many steps that takes, and where Linux differs in them, a line each."""
    verdict = on_linux(lambda: in_some_order(seed))
    told = [verdict.diverged] if verdict.diverged else []
    if verdict.differences:
        told += text_lines(verdict.pairs, ("model", "linux"), WIDTH)
    return len(verdict.pairs), [script(seed), *told] if told else []
