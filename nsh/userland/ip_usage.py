"""What ``ip help`` and ``ip OBJECT help`` say, and how ip refuses a word that it does not know."""

from collections.abc import Sequence
from typing import Final, NoReturn

from nsh.spelling import suggestion
from nsh.userland.options import UsageError
from nsh.userland.streams import Asking, write

STATUS: Final = 255
"""That of a command line which is not understood, and of help."""
_TEXTS: Final = {
    "": """\
Usage: ip [ OPTIONS ] OBJECT { COMMAND | help }
where  OBJECT := { address | link | netns | route }
       OPTIONS := { -4 | -6 | -br[ief] | -o[neline] | -j[son] | -p[retty] |
                    -a[ll] | -n[etns] NAME }
""",
    "link": """\
Usage: ip link add [ name ] NAME type veth [ peer [ name ] PEER ]
                   [ netns { PID | NAME } ]
       ip link delete [ dev ] DEVICE
       ip link set [ dev ] DEVICE [ up | down ] [ name NEWNAME ] [ mtu MTU ]
                   [ netns { PID | NAME } ]
       ip link [ show [ [ dev ] DEVICE ] [ up ] [ type veth ] ]
""",
    "address": """\
Usage: ip address { add | delete } HOST[/PREFIX] dev DEVICE
       ip address flush [ dev ] DEVICE
       ip address [ show [ [ dev ] DEVICE ] [ up ] [ type veth ] ]
""",
    "route": """\
Usage: ip route { add | delete } { NETWORK/PREFIX | default } [ via HOST ]
                [ dev DEVICE ] [ metric NUMBER ]
       ip route get HOST
       ip route [ show ]
""",
    "netns": """\
Usage: ip netns { add | delete } NAME
       ip netns attach NAME PID
       ip [ -all ] netns exec NAME COMMAND...
       ip netns identify [ PID ]
       ip netns pids NAME
       ip netns [ list ]
""",
}
OBJECTS: Final = ("link", "address", "route", "netns")
"""In the order in which abbreviations are looked up."""


def show(name: str = "") -> Asking[int]:
    """Print the usage of the object *name*, or of ip itself, as an error; the status."""
    yield from write(2, _TEXTS[name])
    return STATUS


def unknown_object(word: str) -> NoReturn:
    """Raise that there is no such object."""
    meant = suggestion(word, OBJECTS)
    raise UsageError(f'Object "{word}" is unknown, try "ip help"{meant or "."}', 1)


def unknown_command(word: str, name: str, known: Sequence[str]) -> NoReturn:
    """Raise that the object *name* has no such command."""
    meant = suggestion(word, known)
    raise UsageError(f'Command "{word}" is unknown, try "ip {name} help"{meant or "."}')
