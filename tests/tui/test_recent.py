"""Which consoles are in front depends on the moment, not on the way there."""

from __future__ import annotations

from itertools import pairwise
from random import Random

import pytest

from nsh.machine.consoles import Console
from nsh.machine.ids import TerminalId
from nsh.session.session import Session
from nsh.tui.look import Look
from nsh.tui.player import Player
from nsh.views.consoles import called
from nsh.views.selection import Sort, Thing
from nsh.views.whose import Whose

SCRIPT = """\
spawn --pid --mount --tty web
spawn --pid --mount --tty db
as web { echo one > /dev/console }
as db { echo two > /dev/console }
as web { echo three > /dev/console }
echo four
as db { echo five > /dev/console }
as web kill -KILL 1 || kill -KILL 2
echo six
"""


def player(script: str = SCRIPT) -> Player:
    session = Session()
    session.load(script, "screens.nsh")
    made = Player(session)
    made.rehearse()
    return made


def front(look: Look, room: int = 2) -> list[str]:
    machine = look._player.machine
    return [called(machine, key, Whose()) for key in look.scene(1, room).terminals]


def after(player: Player, text: str) -> int:
    """The last position of the statement with *text*."""
    at = [n for n, step in enumerate(player.history) if text in step.place.text]
    return at[-1]


def test_those_come_first_that_were_given_something_last():
    play = player()
    look = Look(play)
    for text, shown in (
        ("two", ["db:console", "web:console"]),
        ("four", ["0:console", "web:console"]),
        ("five", ["0:console", "db:console"]),
    ):
        play.seek(after(play, text))
        assert front(look) == shown


@pytest.mark.parametrize("room", [1, 2, 3, 4])
def test_the_same_moment_shows_the_same_ones_however_one_came_there(room: int):
    play = player()
    last = len(play.history) - 1
    stepped = Look(play)
    shown = []
    for at in range(last + 1):
        play.seek(at)
        shown.append(front(stepped, room))
    for look in (stepped, Look(play)):
        for at in Random(room).sample(range(last + 1), 40):
            play.seek(at)
            assert front(look, room) == shown[at]
    for before, now in pairwise(shown):
        assert sum(one != other for one, other in zip(before, now, strict=False)) <= 1


def test_who_goes_another_way_sees_who_is_there():
    play = player()
    look = Look(play)
    play.seek(len(play.history) - 1)
    front(look)
    play.seek(after(play, "one"))
    play.submit("echo mine")
    play.work(lambda: False)
    assert "0:console" in front(look)
    assert front(look) == front(Look(play))


def test_what_is_chosen_stays_in_front():
    play = player()
    look = Look(play)
    play.seek(after(play, "two"))
    keys = map(TerminalId, play.machine.rows(Console))
    names = {called(play.machine, key, Whose()): key for key in keys}
    look.select(Thing(Sort.TERMINAL, names["web:console"]))
    places = set()
    for at in range(after(play, "three"), after(play, "five") + 1):
        play.seek(at)
        places.add(front(look).index("web:console"))
    assert len(places) == 1
