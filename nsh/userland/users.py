"""Names of users and groups: /etc/passwd and /etc/group, where there are such files."""

from nsh.userland.proc import small_file_or
from nsh.userland.streams import Asking


class Names:
    """The names behind numbers; a number without a name stands for itself."""

    __slots__ = ("groups", "users")

    users: dict[int, str]
    groups: dict[int, str]

    def __init__(self, users: dict[int, str], groups: dict[int, str]) -> None:
        self.users = users
        self.groups = groups

    def user(self, uid: int) -> str:
        """The name of a user, or the number."""
        return self.users.get(uid, str(uid))

    def group(self, gid: int) -> str:
        """The name of a group, or the number."""
        return self.groups.get(gid, str(gid))

    def uid(self, name: str) -> int | None:
        """The user called *name*, which may be a number."""
        if name.isascii() and name.isdigit():
            return int(name)
        return next((uid for uid, known in self.users.items() if known == name), None)


def names() -> Asking[Names]:
    """Read both files.  Without them root is called root, for everybody knows that one."""
    users = _table((yield from small_file_or("/etc/passwd", "root:x:0:0")))
    groups = _table((yield from small_file_or("/etc/group", "root:x:0:\ntty:x:5:")))
    return Names(users, groups)


def _table(text: str) -> dict[int, str]:
    """Number -> name; the first line of a number counts."""
    found: dict[int, str] = {}
    for line in text.splitlines():
        fields = line.split(":")
        if len(fields) >= 3 and fields[2].isascii() and fields[2].isdigit():
            found.setdefault(int(fields[2]), fields[0])
    return found
