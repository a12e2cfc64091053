"""What the conductor has to tell of its puppets."""

import msgspec

from nsh.abi.request import Request
from nsh.abi.signals import SigDelivery
from nsh.linux.troupe import Puppet


class Answered(msgspec.Struct, frozen=True):
    """A request has been answered."""

    puppet: Puppet
    request: Request
    reply: object
    output: bytes = b""
    """What the console showed by then."""


class Signalled(msgspec.Struct, frozen=True):
    """A handler is to run."""

    puppet: Puppet
    delivery: SigDelivery


class Born(msgspec.Struct, frozen=True):
    """A puppet was made, by a request of its parent."""

    puppet: Puppet
    parent: Puppet


class Died(msgspec.Struct, frozen=True):
    """A puppet is a zombie, or gone."""

    puppet: Puppet


Event = Answered | Signalled | Born | Died
