"""A signal on its way to a puppet that is being asked something: nothing is lost, and the handler
comes first, with no request of the program's performed by its loop."""

from __future__ import annotations

import os
import select
from collections.abc import Iterator

import pytest

from nsh.abi.files import Dup2, Open, OpenFlag, Read
from nsh.abi.process import Execve, Fork, Getpid
from nsh.abi.request import Request
from nsh.abi.signals import Sig, Sigaction, Sigreturn
from nsh.linux.conductor import Conductor
from nsh.linux.events import Answered, Born, Event, Signalled
from nsh.session.real.session import scenery

FILE = int(OpenFlag.O_WRONLY | OpenFlag.O_CREAT)
USR1, USR2 = int(Sig.SIGUSR1), int(Sig.SIGUSR2)
PATIENCE = 60_000
"""Milliseconds, on a busy machine."""


@pytest.fixture
def conductor(stage: None) -> Iterator[Conductor]:
    del stage
    opened = Conductor(scenery())
    for signo in (USR1, USR2):
        ask(opened, Sigaction(signo, f"trap {signo}"))
    yield opened
    opened.close()


def ask(conductor: Conductor, request: Request) -> list[Event]:
    return conductor.perform(conductor.init, request)


def reply(events: list[Event]) -> object:
    (event,) = events
    assert isinstance(event, Answered)
    return event.reply


def handler(events: list[Event]) -> int:
    """The signal whose handler begins; nothing else has happened."""
    (event,) = events
    assert isinstance(event, Signalled)
    return event.delivery.mask


def signal(conductor: Conductor, signo: int) -> None:
    """Have the handler begin, unheard by the conductor."""
    conductor.rest()
    waiting = select.poll()
    waiting.register(conductor.init.channel.fd, select.POLLIN)
    os.kill(conductor.init.tgid, signo)
    assert waiting.poll(PATIENCE)


@pytest.mark.parametrize(
    "request_",
    [Open("/log", FILE), Getpid(), Read(0, 1), Execve("/bin/sh", ("sh",))],
    ids=lambda request: type(request).__name__,
)
def test_the_handler_begins_before_the_call(conductor: Conductor, request_: Request) -> None:
    signal(conductor, USR1)
    handler(ask(conductor, request_))
    assert conductor.init.asked == [None, None], "it is idle, in the handler"
    assert reply(ask(conductor, Getpid())) == 1
    assert reply(ask(conductor, Sigreturn(0))) == 0
    assert conductor.init.asked == [None]


def test_what_was_asked_is_asked_again_afterwards(conductor: Conductor) -> None:
    opening = Open("/log", FILE)
    signal(conductor, USR1)
    handler(ask(conductor, opening))
    assert reply(ask(conductor, Open("/of-the-handler", FILE))) == 3
    assert reply(ask(conductor, Sigreturn(0))) == 0
    assert reply(ask(conductor, opening)) == 4


def test_one_handler_comes_over_another(conductor: Conductor) -> None:
    signal(conductor, USR1)
    handler(ask(conductor, Getpid()))
    signal(conductor, USR2)
    handler(ask(conductor, Sigreturn(0)))
    assert conductor.init.asked == [None, None, None]
    for _handler in range(2):
        assert reply(ask(conductor, Sigreturn(0))) == 0
    assert reply(ask(conductor, Getpid())) == 1


def test_what_no_program_asks_is_answered_all_the_same(conductor: Conductor) -> None:
    born, _answered = ask(conductor, Fork())
    assert isinstance(born, Born)
    ask(conductor, Open("/log", FILE))
    ask(conductor, Dup2(3, 1))
    signal(conductor, USR1)
    ((lent, _kept),) = conductor.lend(conductor.init, born.puppet)
    assert lent == 1
    assert conductor.init.asked == [None, None]
    assert isinstance(conductor.wait(0)[0], Signalled)
