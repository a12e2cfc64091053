"""Requests that no program can make: what the conductor asks of puppets in its own affairs."""

import select
from collections.abc import Callable, Iterable
from typing import Any, Final

from nsh.linux.puppet.wire import Gone, Packet
from nsh.linux.troupe import Puppet

_PATIENCE: Final = 1000
"""Milliseconds."""


def control(
    puppet: Puppet,
    request: tuple[Any, ...],
    fds: Iterable[int],
    signalled: Callable[..., None],
) -> Packet:
    """The answer of *puppet*, which is idle, with () as its value if there is none; *signalled* is
    told of handlers that begin meanwhile."""
    waiting = select.poll()
    waiting.register(puppet.channel.fd, select.POLLIN)
    try:
        while True:
            puppet.channel.send(request, tuple(fds))
            if not waiting.poll(_PATIENCE):  # it is stopped
                return Packet((), [], 0)
            packet = puppet.channel.receive()
            if packet.value[0] != "signal":
                break
            signalled(puppet, *packet.value[1:])
    except (OSError, Gone):
        return Packet((), [], 0)
    packet.value = packet.value[1] if packet.value[0] == "ok" else ()
    return packet
